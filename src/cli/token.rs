//! `token`: a pasted access token against what a variant needs. Offline; no part of the token is ever echoed.

mod assess;
mod classify;
mod extract;
mod needs;

use super::args::TokenArguments;
use super::{CliError, Exit, input, output};
use assess::Assessment;
use classify::TokenForm;

/// The longest text that is read; Entra's tokens are a few kilobytes.
const MAX_BYTES: u64 = 256 * 1024;

pub(super) fn run(arguments: &TokenArguments) -> Result<Exit, CliError> {
    if !arguments.misplaced.is_empty() {
        return Err(CliError::Usage(
            "the token is read from standard input (for example, rx-preflight token < token.txt): as an argument, other \
             users of this machine and the history of the shell could show it"
                .to_owned(),
        ));
    }
    let text = input::pasted("the access token", MAX_BYTES)?;
    let found = extract::extract_token(&text)?;
    let (output, exit) = match classify::classify(&found.token)? {
        TokenForm::Readable(claims) => {
            let assessment = Assessment::new(&claims, arguments, found.claims_only);
            (
                assessment.text,
                if assessment.has_all_required {
                    Exit::Fine
                } else {
                    Exit::NotReady
                },
            )
        }
        TokenForm::Unreadable(why) => (classify::describe_unreadable(why), Exit::Inconclusive),
    };
    output::document(&output)?;
    Ok(exit)
}
