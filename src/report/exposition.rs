//! The OpenMetrics text format, for one report and for a fleet.
//!
//! The text is also valid in the older text format of Prometheus, which the textfile collector of its node exporter reads:
//! every metric is a gauge, no sample has a timestamp, and the last line is a comment there.

use std::collections::HashSet;
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What the names of all metrics begin with.
const PREFIX: &str = "rx_preflight_";
/// What the line before a metric begins with.
const HELP: &str = "# HELP ";

/// Whether a text that begins like this holds metrics of this program.
pub(super) fn begins_metrics(beginning: &[u8]) -> bool {
    let name = beginning.strip_prefix(HELP.as_bytes());
    name.is_some_and(|name| name.starts_with(PREFIX.as_bytes()))
}

/// The first second of a day in UTC; `None` beyond the range of a timestamp.
pub(super) fn start_of_day(date: Date) -> Option<i64> {
    let start = date.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(start.timestamp().as_second())
}

/// A number with what distinguishes it from the others of its metric.
pub(super) struct Sample {
    labels: Vec<(&'static str, String)>,
    value: i64,
}

impl Sample {
    pub(super) fn of(value: impl TryInto<i64>) -> Self {
        Self {
            labels: Vec::new(),
            // No count of a run comes near this.
            value: value.try_into().unwrap_or(i64::MAX),
        }
    }

    pub(super) fn with(mut self, label: &'static str, value: &str) -> Self {
        self.labels.push((label, value.to_owned()));
        self
    }
}

/// The text of the metrics.
pub(super) struct Exposition {
    text: String,
    /// The label that all samples have in common; empty if they have none.
    common: String,
}

impl Exposition {
    /// A text whose samples have no label in common.
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            common: String::new(),
        }
    }

    /// A text whose samples have one label in common.
    pub(super) fn with_label(label: &str, value: &str) -> Self {
        Self {
            text: String::new(),
            common: label_text(label, value),
        }
    }

    /// Adds a metric; nothing if it has no samples. Of samples with equal labels, which a parser refuses, the first one stays.
    pub(super) fn family(
        &mut self,
        name: &str,
        help: &str,
        samples: impl IntoIterator<Item = Sample>,
    ) {
        let name = format!("{PREFIX}{name}");
        let mut seen = HashSet::new();
        for sample in samples {
            let labels = self.labels_of(&sample);
            if seen.is_empty() {
                // Writing to a `String` cannot fail.
                let _ = writeln!(self.text, "{HELP}{name} {help}\n# TYPE {name} gauge");
            }
            if seen.insert(labels.clone()) {
                let _ = match labels.as_str() {
                    "" => writeln!(self.text, "{name} {}", sample.value),
                    labels => writeln!(self.text, "{name}{{{labels}}} {}", sample.value),
                };
            }
        }
    }

    fn labels_of(&self, sample: &Sample) -> String {
        let own = sample
            .labels
            .iter()
            .map(|(label, value)| label_text(label, value));
        let common = (!self.common.is_empty()).then(|| self.common.clone());
        common.into_iter().chain(own).collect::<Vec<_>>().join(",")
    }

    /// The text with the line that shows a reader that it is whole.
    pub(super) fn end(mut self) -> String {
        self.text.push_str("# EOF\n");
        self.text
    }
}

fn label_text(label: &str, value: &str) -> String {
    format!("{label}=\"{}\"", escaped(value))
}

/// The value of a label: both text formats escape these three characters, and no other.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_escaped_and_a_sample_without_labels_has_no_braces() {
        let mut metrics = Exposition::new();
        metrics.family(
            "a",
            "A.",
            [Sample::of(1), Sample::of(2).with("name", "x\"y\\z\n")],
        );
        let text = metrics.end();
        assert!(begins_metrics(text.as_bytes()));
        assert!(!begins_metrics(b"# HELP node_load1 1m load average.\n"));
        assert!(text.contains("rx_preflight_a 1\n"), "{text}");
        assert!(
            text.contains("rx_preflight_a{name=\"x\\\"y\\\\z\\n\"} 2\n"),
            "{text}"
        );
        assert!(text.ends_with("# EOF\n"));
    }
}
