//! Labels and phrases of the hand-over to administrators.

use crate::terms::Confidence;

/// Title of the hand-over.
pub const HANDOVER_TITLE: &str = "Microsoft 365 tasks for ResourceXpress";
/// Label of a sign-in that the script contains already.
pub const SIGNED_IN_ABOVE: &str = "Signed in above";
/// Label of the role of a task.
pub const ROLE: &str = "Role";
/// Label of the confidence in a cause.
pub const CONFIDENCE: &str = "Confidence";
/// Label of the time of the check.
pub const CHECKED: &str = "Checked";
/// Heading of what only needs time.
pub const WAIT_THEN_REPEAT: &str = "No action needed: wait, then repeat the check";
/// Heading of the notes.
pub const NOTES_WITHOUT_FAILURES: &str = "Notes: these do not cause failures";

/// Heading of the problems of today that remain after the move to Graph.
pub const REMAINING_PROBLEMS: &str = "Problems of today that the move does not fix";
/// The sentence below that heading.
pub const REMAINING_PROBLEMS_NOTE: &str =
    "These problems do not depend on the move. Fix them independently of the parts above.";
/// What to do about a missing input, for a reader who does not have this program.
pub const PROVIDE_MISSING_INPUT: &str = "Send the missing value to the person who sent you this document, and have that person repeat the check with it.";
/// What to do about a check without a clear result.
pub const REPEAT_THE_CHECK: &str = "Have the person who sent you this document repeat the check.";

/// A reason that follows a label, as a sentence of its own.
pub fn as_sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// The note at the top of a script.
pub const SCRIPT_NOTE: &str = "This script changes nothing when you run it as it is. It signs in, reads settings, \
                               and shows with -WhatIf what would change. Lines that change settings are comments. \
                               When you sign in, Microsoft Graph may request consent for its own tool. You decide \
                               whether to grant it.";

/// The sentence before a command.
pub fn command_note(shell: &str) -> String {
    format!(
        "Run in {shell}. As printed, this changes nothing: lines that change settings are comments."
    )
}

/// The sentence, in a script, before a command of another shell.
pub fn other_shell_note(shell: &str) -> String {
    format!("Run this in {shell}, not in this script. Lines with a second # change settings:")
}

/// What a reader of a redacted copy must do before running a command.
pub const PSEUDONYMS_IN_COMMANDS: &str = "Names, addresses and IDs are pseudonyms. Replace them with the real values before you run a command.";

/// Label of one step, by its number from 1.
pub fn step(number: usize) -> String {
    format!("Step {number}")
}

/// A connection of the target in a hand-over.
pub fn target_connection(name: &str, api: &str, client_id: &str, rooms: &str) -> String {
    format!("{name}: {api}, app {client_id}, {rooms}")
}

/// The confidence in words; `None` for a confirmed cause.
pub fn confidence_note(confidence: Confidence) -> Option<&'static str> {
    match confidence {
        Confidence::Confirmed => None,
        Confidence::Likely => Some("likely; the responses suggest this cause but do not prove it"),
        Confidence::Possible => Some("possible; other causes would give the same responses"),
    }
}
