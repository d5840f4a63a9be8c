//! The parts that do no input or output, each by itself: `cargo bench`. Whole runs are measured by `benches/estate`.

#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot go on panics with the reason"
)]

mod estate;
mod responses;

use std::fmt;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use estate::{Estate, ROOMS};
use rx_preflight::report::table::{self, Detail, TableOptions};
use rx_preflight::report::{self, Report, json};
use rx_preflight::{diagnosis, wire};

/// Every room is good, a few are not, or none is.
const ESTATES: [Estate; 6] = [
    Estate::ews("ews, all good", 0),
    Estate::ews("ews, thirty refused", 30),
    Estate::ews("ews, all refused", ROOMS),
    Estate::graph("graph, all good", 0),
    Estate::graph("graph, thirty refused", 30),
    Estate::graph("graph, all refused", ROOMS),
];

/// The estate whose report is rendered.
const RENDERED: Estate = Estate::ews("ews, thirty refused", 30);

/// One renderer of a report.
struct Renderer {
    name: &'static str,
    render: fn(&Report) -> String,
}

impl fmt::Display for Renderer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// Every renderer.
const RENDERERS: [Renderer; 4] = [
    Renderer {
        name: "table",
        render: |report| drawn(report, Detail::Normal),
    },
    Renderer {
        name: "table, brief",
        render: |report| drawn(report, Detail::Brief),
    },
    Renderer {
        name: "table, verbose",
        render: |report| drawn(report, Detail::Verbose),
    },
    Renderer {
        name: "json",
        render: json::render,
    },
];

fn drawn(report: &Report, detail: Detail) -> String {
    table::render(
        report,
        &TableOptions {
            width: 100,
            color: true,
            unicode: true,
            plain: false,
            detail,
        },
    )
}

fn main() {
    divan::main();
}

#[divan::bench]
fn token(bencher: Bencher) {
    let token = responses::token();
    bencher.bench(|| wire::read_token(black_box(&token)));
}

#[divan::bench(args = responses::folders())]
fn soap(bencher: Bencher, response: &responses::Sample) {
    bencher
        .counter(BytesCount::of_str(response.body))
        .bench(|| black_box(response.stored()).folder());
}

#[divan::bench(args = responses::lists())]
fn graph(bencher: Bencher, response: &responses::Sample) {
    bencher
        .counter(BytesCount::of_str(response.body))
        .bench(|| black_box(response.stored()).list());
}

#[divan::bench(args = ESTATES, sample_count = 20)]
fn diagnose(bencher: Bencher, estate: &Estate) {
    let evidence = estate.evidence();
    bencher
        .counter(ItemsCount::new(ROOMS))
        .bench(|| diagnosis::diagnose(black_box(&evidence)));
}

#[divan::bench(args = ESTATES, sample_count = 20)]
fn assemble(bencher: Bencher, estate: &Estate) {
    let diagnosed = estate.diagnosed();
    bencher
        .counter(ItemsCount::new(ROOMS))
        .with_inputs(|| diagnosed.clone())
        .bench_values(|(evidence, diagnosis)| {
            report::assemble(evidence, diagnosis, estate::about())
        });
}

#[divan::bench(args = RENDERERS, sample_count = 20)]
fn render(bencher: Bencher, renderer: &Renderer) {
    let report = RENDERED.report();
    bencher
        .counter(ItemsCount::new(ROOMS))
        .bench(|| (renderer.render)(black_box(&report)));
}

#[divan::bench(sample_count = 20)]
fn read_back(bencher: Bencher) {
    let written = json::render(&RENDERED.report());
    bencher
        .counter(ItemsCount::new(ROOMS))
        .bench(|| Report::from_json(black_box(written.as_bytes())).unwrap());
}
