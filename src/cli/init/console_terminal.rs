//! The terminal of this process.

use std::io::{self, BufRead, ErrorKind, IsTerminal};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::console;
use crate::cli::hidden_prompt::read_hidden;

use super::dialog::Terminal;

/// Ends the conversation of a [`ConsoleTerminal`] from another thread: after an interruption, the thread that enters the
/// values goes on for a moment, and must not print anything more.
#[derive(Debug, Clone, Default)]
pub(super) struct Conversation(Arc<AtomicBool>);

impl Conversation {
    /// From now on, the terminal prints nothing and reads the end of the input.
    pub(super) fn end(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn has_ended(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Standard input and standard error; standard output stays free for the next command.
pub(super) struct ConsoleTerminal {
    interactive: bool,
    conversation: Conversation,
}

impl ConsoleTerminal {
    /// Values can be entered if both the input and the prompts belong to a terminal, unless the user wants no prompts.
    pub(super) fn new(without_prompts: bool, conversation: Conversation) -> Self {
        let has_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        Self {
            interactive: has_terminal && !without_prompts,
            conversation,
        }
    }
}

impl Terminal for ConsoleTerminal {
    fn is_interactive(&self) -> bool {
        self.interactive
    }

    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        if self.conversation.has_ended() {
            return Ok(None);
        }
        console::prompt(prompt);
        let mut bytes = Vec::new();
        // Not every terminal sends UTF-8, and a wrong letter is better reported by the rules for the value.
        let length = io::stdin().lock().read_until(b'\n', &mut bytes)?;
        Ok((length > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
    }

    fn read_hidden(&mut self, prompt: &str) -> io::Result<Option<String>> {
        if self.conversation.has_ended() {
            return Ok(None);
        }
        console::prompt(prompt);
        match read_hidden(rpassword::read_password) {
            Ok(line) => Ok(Some(line)),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn print(&mut self, message: &str) {
        if self.conversation.has_ended() {
            return;
        }
        if self.interactive {
            console::message(message);
        } else {
            console::message(&format!("rx-preflight: note: {message}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_end_of_a_conversation_nothing_is_read() {
        let conversation = Conversation::default();
        let mut terminal = ConsoleTerminal::new(false, conversation.clone());
        conversation.end();
        assert_eq!(terminal.read_line("Tenant ID: ").unwrap(), None);
        assert_eq!(terminal.read_hidden("Client Secret: ").unwrap(), None);
    }
}
