//! Prompts for one value after the other, in whatever way they reach the user.

use std::io;

use crate::cli::CliError;
use crate::settings::{ClientSecret, read_yes_no};

/// How often a value can be entered before `init` ends.
pub(super) const MOST_ATTEMPTS: usize = 5;

const INPUT_ENDED: &str = "the input ended before all values were entered; nothing was written";
const YES_OR_NO: &str = "Enter Yes or No.";

/// Where prompts appear and values are entered.
pub(super) trait Terminal {
    /// Whether a user can enter values. Otherwise only messages are shown.
    fn is_interactive(&self) -> bool;
    /// Shows a prompt and reads a line without its line break; `None` at the end of the input.
    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>>;
    /// The same without an echo.
    fn read_hidden(&mut self, prompt: &str) -> io::Result<Option<String>>;
    /// Shows a message.
    fn print(&mut self, message: &str);
}

/// One value to enter.
pub(super) struct Prompt<'a> {
    /// The name of the field, or a request.
    pub(super) label: &'a str,
    /// The value that an empty line means.
    pub(super) default: Option<String>,
    /// A value as it is expected.
    pub(super) example: &'a str,
}

impl Prompt<'_> {
    fn text(&self) -> String {
        match &self.default {
            Some(default) => format!("{} [{default}]: ", self.label),
            None => format!("{}: ", self.label),
        }
    }
}

/// Prompts until a value is accepted. The error of `accept` is a sentence that states what is wrong.
pub(super) fn prompt_until<T>(
    terminal: &mut dyn Terminal,
    prompt: &Prompt<'_>,
    mut accept: impl FnMut(&mut dyn Terminal, &str) -> Result<T, String>,
) -> Result<T, CliError> {
    for _ in 0..MOST_ATTEMPTS {
        let line = entered(terminal.read_line(&prompt.text()))?;
        let value = match (line.trim(), &prompt.default) {
            ("", Some(default)) => default,
            (value, _) => value,
        };
        match accept(terminal, value) {
            Ok(accepted) => return Ok(accepted),
            Err(why) => terminal.print(&format!("{why} Example: {}", prompt.example)),
        }
    }
    Err(no_value(prompt.label))
}

/// Prompts for Yes or No.
pub(super) fn prompt_yes_no(
    terminal: &mut dyn Terminal,
    label: &str,
    default: bool,
) -> Result<bool, CliError> {
    let default = if default { "Yes" } else { "No" };
    let prompt = Prompt {
        label,
        default: Some(default.to_owned()),
        example: default,
    };
    prompt_until(terminal, &prompt, |_, text| {
        read_yes_no(text).ok_or_else(|| YES_OR_NO.to_owned())
    })
}

/// Prompts for a secret until it is accepted; `None` for an empty line. The same secret twice is accepted as it is, because
/// what looks wrong with it is a suspicion.
pub(super) fn prompt_secret(
    terminal: &mut dyn Terminal,
    label: &str,
    judge: impl Fn(&ClientSecret) -> Option<String>,
) -> Result<Option<ClientSecret>, CliError> {
    let mut before: Option<ClientSecret> = None;
    for _ in 0..MOST_ATTEMPTS {
        let line = entered(terminal.read_hidden(&format!("{label}: ")))?;
        let secret = ClientSecret::new(line.trim().to_owned());
        if secret.expose().is_empty() {
            return Ok(None);
        }
        let is_repeated = before.is_some_and(|before| before.same_as(&secret));
        let Some(why) = judge(&secret).filter(|_| !is_repeated) else {
            return Ok(Some(secret));
        };
        terminal.print(&format!(
            "{why} Paste it again, or paste the same value to use it anyway."
        ));
        before = Some(secret);
    }
    Err(no_value("OAuth Client Secret"))
}

fn entered(read: io::Result<Option<String>>) -> Result<String, CliError> {
    match read {
        Ok(Some(line)) => Ok(line),
        Ok(None) => Err(CliError::Usage(INPUT_ENDED.to_owned())),
        // A hidden prompt reads Ctrl-C as a key, before the signal arrives.
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(CliError::Interrupted),
        Err(error) => Err(CliError::Usage(format!(
            "the terminal cannot be read: {}; nothing was written",
            error.kind()
        ))),
    }
}

pub(super) fn no_value(label: &str) -> CliError {
    CliError::Usage(format!(
        "no usable value for {label} was entered in {MOST_ATTEMPTS} attempts; nothing was written"
    ))
}
