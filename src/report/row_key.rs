//! What identifies a row in two reports.

use crate::diagnosis::{ResultRow, without_port};

use super::loopback::is_loopback;

/// Check, connection and subject of a row. Two rows with one key are the same check in two reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct RowKey<'r> {
    /// By its ID, which is the order of the rows in a comparison.
    check: &'static str,
    connection: Option<&'r str>,
    subject: String,
}

impl<'r> RowKey<'r> {
    pub(super) fn of(row: &'r ResultRow) -> Self {
        Self {
            check: row.check.as_str(),
            connection: row.connection.as_deref(),
            // An address in another case is still the same mailbox.
            subject: without_local_port(&row.subject).to_lowercase(),
        }
    }
}

/// A subject without the port if it is a host on this machine: a simulated tenant listens on another port in every run.
pub(super) fn without_local_port(subject: &str) -> &str {
    let host = without_port(subject);
    if is_loopback(host) { host } else { subject }
}
