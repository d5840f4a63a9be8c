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
use crate::report::Tool;
use crate::report::fleet::{Customer, CustomerState, FleetReport, combine, not_checked};
use crate::settings::DurationOption;
use crate::terms::exit_code;

use self::check_customer::check_customer;
use self::customer_files::CustomerFile;
use super::args::FleetArguments;
use super::files::display_path;
use super::previous_reports::FailedRun;
use super::{CliError, Exit, journal, output, session, signals};

pub(super) use documents::FleetOutputs;
pub(super) use merge::merge;
pub use shard::Shard;

/// The reason of a customer that was not reached before the time limit.
const OUT_OF_TIME: &str = "the time limit of the run ended before this customer was checked";
/// The reason of a customer that was not reached before the interruption.
const INTERRUPTED: &str = "the run was interrupted before this customer was checked";

/// Why a run ends before all customers are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EarlyEnd {
    Deadline,
    Interrupted,
}

pub(super) async fn run(arguments: FleetArguments) -> Result<Exit, CliError> {
    check_fleet(&arguments).await.inspect_err(|error| {
        FailedRun::by(error, false).leave_no_report(&arguments.output.output, &[]);
    })
}

async fn check_fleet(arguments: &FleetArguments) -> Result<Exit, CliError> {
    let deadline = session::duration(&DurationOption::DEADLINE, arguments.run.deadline.as_deref())?;
    let outputs = FleetOutputs::new(&arguments.output)?;
    let shard = arguments.run.shard.unwrap_or(Shard::WHOLE);
    let mut files = customer_files::find(&arguments.paths)?;
    files.retain(|file| shard.contains(&file.name));
    let earlier = arguments
        .output
        .since
        .as_deref()
        .map(report_folder::read)
        .transpose()?;
    create_folder(&arguments.output_dir)?;
    let started_at = run_state::begin(&arguments.output_dir, shard, arguments.resume)?;
    let (mut customers, remaining) = split_checked(arguments, files, started_at);
    // A fleet never writes to a calendar, so it only lists test events of an earlier check.
    journal::report_open_events();
    let (checked, early_end) = check_all(arguments, &remaining, deadline).await;
    customers.extend(checked);
    let unreached = unreached(&remaining, &customers, early_end);
    for customer in &unreached {
        note_unreached(&arguments.output_dir, customer);
    }
    customers.extend(unreached);
    let report = combine(customers, earlier.as_deref(), Timestamp::now(), tool());
    outputs.write(&report)?;
    Ok(match early_end {
        Some(EarlyEnd::Interrupted) => Exit::Interrupted,
        _ => exit_of(&report),
    })
}

fn create_folder(folder: &Path) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|source| CliError::Unwritable {
        what: display_path(folder),
        source,
    })
}

/// The customers that this run has checked before, and the files of the others.
fn split_checked(
    arguments: &FleetArguments,
    files: Vec<CustomerFile>,
    started_at: Timestamp,
) -> (Vec<Customer>, Vec<CustomerFile>) {
    let mut checked = Vec::new();
    let mut remaining = Vec::new();
    for file in files {
        let earlier = arguments
            .resume
            .then(|| report_folder::read_report(&arguments.output_dir, &file.name))
            .flatten();
        match earlier {
            Some((time, customer)) if time >= started_at => checked.push(customer),
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
/// that `--fail-on` counts.
fn exit_of(report: &FleetReport) -> Exit {
    let codes: Vec<u8> = report
        .customers
        .iter()
        .map(|customer| match (customer.state, customer.exit_code) {
            (CustomerState::NotChecked, _) | (_, None) => exit_code::INCONCLUSIVE,
            (_, Some(code)) => code,
        })
        .collect();
    let order = [
        exit_code::NOT_READY,
        exit_code::INCONCLUSIVE,
        exit_code::LIMITED,
    ];
    let worst = order.into_iter().find(|code| codes.contains(code));
    // Any other code, such as that of an interrupted check, is not a clear verdict.
    let other = codes.iter().any(|code| *code != exit_code::SUCCESS);
    Exit::FromReport(worst.unwrap_or(if other {
        exit_code::INCONCLUSIVE
    } else {
        exit_code::SUCCESS
    }))
}
