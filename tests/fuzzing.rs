//! The seeds and the regressions of the fuzz targets, executed once each. `.ci/fuzz` searches for more.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]
#![expect(
    clippy::duplicate_mod,
    reason = "each target is a program of its own, with its own copy of what it shares"
)]
#![expect(
    unexpected_cfgs,
    reason = "cargo-fuzz sets `fuzzing`; the targets are executed here without it"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[path = "fuzz/entra.rs"]
mod entra;
#[path = "fuzz/graph.rs"]
mod graph;
#[path = "fuzz/headers.rs"]
mod headers;
#[path = "fuzz/log.rs"]
mod log;
#[path = "fuzz/redaction.rs"]
mod redaction;
#[path = "fuzz/report.rs"]
mod report;
#[path = "fuzz/rooms.rs"]
mod rooms;
#[path = "fuzz/settings.rs"]
mod settings;
#[path = "fuzz/soap.rs"]
mod soap;
#[path = "fuzz/token.rs"]
mod token;

/// A hang: an optimized fuzz target reports one second, and a test without optimization takes several times as long.
const LONGEST: Duration = Duration::from_secs(10);

/// The name of a target, and what it does with an input.
type Target = (&'static str, fn(&[u8]));

/// Every target.
const TARGETS: [Target; 10] = [
    ("entra", entra::run),
    ("graph", graph::run),
    ("headers", headers::run),
    ("log", log::run),
    ("redaction", redaction::run),
    ("report", report::run),
    ("rooms", rooms::run),
    ("settings", settings::run),
    ("soap", soap::run),
    ("token", token::run),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz")
        .join(name)
}

/// The files of a folder, in the order of their names; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn every_seed_and_every_regression_passes_its_target() {
    for (name, run) in TARGETS {
        let seeds = files(&folder("seeds").join(name));
        assert!(seeds.len() >= 5, "{name} has {} seeds", seeds.len());
        for file in seeds
            .into_iter()
            .chain(files(&folder("regressions").join(name)))
        {
            let data = fs::read(&file).unwrap();
            let begun = Instant::now();
            run(&data);
            let took = begun.elapsed();
            assert!(took < LONGEST, "{} took {took:?}", file.display());
        }
    }
}

/// A target that rejects everything at its beginning would never fail.
#[test]
fn the_seeds_of_rooms_reach_the_rooms() {
    for file in files(&folder("seeds/rooms")) {
        let estate = rooms::load_rooms(&fs::read(&file).unwrap()).unwrap();
        let rooms = &estate.connections[0].rooms;
        assert!(!rooms.addresses.is_empty(), "{}", file.display());
    }
}

#[test]
fn every_target_is_built_and_executed_here() {
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    let built = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \""))
        .filter_map(|rest| rest.strip_suffix(".rs\""));
    // `bounds` breaks the bounds on purpose, and `.ci/fuzz` executes it.
    let mut built: Vec<&str> = built.filter(|name| *name != "bounds").collect();
    built.sort_unstable();
    assert_eq!(built, TARGETS.map(|(name, _)| name));
}
