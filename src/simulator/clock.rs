//! The simulated time: token lifetimes, `Date` headers and secret ends all follow it.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A clock that runs at the usual pace from a chosen moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    offset: SignedDuration,
}

impl Clock {
    /// A clock that shows `start` now; without a start it shows the real time.
    pub(crate) fn starting_at(start: Option<Timestamp>) -> Clock {
        let offset = start.map_or(SignedDuration::ZERO, |start| {
            start.duration_since(Timestamp::now())
        });
        Clock { offset }
    }

    /// The simulated moment.
    pub(crate) fn now(&self) -> Timestamp {
        let real = Timestamp::now();
        real.checked_add(self.offset).unwrap_or(real)
    }
}

/// When a secret expires, as a scenario file states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecretExpiry {
    /// So many days from the start of the simulation.
    Days(i64),
    /// At the start of a day, in UTC.
    On(Date),
}

impl SecretExpiry {
    /// Reads `+200d`, `-3d` or `2026-12-10`.
    pub(crate) fn parse(text: &str) -> Option<SecretExpiry> {
        match text.strip_suffix('d') {
            Some(days) => days.parse().ok().map(SecretExpiry::Days),
            None => text.parse().ok().map(SecretExpiry::On),
        }
    }

    /// The moment it means, counted from `now`.
    pub(crate) fn moment(self, now: Timestamp) -> Timestamp {
        match self {
            SecretExpiry::Days(days) => now
                .checked_add(SignedDuration::from_hours(24 * days))
                .unwrap_or(now),
            SecretExpiry::On(day) => TimeZone::UTC
                .to_timestamp(day.at(0, 0, 0, 0))
                .unwrap_or(now),
        }
    }
}

/// Reads a moment; one without an offset is UTC.
pub(crate) fn read_moment(text: &str) -> Option<Timestamp> {
    let local = || {
        TimeZone::UTC
            .to_timestamp(text.parse::<DateTime>().ok()?)
            .ok()
    };
    text.parse().ok().or_else(local)
}

/// The form of the HTTP `Date` header.
pub(crate) fn http_date(moment: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&moment)
        .unwrap_or_default()
}

/// The form of Entra's errors: `2026-11-23 08:00:00Z`.
pub(crate) fn entra_timestamp(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// Whole seconds in UTC, as Graph and EWS print them.
pub(crate) fn whole_seconds(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let moment: Timestamp = "2026-11-23T08:00:05Z".parse().unwrap();
        assert_eq!(http_date(moment), "Mon, 23 Nov 2026 08:00:05 GMT");
        assert_eq!(entra_timestamp(moment), "2026-11-23 08:00:05Z");
    }

    #[test]
    fn secret_expiries_are_days_or_dates() {
        let now: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        assert_eq!(
            SecretExpiry::parse("+10d").unwrap().moment(now).to_string(),
            "2026-12-03T08:00:00Z"
        );
        assert_eq!(
            SecretExpiry::parse("-1d").unwrap().moment(now).to_string(),
            "2026-11-22T08:00:00Z"
        );
        assert_eq!(
            SecretExpiry::parse("2026-12-10")
                .unwrap()
                .moment(now)
                .to_string(),
            "2026-12-10T00:00:00Z"
        );
        assert_eq!(SecretExpiry::parse("soon"), None);
    }

    #[test]
    fn a_started_clock_ticks_on_from_its_start() {
        let start: Timestamp = "2027-04-02T08:00:00Z".parse().unwrap();
        let shown = Clock::starting_at(Some(start)).now();
        assert!(shown >= start && shown.duration_since(start) < SignedDuration::from_secs(60));
    }
}
