//! Stage of the advice: the retirement of EWS, and the settings of rooms that an app cannot read.

use jiff::Timestamp;

use crate::evidence::Observation;
use crate::knowledge::{self, format_message};
use crate::terms::{CauseId, CheckId, Confidence, SkipReason};

use super::calendar_days::day_of;
use super::diagnosis_context::Context;
use super::ews_schedule::{days_until_ews_ends, is_refusal_of_ews};
use super::judgment::{Judgment, Raised, from_cause};
use super::row_response::symptom_of;
use super::{configuration, not_visible, skipped_rows};

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::ExchangeEwsRetirement,
    CheckId::RoomCalendarProcessing,
];

/// Judges a row of this stage.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    match row.check {
        CheckId::RoomCalendarProcessing => judge_calendar_processing(context),
        _ => judge_retirement(context, row),
    }
}

/// Judges the calendar processing, if an administrator collected it. Otherwise the row contains the commands.
fn judge_calendar_processing(context: &Context<'_>) -> Judgment {
    configuration::judge_calendar_processing(context).unwrap_or_else(|| {
        let message = not_visible::calendar_processing_message(context.evidence);
        Judgment::skipped(SkipReason::NeedsPermission, None, message)
    })
}

/// Judges how long a connection over EWS will work.
fn judge_retirement(context: &Context<'_>, row: &Observation) -> Judgment {
    let open = context
        .access_pattern(row.connection.as_deref().unwrap_or_default())
        .accessible
        > 0;
    let Some(days) = days_until_ews_ends(context.evidence) else {
        return if open {
            judge_other_schedule(context)
        } else {
            judge_not_working(context, row)
        };
    };
    let date = knowledge::dates().ews_end.to_string();
    let words = days.to_string();
    let values = [("date", date.as_str()), ("days", words.as_str())];
    if days <= 0 {
        return judge_after_end(context, row, open, &values);
    }
    if !open {
        return judge_not_working(context, row);
    }
    let sentence = format_message("ews.ends", &values);
    let seen = format!(
        "{sentence}. {}",
        phase_sentence(context.evidence.started_at)
    );
    let note = Raised::new(CauseId::EwsRetiring)
        .because(seen)
        .with_value("date", date.clone())
        .with_value("days", words.clone());
    Judgment::pass(sentence).raising(note)
}

/// The note for a cloud whose retirement date is not known: Microsoft announced a date for the worldwide cloud only.
fn judge_other_schedule(context: &Context<'_>) -> Judgment {
    let date = knowledge::dates().ews_end.to_string();
    let sentence = format_message(
        "ews.own-schedule",
        &[
            ("date", date.as_str()),
            ("detail", knowledge::cloud_label(&context.evidence.cloud)),
        ],
    );
    let note = Raised::new(CauseId::EwsRetiring)
        .because(sentence.clone())
        .with_confidence(Confidence::Likely);
    Judgment::pass(sentence).raising(note.in_case(Some("own-schedule")).with_value("date", date))
}

/// The current phase of the retirement that Microsoft announced.
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

fn judge_after_end(
    context: &Context<'_>,
    row: &Observation,
    open: bool,
    values: &[(&str, &str)],
) -> Judgment {
    if open {
        return Judgment::pass(format_message("ews.outlived-its-end", values));
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
    judge_not_working(context, row)
}

/// The retirement is not relevant for a connection that does not work yet.
fn judge_not_working(context: &Context<'_>, row: &Observation) -> Judgment {
    let rooms = context.rows(CheckId::MailboxImpersonation, row.connection.as_deref());
    match rooms.first() {
        Some(room) => skipped_rows::judge_by_source(room),
        None => Judgment::skipped(
            SkipReason::NeedsInput,
            None,
            knowledge::skip_sentence(SkipReason::NeedsInput),
        ),
    }
}
