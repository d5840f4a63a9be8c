//! What the stages so far made of the rows.

use super::judgment::Raised;
use crate::evidence::{Evidence, Observation};

/// The causes and notes that each judged row raises. A later stage reads them and judges no row again.
pub(super) struct Judgments<'e> {
    evidence: &'e Evidence,
    raised: Vec<Vec<Raised>>,
}

impl<'e> Judgments<'e> {
    /// Nothing is judged yet.
    pub(super) fn none(evidence: &'e Evidence) -> Self {
        Self {
            evidence,
            raised: vec![Vec::new(); evidence.observations.len()],
        }
    }

    /// Keeps what the row at `index` raises.
    pub(super) fn keep(&mut self, index: usize, raised: Vec<Raised>) {
        if let Some(place) = self.raised.get_mut(index) {
            *place = raised;
        }
    }

    /// What a row raises; nothing where its stage is still to come.
    pub(super) fn raised(&self, row: &Observation) -> &[Raised] {
        self.index_of(row)
            .and_then(|index| self.raised.get(index))
            .map_or(&[], Vec::as_slice)
    }

    /// The cause that a row points to.
    pub(super) fn first_raised(&self, row: &Observation) -> Option<Raised> {
        self.raised(row).first().cloned()
    }

    /// What every row raises, in the order of the rows.
    pub(super) fn into_raised(self) -> Vec<Vec<Raised>> {
        self.raised
    }

    /// The place of a row of this evidence, by its address: a report may hold a million rows.
    fn index_of(&self, row: &Observation) -> Option<usize> {
        let first = std::ptr::from_ref(self.evidence.observations.first()?).addr();
        let bytes = std::ptr::from_ref(row).addr().checked_sub(first)?;
        Some(bytes / size_of::<Observation>())
    }
}
