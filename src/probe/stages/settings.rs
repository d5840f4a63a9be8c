//! What the settings show by themselves.
//!
//! The rooms of a connection whose tenant is to list them are reported once the tenant has responded.

use crate::evidence::{Execution, Finding, SettingsFault};
use crate::probe::context::Run;
use crate::probe::results::RowResult;
use crate::terms::{CheckGroup, CheckId};

/// Fills the `settings.*` rows.
pub(super) fn fill(run: &Run<'_>) {
    for (index, planned) in run.plan.rows.iter().enumerate() {
        let Some(connection) = planned
            .connection
            .and_then(|connection| run.estate.connections.get(connection))
        else {
            continue;
        };
        let later = planned.check == CheckId::SettingsRooms && connection.rooms.from_tenant;
        if planned.check.group() == CheckGroup::Settings && run.will_run(index) && !later {
            let faults = faults_of(planned.check, &connection.faults);
            run.record(
                index,
                RowResult::bare(Execution::completed(Finding::Settings(faults))),
            );
        }
    }
}

pub(super) fn faults_of(check: CheckId, faults: &[SettingsFault]) -> Vec<SettingsFault> {
    faults
        .iter()
        .filter(|fault| fault.kind.check() == check)
        .cloned()
        .collect()
}
