//! Time of a log record, as written and as a number to compare.

use super::time_formats;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Time of a log record.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogTimestamp<'t> {
    text: &'t str,
    key: Option<i64>,
}

impl<'t> LogTimestamp<'t> {
    /// Parses the time at the beginning of a text. A time without a date counts only if `may_lack_date` is set.
    pub(super) fn parse_prefix(text: &'t str, may_lack_date: bool) -> Option<Self> {
        let length = match time_formats::timestamp_length(text.as_bytes()) {
            None if may_lack_date => time_formats::time_of_day_length(text.as_bytes()),
            length => length,
        }?;
        let text = text.get(..length)?;
        Some(Self {
            text,
            key: key(text),
        })
    }

    /// The time as written, without fractions of a second.
    pub(super) fn text(&self) -> &'t str {
        let is_fraction = |(at, mark): &(usize, char)| {
            matches!(mark, '.' | ',')
                && self.text[..*at].contains(':')
                && !self.text[..*at].ends_with(',')
        };
        let end = self
            .text
            .char_indices()
            .find(is_fraction)
            .map_or(self.text.len(), |(at, _)| at);
        self.text[..end].trim_end()
    }

    /// Number for comparison with other times of the same log, in seconds. None without a date.
    pub(super) fn key(&self) -> Option<i64> {
        self.key
    }
}

/// Converts a time to its sort key. Syslog omits the year, which is then the same for all records.
fn key(text: &str) -> Option<i64> {
    let month = month_in(text);
    let (date, clock) = text.split_at(text.find(':')?);
    let mut before = numbers(date);
    let hour = before.pop()?;
    let mut behind = numbers(clock).into_iter();
    // A colon separates the date from the hour in the logs of web servers.
    let (hour, minute, second) = if month.is_some() && before.len() == 1 && hour > 99 {
        before.push(hour);
        (behind.next()?, behind.next()?, behind.next().unwrap_or(0))
    } else {
        (hour, behind.next()?, behind.next().unwrap_or(0))
    };
    let (year, month, day) = date_of(&before, month, text.contains('/'))?;
    let noon = text.to_ascii_lowercase();
    // In the 12-hour clock, 12 AM is midnight and 12 PM is noon.
    let hour = match hour {
        12 if noon.contains("am") => 0,
        1..=11 if noon.contains("pm") => hour + 12,
        hour => hour,
    };
    // The key only has to order times, so every month may count 31 days.
    Some((((year * 12 + month) * 31 + day) * 24 + hour) * 3600 + minute * 60 + second)
}

/// Number of the month that a time names with a word.
fn month_in(text: &str) -> Option<usize> {
    let words = text.split(|mark: char| !mark.is_ascii_alphabetic());
    words.map(str::to_ascii_lowercase).find_map(|word| {
        let index = MONTHS.iter().position(|month| word == *month)?;
        Some(index + 1)
    })
}

fn date_of(numbers: &[i64], month: Option<usize>, slashes: bool) -> Option<(i64, i64, i64)> {
    let month = month.and_then(|month| i64::try_from(month).ok());
    match (numbers, month) {
        ([day], Some(month)) => Some((0, month, *day)),
        // A number above 31 can only be a year.
        ([day, year], Some(month)) if *year > 31 => Some((*year, month, *day)),
        ([year, month, day], None) if *year > 31 => Some((*year, *month, *day)),
        // With slashes the month comes first, as in American dates, unless the number can only be a day.
        ([day, month, year], None) if !slashes || *day > 12 => Some((*year, *month, *day)),
        ([month, day, year], None) => Some((*year, *month, *day)),
        _ => None,
    }
}

fn numbers(text: &str) -> Vec<i64> {
    text.split(|mark: char| !mark.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_form_are_compared() {
        for (earlier, later) in [
            ("2026-11-27T22:01:03Z", "2026-11-28 07:03:37,123"),
            ("11/27/2026 10:01:03 PM", "11/28/2026 07:03:37"),
            ("11/28/2026 12:01 AM", "11/28/2026 7:03:37 AM"),
            ("27.11.2026 22:01:03", "28.11.2026 07:03:37"),
            ("27/11/2026 22:01:03", "28/11/2026 07:03:37"),
            ("Nov 27 22:01:03", "Nov 28 07:03:37"),
            ("27/Nov/2026:22:01:03 +0100", "28/Nov/2026:07:03:37 +0100"),
            ("2026/11/27 22:01:03", "2026/11/28 07:03:37"),
            (
                "Fri, 27 Nov 2026 22:01:03 GMT",
                "Sat, 28 Nov 2026 07:03:37 GMT",
            ),
        ] {
            let key = |text: &'static str| {
                LogTimestamp::parse_prefix(text, false)
                    .unwrap_or_else(|| panic!("{text}"))
                    .key()
                    .unwrap()
            };
            assert!(key(earlier) < key(later), "{earlier}");
            assert!(key(later) - key(earlier) < 24 * 3600, "{earlier}");
        }
    }

    #[test]
    fn a_time_is_shown_without_its_fraction() {
        let shown =
            |text: &'static str| LogTimestamp::parse_prefix(text, true).map(|stamp| stamp.text());
        assert_eq!(
            shown("2026-11-28 07:03:37,123 x"),
            Some("2026-11-28 07:03:37")
        );
        assert_eq!(shown("28.11.2026 07:03:37 x"), Some("28.11.2026 07:03:37"));
        assert_eq!(shown("07:03:37.5 x"), Some("07:03:37"));
        assert_eq!(
            shown("11/28/2026, 7:03:37 AM x"),
            Some("11/28/2026, 7:03:37 AM")
        );
        assert_eq!(shown("08:00 x"), Some("08:00"));
        assert_eq!(shown("8 rooms"), None);
    }
}
