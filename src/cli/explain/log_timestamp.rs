//! The time of a record, as it is written and as a number to compare.

use super::time_formats;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The time of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogTimestamp<'t> {
    text: &'t str,
    key: Option<i64>,
}

impl<'t> LogTimestamp<'t> {
    /// The time at the beginning of a text; one without a date only where it is allowed.
    pub(super) fn parse_prefix(text: &'t str, may_lack_date: bool) -> Option<Self> {
        let of_day = || {
            may_lack_date
                .then(|| time_formats::time_of_day_length(text.as_bytes()))
                .flatten()
        };
        let length = time_formats::timestamp_length(text.as_bytes()).or_else(of_day)?;
        let text = text.get(..length)?;
        Some(Self {
            text,
            key: key(text),
        })
    }

    /// As it is written, without fractions of a second.
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

    /// Seconds on a scale of its own, to compare times of one log; none without a date.
    pub(super) fn key(&self) -> Option<i64> {
        self.key
    }
}

/// Reads the numbers of a time. A year that is left out, as in syslog, is the same for all.
fn key(text: &str) -> Option<i64> {
    let month = text
        .split(|mark: char| !mark.is_ascii_alphabetic())
        .find_map(|word| {
            let word = word.to_ascii_lowercase();
            MONTHS
                .iter()
                .position(|month| word == *month)
                .map(|index| index + 1)
        });
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
    let hour = match hour {
        12 if noon.contains("am") => 0,
        1..=11 if noon.contains("pm") => hour + 12,
        hour => hour,
    };
    Some((((year * 12 + month) * 31 + day) * 24 + hour) * 3600 + minute * 60 + second)
}

fn date_of(numbers: &[i64], month: Option<usize>, slashes: bool) -> Option<(i64, i64, i64)> {
    let month = month.and_then(|month| i64::try_from(month).ok());
    match (numbers, month) {
        ([day], Some(month)) => Some((0, month, *day)),
        ([day, year], Some(month)) if *year > 31 => Some((*year, month, *day)),
        ([year, month, day], None) if *year > 31 => Some((*year, *month, *day)),
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
