//! From evidence to rows: every planned check ends as exactly one row.
//!
//! The stages follow the chain from the settings to the mailbox. A stage judges its rows by the evidence and by what
//! earlier stages made of theirs; no row is judged twice.

use super::context::Context;
use super::judgement::{Judgement, Raised};
use super::judgements::Judgements;
use super::responses::with_status;
use super::result::{Diagnosis, ResultRow};
use super::skipped::{is_unlisted, judge_unlisted, skipped};
use super::{advice, causes, grants, mailboxes, network, registration, settings, sign_in, tenant};
use crate::evidence::{Evidence, Execution, Observation};
use crate::knowledge::format_message;
use crate::terms::{CheckId, SkipReason};

/// A part of the chain: its checks, and how a row of them is judged.
struct Stage {
    checks: &'static [CheckId],
    judge: fn(&Context<'_>, &Judgements<'_>, &Observation) -> Judgement,
}

const STAGES: [Stage; 8] = [
    Stage {
        checks: settings::CHECKS,
        judge: |context, _, row| settings::judge(context, row),
    },
    Stage {
        checks: network::CHECKS,
        judge: |context, _, row| network::judge(context, row),
    },
    Stage {
        checks: tenant::CHECKS,
        judge: |context, _, row| tenant::judge(context, row),
    },
    Stage {
        checks: sign_in::CHECKS,
        judge: |context, _, row| sign_in::judge(context, row),
    },
    Stage {
        checks: mailboxes::CHECKS,
        judge: |context, _, row| mailboxes::judge(context, row),
    },
    Stage {
        checks: grants::CHECKS,
        judge: grants::judge,
    },
    Stage {
        checks: registration::CHECKS,
        judge: registration::judge,
    },
    Stage {
        checks: advice::CHECKS,
        judge: |context, _, row| advice::judge(context, row),
    },
];

/// Turns evidence into outcomes and causes. The same evidence always gives the same diagnosis.
pub fn diagnose(evidence: &Evidence) -> Diagnosis {
    let context = Context::new(evidence);
    let mut judgements = Judgements::none(evidence);
    let mut rows: Vec<Option<ResultRow>> = vec![None; evidence.observations.len()];
    for stage in &STAGES {
        let own = evidence
            .observations
            .iter()
            .enumerate()
            .filter(|(_, row)| stage.checks.contains(&row.check));
        for (index, observation) in own {
            let judgement = judged(stage, &context, &judgements, observation);
            let (row, raised) = row(evidence, index, observation, judgement);
            judgements.keep(index, raised);
            rows[index] = Some(row);
        }
    }
    let raised = judgements.into_raised();
    let mut rows: Vec<ResultRow> = rows.into_iter().flatten().collect();
    let causes = causes::collect(&context, &raised, &mut rows);
    Diagnosis { rows, causes }
}

fn judged(
    stage: &Stage,
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    row: &Observation,
) -> Judgement {
    let judgement = judged_as_asked(stage, context, earlier, row);
    if !row.withheld {
        return judgement;
    }
    let message = format_message("row.withheld", &[("detail", &judgement.message)]);
    Judgement {
        message,
        ..judgement
    }
}

fn judged_as_asked(
    stage: &Stage,
    context: &Context<'_>,
    earlier: &Judgements<'_>,
    row: &Observation,
) -> Judgement {
    match &row.execution {
        // A request was sent, so this is not a check that was left out.
        Execution::Skipped {
            reason: SkipReason::OutOfTime,
            ..
        } if !row.requests.is_empty() => Judgement::unknown(format_message("row.cut-off", &[])),
        Execution::Skipped { .. } if row.check == CheckId::RoomCalendarProcessing => {
            (stage.judge)(context, earlier, row)
        }
        Execution::Skipped { reason, .. } if is_unlisted(row, *reason) => judge_unlisted(row),
        Execution::Skipped { reason, blocked_by } => skipped(*reason, *blocked_by),
        Execution::InternalError { message } => Judgement::error(message.clone()),
        Execution::Derived | Execution::Completed(_) => (stage.judge)(context, earlier, row),
    }
}

/// The row of the report, and the causes that it raises.
fn row(
    evidence: &Evidence,
    index: usize,
    observation: &Observation,
    judgement: Judgement,
) -> (ResultRow, Vec<Raised>) {
    let (skip_reason, blocked_by) = match judgement.skip {
        Some((reason, blocker)) => (Some(reason), blocker),
        None => (None, None),
    };
    let row = ResultRow {
        n: u32::try_from(index + 1).unwrap_or(u32::MAX),
        check: observation.check,
        connection: observation.connection.clone(),
        subject: observation.subject.clone(),
        outcome: judgement.outcome,
        requirement: observation.requirement,
        confidence: judgement.confidence,
        declared: judgement.declared,
        observed: judgement
            .observed
            .map(|observed| with_status(observed, evidence, observation)),
        message: judgement.message,
        cause: judgement.raised.first().map(|raised| raised.id.to_string()),
        skip_reason,
        blocked_by,
        requests: observation.requests.clone(),
        duration_ms: observation.duration_ms,
    };
    (row, judgement.raised)
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
