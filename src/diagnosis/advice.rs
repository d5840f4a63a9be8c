//! Advice: how long EWS will live, and what the app cannot see of the rooms.

use jiff::Timestamp;

use super::blind_spots;
use super::context::Context;
use super::dates::day_of;
use super::ews_end::{days_until_ews_ends, is_refusal_of_ews};
use super::judgement::{Judgement, Raised, from_cause};
use super::responses::symptom_of;
use super::skipped;
use crate::evidence::Observation;
use crate::knowledge::{self, format_message};
use crate::terms::{CauseId, CheckId, Confidence, SkipReason};

/// The checks that only advise.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::ExchangeEwsRetirement,
    CheckId::RoomCalendarProcessing,
];

/// Judges a row that only advises.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgement {
    match row.check {
        CheckId::RoomCalendarProcessing => {
            let message = blind_spots::calendar_processing_message(context.evidence);
            Judgement::skipped(SkipReason::NeedsPermission, None, message)
        }
        _ => judge_retirement(context, row),
    }
}

/// Judges how long an EWS connection will live.
fn judge_retirement(context: &Context<'_>, row: &Observation) -> Judgement {
    let open = context
        .pattern(row.connection.as_deref().unwrap_or_default())
        .open
        > 0;
    let Some(days) = days_until_ews_ends(context.evidence) else {
        return if open {
            on_another_schedule(context)
        } else {
            not_working(context, row)
        };
    };
    let date = knowledge::dates().ews_end.to_string();
    let words = days.to_string();
    let values = [("date", date.as_str()), ("days", words.as_str())];
    if days <= 0 {
        return after_the_end(context, row, open, &values);
    }
    if !open {
        return not_working(context, row);
    }
    let sentence = format_message("ews.ends", &values);
    let seen = format!(
        "{sentence}. {}",
        phase_sentence(context.evidence.started_at)
    );
    let note = Raised::new(CauseId::EwsRetiring)
        .because(seen)
        .with("date", date.clone())
        .with("days", words.clone());
    Judgement::pass(sentence).raising(note)
}

/// In a cloud whose day is not known only this much is certain: the end of EWS is announced for the worldwide cloud.
fn on_another_schedule(context: &Context<'_>) -> Judgement {
    let date = knowledge::dates().ews_end.to_string();
    let sentence = format_message(
        "ews.own-schedule",
        &[("date", &date), ("detail", &context.evidence.cloud)],
    );
    let note = Raised::new(CauseId::EwsRetiring)
        .because(sentence.clone())
        .sure(Confidence::Likely);
    Judgement::pass(sentence).raising(note.in_case(Some("own-schedule")).with("date", date))
}

/// How far Microsoft's announced withdrawal has come.
fn phase_sentence(now: Timestamp) -> String {
    let phase = knowledge::dates().ews_phase_on(day_of(now));
    phase.map_or_else(String::new, |phase| {
        format_message(
            "ews.phase",
            &[
                ("date", phase.announced.as_str()),
                ("detail", phase.text.as_str()),
            ],
        )
    })
}

fn after_the_end(
    context: &Context<'_>,
    row: &Observation,
    open: bool,
    values: &[(&str, &str)],
) -> Judgement {
    if open {
        return Judgement::pass(format_message("ews.outlived-its-end", values));
    }
    let rooms = context.rows(CheckId::MailboxImpersonation, row.connection.as_deref());
    if rooms
        .iter()
        .any(|room| symptom_of(room).is_some_and(|symptom| is_refusal_of_ews(room, &symptom)))
    {
        let raised =
            Raised::new(CauseId::EwsRetired).because(format_message("ews.has-ended", values));
        return from_cause(raised);
    }
    not_working(context, row)
}

/// A connection that does not work has nothing to retire yet.
fn not_working(context: &Context<'_>, row: &Observation) -> Judgement {
    let rooms = context.rows(CheckId::MailboxImpersonation, row.connection.as_deref());
    match rooms.first() {
        Some(room) => skipped::blocked(room),
        None => Judgement::skipped(
            SkipReason::NeedsInput,
            None,
            knowledge::skip_sentence(SkipReason::NeedsInput),
        ),
    }
}
