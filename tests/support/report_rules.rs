//! What every report keeps, whatever happened in the run.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::sync::LazyLock;

use rx_preflight::diagnosis::Command;
use rx_preflight::knowledge;
use rx_preflight::report::{Report, json, schema};
use rx_preflight::terms::Outcome;

/// The rules of the contract that a report breaks: numbers, references in both directions, causes with a remedy.
pub fn broken_rules(report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, row) in report.results.iter().enumerate() {
        let place = format!("row {} ({} {})", row.n, row.check, row.subject);
        if row.n as usize != index + 1 {
            wrong.push(format!("{place} is not in order"));
        }
        if row.outcome == Outcome::Fail && row.cause.is_none() {
            wrong.push(format!("{place} fails without a cause"));
        }
        if let Some(id) = &row.cause {
            let mut causes = report.causes.iter();
            if !causes.any(|cause| cause.id == *id && cause.explains.contains(&row.n)) {
                wrong.push(format!("{place} points to {id}, which does not point back"));
            }
        }
        if row.message.is_empty() {
            wrong.push(format!("{place} has no text"));
        }
        let is_known = |n: &u32| report.requests.iter().any(|request| request.n == *n);
        if !row.requests.iter().all(is_known) {
            wrong.push(format!("{place} rests on an unknown request"));
        }
    }
    for cause in &report.causes {
        let remedy = &cause.remedy;
        if knowledge::cause_named(&cause.id).is_none() {
            wrong.push(format!("{} is not in the catalog", cause.id));
        }
        if cause.explains.is_empty() {
            wrong.push(format!("{} explains nothing", cause.id));
        }
        if remedy.who.is_empty() || remedy.steps.is_empty() {
            wrong.push(format!("{} has no remedy", cause.id));
        }
        let commands = remedy.commands.iter().map(Command::text);
        for text in remedy.steps.iter().map(String::as_str).chain(commands) {
            if text.contains("{tenant_id}") || text.contains("{client_id}") {
                wrong.push(format!("{}: {text}", cause.id));
            }
        }
    }
    wrong
}

/// The errors of a report as JSON: against the published schema, and after it was read back.
pub fn broken_json(report: &Report) -> Vec<String> {
    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    let text = json::render(report);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut wrong: Vec<String> = VALIDATOR
        .iter_errors(&value)
        .map(|error| error.to_string())
        .collect();
    match Report::from_json(text.as_bytes()) {
        Ok(again) if json::render(&again) == text => {}
        Ok(_) => wrong.push("the saved report reads back as another one".to_owned()),
        Err(error) => wrong.push(format!("the saved report cannot be read: {error}")),
    }
    wrong
}
