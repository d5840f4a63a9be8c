//! A report of `migrate`: the same estate with its connection over EWS checked over Graph as well.

use crate::diagnosis::{Diagnosis, ResultRow};
use crate::evidence::Evidence;
use crate::report::{Report, assemble_migration};
use crate::terms::{Api, CheckId, Outcome};

use super::{about, diagnosis, evidence};

/// The report of an estate in which one room that works over EWS would fail over Graph.
pub fn report_of_migration() -> Report {
    assemble_migration(
        (evidence(), diagnosis()),
        (evidence_on_graph(), diagnosis_on_graph()),
        about(),
    )
}

fn evidence_on_graph() -> Evidence {
    let mut evidence = evidence();
    for connection in &mut evidence.connections {
        connection.api = connection.api.map(|_| Api::Graph);
    }
    evidence
}

fn diagnosis_on_graph() -> Diagnosis {
    let mut diagnosis = diagnosis();
    let mut works = 0;
    for row in &mut diagnosis.rows {
        if row.check == CheckId::MailboxImpersonation {
            row.check = CheckId::MailboxCalendarRead;
            works += usize::from(row.outcome == Outcome::Pass);
            if works == 1 {
                fail(row);
            }
        }
    }
    diagnosis
}

/// The first room that works over EWS fails for the reason for which others fail already.
fn fail(row: &mut ResultRow) {
    row.outcome = Outcome::Fail;
    row.cause = Some("mailbox.outside-scope".to_owned());
    row.message = "Exchange Online denied access to this mailbox.".to_owned();
}
