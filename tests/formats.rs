//! One model, one count: every scenario in every format.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

use rx_preflight::cli::play;
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{Format, Report, wording, write};
use rx_preflight::simulator::catalogue;

const OPTIONS: TableOptions =
    TableOptions { width: 100, colour: false, unicode: true, plain: false, detail: Detail::Normal };

fn drawn(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    write(report, format, &OPTIONS, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn totals_of_junit(text: &str) -> [usize; 4] {
    let document = roxmltree::Document::parse(text).unwrap();
    let root = document.root_element();
    let number = |name: &str| root.attribute(name).unwrap().parse().unwrap();
    let skipped = document.descendants().filter(|node| node.has_tag_name("skipped")).count();
    [number("tests"), number("failures"), number("errors"), skipped]
}

#[tokio::test(flavor = "multi_thread")]
async fn totals_and_verdict_are_the_same_in_every_format_of_every_scenario() {
    for name in catalogue::names() {
        let scenario = catalogue::load(name).unwrap();
        let clock = scenario.clock;
        let report = Box::pin(play(scenario, clock, false, std::future::pending())).await.unwrap().report;
        let counts = report.summary.counts;
        let (tally, verdict) = (wording::tally(counts), wording::verdict(report.summary.verdict));
        for format in [Format::Table, Format::Markdown, Format::Html] {
            let text = drawn(&report, format);
            assert!(text.contains(&tally), "{name}: {tally} is not in the {}", format.name());
            assert!(text.contains(verdict), "{name}: {verdict} is not in the {}", format.name());
        }
        let expected = [counts.total(), counts.fail, counts.unknown + counts.error, counts.skipped];
        assert_eq!(totals_of_junit(&drawn(&report, Format::Junit)), expected, "{name}");
        let json: serde_json::Value = serde_json::from_str(&drawn(&report, Format::Json)).unwrap();
        assert_eq!(json["summary"]["counts"]["pass"], counts.pass, "{name}");
    }
}
