//! `token`: compares a pasted access token with what a variant needs. Works offline, and never prints a part of the token.

mod assess;
mod classify;
mod extract;
mod needs;

use assess::Assessment;
use classify::TokenForm;

use super::args::TokenArguments;
use super::{CliError, Exit, output, stdin};

/// Maximum size of the pasted text; tokens of Entra have a few kilobytes.
const MAX_BYTES: u64 = 256 * 1024;

pub(super) fn run(arguments: &TokenArguments) -> Result<Exit, CliError> {
    if !arguments.misplaced.is_empty() {
        return Err(CliError::Usage(
            "the token must be passed on standard input (for example, `rx-preflight token < token.txt`): other users of this \
             machine and the history of the shell could see an argument"
                .to_owned(),
        ));
    }
    let pasted = stdin::read_pasted("the access token", MAX_BYTES)?;
    let text = pasted.whole(MAX_BYTES, "paste the access token only")?;
    let (text, exit) = assess_text(&text, arguments)?;
    output::document(&text)?;
    Ok(exit)
}

/// Assesses a pasted token as `token` without options does.
///
/// # Errors
///
/// A text that contains no token, as a usage error.
pub fn assess_token(text: &str) -> Result<String, CliError> {
    let arguments = TokenArguments {
        misplaced: Vec::new(),
        api: None,
        require: Vec::new(),
    };
    assess_text(text, &arguments).map(|(text, _)| text)
}

fn assess_text(text: &str, arguments: &TokenArguments) -> Result<(String, Exit), CliError> {
    let extracted = extract::extract_token(text)?;
    let claims = match classify::classify(&extracted.token)? {
        TokenForm::Readable(claims) => claims,
        TokenForm::Unreadable(reason) => {
            let text = classify::describe_unreadable(reason);
            return Ok((text, Exit::Inconclusive));
        }
    };
    let assessment = Assessment::new(&claims, arguments, extracted.claims_only);
    let exit = if assessment.has_all_required {
        Exit::Success
    } else {
        Exit::NotReady
    };
    Ok((assessment.text, exit))
}
