//! `fleet`: checks many customers, each with its own settings file, tokens, limits and report.

mod check_customer;
mod customer_files;
mod documents;
mod merge;
mod report_folder;
mod run_state;
mod shard;

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;

use crate::knowledge;
use crate::report::fleet::{Customer, CustomerState, FleetReport, combine, not_checked};
use crate::report::{Tool, wording};
use crate::settings::DurationOption;
use crate::terms::exit_code;

use self::check_customer::{check_customer, check_options};
use self::customer_files::CustomerFile;
use self::run_state::{Beginning, Run};
use super::args::FleetArguments;
use super::files::{display_path, is_same_file};
use super::previous_reports::FailedRun;
use super::{CliError, Exit, check_list, journal, output, session, signals};

pub(super) use documents::{FleetOutputs, reports_of_customers};
pub(super) use merge::merge;
pub use shard::Shard;

/// The reason of a customer that was not reached before the time limit.
const OUT_OF_TIME: &str = "the time limit of the run ended before the check of this customer ended";
/// The reason of a customer that was not reached before the interruption.
const INTERRUPTED: &str = "the run was interrupted before the check of this customer ended";

/// Why a run ends before all customers are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EarlyEnd {
    Deadline,
    Interrupted,
}

pub(super) async fn run(arguments: FleetArguments) -> Result<Exit, CliError> {
    if check_list::is_requested(&arguments.run.only, &arguments.run.skip) {
        output::document(&check_list::text())?;
        return Ok(Exit::Success);
    }
    check_fleet(&arguments).await.inspect_err(|error| {
        let outputs = &arguments.output.output;
        FailedRun::by(error, false).leave_no_report(outputs, &reports_of_customers(outputs));
    })
}

async fn check_fleet(arguments: &FleetArguments) -> Result<Exit, CliError> {
    let deadline = session::duration(&DurationOption::DEADLINE, arguments.run.deadline.as_deref())?;
    // A wrong option would otherwise be the result of every customer, in place of its report.
    check_options(arguments)?;
    let folder = &arguments.output_dir;
    let new_folder = (!folder.exists()).then_some(folder.as_path());
    let outputs = FleetOutputs::new(&arguments.output, new_folder)?;
    let shard = arguments.run.shard.unwrap_or(Shard::WHOLE);
    let mut files = customer_files::find(&arguments.paths)?;
    refuse_reserved_names(&files)?;
    files.retain(|file| shard.contains(&file.name));
    let mut earlier = arguments
        .output
        .since
        .as_deref()
        .map(report_folder::read)
        .transpose()?;
    if let Some(earlier) = &mut earlier {
        earlier.retain(|own| shard.contains(&own.name));
    }
    create_folder(&arguments.output_dir)?;
    refuse_reports_of_customers(arguments, &files)?;
    let options = options_of_reports(arguments);
    let run = Run::begin(&arguments.output_dir, shard, arguments.resume, options)?;
    let (mut customers, remaining) = split_checked(arguments, files, &run);
    print_beginning(arguments, run.beginning, customers.len(), remaining.len());
    // A fleet never writes to a calendar, so it only lists test events of an earlier check.
    journal::report_open_events();
    let (checked, early_end) = check_all(arguments, &remaining, deadline).await;
    customers.extend(checked);
    let unreached = unreached(&remaining, &customers, early_end);
    for customer in &unreached {
        note_unreached(&arguments.output_dir, customer);
    }
    customers.extend(unreached);
    let report = FleetReport {
        interrupted: early_end.is_some(),
        ..combine(customers, earlier.as_deref(), Timestamp::now(), tool())
    };
    outputs.write(&report)?;
    if early_end.is_none() {
        run.complete()?;
    }
    Ok(match early_end {
        Some(EarlyEnd::Interrupted) => Exit::Interrupted,
        _ => exit_of(&report),
    })
}

/// The report of a customer must not have the name that the file of another one has.
fn refuse_reserved_names(files: &[CustomerFile]) -> Result<(), CliError> {
    match files
        .iter()
        .find(|file| report_folder::is_reserved(&file.name))
    {
        None => Ok(()),
        Some(file) => Err(CliError::Usage(format!(
            "{}: a customer cannot be called {}, because other files of the folder for reports end like this; rename it",
            display_path(&file.path),
            file.name
        ))),
    }
}

/// The report about all customers must not take the place of that of one of them.
fn refuse_reports_of_customers(
    arguments: &FleetArguments,
    files: &[CustomerFile],
) -> Result<(), CliError> {
    for target in &arguments.output.output {
        let replaces = |file: &CustomerFile| {
            is_same_file(
                target,
                &report_folder::report_path(&arguments.output_dir, &file.name),
            )
        };
        if files.iter().any(replaces) {
            return Err(documents::replaces_customer(target));
        }
    }
    Ok(())
}

/// The options that decide what the report of a customer contains.
fn options_of_reports(arguments: &FleetArguments) -> String {
    let run = &arguments.run;
    let warn_days = run.warning.warn_days;
    format!(
        "{:?}",
        (
            &run.only,
            &run.skip,
            run.sample,
            warn_days,
            arguments.fail_on
        )
    )
}

/// States what a run that was to continue does.
fn print_beginning(arguments: &FleetArguments, beginning: Beginning, kept: usize, open: usize) {
    let text = match beginning {
        Beginning::New => return,
        Beginning::Continued => {
            let kept = wording::count_noun(kept, "customer");
            format!("{kept} checked before the run ended, {open} left")
        }
        Beginning::AfterCompleted => {
            "the last run was complete, so every customer is checked".to_owned()
        }
        Beginning::AfterOldRun => {
            "the last run began more than a day ago, so every customer is checked".to_owned()
        }
        Beginning::WithOtherOptions => {
            "the last run had other options, so every customer is checked".to_owned()
        }
    };
    if !arguments.output.quiet {
        output::message(&format!("rx-preflight: {text}"));
    }
}

fn create_folder(folder: &Path) -> Result<(), CliError> {
    if folder.is_file() {
        return Err(CliError::Usage(format!(
            "--output-dir {}: this is a file; name a folder",
            display_path(folder)
        )));
    }
    fs::create_dir_all(folder).map_err(|source| CliError::Unwritable {
        what: display_path(folder),
        source,
    })
}

/// The customers that this run has checked before, and the files of the others.
fn split_checked(
    arguments: &FleetArguments,
    files: Vec<CustomerFile>,
    run: &Run,
) -> (Vec<Customer>, Vec<CustomerFile>) {
    let mut checked = Vec::new();
    let mut remaining = Vec::new();
    for file in files {
        let earlier = (run.beginning == Beginning::Continued)
            .then(|| report_folder::read_report(&arguments.output_dir, &file.name))
            .flatten();
        match earlier {
            Some((time, customer)) if time >= run.started_at && !file.changed_after(time) => {
                checked.push(customer);
            }
            _ => remaining.push(file),
        }
    }
    (checked, remaining)
}

/// Checks the customers, several at a time, until the run ends early.
async fn check_all(
    arguments: &FleetArguments,
    files: &[CustomerFile],
    deadline: Option<Duration>,
) -> (Vec<Customer>, Option<EarlyEnd>) {
    let mut customers = Vec::new();
    let trust = Arc::default();
    let mut checks = pin!(
        stream::iter(files)
            .map(|file| check_customer(arguments, &trust, file))
            .buffer_unordered(usize::from(arguments.run.jobs))
    );
    let mut early_end = pin!(early_end(deadline));
    loop {
        tokio::select! {
            biased;
            // Dropping the checks ends their requests. Their reports would look like those of complete checks of tenants
            // that do not respond, so none is written.
            end = &mut early_end => return (customers, Some(end)),
            checked = checks.next() => match checked {
                Some(customer) => {
                    customers.push(customer);
                    print_progress(arguments, &customers, files.len());
                }
                None => return (customers, None),
            },
        }
    }
}

async fn early_end(deadline: Option<Duration>) -> EarlyEnd {
    let time_limit = async {
        match deadline {
            Some(limit) => tokio::time::sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = time_limit => EarlyEnd::Deadline,
        () = signals::interrupted() => EarlyEnd::Interrupted,
    }
}

/// Every how many customers a line of progress is printed.
const PROGRESS_STEP: usize = 50;

fn print_progress(arguments: &FleetArguments, checked: &[Customer], total: usize) {
    let count = checked.len();
    if !arguments.output.quiet && count.is_multiple_of(PROGRESS_STEP) && count < total {
        output::message(&format!(
            "rx-preflight: {count} of {total} customers checked"
        ));
    }
}

/// The customers that were not reached.
fn unreached(
    files: &[CustomerFile],
    checked: &[Customer],
    early_end: Option<EarlyEnd>,
) -> Vec<Customer> {
    let reason = match early_end {
        None => return Vec::new(),
        Some(EarlyEnd::Deadline) => OUT_OF_TIME,
        Some(EarlyEnd::Interrupted) => INTERRUPTED,
    };
    let known: HashSet<&str> = checked
        .iter()
        .map(|customer| customer.name.as_str())
        .collect();
    files
        .iter()
        .map(|file| not_checked(&file.name, reason))
        .filter(|customer| !known.contains(customer.name.as_str()))
        .collect()
}

/// Notes that a customer was not reached, so that the report of an earlier run is not taken for that of this one.
fn note_unreached(folder: &Path, customer: &Customer) {
    let reason = customer.reason.as_deref().unwrap_or_default();
    if let Err(error) = report_folder::write_not_checked(folder, &customer.name, reason) {
        output::message(&format!("rx-preflight: {error}"));
    }
}

/// The program that combines the reports.
fn tool() -> Tool {
    Tool {
        name: "rx-preflight".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        knowledge_date: knowledge::dates().knowledge_date.to_string(),
    }
}

/// The exit code over all customers: 1 if one is not ready, else 3 if one has no clear verdict, else 4 if one has findings
/// that `--fail-on` counts. That of a saved report can be about something else, such as the move to Graph.
fn exit_of(report: &FleetReport) -> Exit {
    let code = |customer: &Customer| match customer.state {
        CustomerState::NotReady => exit_code::NOT_READY,
        CustomerState::Inconclusive | CustomerState::NotChecked => exit_code::INCONCLUSIVE,
        CustomerState::ReadyLimited | CustomerState::Ready => match customer.exit_code {
            Some(exit_code::LIMITED) => exit_code::LIMITED,
            _ => exit_code::SUCCESS,
        },
    };
    let codes: HashSet<u8> = report.customers.iter().map(code).collect();
    let order = [
        exit_code::NOT_READY,
        exit_code::INCONCLUSIVE,
        exit_code::LIMITED,
    ];
    let worst = order.into_iter().find(|code| codes.contains(code));
    Exit::FromReport(worst.unwrap_or(exit_code::SUCCESS))
}
