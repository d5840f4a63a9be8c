//! What a report shows about a step.

use crate::diagnosis::{Cause, ResultRow};
use crate::evidence::ConnectionFacts;
use crate::knowledge::GuideStepEntry;
use crate::terms::{
    CauseGroup, CauseId, CheckGroup, CheckId, GuideState, Outcome, Requirement, SkipReason,
};

/// The rows and causes of a report.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'r> {
    /// The rows of the report.
    pub results: &'r [ResultRow],
    /// The problems and notes of the report.
    pub causes: &'r [Cause],
    /// Whether only a sample of the rooms was checked.
    pub is_sample: bool,
}

impl Shown<'_> {
    /// The state of a step for a group of connections. `all` are the connections of the report.
    pub(super) fn state(
        &self,
        step: &GuideStepEntry,
        group: &[&ConnectionFacts],
        all: &[ConnectionFacts],
    ) -> GuideState {
        if self.has_open_cause(step, group) {
            return GuideState::Open;
        }
        let rows: Vec<&ResultRow> = self
            .results
            .iter()
            .filter(|row| step.done_when.contains(&row.check))
            .filter(|row| row.skip_reason != Some(SkipReason::NotApplicable))
            .filter(|row| concerns(row, group, all))
            .collect();
        // A failed check can have other reasons, where the step names those that it fixes, or where nothing depends on it.
        let fails_open = step.open_when.is_empty() && step.requirement != Requirement::Advisory;
        let is_done = |row: &&ResultRow| row.outcome == Outcome::Pass || is_granted(row);
        if fails_open
            && rows
                .iter()
                .any(|row| row.outcome == Outcome::Fail && !is_granted(row))
        {
            GuideState::Open
        } else if self.is_sample && is_about_rooms(step) {
            // The rooms that were left out can lack what the others have.
            GuideState::NotShown
        } else if !rows.is_empty() && rows.iter().all(is_done) {
            GuideState::Done
        } else {
            GuideState::NotShown
        }
    }

    fn has_open_cause(&self, step: &GuideStepEntry, group: &[&ConnectionFacts]) -> bool {
        let is_own = |cause: &&Cause| {
            cause.connections.is_empty()
                || group
                    .iter()
                    .any(|facts| cause.connections.contains(&facts.name))
        };
        let mut causes = self.causes.iter().filter(is_own);
        causes.any(|cause| step.open_when.iter().any(|id| id.as_str() == cause.id))
    }
}

/// Whether a step is done for each room.
fn is_about_rooms(step: &GuideStepEntry) -> bool {
    let is_of_a_room = |check: &CheckId| {
        CheckId::OF_A_ROOM.contains(check) || *check == CheckId::RoomCalendarProcessing
    };
    step.done_when.iter().any(is_of_a_room)
}

/// Whether a row is about one of the connections of the group. A row that several connections share is, unless its subject is
/// the app of another group.
fn concerns(row: &ResultRow, group: &[&ConnectionFacts], all: &[ConnectionFacts]) -> bool {
    let is_app = |facts: &ConnectionFacts| facts.client_id.eq_ignore_ascii_case(&row.subject);
    match &row.connection {
        Some(name) => group.iter().any(|facts| facts.name == *name),
        None => !all.iter().any(is_app) || group.iter().any(|facts| is_app(facts)),
    }
}

/// Whether a permission is in the token, and something else denies the access: the step that adds it is done.
fn is_granted(row: &ResultRow) -> bool {
    let cause = row
        .cause
        .as_deref()
        .and_then(|id| id.parse::<CauseId>().ok());
    let concerns_the_grant = cause.is_none_or(|id| {
        id != CauseId::GrantNotYetEffective
            && matches!(id.group(), CauseGroup::Grant | CauseGroup::Registration)
    });
    row.check.group() == CheckGroup::Grant && !row.declared.is_empty() && !concerns_the_grant
}
