//! From the command line to the exit code.

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
    match run(arguments) {
        Ok(exit) => exit,
        Err(error) => {
            output::message(&format!("rx-preflight: {error}"));
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
        Command::Man { command } => man::run(command.as_deref()),
    }
}

/// Runs a command to its end.
fn on(builder: &mut Builder, command: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = builder.enable_all().build().map_err(|error| CliError::Internal(error.to_string()))?;
    let exit = runtime.block_on(command);
    runtime.shutdown_background();
    exit
}
