//! Elements that several parts of a page have: commands, sentences, and links.

use maud::{Markup, html};

use crate::diagnosis::{Cause, Command, ConsoleValues};
use crate::report::{long_command, migration_view, wording};
use crate::terms::{Outcome, Requirement};

/// A command with more lines than this does not have to stay on one printed page.
const LONG_BLOCK: usize = 12;

/// The anchor of a numbered problem or note.
pub(in crate::report) fn anchor_of_problem(number: usize) -> String {
    format!("problem-{number}")
}

/// A link to a numbered problem or note.
pub(in crate::report) fn problem_link(number: usize) -> Markup {
    html! { a href=(format!("#{}", anchor_of_problem(number))) { (wording::problem_number(number)) } }
}

/// The requirement of a problem: the label carries it, the color only repeats it.
pub(in crate::report) fn requirement_tag(requirement: Requirement) -> Markup {
    let class = format!("tag {}", requirement.as_str());
    html! { span class=(class) { (wording::requirement(requirement)) } }
}

/// The requirement of a cause, or that it is accepted.
pub(in crate::report) fn cause_tag(cause: &Cause) -> Markup {
    let class = format!("tag {}", cause.requirement.as_str());
    html! { span class=(class) { (wording::cause_word(cause)) } }
}

/// The outcome of a check: the label carries it, the color only repeats it.
pub(in crate::report) fn outcome_tag(outcome: Outcome) -> Markup {
    let class = format!("tag {}", outcome.as_str());
    html! { span class=(class) { (wording::outcome(outcome)) } }
}

/// The steps of a fix.
pub(in crate::report) fn steps(steps: &[String]) -> Markup {
    html! { ol class="steps" { @for step in steps { li { (prose(step)) } } } }
}

/// Commands, each in a box of its own. `title` makes the line above the commands of one shell from the name of the shell.
pub(in crate::report) fn command_blocks(commands: &[Command], title: fn(&str) -> String) -> Markup {
    html! {
        @for blocks in commands.chunk_by(|one, next| one.shell() == next.shell()) {
            @if let [first, ..] = blocks { p class="shell" { (title(first.shell_name())) } }
            @for command in blocks { (code_block(command)) }
        }
    }
}

/// How to verify a fix.
pub(in crate::report) fn verification(verify: &str) -> Markup {
    html! { p { strong { (wording::VERIFY) ": " } (prose(verify)) } }
}

/// A command to copy: one click selects all of it. A long one may go on over several printed pages; a short one stays on
/// one.
fn code_block(command: &Command) -> Markup {
    let text = long_command::for_a_page(command);
    let is_long = text.lines().count() > LONG_BLOCK;
    // A box that scrolls must be reachable with the keyboard.
    html! { pre tabindex="0" class=[is_long.then_some("long")] { code { (text) } } }
}

/// A sentence; text between backticks is code, unless a backtick has no partner.
pub(in crate::report) fn prose(text: &str) -> Markup {
    // An odd number of pieces means that every backtick has a partner.
    let pieces: Vec<&str> = text.split('`').collect();
    html! {
        @if pieces.len().is_multiple_of(2) { (text) } @else {
            @for (index, piece) in pieces.iter().enumerate() {
                @if index.is_multiple_of(2) { (piece) } @else { code { (piece) } }
            }
        }
    }
}

/// The values to enter in the console.
pub(in crate::report) fn console_values(all: &[ConsoleValues]) -> Markup {
    html! {
        @for values in all {
            p { strong { (migration_view::places(values)) } }
            table {
                thead { tr { th scope="col" { (wording::COLUMN_FIELD) } th scope="col" { (wording::COLUMN_OVER_GRAPH) } th scope="col" { (wording::COLUMN_OVER_EWS) } } }
                tbody {
                    @for field in &values.fields {
                        tr {
                            td { (field.name) }
                            td { code { (field.over_graph) } @if let Some(note) = &field.note { br; (note) } }
                            td { code { (field.over_ews) } }
                        }
                    }
                }
            }
        }
    }
}

/// Where to read more.
pub(in crate::report) fn links(links: &[String]) -> Markup {
    let links: Vec<&String> = links
        .iter()
        // A report is a file that may have been edited, so a scheme such as `javascript:` must not become a link.
        .filter(|link| link.starts_with("https://"))
        .collect();
    html! {
        @if !links.is_empty() {
            p { (wording::LEARN_MORE) ":" }
            ul class="links" { @for link in links { li { a href=(link) rel="noreferrer" { (link) } } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_between_backticks_is_code() {
        let shown = |text: &str| prose(text).into_string();
        assert_eq!(
            shown("Run `a <b>` again"),
            "Run <code>a &lt;b&gt;</code> again"
        );
        assert_eq!(shown("a ` alone <b>"), "a ` alone &lt;b&gt;");
    }
}
