//! Redaction of the findings that do not count.

use crate::evidence::{Acceptance, AcceptedFinding};
use crate::report::Baseline;

use super::rewrite::Rewriter;

/// The pseudonym of everyone who accepted a finding.
const MASKED_OWNER: &str = "owner-1";

impl Rewriter {
    pub(super) fn acceptance(&mut self, acceptance: &Acceptance) -> Acceptance {
        let Acceptance {
            finding,
            state,
            rows,
        } = acceptance;
        Acceptance {
            finding: self.accepted_finding(finding),
            state: *state,
            rows: rows.clone(),
        }
    }

    pub(super) fn accepted_finding(&mut self, finding: &AcceptedFinding) -> AcceptedFinding {
        let AcceptedFinding {
            cause,
            connection,
            subject,
            reason,
            owner: _,
            expires,
            line,
        } = finding;
        AcceptedFinding {
            cause: self.scrub.word(cause),
            connection: self.optional_field(connection.as_ref()),
            subject: subject.as_ref().map(|subject| self.scrub.host(subject)),
            reason: self.scrub.text(reason),
            // The name of a person can consist of common words, and no sentence contains it.
            owner: MASKED_OWNER.to_owned(),
            expires: *expires,
            line: *line,
        }
    }

    pub(super) fn baseline(&mut self, baseline: &Baseline) -> Baseline {
        let Baseline {
            report_id,
            finished_at,
            comparable,
            verdict,
            asks_for_action,
            known_rows,
        } = baseline;
        Baseline {
            report_id: self.scrub.text(report_id),
            finished_at: *finished_at,
            comparable: *comparable,
            verdict: *verdict,
            asks_for_action: *asks_for_action,
            known_rows: known_rows.clone(),
        }
    }
}
