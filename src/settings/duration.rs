//! Durations as people type them.

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::{Span, SpanRelativeTo};

use super::SettingsError;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const WEEK: Duration = Duration::from_hours(168);

/// An option whose value is a duration.
#[derive(Debug, Clone)]
pub struct DurationOption {
    name: &'static str,
    range: RangeInclusive<Duration>,
    example: &'static str,
}

impl DurationOption {
    /// `--timeout`.
    pub const TIMEOUT: Self = Self {
        name: "--timeout",
        range: Duration::from_millis(100)..=HOUR,
        example: "20s",
    };
    /// `--deadline`.
    pub const DEADLINE: Self = Self {
        name: "--deadline",
        range: Duration::from_secs(1)..=WEEK,
        example: "5m",
    };
    /// `--wait`.
    pub const WAIT: Self = Self {
        name: "--wait",
        range: Duration::from_secs(1)..=WEEK,
        example: "2h",
    };
    /// `--wait-pause`.
    pub const WAIT_PAUSE: Self = Self {
        name: "--wait-pause",
        range: Duration::from_millis(1)..=DAY,
        example: "1s",
    };
    /// `--latency`.
    pub const LATENCY: Self = Self {
        name: "--latency",
        range: Duration::ZERO..=HOUR,
        example: "50ms",
    };

    /// Reads `30s`, `2m`, `1h30m`, `500ms`, `2 hours`; a number without a unit counts seconds.
    pub fn read(&self, text: &str) -> Result<Duration, SettingsError> {
        let refuse = |problem| Err(self.refusal(text, problem));
        match duration(text.trim()) {
            Parsed::Duration(duration) if self.range.contains(&duration) => Ok(duration),
            Parsed::Duration(duration) if duration < *self.range.start() => {
                refuse("this is too short")
            }
            Parsed::Duration(_) | Parsed::TooLong => refuse("this is too long"),
            Parsed::Negative => refuse("a duration cannot be negative"),
            Parsed::WithoutUnit => refuse("every number needs a unit (ms, s, m, h or d)"),
            Parsed::Other => refuse("this is not a duration"),
        }
    }

    fn refusal(&self, text: &str, problem: &str) -> SettingsError {
        let (shortest, longest) = (shown(*self.range.start()), shown(*self.range.end()));
        SettingsError::Duration {
            given: format!("{} {}", self.name, text.trim())
                .trim_end()
                .to_owned(),
            problem: problem.to_owned(),
            wanted: format!(
                "give a duration from {shortest} to {longest} (for example, {})",
                self.example
            ),
        }
    }
}

/// What a text is.
enum Parsed {
    Duration(Duration),
    Negative,
    TooLong,
    WithoutUnit,
    Other,
}

fn duration(text: &str) -> Parsed {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.strip_prefix('-').unwrap_or(text);
    let with_unit = if digits(seconds) {
        format!("{text}s")
    } else {
        text.to_owned()
    };
    let Ok(span) = with_unit.parse::<Span>() else {
        return match text.rsplit(|letter: char| !letter.is_ascii_digit()).next() {
            // `jiff` counts in 64-bit seconds and up to 20,000 years.
            _ if has_only_too_long_numbers(&with_unit) => Parsed::TooLong,
            Some(last)
                if !last.is_empty() && text.starts_with(|letter: char| letter.is_ascii_digit()) =>
            {
                Parsed::WithoutUnit
            }
            _ => Parsed::Other,
        };
    };
    if span.is_negative() {
        return Parsed::Negative;
    }
    // Months have no fixed length, so they are not converted.
    let days = SpanRelativeTo::days_are_24_hours();
    match span.to_duration(days).map(Duration::try_from) {
        Ok(Ok(duration)) => Parsed::Duration(duration),
        _ if span.get_years() > 0 => Parsed::TooLong,
        _ => Parsed::Other,
    }
}

/// Whether the text would be a duration if its numbers were shorter.
fn has_only_too_long_numbers(text: &str) -> bool {
    const LONGEST: usize = 7;
    let mut shortened = String::with_capacity(text.len());
    let mut digits = 0;
    for letter in text.chars() {
        digits = if letter.is_ascii_digit() {
            digits + 1
        } else {
            0
        };
        if digits <= LONGEST {
            shortened.push(letter);
        }
    }
    shortened.len() < text.len() && shortened.parse::<Span>().is_ok()
}

/// A duration in its largest whole unit.
fn shown(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
    ];
    let whole = units
        .iter()
        .find(|(_, length)| milliseconds > 0 && milliseconds.is_multiple_of(*length));
    whole.map_or_else(
        || format!("{milliseconds}ms"),
        |(unit, length)| format!("{}{unit}", milliseconds / length),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_people_type_is_read() {
        let cases = [
            ("30s", 30_000),
            ("2m", 120_000),
            ("1h30m", 5_400_000),
            ("1h 30m", 5_400_000),
            ("500ms", 500),
            ("45", 45_000),
            ("1 hour", 3_600_000),
            ("2 hours, 5 minutes", 7_500_000),
            ("1.5h", 5_400_000),
            ("2 min", 120_000),
            ("1d", 86_400_000),
            (" 30s ", 30_000),
            ("PT30M", 1_800_000),
        ];
        let any = DurationOption {
            range: Duration::ZERO..=WEEK,
            ..DurationOption::WAIT
        };
        for (text, expected) in cases {
            assert_eq!(
                any.read(text).unwrap(),
                Duration::from_millis(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn every_other_text_is_refused_with_the_reason_the_range_and_an_example() {
        for (text, reason) in [
            ("", "not a duration"),
            ("s", "not a duration"),
            ("3x", "not a duration"),
            ("30m1h", "not a duration"),
            ("1m1m", "not a duration"),
            ("1 month", "not a duration"),
            ("Zx9FAKEword1234567890abcd", "not a duration"),
            ("12345678901 apples", "not a duration"),
            ("-1s", "cannot be negative"),
            ("-5", "cannot be negative"),
            ("1h30", "every number needs a unit"),
            ("0", "too short"),
            ("0s", "too short"),
            ("999ms", "too short"),
            ("8d", "too long"),
            ("1y", "too long"),
            ("2 years", "too long"),
            ("99999999999h", "too long"),
            ("99999999999999999999h", "too long"),
            ("99999999999999999999", "too long"),
        ] {
            let error = DurationOption::DEADLINE.read(text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("--deadline {text}").trim_end().to_owned()),
                "{text}: {error}"
            );
            assert!(
                error.contains(reason) && error.contains("from 1s to 7d (for example, 5m)"),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn every_example_is_in_its_range_and_the_bounds_are_shown_as_they_can_be_typed() {
        let all = [
            DurationOption::TIMEOUT,
            DurationOption::DEADLINE,
            DurationOption::WAIT,
            DurationOption::WAIT_PAUSE,
            DurationOption::LATENCY,
        ];
        for option in all {
            assert!(option.read(option.example).is_ok(), "{}", option.name);
            for bound in [option.range.start(), option.range.end()] {
                assert_eq!(
                    option.read(&shown(*bound)).unwrap(),
                    *bound,
                    "{}",
                    option.name
                );
            }
        }
    }
}
