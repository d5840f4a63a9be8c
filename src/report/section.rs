//! The sections of the report, along the chain from the settings to the rooms.

use crate::diagnosis::ResultRow;
use crate::knowledge::checks::{self, Section, SectionEntry};
use crate::terms::CheckId;

/// The section in which a check stands. One without words of its own is told among the advice rather than nowhere.
pub fn of(check: CheckId) -> Section {
    checks::check(check.as_str()).map_or(Section::Advice, |entry| entry.section)
}

/// Every section that has rows, with them, in the order of the chain.
pub fn with_rows(rows: &[ResultRow]) -> Vec<(&'static SectionEntry, Vec<&ResultRow>)> {
    checks::sections()
        .iter()
        .map(|section| (section, rows.iter().filter(|row| of(row.check) == section.id).collect::<Vec<_>>()))
        .filter(|(_, rows)| !rows.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn every_check_stands_in_the_section_of_its_group() {
        for check in CheckId::ALL {
            assert!(checks::check(check.as_str()).is_some(), "{check} has no section");
        }
        assert_eq!(of(CheckId::MailboxImpersonation), Section::Mailboxes);
        assert_eq!(of(CheckId::MailSend), Section::Mail);
    }

    #[test]
    fn every_row_stands_in_one_section_and_the_sections_follow_the_chain() {
        let rows = fixture::diagnosis().rows;
        let sections = with_rows(&rows);
        assert_eq!(sections.iter().map(|(_, rows)| rows.len()).sum::<usize>(), rows.len());
        assert!(sections.is_sorted_by_key(|(section, _)| section.id));
    }
}
