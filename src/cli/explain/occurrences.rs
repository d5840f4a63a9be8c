//! Occurrences of a finding: how often, from when to when, and near which addresses.

use super::ticket::DistinctTexts;
use super::timeline::Timeline;

/// How many addresses are named.
const MAX_NAMED: usize = 3;

/// Occurrences of a finding.
#[derive(Debug, Default)]
pub(super) struct Occurrences<'t> {
    /// How often it appears in the text.
    pub(super) times: usize,
    /// Records that contain it.
    in_records: Vec<usize>,
    first: usize,
    last: usize,
    /// Earliest and latest occurrence that reports the error and does not deny it.
    reported: Option<(usize, usize)>,
    addresses: DistinctTexts<'t>,
}

impl<'t> Occurrences<'t> {
    /// Adds an occurrence at an offset.
    pub(super) fn add(&mut self, timeline: &Timeline<'t>, at: usize) {
        let record = timeline.record(at);
        if self.in_records.last() != Some(&record) {
            self.in_records.push(record);
            for (_, address) in timeline.near(at) {
                self.addresses.add(address);
            }
        }
        // The default 0 is a valid position as well, so the first occurrence cannot be found by comparison alone.
        self.first = if self.times == 0 {
            at
        } else {
            self.first.min(at)
        };
        self.last = self.last.max(at);
        self.times += 1;
        if !timeline.is_denied(at) {
            let (first, last) = self.reported.unwrap_or((at, at));
            self.reported = Some((first.min(at), last.max(at)));
        }
    }

    /// Whether every occurrence only denies the error or links to its documentation.
    pub(super) fn is_denied(&self) -> bool {
        self.times > 0 && self.reported.is_none()
    }

    /// Whether the latest occurrence denies the error, so that it is not the current state.
    pub(super) fn ends_denied(&self, timeline: &Timeline<'t>) -> bool {
        let is_current = |(first, last): (usize, usize)| {
            let end = if timeline.is_reversed() { first } else { last };
            end == self.end(timeline)
        };
        self.times > 0 && !self.reported.is_some_and(is_current)
    }

    /// All records that contain it.
    pub(super) fn all_records(&self) -> impl Iterator<Item = usize> + '_ {
        self.in_records.iter().copied()
    }

    /// Offset of the earliest occurrence.
    pub(super) fn begin(&self, timeline: &Timeline<'t>) -> usize {
        if timeline.is_reversed() {
            self.last
        } else {
            self.first
        }
    }

    /// Offset of the latest occurrence.
    pub(super) fn end(&self, timeline: &Timeline<'t>) -> usize {
        if timeline.is_reversed() {
            self.first
        } else {
            self.last
        }
    }

    /// Describes the count, the period and the addresses, such as ` (3 times)`.
    pub(super) fn describe(&self, timeline: &Timeline<'t>) -> String {
        // One record of a log can contain a code several times, for one failed request.
        let number = if timeline.is_log() {
            self.in_records.len()
        } else {
            self.times
        };
        let mut parts = Vec::new();
        if number > 1 {
            parts.push(format!("{number} times"));
        }
        if let Some(between) = timeline.is_log().then(|| self.between(timeline)).flatten() {
            parts.push(between);
        }
        if number > 1 || timeline.is_log() {
            parts.extend(self.describe_addresses());
        }
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join(", "))
        }
    }

    fn between(&self, timeline: &Timeline<'t>) -> Option<String> {
        let first = timeline.stamp(self.begin(timeline))?.text();
        let last = timeline.stamp(self.end(timeline))?.text();
        Some(if first == last {
            first.to_owned()
        } else {
            format!("{first} to {last}")
        })
    }

    fn describe_addresses(&self) -> Option<String> {
        let named: Vec<&str> = self
            .addresses
            .first()
            .iter()
            .take(MAX_NAMED)
            .copied()
            .collect();
        let all = self.addresses.first().len() + self.addresses.more();
        match all {
            0 => None,
            1 => named.first().map(|only| format!("near {only}")),
            _ if all > named.len() => {
                Some(format!("near {all} addresses: {}, …", named.join(", ")))
            }
            _ => Some(format!("near {all} addresses: {}", named.join(", "))),
        }
    }
}
