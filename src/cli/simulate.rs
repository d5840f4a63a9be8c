//! `simulate`: runs a simulated tenant for other clients.

mod check_command;
mod settings_folder;
mod tenant_addresses;

use std::pin::pin;

use futures_util::future;
use settings_folder::SettingsFolder;
use tenant_addresses::TenantAddresses;

use crate::settings::DurationOption;
use crate::simulator::{MoreRooms, RunningSimulator, Scenario, SimulatorOptions, Throttle};

use super::args::{ChangeArguments, SimulateArguments};
use super::files::{self, display_path};
use super::{CliError, Exit, output, scenario_choice, session};

pub(super) async fn run(arguments: SimulateArguments) -> Result<Exit, CliError> {
    if !arguments.listen.ip().is_loopback() {
        return Err(CliError::Usage(format!(
            "--listen {}: this is not a loopback address; a simulated tenant only accepts local connections (for example, 127.0.0.1:8080)",
            arguments.listen
        )));
    }
    if arguments.tls && arguments.ca_out.is_none() {
        let why = "--tls requires --ca-out FILE (for example, ca.pem): clients need this certificate authority to trust the tenant";
        return Err(CliError::Usage(why.to_owned()));
    }
    let mut scenario = scenario_choice::load(&arguments.scenario)?;
    apply_changes(&mut scenario, &arguments.changes)?;
    let folder = arguments
        .settings_out
        .as_ref()
        .map(|folder| SettingsFolder::prepare(folder, &scenario))
        .transpose()?;
    check_targets(&arguments, folder.as_ref())?;
    scenario_choice::write_evidence(&arguments.scenario, &scenario)?;
    let introduction = introduction(&scenario, arguments.scenario.after);
    let options = SimulatorOptions {
        listen: arguments.listen,
        tls: arguments.tls,
        record: arguments.record.clone(),
        clock: scenario.clock,
    };
    let played = scenario.options.clone();
    let simulator = RunningSimulator::start(scenario, options).await?;
    // The addresses contain ports, which are known only once the tenant listens.
    let at = TenantAddresses::of(&simulator, &arguments)?;
    if let Some(folder) = &folder {
        folder.write(&at)?;
    }
    let settings_file = folder.as_ref().map(SettingsFolder::settings_file);
    let line = check_command::check_command(&at, settings_file.as_deref(), &played);
    // Signals are listened for from the first poll on, and a script may send one as soon as it has read the line.
    let mut interrupted = pin!(super::signals::interrupted());
    if future::poll_immediate(interrupted.as_mut()).await.is_none() {
        output::document(&format!(
            "{introduction}{}{line}\n",
            listening_line(folder.is_some())
        ))?;
        interrupted.await;
    }
    simulator
        .tally()
        .to_string()
        .lines()
        .for_each(output::message);
    simulator.stop().await;
    Ok(Exit::Success)
}

/// Checks before anything is written that every file can be, and that no file is written twice.
fn check_targets(
    arguments: &SimulateArguments,
    folder: Option<&SettingsFolder>,
) -> Result<(), CliError> {
    let named = [
        ("--record", &arguments.record),
        ("--ca-out", &arguments.ca_out),
        ("--evidence-out", &arguments.scenario.evidence_out),
    ];
    let named: Vec<_> = named
        .into_iter()
        .filter_map(|(option, path)| Some((option, path.as_ref()?)))
        .collect();
    for (place, (option, path)) in named.iter().enumerate() {
        files::check_target(option, path)?;
        let earlier = named[..place]
            .iter()
            .find(|(_, other)| files::is_same_file(path, other));
        if let Some((other, _)) = earlier {
            return Err(CliError::Usage(format!(
                "{option} {}: {other} names the same file; choose another file",
                display_path(path)
            )));
        }
        if folder.is_some_and(|folder| folder.holds(path)) {
            let why = "--settings-out writes a file with this name; choose another file";
            return Err(CliError::Usage(format!(
                "{option} {}: {why}",
                display_path(path)
            )));
        }
    }
    Ok(())
}

/// Applies the options to the tenant of a scenario.
fn apply_changes(scenario: &mut Scenario, changes: &ChangeArguments) -> Result<(), CliError> {
    if let Some(count) = changes.rooms.and_then(|count| usize::try_from(count).ok()) {
        scenario.add_rooms(MoreRooms { count, refused: 0 })?;
    }
    if let Some(latency) = session::duration(&DurationOption::LATENCY, changes.latency.as_deref())?
    {
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

fn introduction(scenario: &Scenario, after: bool) -> String {
    // The description is about the problem, which is fixed in the later state.
    if after {
        return format!(
            "simulated tenant: {}, after the fix of its first problem (before: {})\n",
            scenario.name, scenario.title
        );
    }
    format!(
        "simulated tenant: {} ({})\n{}\n",
        scenario.name, scenario.title, scenario.about
    )
}

/// Text above the command that can be copied.
fn listening_line(has_settings: bool) -> &'static str {
    if has_settings {
        "Listening; press Ctrl-C to stop. To check this tenant, run this command in another terminal:\n"
    } else {
        "Listening; press Ctrl-C to stop. To check this tenant, add your settings to this command (`--settings-out FOLDER` \
         writes matching settings):\n"
    }
}
