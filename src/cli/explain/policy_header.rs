//! Header `X-EWS-Policy-Reason` and its values.

use crate::knowledge::{self, PolicyHeader};

use super::findings::Findings;
use super::token_context::beginning;
use super::tokenizer::TextToken;

/// Name of the header.
const HEADER: &str = "X-EWS-Policy-Reason";

/// First word of every documented value, so that a value is found without its header.
const FIRST_WORD: &str = "EWS";

/// Maximum length of a value in bytes; documented ones are far shorter.
const MAX_BYTES: usize = 200;

/// Adds the value of the header, or a documented value without its header.
pub(super) fn add_policy<'t>(findings: &mut Findings<'t>, text: &'t str, token: &TextToken<'t>) {
    // The lengths are compared first, because most tokens of a log already differ in them.
    if token.text.len() == FIRST_WORD.len() && token.text.eq_ignore_ascii_case(FIRST_WORD) {
        if let Some(header) = documented(&text[token.start..]) {
            findings.policy(header, token.start);
        }
    } else if token.text.len() == HEADER.len() && token.text.eq_ignore_ascii_case(HEADER) {
        let Some(value) = value(&text[token.end()..]) else {
            return;
        };
        match documented(value) {
            Some(header) => findings.policy(header, token.start),
            None => findings.unknown_policies.add(value),
        }
    }
}

fn documented(text: &str) -> Option<&'static PolicyHeader> {
    knowledge::policy_headers()
        .iter()
        .find(|header| begins_with(text, &header.value))
}

/// Whether a text begins with the words of another, without regard to case and to how its lines are broken.
fn begins_with(text: &str, words: &str) -> bool {
    let mut rest = text;
    for word in words.split_whitespace() {
        rest = rest.trim_start();
        let Some(start) = rest
            .get(..word.len())
            .filter(|start| start.eq_ignore_ascii_case(word))
        else {
            return false;
        };
        rest = &rest[start.len()..];
    }
    !rest.starts_with(|character: char| character.is_ascii_alphanumeric())
}

/// Value behind the name of the header, as HTTP, JSON and the output of HTTP clients write it.
fn value(behind: &str) -> Option<&str> {
    let is_frame =
        |character: char| matches!(character, '"' | '\'' | '\\' | ' ' | '\t' | '[' | ',');
    let rest = behind.trim_start_matches(is_frame);
    // In some formats, such as HAR files, the value is a pair of its own.
    let rest = rest
        .strip_prefix("value")
        .map_or(rest, |rest| rest.trim_start_matches(is_frame));
    let rest = beginning(
        rest.strip_prefix([':', '='])?.trim_start_matches(is_frame),
        MAX_BYTES,
    );
    let end = rest
        .find(['\n', '\r', '"', '\'', '\\', ';', ']', '}', '<'])
        .unwrap_or(rest.len());
    Some(rest[..end].trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::super::tokenizer::Tokenizer;
    use super::*;

    fn read_all(text: &str) -> (usize, Vec<&str>) {
        let mut findings = Findings::default();
        for token in Tokenizer::of(text) {
            add_policy(&mut findings, text, &token);
        }
        (
            findings.policies.len(),
            findings.unknown_policies.first().to_vec(),
        )
    }

    #[test]
    fn a_documented_value_is_found_with_and_without_its_header_in_any_case() {
        for text in [
            "X-EWS-Policy-Reason: EWS is disabled for this user or tenant",
            "x-ews-policy-reason:ews is disabled for this user or tenant\r\n",
            r#"{"X-EWS-Policy-Reason":["EWS is disabled for this user or tenant"]}"#,
            "EWS IS DISABLED FOR\nTHIS USER OR TENANT",
        ] {
            assert_eq!(read_all(text), (1, Vec::new()), "{text}");
        }
    }

    #[test]
    fn an_undocumented_value_is_kept_unchanged() {
        for text in [
            "X-EWS-Policy-Reason: EWS is tired today\nDate: x",
            r#"{"name":"x-ews-policy-reason","value":"EWS is tired today"}"#,
            "{'X-EWS-Policy-Reason': 'EWS is tired today'}",
        ] {
            assert_eq!(read_all(text), (0, vec!["EWS is tired today"]), "{text}");
        }
    }

    #[test]
    fn a_sentence_about_the_header_is_not_a_value() {
        for text in [
            "the header X-EWS-Policy-Reason is not there",
            "X-EWS-Policy-Reason:",
            "EWS is disabled",
        ] {
            assert_eq!(read_all(text), (0, Vec::new()), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_value_is_read_without_panic(behind in "\\PC{0,300}") {
            let text = format!("X-EWS-Policy-Reason{behind} EWS{behind}");
            let _ = read_all(&text);
        }
    }
}
