//! Timestamp formats of Microsoft's services, HTTP, .NET, syslog and web servers.

const WEEKDAYS: &[&[u8]] = &[b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

const MONTHS: &[&[u8]] = &[
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Space that newer versions of .NET write in front of AM and PM, in UTF-8.
const NARROW_SPACE: &[u8] = "\u{202f}".as_bytes();

/// Length of the timestamp at the beginning of a text, if there is one.
pub(super) fn timestamp_length(text: &[u8]) -> Option<usize> {
    longest_of(
        text,
        &[iso, with_slashes, http_date, syslog, web_server_log],
    )
}

/// Length of a time of day without a date at the beginning of a text.
pub(super) fn time_of_day_length(text: &[u8]) -> Option<usize> {
    longest_of(
        text,
        &[|reader| {
            time_of_day(reader)?;
            reader.ends_a_word()
        }],
    )
}

fn longest_of(text: &[u8], forms: &[fn(&mut Reader<'_>) -> Option<()>]) -> Option<usize> {
    forms.iter().find_map(|form| {
        let mut reader = Reader { text, at: 0 };
        form(&mut reader).map(|()| reader.at)
    })
}

/// `2026-11-23T08:00:00Z`, `2026-11-23 08:00:01,123`, `2026-11-23T08:00:00.1+01:00`, `2026/11/23 08:00:00`.
fn iso(reader: &mut Reader<'_>) -> Option<()> {
    reader.digits(4, 4)?;
    let mark = reader.one_of(b"-/")?;
    reader.digits(2, 2)?;
    reader.one_of(&[mark])?;
    reader.digits(2, 2)?;
    reader.one_of(b"Tt ")?;
    time_of_day(reader)?;
    reader.optional(zone);
    Some(())
}

/// `11/23/2026 8:00:02 AM`, `23.11.2026 08:00:02`.
fn with_slashes(reader: &mut Reader<'_>) -> Option<()> {
    reader.digits(1, 2)?;
    let mark = reader.one_of(b"/.")?;
    reader.digits(1, 2)?;
    reader.one_of(&[mark])?;
    reader.digits(4, 4)?;
    reader.optional(|reader| reader.one_of(b",").map(drop));
    reader.one_of(b" ")?;
    time_of_day(reader)?;
    reader.optional(|reader| am_or_pm(reader, mark));
    reader.optional(zone);
    Some(())
}

/// `Mon, 23 Nov 2026 10:00:00 GMT`.
fn http_date(reader: &mut Reader<'_>) -> Option<()> {
    WEEKDAYS.iter().find(|day| reader.text.starts_with(day))?;
    reader.at += 3;
    reader.one_of(b",")?;
    reader.one_of(b" ")?;
    reader.digits(1, 2)?;
    reader.one_of(b" -")?;
    reader.letters(3)?;
    reader.one_of(b" -")?;
    reader.digits(2, 4)?;
    reader.one_of(b" ")?;
    time_of_day(reader)?;
    reader.optional(zone);
    Some(())
}

/// `Nov 23 08:00:00`, with two spaces in front of a single digit.
fn syslog(reader: &mut Reader<'_>) -> Option<()> {
    month(reader)?;
    reader.one_of(b" ")?;
    reader.optional(|reader| reader.one_of(b" ").map(drop));
    reader.digits(1, 2)?;
    reader.one_of(b" ")?;
    time_of_day(reader)
}

/// `23/Nov/2026:08:00:00 +0100`, as web servers and proxies write it.
fn web_server_log(reader: &mut Reader<'_>) -> Option<()> {
    reader.digits(1, 2)?;
    reader.one_of(b"/-")?;
    month(reader)?;
    reader.one_of(b"/-")?;
    reader.digits(4, 4)?;
    reader.one_of(b": ")?;
    time_of_day(reader)?;
    reader.optional(zone);
    Some(())
}

fn month(reader: &mut Reader<'_>) -> Option<()> {
    MONTHS
        .iter()
        .find(|month| reader.rest().starts_with(month))?;
    reader.letters(3)
}

/// Hours and minutes, perhaps seconds and a fraction.
fn time_of_day(reader: &mut Reader<'_>) -> Option<()> {
    reader.digits(1, 2)?;
    reader.one_of(b":")?;
    reader.digits(2, 2)?;
    reader.optional(|reader| {
        reader.one_of(b":")?;
        reader.digits(2, 2)?;
        reader.optional(fraction);
        Some(())
    });
    Some(())
}

/// Fraction of a second. Behind a comma it has exactly three digits: in a CSV file, the next column follows the comma.
fn fraction(reader: &mut Reader<'_>) -> Option<()> {
    if reader.one_of(b".,")? == b'.' {
        reader.digits(1, 9)
    } else {
        reader.digits(3, 3)
    }
}

/// AM or PM. In lowercase only in dates with slashes, because elsewhere `am` can be a German word.
fn am_or_pm(reader: &mut Reader<'_>, mark: u8) -> Option<()> {
    reader.optional(|reader| reader.one_of(b" ").map(drop));
    reader.optional(|reader| reader.exactly(NARROW_SPACE));
    reader.one_of(if mark == b'/' { b"AaPp" } else { b"AP" })?;
    reader.one_of(if mark == b'/' { b"Mm" } else { b"M" })?;
    reader.ends_a_word()
}

/// `Z`, `UTC`, `GMT` or the offset from them, optionally after a space.
fn zone(reader: &mut Reader<'_>) -> Option<()> {
    reader.optional(|reader| reader.one_of(b" ").map(drop));
    if reader.optional(|reader| reader.exactly(b"UTC"))
        || reader.optional(|reader| reader.exactly(b"GMT"))
    {
        return Some(());
    }
    if matches!(reader.one_of(b"Zz+-")?, b'Z' | b'z') {
        return reader.ends_a_word();
    }
    reader.two_digits()?;
    reader.optional(|reader| reader.one_of(b":").map(drop));
    reader.two_digits()?;
    reader.ends_a_word()
}

/// Parser that reads step by step. A failed step makes the format fail.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let byte = self
            .rest()
            .first()
            .copied()
            .filter(|byte| allowed.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    fn exactly(&mut self, wanted: &[u8]) -> Option<()> {
        self.rest()
            .starts_with(wanted)
            .then(|| self.at += wanted.len())
    }

    /// Reads all digits; there must be `least` to `most` of them.
    fn digits(&mut self, least: usize, most: usize) -> Option<()> {
        // One digit more than allowed is read, so that the beginning of a longer number does not match.
        let count = self
            .rest()
            .iter()
            .take(most + 1)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        (least..=most).contains(&count).then(|| self.at += count)
    }

    /// Reads two digits, whatever follows.
    fn two_digits(&mut self) -> Option<()> {
        let two = self
            .rest()
            .get(..2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_digit));
        two.then(|| self.at += 2)
    }

    fn letters(&mut self, exactly: usize) -> Option<()> {
        let count = self
            .rest()
            .iter()
            .take(exactly)
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        (count == exactly).then(|| self.at += count)
    }

    fn ends_a_word(&self) -> Option<()> {
        self.rest()
            .first()
            .is_none_or(|byte| !byte.is_ascii_alphanumeric())
            .then_some(())
    }

    /// Tries a step. If it fails, nothing is read.
    fn optional(&mut self, step: impl FnOnce(&mut Self) -> Option<()>) -> bool {
        let before = self.at;
        let done = step(self).is_some();
        if !done {
            self.at = before;
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_to_its_end() {
        for time in [
            "2026-11-23T08:00:00Z",
            "2026-11-23t08:00Z",
            "2026-11-23 08:00:02Z",
            "2026-11-23 08:00:01,123",
            "2026-11-23T08:00:00.1234567+01:00",
            "2026-11-23 08:00:02 -0800",
            "2026-11-23 08:00:02 UTC",
            "11/23/2026 8:00:02 AM",
            "11/23/2026 8:00 pm",
            "11/23/2026 8:00:02\u{202f}AM",
            "11/23/2026, 8:00:02 AM",
            "23.11.2026 08:00:02",
            "Mon, 23 Nov 2026 10:00:00 GMT",
            "Nov 23 08:00:02",
            "Nov  3 08:00:02",
            "23/Nov/2026:08:00:02 +0100",
            "2026/11/23 08:00:02",
        ] {
            for behind in ["", "]", "\"", " ERROR", "; x", ", 5", "\\r"] {
                let text = format!("{time}{behind}");
                assert_eq!(
                    timestamp_length(text.as_bytes()),
                    Some(time.len()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_timestamp_ends_before_the_next_column_or_word() {
        for (text, time) in [
            ("2026-11-23 08:00:02,7000215", "2026-11-23 08:00:02"),
            ("23.11.2026 08:00:02 am Panel", "23.11.2026 08:00:02"),
            ("11/23/2026 8:00 amqp", "11/23/2026 8:00"),
            ("2026-11-23 08:00:02 - started", "2026-11-23 08:00:02"),
            ("2026-11-23 08:00:02 Zone", "2026-11-23 08:00:02"),
        ] {
            assert_eq!(
                timestamp_length(text.as_bytes()),
                Some(time.len()),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_numbers_and_versions_are_not_timestamps() {
        for text in [
            "2026-11-23",
            "2026-11-23 about",
            "1.2.3",
            "10.0.19041",
            "5/7",
            "08:00:00",
            "Mon",
            "Monday, 23",
            "",
        ] {
            assert_eq!(timestamp_length(text.as_bytes()), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[0-9/.:, TZ+AMon-]{0,40}") {
            proptest::prop_assert!(timestamp_length(text.as_bytes()).is_none_or(|length| length <= text.len()));
        }
    }
}
