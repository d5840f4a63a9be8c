//! A copy of a report that may leave the house: everything that names the customer is replaced by a stable pseudonym.
//!
//! Values are known by the field they stand in, not by their look. Every such value is collected first and then replaced
//! wherever it stands, in fields and in sentences. What is left of a sentence has to consist of words that this program
//! knows ([`crate::knowledge::is_safe_word`]); any other word is left out, since it may be the name of somebody or
//! something. Codes, correlation ids, times, Microsoft's own hosts and the class of a domain stay.

mod collect_values;
mod encodings;
mod pseudonyms;
mod redaction_key;
mod rewrite;
mod rewrite_evidence;
mod scrub;
#[cfg(test)]
mod tests;
mod unlisted;
mod value_kind;

use std::collections::BTreeMap;

pub use self::encodings::encodings;
use self::pseudonyms::Pseudonyms;
pub use self::redaction_key::RedactionKey;
use self::rewrite::Rewriter;
use self::scrub::Scrubbed;
pub use super::model::PSEUDONYMS;
use super::{Redaction, Report};

/// A redacted copy, and what must stay at home.
pub struct Redacted {
    /// The copy.
    pub report: Report,
    /// The map back: from every pseudonym to the value it stands for.
    pub map: BTreeMap<String, String>,
    /// Every value whose appearance in a finished document would be a leak.
    pub originals: Vec<String>,
    /// The words that were left out of sentences, and how often each.
    pub left_out: BTreeMap<String, u64>,
}

/// Makes the redacted copy of a report. One that is redacted already is returned as it is. `given` are the pseudonyms of
/// earlier reports with their values; a value keeps the one it had.
pub fn redact(report: &Report, key: &RedactionKey, given: &BTreeMap<String, String>) -> Redacted {
    if report.redaction.is_redacted() {
        let (map, left_out) = (BTreeMap::new(), BTreeMap::new());
        return Redacted {
            report: report.clone(),
            map,
            originals: Vec::new(),
            left_out,
        };
    }
    // What only a sentence names is found by going over all of them once; then it is known everywhere.
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
