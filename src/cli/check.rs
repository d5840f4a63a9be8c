//! `check`: the main job, against Microsoft's own endpoints or wherever the options point.

use super::args::{CheckArguments, TargetArguments, WriteArgument};
use super::journal::{self, FileJournal};
use super::output::Outlets;
use super::progress::Watch;
use super::session::{self, Session};
use super::wait::{Wait, examine_until};
use super::{CliError, Exit, endpoints, signals};
use crate::settings::{self, Clock, EndpointOverrides, Machine, Transport};

pub(super) async fn run(arguments: CheckArguments) -> Result<Exit, CliError> {
    let outlets = Outlets::new(&arguments.output)?;
    let wait = wait(&arguments)?;
    let mut session = prepare(&arguments)?;
    let journal = journal(&session)?;
    let examined = examine_until(&mut session, wait, &journal, signals::interrupted()).await;
    journal.close();
    let report = examined?;
    let exit = outlets.write(&report, &session::secrets(&session.estate))?;
    // The process ends now, and gives the memory of thousands of rows back faster than they can be dropped one by one.
    std::mem::forget(report);
    Ok(exit)
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
fn prepare(arguments: &CheckArguments) -> Result<Session, CliError> {
    let mut extras = session::extras(&arguments.run)?;
    let limits = session::limits(&arguments.run)?;
    let transport = transport(&arguments.target)?;
    let mut estate = settings::load(&session::given(&arguments.settings), &Machine, &endpoints::reference())?;
    let overrides = EndpointOverrides {
        login_url: arguments.target.login_url.clone(),
        graph_url: arguments.target.graph_url.clone(),
        ews_url: arguments.target.ews_url.clone(),
    };
    session::sample(&arguments.run, &mut estate, &mut extras);
    let endpoints = endpoints::of_cloud(&estate.cloud)?.apply(&overrides)?;
    session::refuse_empty_plan(&estate, &endpoints, &extras)?;
    Ok(Session {
        endpoints,
        estate,
        transport,
        limits,
        clock: Clock::real(),
        extras,
        fail_on_optional: session::fails_on_optional(arguments.output.fail_on),
        watch: Watch::new(&arguments.output),
    })
}

fn wait(arguments: &CheckArguments) -> Result<Option<Wait>, CliError> {
    let wait = Wait::read(&arguments.wait)?;
    if wait.is_some() && arguments.run.allow_write.contains(&WriteArgument::Mail) {
        return Err(CliError::Usage("--wait goes without --allow-write mail: every look would send a mail".to_owned()));
    }
    Ok(wait)
}

fn transport(target: &TargetArguments) -> Result<Transport, CliError> {
    let (ca_file, proxy) = (target.ca_file.as_deref(), target.proxy.as_deref());
    Ok(Transport::read(ca_file, proxy, target.user_agent.as_deref(), &Machine)?)
}
