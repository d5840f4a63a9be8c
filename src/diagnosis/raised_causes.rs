//! Causes that the stages which have run raised, row by row.

use crate::evidence::{Evidence, Observation};

use super::judgment::Raised;

/// The causes and notes of each judged row, for later stages.
pub(super) struct RaisedCauses<'e> {
    evidence: &'e Evidence,
    raised: Vec<Vec<Raised>>,
}

impl<'e> RaisedCauses<'e> {
    /// No row is judged yet.
    pub(super) fn none(evidence: &'e Evidence) -> Self {
        Self {
            evidence,
            raised: vec![Vec::new(); evidence.observations.len()],
        }
    }

    /// Stores the causes of the row at `index`.
    pub(super) fn keep(&mut self, index: usize, raised: Vec<Raised>) {
        if let Some(place) = self.raised.get_mut(index) {
            *place = raised;
        }
    }

    /// The causes of a row; none if its stage has not run.
    pub(super) fn raised(&self, row: &Observation) -> &[Raised] {
        self.index_of(row)
            .and_then(|index| self.raised.get(index))
            .map_or(&[], Vec::as_slice)
    }

    /// The cause to which a row refers.
    pub(super) fn first_raised(&self, row: &Observation) -> Option<Raised> {
        self.raised(row).first().cloned()
    }

    /// The causes of all rows, in the order of the rows.
    pub(super) fn into_raised(self) -> Vec<Vec<Raised>> {
        self.raised
    }

    /// The index of a row in the evidence, from its memory address. A search is too slow, because a report can contain a
    /// million rows.
    fn index_of(&self, row: &Observation) -> Option<usize> {
        // The observations are one contiguous slice, so the distance in memory gives the index.
        let first = std::ptr::from_ref(self.evidence.observations.first()?).addr();
        let bytes = std::ptr::from_ref(row).addr().checked_sub(first)?;
        Some(bytes / size_of::<Observation>())
    }
}
