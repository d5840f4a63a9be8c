//! `explain`: what a code, a cause, a check or a pasted log means. Offline.

mod codes;
mod cut;
mod found;
mod known;
mod place;
mod policy;
mod remedy;
mod scan;
mod sentences;
mod ticket;
mod times;
mod words;

use super::args::ExplainArguments;
use super::{CliError, Exit, input, output};
use crate::settings::echoed;

/// The longest log that is read; a longer one is cut there.
const LONGEST: u64 = 64 * 1024 * 1024;

pub(super) fn run(arguments: &ExplainArguments) -> Result<Exit, CliError> {
    let text = if arguments.what.is_empty() {
        joined_numbers(&pasted()?)
    } else {
        echoed(&arguments.what.join(" ")).into_owned()
    };
    let found = scan::scan(&text);
    output::document(&words::explain(&found, &text, arguments.what.is_empty()))?;
    Ok(if found.is_empty() { Exit::NothingFound } else { Exit::Fine })
}

fn pasted() -> Result<String, CliError> {
    let text = input::pasted("the log or the error", LONGEST)?;
    if text.trim().is_empty() {
        return Err(CliError::Usage("nothing to explain: name a code, a cause or a check, or paste a log".to_owned()));
    }
    Ok(text)
}

/// Joins numbers that quoted-printable mail has cut: `AADSTS70002=` and `22` on the next line are one number. The first part
/// alone can be another code.
fn joined_numbers(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('=') {
        let (front, behind) = rest.split_at(at);
        joined.push_str(front);
        let next_line = ["=\r\n", "=\n"].iter().find_map(|soft_break| behind.strip_prefix(soft_break));
        let is_cut = |next: &&str| front.ends_with(digit) && next.starts_with(digit);
        rest = next_line.filter(is_cut).unwrap_or_else(|| {
            joined.push('=');
            &behind[1..]
        });
    }
    joined.push_str(rest);
    joined
}

fn digit(character: char) -> bool {
    character.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_mail_has_cut_is_one_number() {
        for cut in ["AADSTS70002=\n22: x", "AADSTS70002=\r\n22: x", "AADSTS7=\n00022=\n2: x"] {
            assert_eq!(joined_numbers(cut), "AADSTS7000222: x", "{cut:?}");
        }
        for whole in ["a=\nb", "code=\n70002", "70002=\nx", "70002=22", "=", "70002="] {
            assert_eq!(joined_numbers(whole), whole);
        }
    }
}
