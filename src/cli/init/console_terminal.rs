//! The terminal of this process.

use std::io::{self, BufRead, ErrorKind, IsTerminal};

use crate::cli::console;

use super::dialog::Terminal;

/// Standard input and standard error; standard output stays free for the next command.
pub(super) struct ConsoleTerminal {
    interactive: bool,
}

impl ConsoleTerminal {
    /// Values can be entered if both the input and the prompts belong to a terminal, unless the user wants no prompts.
    pub(super) fn new(without_prompts: bool) -> Self {
        let has_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        Self {
            interactive: has_terminal && !without_prompts,
        }
    }
}

impl Terminal for ConsoleTerminal {
    fn is_interactive(&self) -> bool {
        self.interactive
    }

    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        console::prompt(prompt);
        let mut bytes = Vec::new();
        // Not every terminal sends UTF-8, and a wrong letter is better reported by the rules for the value.
        let length = io::stdin().lock().read_until(b'\n', &mut bytes)?;
        Ok((length > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn read_hidden(&mut self, prompt: &str) -> io::Result<Option<String>> {
        console::prompt(prompt);
        match rpassword::read_password() {
            Ok(line) => Ok(Some(line)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn print(&mut self, message: &str) {
        if self.interactive {
            console::message(message);
        } else {
            console::message(&format!("rx-preflight: note: {message}"));
        }
    }
}
