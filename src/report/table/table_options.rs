//! How the report for people is drawn.

/// How the report is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// The width of the terminal in columns; below 60 the report is drawn as for 60.
    pub width: usize,
    /// Color, which never carries information of its own.
    pub color: bool,
    /// Whether the console shows characters outside ASCII.
    pub unicode: bool,
    /// No tables and no lines, for screen readers and for pasting.
    pub plain: bool,
    /// How much is shown.
    pub detail: Detail,
}

/// How much of the report is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// At most twelve lines, for a chat.
    Brief,
    /// One screen: the verdict, what was tested, each problem in a few lines, and what to do first.
    Normal,
    /// The problems in full, every row and every request.
    Verbose,
    /// The problem or note with this number in full.
    Problem(usize),
}
