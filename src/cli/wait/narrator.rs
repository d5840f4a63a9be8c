//! Status lines of a wait on standard error, each with the time in UTC.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::output;
use crate::knowledge::{self, Propagation};
use crate::report::{self, Report};
use crate::settings::Clock;

use super::changes::changed_rows;
use super::decision::{StopReason, blocking_causes, format_duration};

/// Prints the status lines, and remembers them so that none is repeated.
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

    /// Prints that a demo waits for a shorter time than a check of a real tenant.
    pub(super) fn announce_shortened(&self, total: Duration) {
        self.print(&format!(
            "demo: the wait is shortened to {} in total; a check of a real tenant may wait 30 min before the next attempt",
            format_duration(total)
        ));
    }

    /// Prints the results that differ from the attempt before.
    pub(super) fn print_changes(&self, before: Option<&Report>, after: &Report) {
        for line in before
            .map(|before| changed_rows(before, after))
            .unwrap_or_default()
        {
            self.print(&line);
        }
    }

    /// Prints the causes that the wait is for, when they are likely to be resolved, and when the next attempt starts.
    pub(super) fn announce_pause(&mut self, report: &Report, pause: Duration) {
        for cause in blocking_causes(report) {
            // The same expectation after every attempt would hide the changes.
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
            self.print(&format!("next attempt in {}", format_duration(pause)));
        }
    }

    /// Prints why the wait ends.
    pub(super) fn announce_stop(&self, reason: &StopReason) {
        self.print(&format!("wait ended: {reason}"));
    }

    fn print(&self, text: &str) {
        let time = self.clock.now().strftime("%H:%M:%S");
        output::message(&format!("{time} {}", report::sanitize::sanitize(text)));
    }
}

/// When a change takes effect that was made at `now`. The real time of the change is unknown.
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
        "takes effect after {} at the earliest, likely after {}, and after {} at the latest, counted from a change made now (times in UTC)",
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
            "takes effect after 30 min (10:11) at the earliest, likely after 1 h (10:41), and after 2 h (11:41) at the \
             latest, counted from a change made now (times in UTC)"
        );
        assert!(text(CauseId::EwsAppNotAllowed).contains("24 h (2026-11-24 09:41) at the latest"));
    }
}
