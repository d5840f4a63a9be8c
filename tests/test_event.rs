//! However a run with `--allow-write` ends, the next one leaves no test event in the tenant.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rx_preflight::simulator::{RunningSimulator, SimulatorOptions};
use serde_json::Value;
use support::{Tenant, scenario_with};
use tempfile::TempDir;

mod support;

const APIS: [&str; 2] = ["graph", "ews"];

/// How a run ends while the response to the creation is missing.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Signal(&'static str),
    Deadline,
    Timeout,
    Lost,
}

const ENDS: [End; 7] = [
    End::Signal("INT"),
    End::Signal("TERM"),
    End::Signal("HUP"),
    End::Signal("KILL"),
    End::Deadline,
    End::Timeout,
    End::Lost,
];

/// A tenant in this process, so that its store can be looked into, and a folder in which a check runs.
struct Stage {
    simulator: RunningSimulator,
    folder: TempDir,
    api: &'static str,
}

impl Stage {
    /// A tenant that creates the event and then does `fault` with the response.
    async fn new(api: &'static str, fault: &str) -> Self {
        let place = match api {
            "ews" => "at = \"exchange\"\ncontaining = \"CreateItem\"",
            _ => "at = \"graph\"\ncontaining = \"transactionId\"",
        };
        let fault = if fault.is_empty() {
            String::new()
        } else {
            format!("[[fault]]\n{place}\n{fault}\nfirst = 1\n")
        };
        let scenario = scenario_with(&format!("{api}-ready"), "", &fault);
        let settings = Tenant::start(&format!("{api}-ready"), false);
        let folder = TempDir::new().unwrap();
        for entry in std::fs::read_dir(settings.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        let simulator = RunningSimulator::start(scenario, SimulatorOptions::default())
            .await
            .unwrap();
        Self {
            simulator,
            folder,
            api,
        }
    }

    fn command(&self, options: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
        command
            .current_dir(self.folder.path())
            .args(["check", "--format", "json"]);
        command.args([
            "--login-url",
            self.simulator.sign_in_url().as_str().trim_end_matches('/'),
        ]);
        command.args(["--graph-url", self.simulator.graph_url().as_str()]);
        command
            .args(["--ews-url", self.simulator.ews_url().as_str()])
            .args(options);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn check(&self, options: &[&str]) -> Ran {
        Ran::of(self.command(options).spawn().unwrap())
    }

    fn left(&self) -> usize {
        self.simulator.leftovers().len()
    }

    fn journals(&self) -> Vec<PathBuf> {
        journals(self.folder.path())
    }
}

fn journals(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("rx-preflight-journal")
        })
        .collect()
}

/// A run that has ended.
struct Ran {
    exit: Option<i32>,
    report: Value,
    stderr: String,
}

impl Ran {
    fn of(child: Child) -> Self {
        let output = child.wait_with_output().unwrap();
        let report = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
        Self {
            exit: output.status.code(),
            report,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The row for which the event was written.
    fn row(&self, check: &str) -> &Value {
        let rows = self.report["results"]
            .as_array()
            .unwrap_or_else(|| panic!("no report: {}", self.stderr));
        rows.iter().find(|row| row["check"] == check).unwrap()
    }
}

/// Waits until something is in the store of the tenant.
fn wait_for(what: impl Fn() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(
            began.elapsed() < Duration::from_mins(1),
            "nothing was written"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn run_that_ends(stage: &Stage, end: End) -> Ran {
    let write = ["--allow-write", "calendar"];
    match end {
        End::Signal(signal) => {
            let child = stage.command(&write).spawn().unwrap();
            wait_for(|| stage.left() == 1);
            assert!(
                Command::new("kill")
                    .args([&format!("-{signal}"), &child.id().to_string()])
                    .status()
                    .unwrap()
                    .success()
            );
            Ran::of(child)
        }
        End::Deadline => stage.check(&[&write[..], &["--deadline", "8s"]].concat()),
        End::Timeout => stage.check(&[&write[..], &["--timeout", "2s"]].concat()),
        End::Lost => stage.check(&write),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn however_a_run_ends_the_next_one_leaves_no_event() {
    for api in APIS {
        for end in ENDS {
            let fault = if end == End::Lost {
                "do = \"lost\""
            } else {
                "do = \"late\"\ndelay_ms = 60000"
            };
            let stage = Stage::new(api, fault).await;
            let ran = run_that_ends(&stage, end);
            assert_row_matches_calendar(&stage, end, &ran);
            let next = stage.check(&["--allow-write", "calendar"]);
            assert_eq!(
                (next.exit, stage.left()),
                (Some(0), 0),
                "{api} {end:?}: {}",
                next.stderr
            );
            assert_eq!(
                stage.journals(),
                Vec::<PathBuf>::new(),
                "{api} {end:?}: {}",
                next.stderr
            );
        }
    }
}

fn assert_row_matches_calendar(stage: &Stage, end: End, ran: &Ran) {
    let context = format!(
        "{} {end:?}: {:?} {} {}",
        stage.api, ran.exit, ran.stderr, ran.report["results"]
    );
    match end {
        End::Signal("KILL") => assert_eq!(ran.exit, None, "{context}"),
        End::Signal(_) | End::Deadline => {
            let exit = if end == End::Deadline { 3 } else { 130 };
            assert_eq!(
                (ran.exit, ran.report["interrupted"].as_bool()),
                (Some(exit), Some(exit == 130)),
                "{context}"
            );
            let row = ran.row("mailbox.calendar-write");
            assert_eq!(row["outcome"], "unknown", "{context}");
            assert!(
                row["message"].as_str().unwrap().contains("was sent"),
                "{context}"
            );
            assert_eq!(row["requests"].as_array().unwrap().len(), 1, "{context}");
            assert!(
                ran.stderr.contains("may still be in the calendar of"),
                "{context}"
            );
            assert_eq!((stage.left(), stage.journals().len()), (1, 1), "{context}");
        }
        End::Timeout | End::Lost => {
            assert_eq!(
                (stage.left(), stage.journals().len()),
                (0, 0),
                "the same run finds it: {context}"
            );
            assert_eq!(
                ran.row("mailbox.calendar-write")["outcome"],
                "pass",
                "{context}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completed_run_leaves_neither_an_event_nor_a_journal() {
    for api in APIS {
        let stage = Stage::new(api, "").await;
        let ran = stage.check(&["--allow-write", "calendar"]);
        assert_eq!(
            (ran.exit, stage.left(), stage.journals().len()),
            (Some(0), 0, 0),
            "{api}: {}",
            ran.stderr
        );
        // One event was created and deleted again.
        assert_eq!(stage.simulator.changes(), 2, "{api}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_may_not_write_lists_what_is_left_and_where() {
    for api in APIS {
        let stage = Stage::new(api, "do = \"late\"\ndelay_ms = 60000").await;
        run_that_ends(&stage, End::Signal("KILL"));
        let ran = stage.check(&[]);
        let room = &stage.simulator.leftovers()[0].mailbox;
        assert!(
            ran.stderr
                .contains(&format!("may still be in the calendar of {room}")),
            "{}",
            ran.stderr
        );
        assert!(
            ran.report["requests"]
                .as_array()
                .unwrap()
                .iter()
                .all(|request| request["method"] != "DELETE" || request["status"] != 204)
        );
        assert_eq!((stage.left(), stage.journals().len()), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_app_stays_in_the_journal() {
    for api in APIS {
        let stage = Stage::new(api, "do = \"late\"\ndelay_ms = 60000").await;
        run_that_ends(&stage, End::Signal("KILL"));
        let [journal] = &stage.journals()[..] else {
            panic!("one journal")
        };
        let text = std::fs::read_to_string(journal).unwrap();
        let client = text
            .split("\"client_id\":\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let other = text.replace(&client, "00000000-1111-2222-3333-444444444444");
        std::fs::write(journal, &other).unwrap();
        let ran = stage.check(&["--allow-write", "calendar"]);
        assert_eq!(
            stage.left(),
            1,
            "nothing is removed without the app that created it"
        );
        assert_eq!(std::fs::read_to_string(journal).unwrap(), other);
        assert!(
            ran.stderr.contains("may still be in the calendar of"),
            "{}",
            ran.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_planted_journal_deletes_nothing_that_does_not_carry_its_marker() {
    for api in APIS {
        let stage = Stage::new(api, "do = \"late\"\ndelay_ms = 60000").await;
        run_that_ends(&stage, End::Signal("KILL"));
        let [journal] = &stage.journals()[..] else {
            panic!("one journal")
        };
        let text = std::fs::read_to_string(journal).unwrap();
        let marker = text
            .split("\"marker\":\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        std::fs::write(
            journal,
            text.replace(&marker, "00000000-0000-0000-0000-000000000001"),
        )
        .unwrap();
        let room = stage.simulator.leftovers()[0].clone();
        let planted = format!(
            "{{\"connection\":\"system\",\"room\":\"{}\",\"id\":\"{}\"}}\n",
            room.mailbox, room.id
        );
        std::fs::write(
            stage.folder.path().join("rx-preflight-journal.jsonl"),
            planted,
        )
        .unwrap();
        stage.check(&["--allow-write", "calendar"]);
        assert_eq!(stage.simulator.leftovers(), [room], "{api}");
        std::fs::write(
            stage.folder.path().join("rx-preflight-journal-x.jsonl"),
            "{\"intent\":{\"marker\":\"*\"}}\n",
        )
        .unwrap();
        let refused = stage.check(&["--allow-write", "calendar"]);
        assert_eq!(
            (refused.exit, stage.left()),
            (Some(2), 1),
            "{}",
            refused.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_the_same_time_leave_each_other_alone() {
    for api in APIS {
        let stage = Stage::new(api, "do = \"late\"\ndelay_ms = 6000").await;
        let first = stage
            .command(&["--allow-write", "calendar"])
            .spawn()
            .unwrap();
        wait_for(|| stage.left() == 1);
        let second = stage.check(&["--allow-write", "calendar"]);
        assert_eq!(
            (second.exit, stage.left()),
            (Some(0), 1),
            "{api}: {}",
            second.stderr
        );
        let first = Ran::of(first);
        assert_eq!(
            (first.exit, stage.left(), stage.journals().len()),
            (Some(0), 0, 0),
            "{api}: {}",
            first.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_sent_is_never_called_not_run() {
    let mail = ["--allow-write", "mail", "--to", "admin@contoso.com"];
    for (fault, more) in [
        ("do = \"late\"\ndelay_ms = 60000", &["--deadline", "8s"][..]),
        ("do = \"lost\"", &[]),
    ] {
        let fault = format!("[[fault]]\nat = \"graph\"\npath = \"sendMail\"\n{fault}\n");
        let mut stage = Stage::new("graph", "").await;
        let scenario = scenario_with("graph-ready", "", &fault);
        stage.simulator = RunningSimulator::start(scenario, SimulatorOptions::default())
            .await
            .unwrap();
        let ran = stage.check(&[&mail[..], more].concat());
        assert_eq!(stage.simulator.accepted_mail().len(), 1, "{}", ran.stderr);
        let row = ran.row("mail.send");
        assert_eq!(row["outcome"], "unknown", "{row}");
        let texts = format!("{} {}", row["message"], row["observed"]);
        assert!(
            texts.contains("was sent") || texts.contains("may have been sent"),
            "{row}"
        );
    }
}
