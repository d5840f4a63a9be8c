//! Whether a later report is better or worse.

use serde::Serialize;

/// Whether the later report is better or worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Something is worse than before.
    Worse,
    /// Nothing is worse or better.
    Same,
    /// Something is better and nothing is worse.
    Better,
}
