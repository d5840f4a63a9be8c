//! The mode of the terminal, such as whether it shows what is typed.

#[cfg(unix)]
use std::fs::File;

#[cfg(unix)]
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

/// The mode of the terminal at a point in time; empty if this process has no terminal.
#[cfg(unix)]
pub(super) struct TerminalMode(Option<(File, Termios)>);

#[cfg(unix)]
impl TerminalMode {
    /// Saves the current mode.
    pub(super) fn save() -> Self {
        let saved = || {
            let terminal = File::open("/dev/tty").ok()?;
            let mode = tcgetattr(&terminal).ok()?;
            Some((terminal, mode))
        };
        Self(saved())
    }

    /// Returns the terminal to the saved mode.
    pub(super) fn restore(&self) {
        if let Some((terminal, mode)) = &self.0 {
            // There is nothing else to be done for a terminal that is gone.
            let _ = tcsetattr(terminal, OptionalActions::Now, mode);
        }
    }
}

/// On Windows, only unsafe code can read the mode of a console. A key such as Ctrl-C ends the prompt itself, which then
/// restores the mode.
#[cfg(not(unix))]
pub(super) struct TerminalMode;

#[cfg(not(unix))]
impl TerminalMode {
    pub(super) fn save() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the caller is the same on every system")]
    pub(super) fn restore(&self) {}
}
