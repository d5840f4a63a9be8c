//! `simulate`: only the simulated tenant, for other clients.

use std::fmt::Write as _;
use std::path::Path;

use super::args::{ChangeArguments, SimulateArguments};
use super::files::{self, shown};
use super::settings_out::{self, MARK, SETTINGS_FILE};
use super::{CliError, Exit, output, session};
use crate::settings::DurationOption;
use crate::simulator::{MoreRooms, RunningSimulator, Scenario, SimulatorOptions, Throttle, catalogue};

pub(super) async fn run(arguments: SimulateArguments) -> Result<Exit, CliError> {
    if !arguments.listen.ip().is_loopback() {
        return Err(CliError::Usage(format!(
            "--listen {}: a simulated tenant listens on loopback only (for example, 127.0.0.1:8080)",
            arguments.listen
        )));
    }
    if arguments.tls && arguments.ca_out.is_none() {
        let why = "--tls requires --ca-out FILE: without the certificate authority no client can trust the tenant";
        return Err(CliError::Usage(why.to_owned()));
    }
    check_targets(&arguments)?;
    let mut scenario = catalogue::load(arguments.scenario.as_deref().unwrap_or(catalogue::DEFAULT))?;
    change(&mut scenario, &arguments.changes)?;
    if let Some(folder) = &arguments.settings_out {
        let others = [("--record", arguments.record.as_ref()), ("--ca-out", arguments.ca_out.as_ref())];
        settings_out::check(folder, &names(&scenario), &others)?;
        write_settings(folder, &scenario)?;
    }
    let introduction = introduction(&scenario);
    let options = SimulatorOptions {
        listen: arguments.listen,
        tls: arguments.tls,
        record: arguments.record.clone(),
        clock: scenario.clock,
    };
    let simulator = RunningSimulator::start(scenario, options).await?;
    if let (Some(path), Some(ca)) = (&arguments.ca_out, simulator.ca_pem()) {
        output::file(path, ca.as_bytes())?;
    }
    output::document(&format!("{introduction}{}", addresses(&simulator, &arguments)))?;
    super::signals::interrupted().await;
    simulator.tally().to_string().lines().for_each(output::message);
    simulator.stop().await;
    Ok(Exit::Fine)
}

/// Checks before anything is written that every file can be, and that no file is written twice.
fn check_targets(arguments: &SimulateArguments) -> Result<(), CliError> {
    let targets = [("--record", &arguments.record), ("--ca-out", &arguments.ca_out)];
    for (option, path) in targets {
        if let Some(path) = path {
            files::check_target(option, path)?;
        }
    }
    match (&arguments.record, &arguments.ca_out) {
        (Some(record), Some(ca)) if files::is_same_file(record, ca) => {
            Err(CliError::Usage(format!("--ca-out {}: --record names the same file", shown(ca))))
        }
        _ => Ok(()),
    }
}

/// Makes the tenant of a scenario what the options say.
fn change(scenario: &mut Scenario, changes: &ChangeArguments) -> Result<(), CliError> {
    if let Some(count) = changes.rooms.and_then(|count| usize::try_from(count).ok()) {
        scenario.add_rooms(MoreRooms { count, refused: 0 })?;
    }
    if let Some(latency) = session::duration(&DurationOption::LATENCY, changes.latency.as_deref())? {
        scenario.tenant.latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    }
    let limits = &scenario.tenant.throttle;
    scenario.tenant.throttle = Throttle {
        in_flight: changes.throttle_in_flight.or(limits.in_flight),
        every: changes.throttle_every.or(limits.every),
        retry_after: changes.throttle_retry_after.or(limits.retry_after),
        ..*limits
    };
    Ok(())
}

fn introduction(scenario: &Scenario) -> String {
    format!("simulated tenant: {} ({})\n{}\n", scenario.name, scenario.title, scenario.about)
}

/// The options with which `check` reaches the simulated tenant.
fn addresses(simulator: &RunningSimulator, arguments: &SimulateArguments) -> String {
    let mut text = String::from("listening; point a client here, stop with Ctrl-C\n");
    let _ = writeln!(text, "  --login-url {}", simulator.sign_in_url().as_str().trim_end_matches('/'));
    let _ = writeln!(text, "  --graph-url {}", simulator.graph_url());
    let _ = writeln!(text, "  --ews-url {}", simulator.ews_url());
    if let Some(proxy) = simulator.proxy_url() {
        let _ = writeln!(text, "  --proxy {proxy}");
    }
    if let Some(path) = &arguments.ca_out {
        let _ = writeln!(text, "  --ca-file {}", shown(path));
    }
    if let Some(folder) = &arguments.settings_out {
        let _ = writeln!(text, "  --config {}", shown(&folder.join(SETTINGS_FILE)));
    }
    text
}

/// The names of the files that [`write_settings`] writes.
fn names(scenario: &Scenario) -> Vec<String> {
    let files = scenario.files.keys().cloned();
    let secrets = scenario.environment.keys().map(|name| secret_file(name));
    [SETTINGS_FILE.to_owned()].into_iter().chain(files).chain(secrets).collect()
}

/// The settings that a customer in this situation would have, with the files beside them. Each secret stands in a file of
/// its own, named like the variable that the scenario uses.
fn write_settings(folder: &Path, scenario: &Scenario) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|source| CliError::Unwritable { what: shown(folder), source })?;
    let mut settings = scenario.settings.clone();
    from_files(&mut settings);
    let text = toml::to_string(&settings).map_err(|error| CliError::Internal(error.to_string()))?;
    output::file(&folder.join(SETTINGS_FILE), format!("{MARK}{text}").as_bytes())?;
    for (name, text) in &scenario.files {
        output::file(&folder.join(name), text.as_bytes())?;
    }
    for (name, value) in &scenario.environment {
        output::file(&folder.join(secret_file(name)), value.as_bytes())?;
    }
    Ok(())
}

fn secret_file(variable: &str) -> String {
    format!("{}.txt", variable.to_ascii_lowercase())
}

/// Turns every `{ env = "NAME" }` into `{ file = "name.txt" }`.
fn from_files(table: &mut toml::Table) {
    for (_, value) in table.iter_mut() {
        match value {
            toml::Value::Table(inner) => match inner.get("env").and_then(toml::Value::as_str).map(secret_file) {
                Some(file) => *inner = toml::Table::from_iter([("file".to_owned(), toml::Value::String(file))]),
                None => from_files(inner),
            },
            toml::Value::Array(items) => items.iter_mut().filter_map(toml::Value::as_table_mut).for_each(from_files),
            _ => {}
        }
    }
}
