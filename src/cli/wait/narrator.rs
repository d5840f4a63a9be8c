//! Tells on standard error what happens during a wait, each line with the time in UTC.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::changes::changed_rows;
use super::decision::{StopReason, blocking_causes, format_duration};
use crate::cli::output;
use crate::knowledge::{self, Propagation};
use crate::report::{self, Report};
use crate::settings::Clock;

/// Remembers what was said, so that nothing is said twice.
pub(super) struct Narrator {
    clock: Clock,
    announced: BTreeSet<String>,
    pause: Option<Duration>,
}

impl Narrator {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            announced: BTreeSet::new(),
            pause: None,
        }
    }

    /// That a demo does not wait as a check of a real tenant does.
    pub(super) fn announce_shortened(&self, total: Duration) {
        self.print(&format!(
            "demo: the wait is shortened to {} in total; a check of a real tenant may wait 30 min before the next attempt",
            format_duration(total)
        ));
    }

    /// What is different from the look before.
    pub(super) fn print_changes(&self, before: Option<&Report>, after: &Report) {
        for line in before
            .map(|before| changed_rows(before, after))
            .unwrap_or_default()
        {
            self.print(&line);
        }
    }

    /// What is waited for, when that is likely to be effective, and when the next look comes.
    pub(super) fn announce_pause(&mut self, report: &Report, pause: Duration) {
        for cause in blocking_causes(report) {
            if let Some(row) = cause.id.parse().ok().and_then(knowledge::propagation)
                && self.announced.insert(cause.id.clone())
            {
                self.print(&format!(
                    "{}: {}",
                    cause.id,
                    expectation(row, self.clock.now())
                ));
            }
        }
        if self.pause.replace(pause) != Some(pause) {
            self.print(&format!("next look in {}", format_duration(pause)));
        }
    }

    /// Why the wait ends.
    pub(super) fn announce_stop(&self, ending: &StopReason) {
        self.print(&format!("the wait ends: {ending}"));
    }

    fn print(&self, text: &str) {
        let time = self.clock.now().strftime("%H:%M:%S");
        output::message(&format!("{time} {}", report::sanitize::sanitize(text)));
    }
}

/// When a change that was made at `now` is effective. Nobody knows when it was really made.
fn expectation(row: &Propagation, now: Timestamp) -> String {
    let after = |wait: Duration| now.checked_add(wait).unwrap_or(Timestamp::MAX);
    let at = |wait: Duration| {
        let moment = after(wait);
        // A time of day alone would mislead as soon as it belongs to another day.
        let form = if moment.strftime("%F").to_string() == now.strftime("%F").to_string() {
            "%H:%M"
        } else {
            "%F %H:%M"
        };
        format!("{} ({})", format_duration(wait), moment.strftime(form))
    };
    format!(
        "effective after {} at the earliest, {} likely, {} at the latest, counted from a change made now; times in UTC",
        at(row.earliest()),
        at(row.likely()),
        at(row.latest())
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::CauseId;

    #[test]
    fn an_expectation_names_three_moments_and_the_day_where_it_is_another() {
        let now: Timestamp = "2026-11-23T09:41:12Z".parse().unwrap();
        let text = |id| expectation(knowledge::propagation(id).unwrap(), now);
        assert_eq!(
            text(CauseId::MailboxCalendarNotWritable),
            "effective after 30 min (10:11) at the earliest, 1 h (10:41) likely, 2 h (11:41) at the latest, counted from \
             a change made now; times in UTC"
        );
        assert!(text(CauseId::EwsAppNotAllowed).contains("24 h (2026-11-24 09:41) at the latest"));
    }
}
