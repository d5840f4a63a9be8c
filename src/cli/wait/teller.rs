//! Tells on standard error what happens during a wait, each line with the time in UTC.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::changes::changes;
use super::decision::{Ending, spoken, standing_in_the_way};
use crate::cli::output;
use crate::knowledge::{self, Propagation};
use crate::report::{self, Report};
use crate::settings::Clock;

/// Remembers what was said, so that nothing is said twice.
pub(super) struct Teller {
    clock: Clock,
    announced: BTreeSet<String>,
    pause: Option<Duration>,
}

impl Teller {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            clock,
            announced: BTreeSet::new(),
            pause: None,
        }
    }

    /// That a demo does not wait as a check of a real tenant does.
    pub(super) fn shortened(&self, total: Duration) {
        self.say(&format!(
            "demo: the wait is shortened to {} in total; a check of a real tenant may wait 30 min before the next attempt",
            spoken(total)
        ));
    }

    /// What is different from the look before.
    pub(super) fn changes(&self, before: Option<&Report>, after: &Report) {
        for line in before
            .map(|before| changes(before, after))
            .unwrap_or_default()
        {
            self.say(&line);
        }
    }

    /// What is waited for, when that is likely to be effective, and when the next look comes.
    pub(super) fn waiting(&mut self, report: &Report, pause: Duration) {
        for cause in standing_in_the_way(report) {
            if let Some(row) = cause.id.parse().ok().and_then(knowledge::propagation)
                && self.announced.insert(cause.id.clone())
            {
                self.say(&format!(
                    "{}: {}",
                    cause.id,
                    expectation(row, self.clock.now())
                ));
            }
        }
        if self.pause.replace(pause) != Some(pause) {
            self.say(&format!("next look in {}", spoken(pause)));
        }
    }

    /// Why the wait ends.
    pub(super) fn end(&self, ending: &Ending) {
        self.say(&format!("the wait ends: {ending}"));
    }

    fn say(&self, text: &str) {
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
        format!("{} ({})", spoken(wait), moment.strftime(form))
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
