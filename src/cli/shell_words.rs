//! Words of a command line that is ready to copy into a shell.

use std::path::Path;

use crate::report::sanitize::{sanitize_command, sanitize_line};

use super::files;

/// Characters that no shell gives a meaning: not a POSIX shell, not PowerShell, not cmd.
const PLAIN: &str = "-_./:@+=";
/// Characters that keep their meaning between double quotes in one of the three.
const SPECIAL_IN_QUOTES: &str = "\"$`\\!%";

/// The program as the user starts it: by its name where the shell finds it, else by its path.
pub(super) fn program_name() -> String {
    let typed = std::env::args_os().next().unwrap_or_default();
    if Path::new(&typed).components().count() < 2 {
        return "rx-preflight".to_owned();
    }
    quote(&files::absolute(Path::new(&typed)).display().to_string())
}

/// A word that the shell reads as it is: plain, else between double quotes, which every shell has. What double quotes do
/// not protect goes between the single quotes of a POSIX shell. Characters that would steer the terminal are escaped.
pub(super) fn quote(word: &str) -> String {
    let is_plain = |letter: char| {
        letter.is_ascii_alphanumeric()
            || PLAIN.contains(letter)
            // On Windows a backslash separates folders; in a POSIX shell it escapes the next character.
            || (cfg!(windows) && letter == '\\')
    };
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if word.chars().any(steers_terminal) {
        return escaped(word);
    }
    let is_special =
        |letter: char| SPECIAL_IN_QUOTES.contains(letter) && !(cfg!(windows) && letter == '\\');
    // To cmd, single quotes are ordinary characters, so a line for Windows uses double quotes only.
    if cfg!(windows) || !word.chars().any(is_special) {
        return format!("\"{word}\"");
    }
    // Nothing can be escaped between single quotes, so the quotes are closed around an escaped one.
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn steers_terminal(letter: char) -> bool {
    letter.is_control() || sanitize_command(letter.encode_utf8(&mut [0; 4])) != letter.to_string()
}

/// A word in the quotes in which Bash, Zsh and Ksh read escapes. No shell of Windows has such quotes, and no file name there
/// has a control character, so the word is shown for reading only.
fn escaped(word: &str) -> String {
    if cfg!(windows) {
        return format!("\"{}\"", sanitize_line(word));
    }
    let escape = |letter: char| match letter {
        '\'' | '\\' => format!("\\{letter}"),
        letter if !steers_terminal(letter) => letter.to_string(),
        // Three octal digits, and eight hexadecimal ones, because the next character could be a digit as well.
        letter if letter.is_ascii() => format!("\\{:03o}", u32::from(letter)),
        letter => format!("\\U{:08X}", u32::from(letter)),
    };
    format!("$'{}'", word.chars().map(escape).collect::<String>())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_posix_shell_reads_every_word_as_it_was() {
        let words = [
            "http://127.0.0.1:8443/v1.0",
            "http://[::1]:8443",
            "/tmp/a folder/rx-preflight.toml",
            "/tmp/it's/$HOME/`x`/a\"b\\c!*?~",
            "a;b&c|d(e)<f>#g",
            "",
            "50%",
        ];
        let line = words
            .iter()
            .map(|word| quote(word))
            .collect::<Vec<_>>()
            .join(" ");
        let printed = std::process::Command::new("sh")
            .args(["-c", &format!("printf '%s\\n' {line}")])
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8(printed.stdout)
                .unwrap()
                .lines()
                .collect::<Vec<_>>(),
            words
        );
        assert_eq!(
            (quote(words[0]), quote(words[2])),
            (words[0].to_owned(), format!("\"{}\"", words[2]))
        );
    }

    #[test]
    fn a_character_that_steers_the_terminal_is_escaped() {
        for (word, shown) in [
            ("d/a\nb\u{1b}[31m.toml", r"$'d/a\012b\033[31m.toml'"),
            ("a\u{7f}7\u{9b}2J", r"$'a\1777\U0000009B2J'"),
            ("it's\t\\ \u{202e}a", r"$'it\'s\011\\ \U0000202Ea'"),
        ] {
            assert_eq!(quote(word), shown);
        }
        // Bash reads back the name of the file.
        let word = "it's \\ d/a\nb\u{1b}[31m1.toml";
        let printed = std::process::Command::new("bash")
            .args(["-c", &format!("printf %s {}", quote(word))])
            .output();
        if let Ok(printed) = printed {
            assert_eq!(String::from_utf8_lossy(&printed.stdout), word);
        }
    }
}
