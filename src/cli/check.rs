//! `check`: runs the checks against Microsoft's endpoints, or against those that the options name.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crate::evidence::{InputNote, InputNoteKind};
use crate::probe::CheckOptions;
use crate::report::{self, Report};
use crate::settings::{
    self, ClientSecret, Clock, EndpointOverrides, Estate, FlagSettings, Transport,
};
use crate::wire;

use super::account;
use super::args::{
    CheckArguments, KnownFindingArguments, MigrateArguments, OutputArguments, RunArguments,
    TargetArguments, TenantArguments, WaitArguments, WriteArgument,
};
use super::input_files::InputFiles;
use super::journal::{self, FileJournal};
use super::output::{self, Outputs, check_targets};
use super::previous_reports::FailedRun;
use super::progress_display::ProgressDisplay;
use super::redaction::RedactionMap;
use super::session::{self, Session};
use super::wait::{Wait, examine_until};
use super::{
    CliError, Exit, check_list, cloud_endpoints, connection_choice, denied_rooms, evidence_file,
    known_findings, signals,
};

const SIMULATED_TENANT_NOTE: &str = "rx-preflight: note: [endpoints] in the settings file points to this machine, where \
     `rx-preflight simulate` listens while it runs; no request goes to Microsoft";

/// Maximum notes about the inputs on standard error; the report contains all of them.
const MAX_NOTES: usize = 6;

/// What to do with the tenant.
enum Task {
    /// Check it without known findings, and repeat the check if the user wants to wait.
    Check(WaitArguments, KnownFindingArguments),
    /// Compare EWS and Graph for these connections; for all if there are none.
    Migrate(Vec<String>),
}

impl Task {
    /// The findings that do not count; `None` if the task has no verdict on which they could have an effect.
    fn known(&self) -> Option<&KnownFindingArguments> {
        match self {
            Self::Check(_, known) => Some(known),
            Self::Migrate(_) => None,
        }
    }
}

pub(super) async fn run(arguments: CheckArguments) -> Result<Exit, CliError> {
    run_task(
        arguments.tenant,
        Task::Check(arguments.wait, arguments.known),
    )
    .await
}

/// `migrate`: runs the checks of connections over EWS also as they would be on Graph.
pub(super) async fn migrate(arguments: MigrateArguments) -> Result<Exit, CliError> {
    run_task(arguments.tenant, Task::Migrate(arguments.connection)).await
}

async fn run_task(arguments: TenantArguments, task: Task) -> Result<Exit, CliError> {
    if check_list::is_requested(&arguments.run.only, &arguments.run.skip) {
        if !arguments.output.quiet {
            output::document(&check_list::text())?;
        }
        return Ok(Exit::Success);
    }
    let inputs = InputFiles::default();
    let (outlets, report, secrets) = match run_checks(&arguments, &task, &inputs).await {
        Ok(examined) => examined,
        Err(error) => {
            remember_named_files(&arguments, task.known(), &inputs);
            FailedRun::by(&error, arguments.output.redact)
                .leave_no_report(&arguments.output.output, &inputs.paths());
            return Err(error);
        }
    };
    let exit = outlets.write(&report, &secrets)?;
    // The process ends now. The system frees the memory of thousands of rows faster than dropping them one by one.
    std::mem::forget(report);
    Ok(exit)
}

/// Adds the files that the command line names to the inputs, even if the run ended before it read them.
fn remember_named_files(
    arguments: &TenantArguments,
    known: Option<&KnownFindingArguments>,
    inputs: &InputFiles,
) {
    let settings = &arguments.settings;
    // The default settings file is an input even if no option names it.
    let config = settings
        .config
        .as_deref()
        .unwrap_or_else(|| Path::new(settings::DEFAULT_FILE));
    let map = arguments
        .output
        .redact
        .then(|| RedactionMap::file(arguments.output.redaction_map.as_deref()));
    let files = [
        Some(config),
        settings.client_secret_file.as_deref(),
        settings.client_certificate_file.as_deref(),
        settings.client_certificate_password_file.as_deref(),
        settings
            .rooms
            .as_deref()
            // A hyphen means standard input, which is not a file that could be moved.
            .filter(|path| *path != Path::new("-")),
        arguments.run.evidence.as_deref(),
        known.and_then(|known| known.accepted.as_deref()),
        known.and_then(|known| known.baseline.as_deref()),
        map,
    ];
    files
        .into_iter()
        .chain([arguments.target.ca_file.as_deref()])
        .for_each(|path| inputs.remember(path));
}

/// Runs the check. Returns the report, its outputs, and the secrets that must not appear in them.
async fn run_checks(
    arguments: &TenantArguments,
    task: &Task,
    inputs: &InputFiles,
) -> Result<(Outputs, Report, Vec<ClientSecret>), CliError> {
    let started = Instant::now();
    // The outputs are checked before the settings, because reading the settings may prompt for the secret.
    check_targets(None, &arguments.output)?;
    let wait = match task {
        Task::Check(wait, _) => read_wait(wait, &arguments.run)?,
        Task::Migrate(_) => None,
    };
    let mut session = Session {
        started: Some(started),
        ..prepare_session(arguments, task, inputs)?
    };
    print_notes(&session.estate.input_notes, arguments.output.quiet);
    let goes_to_file_endpoints =
        session.estate.endpoints.are_given() && !has_service_urls(&arguments.target);
    if goes_to_file_endpoints && !arguments.output.quiet {
        output::message(SIMULATED_TENANT_NOTE);
    }
    // The inputs are known only now, and no output may replace one of them.
    let outlets = Outputs::new(&arguments.output, &inputs.paths())?;
    let journal = open_journal(&session)?;
    let report = examine_until(&mut session, wait, &journal, signals::interrupted()).await;
    // The journal is closed even if the run failed, so that open events are printed in any case.
    journal.close();
    Ok((outlets, report?, session::secrets(&session.estate)))
}

/// Opens the journal. A run that is not allowed to write cannot remove test events of an earlier run, so it only lists them.
fn open_journal(session: &Session) -> Result<FileJournal, CliError> {
    if session.extras.write_calendar {
        return FileJournal::open();
    }
    journal::report_open_events();
    Ok(FileJournal::none())
}

/// Validates the arguments and the settings, before the first request.
fn prepare_session(
    arguments: &TenantArguments,
    task: &Task,
    inputs: &InputFiles,
) -> Result<Session, CliError> {
    let evidence_file = arguments.run.evidence.as_deref();
    inputs.remember(evidence_file);
    let administrator = evidence_file.map(evidence_file::read).transpose()?;
    let mut extras = session::extras(&arguments.run)?;
    let limits = session::limits(&arguments.run)?;
    let target = &arguments.target;
    let service_urls = [&target.ews_url, &target.graph_url]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let known = task.known();
    let baseline = known.and_then(|known| known.baseline.as_deref());
    let baseline = baseline
        .map(|path| known_findings::read_baseline(path, inputs))
        .transpose()?;
    let given = FlagSettings {
        service_urls,
        accepted_file: known.and_then(|known| known.accepted.clone()),
        ..session::given(&arguments.settings)
    };
    let mut estate = settings::load(&given, inputs, &cloud_endpoints::reference())?;
    if let Task::Migrate(connections) = task {
        keep_connections(&mut estate, connections, &mut extras)?;
    }
    let overrides = EndpointOverrides {
        login_url: target.login_url.clone(),
        graph_url: target.graph_url.clone(),
        ews_url: target.ews_url.clone(),
    };
    let at_file_endpoints = !has_service_urls(target);
    let transport = read_transport(target, &estate, at_file_endpoints, inputs)?;
    let overrides = overrides.or(estate.endpoints.addresses.clone());
    // These notes come after loading, because only reading the settings shows which files hold secrets.
    estate.input_notes.extend(inputs.secret_file_notes());
    if transport.proxy.is_none() {
        estate.input_notes.extend(wire::unused_proxy_settings());
    }
    denied_rooms::refuse(&extras.expect_denied, &estate)?;
    // The sample comes before the plan is checked, because it can leave nothing to run.
    session::sample(&arguments.run, &mut estate, &mut extras);
    let endpoints = cloud_endpoints::for_cloud(&estate.cloud)?
        .configured_by(&estate)
        .apply(&overrides)?;
    session::refuse_empty_plan(&estate, &endpoints, &extras)?;
    Ok(Session {
        endpoints,
        estate,
        transport,
        limits,
        clock: Clock::real(),
        extras,
        migrates: matches!(task, Task::Migrate(_)),
        administrator,
        baseline,
        fail_on: arguments.output.fail_on(),
        warn_days: arguments.run.warning.warn_days,
        account: account::current(inputs),
        watch: Arc::new(watch(task, &arguments.output)),
        trust: Arc::default(),
        started: None,
    })
}

/// Validates the arguments and the settings of one of many customers, and prints nothing.
pub(super) fn prepare_unattended(
    arguments: &TenantArguments,
    inputs: &InputFiles,
) -> Result<Session, CliError> {
    let task = Task::Check(WaitArguments::default(), KnownFindingArguments::default());
    prepare_session(arguments, &task, inputs)
}

/// Whether options name the addresses of services.
fn has_service_urls(target: &TargetArguments) -> bool {
    [&target.login_url, &target.graph_url, &target.ews_url]
        .into_iter()
        .any(Option::is_some)
}

/// The progress display. A comparison of both APIs runs the checks of two reports at the same time.
fn watch(task: &Task, output: &OutputArguments) -> ProgressDisplay {
    let display = ProgressDisplay::new(output);
    match task {
        Task::Check(..) => display,
        Task::Migrate(_) => display.without_sections(),
    }
}

/// Prints the notes about the inputs before the run; with `--quiet`, only those about exposed secrets.
fn print_notes(notes: &[InputNote], quiet: bool) {
    let shown: Vec<&InputNote> = notes
        .iter()
        .filter(|note| !quiet || note.kind == InputNoteKind::SecretFileReadable)
        .collect();
    for note in shown.iter().take(MAX_NOTES) {
        output::message(&format!(
            "rx-preflight: note: {}",
            report::describe_input_note(note)
        ));
    }
    if shown.len() > MAX_NOTES {
        output::message(&format!(
            "rx-preflight: note: {} more in the report",
            shown.len() - MAX_NOTES
        ));
    }
}

/// Keeps the connections that the user names, and notes this in the report.
fn keep_connections(
    estate: &mut Estate,
    names: &[String],
    extras: &mut CheckOptions,
) -> Result<(), CliError> {
    if names.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = estate
        .connections
        .iter()
        .map(|own| own.name.as_str())
        .collect();
    connection_choice::refuse_unknown(names, &known)?;
    estate.connections.retain(|own| names.contains(&own.name));
    extras
        .narrowed_by
        .push(format!("--connection {}", names.join(", ")));
    Ok(())
}

fn read_wait(wait: &WaitArguments, run: &RunArguments) -> Result<Option<Wait>, CliError> {
    let wait = Wait::read(wait)?;
    if wait.is_some() && run.allow_write.contains(&WriteArgument::Mail) {
        return Err(CliError::Usage(
            "--wait cannot be combined with --allow-write mail: every attempt would send a message"
                .to_owned(),
        ));
    }
    Ok(wait)
}

/// Reads the certificate authority, the proxy and the user agent. Those of `[endpoints]` belong to the addresses there, so
/// they do not apply when options name other addresses.
fn read_transport(
    target: &TargetArguments,
    estate: &Estate,
    at_file_endpoints: bool,
    inputs: &InputFiles,
) -> Result<Transport, CliError> {
    let of_file = at_file_endpoints.then_some(&estate.endpoints);
    let ca_file = target
        .ca_file
        .as_deref()
        .or_else(|| of_file?.ca_file.as_deref());
    let proxy = target
        .proxy
        .as_deref()
        .or_else(|| of_file?.proxy.as_deref());
    Ok(Transport::read(
        ca_file,
        proxy,
        target.user_agent.as_deref(),
        inputs,
    )?)
}
