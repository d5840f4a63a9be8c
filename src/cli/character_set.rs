//! Characters that can be read where an output goes.

use std::env;
use std::io::{self, IsTerminal};

/// What is known about an output.
#[derive(Debug, Clone, Copy)]
struct Target {
    system: System,
    is_terminal: bool,
}

#[derive(Debug, Clone, Copy)]
enum System {
    /// Windows Terminal has every character; the older console does not.
    Windows { is_windows_terminal: bool },
    /// The locale describes the terminal.
    Unix { is_utf8_locale: bool },
}

impl Target {
    fn new(is_terminal: bool) -> Self {
        let variable = |name: &str| env::var(name).ok();
        let system = if cfg!(windows) {
            System::Windows {
                is_windows_terminal: variable("WT_SESSION").is_some_and(|value| !value.is_empty()),
            }
        } else {
            System::Unix {
                is_utf8_locale: is_utf8_locale(variable),
            }
        };
        Self {
            system,
            is_terminal,
        }
    }

    /// Whether characters outside ASCII arrive unchanged.
    fn shows_unicode(self) -> bool {
        match (self.system, self.is_terminal) {
            // A console receives Unicode whatever its code page is, so only its font matters.
            (
                System::Windows {
                    is_windows_terminal,
                },
                true,
            ) => is_windows_terminal,
            // PowerShell 5.1 and other programs decode a pipe by the code page of the machine.
            (System::Windows { .. }, false) => false,
            (System::Unix { is_utf8_locale }, true) => is_utf8_locale,
            // A pipe or a file on Unix takes UTF-8.
            (System::Unix { .. }, false) => true,
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

    fn shows_unicode(system: System, is_terminal: bool) -> bool {
        Target {
            system,
            is_terminal,
        }
        .shows_unicode()
    }

    #[test]
    fn windows_gets_unicode_only_on_windows_terminal_and_never_in_a_pipe() {
        for is_windows_terminal in [false, true] {
            let system = System::Windows {
                is_windows_terminal,
            };
            assert_eq!(shows_unicode(system, true), is_windows_terminal);
            // Windows Terminal shows what PowerShell has already decoded.
            assert!(!shows_unicode(system, false));
        }
    }

    #[test]
    fn a_terminal_of_unix_gets_unicode_only_by_its_locale_and_a_pipe_always() {
        for is_utf8_locale in [false, true] {
            let system = System::Unix { is_utf8_locale };
            assert_eq!(shows_unicode(system, true), is_utf8_locale);
            assert!(shows_unicode(system, false));
        }
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
