//! A comparison for people: plain lines, and the same as Markdown.

use std::fmt::Write as _;

use super::{ComparedCause, ComparedRow, Comparison};
use crate::report::markdown::{code, escape};
use crate::report::sanitize::sanitize;
use crate::report::{display_names, wording};
use crate::terms::Outcome;

/// How many rows of a list are told before the rest is counted.
const MAX_ITEMS: usize = 40;
/// How many rooms a line names.
const MAX_ROOMS: usize = 8;

/// How the pieces of a comparison are written.
struct Style {
    heading: fn(&str) -> String,
    bullet: &'static str,
    text: fn(&str) -> String,
    id: fn(&str) -> String,
}

const PLAIN: Style = Style {
    heading: |title| format!("\n{}\n", title.to_uppercase()),
    bullet: " ",
    text: sanitize,
    id: sanitize,
};

const MARKDOWN: Style = Style {
    heading: |title| format!("\n### {title}\n\n"),
    bullet: "-",
    text: |text| escape(&sanitize(text)),
    id: |text| code(&sanitize(text)),
};

impl Comparison {
    /// Plain lines for a terminal; the sentence about the whole comes first.
    pub fn to_text(&self) -> String {
        self.draw(&PLAIN, String::new())
    }

    /// Markdown for a ticket; the sentence about the whole comes first.
    pub fn to_markdown(&self) -> String {
        self.draw(&MARKDOWN, "## ".to_owned())
    }

    fn draw(&self, style: &Style, mut page: String) -> String {
        let _ = writeln!(page, "{}", (style.text)(&self.sentence()));
        list(
            &mut page,
            style,
            "Compare with care",
            &self.caution,
            |text| (style.text)(text),
        );
        list(&mut page, style, "New", &self.new, |own| {
            cause_line(style, own)
        });
        list(&mut page, style, "Still there", &self.still, |own| {
            cause_line(style, own)
        });
        list(&mut page, style, "Fixed", &self.fixed, |own| {
            cause_line(style, own)
        });
        room_list(&mut page, style, "Rooms added", &self.rooms_added);
        room_list(&mut page, style, "Rooms removed", &self.rooms_removed);
        list(
            &mut page,
            style,
            "Checks that ended differently",
            &self.changed,
            |own| row_line(style, own),
        );
        list(
            &mut page,
            style,
            "Checked now, not before",
            &self.newly_checked,
            |own| row_line(style, own),
        );
        list(
            &mut page,
            style,
            "Left open now, or before and now",
            &self.not_comparable,
            |own| row_line(style, own),
        );
        page
    }
}

/// The rooms that only one of the reports lists, in one line.
fn room_list(page: &mut String, style: &Style, title: &str, rooms: &[String]) {
    if !rooms.is_empty() {
        let title = format!("{title} ({})", rooms.len());
        list(
            page,
            style,
            &title,
            &[wording::list_up_to(rooms, MAX_ROOMS)],
            |line| (style.text)(line),
        );
    }
}

fn list<T>(
    page: &mut String,
    style: &Style,
    title: &str,
    items: &[T],
    line: impl Fn(&T) -> String,
) {
    if items.is_empty() {
        return;
    }
    page.push_str(&(style.heading)(title));
    for item in items.iter().take(MAX_ITEMS) {
        let _ = writeln!(page, "{} {}", style.bullet, line(item));
    }
    if items.len() > MAX_ITEMS {
        let _ = writeln!(
            page,
            "{} and {} more",
            style.bullet,
            items.len() - MAX_ITEMS
        );
    }
}

fn cause_line(style: &Style, cause: &ComparedCause) -> String {
    let word = wording::requirement(cause.requirement);
    let of = cause
        .connection
        .as_deref()
        .map(|name| {
            format!(
                ", {}",
                (style.text)(&display_names::connection_in_list(name))
            )
        })
        .unwrap_or_default();
    let (before, after) = cause.subjects;
    let subjects = if before == after {
        String::new()
    } else {
        format!(", concerned {before} before and {after} now")
    };
    let word = (style.text)(&format!("[{word}]"));
    format!(
        "{word} {} ({}{of}{subjects})",
        (style.text)(&cause.title),
        (style.id)(&cause.id)
    )
}

fn row_line(style: &Style, row: &ComparedRow) -> String {
    let of = row
        .connection
        .as_deref()
        .map(|name| {
            format!(
                "{}: ",
                (style.text)(&display_names::connection_in_list(name))
            )
        })
        .unwrap_or_default();
    let (before, after) = (outcome_label(row.before), outcome_label(row.after));
    format!(
        "{} {of}{}: {before} before, {after} now",
        (style.id)(&row.check),
        (style.id)(&row.subject)
    )
}

fn outcome_label(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("not part of the check", wording::outcome)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture;
    use super::super::compare;

    #[test]
    fn the_sentence_about_the_whole_comes_first() {
        let comparison = compare(&fixture::report(), &fixture::report_all_passed());
        assert!(comparison.to_text().starts_with(&comparison.sentence()));
        assert!(comparison.to_markdown().starts_with("## It got better"));
        assert!(
            comparison.to_text().contains("\nFIXED\n")
                && comparison.to_markdown().contains("\n### Fixed\n")
        );
    }

    #[test]
    fn foreign_text_is_sanitized() {
        let before = fixture::report_all_passed();
        let mut after = fixture::report();
        after.causes[0].title = "<b>\u{1b}[31m`x`".to_owned();
        let comparison = compare(&before, &after);
        assert!(!comparison.to_text().contains('\u{1b}'));
        assert!(comparison.to_markdown().contains("\\<b\\>"));
    }
}
