//! Elements that several parts of a page have: commands, sentences, and links.

use maud::{Markup, html};

use crate::diagnosis::{Command, ConsoleValues};
use crate::report::{long_command, migration_view, wording};

/// A command with more lines than this does not have to stay on one printed page.
const LONG_BLOCK: usize = 30;

/// A command to copy. A long one may go on over several printed pages; a short one stays on one.
pub(in crate::report) fn code_block(command: &Command) -> Markup {
    let text = long_command::for_a_page(command);
    let is_long = text.lines().count() > LONG_BLOCK;
    html! { pre class=[is_long.then_some("long")] { code { (text) } } }
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
                thead { tr { th { (wording::COLUMN_FIELD) } th { (wording::COLUMN_OVER_GRAPH) } th { (wording::COLUMN_OVER_EWS) } } }
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

/// Where to read more, as an entry of a list of names and values.
pub(in crate::report) fn links(links: &[String]) -> Markup {
    let links: Vec<&String> = links
        .iter()
        // A report is a file that may have been edited, so a scheme such as `javascript:` must not become a link.
        .filter(|link| link.starts_with("https://"))
        .collect();
    html! {
        @if !links.is_empty() {
            dt { (wording::LEARN_MORE) }
            @for link in links { dd { a href=(link) rel="noreferrer" { (link) } } }
        }
    }
}
