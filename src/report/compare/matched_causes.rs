//! Matching of the causes of two reports.
//!
//! A cause that affected one location and now affects two is the same cause with more subjects. Causes with one ID therefore
//! match if they share a connection, however each report divides them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::diagnosis::Cause;
use crate::report::Report;
use crate::terms::Requirement;

use super::checked_again::CheckedAgain;
use super::compared::ComparedCause;

/// A cause of one of the two reports.
struct ReportCause<'r> {
    cause: &'r Cause,
    is_before: bool,
    /// The affected connections; empty if the cause is not about connections.
    connections: BTreeSet<&'r str>,
}

/// The causes of two reports; each list with required problems first and notes last.
#[derive(Debug, Default)]
pub(super) struct MatchedCauses {
    pub(super) fixed: Vec<ComparedCause>,
    pub(super) not_checked_again: Vec<ComparedCause>,
    pub(super) new: Vec<ComparedCause>,
    pub(super) still: Vec<ComparedCause>,
}

/// Matches the causes of two reports.
pub(super) fn match_causes(before: &Report, after: &Report) -> MatchedCauses {
    let checked_again = CheckedAgain::new(before, after);
    let mut all = report_causes(before, true);
    all.extend(report_causes(after, false));
    let mut matched = MatchedCauses::default();
    for group in group_by_connection(&all) {
        let before = causes_of(&group, true);
        let after = causes_of(&group, false);
        let remains = !after.is_empty();
        let is_covered = before
            .iter()
            .all(|cause| checked_again.covers(cause, remains));
        let list = match (before.is_empty(), after.is_empty()) {
            (false, true) if is_covered => &mut matched.fixed,
            (false, true) => &mut matched.not_checked_again,
            (true, _) => &mut matched.new,
            (false, false) => &mut matched.still,
        };
        list.push(compared_cause(&before, &after, is_covered));
    }
    let MatchedCauses {
        fixed,
        not_checked_again,
        new,
        still,
    } = &mut matched;
    for list in [fixed, not_checked_again, new, still] {
        list.sort_by_key(|cause| cause.requirement);
    }
    matched
}

fn causes_of<'r>(group: &[&ReportCause<'r>], is_before: bool) -> Vec<&'r Cause> {
    group
        .iter()
        .filter(|one| one.is_before == is_before)
        .map(|one| one.cause)
        .collect()
}

fn report_causes(report: &Report, is_before: bool) -> Vec<ReportCause<'_>> {
    let mut connection_of_row = HashMap::new();
    for row in &report.results {
        if let Some(connection) = row.connection.as_deref() {
            connection_of_row.insert(row.n, connection);
        }
    }
    report
        .causes
        .iter()
        .map(|cause| ReportCause {
            cause,
            is_before,
            connections: connections(cause, &connection_of_row),
        })
        .collect()
}

/// The connections of a cause. Reports of version 0.1.0 do not list them, but the rows that the cause explains do.
fn connections<'r>(cause: &'r Cause, of_row: &HashMap<u32, &'r str>) -> BTreeSet<&'r str> {
    if !cause.connections.is_empty() {
        return cause.connections.iter().map(String::as_str).collect();
    }
    let explained = cause.explains.iter().filter_map(|n| of_row.get(n).copied());
    explained.chain(cause.connection.as_deref()).collect()
}

/// The groups of matching causes, sorted by ID, then by connection. Two causes are in one group if a chain of shared
/// connections links them, so this is a union-find over the causes.
fn group_by_connection<'s, 'r>(causes: &'s [ReportCause<'r>]) -> Vec<Vec<&'s ReportCause<'r>>> {
    let mut first_by_key: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut parents: Vec<usize> = (0..causes.len()).collect();
    for (index, one) in causes.iter().enumerate() {
        let mut connections: Vec<Option<&str>> =
            one.connections.iter().map(|name| Some(*name)).collect();
        // Causes without connections match by their ID alone.
        if connections.is_empty() {
            connections.push(None);
        }
        for connection in connections {
            let key = (one.cause.id.as_str(), connection);
            let other = *first_by_key.entry(key).or_insert(index);
            let (left, right) = (root(&mut parents, index), root(&mut parents, other));
            // The smaller index becomes the root, so the result does not depend on the order of the connections.
            parents[left.max(right)] = left.min(right);
        }
    }
    let mut members: BTreeMap<usize, Vec<&ReportCause<'_>>> = BTreeMap::new();
    for (index, one) in causes.iter().enumerate() {
        members
            .entry(root(&mut parents, index))
            .or_default()
            .push(one);
    }
    let mut groups = Vec::new();
    for index in first_by_key.into_values() {
        // A group with several connections is reached once for each of them and removed the first time.
        groups.extend(members.remove(&root(&mut parents, index)));
    }
    groups
}

/// The first cause of a group. The path to it is shortened on the way.
fn root(parents: &mut [usize], of: usize) -> usize {
    let mut index = of;
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

fn compared_cause(before: &[&Cause], after: &[&Cause], checked_again: bool) -> ComparedCause {
    // The later report has the newer texts where the knowledge base changed in between.
    let shown = after.first().or(before.first());
    // Requirements are ordered from required to advisory, so the strictest one counts.
    let requirement = before
        .iter()
        .chain(after)
        .map(|cause| cause.requirement)
        .min();
    ComparedCause {
        id: shown.map(|cause| cause.id.clone()).unwrap_or_default(),
        connection: shown.and_then(|cause| cause.connection.clone()),
        requirement: requirement.unwrap_or(Requirement::Advisory),
        title: shown.map(|cause| cause.title.clone()).unwrap_or_default(),
        subjects: (subject_count(before), subject_count(after)),
        checked_again,
    }
}

fn subject_count(causes: &[&Cause]) -> usize {
    let subjects: BTreeSet<&String> = causes.iter().flat_map(|cause| &cause.subjects).collect();
    subjects.len()
}

#[cfg(test)]
mod tests {
    use super::super::{Direction, compare};
    use crate::report::{Report, sample_report};

    /// The sample report, whose first cause concerns these connections.
    fn report(connections: &[&[&str]]) -> Report {
        let mut report = sample_report::report();
        let first = report.causes.remove(0);
        report.causes.clear();
        for (number, names) in connections.iter().enumerate() {
            let mut cause = first.clone();
            cause.connections = names.iter().map(|name| (*name).to_owned()).collect();
            cause.connection = if let [only] = cause.connections.as_slice() {
                Some(only.clone())
            } else {
                None
            };
            cause.subjects = names
                .iter()
                .map(|name| format!("{name}-{number}@contoso.com"))
                .collect();
            report.causes.push(cause);
        }
        report
    }

    fn counts(before: &[&[&str]], after: &[&[&str]]) -> (usize, usize, usize, Direction) {
        let comparison = compare(&report(before), &report(after));
        (
            comparison.fixed.len(),
            comparison.new.len(),
            comparison.still.len(),
            comparison.direction,
        )
    }

    #[test]
    fn a_cause_that_spreads_or_shrinks_is_still_the_same_cause() {
        assert_eq!(
            counts(&[&["Berlin"]], &[&["Berlin", "Paris"]]),
            (0, 0, 1, Direction::Worse)
        );
        assert_eq!(
            counts(&[&["Berlin", "Paris"]], &[&["Paris"]]),
            (0, 0, 1, Direction::Better)
        );
        assert_eq!(
            counts(&[&["Berlin"]], &[&["Paris"]]),
            (1, 1, 0, Direction::Worse)
        );
    }

    #[test]
    fn causes_listed_per_connection_match_one_merged_cause() {
        assert_eq!(
            counts(&[&["Berlin"], &["Paris"]], &[&["Berlin", "Paris"]]).2,
            1
        );
        assert_eq!(
            counts(&[&["Berlin"], &["Paris"]], &[&["Berlin", "Paris"]]).3,
            Direction::Same
        );
    }
}
