//! Comparison as plain text and as Markdown.

use crate::report::markdown::{code, escape};
use crate::report::sanitize::sanitize;
use crate::report::{display_names, wording};

use super::{ComparedCause, ComparedReadiness, ComparedRow, Comparison};

/// How many rows of a list are shown before the rest is counted.
const MAX_ITEMS: usize = 40;
/// How many rooms a line names.
const MAX_ROOMS: usize = 8;

/// Functions that write the parts of a comparison in one format.
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
    /// The comparison as plain text for a terminal; the summary is the first line.
    pub fn to_text(&self) -> String {
        self.render(&PLAIN, String::new())
    }

    /// The comparison as Markdown for a ticket; the summary is the heading.
    pub fn to_markdown(&self) -> String {
        self.render(&MARKDOWN, "## ".to_owned())
    }

    fn render(&self, style: &Style, page: String) -> String {
        let mut writer = Writer { style, page };
        writer.line(&(style.text)(&self.sentence()));
        writer.list(wording::LIMITS_OF_COMPARISON, &self.caution, |_, text| {
            (style.text)(text)
        });
        if let Some(migration) = &self.migration {
            writer.list(wording::MIGRATION, &migration.connections, readiness_line);
        }
        writer.list(wording::NEW_CAUSES, &self.new, cause_line);
        writer.list(wording::REMAINING_CAUSES, &self.still, cause_line);
        writer.list(wording::FIXED_CAUSES, &self.fixed, cause_line);
        writer.list(
            wording::NOT_CHECKED_AGAIN,
            &self.not_checked_again,
            cause_line,
        );
        writer.rooms(wording::ROOMS_ADDED, &self.rooms_added);
        writer.rooms(wording::ROOMS_REMOVED, &self.rooms_removed);
        writer.list(wording::CHANGED_RESULTS, &self.changed, row_line);
        writer.list(wording::NEWLY_CHECKED, &self.newly_checked, row_line);
        writer.list(wording::NOT_COMPARABLE, &self.not_comparable, row_line);
        writer.page
    }
}

/// A page under construction.
struct Writer<'s> {
    style: &'s Style,
    page: String,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.page.push_str(line);
        self.page.push('\n');
    }

    /// Adds the rooms that only one of the reports lists, in one line.
    fn rooms(&mut self, title: &str, rooms: &[String]) {
        if rooms.is_empty() {
            return;
        }
        let title = wording::heading_with_count(title, rooms.len());
        let names = wording::list_up_to(rooms, MAX_ROOMS);
        self.list(&title, &[names], |style, line| (style.text)(line));
    }

    /// Adds a heading with its items; nothing if there are none.
    fn list<T>(&mut self, title: &str, items: &[T], line_of: impl Fn(&Style, &T) -> String) {
        if items.is_empty() {
            return;
        }
        let style = self.style;
        self.page.push_str(&(style.heading)(title));
        for item in items.iter().take(MAX_ITEMS) {
            self.line(&format!("{} {}", style.bullet, line_of(style, item)));
        }
        if items.len() > MAX_ITEMS {
            let more = wording::more_items(items.len() - MAX_ITEMS);
            self.line(&format!("{} {more}", style.bullet));
        }
    }
}

fn readiness_line(style: &Style, connection: &ComparedReadiness) -> String {
    let name = display_names::connection_in_list(&connection.name);
    let now = wording::readiness(connection.after);
    let readiness = match connection.before.map(wording::readiness) {
        Some(before) if before == now => wording::as_before(now),
        Some(before) => wording::before_and_now(before, now),
        None => now.to_owned(),
    };
    let (before, after) = connection.rooms_on_graph;
    let rooms = wording::rooms_on_graph_before_and_now(before, after);
    (style.text)(&format!("{name}: {readiness}; {rooms}"))
}

fn cause_line(style: &Style, cause: &ComparedCause) -> String {
    let label = format!("[{}]", wording::requirement(cause.requirement));
    let mut details = vec![(style.id)(&cause.id)];
    if let Some(name) = &cause.connection {
        details.push((style.text)(&display_names::connection_in_list(name)));
    }
    let (before, after) = cause.subjects;
    if before != after {
        details.push(wording::affected_before_and_now(before, after));
    }
    format!(
        "{} {} ({})",
        (style.text)(&label),
        (style.text)(&cause.title),
        details.join(", ")
    )
}

fn row_line(style: &Style, row: &ComparedRow) -> String {
    let mut place = String::new();
    if let Some(name) = &row.connection {
        place = format!(
            "{}: ",
            (style.text)(&display_names::connection_in_list(name))
        );
    }
    format!(
        "{} {place}{}: {}",
        (style.id)(&row.check),
        (style.id)(&row.subject),
        wording::before_and_now(
            wording::compared_outcome(row.before),
            wording::compared_outcome(row.after)
        )
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::sample_report;
    use super::super::compare;

    #[test]
    fn the_summary_comes_first() {
        let comparison = compare(
            &sample_report::report(),
            &sample_report::report_all_passed(),
        );
        assert!(comparison.to_text().starts_with(&comparison.sentence()));
        assert!(
            comparison
                .to_markdown()
                .starts_with("## The result improved")
        );
        assert!(
            comparison.to_text().contains("\nFIXED\n")
                && comparison.to_markdown().contains("\n### Fixed\n")
        );
    }

    #[test]
    fn foreign_text_is_sanitized() {
        let before = sample_report::report_all_passed();
        let mut after = sample_report::report();
        after.causes[0].title = "<b>\u{1b}[31m`x`".to_owned();
        let comparison = compare(&before, &after);
        assert!(!comparison.to_text().contains('\u{1b}'));
        assert!(comparison.to_markdown().contains("\\<b\\>"));
    }
}
