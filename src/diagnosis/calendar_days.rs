//! Arithmetic with calendar days in UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Number of days between two instants (UTC).
pub(super) fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    days_from(day_of(from), day_of(to))
}

/// The day of an instant (UTC), as `2027-04-01`.
pub(super) fn date_of(instant: Timestamp) -> String {
    day_of(instant).to_string()
}

/// The day of an instant (UTC).
pub fn day_of(instant: Timestamp) -> Date {
    instant.to_zoned_datetime(TimeZone::UTC).date()
}

/// Number of days from one day to another.
pub fn days_from(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// Number of days from an instant to a day such as `2027-04-01`; `None` if the text is not a day.
pub(super) fn days_until(from: Timestamp, day: &str) -> Option<i64> {
    Some(days_from(day_of(from), day.parse().ok()?))
}
