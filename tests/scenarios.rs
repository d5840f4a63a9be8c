//! Every scenario, played whole: settings, simulated tenant, requests, diagnosis, report. Each file says what must come
//! of it. `RX_BLESS=1 cargo test --test scenarios` writes the outcomes that came into the files, to be read before they
//! are committed; verdict, exit code and causes are never written by a machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use jiff::Timestamp;
use rx_preflight::cli::play;
use rx_preflight::diagnosis::Outcome;
use rx_preflight::knowledge;
use rx_preflight::report::{Report, json, schema};
use rx_preflight::simulator::{Scenario, catalogue};

mod support;

/// The moment at which scenarios without a clock of their own are played, so that no test depends on the day.
const MOMENT: &str = "2026-11-23T08:00:00Z";

fn scenarios() -> Vec<Scenario> {
    catalogue::names().into_iter().map(|name| catalogue::load(name).unwrap_or_else(|error| panic!("{error}"))).collect()
}

async fn report_of(scenario: Scenario) -> Report {
    let name = scenario.name.clone();
    let clock = scenario.clock.unwrap_or_else(|| MOMENT.parse::<Timestamp>().unwrap());
    let played = play(scenario, Some(clock), false, std::future::pending()).await;
    played.unwrap_or_else(|error| panic!("{name}: {error}")).report
}

/// `connection/check` with its outcomes counted, such as `11 pass, 1 fail`.
fn outcomes(report: &Report) -> BTreeMap<String, String> {
    let mut counts: BTreeMap<String, BTreeMap<Outcome, usize>> = BTreeMap::new();
    for row in &report.results {
        let key = format!("{}/{}", row.connection.as_deref().unwrap_or("-"), row.check);
        *counts.entry(key).or_default().entry(row.outcome).or_default() += 1;
    }
    let spoken = |counts: BTreeMap<Outcome, usize>| {
        let parts: Vec<String> =
            counts.into_iter().map(|(outcome, count)| format!("{count} {}", word(outcome))).collect();
        parts.join(", ")
    };
    counts.into_iter().map(|(key, counts)| (key, spoken(counts))).collect()
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "skipped",
        Outcome::Error => "error",
    }
}

fn causes(report: &Report) -> Vec<String> {
    let mut ids: Vec<String> = report.causes.iter().map(|cause| cause.id.clone()).collect();
    ids.sort();
    ids
}

fn bless(scenario: &Scenario, outcomes: &BTreeMap<String, String>) {
    let path = support::folder("fixtures/scenarios").join(format!("{}.toml", scenario.name));
    let text = fs::read_to_string(&path).unwrap();
    let kept = text.split("\n[expect.outcomes]").next().unwrap().trim_end();
    let mut blessed = format!("{kept}\n\n[expect.outcomes]\n");
    for (key, value) in outcomes {
        let _ = writeln!(blessed, "\"{key}\" = \"{value}\"");
    }
    fs::write(path, blessed).unwrap();
}

fn compare(scenario: &Scenario, report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |what: &str, expected: String, came: String| {
        if expected != came {
            wrong.push(format!("{}: {what}\n    expected {expected}\n    came     {came}", scenario.name));
        }
    };
    let expect = &scenario.expect;
    let mut expected_causes = expect.causes.clone();
    expected_causes.sort();
    check("verdict", expect.verdict.clone(), report.summary.verdict.to_string());
    check("exit code", expect.exit_code.to_string(), report.summary.exit_code.to_string());
    check("causes", format!("{expected_causes:?}"), format!("{:?}", causes(report)));
    let came = outcomes(report);
    for key in expect.outcomes.keys().chain(came.keys()).collect::<BTreeSet<_>>() {
        let of = |map: &BTreeMap<String, String>| map.get(key).cloned().unwrap_or_else(|| "no such row".to_owned());
        check(key, of(&expect.outcomes), of(&came));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_leads_to_what_it_says_and_to_nothing_else() {
    let mut wrong = Vec::new();
    for scenario in scenarios() {
        let report = report_of(scenario.clone()).await;
        if std::env::var_os("RX_BLESS").is_some() {
            bless(&scenario, &outcomes(&report));
            continue;
        }
        wrong.extend(compare(&scenario, &report));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_keeps_the_rules_of_the_contract() {
    let schema: serde_json::Value = serde_json::from_str(&schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for scenario in scenarios() {
        let name = scenario.name.clone();
        let report = report_of(scenario).await;
        keeps_the_rules(&name, &report);
        let text = json::render(&report);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let again = Report::from_json(text.as_bytes()).unwrap();
        assert_eq!(json::render(&again), text, "{name}: a saved report reads back as it was");
    }
}

fn keeps_the_rules(name: &str, report: &Report) {
    for (index, row) in report.results.iter().enumerate() {
        assert_eq!(row.n as usize, index + 1, "{name}: rows are numbered in order");
        if matches!(row.outcome, Outcome::Fail) {
            assert!(row.cause.is_some(), "{name}: row {} ({}) fails without a cause", row.n, row.check);
        }
        if let Some(id) = &row.cause {
            let explained = report.causes.iter().any(|cause| cause.id == *id && cause.explains.contains(&row.n));
            assert!(explained, "{name}: row {} points to {id}, which does not point back", row.n);
        }
        assert!(!row.message.is_empty(), "{name}: row {} says nothing", row.n);
        for n in &row.requests {
            assert!(
                report.requests.iter().any(|request| request.n == *n),
                "{name}: row {} rests on request {n}",
                row.n
            );
        }
    }
    for cause in &report.causes {
        assert!(knowledge::cause(&cause.id).is_some(), "{name}: {} is in no catalogue", cause.id);
        assert!(!cause.explains.is_empty(), "{name}: {} explains nothing", cause.id);
        let remedy = &cause.remedy;
        assert!(!remedy.who.is_empty() && !remedy.steps.is_empty(), "{name}: {} has no remedy", cause.id);
        for text in remedy.steps.iter().chain(remedy.commands.iter().map(|command| &command.text)) {
            assert!(!text.contains("{tenant_id}") && !text.contains("{client_id}"), "{name}: {}: {text}", cause.id);
        }
    }
    assert!(report.requests.iter().all(|request| !request.writes), "{name}: nothing is written unless it is allowed");
}

#[test]
fn there_are_at_least_thirty_situations_and_each_has_a_line_about_it() {
    let scenarios = scenarios();
    assert!(scenarios.len() >= 30, "{} scenarios", scenarios.len());
    for scenario in scenarios {
        assert!(
            !scenario.title.is_empty() && !scenario.about.is_empty(),
            "{} says nothing about itself",
            scenario.name
        );
    }
}

/// The groups of causes that this version must be able to name; each cause of them has a scenario that shows it.
#[test]
fn every_cause_of_the_settled_groups_has_a_scenario() {
    let shown: BTreeSet<String> = scenarios().into_iter().flat_map(|scenario| scenario.expect.causes).collect();
    let settled = ["network.", "tenant.", "sign-in.", "registration.", "grant.", "ews.", "mailbox.", "service."];
    // A token is never asked for on behalf of a user here, and a grant that is not yet effective is only ever a
    // candidate of another cause.
    let never_raised = ["sign-in.delegated-token", "grant.not-yet-effective"];
    let missing: Vec<&str> = knowledge::causes()
        .iter()
        .map(|cause| cause.id.as_str())
        .filter(|id| settled.iter().any(|group| id.starts_with(group)))
        .filter(|id| !never_raised.contains(id) && !shown.contains(*id))
        .collect();
    assert!(missing.is_empty(), "no scenario shows {missing:?}");
}
