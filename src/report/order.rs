//! The order in which causes are told, and the numbers by which rows refer to them.

use crate::diagnosis::{Cause, ResultRow};
use crate::terms::Requirement;

use super::Report;

/// A cause with the number under which it is shown.
#[derive(Debug, Clone, Copy)]
pub struct Numbered<'a> {
    /// From 1.
    pub number: usize,
    /// The cause.
    pub cause: &'a Cause,
}

impl Numbered<'_> {
    /// Whether it is only a note.
    pub fn is_note(&self) -> bool {
        self.cause.requirement == Requirement::Advisory
    }
}

/// The causes of a report: required ones first, then optional ones, then notes; among equals in the order of the
/// diagnosis, which is root first.
pub fn causes(report: &Report) -> Vec<Numbered<'_>> {
    let mut causes: Vec<&Cause> = report.causes.iter().collect();
    causes.sort_by_key(|cause| cause.requirement);
    causes.into_iter().enumerate().map(|(index, cause)| Numbered { number: index + 1, cause }).collect()
}

/// The cause that a row names. Of several with that id, such as one for each connection, it is the one that explains the
/// row.
pub fn cause_of<'a>(row: &ResultRow, causes: &[Numbered<'a>]) -> Option<Numbered<'a>> {
    let id = row.cause.as_deref()?;
    let same_id = || causes.iter().filter(|numbered| numbered.cause.id == id);
    same_id().find(|numbered| numbered.cause.explains.contains(&row.n)).or_else(|| same_id().next()).copied()
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn notes_come_last_and_numbers_count_from_one() {
        let report = fixture::report();
        let causes = causes(&report);
        assert!(causes.is_sorted_by_key(Numbered::is_note));
        assert_eq!(causes.iter().map(|numbered| numbered.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    }

    #[test]
    fn a_row_finds_the_cause_that_explains_it_among_several_of_one_id() {
        let mut report = fixture::report();
        let row = report.results.iter().find(|row| row.cause.is_some()).cloned().unwrap();
        let of_row = report.causes.iter().find(|cause| cause.explains.contains(&row.n)).cloned().unwrap();
        let other = Cause { explains: vec![9_999], connection: Some("Berlin".into()), ..of_row.clone() };
        report.causes.insert(0, other);
        assert_eq!(cause_of(&row, &causes(&report)).unwrap().cause, &of_row);
    }
}
