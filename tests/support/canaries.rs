//! The search for secrets in everything that a run writes.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::collections::BTreeMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use rx_preflight::report::redact::{RedactionKey, redact};
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{self, Format, HandoverFormat, Report, handover};

/// The beginning of every token of the simulated tenant: `{"alg":"RS256","kid":` in Base64.
pub const TOKEN_CANARY: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6";

/// Fewer characters than this occur by chance.
const SHORTEST_FORM: usize = 12;

/// A text that no output may contain, in every encoding in which it can appear.
pub struct Canary {
    forms: Vec<String>,
}

impl Canary {
    pub fn new(secret: &str) -> Self {
        let mut forms = encodings(secret);
        for form in &mut forms {
            form.make_ascii_lowercase();
        }
        forms.retain(|form| form.len() >= SHORTEST_FORM);
        forms.sort();
        forms.dedup();
        Self { forms }
    }

    /// The encoding in which a text contains the canary.
    pub fn find_in(&self, text: &str) -> Option<&str> {
        let text = text.to_ascii_lowercase();
        let mut forms = self.forms.iter().map(String::as_str);
        forms.find(|form| text.contains(form))
    }
}

/// A text as it is, in addresses, in Base64 at each of the three offsets, in hexadecimal digits, in JSON, HTML and Markdown.
fn encodings(secret: &str) -> Vec<String> {
    let bytes_as = |write: fn(u8) -> String| -> String { secret.bytes().map(write).collect() };
    let mut forms = vec![
        secret.to_owned(),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        bytes_as(|byte| format!("%{byte:02x}")),
        bytes_as(|byte| format!("{byte:02x}")),
        bytes_as(|byte| format!("{byte:02x} ")),
        bytes_as(|byte| format!("\\u{byte:04x}")),
        bytes_as(|byte| format!("&#{byte};")),
        bytes_as(|byte| format!("&#x{byte:x};")),
        serde_json::to_string(secret)
            .unwrap()
            .trim_matches('"')
            .to_owned(),
        secret.replace('&', "&amp;").replace('<', "&lt;"),
        secret.chars().flat_map(escaped_in_markdown).collect(),
    ];
    for offset in 0..3 {
        let shifted = ["x".repeat(offset).as_bytes(), secret.as_bytes()].concat();
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&shifted);
            // The first and the last characters share their bits with what surrounds the secret.
            let begin = [0, 2, 3][offset];
            let end = encoded.len() - usize::from(shifted.len() % 3 != 0);
            forms.push(encoded[begin..end].to_owned());
        }
    }
    forms
}

fn escaped_in_markdown(letter: char) -> Vec<char> {
    if letter.is_ascii_punctuation() {
        vec!['\\', letter]
    } else {
        vec![letter]
    }
}

/// Every document of a report: each format, the table with each detail, and each hand-over.
pub fn documents(report: &Report) -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for format in Format::ALL {
        documents.extend(details(*format).iter().map(|detail| {
            let options = TableOptions {
                width: 100,
                color: false,
                unicode: true,
                plain: false,
                detail: *detail,
            };
            written(&format!("{} {detail:?}", format.name()), |to| {
                report::write(report, *format, &options, to)
            })
        }));
    }
    for format in HandoverFormat::ALL {
        documents.push(written(&format!("hand-over {}", format.name()), |to| {
            handover::write(report, *format, to)
        }));
    }
    documents
}

/// The redacted copy of a report. It takes longer than all other documents together.
pub fn redacted_copy(report: &Report) -> (String, String) {
    let key = RedactionKey::new(vec![42; RedactionKey::SHORTEST]).unwrap();
    let redacted = redact(report, &key, &BTreeMap::new()).report;
    ("redacted copy".to_owned(), report::json::render(&redacted))
}

/// The details in which a format differs.
fn details(format: Format) -> &'static [Detail] {
    match format {
        Format::Table => &[Detail::Brief, Detail::Normal, Detail::Verbose],
        _ => &[Detail::Normal],
    }
}

fn written(name: &str, write: impl Fn(&mut dyn Write) -> io::Result<()>) -> (String, String) {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    (name.to_owned(), String::from_utf8(bytes).unwrap())
}
