//! What several test programs share.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test program uses a part of it; a test panics"
)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};

use assert_cmd::Command;
use rx_preflight::cli::{Played, play};
use rx_preflight::report::Report;
use rx_preflight::simulator::Scenario;
use tempfile::TempDir;

#[cfg(target_os = "linux")]
pub mod at_terminal;
pub mod secret_kinds;

const SURROUNDINGS: &[&str] = &[
    "NO_COLOR",
    "CLICOLOR_FORCE",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
];

/// A scenario with a line more in its tenant.
pub fn scenario(name: &str, tenant: &str) -> Scenario {
    scenario_with(name, tenant, "")
}

/// The same with something more at its end.
pub fn scenario_with(name: &str, tenant: &str, more: &str) -> Scenario {
    let file = folder("fixtures/scenarios").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(file).unwrap().replacen(
        "[tenant]\n",
        &format!("[tenant]\n{tenant}\n"),
        1,
    );
    Scenario::parse(name, &format!("{text}\n{more}")).unwrap()
}

/// Plays a scenario to its end, in real time.
pub async fn played(scenario: Scenario) -> Played {
    Box::pin(play(scenario, None, std::future::pending()))
        .await
        .unwrap()
}

/// What comes of a scenario.
pub async fn report_of(scenario: Scenario) -> Report {
    played(scenario).await.report
}

/// The program, without environment variables that could change its results, in an empty folder.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
    command.current_dir(folder);
    for name in SURROUNDINGS {
        command.env_remove(name);
    }
    command
}

/// A folder of this repository.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A simulated tenant in a process of its own, as another client would use it.
pub struct Tenant {
    process: Running,
    /// Where the settings, the secrets, the recording and the certificate authority are.
    pub folder: TempDir,
    /// The lines that the program printed.
    pub lines: Vec<String>,
}

impl Tenant {
    /// Starts a scenario and waits until it listens.
    pub fn start(scenario: &str, tls: bool) -> Self {
        Self::start_with(scenario, tls, &[])
    }

    /// Starts a scenario with further options.
    pub fn start_with(scenario: &str, tls: bool, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let (ca, record) = (
            folder.path().join("ca.pem"),
            folder.path().join("traffic.jsonl"),
        );
        let [settings, ca, record] =
            [folder.path(), &ca, &record].map(|path| path.to_str().unwrap().to_owned());
        let mut all = vec!["--settings-out", &settings, "--record", &record];
        if tls {
            all.extend(["--tls", "--ca-out", &ca]);
        }
        all.extend(options);
        Self {
            folder,
            ..Self::with_options(scenario, &all)
        }
    }

    /// Starts a scenario with these options and no others. They must name a folder for the settings.
    pub fn with_options(scenario: &str, options: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = Process::new(env!("CARGO_BIN_EXE_rx-preflight"));
        command
            .args(["simulate", scenario])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = Vec::new();
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let last = line.contains(" check --config ");
            lines.push(line);
            if last {
                break;
            }
        }
        Self {
            process: Running(process),
            folder,
            lines,
        }
    }

    /// The words of the printed line that checks this tenant, as a shell reads them.
    pub fn check_line(&self) -> Vec<String> {
        shlex::split(self.lines.last().unwrap()).unwrap()
    }

    /// The value of a printed option, such as `--login-url`.
    pub fn option(&self, name: &str) -> String {
        let words = self.check_line();
        let place = words.iter().position(|word| word == name);
        place
            .and_then(|place| words.get(place + 1))
            .unwrap_or_else(|| panic!("no {name} in {words:?}"))
            .to_owned()
    }

    /// The three options that point `check` here.
    pub fn addresses(&self) -> Vec<String> {
        ["--login-url", "--graph-url", "--ews-url"]
            .iter()
            .flat_map(|name| [(*name).to_owned(), self.option(name)])
            .collect()
    }

    /// `check` of this tenant, started in a folder, with the settings that the tenant wrote.
    pub fn check(&self, folder: &Path) -> Command {
        let mut command = program(folder);
        command
            .args(["check", "--config"])
            .arg(self.folder.path().join("rx-preflight.toml"))
            .args(self.addresses());
        command
    }

    /// Stops it as Ctrl-C does, and gives what it then wrote to standard error.
    pub fn interrupt(self) -> String {
        self.stop_with("INT")
    }

    /// Stops it with a signal of Unix, and gives what it then wrote to standard error.
    pub fn stop_with(mut self, signal: &str) -> String {
        let sent = Process::new("kill")
            .args([&format!("-{signal}"), &self.process.0.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let mut printed = String::new();
        self.process
            .0
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut printed)
            .unwrap();
        assert!(self.process.0.wait().unwrap().success());
        printed
    }

    /// The settings file as a table.
    pub fn settings(&self) -> toml::Table {
        std::fs::read_to_string(self.folder.path().join("rx-preflight.toml"))
            .unwrap()
            .parse()
            .unwrap()
    }
}

/// A process that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
