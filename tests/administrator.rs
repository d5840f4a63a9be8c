//! The evidence of an administrator: that of every simulated tenant has the form that the program reads.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use jiff::Timestamp;
use rx_preflight::report::administrator_schema;
use rx_preflight::settings::administrator_evidence;
use rx_preflight::simulator::{Scenario, catalog};
use serde_json::Value;

/// Every scenario, and its state after the fix.
fn scenarios() -> Vec<Scenario> {
    let mut scenarios = Vec::new();
    for name in catalog::names() {
        scenarios.push(catalog::load(name).unwrap());
        scenarios.extend(catalog::load_fixed(name).unwrap().map(|(_, fixed)| fixed));
    }
    scenarios
}

fn simulated(scenario: &Scenario) -> Value {
    let now: Timestamp = "2026-11-28T08:00:00Z".parse().unwrap();
    scenario.administrator_evidence(scenario.clock.unwrap_or(now))
}

#[test]
fn the_evidence_of_every_scenario_matches_the_schema_and_is_read() {
    let schema: Value = serde_json::from_str(&administrator_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for scenario in scenarios() {
        let simulated = simulated(&scenario);
        let errors: Vec<_> = validator
            .iter_errors(&simulated)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{}", scenario.name);
        let read = administrator_evidence(simulated.to_string().as_bytes()).unwrap();
        assert_eq!(
            read.mailboxes.len(),
            simulated["mailboxes"].as_array().unwrap().len()
        );
        // A key that the types do not know would be dropped silently.
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(
            unknown_keys(&simulated, &written, ""),
            Vec::<String>::new(),
            "{}",
            scenario.name
        );
    }
}

/// Where `given` has a key that `read` lacks.
fn unknown_keys(given: &Value, read: &Value, place: &str) -> Vec<String> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => given
            .iter()
            .flat_map(|(key, value)| match read.get(key) {
                Some(other) => unknown_keys(value, other, &format!("{place}/{key}")),
                None => vec![format!("{place}/{key}")],
            })
            .collect(),
        (Value::Array(given), Value::Array(read)) => given
            .iter()
            .zip(read)
            .flat_map(|(value, other)| unknown_keys(value, other, place))
            .collect(),
        _ => Vec::new(),
    }
}
