//! Words of a command line that is ready to copy into a shell.

use std::path::Path;

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
/// not protect goes between the single quotes of a POSIX shell.
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
    let is_special =
        |letter: char| SPECIAL_IN_QUOTES.contains(letter) && !(cfg!(windows) && letter == '\\');
    // To cmd, single quotes are ordinary characters, so a line for Windows uses double quotes only.
    if cfg!(windows) || !word.chars().any(is_special) {
        return format!("\"{word}\"");
    }
    // Nothing can be escaped between single quotes, so the quotes are closed around an escaped one.
    format!("'{}'", word.replace('\'', r"'\''"))
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
}
