//! How the report for people is drawn.

/// How the report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// The width of the terminal in columns; below 60 the report is drawn as for 60.
    pub width: usize,
    /// Colour, which is only ever an extra.
    pub color: bool,
    /// Whether the console shows characters outside ASCII.
    pub unicode: bool,
    /// No tables and no lines, for screen readers and for pasting.
    pub plain: bool,
    /// How much is told.
    pub detail: Detail,
}

/// How much of the report is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// At most twelve lines, for a chat.
    Brief,
    /// The causes, and the rows that did not pass.
    Normal,
    /// Every row and every request as well.
    Verbose,
}
