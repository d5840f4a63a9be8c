//! Redacted copies of all scenarios: readable, with equal counts, and without anything that names the customer.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeMap;

use catalog_runs::{catalog_reports, report_of};
use rx_preflight::diagnosis::diagnose;
use rx_preflight::report::redact::{RedactionKey, encodings, redact};
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{Format, Report, compare, write};
use rx_preflight::simulator::catalog;
use rx_preflight::terms::Outcome;

#[path = "support/catalog_runs.rs"]
mod catalog_runs;

const OPTIONS: TableOptions = TableOptions {
    width: 100,
    color: false,
    unicode: true,
    plain: false,
    detail: Detail::Verbose,
};

fn key() -> RedactionKey {
    RedactionKey::new(vec![42; RedactionKey::SHORTEST]).unwrap()
}

async fn simulated_report(name: &str) -> Report {
    report_of(catalog::load(name).unwrap()).await
}

fn rendered(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    write(report, format, &OPTIONS, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Words that are names, or that could be names.
const LEFT_OUT: &[&str] = &[
    "Contoso",
    "contoso",
    "blockpage",
    "ResourceXpress mailboxes 1",
    "SIMULATED ProdSlices",
    "place.read.all permission is required to read company places, scopes/roles provided: Calendars.ReadWrite IsAppOnly:True",
];

/// Whether a word is the rest of an ID in a shortened message, or the number of an error.
fn is_omission_or_number(word: &str) -> bool {
    word.ends_with('\u{2026}') || word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The outcome and the cause of each row in a new diagnosis.
fn rediagnosed_rows(report: &Report) -> Vec<(u32, Outcome, Option<String>)> {
    let diagnosis = diagnose(&report.evidence().unwrap());
    diagnosis
        .rows
        .into_iter()
        .map(|row| (row.n, row.outcome, row.cause))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_of_any_scenario_is_left_in_any_format_and_no_sentence_loses_a_word_of_its_own() {
    let mut left_out: BTreeMap<String, &str> = BTreeMap::new();
    for (name, report) in catalog_reports().await {
        let redacted = redact(report, &key(), &BTreeMap::new());
        assert_eq!(redacted.report.summary, report.summary);
        assert_eq!(
            rediagnosed_rows(&redacted.report),
            rediagnosed_rows(report),
            "{name}"
        );
        for format in Format::ALL {
            let document = rendered(&redacted.report, *format).to_lowercase();
            assert!(
                !document.contains("portal.example.net"),
                "{name}: a host that only a sentence names"
            );
            for value in redacted
                .originals
                .iter()
                .flat_map(|value| encodings(&value.to_lowercase()))
            {
                assert!(
                    !document.contains(&value),
                    "{name}: {value} is in the {}",
                    format.name()
                );
            }
        }
        left_out.extend(redacted.left_out.into_keys().map(|word| (word, *name)));
    }
    left_out.retain(|word, _| !is_omission_or_number(word) && !LEFT_OUT.contains(&word.as_str()));
    assert!(
        left_out.is_empty(),
        "add each word that is not a name to safe_words.txt: {left_out:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn redacted_reports_of_one_key_can_be_compared() {
    let before = simulated_report("mailbox-outside-scope").await;
    let after = simulated_report("ews-ready").await;
    let plain = compare(&before, &after);
    let redacted = compare(
        &redact(&before, &key(), &BTreeMap::new()).report,
        &redact(&after, &key(), &BTreeMap::new()).report,
    );
    let ids = |causes: &[rx_preflight::report::ComparedCause]| -> Vec<String> {
        causes.iter().map(|cause| cause.id.clone()).collect()
    };
    assert_eq!(redacted.direction, plain.direction);
    assert_eq!(
        (ids(&redacted.fixed), ids(&redacted.new)),
        (ids(&plain.fixed), ids(&plain.new))
    );
    assert_eq!(redacted.changed.len(), plain.changed.len());
}
