//! Records of a pasted log: where each one begins, when it was written, and the addresses in it.

use std::ops::Range;

use memchr::memchr_iter;

use super::denials;
use super::log_timestamp::LogTimestamp;

/// How far from the start of a line its time may begin: `> `, `[`, a log level or a thread can precede it.
const REACH: usize = 40;

/// Most addresses of a record that can be about one of them.
const MAX_ADDRESSES: usize = 3;

/// Maximum length of an address.
const LONGEST_ADDRESS: usize = 120;

/// Record of a log: a line that begins with a time, and the lines up to the next one.
#[derive(Debug)]
struct LogRecord<'t> {
    start: usize,
    stamp: Option<LogTimestamp<'t>>,
}

/// Records of a text in order of appearance. A text without times is one record.
#[derive(Debug, Default)]
pub(super) struct Timeline<'t> {
    text: &'t str,
    records: Vec<LogRecord<'t>>,
    addresses: Vec<(usize, &'t str)>,
    denied: Vec<Range<usize>>,
}

impl<'t> Timeline<'t> {
    /// Splits a text into records.
    pub(super) fn of(text: &'t str) -> Self {
        let mut records = vec![LogRecord {
            start: 0,
            stamp: None,
        }];
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if let Some(stamp) = stamp_of(line) {
                match records.last_mut() {
                    // Nothing but the first line precedes it.
                    Some(first) if start == 0 => first.stamp = Some(stamp),
                    _ => records.push(LogRecord {
                        start,
                        stamp: Some(stamp),
                    }),
                }
            }
            start += line.len();
        }
        Self {
            text,
            records,
            addresses: addresses(text),
            denied: denials::denied_ranges(text),
        }
    }

    /// Whether the text at an offset names an error without reporting it: its line denies it, or it is part of a link.
    pub(super) fn is_denied(&self, at: usize) -> bool {
        let next = self.denied.partition_point(|range| range.end <= at);
        self.denied.get(next).is_some_and(|range| range.start <= at)
    }

    /// Index of the record at an offset.
    pub(super) fn record(&self, at: usize) -> usize {
        self.records
            .partition_point(|record| record.start <= at)
            .saturating_sub(1)
    }

    /// Time of the record at an offset.
    pub(super) fn stamp(&self, at: usize) -> Option<&LogTimestamp<'t>> {
        self.records.get(self.record(at))?.stamp.as_ref()
    }

    /// Whether several records have a time with a date. Times without a date cannot be compared.
    pub(super) fn is_log(&self) -> bool {
        let has_date =
            |record: &&LogRecord<'_>| record.stamp.is_some_and(|stamp| stamp.key().is_some());
        self.records.iter().filter(has_date).take(2).count() == 2
    }

    /// Whether the newest record comes first.
    pub(super) fn is_reversed(&self) -> bool {
        let mut keys = self
            .records
            .iter()
            .filter_map(|record| record.stamp.as_ref()?.key());
        match (keys.next(), keys.next_back()) {
            (Some(first), Some(last)) => first > last,
            _ => false,
        }
    }

    /// Whether two records were written in the same second, so that they can be parts of one response.
    pub(super) fn same_second(&self, one: usize, other: usize) -> bool {
        let key = |record: usize| {
            self.records
                .get(record)
                .and_then(|record| record.stamp.as_ref()?.key())
        };
        one == other || (one.abs_diff(other) == 1 && key(one).is_some() && key(one) == key(other))
    }

    /// Start and end of the record at an offset.
    pub(super) fn span(&self, at: usize) -> (usize, usize) {
        self.span_of(self.record(at))
    }

    fn span_of(&self, record: usize) -> (usize, usize) {
        let start = self.records.get(record).map_or(0, |record| record.start);
        (
            start,
            self.records
                .get(record + 1)
                .map_or(self.text.len(), |next| next.start),
        )
    }

    /// Addresses near an offset: on its line, otherwise in its record, otherwise in the record before, if these contain few.
    pub(super) fn near(&self, at: usize) -> &[(usize, &'t str)] {
        if self.addresses.is_empty() {
            return &[];
        }
        let (start, end) = self.line_around(at);
        let on_line = self.within(start, end);
        if !on_line.is_empty() {
            return on_line;
        }
        let record = self.record(at);
        let before = record
            .checked_sub(1)
            .filter(|before| self.is_quiet(*before));
        let candidates = [Some(record), before];
        let few = candidates.into_iter().flatten().map(|record| {
            let (start, end) = self.span_of(record);
            // Behind an empty line, other things follow, such as the signature of a mail.
            let empty = self.text.get(start..end).and_then(|text| text.find("\n\n"));
            self.within(start, empty.map_or(end, |empty| start + empty))
        });
        few.into_iter()
            .find(|found| !found.is_empty() && found.len() <= MAX_ADDRESSES)
            .unwrap_or_default()
    }

    /// Start and end of the line at an offset, at most `LONG_LINE` bytes away: a line can be as long as the text.
    fn line_around(&self, at: usize) -> (usize, usize) {
        let from = at.saturating_sub(LONG_LINE);
        let to = self.text.len().min(at + LONG_LINE);
        let bytes = self.text.as_bytes();
        let is_break = |byte: &u8| *byte == b'\n';
        let start = bytes[from..at].iter().rposition(is_break);
        let end = bytes[at..to].iter().position(is_break);
        (
            start.map_or(from, |start| from + start),
            end.map_or(to, |end| at + end),
        )
    }

    /// Whether a record reports no failure itself, so that it can introduce the next one.
    fn is_quiet(&self, record: usize) -> bool {
        const FAILURES: &[&str] = &["error", "exception", "fail", "warn", "aadsts", "(4", "(5"];
        let (start, end) = self.span_of(record);
        let text = &self.text.as_bytes()[start..end.min(start + LONG_LINE)];
        let text = String::from_utf8_lossy(text).to_ascii_lowercase();
        !FAILURES.iter().any(|word| text.contains(word))
    }

    fn within(&self, start: usize, end: usize) -> &[(usize, &'t str)] {
        let from = self.addresses.partition_point(|(at, _)| *at < start);
        let to = self.addresses.partition_point(|(at, _)| *at < end);
        self.addresses.get(from..to).unwrap_or_default()
    }
}

/// How far from an offset an address on the same line can be.
const LONG_LINE: usize = 600;

/// Time at the beginning of a line. A time behind a label, such as `Date:`, belongs to the message; only a JSON line begins
/// with a label.
fn stamp_of(line: &str) -> Option<LogTimestamp<'_>> {
    let bytes = line.as_bytes();
    let starts_word = |at: usize| at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    let candidates = (0..bytes.len().min(REACH))
        .filter(|at| bytes[*at].is_ascii_alphanumeric() && starts_word(*at));
    let (first, at, stamp) = candidates.take(6).enumerate().find_map(|(index, at)| {
        let stamp = LogTimestamp::parse_prefix(line.get(at..)?, index == 0)?;
        Some((index == 0, at, stamp))
    })?;
    let front = line.get(..at)?;
    let is_event = front.contains("<TimeCreated ");
    let is_labeled = front
        .trim_end_matches(['"', '\'', ' '])
        .ends_with([':', '=']);
    // In XML a time is part of a message; syslog writes a number in front of it.
    let is_digit = |mark: char| mark.is_ascii_digit();
    let is_element = front
        .split_once('<')
        .is_some_and(|(_, rest)| !rest.starts_with(is_digit));
    let may_begin = !is_element && (first || !is_labeled);
    (may_begin || is_event || line.starts_with('{')).then_some(stamp)
}

fn addresses(text: &str) -> Vec<(usize, &str)> {
    let bytes = text.as_bytes();
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_+'".contains(byte);
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    memchr_iter(b'@', bytes)
        .filter_map(|at| {
            let before = bytes[..at]
                .iter()
                .rev()
                .take(LONGEST_ADDRESS)
                .take_while(|byte| local(byte))
                .count();
            let behind = bytes[at + 1..]
                .iter()
                .take(LONGEST_ADDRESS)
                .take_while(|byte| domain(byte))
                .count();
            let address = text
                .get(at - before..at + 1 + behind)?
                .trim_matches(['.', '-', '\'']);
            let (name, host) = address.split_once('@')?;
            let is_address =
                !name.is_empty() && host.contains('.') && address.len() < LONGEST_ADDRESS;
            (is_address && is_delimited(bytes, at - before, at + 1 + behind))
                .then_some((at, address))
        })
        .collect()
}

/// Whether an address is complete. Behind an escape or a mark of a password, it is only the end of a longer word; in front
/// of a port number, it is the user and the host of a URL.
fn is_delimited(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let is_tail = before.is_some_and(|byte| b"%\\!#$&*~^@|".contains(&byte));
    let has_port =
        bytes.get(end) == Some(&b':') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
    !is_tail && !has_port
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2026-11-27 22:01:03 INFO sync of boardroom@contoso.com\n\
        2026-11-27 22:01:04 ERROR (403) Forbidden\n  at x\n\
        2026-11-27 22:01:04 INFO next\n\
        28.11.2026 07:03:37 ERROR studio@contoso.com, lounge@contoso.com\n";

    #[test]
    fn a_record_starts_with_a_time_and_includes_the_following_lines() {
        let timeline = Timeline::of(LOG);
        let at = |text: &str| LOG.find(text).unwrap();
        assert!(timeline.is_log() && !timeline.is_reversed());
        assert_eq!(timeline.record(at("at x")), timeline.record(at("403")));
        assert_eq!(
            timeline.stamp(at("at x")).map(LogTimestamp::text),
            Some("2026-11-27 22:01:04")
        );
        assert!(timeline.same_second(timeline.record(at("403")), timeline.record(at("next"))));
        assert!(!timeline.same_second(timeline.record(at("403")), timeline.record(at("studio"))));
    }

    #[test]
    fn addresses_are_found_on_the_line_or_in_the_record_before() {
        let timeline = Timeline::of(LOG);
        let near = |text: &str| -> Vec<&str> {
            timeline
                .near(LOG.find(text).unwrap())
                .iter()
                .map(|(_, address)| *address)
                .collect()
        };
        assert_eq!(near("403"), ["boardroom@contoso.com"]);
        assert_eq!(near("07:03"), ["studio@contoso.com", "lounge@contoso.com"]);
        assert!(near("next").is_empty());
    }

    #[test]
    fn the_end_of_a_longer_word_and_the_host_of_a_url_are_no_addresses() {
        for text in [
            "svc:P%40ss-2026@proxy.contoso.com",
            "svc:pa!ss@proxy.contoso.com",
            "svc:p@ss@proxy.contoso.com",
            "rx@proxy.contoso.com:8080",
        ] {
            let found = addresses(text);
            assert!(found.is_empty(), "{found:?}");
        }
        let in_path = "https://graph.microsoft.com/v1.0/users/room@contoso.com/events";
        assert_eq!(addresses(in_path).len(), 1);
    }

    #[test]
    fn a_header_with_a_time_begins_no_record() {
        let response = "HTTP/1.1 403 Forbidden\nDate: Fri, 27 Nov 2026 22:01:03 GMT\n  \"date\": \"2026-11-27T22:01:03\"\n";
        assert_eq!(Timeline::of(response).records.len(), 1);
        let json = "{\"time\":\"2026-11-27T22:01:03Z\"}\n{\"time\":\"2026-11-27T22:01:04Z\"}\n";
        assert!(Timeline::of(json).is_log());
        assert_eq!(Timeline::of("> 08:00 a\n> 09:00 b\n").records.len(), 2);
        assert_eq!(Timeline::of("room at 12:30\nx 13:30").records.len(), 1);
        let soap = "<m:Response>\n<t:Start>2026-11-27T22:01:03Z</t:Start>\n<t:End>2026-11-27T22:01:04Z</t:End>\n";
        assert_eq!(Timeline::of(soap).records.len(), 1);
        let event = "<Event><TimeCreated SystemTime=\"2026-11-27T22:01:03.1234567Z\"/>x</Event>\n";
        assert!(Timeline::of(&event.repeat(2)).is_log());
        assert!(Timeline::of("<134>Nov 27 22:01:03 a\n<134>Nov 27 22:01:04 b\n").is_log());
    }

    #[test]
    fn the_newest_record_can_come_first() {
        assert!(Timeline::of("2026-11-28 07:00:00 b\n2026-11-27 07:00:00 a\n").is_reversed());
        assert!(!Timeline::of("no times").is_log());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[0-9@a.é:\\n -]{0,80}") {
            let timeline = Timeline::of(&text);
            for (at, _) in text.char_indices() {
                let _ = (timeline.record(at), timeline.near(at).len(), timeline.span(at), timeline.stamp(at));
            }
        }
    }
}
