//! Whether the evidence of an administrator can settle a cause.

use crate::diagnosis::Cause;
use crate::knowledge;
use crate::terms::{Confidence, Requirement};

/// Whether a cause is in doubt, and the configuration shows it or one of its candidates. A note is not urgent enough.
pub(super) fn can_be_settled(cause: &Cause) -> bool {
    let mut named = std::iter::once(&cause.id).chain(&cause.candidates);
    cause.confidence != Confidence::Confirmed
        && cause.requirement != Requirement::Advisory
        && named.any(|id| {
            let settlement = id.parse().ok().and_then(knowledge::settlement);
            settlement.is_some_and(|own| !own.describes_a_response)
        })
}
