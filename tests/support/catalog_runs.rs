//! Runs of the catalog of scenarios: played once for all tests of a program, several at the same time.
#![allow(dead_code, reason = "each test program uses a part of it")]

use futures_util::StreamExt;
use futures_util::stream;
use jiff::Timestamp;
use rx_preflight::cli::play;
use rx_preflight::report::Report;
use rx_preflight::simulator::{Scenario, catalog};
use tokio::sync::OnceCell;

/// The moment at which scenarios without a clock of their own are played, so that no test depends on the day.
pub const MOMENT: &str = "2026-11-23T08:00:00Z";

/// How many scenarios run at the same time. Some of them wait seconds for a retry while the others compute. With many
/// more, one scenario could delay another beyond its timeout.
const CONCURRENT: usize = 4;

/// The report of one scenario.
pub async fn report_of(scenario: Scenario) -> Report {
    let name = scenario.name.clone();
    let clock = scenario.clock.unwrap_or_else(|| MOMENT.parse().unwrap());
    let played = Box::pin(play(
        scenario,
        Some::<Timestamp>(clock),
        std::future::pending(),
    ))
    .await
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    // No scenario is played with `--allow-write`.
    assert_eq!(played.changes, 0, "{name}: the tenant was changed");
    played.report
}

/// The reports of several scenarios, in the order of the scenarios.
pub async fn reports_of(scenarios: Vec<Scenario>) -> Vec<Report> {
    // Unordered, so that a scenario that waits does not keep the next ones from starting.
    let mut reports: Vec<(usize, Report)> = stream::iter(scenarios.into_iter().enumerate())
        .map(async |(position, scenario)| (position, report_of(scenario).await))
        .buffer_unordered(CONCURRENT)
        .collect()
        .await;
    reports.sort_by_key(|(position, _)| *position);
    reports.into_iter().map(|(_, report)| report).collect()
}

/// The name and the report of every scenario of the catalog.
pub async fn catalog_reports() -> &'static [(&'static str, Report)] {
    static REPORTS: OnceCell<Vec<(&str, Report)>> = OnceCell::const_new();
    let play_all = async || {
        let names = catalog::names();
        let load = |name: &&str| catalog::load(name).unwrap_or_else(|error| panic!("{error}"));
        let reports = reports_of(names.iter().map(load).collect()).await;
        names.into_iter().zip(reports).collect()
    };
    REPORTS.get_or_init(play_all).await
}

/// The name of every scenario with a fix, the cause that is fixed, and the report after it.
pub async fn fixed_reports() -> &'static [(&'static str, String, Report)] {
    static REPORTS: OnceCell<Vec<(&str, String, Report)>> = OnceCell::const_new();
    let play_all = async || {
        let mut fixes = Vec::new();
        let mut scenarios = Vec::new();
        for name in catalog::names() {
            if let Some((cause, scenario)) = catalog::load_fixed(name).unwrap() {
                fixes.push((name, cause));
                scenarios.push(scenario);
            }
        }
        let reports = reports_of(scenarios).await;
        fixes
            .into_iter()
            .zip(reports)
            .map(|((name, cause), report)| (name, cause, report))
            .collect()
    };
    REPORTS.get_or_init(play_all).await
}

/// The report of one scenario of the catalog, from the common run.
pub async fn catalog_report(name: &str) -> &'static Report {
    let mut reports = catalog_reports().await.iter();
    let (_, report) = reports.find(|(own, _)| *own == name).unwrap();
    report
}
