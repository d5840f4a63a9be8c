//! Whether connections can switch to Graph.

use crate::diagnosis::ResultRow;
use crate::terms::{CheckGroup, CheckId, Outcome, Readiness, Requirement, SkipReason};

use super::result::{Migration, MigrationConnection};

/// The readiness of a connection, from the rows of the estate on Graph.
pub(super) fn of_connection(graph: &[ResultRow], connection: &str) -> Readiness {
    let relevant = || graph.iter().filter(|row| is_relevant(row, connection));
    if relevant().any(fails_in_the_tenant) {
        Readiness::WorkToDo
    } else if relevant().any(is_open) {
        Readiness::Inconclusive
    } else {
        Readiness::ReadyToSwitch
    }
}

/// The readiness of the estate: any work comes first, then any doubt.
pub(super) fn of_estate(connections: &[MigrationConnection]) -> Readiness {
    let has = |readiness| connections.iter().any(|own| own.readiness == readiness);
    [Readiness::WorkToDo, Readiness::Inconclusive]
        .into_iter()
        .find(|readiness| has(*readiness))
        .unwrap_or(Readiness::ReadyToSwitch)
}

/// Whether the switch of a connection depends on a row. Mail and user sync use Graph before and after it.
pub(super) fn is_relevant(row: &ResultRow, connection: &str) -> bool {
    let is_own = row
        .connection
        .as_deref()
        .is_none_or(|own| own == connection);
    let is_of_the_switch = match row.check.group() {
        CheckGroup::Mail | CheckGroup::Directory => false,
        CheckGroup::Grant => row.check == CheckId::GrantCalendarsReadWrite,
        _ => row.check != CheckId::NetworkExchange,
    };
    is_own && is_of_the_switch && row.requirement == Requirement::Required
}

/// A failed check of the network is about the way from this machine, not about the tenant.
fn fails_in_the_tenant(row: &ResultRow) -> bool {
    row.outcome == Outcome::Fail && !row.check.is_network()
}

/// Whether a check has no result. A check that the options of the run left out counts as well: nothing shows that it would pass.
fn is_open(row: &ResultRow) -> bool {
    match row.outcome {
        Outcome::Unknown | Outcome::Error | Outcome::Fail => true,
        Outcome::Pass => false,
        Outcome::Skipped => !matches!(
            row.skip_reason,
            Some(SkipReason::NotApplicable | SkipReason::NeedsPermission)
        ),
    }
}

fn is_left_out(row: &ResultRow) -> bool {
    row.skip_reason == Some(SkipReason::Deselected)
}

impl Migration {
    /// The checks that the options of the run left out although the switch depends on them, each once.
    pub fn left_out_checks(&self) -> Vec<CheckId> {
        let mut checks = Vec::new();
        for row in self.relevant_rows().filter(|row| is_left_out(row)) {
            if !checks.contains(&row.check) {
                checks.push(row.check);
            }
        }
        checks
    }

    /// Whether a check on which the switch depends has no result for another reason than the options of the run.
    pub fn has_unfinished_checks(&self) -> bool {
        self.relevant_rows()
            .any(|row| is_open(row) && !is_left_out(row))
    }

    fn relevant_rows(&self) -> impl Iterator<Item = &ResultRow> {
        let is_of_the_switch = |row: &&ResultRow| {
            let mut connections = self.connections.iter();
            connections.any(|own| is_relevant(row, &own.name))
        };
        self.results.iter().filter(is_of_the_switch)
    }
}
