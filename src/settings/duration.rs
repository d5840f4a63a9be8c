//! Durations as people type them.

use std::time::Duration;

use super::SettingsError;

/// The units in the order in which they may follow each other, with their length in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// Reads `30s`, `2m`, `1h30m`, `500ms`; a bare number counts seconds. `option` is named in the error.
pub fn parse_duration(option: &str, text: &str) -> Result<Duration, SettingsError> {
    milliseconds(text.trim())
        .map(Duration::from_millis)
        .ok_or_else(|| SettingsError::option(option, "is no duration; write it like 30s, 2m or 1h30m"))
}

fn milliseconds(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<u64>().ok()?.checked_mul(1_000);
    }
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (amount, tail) = rest.split_at(digits);
        let length = tail.find(|letter: char| letter.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, after) = tail.split_at(length);
        let (_, worth) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(amount.parse::<u64>().ok()?.checked_mul(*worth)?)?;
        rest = after;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        let cases = [("30s", 30_000), ("2m", 120_000), ("1h30m", 5_400_000), ("500ms", 500), ("45", 45_000), ("0s", 0)];
        for (text, expected) in cases {
            assert_eq!(parse_duration("--wait", text).unwrap(), Duration::from_millis(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_option() {
        for text in ["", "s", "3x", "30m1h", "-1s", "+5", "1.5h", "1m1m", "99999999999999999999h", "1h 30m"] {
            let error = parse_duration("--deadline", text).unwrap_err().to_string();
            assert!(error.contains("--deadline") && error.contains("1h30m"), "{text}: {error}");
        }
    }
}
