//! Diagnosis in stages: from evidence to exactly one row for each planned check.
//!
//! The stages follow the chain from the settings to the mailbox. A stage judges its rows by the evidence and by the
//! judgments of earlier stages. No row is judged twice.

use crate::evidence::{AdministratorEvidence, Evidence, Execution, Observation};
use crate::knowledge::format_message;
use crate::terms::{CheckId, SkipReason};

use super::diagnosis_context::Context;
use super::end_dates::end_dates;
use super::judgment::{Judgment, Raised};
use super::not_visible::not_visible;
use super::raised_causes::RaisedCauses;
use super::result::{Diagnosis, ResultRow};
use super::row_response::with_status;
use super::skipped_rows::{
    judge_unchosen, judge_without_room_list, lacks_choice, lacks_room_list, skipped_judgment,
};
use super::{
    advice_stage, cause_collection, configuration, grant_stage, mailbox_stage, network_stage,
    registration_stage, settings_stage, sign_in_stage, tenant_stage,
};

/// A stage of the diagnosis: its checks, and the function that judges their rows.
struct Stage {
    checks: &'static [CheckId],
    judge: fn(&Context<'_>, &RaisedCauses<'_>, &Observation) -> Judgment,
}

const STAGES: [Stage; 8] = [
    Stage {
        checks: settings_stage::CHECKS,
        judge: |context, _, row| settings_stage::judge(context, row),
    },
    Stage {
        checks: network_stage::CHECKS,
        judge: |context, _, row| network_stage::judge(context, row),
    },
    Stage {
        checks: tenant_stage::CHECKS,
        judge: |context, _, row| tenant_stage::judge(context, row),
    },
    Stage {
        checks: sign_in_stage::CHECKS,
        judge: |context, _, row| sign_in_stage::judge(context, row),
    },
    Stage {
        checks: mailbox_stage::CHECKS,
        judge: |context, _, row| mailbox_stage::judge(context, row),
    },
    Stage {
        checks: grant_stage::CHECKS,
        judge: grant_stage::judge,
    },
    Stage {
        checks: registration_stage::CHECKS,
        judge: registration_stage::judge,
    },
    Stage {
        checks: advice_stage::CHECKS,
        judge: |context, _, row| advice_stage::judge(context, row),
    },
];

/// Turns evidence into outcomes and causes. The same evidence always gives the same diagnosis.
pub fn diagnose(evidence: &Evidence) -> Diagnosis {
    diagnose_with(evidence, None)
}

/// Like [`diagnose`], with the configuration that an administrator collected. A live response outranks it: it decides about
/// causes, and about what the responses leave open.
pub fn diagnose_with(
    evidence: &Evidence,
    administrator: Option<&AdministratorEvidence>,
) -> Diagnosis {
    let context = Context::with_administrator(evidence, administrator);
    let mut judgments = RaisedCauses::none(evidence);
    let mut rows: Vec<Option<ResultRow>> = vec![None; evidence.observations.len()];
    // The stages run in this order, because later stages read the judgments of earlier ones.
    for stage in &STAGES {
        let own = evidence
            .observations
            .iter()
            .enumerate()
            .filter(|(_, row)| stage.checks.contains(&row.check));
        for (index, observation) in own {
            let judgment = judge_row(stage, &context, &judgments, observation);
            let (row, raised) = result_row(evidence, index, observation, judgment);
            judgments.keep(index, raised);
            rows[index] = Some(row);
        }
    }
    let raised = judgments.into_raised();
    // The rows have the order of the observations again, regardless of the stage that judged them.
    let mut rows: Vec<ResultRow> = rows.into_iter().flatten().collect();
    let causes = cause_collection::collect_causes(&context, &raised, &mut rows);
    Diagnosis {
        administrator: configuration::summarize(&context),
        not_visible: not_visible(&context),
        end_dates: end_dates(&context),
        rows,
        causes,
    }
}

fn judge_row(
    stage: &Stage,
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
) -> Judgment {
    let judgment = judge_as_recorded(stage, context, earlier, row);
    let judgment = configuration::settle(context, row, judgment);
    if !row.withheld {
        return judgment;
    }
    let message = format_message("row.withheld", &[("detail", &judgment.message)]);
    Judgment {
        message,
        ..judgment
    }
}

fn judge_as_recorded(
    stage: &Stage,
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
) -> Judgment {
    match &row.execution {
        // A request was sent, so this is not a check that was left out.
        Execution::Skipped {
            reason: SkipReason::OutOfTime,
            ..
        } if !row.requests.is_empty() => Judgment::unknown(format_message("row.cut-off", &[])),
        // This check never sends a request. Its message contains the commands for an administrator.
        Execution::Skipped { .. } if row.check == CheckId::RoomCalendarProcessing => {
            (stage.judge)(context, earlier, row)
        }
        Execution::Skipped { reason, .. } if lacks_room_list(row, *reason) => {
            judge_without_room_list(row)
        }
        Execution::Skipped { reason, .. } if lacks_choice(row, *reason) => judge_unchosen(*reason),
        Execution::Skipped { reason, blocked_by } => skipped_judgment(*reason, *blocked_by),
        Execution::InternalError { message } => Judgment::error(message.clone()),
        Execution::Derived | Execution::Completed(_) => (stage.judge)(context, earlier, row),
    }
}

/// The row of the report with the causes that it raises.
fn result_row(
    evidence: &Evidence,
    index: usize,
    observation: &Observation,
    judgment: Judgment,
) -> (ResultRow, Vec<Raised>) {
    let (skip_reason, blocked_by) = match judgment.skip {
        Some((reason, blocker)) => (Some(reason), blocker),
        None => (None, None),
    };
    let row = ResultRow {
        n: u32::try_from(index + 1).unwrap_or(u32::MAX),
        check: observation.check,
        connection: observation.connection.clone(),
        subject: observation.subject.clone(),
        outcome: judgment.outcome,
        requirement: observation.requirement,
        requirement_if_counted: None,
        confidence: judgment.confidence,
        declared: judgment.declared,
        configured: judgment.configured,
        observed: judgment
            .observed
            .map(|observed| with_status(observed, evidence, observation)),
        message: judgment.message,
        cause: judgment.raised.first().map(|raised| raised.id.to_string()),
        skip_reason,
        blocked_by,
        requests: observation.requests.clone(),
        duration_ms: observation.duration_ms,
    };
    (row, judgment.raised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_belongs_to_exactly_one_stage() {
        for check in CheckId::ALL {
            let stages = STAGES
                .iter()
                .filter(|stage| stage.checks.contains(check))
                .count();
            assert_eq!(stages, 1, "{check}");
        }
    }
}
