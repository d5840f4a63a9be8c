//! `token`: a pasted access token against what a variant needs. Offline; no part of the token is ever echoed.

mod find;
mod form;
mod judge;
mod plan;

use super::args::TokenArguments;
use super::{CliError, Exit, output, stdin};
use form::Form;
use judge::Judged;

/// The longest text that is read; Entra's tokens are a few kilobytes.
const LONGEST: u64 = 256 * 1024;

pub(super) fn run(arguments: &TokenArguments) -> Result<Exit, CliError> {
    if !arguments.misplaced.is_empty() {
        return Err(CliError::Usage(
            "the token is read from standard input (for example, rx-preflight token < token.txt): as an argument, other \
             users of this machine and the history of the shell could show it"
                .to_owned(),
        ));
    }
    let text = stdin::read_pasted("the access token", LONGEST)?;
    let found = find::token(&text)?;
    let (answer, exit) = match form::of(&found.token)? {
        Form::Readable(claims) => {
            let judged = Judged::new(&claims, arguments, found.claims_only);
            (
                judged.text,
                if judged.good {
                    Exit::Success
                } else {
                    Exit::NotReady
                },
            )
        }
        Form::Closed(why) => (form::closed(why), Exit::Inconclusive),
    };
    output::document(&answer)?;
    Ok(exit)
}
