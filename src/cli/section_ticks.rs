//! Sections of the report that are complete while the run goes on, each with the line that the report would have for it now.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnosis::ResultRow;
use crate::knowledge::checks::Section;
use crate::report::sections::section_of;
use crate::report::table;
use crate::terms::{CheckId, Outcome};

/// The sections, in the order of the report.
#[derive(Debug, Default)]
pub(super) struct SectionTicks {
    /// How many rows of a section have no result yet.
    open: BTreeMap<Section, usize>,
    complete: BTreeSet<Section>,
    lines: Vec<String>,
}

impl SectionTicks {
    /// Starts over with the rows that are open. A section that has open rows again is not complete.
    pub(super) fn set_open(&mut self, checks: &[CheckId]) {
        self.open.clear();
        for check in checks {
            *self.open.entry(section_of(*check)).or_default() += 1;
        }
        let open = &self.open;
        self.complete.retain(|section| !open.contains_key(section));
    }

    /// Counts a row as complete. Returns whether it was the last one of its section.
    pub(super) fn close(&mut self, check: CheckId) -> bool {
        let section = section_of(check);
        let Some(open) = self.open.get_mut(&section) else {
            return false;
        };
        *open = open.saturating_sub(1);
        *open == 0 && self.complete.insert(section)
    }

    /// Writes the lines of all complete sections again, because a later response can settle an earlier row. A section with a
    /// row that is still unknown has no line yet.
    pub(super) fn update(&mut self, rows: &[ResultRow]) {
        let is_unknown = |section: Section| {
            rows.iter()
                .any(|row| row.outcome == Outcome::Unknown && section_of(row.check) == section)
        };
        self.lines = self
            .complete
            .iter()
            .filter(|section| !is_unknown(**section))
            .filter_map(|section| table::section_line(rows, *section))
            .collect();
    }

    /// The lines of the complete sections.
    pub(super) fn lines(&self) -> &[String] {
        &self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report::row;
    use crate::terms::Requirement::Required;

    #[test]
    fn a_section_has_its_line_with_its_last_row() {
        let mut ticks = SectionTicks::default();
        ticks.set_open(&[
            CheckId::NetworkGraph,
            CheckId::NetworkSignIn,
            CheckId::SignInGraph,
        ]);
        assert!(!ticks.close(CheckId::NetworkGraph));
        assert!(ticks.close(CheckId::NetworkSignIn));
        assert!(!ticks.close(CheckId::MailSend), "no row of mail is planned");
        let rows = |outcome| {
            [
                row(CheckId::NetworkSignIn, Required, outcome),
                row(CheckId::SignInGraph, Required, Outcome::Skipped),
            ]
        };
        ticks.update(&rows(Outcome::Unknown));
        assert!(ticks.lines().is_empty(), "{ticks:?}");
        ticks.update(&rows(Outcome::Pass));
        assert_eq!(ticks.lines(), ["[Passed]  Network          1 passed"]);
        ticks.set_open(&[CheckId::NetworkGraph]);
        ticks.update(&rows(Outcome::Pass));
        assert!(ticks.lines().is_empty(), "the tenant listed something new");
    }
}
