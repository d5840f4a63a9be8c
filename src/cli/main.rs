//! From the command line to the exit code.

use std::panic::AssertUnwindSafe;

use clap::Parser;
use tokio::runtime::Builder;

use super::args::{Arguments, Command};
use super::{
    CliError, Exit, check, completions, demo, diff, explain, man, output, report, requirements, runtime, schema,
    simulate, token,
};

/// Runs the program with the arguments of the process.
pub fn main() -> Exit {
    let arguments = Arguments::parse();
    // A panic is a defect of this program, and has the exit code of one.
    match std::panic::catch_unwind(AssertUnwindSafe(|| run(arguments))) {
        Err(_) => Exit::Failed,
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            let mut prefix = "rx-preflight: ";
            for line in error.lines() {
                output::message(&format!("{prefix}{line}"));
                prefix = "";
            }
            error.exit()
        }
    }
}

fn run(arguments: Arguments) -> Result<Exit, CliError> {
    match arguments.command {
        Command::Check(arguments) => on(&mut runtime::of_a_check(), check::run(*arguments)),
        Command::Demo(arguments) => on(&mut runtime::of_a_tenant(), demo::run(arguments)),
        Command::Simulate(arguments) => on(&mut runtime::of_a_tenant(), simulate::run(arguments)),
        Command::Report(arguments) => report::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Token(arguments) => token::run(&arguments),
        Command::Requirements(arguments) => requirements::run(&arguments),
        Command::Schema => schema::run(),
        Command::Completions { shell } => completions::run(shell),
        Command::Man => man::run(),
    }
}

/// Runs a command to its end.
fn on(builder: &mut Builder, command: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    runtime::enough_handles()?;
    let runtime = builder.enable_all().build().map_err(|error| CliError::Internal(error.to_string()))?;
    let exit = runtime.block_on(command);
    runtime.shutdown_background();
    exit
}
