//! `check`: the main job, against Microsoft's own endpoints or wherever the options point.

use std::path::Path;
use std::time::Instant;

use super::args::{CheckArguments, TargetArguments, WriteArgument};
use super::inputs::Inputs;
use super::journal::{self, FileJournal};
use super::output::{self, Outlets, check_targets};
use super::progress::Watch;
use super::redaction::RedactionMap;
use super::session::{self, Session};
use super::wait::{Wait, examine_until};
use super::{CliError, Exit, check_list, earlier, endpoints, signals};
use crate::evidence::{InputNote, InputNoteKind};
use crate::report::{self, Report};
use crate::settings::{self, ClientSecret, Clock, EndpointOverrides, Estate, Given, Transport};

const AT_SIMULATED_TENANT: &str = "rx-preflight: note: [endpoints] of the settings file points to this machine, where \
     `rx-preflight simulate` listens while it runs; Microsoft is not contacted";

/// More notes about the inputs than this are only in the report.
const NOTES_PRINTED: usize = 6;

pub(super) async fn run(arguments: CheckArguments) -> Result<Exit, CliError> {
    if check_list::is_wanted(&arguments.run.only, &arguments.run.skip) {
        if !arguments.output.quiet {
            output::document(&check_list::text())?;
        }
        return Ok(Exit::Fine);
    }
    let inputs = Inputs::default();
    let (outlets, report, secrets) = match examined(&arguments, &inputs).await {
        Ok(examined) => examined,
        Err(error) => {
            named_inputs(&arguments, &inputs);
            earlier::set_aside(&arguments.output.output, &inputs.paths());
            return Err(error);
        }
    };
    let exit = outlets.write(&report, &secrets)?;
    // The process ends now, and gives the memory of thousands of rows back faster than they can be dropped one by one.
    std::mem::forget(report);
    Ok(exit)
}

/// The files that the command line names, whether or not the run came to read them.
fn named_inputs(arguments: &CheckArguments, inputs: &Inputs) {
    let settings = &arguments.settings;
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
        settings
            .rooms
            .as_deref()
            .filter(|path| *path != Path::new("-")),
        map,
    ];
    files
        .into_iter()
        .chain([arguments.target.ca_file.as_deref()])
        .for_each(|path| inputs.named(path));
}

/// Runs the check up to its report, with where the report goes and what must not stand in it.
async fn examined(
    arguments: &CheckArguments,
    inputs: &Inputs,
) -> Result<(Outlets, Report, Vec<ClientSecret>), CliError> {
    let started = Instant::now();
    check_targets(None, &arguments.output)?;
    let wait = wait(arguments)?;
    let mut session = Session {
        started: Some(started),
        ..prepare(arguments, inputs)?
    };
    let outlets = Outlets::new(&arguments.output, &inputs.paths())?;
    let journal = journal(&session)?;
    let report = examine_until(&mut session, wait, &journal, signals::interrupted()).await;
    journal.close();
    Ok((outlets, report?, session::secrets(&session.estate)))
}

/// A run that may not write cannot remove what an earlier one left, but says what it is.
fn journal(session: &Session) -> Result<FileJournal, CliError> {
    if session.extras.write_calendar {
        return FileJournal::open();
    }
    journal::report_open();
    Ok(FileJournal::none())
}

/// Everything that can be wrong with the usage is found here, before the first request.
fn prepare(arguments: &CheckArguments, inputs: &Inputs) -> Result<Session, CliError> {
    let mut extras = session::extras(&arguments.run)?;
    let limits = session::limits(&arguments.run)?;
    let target = &arguments.target;
    let service_urls = [&target.ews_url, &target.graph_url]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let given = Given {
        service_urls,
        ..session::given(&arguments.settings)
    };
    let mut estate = settings::load(&given, inputs, &endpoints::reference())?;
    let overrides = EndpointOverrides {
        login_url: target.login_url.clone(),
        graph_url: target.graph_url.clone(),
        ews_url: target.ews_url.clone(),
    };
    let at_file_endpoints = overrides == EndpointOverrides::default();
    let transport = transport(target, &estate, at_file_endpoints, inputs)?;
    let overrides = overrides.or(estate.endpoints.addresses.clone());
    estate.input_notes.extend(inputs.notes_on_secrets());
    print_notes(&estate.input_notes, arguments.output.quiet);
    if at_file_endpoints && estate.endpoints.are_given() && !arguments.output.quiet {
        output::message(AT_SIMULATED_TENANT);
    }
    session::sample(&arguments.run, &mut estate, &mut extras);
    let endpoints = endpoints::of_cloud(&estate.cloud)?
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
        fail_on: arguments.output.fail_on.into(),
        warn_days: arguments.run.warn_days,
        watch: Watch::new(&arguments.output),
        started: None,
    })
}

/// Prints the notes about the inputs before the run; quietly only what endangers a secret.
fn print_notes(notes: &[InputNote], quiet: bool) {
    let shown: Vec<&InputNote> = notes
        .iter()
        .filter(|note| !quiet || note.kind == InputNoteKind::SecretFileReadable)
        .collect();
    for note in shown.iter().take(NOTES_PRINTED) {
        output::message(&format!(
            "rx-preflight: note: {}",
            report::describe_input_note(note)
        ));
    }
    if shown.len() > NOTES_PRINTED {
        output::message(&format!(
            "rx-preflight: note: {} more in the report",
            shown.len() - NOTES_PRINTED
        ));
    }
}

fn wait(arguments: &CheckArguments) -> Result<Option<Wait>, CliError> {
    let wait = Wait::read(&arguments.wait)?;
    if wait.is_some() && arguments.run.allow_write.contains(&WriteArgument::Mail) {
        return Err(CliError::Usage(
            "--wait cannot be combined with --allow-write mail: every attempt would send a message"
                .to_owned(),
        ));
    }
    Ok(wait)
}

/// The certificate authority and the proxy of `[endpoints]` belong to the addresses there: with other addresses they do
/// not count.
fn transport(
    target: &TargetArguments,
    estate: &Estate,
    at_file_endpoints: bool,
    inputs: &Inputs,
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
