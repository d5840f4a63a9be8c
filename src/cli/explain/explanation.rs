//! Explanation under construction: its text, and the causes that it still has to describe.

use crate::knowledge::{self, CauseEntry};
use crate::terms::CauseId;

/// Text so far, and the causes that it leads to.
pub(super) struct Explanation {
    pub(super) text: String,
    /// Whether this program wrote the pasted text.
    pub(super) is_own: bool,
    /// Causes that a finding proves or clearly points to; they are described in full.
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Causes that are one possibility among several; each of them gets a line.
    pub(super) possible: Vec<&'static CauseEntry>,
}

impl Explanation {
    /// Starts an empty explanation of a text that this program wrote or did not write.
    pub(super) fn new(is_own: bool) -> Self {
        Self {
            text: String::new(),
            is_own,
            causes: Vec::new(),
            possible: Vec::new(),
        }
    }

    /// Appends a line.
    pub(super) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Appends the empty line that ends a paragraph.
    pub(super) fn end_paragraph(&mut self) {
        self.text.push('\n');
    }

    /// Adds a cause that is described in full.
    pub(super) fn add_cause(&mut self, id: CauseId) {
        push_once(&mut self.causes, id);
    }

    /// Adds a cause that is one possibility among several.
    pub(super) fn add_possible(&mut self, id: CauseId) {
        push_once(&mut self.possible, id);
    }

    /// Whether a cause applies here. One that only a check can establish does not apply to another product's log.
    pub(super) fn applies(&self, id: CauseId) -> bool {
        self.is_own || !knowledge::cause(id).check_only
    }
}

fn push_once(causes: &mut Vec<&'static CauseEntry>, id: CauseId) {
    if !causes.iter().any(|known| known.id == id) {
        causes.push(knowledge::cause(id));
    }
}

/// Ids in a row, separated by commas.
pub(super) fn joined(causes: &[CauseId]) -> String {
    let ids: Vec<&str> = causes.iter().map(|id| id.as_str()).collect();
    ids.join(", ")
}
