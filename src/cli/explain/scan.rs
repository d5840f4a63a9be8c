//! Picks everything that this program knows out of a text.

use std::collections::{BTreeMap, HashMap};

use crate::evidence::CheckId;
use crate::knowledge::{self, CauseEntry, CodeEntry, CodeService, PolicyHeader};

/// How many ids and times of one kind are kept.
const KEPT: usize = 20;

/// What was found, each thing once, in the order in which it first appears.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Codes with what they mean; `None` for an AADSTS number that no table knows.
    pub(super) codes: Vec<FoundCode>,
    /// Causes that were named by id.
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Checks that were named by id.
    pub(super) checks: Vec<CheckId>,
    /// Values of `X-EWS-Policy-Reason`.
    pub(super) policies: Vec<&'static PolicyHeader>,
    /// Whether an application access policy is named.
    pub(super) access_policy: bool,
    /// Trace, correlation and request ids, by their label.
    pub(super) ids: BTreeMap<&'static str, Vec<String>>,
    /// Points in time.
    pub(super) times: Vec<String>,
}

/// One code.
#[derive(Debug)]
pub(super) struct FoundCode {
    /// As people write it, such as `AADSTS7000215`.
    pub(super) code: String,
    /// The row of the table, if there is one.
    pub(super) entry: Option<&'static CodeEntry>,
    /// How often it stands in the text.
    pub(super) times: usize,
}

impl Found {
    /// Nothing that could be explained.
    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
            && self.causes.is_empty()
            && self.checks.is_empty()
            && self.policies.is_empty()
            && !self.access_policy
    }

    fn code(&mut self, code: String, entry: Option<&'static CodeEntry>) {
        let same = |known: &&mut FoundCode| known.code == code && same_entry(known.entry, entry);
        match self.codes.iter_mut().find(same) {
            Some(known) => known.times += 1,
            None => self.codes.push(FoundCode { code, entry, times: 1 }),
        }
    }
}

fn same_entry(one: Option<&CodeEntry>, other: Option<&CodeEntry>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// Reads a text word by word.
pub(super) fn scan(text: &str) -> Found {
    let named = named_codes();
    let mut found = Found::default();
    let mut label = None;
    for word in text.split(|character: char| !is_part_of_a_word(character)) {
        let word = word.trim_matches(|character| matches!(character, '.' | ':' | '-'));
        if !word.is_empty() {
            read_word(&mut found, &named, word, label);
            label = label_after(word, label);
        }
    }
    found.policies = knowledge::policy_headers().iter().filter(|policy| text.contains(policy.value.as_str())).collect();
    found.access_policy = knowledge::names_access_policy(text);
    found
}

fn is_part_of_a_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.' | ':')
}

/// The codes that are words, of Graph and of Exchange. Numbers need their context.
fn named_codes() -> HashMap<&'static str, Vec<&'static CodeEntry>> {
    let mut named: HashMap<&'static str, Vec<&'static CodeEntry>> = HashMap::new();
    for entry in knowledge::codes().iter().filter(|entry| entry.code.chars().any(char::is_alphabetic)) {
        named.entry(entry.code.as_str()).or_default().push(entry);
    }
    named
}

fn read_word(
    found: &mut Found,
    named: &HashMap<&str, Vec<&'static CodeEntry>>,
    word: &str,
    label: Option<&'static str>,
) {
    if let Some(number) = aadsts_number(word) {
        found.code(format!("AADSTS{number}"), knowledge::aadsts(number));
    } else if let Some(entries) = named.get(last_part(word)) {
        for entry in entries {
            found.code(entry.code.clone(), Some(entry));
        }
    } else if let Ok(check) = word.parse::<CheckId>() {
        push_new(&mut found.checks, check);
    } else if let Some(cause) = knowledge::cause(word) {
        if !found.causes.iter().any(|known| known.id == cause.id) {
            found.causes.push(cause);
        }
    } else if let Some(entry) = bare_number(word) {
        found.code(shown_number(entry), Some(entry));
    } else if let (Some(label), true) = (label, is_guid(word)) {
        let ids = found.ids.entry(label).or_default();
        if ids.len() < KEPT && !ids.iter().any(|known| known == word) {
            ids.push(word.to_owned());
        }
    } else if found.times.len() < KEPT && is_time(word) && !found.times.iter().any(|known| known == word) {
        found.times.push(word.to_owned());
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// `a:ErrorServerBusy` of a SOAP fault and `Namespace.ErrorServerBusy` are the same code.
fn last_part(word: &str) -> &str {
    word.rsplit([':', '.']).next().unwrap_or(word)
}

fn aadsts_number(word: &str) -> Option<u64> {
    let digits = word.strip_prefix("AADSTS").or_else(|| word.strip_prefix("aadsts"))?;
    let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().ok()
}

/// A number without `AADSTS` counts when a table knows it and it is too long to be something ordinary.
fn bare_number(word: &str) -> Option<&'static CodeEntry> {
    let number: u64 =
        Some(word).filter(|word| word.len() >= 5 && word.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    knowledge::diagnostics(number).or_else(|| knowledge::aadsts(number))
}

fn shown_number(entry: &CodeEntry) -> String {
    match entry.service {
        CodeService::SignIn => format!("AADSTS{}", entry.code),
        _ => entry.code.clone(),
    }
}

/// The label that the next id belongs to: `Trace ID: …`, `"correlation_id":"…"`, `request-id: …`.
fn label_after(word: &str, before: Option<&'static str>) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    match lower.trim_end_matches(':') {
        "trace" | "trace_id" => Some("trace id"),
        "correlation" | "correlation_id" => Some("correlation id"),
        "request-id" | "x-ms-request-id" | "requestid" => Some("request id"),
        "client-request-id" => Some("client request id"),
        "id" => before,
        _ => None,
    }
}

fn is_guid(word: &str) -> bool {
    uuid::Uuid::try_parse(word).is_ok() && word.len() == 36
}

/// `2026-11-23T08:00:00Z` and its relatives.
fn is_time(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 16
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && (bytes[4], bytes[7], bytes[13]) == (b'-', b'-', b':')
        && matches!(bytes[10], b'T' | b't')
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"2026-11-23T08:00:00Z ERROR {"error":"invalid_client","error_description":"AADSTS7000222: The provided client
        secret keys for app '9a41' are expired. Trace ID: 0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d Correlation ID:
        1f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d Timestamp: 2026-11-23 08:00:00Z","error_codes":[7000222]}
        <faultcode>a:ErrorServerBusy</faultcode> x-ms-diagnostics: 2000008;reason="no permissions"
        X-EWS-Policy-Reason: EWS is disabled for this user or tenant"#;

    fn codes(found: &Found) -> Vec<(&str, usize)> {
        found.codes.iter().map(|code| (code.code.as_str(), code.times)).collect()
    }

    #[test]
    fn every_code_id_and_time_of_a_log_is_picked() {
        let found = scan(LOG);
        assert_eq!(codes(&found), [("AADSTS7000222", 2), ("ErrorServerBusy", 1), ("2000008", 1)]);
        assert_eq!(found.policies.len(), 1);
        assert_eq!(found.ids["trace id"], ["0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d"]);
        assert_eq!(found.ids["correlation id"], ["1f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d"]);
        assert_eq!(found.times, ["2026-11-23T08:00:00Z"]);
    }

    #[test]
    fn an_unknown_aadsts_number_is_kept_without_a_meaning() {
        let found = scan("AADSTS123456789");
        assert_eq!(codes(&found), [("AADSTS123456789", 1)]);
        assert!(found.codes[0].entry.is_none());
    }

    #[test]
    fn causes_and_checks_are_known_by_their_id() {
        let found = scan("mailbox.outside-scope, mailbox.impersonation");
        assert_eq!(found.causes[0].id, "mailbox.outside-scope");
        assert_eq!(found.checks, [CheckId::MailboxImpersonation]);
    }

    #[test]
    fn every_code_of_every_table_is_found_by_its_own_name() {
        for entry in knowledge::codes() {
            let text = match entry.service {
                CodeService::SignIn => format!("AADSTS{}", entry.code),
                _ => entry.code.clone(),
            };
            let found = scan(&text);
            let known = found.codes.iter().filter_map(|code| code.entry).any(|known| std::ptr::eq(known, entry));
            assert!(known, "{text} is not found");
        }
    }

    #[test]
    fn ordinary_text_holds_nothing() {
        assert!(scan("The panel on the wall stays blank since 12345 minutes.").is_empty());
    }
}
