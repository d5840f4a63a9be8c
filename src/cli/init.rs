//! `init`: writes a settings file from the values of the ResourceXpress console.

mod console_terminal;
mod dialog;
mod given_values;
mod interview;
mod secret_step;
mod settings_output;
mod tenant_directory;
mod wording;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Parser;
use tokio::runtime::Handle;

use crate::report;
use crate::settings::{DEFAULT_FILE, Reference, quotable};

use super::args::{Arguments, Command, InitArguments, TargetArguments};
use super::files::display_path;
use super::input_files::InputFiles;
use super::{CliError, Exit, check, cloud_endpoints, output, shell_words, signals};

use self::console_terminal::{ConsoleTerminal, Conversation};
use self::dialog::{Terminal, prompt_yes_no};
use self::interview::{Completed, Interview};
use self::tenant_directory::{Offline, SignInService, TenantDirectory};

/// A hidden prompt needs this time at most to restore the terminal after Ctrl-C.
const TIME_TO_RESTORE: Duration = Duration::from_millis(500);

const PROXY_OPTION: &str = "--proxy";

pub(super) async fn run(arguments: InitArguments) -> Result<Exit, CliError> {
    settings_output::check_target(&arguments)?;
    let reference = cloud_endpoints::reference();
    let arguments = std::sync::Arc::new(arguments);
    let (entered, own_reference) = (std::sync::Arc::clone(&arguments), reference.clone());
    let runtime = Handle::current();
    let conversation = Conversation::default();
    let terminal = ConsoleTerminal::new(arguments.yes, conversation.clone());
    // Reading a line blocks its thread; this one stays free for signals and requests.
    let mut entry = tokio::task::spawn_blocking(move || {
        enter_values(&entered, &own_reference, terminal, runtime)
    });
    let finished = tokio::select! {
        finished = &mut entry => finished,
        () = signals::interrupted() => {
            conversation.end();
            let _ = tokio::time::timeout(TIME_TO_RESTORE, entry).await;
            return Err(CliError::Interrupted);
        }
    };
    let (completed, inputs) = finished.map_err(|error| CliError::Internal(error.to_string()))??;
    for path in settings_output::write(&completed, &inputs, &arguments, &reference)? {
        let path = display_path(&path);
        output::message(&format!("rx-preflight: wrote {path}"));
    }
    offer_check(&arguments).await
}

/// Collects all values. Returns them with the files that were read.
fn enter_values(
    arguments: &InitArguments,
    reference: &Reference,
    mut terminal: ConsoleTerminal,
    runtime: Handle,
) -> Result<(Completed, Vec<PathBuf>), CliError> {
    let inputs = InputFiles::default();
    let (draft, secret_of_page) = given_values::read(arguments, &mut terminal, &inputs, reference)?;
    let tenants: Box<dyn TenantDirectory> = if arguments.offline {
        Box::new(Offline)
    } else {
        Box::new(SignInService::new(runtime, &arguments.target))
    };
    let interview = Interview {
        draft,
        terminal: &mut terminal,
        tenants: &*tenants,
        environment: &inputs,
        reference,
    };
    let mut completed = interview.complete()?;
    completed.secrets.extend(secret_of_page);
    for note in inputs.secret_file_notes() {
        terminal.print(&report::describe_input_note(&note));
    }
    Ok((completed, inputs.paths()))
}

/// Prints the next command, or runs it if the user agrees.
async fn offer_check(arguments: &InitArguments) -> Result<Exit, CliError> {
    let words = check_words(arguments);
    if !wants_check(arguments.yes).await {
        return print_next(words);
    }
    let parsed = Arguments::try_parse_from(["rx-preflight".to_owned()].into_iter().chain(words));
    match parsed.map(|parsed| parsed.command) {
        Ok(Command::Check(arguments)) => Box::pin(check::run(*arguments)).await,
        _ => Err(CliError::Internal("the check cannot be started".to_owned())),
    }
}

/// Whether the user agrees to run the check. The file is written, so Ctrl-C and the end of the input only mean No.
async fn wants_check(without_prompts: bool) -> bool {
    let entry = tokio::task::spawn_blocking(move || {
        let mut terminal = ConsoleTerminal::new(without_prompts, Conversation::default());
        terminal.is_interactive()
            && prompt_yes_no(&mut terminal, wording::RUN_CHECK, true).unwrap_or(false)
    });
    tokio::select! {
        runs = entry => runs.unwrap_or(false),
        () = signals::interrupted() => false,
    }
}

/// Prints the next command. A proxy with credentials is left out, because its password is a secret.
fn print_next(mut words: Vec<String>) -> Result<Exit, CliError> {
    let proxy = words.iter().position(|word| word == PROXY_OPTION);
    let is_secret = |at: &usize| words.get(at + 1).is_some_and(|value| value.contains('@'));
    if let Some(at) = proxy.filter(is_secret) {
        words.drain(at..at + 2);
        output::message(&format!("rx-preflight: note: {}", wording::PROXY_LEFT_OUT));
    }
    let line: Vec<String> = words.iter().map(|word| shell_words::quote(word)).collect();
    let line = format!("{} {}\n", shell_words::program_name(), line.join(" "));
    output::document(&quotable(&line))?;
    Ok(Exit::Success)
}

/// The words of the next command, with the addresses that this run used.
fn check_words(arguments: &InitArguments) -> Vec<String> {
    let mut words = vec!["check".to_owned()];
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([name.to_owned(), value]);
        }
    };
    let shown = |path: &Path| path.display().to_string();
    let is_default = arguments.output == Path::new(DEFAULT_FILE);
    option("--config", (!is_default).then(|| shown(&arguments.output)));
    let TargetArguments {
        login_url,
        graph_url,
        ews_url,
        ca_file,
        proxy,
        user_agent,
    } = &arguments.target;
    option("--login-url", login_url.clone());
    option("--graph-url", graph_url.clone());
    option("--ews-url", ews_url.clone());
    option("--ca-file", ca_file.as_deref().map(shown));
    option(PROXY_OPTION, proxy.clone());
    option("--user-agent", user_agent.clone());
    words
}

#[cfg(test)]
mod tests;
