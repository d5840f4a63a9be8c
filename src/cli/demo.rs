//! `demo`: runs the complete check against a simulated tenant, with the same code as `check`.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp};

use crate::evidence::AdministratorEvidence;
use crate::report::{FailOn, Report};
use crate::settings::{
    CaFile, ClientSecret, Clock, Endpoint, Endpoints, OtherCloud, Transport, administrator_evidence,
};
use crate::simulator::{RunningSimulator, Scenario, SimulatorOptions, Tally};

use super::args::{DemoArguments, RunArguments, WriteArgument};
use super::output::{self, Outputs};
use super::progress_display::ProgressDisplay;
use super::session::{self, Session};
use super::wait::{Wait, examine_until};
use super::{CliError, Exit, cloud_endpoints, files, scenario_choice};

pub(super) async fn run(arguments: DemoArguments) -> Result<Exit, CliError> {
    if arguments.list {
        if !arguments.output.quiet {
            output::document(&scenario_list(arguments.scenario.after)?)?;
        }
        return Ok(Exit::Success);
    }
    // A demo reads no files, so no output can replace an input.
    let outlets = Outputs::new(&arguments.output, &[])?;
    let scenario = scenario_choice::load(&arguments.scenario)?;
    check_evidence_target(&arguments)?;
    scenario_choice::write_evidence(&arguments.scenario, &scenario)?;
    let wait = Wait::read(&arguments.wait)?.map(Wait::shortened);
    let clock = scenario.clock;
    let watch = ProgressDisplay::new(&arguments.output);
    let watch = if scenario.options.migrate {
        watch.without_sections()
    } else {
        watch
    };
    let options = PlayOptions {
        fail_on: arguments.output.fail_on(),
        warn_days: arguments.warning.warn_days,
        wait,
        watch: Arc::new(watch),
    };
    let played = play_until(scenario, clock, options, super::signals::interrupted()).await?;
    outlets.write(&played.report, &played.secrets)
}

/// Checks that the file for the evidence can be written, and that it is not also one for the report.
fn check_evidence_target(arguments: &DemoArguments) -> Result<(), CliError> {
    const OPTION: &str = "--evidence-out";
    let Some(path) = &arguments.scenario.evidence_out else {
        return Ok(());
    };
    files::check_target(OPTION, path)?;
    let reports = &arguments.output.output;
    match reports
        .iter()
        .find(|report| files::is_same_file(report, path))
    {
        Some(_) => Err(CliError::Usage(format!(
            "{OPTION} {}: --output names the same file; choose another file",
            files::display_path(path)
        ))),
        None => Ok(()),
    }
}

fn scenario_list(after: bool) -> Result<String, CliError> {
    let scenarios = scenario_choice::load_all(after)?;
    let width = scenarios
        .iter()
        .map(|scenario| scenario.name.len())
        .max()
        .unwrap_or_default();
    let line = |scenario: &Scenario| format!("{:width$}  {}", scenario.name, scenario.title);
    Ok(scenarios.iter().map(line).collect::<Vec<_>>().join("\n") + "\n")
}

/// Result of a scenario.
pub struct Played {
    /// The report.
    pub report: Report,
    /// Number of requests by kind, as the simulated tenant counted them.
    pub tally: Tally,
    /// How many events were created or deleted in the simulated tenant, and how many messages were sent from it.
    pub changes: usize,
    /// The secrets of the scenario, for the search in the finished document.
    pub secrets: Vec<ClientSecret>,
}

/// Plays a scenario: starts its tenant, runs the whole check against it, and stops it again. With a `clock`, tenant and
/// check both live at that moment; without, both live now.
pub async fn play(
    scenario: Scenario,
    clock: Option<Timestamp>,
    interrupt: impl Future<Output = ()>,
) -> Result<Played, CliError> {
    let options = PlayOptions {
        fail_on: FailOn::default(),
        warn_days: None,
        wait: None,
        watch: Arc::new(ProgressDisplay::hidden()),
    };
    play_until(scenario, clock, options, interrupt).await
}

/// How a scenario is played.
struct PlayOptions {
    fail_on: FailOn,
    warn_days: Option<u16>,
    wait: Option<Wait>,
    watch: Arc<ProgressDisplay>,
}

async fn play_until(
    scenario: Scenario,
    clock: Option<Timestamp>,
    options: PlayOptions,
    interrupt: impl Future<Output = ()>,
) -> Result<Played, CliError> {
    // A certificate ends days after the moment at which the scenario is played.
    let scenario = match clock {
        Some(clock) => scenario.starting_at(clock)?,
        None => scenario,
    };
    let session = customer_session(&scenario, clock)?;
    // Port 0 lets the system choose a free port, so that several demos can run at the same time.
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (intercepted, no_roots) = (
        scenario.network.intercepted,
        scenario.network.no_trusted_roots,
    );
    let simulated = SimulatorOptions {
        listen,
        tls: false,
        record: None,
        clock,
    };
    let simulator = RunningSimulator::start(scenario, simulated).await?;
    let mut session = Session {
        endpoints: simulated_endpoints(&simulator, session.endpoints, intercepted),
        transport: Transport {
            without_system_roots: no_roots,
            ..simulated_transport(&simulator, session.transport)
        },
        fail_on: options.fail_on,
        warn_days: options.warn_days,
        watch: options.watch,
        ..session
    };
    let journal = super::journal::FileJournal::none();
    let report = examine_until(&mut session, options.wait, &journal, interrupt).await;
    // The tenant is stopped even if the run failed, and its counts are read before that.
    let (tally, changes) = (simulator.tally(), simulator.changes());
    simulator.stop().await;
    Ok(Played {
        report: report?,
        tally,
        changes,
        secrets: session::secrets(&session.estate),
    })
}

/// The session that a customer in this situation would have.
fn customer_session(scenario: &Scenario, clock: Option<Timestamp>) -> Result<Session, CliError> {
    let estate = scenario_choice::customer_estate(scenario)?;
    let arguments = run_arguments(scenario)?;
    Ok(Session {
        endpoints: cloud_endpoints::for_cloud(&estate.cloud)?,
        estate,
        transport: Transport::default(),
        limits: session::limits(&arguments)?,
        clock: local_clock(scenario, clock)?,
        extras: session::extras(&arguments)?,
        migrates: scenario.options.migrate,
        administrator: administrator(scenario, clock)?,
        baseline: None,
        fail_on: FailOn::default(),
        warn_days: None,
        account: None,
        watch: Arc::new(ProgressDisplay::hidden()),
        trust: Arc::default(),
        started: None,
    })
}

/// What the administrator of this customer collected, if the scenario includes it.
fn administrator(
    scenario: &Scenario,
    clock: Option<Timestamp>,
) -> Result<Option<AdministratorEvidence>, CliError> {
    if !scenario.options.evidence {
        return Ok(None);
    }
    let now = scenario.clock.or(clock).unwrap_or_else(Timestamp::now);
    let collected = scenario.administrator_evidence(now).to_string();
    // The evidence goes through text, so that a demo reads it with the same parser as a real file.
    administrator_evidence(collected.as_bytes())
        .map(Some)
        .map_err(|error| CliError::Internal(error.to_string()))
}

/// The further options of a scenario, in the form in which a user would type them.
fn run_arguments(scenario: &Scenario) -> Result<RunArguments, CliError> {
    let options = &scenario.options;
    let allow_write = options
        .allow_write
        .iter()
        .map(|name| WriteArgument::from_str(name, false))
        .collect::<Result<_, _>>()
        .map_err(CliError::Usage)?;
    Ok(RunArguments {
        expect_denied: options.expect_denied.clone(),
        allow_write,
        to: options.mail_to.clone(),
        timeout: options.timeout_seconds.map(|seconds| format!("{seconds}s")),
        ..Default::default()
    })
}

/// The clock of the customer's machine, which may be wrong.
fn local_clock(scenario: &Scenario, clock: Option<Timestamp>) -> Result<Clock, CliError> {
    let Some(seconds) = scenario.options.local_clock_offset_seconds else {
        return Ok(clock.map_or_else(Clock::real, Clock::starting_at));
    };
    let shown = clock
        .unwrap_or_else(Timestamp::now)
        .checked_add(SignedDuration::from_secs(seconds));
    shown
        .map(Clock::starting_at)
        .map_err(|error| CliError::Internal(error.to_string()))
}

/// What the customer's machine trusts, and which proxy it uses.
fn simulated_transport(simulator: &RunningSimulator, transport: Transport) -> Transport {
    let pem = simulator.ca_pem().map(|pem| pem.as_bytes().to_vec());
    Transport {
        ca_file: pem.map(|pem| CaFile {
            // No such file exists; the name only represents the certificate in messages.
            path: "simulated-authority.pem".into(),
            pem,
        }),
        proxy: simulator.proxy_url(),
        ..transport
    }
}

/// Addresses of the simulated tenant. Behind a simulated proxy they stay those of the cloud, because the client sends the
/// host names to the proxy. Where the scenario inspects traffic, the addresses count as Microsoft's own.
fn simulated_endpoints(
    simulator: &RunningSimulator,
    cloud: Endpoints,
    intercepted: bool,
) -> Endpoints {
    if simulator.proxy_url().is_some() {
        return cloud;
    }
    let endpoint = |url| Endpoint {
        url,
        given_by_user: !intercepted,
    };
    let others = cloud.other_clouds.iter().map(|other| OtherCloud {
        sign_in: simulator.other_cloud_url(&other.id),
        ..other.clone()
    });
    Endpoints {
        sign_in: endpoint(simulator.sign_in_url()),
        graph: endpoint(simulator.graph_url()),
        exchange: endpoint(simulator.ews_url()),
        other_clouds: others.collect(),
        ..cloud
    }
}

#[cfg(test)]
mod tests {
    use crate::knowledge;
    use crate::report::table::section_line;

    use super::*;

    /// The sections that were complete during a run, and the report after it.
    async fn watched(name: &str) -> (String, Report) {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/scenarios/");
        let text = std::fs::read_to_string(format!("{path}{name}.toml")).unwrap();
        let scenario = Scenario::parse(name, &text).unwrap();
        let watch = Arc::new(ProgressDisplay::unseen());
        let options = PlayOptions {
            fail_on: FailOn::default(),
            warn_days: None,
            wait: None,
            watch: Arc::clone(&watch),
        };
        let clock = scenario.clock;
        let played = play_until(scenario, clock, options, std::future::pending()).await;
        (watch.complete_sections(), played.unwrap().report)
    }

    #[tokio::test]
    async fn sections_have_the_line_of_the_report_as_soon_as_they_are_complete() {
        for name in [
            "contoso-go-live",
            "graph-ready",
            "network-timeout",
            "rooms-from-tenant",
            "settings-secret-masked",
            "sign-in-scopes-beside-roles",
            "sign-in-secret-wrong",
            "tenant-wrong-cloud-as-a-note",
        ] {
            let (sections, report) = watched(name).await;
            let expected: Vec<String> = knowledge::checks::sections()
                .iter()
                .filter_map(|section| section_line(&report.results, section.id))
                .collect();
            for line in sections.lines() {
                assert!(
                    expected.iter().any(|own| own == line),
                    "{name}: {line}\n{expected:#?}"
                );
            }
            assert!(sections.lines().count() > 0, "{name}");
        }
    }
}
