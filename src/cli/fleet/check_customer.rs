//! The check of one customer of a fleet. Whatever happens to it, the run goes on.

use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::FutureExt as _;

use crate::cli::args::{
    FleetArguments, OutputArguments, RunArguments, SettingsArguments, TargetArguments,
    TenantArguments, WarningArguments,
};
use crate::cli::input_files::InputFiles;
use crate::cli::journal::FileJournal;
use crate::cli::output::Outputs;
use crate::cli::session::{self, Session, examine};
use crate::cli::{CliError, check};
use crate::report::fleet::{Customer, not_checked};
use crate::settings::{Transport, quotable};
use crate::wire::TrustStores;

use super::customer_files::CustomerFile;
use super::report_folder;

/// The reason of a customer whose check panicked.
const PANICKED: &str = "internal error: the check of this customer failed; report this as a defect";

/// The reason of a customer whose report was written and cannot be read.
const UNREADABLE: &str = "the report that was written cannot be read";

/// Checks a customer and writes its report. An error and a panic become a customer that was not checked.
pub(super) async fn check_customer(
    arguments: &FleetArguments,
    trust: &Arc<TrustStores>,
    file: &CustomerFile,
) -> Customer {
    let folder = &arguments.output_dir;
    let reason = match guarded(check_and_write(arguments, trust, file)).await {
        Ok(customer) => {
            report_folder::clear_not_checked(folder, &file.name);
            return customer;
        }
        Err(reason) => reason,
    };
    let written = report_folder::write_not_checked(folder, &file.name, &reason);
    match written {
        Ok(()) => not_checked(&file.name, &reason),
        Err(error) => not_checked(&file.name, &format!("{reason}; {error}")),
    }
}

/// The result of a check, or why there is none.
async fn guarded(
    check: impl Future<Output = Result<Customer, CliError>>,
) -> Result<Customer, String> {
    match AssertUnwindSafe(check).catch_unwind().await {
        Ok(Ok(customer)) => Ok(customer),
        Ok(Err(error)) => Err(quotable(&error.lines().join("; ")).into_owned()),
        Err(_) => Err(PANICKED.to_owned()),
    }
}

async fn check_and_write(
    arguments: &FleetArguments,
    trust: &Arc<TrustStores>,
    file: &CustomerFile,
) -> Result<Customer, CliError> {
    let own = tenant_arguments(arguments, file);
    let inputs = InputFiles::unattended();
    let session = Session {
        trust: Arc::clone(trust),
        ..check::prepare_unattended(&own, &inputs)?
    };
    let outputs = Outputs::new(&own.output, &inputs.paths())?;
    // The end of the whole run drops this check instead of interrupting it.
    let report = examine(&session, &FileJournal::none(), pending()).await?;
    outputs.write(&report, &session::secrets(&session.estate))?;
    // Only what was written is without secrets: a field of the settings can repeat one, which is masked on the way.
    report_folder::read_report(&arguments.output_dir, &file.name)
        .map(|(_, customer)| customer)
        .ok_or_else(|| CliError::Internal(UNREADABLE.to_owned()))
}

/// Reads the options that all customers share, which would be wrong for each of them.
///
/// # Errors
///
/// [`CliError::Usage`] and the errors of settings, as `check` has them.
pub(super) fn check_options(arguments: &FleetArguments) -> Result<(), CliError> {
    let run = run_arguments(arguments);
    session::extras(&run)?;
    session::limits(&run)?;
    Transport::read(
        arguments.ca_file.as_deref(),
        arguments.proxy.as_deref(),
        arguments.user_agent.as_deref(),
        &InputFiles::unattended(),
    )?;
    Ok(())
}

fn run_arguments(arguments: &FleetArguments) -> RunArguments {
    let run = &arguments.run;
    RunArguments {
        only: run.only.clone(),
        skip: run.skip.clone(),
        sample: run.sample,
        concurrency: run.concurrency,
        timeout: run.timeout.clone(),
        warning: WarningArguments {
            warn_days: run.warning.warn_days,
        },
        ..RunArguments::default()
    }
}

/// The arguments of the check of one customer.
fn tenant_arguments(arguments: &FleetArguments, file: &CustomerFile) -> TenantArguments {
    TenantArguments {
        settings: SettingsArguments {
            config: Some(file.path.clone()),
            ..SettingsArguments::default()
        },
        run: run_arguments(arguments),
        output: OutputArguments {
            output: vec![report_file(&arguments.output_dir, file)],
            quiet: true,
            fail_on: Some(arguments.fail_on),
            ..OutputArguments::default()
        },
        target: TargetArguments {
            ca_file: arguments.ca_file.clone(),
            proxy: arguments.proxy.clone(),
            user_agent: arguments.user_agent.clone(),
            ..TargetArguments::default()
        },
    }
}

fn report_file(folder: &Path, file: &CustomerFile) -> PathBuf {
    report_folder::report_path(folder, &file.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_the_reason_of_one_customer() {
        let panics = async { panic!("unexpected") };
        assert_eq!(guarded(panics).await.unwrap_err(), PANICKED);
        let fails = async { Err(CliError::Usage("wrong".to_owned())) };
        assert_eq!(guarded(fails).await.unwrap_err(), "wrong");
    }
}
