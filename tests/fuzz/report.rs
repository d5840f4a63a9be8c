//! Saved reports and evidence: reading, diagnosing again, redacting, and rendering in each format.

#![cfg_attr(fuzzing, no_main)]

use std::collections::BTreeMap;
use std::io;
use std::sync::LazyLock;

use rx_preflight::report::redact::{RedactionKey, redact};
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{Format, HandoverFormat, Report, compare, handover, write};
use rx_preflight::{diagnosis, settings};
use serde_json::Value;

/// Reports of a released version.
const RELEASED: [&[u8]; 4] = [
    include_bytes!("../../fixtures/released/0.1.0/graph-ready.json"),
    include_bytes!("../../fixtures/released/0.1.0/mailbox-outside-scope.json"),
    include_bytes!("../../fixtures/released/0.1.0/network-dns-failed.json"),
    include_bytes!("../../fixtures/released/0.1.0/sign-in-secret-expired.json"),
];
/// Lists are shortened to this length, so that one execution takes less than a millisecond.
const LONGEST_LIST: usize = 2;

static BASES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let read = |bytes: &&[u8]| serde_json::from_slice(bytes).unwrap();
    let mut reports: Vec<Value> = RELEASED.iter().map(read).collect();
    reports.iter_mut().for_each(shorten);
    reports
});

/// Reads `data` as a report. The first byte chooses a report of a released version, and the second one what is done with it;
/// every line behind them replaces one of its values: two bytes choose which one, and the rest is the new value.
pub fn run(data: &[u8]) {
    let _ = settings::administrator_evidence(data);
    if let Ok(report) = Report::from_json(data) {
        (0..=u8::MAX)
            .take(USES)
            .for_each(|which| use_report(&report, which));
    }
    let [which, how, edits @ ..] = data else {
        return;
    };
    let mut value = BASES[usize::from(*which) % BASES.len()].clone();
    for edit in edits.split(|byte| *byte == b'\n') {
        if let [high, low, new @ ..] = edit {
            replace(&mut value, u16::from_be_bytes([*high, *low]), new);
        }
    }
    if let Ok(report) = Report::from_json(value.to_string().as_bytes()) {
        use_report(&report, *how);
    }
}

fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.truncate(LONGEST_LIST);
            items.iter_mut().for_each(shorten);
        }
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

/// Replaces the value of this number, counted around, by another one: JSON, or a text.
fn replace(root: &mut Value, number: u16, new: &[u8]) {
    let mut leaves = Vec::new();
    collect(root, &mut leaves);
    if leaves.is_empty() {
        return;
    }
    let text = || Value::String(String::from_utf8_lossy(new).into_owned());
    let at = usize::from(number) % leaves.len();
    *leaves.swap_remove(at) = serde_json::from_slice(new).unwrap_or_else(|_| text());
}

fn collect<'v>(value: &'v mut Value, leaves: &mut Vec<&'v mut Value>) {
    let is_leaf = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => true,
    };
    match value {
        _ if is_leaf => leaves.push(value),
        Value::Array(items) => items.iter_mut().for_each(|item| collect(item, leaves)),
        Value::Object(fields) => fields.values_mut().for_each(|field| collect(field, leaves)),
        _ => {}
    }
}

/// The number of things that can be done with a report.
const USES: usize = 12;

fn use_report(report: &Report, which: u8) {
    match usize::from(which) % USES {
        at @ 0..5 => render(report, Format::ALL[at], Detail::Verbose),
        5 => render(report, Format::Table, Detail::Brief),
        at @ 6..9 => {
            let format = HandoverFormat::ALL[at - 6];
            handover::write(report, format, &mut io::sink()).unwrap();
        }
        9 => {
            let json = serde_json::to_vec(report).unwrap();
            assert_eq!(&Report::from_json(&json).unwrap(), report);
            let _ = compare(report, &Report::from_json(RELEASED[0]).unwrap()).sentence();
        }
        10 => {
            if let Some(evidence) = report.evidence() {
                let _ = diagnosis::diagnose(&evidence);
            }
        }
        _ => redacted(report),
    }
}

fn render(report: &Report, format: Format, detail: Detail) {
    let options = TableOptions {
        width: 80,
        color: true,
        unicode: true,
        plain: false,
        detail,
    };
    write(report, format, &options, &mut io::sink()).unwrap();
}

/// A redacted copy is redacted for good, and reads back.
fn redacted(report: &Report) {
    let key = RedactionKey::new(vec![42; RedactionKey::SHORTEST]).unwrap();
    let copy = redact(report, &key, &BTreeMap::new()).report;
    let json = serde_json::to_vec(&copy).unwrap();
    assert_eq!(Report::from_json(&json).unwrap(), copy);
    assert_eq!(redact(&copy, &key, &BTreeMap::new()).report, copy);
}

#[cfg(fuzzing)]
#[path = "allocator.rs"]
mod allocator;

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));
