//! What the report of a large estate leaves to `--verbose` and to the other formats, so that twenty locations with one
//! problem fit on a page.

use crate::diagnosis::ResultRow;
use crate::report::Report;
use crate::report::row_groups::RowGroup;
use crate::terms::{Outcome, Requirement};

/// Up to this number connections are shown one by one.
pub(super) const LISTED: usize = 6;

/// Whether a report has more connections than are shown one by one.
pub(super) fn is_large(report: &Report) -> bool {
    report.target.connections.len() > LISTED
}

/// Whether rows need a place of their own. In a large estate the cause has already said how many checks it explains, and
/// what only an administrator can see is counted among what the report does not cover.
pub(super) fn is_shown(group: &RowGroup<'_>, compact: bool) -> bool {
    let is_advice = |row: &&ResultRow| {
        row.requirement == Requirement::Advisory && row.outcome == Outcome::Skipped
    };
    !compact || (group.cause.is_none() && !group.rows.iter().all(is_advice))
}
