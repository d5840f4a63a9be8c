//! Advice: the end of EWS, and arithmetic with dates.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::context::{Context, symptom_of};
use super::judgement::{Judgement, Raised, from_cause};
use super::symptom::Symptom;
use crate::evidence::{Evidence, Finding, Observation, Reply};
use crate::knowledge::{self, phrase};
use crate::terms::{CauseId, CheckId, Confidence, SkipReason};

/// Judges how long an EWS connection will live.
pub(super) fn judge_retirement(context: &Context<'_>, row: &Observation) -> Judgement {
    let open = context.pattern(row.connection.as_deref().unwrap_or_default()).open > 0;
    let Some(days) = days_until_ews_ends(context.evidence) else {
        return if open { on_another_schedule(context) } else { not_working(context, row) };
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
    let sentence = phrase("ews.ends", &values);
    let seen = format!("{sentence}. {}", phase_sentence(context.evidence.started_at));
    let note = Raised::new(CauseId::EwsRetiring).because(seen).with("date", date.clone()).with("days", words.clone());
    Judgement::pass(sentence).raising(note)
}

/// In a cloud whose day is not known only this much is certain: the end of EWS is announced for the worldwide cloud.
fn on_another_schedule(context: &Context<'_>) -> Judgement {
    let date = knowledge::dates().ews_end.to_string();
    let sentence = phrase("ews.own-schedule", &[("date", &date), ("detail", &context.evidence.cloud)]);
    let note = Raised::new(CauseId::EwsRetiring).because(sentence.clone()).sure(Confidence::Likely);
    Judgement::pass(sentence).raising(note.in_case(Some("own-schedule")).with("date", date))
}

/// How far Microsoft's announced withdrawal has come.
fn phase_sentence(now: Timestamp) -> String {
    let phase = knowledge::dates().ews_phase_on(day_of(now));
    phase.map_or_else(String::new, |phase| {
        phrase("ews.phase", &[("date", phase.announced.as_str()), ("detail", phase.text.as_str())])
    })
}

fn after_the_end(context: &Context<'_>, row: &Observation, open: bool, values: &[(&str, &str)]) -> Judgement {
    if open {
        return Judgement::pass(phrase("ews.outlived-its-end", values));
    }
    let rooms = context.rows(CheckId::MailboxImpersonation, row.connection.as_deref());
    if rooms.iter().any(|room| symptom_of(room).is_some_and(|symptom| is_refusal_of_ews(room, &symptom))) {
        let raised = Raised::new(CauseId::EwsRetired).because(phrase("ews.has-ended", values));
        return from_cause(raised);
    }
    not_working(context, row)
}

/// Whether an answer to an EWS call refuses it, in whatever form: how Exchange will answer after the end is not known.
/// What points to passing trouble, or to another machine that answers in its place, is no refusal.
pub(super) fn is_refusal_of_ews(row: &Observation, symptom: &Symptom) -> bool {
    let status = row.finding().and_then(Finding::outline).and_then(|reply| match reply {
        Reply::Refused(refusal) => Some(refusal.status),
        Reply::Unexpected(unexpected) => Some(unexpected.status),
        Reply::Success(()) | Reply::Unreachable(_) => None,
    });
    let client_error = status.is_some_and(|status| (400..500).contains(&status) && status != 429);
    match symptom {
        Symptom::Named(id) if *id == CauseId::ServiceUnexpectedAnswer => true,
        Symptom::Named(id) if *id == CauseId::NetworkNotMicrosoft => client_error,
        other => other.is_refusal_of_access(),
    }
}

/// A connection that does not work has nothing to retire yet.
fn not_working(context: &Context<'_>, row: &Observation) -> Judgement {
    let rooms = context.rows(CheckId::MailboxImpersonation, row.connection.as_deref());
    match rooms.first() {
        Some(room) => super::judge::blocked(room),
        None => Judgement::skipped(SkipReason::NeedsInput, None, knowledge::skip_sentence(SkipReason::NeedsInput)),
    }
}

/// Whole days from the day of the run (UTC) until EWS ends; 0 or less once it has ended, `None` in a cloud whose day is
/// not known.
pub(super) fn days_until_ews_ends(evidence: &Evidence) -> Option<i64> {
    let end = knowledge::dates().ews_end_in(&evidence.cloud)?;
    Some(days_from(day_of(evidence.started_at), end))
}

/// Whether the day on which EWS ends has come.
pub(super) fn ews_has_ended(evidence: &Evidence) -> bool {
    days_until_ews_ends(evidence).is_some_and(|days| days <= 0)
}

/// Whole days between the days of two instants (UTC).
pub(super) fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    days_from(day_of(from), day_of(to))
}

/// The day of an instant (UTC), as `2027-04-01`.
pub(super) fn date_of(instant: Timestamp) -> String {
    day_of(instant).to_string()
}

fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}

fn days_from(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
