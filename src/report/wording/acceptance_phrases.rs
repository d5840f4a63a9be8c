//! Phrases about findings that do not count: accepted ones, and those of a baseline.

use crate::diagnosis::Cause;
use crate::evidence::AcceptedFinding;
use crate::report::Baseline;
use crate::report::counting::count_noun;

use super::{minute, requirement};

/// The word for an accepted finding in the place of its requirement.
const ACCEPTED: &str = "accepted";
/// The label of who accepted a finding.
pub const ACCEPTED_BY: &str = "Accepted by";

/// The word in front of a cause: its requirement, or that it is accepted.
pub fn cause_word(cause: &Cause) -> &'static str {
    if cause.accepted.is_some() {
        ACCEPTED
    } else {
        requirement(cause.requirement)
    }
}

/// The title of an accepted cause.
pub fn accepted_title(title: &str, finding: &AcceptedFinding) -> String {
    format!(
        "{} (accepted until {})",
        title.trim_end_matches('.'),
        finding.expires
    )
}

/// Who accepted a finding, and why.
pub fn acceptance(finding: &AcceptedFinding) -> String {
    format!("{}: {}", finding.owner, finding.reason)
}

/// `2 accepted findings do not count, the first acceptance ends on 2027-01-31`; `None` if no cause is accepted.
pub fn accepted_findings(causes: &[Cause]) -> Option<String> {
    let accepted: Vec<&AcceptedFinding> = causes
        .iter()
        .filter_map(|cause| cause.accepted.as_ref())
        .collect();
    let first = accepted.iter().map(|finding| finding.expires).min()?;
    Some(match accepted.len() {
        1 => format!("1 accepted finding does not count until {first}"),
        count => format!(
            "{} do not count, the first of them until {first}",
            count_noun(count, "accepted finding")
        ),
    })
}

/// What the exit code leaves out because of a baseline. `findings` is how many of its rows are findings, and not checks that
/// were skipped; `leaves_out_notes` is whether notes that require action are left out as well.
pub fn baseline(baseline: &Baseline, findings: usize, leaves_out_notes: bool) -> String {
    let at = minute(baseline.finished_at);
    if !baseline.comparable {
        return format!(
            "the baseline of {at} is about another tenant or is redacted, so everything counts"
        );
    }
    let left_out = match (findings, leaves_out_notes) {
        (0, false) => {
            return format!(
                "no finding is the same as in the baseline of {at}, so everything counts"
            );
        }
        (0, true) => "notes".to_owned(),
        (count, false) => count_noun(count, "check"),
        (count, true) => format!("{} and notes", count_noun(count, "check")),
    };
    format!("the exit code leaves out {left_out} with the same result in the baseline of {at}")
}
