//! Characters that can be read where an output goes.

use std::env;
use std::io::{self, IsTerminal};

/// What is known about an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target {
    is_windows: bool,
    is_terminal: bool,
    /// The terminal is Windows Terminal, which has every character.
    is_windows_terminal: bool,
    /// The locale names UTF-8. Only Unix has one.
    is_utf8_locale: bool,
}

impl Target {
    fn new(is_terminal: bool) -> Self {
        let variable = |name: &str| env::var(name).ok();
        Self {
            is_windows: cfg!(windows),
            is_terminal,
            is_windows_terminal: variable("WT_SESSION").is_some_and(|value| !value.is_empty()),
            is_utf8_locale: is_utf8_locale(variable),
        }
    }

    /// Whether characters outside ASCII arrive unchanged.
    fn shows_unicode(self) -> bool {
        match (self.is_windows, self.is_terminal) {
            // The console gets its text in Unicode, whatever its code page; but the fonts of the old console lack characters.
            (true, true) => self.is_windows_terminal,
            // PowerShell 5.1 and other programs decode a pipe by the code page of the machine.
            (true, false) => false,
            (false, true) => self.is_utf8_locale,
            // A pipe or a file on Unix takes UTF-8.
            (false, false) => true,
        }
    }
}

/// Whether standard output takes characters outside ASCII.
pub(super) fn stdout_shows_unicode() -> bool {
    Target::new(io::stdout().is_terminal()).shows_unicode()
}

/// Whether standard error does.
pub(super) fn stderr_shows_unicode() -> bool {
    Target::new(io::stderr().is_terminal()).shows_unicode()
}

/// Whether the locale names UTF-8. This is the order of precedence in POSIX, where an empty variable counts as not set.
fn is_utf8_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let first = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    first.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIX: Target = Target {
        is_windows: false,
        is_terminal: false,
        is_windows_terminal: false,
        is_utf8_locale: false,
    };

    #[test]
    fn a_pipe_on_windows_gets_ascii_and_on_unix_utf8() {
        assert!(UNIX.shows_unicode());
        for is_windows_terminal in [false, true] {
            // Windows Terminal shows what PowerShell has already decoded.
            let pipe = Target {
                is_windows: true,
                is_windows_terminal,
                is_utf8_locale: true,
                ..UNIX
            };
            assert!(!pipe.shows_unicode());
        }
    }

    #[test]
    fn a_console_of_windows_gets_unicode_only_in_windows_terminal() {
        let console = Target {
            is_windows: true,
            is_terminal: true,
            // A variable of a Unix shell on Windows says nothing about the console.
            is_utf8_locale: true,
            ..UNIX
        };
        assert!(!console.shows_unicode());
        let terminal = Target {
            is_windows_terminal: true,
            ..console
        };
        assert!(terminal.shows_unicode());
    }

    #[test]
    fn a_terminal_of_unix_gets_unicode_only_by_its_locale() {
        let terminal = Target {
            is_terminal: true,
            is_windows_terminal: true,
            ..UNIX
        };
        assert!(!terminal.shows_unicode());
        let utf8 = Target {
            is_utf8_locale: true,
            ..terminal
        };
        assert!(utf8.shows_unicode());
    }

    #[test]
    fn the_first_variable_of_the_locale_that_is_set_decides() {
        for (set, is_utf8) in [
            (&[("LANG", "en_US.UTF-8")][..], true),
            (&[("LC_ALL", ""), ("LANG", "de_DE.utf8")], true),
            (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], false),
            (&[("LC_CTYPE", "C.UTF-8"), ("LANG", "C")], true),
            (&[], false),
        ] {
            let variable = |name: &str| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(is_utf8_locale(variable), is_utf8, "{set:?}");
        }
    }
}
