//! Redacted copy of a report, which may leave the organization: everything that names the customer is replaced by a stable
//! pseudonym.
//!
//! A value is recognized by the field that contains it, not by its format. All such values are collected first and then
//! replaced everywhere, in fields and in sentences. The rest of a sentence may contain only words from a list
//! ([`crate::knowledge::is_safe_word`]). Any other word is omitted, because it may be a name. Codes, correlation IDs, times,
//! Microsoft's own hosts and the class of a domain are kept.

mod collect_values;
mod encodings;
mod pseudonyms;
mod redaction_key;
mod rewrite;
mod rewrite_evidence;
mod rewrite_known;
mod rewrite_migration;
mod scrub;
mod unlisted;
mod value_kind;

use std::collections::BTreeMap;

use self::pseudonyms::Pseudonyms;
use self::rewrite::Rewriter;
use self::scrub::Scrubbed;
use super::{Redaction, Report};

pub use self::encodings::encodings;
pub use self::redaction_key::RedactionKey;
pub use super::model::PSEUDONYMS;

/// A redacted copy, and the data that must stay in the organization.
pub struct Redacted {
    /// The redacted copy.
    pub report: Report,
    /// The redaction map: from every pseudonym to its value.
    pub map: BTreeMap<String, String>,
    /// Every value that must not appear in a finished document.
    pub originals: Vec<String>,
    /// The words that were omitted from sentences, with their counts.
    pub left_out: BTreeMap<String, u64>,
}

impl Redacted {
    fn unchanged(report: &Report) -> Self {
        Self {
            report: report.clone(),
            map: BTreeMap::new(),
            originals: Vec::new(),
            left_out: BTreeMap::new(),
        }
    }
}

/// Redacts a report. A report that is redacted already is returned unchanged. `given` contains the pseudonyms of earlier
/// reports with their values; a value keeps its pseudonym.
pub fn redact(report: &Report, key: &RedactionKey, given: &BTreeMap<String, String>) -> Redacted {
    if report.redaction.is_redacted() {
        return Redacted::unchanged(report);
    }
    // The first pass finds the values that occur only in sentences. The second pass then replaces them everywhere.
    let (_, found) = rewrite_with(report, collect_values::collect_values(report, key, given));
    let (mut copy, done) = rewrite_with(report, found.names);
    copy.redaction = Redaction {
        mode: PSEUDONYMS.to_owned(),
        key: Some(Pseudonyms::fingerprint(key)),
        replaced: done.replaced,
        words_left_out: done.left_out.values().sum(),
    };
    Redacted {
        report: copy,
        map: done.names.map(),
        originals: done.names.originals(),
        left_out: done.left_out,
    }
}

fn rewrite_with(report: &Report, names: Pseudonyms) -> (Report, Scrubbed) {
    let mut rewriter = Rewriter::new(names, collect_values::kept_values(report));
    let copy = rewriter.report(report);
    (copy, rewriter.finish())
}

#[cfg(test)]
mod tests;
