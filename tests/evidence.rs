//! The evidence of an administrator: it settles causes that look the same to the app, and a live response outranks it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use jiff::Timestamp;
use rx_preflight::cli::play;
use rx_preflight::report::Report;
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::Requirement;

const MOMENT: &str = "2026-11-23T08:00:00Z";

async fn report_of(scenario: Scenario) -> Report {
    let clock = scenario
        .clock
        .unwrap_or_else(|| MOMENT.parse::<Timestamp>().unwrap());
    let played = Box::pin(play(scenario, Some(clock), std::future::pending())).await;
    played.unwrap_or_else(|error| panic!("{error}")).report
}

fn with_evidence(mut scenario: Scenario) -> Scenario {
    scenario.options.evidence = true;
    scenario
}

fn causes(report: &Report) -> Vec<String> {
    report
        .causes
        .iter()
        .map(|cause| {
            format!(
                "{} {} {} {:?}",
                cause.id, cause.confidence, cause.requirement, cause.candidates
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints what changes"]
async fn print_changes() {
    for name in catalog::names() {
        let scenario = catalog::load(name).unwrap();
        if scenario.options.evidence {
            continue;
        }
        let without = report_of(scenario.clone()).await;
        let with = report_of(with_evidence(scenario)).await;
        let (before, mut after) = (causes(&without), causes(&with));
        after.retain(|line| !line.starts_with("mailbox.calendar-processing"));
        if before != after || without.summary.verdict != with.summary.verdict {
            println!(
                "== {name} {} -> {}",
                without.summary.verdict, with.summary.verdict
            );
            for line in before.iter().filter(|line| !after.contains(line)) {
                println!("  - {line}");
            }
            for line in after.iter().filter(|line| !before.contains(line)) {
                println!("  + {line}");
            }
            for cause in &with.causes {
                if !without.causes.contains(cause) && cause.requirement != Requirement::Advisory {
                    println!("      {:?}", cause.because);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints what remains"]
async fn print_remaining() {
    for name in catalog::names() {
        let scenario = catalog::load(name).unwrap();
        let with = report_of(with_evidence(scenario)).await;
        for line in causes(&with) {
            if !line.contains(" confirmed ") {
                println!("R {name}: {line}");
            }
        }
    }
}
