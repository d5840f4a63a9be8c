//! The page on which the report is drawn, line by line.

use comfy_table::presets::NOTHING;
use comfy_table::{ColumnConstraint, ContentArrangement, LineStyle, Table, Width};
use unicode_width::UnicodeWidthStr;

use super::tone::Tone;
use super::{TableOptions, wrap};

/// Below this width nothing can be laid out well.
const NARROWEST: usize = 60;

/// Above this width lines get hard to read.
const WIDEST: usize = 140;

/// Lines so far, and how lines are made.
pub struct Page {
    /// The width in columns.
    pub width: usize,
    /// Neither tables nor lines.
    pub plain: bool,
    color: bool,
    unicode: bool,
    lines: Vec<String>,
}

/// A piece of a table: its text, one or more lines, and its tone.
pub type Piece = (Vec<String>, Tone);

impl Page {
    /// An empty page.
    pub fn new(options: &TableOptions) -> Self {
        Self {
            width: options.width.clamp(NARROWEST, WIDEST),
            plain: options.plain,
            color: options.color,
            unicode: options.unicode,
            lines: Vec::new(),
        }
    }

    /// A text in a tone.
    pub fn paint(&self, text: &str, tone: Tone) -> String {
        tone.paint(text, self.color)
    }

    /// Adds a finished line.
    pub fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into().trim_end().to_owned());
    }

    /// Adds an empty line, unless the page is empty or ends with one.
    pub fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Adds the heading of a part, in uppercase: without color nothing else sets it apart.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        let heading = self.paint(&text.to_uppercase(), Tone::Strong);
        self.line(heading);
    }

    /// Adds a text, broken into lines, behind a label on the first line.
    pub fn labeled(&mut self, indent: usize, label: &str, label_width: usize, text: &str) {
        let room = self.width.saturating_sub(indent + label_width);
        self.labeled_lines(indent, (label, label_width), &wrap::lines(text, room));
    }

    /// As [`Self::labeled`], with every command between backticks in one line, so that it can be copied.
    pub fn labeled_with_commands(
        &mut self,
        indent: usize,
        label: &str,
        label_width: usize,
        text: &str,
    ) {
        let room = self.width.saturating_sub(indent + label_width);
        let lines = wrap::lines_with_commands(text, room);
        self.labeled_lines(indent, (label, label_width), &lines);
    }

    /// As [`Self::labeled`], with at most so many lines; the rest of the text is left out.
    pub fn labeled_start(
        &mut self,
        indent: usize,
        (label, label_width): (&str, usize),
        text: &str,
        most: usize,
    ) {
        let room = self.width.saturating_sub(indent + label_width);
        let lines = wrap::first_lines(text, room, most);
        self.labeled_lines(indent, (label, label_width), &lines);
    }

    /// Adds lines that are broken already, behind a label on the first one.
    fn labeled_lines(
        &mut self,
        indent: usize,
        (label, label_width): (&str, usize),
        lines: &[String],
    ) {
        for (index, line) in lines.iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            self.labeled_line(indent, label, label_width, line);
        }
    }

    /// Adds a text in a tone, broken into lines, behind a mark of the given width that is painted already.
    pub fn marked(&mut self, mark: &str, mark_width: usize, text: &str, tone: Tone) {
        let lines = wrap::lines(text, self.width.saturating_sub(mark_width));
        for (index, line) in lines.iter().enumerate() {
            let line = self.paint(line, tone);
            let spaces = " ".repeat(mark_width);
            self.line(format!("{}{line}", if index == 0 { mark } else { &spaces }));
        }
    }

    /// Adds a line that is not broken, behind a label.
    pub fn labeled_line(&mut self, indent: usize, label: &str, label_width: usize, text: &str) {
        let mut label = wrap::pad(label, label_width);
        // A label that is wider than its column must not run into the text.
        if label_width > 0 && !label.ends_with(' ') {
            label.push(' ');
        }
        let label = self.paint(&label, Tone::Quiet);
        self.line(format!("{}{label}{text}", " ".repeat(indent)));
    }

    /// Adds a numbered step, broken into lines, behind a label.
    pub fn numbered(
        &mut self,
        indent: usize,
        label: &str,
        label_width: usize,
        number: usize,
        text: &str,
    ) {
        let number = format!("{number}. ");
        let room = self
            .width
            .saturating_sub(indent + label_width + number.len());
        for (index, line) in wrap::lines(text, room).iter().enumerate() {
            let first = index == 0;
            let marker = wrap::pad(if first { &number } else { "" }, number.len());
            self.labeled_line(
                indent,
                if first { label } else { "" },
                label_width,
                &format!("{marker}{line}"),
            );
        }
    }

    /// Adds a text, broken into lines and indented.
    pub fn paragraph(&mut self, indent: usize, text: &str) {
        self.labeled(indent, "", 0, text);
    }

    /// Adds a table. Cells hold lines that are broken already, so that the table never breaks an id.
    pub fn table(&mut self, header: &[&str], rows: Vec<Vec<Piece>>, widths: &[usize]) {
        let mut table = Table::new();
        let rule = if self.unicode { '\u{2500}' } else { '-' };
        let style = NOTHING.header_separator(LineStyle::none().fill(rule).junction(rule));
        table
            .load_style(style)
            .set_content_arrangement(ContentArrangement::Disabled)
            // The library would measure the terminal of the process, which is not where the report is always written.
            .force_no_tty();
        // Without a terminal the library would leave out the colors.
        if self.color {
            table.enforce_styling();
        }
        table.set_header(
            header
                .iter()
                .map(|title| Tone::Quiet.cell((*title).to_owned())),
        );
        for row in rows {
            table.add_row(
                row.into_iter()
                    .map(|(lines, tone)| tone.cell(lines.join("\n"))),
            );
        }
        let constraint =
            |width: &usize| ColumnConstraint::LowerBoundary(Width::Fixed(to_u16(*width)));
        table.set_constraints(widths.iter().map(constraint));
        let last = widths.len().saturating_sub(1);
        for column in table.column_iter_mut() {
            column.set_padding((0, if column.index == last { 0 } else { 2 }));
        }
        for line in table.lines() {
            self.line(format!(" {line}"));
        }
    }

    /// The page as text, with a line break at the end.
    pub fn finish(self) -> String {
        self.lines.join("\n") + "\n"
    }
}

fn to_u16(width: usize) -> u16 {
    u16::try_from(width).unwrap_or(u16::MAX)
}

/// The widest of some texts, in columns.
pub fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts
        .into_iter()
        .map(UnicodeWidthStr::width)
        .max()
        .unwrap_or(0)
}
