//! Runs a command: from the command line to the exit code.

use std::ffi::OsStr;
use std::panic::AssertUnwindSafe;

use clap::Parser;
use tokio::runtime::Builder;

use crate::report::sanitize::sanitize_line;
use crate::report::wording;
use crate::settings::{looks_like_a_secret, quotable};

use super::args::{Arguments, Command};
use super::plugin::Caller;
use super::{
    CliError, Exit, check, collect, completions, demo, diff, explain, fleet, guide, init, man,
    output, rejected_arguments, report, requirements, runtime, schema, simulate, token,
};

/// Runs the program with the arguments of the process.
pub fn main() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return print_usage_error(&error),
    };
    let caller = Caller::of(&arguments.command);
    // A panic is a defect of this program, so it gets the exit code of an internal error.
    match std::panic::catch_unwind(AssertUnwindSafe(|| run(arguments))) {
        Err(_) => caller.end_failed(Exit::Failed, wording::INTERNAL_ERROR),
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            let mut prefix = "rx-preflight: ";
            for line in error.lines() {
                output::message(&format!("{prefix}{line}"));
                // The lines of one error belong together, so only the first one names the program.
                prefix = "";
            }
            caller.end_failed(error.exit(), &error.lines().join("; "))
        }
    }
}

/// Prints the help or the usage error of clap. Its messages quote the command line, so a secret in them is removed, and
/// control characters are shown as code points. Without either, clap prints its own styled form.
fn print_usage_error(error: &clap::Error) -> Exit {
    if looks_like_a_secret(&error.render().to_string()) {
        output::message(usage_message(error).trim_end());
    } else if std::env::args_os().any(|argument| is_unsafe_for_terminal(&argument)) {
        // The plain form of clap has lost the escape sequences already, but not every character that steers a terminal.
        for line in usage_message(error).trim_end().lines() {
            output::message(line);
        }
    } else {
        // There is nowhere to report that help cannot be shown.
        let _ = error.print();
    }
    // Clap returns `--help` and `--version` as errors as well, but they are not wrong usage.
    if !error.use_stderr() {
        return Exit::Success;
    }
    let message = usage_message(error);
    let reason = message.lines().next().unwrap_or_default();
    rejected_arguments::end_without_report(std::env::args_os(), reason);
    Caller::of_rejected(std::env::args_os()).end_failed(Exit::Usage, reason)
}

fn is_unsafe_for_terminal(argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    sanitize_line(&text) != text
}

/// Message of clap, without anything that looks like a secret.
pub fn usage_message(error: &clap::Error) -> String {
    quotable(&error.render().to_string()).into_owned()
}

fn run(arguments: Arguments) -> Result<Exit, CliError> {
    match arguments.command {
        Command::Check(arguments) => block_on(&mut runtime::for_check(), check::run(*arguments)),
        Command::Migrate(arguments) => {
            block_on(&mut runtime::for_check(), check::migrate(*arguments))
        }
        Command::Fleet(arguments) => block_on(&mut runtime::for_check(), fleet::run(*arguments)),
        Command::Init(arguments) => block_on(&mut runtime::for_check(), init::run(*arguments)),
        Command::Demo(arguments) => {
            block_on(&mut runtime::for_simulated_tenant(), demo::run(arguments))
        }
        Command::Simulate(arguments) => block_on(
            &mut runtime::for_simulated_tenant(),
            simulate::run(arguments),
        ),
        Command::Report(arguments) => report::run(&arguments),
        Command::Collect(arguments) => collect::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Requirements(arguments) => requirements::run(&arguments),
        Command::Guide(arguments) => guide::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Completions { shell } => completions::run(shell),
        Command::Man { command } => man::run(command.as_deref()),
    }
}

/// Runs a command on a runtime until it ends.
fn block_on(
    builder: &mut Builder,
    command: impl Future<Output = Result<Exit, CliError>>,
) -> Result<Exit, CliError> {
    runtime::ensure_file_handles()?;
    let runtime = builder
        .enable_all()
        .build()
        .map_err(|error| CliError::Internal(error.to_string()))?;
    let exit = runtime.block_on(command);
    // Blocking tasks that are still running must not delay the end of the program.
    runtime.shutdown_background();
    exit
}
