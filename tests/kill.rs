//! Killing a check at random moments: every file of a report is absent, the old one, or a whole new one, and what a run
//! with `--allow-write` left in a calendar is removed by the next run. Of an event that is not found, the entry stays in the
//! journal for ten minutes, because its creation may still take effect.
//!
//! `RX_KILL_MOMENTS=500 cargo test --test kill -- --nocapture` plays that many moments and prints what they hit;
//! `RX_KILL_SEED` repeats the moments of an earlier run. What a killed run may leave are hidden files without extension
//! (`.tmp` and six characters), which only their owner can read, and a journal. No reader takes them for a report.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use rx_preflight::simulator::{RunningSimulator, SimulatorOptions};
use support::{Tenant, scenario};
use tempfile::TempDir;

mod support;

/// So many moments are played by default; they take a few seconds.
const FEW_MOMENTS: u32 = 6;

/// From so many moments on, some must have hit an event in a calendar and a file that was being written.
const MANY_MOMENTS: u32 = 200;

/// So long after its creation is about when the event is deleted: a response and a request, each with this latency.
const EVENT_STAYS: Duration = Duration::from_millis(60);

const ROOMS: &str = "25";
const REPORTS: [&str; 5] = [
    "report.json",
    "report.html",
    "report.md",
    "report.xml",
    "report.txt",
];
const MAP: &str = "rx-preflight-redaction-map.json";
const OLD: &str = "the whole old report\n";

/// How the program is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Variant {
    api: &'static str,
    writes: bool,
    redacts: bool,
}

const VARIANTS: [Variant; 4] = [
    variant("graph", true, false),
    variant("ews", false, true),
    variant("ews", true, true),
    variant("graph", false, false),
];

const fn variant(api: &'static str, writes: bool, redacts: bool) -> Variant {
    Variant {
        api,
        writes,
        redacts,
    }
}

/// A tenant in this process, so that its store can be looked into, and what an undisturbed run writes.
struct Stage {
    simulator: RunningSimulator,
    settings: Tenant,
    variant: Variant,
    takes: Duration,
    /// The shapes of the whole reports, in the order of `REPORTS`.
    shapes: Vec<Option<Shape>>,
}

impl Stage {
    async fn new(variant: Variant) -> Self {
        let name = format!("{}-ready", variant.api);
        let tenant = format!("more_rooms = {{ count = {ROOMS} }}\nlatency_ms = 25");
        let simulator =
            RunningSimulator::start(scenario(&name, &tenant), SimulatorOptions::default())
                .await
                .unwrap();
        let settings = Tenant::start_with(&name, false, &["--rooms", ROOMS]);
        let mut stage = Self {
            simulator,
            settings,
            variant,
            takes: Duration::ZERO,
            shapes: Vec::new(),
        };
        let folder = stage.folder();
        let began = Instant::now();
        stage.ends_well(folder.path());
        stage.takes = began.elapsed();
        stage.shapes = REPORTS
            .iter()
            .map(|name| Shape::of(name, &read(folder.path(), name)?))
            .collect();
        assert!(stage.shapes.iter().all(Option::is_some), "{variant:?}");
        stage
    }

    /// A folder with the settings.
    fn folder(&self) -> TempDir {
        let folder = TempDir::new().unwrap();
        for name in names(self.settings.folder.path()) {
            let path = self.settings.folder.path().join(&name);
            fs::copy(path, folder.path().join(&name)).unwrap();
        }
        folder
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
        command.current_dir(folder).arg("check");
        let sign_in = self.simulator.sign_in_url();
        command.args(["--login-url", sign_in.as_str().trim_end_matches('/')]);
        command.args(["--graph-url", self.simulator.graph_url().as_str()]);
        command.args(["--ews-url", self.simulator.ews_url().as_str()]);
        for name in REPORTS {
            command.args(["--output", name]);
        }
        if self.variant.writes {
            command.args(["--allow-write", "calendar"]);
        }
        if self.variant.redacts {
            command.arg("--redact");
        }
        command.stdin(Stdio::null());
        command
    }

    /// An undisturbed run.
    fn ends_well(&self, folder: &Path) {
        let output = self.command(folder).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{:?}: {printed}",
            self.variant
        );
        assert_eq!(self.left(), 0, "{:?}: {printed}", self.variant);
    }

    /// Waits until the run has created its event, or has ended.
    fn wait_for_event(&self, run: &mut Child) {
        while self.left() == 0 && run.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How many events of ours are in the calendars.
    fn left(&self) -> usize {
        self.simulator.leftovers().len()
    }

    /// What is in the folder after a run was killed. Everything else in it was there before.
    fn found(&self, folder: &Path, had_old: bool) -> Found {
        let before = names(self.settings.folder.path());
        let mut found = Found::default();
        for name in names(folder) {
            if let Some(place) = REPORTS.iter().position(|report| *report == name) {
                let bytes = read(folder, &name).unwrap();
                if had_old && bytes == OLD.as_bytes() {
                    found.old += 1;
                } else {
                    let shape = Shape::of(&name, &bytes);
                    assert!(shape.is_some(), "{name} is damaged: {bytes:?}");
                    assert_eq!(shape, self.shapes[place], "{name} is not whole");
                    found.new += 1;
                }
            } else if is_journal(&name) {
                assert!(self.variant.writes, "a run that may not write has {name}");
                found.journals += 1;
            } else if name == MAP {
                assert!(self.variant.redacts, "{name}");
                let map = serde_json::from_slice(&read(folder, &name).unwrap());
                let _: serde_json::Value = map.unwrap();
            } else if !before.contains(&name) {
                assert_is_no_report(&folder.join(name));
                found.temporary += 1;
            }
        }
        if had_old {
            assert_eq!(found.old + found.new, REPORTS.len(), "a report is gone");
        }
        found
    }
}

/// What a killed run left.
#[derive(Debug, Default, Clone, Copy)]
struct Found {
    old: usize,
    new: usize,
    journals: usize,
    temporary: usize,
}

/// What all whole reports of a stage have in common, although their times and IDs differ.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    parts: usize,
    end: String,
}

impl Shape {
    /// `None` for a text that is not a document of its format.
    fn of(name: &str, bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let parts = match name.rsplit('.').next()? {
            "json" => {
                let report: serde_json::Value = serde_json::from_str(text).ok()?;
                report["results"].as_array()?.len()
            }
            "xml" => {
                let document = roxmltree::Document::parse(text).ok()?;
                let case = |node: &roxmltree::Node<'_, '_>| node.has_tag_name("testcase");
                document.descendants().filter(case).count()
            }
            "html" => text.matches("</section>").count(),
            "md" => text.lines().count(),
            // Pseudonyms of other lengths wrap lines elsewhere, so paragraphs are counted.
            _ => text.split("\n\n").count(),
        };
        let end = text.trim_end().lines().next_back()?;
        // Times and counts of requests are the digits that differ from run to run.
        let end = end.replace(|letter: char| letter.is_ascii_digit(), "0");
        let from = end.char_indices().rev().nth(30).map_or(0, |(at, _)| at);
        Some(Self {
            parts,
            end: end[from..].to_owned(),
        })
    }
}

fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    fs::read(folder.join(name)).ok()
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn is_journal(name: &str) -> bool {
    let is_jsonl = Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "jsonl");
    is_jsonl && name.starts_with("rx-preflight-journal-")
}

/// A temporary file is hidden, has no extension of a format, and belongs to this user alone.
fn assert_is_no_report(path: &Path) {
    let name = path.file_name().unwrap().to_str().unwrap();
    let letters = name
        .strip_prefix(".tmp")
        .unwrap_or_else(|| panic!("{name}"));
    assert!(
        letters.len() == 6 && letters.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{name}"
    );
    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others can read {name}");
}

/// Random numbers from a seed (`SplitMix64`), the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A part of a duration.
    fn part_of(&mut self, whole: Duration) -> Duration {
        let thousandth = u32::try_from(self.next() % 1_000).unwrap();
        whole * thousandth / 1_000
    }
}

fn number_from(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text}")))
}

/// Prints the seed if the test fails.
struct Seed(u64);

impl Seed {
    fn choose() -> Self {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        Self(number_from("RX_KILL_SEED").unwrap_or(now.as_secs()))
    }
}

impl Drop for Seed {
    #[expect(
        clippy::print_stderr,
        reason = "the test program shows it beside the failure"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("RX_KILL_SEED={} repeats these moments", self.0);
        }
    }
}

/// What all moments hit.
#[derive(Debug, Default)]
struct Tally {
    moments: u32,
    killed: u32,
    left_an_event: u32,
    left_a_journal: u32,
    entry_stayed: u32,
    left_a_temporary_file: u32,
    left_old_and_new: u32,
    whole_reports: usize,
}

/// Half of the moments are in the whole run, half in its last quarter, in which reports are written.
fn moment(random: &mut Random, takes: Duration) -> Duration {
    let longest = takes * 21 / 20;
    if random.next().is_multiple_of(2) {
        random.part_of(longest)
    } else {
        longest * 3 / 4 + random.part_of(longest / 4)
    }
}

fn kill_once(stage: &Stage, random: &mut Random, tally: &mut Tally) {
    let folder = stage.folder();
    let had_old = random.next().is_multiple_of(2);
    if had_old {
        for name in REPORTS {
            fs::write(folder.path().join(name), OLD).unwrap();
        }
    }
    let wait = moment(random, stage.takes);
    // An event is in a calendar for a moment only, so some moments are chosen from those in which there is one.
    let with_event = stage.variant.writes && random.next().is_multiple_of(3);
    let mut run = stage.command(folder.path());
    let mut run = run
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    if with_event {
        stage.wait_for_event(&mut run);
        std::thread::sleep(random.part_of(EVENT_STAYS));
    } else {
        std::thread::sleep(wait);
    }
    run.kill().unwrap();
    let status = run.wait().unwrap();
    let found = stage.found(folder.path(), had_old);
    let left = stage.left();
    let context = format!(
        "{:?} after {wait:?} ({with_event}): {status}, {found:?}",
        stage.variant
    );
    assert!(status.success() || status.signal() == Some(9), "{context}");
    assert!(left <= found.journals, "{left} events, {context}");
    tally.moments += 1;
    tally.killed += u32::from(status.signal() == Some(9));
    tally.left_an_event += u32::from(left > 0);
    tally.left_a_journal += u32::from(found.journals > 0);
    tally.left_a_temporary_file += u32::from(found.temporary > 0);
    tally.left_old_and_new += u32::from(found.old > 0 && found.new > 0);
    tally.whole_reports += found.new;
    if stage.variant.writes || stage.variant.redacts {
        stage.ends_well(folder.path());
        let after = stage.found(folder.path(), false);
        assert_eq!(
            (after.new, after.temporary),
            (REPORTS.len(), found.temporary),
            "{context}"
        );
        // A creation that was sent and not found may still take effect, so its entry stays for a while.
        let stays = usize::from(left == 0 && found.journals > 0);
        assert!(after.journals <= stays, "{after:?}, {context}");
        if after.journals > 0 {
            tally.entry_stayed += 1;
            age_journals(folder.path());
            stage.ends_well(folder.path());
            assert_eq!(stage.found(folder.path(), false).journals, 0, "{context}");
        }
    }
}

/// Sets the time of every entry back, as if the run had been killed long ago.
fn age_journals(folder: &Path) {
    for name in names(folder).into_iter().filter(|name| is_journal(name)) {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).unwrap();
        let aged = text.lines().map(|line| {
            let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(intent) = entry.get_mut("intent") {
                intent["at"] = "2026-01-01T00:00:00Z".into();
            }
            format!("{entry}\n")
        });
        let aged: String = aged.collect();
        fs::write(path, aged).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_at_any_moment_leaves_no_damaged_report_and_nothing_in_the_tenant() {
    let moments = number_from("RX_KILL_MOMENTS").map_or(FEW_MOMENTS, |n| u32::try_from(n).unwrap());
    let seed = Seed::choose();
    let mut random = Random(seed.0);
    let mut tally = Tally::default();
    let mut stages: Vec<Stage> = Vec::new();
    for number in 0..moments {
        let variant = VARIANTS[number as usize % VARIANTS.len()];
        if stages.len() < VARIANTS.len() {
            stages.push(Stage::new(variant).await);
        }
        let stage = &stages[number as usize % VARIANTS.len()];
        kill_once(stage, &mut random, &mut tally);
    }
    println!("seed {}: {tally:?}", seed.0);
    assert_eq!(tally.moments, moments);
    if moments >= MANY_MOMENTS {
        let hit = [
            tally.killed,
            tally.left_an_event,
            tally.left_a_temporary_file,
        ];
        assert!(hit.iter().all(|count| *count > 0), "{tally:?}");
    }
}
