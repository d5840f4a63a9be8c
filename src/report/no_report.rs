//! What a document for a monitor states where a run ended without a report.

use jiff::Timestamp;

/// A run that ended without a report. A monitor that reads the document of an earlier run would show its verdict as that of
/// today, so the formats for monitors have a document for this case as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReport<'a> {
    /// When the run ended.
    pub at: Timestamp,
    /// The name of the document's file without its folder; empty on standard output.
    pub file: &'a str,
    /// Why there is no report, in the words of the error message.
    pub reason: &'a str,
    /// The exit code of the run, by the table of this program.
    pub exit_code: u8,
}
