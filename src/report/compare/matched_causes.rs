//! Which causes of two reports are the same.
//!
//! A cause that concerned one location and now concerns two is the same cause, which has grown. So causes of one id belong
//! together when they have a connection in common, however each report divides them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::compared::ComparedCause;
use crate::diagnosis::Cause;
use crate::report::Report;
use crate::terms::Requirement;

/// A cause of one of the two reports.
struct ReportCause<'r> {
    cause: &'r Cause,
    is_before: bool,
    /// Empty for a cause about no connection in particular.
    connections: BTreeSet<&'r str>,
}

/// The causes that are fixed, new, and still there; in each list required before optional before notes.
pub(super) fn match_causes(before: &Report, after: &Report) -> [Vec<ComparedCause>; 3] {
    let mut all = report_causes(before, true);
    all.extend(report_causes(after, false));
    let (mut fixed, mut new, mut still) = (Vec::new(), Vec::new(), Vec::new());
    for group in group_by_connection(&all) {
        let of = |is_before| {
            group
                .iter()
                .filter(|report_cause| report_cause.is_before == is_before)
                .map(|report_cause| report_cause.cause)
                .collect()
        };
        let (before, after): (Vec<&Cause>, Vec<&Cause>) = (of(true), of(false));
        let list = match (before.is_empty(), after.is_empty()) {
            (false, true) => &mut fixed,
            (true, _) => &mut new,
            (false, false) => &mut still,
        };
        list.push(compared_cause(&before, &after));
    }
    let mut lists = [fixed, new, still];
    for list in &mut lists {
        list.sort_by_key(|cause| cause.requirement);
    }
    lists
}

fn report_causes(report: &Report, is_before: bool) -> Vec<ReportCause<'_>> {
    let rows: HashMap<u32, &str> = report
        .results
        .iter()
        .filter_map(|row| Some((row.n, row.connection.as_deref()?)))
        .collect();
    let report_cause = |cause| ReportCause {
        cause,
        is_before,
        connections: connections(cause, &rows),
    };
    report.causes.iter().map(report_cause).collect()
}

/// The connections of a cause. Reports of earlier versions do not name them, but the rows that the cause explains do.
fn connections<'r>(cause: &'r Cause, rows: &HashMap<u32, &'r str>) -> BTreeSet<&'r str> {
    if !cause.connections.is_empty() {
        return cause.connections.iter().map(String::as_str).collect();
    }
    let explained = cause.explains.iter().filter_map(|n| rows.get(n).copied());
    explained.chain(cause.connection.as_deref()).collect()
}

/// The causes that belong together, however many links that takes: sorted by id, then by connection.
fn group_by_connection<'s, 'r>(
    report_causes: &'s [ReportCause<'r>],
) -> Vec<Vec<&'s ReportCause<'r>>> {
    let mut links: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut parents: Vec<usize> = (0..report_causes.len()).collect();
    for (at, report_cause) in report_causes.iter().enumerate() {
        let own = report_cause.connections.iter().map(|name| Some(*name));
        let keys: Vec<_> = if report_cause.connections.is_empty() {
            vec![None]
        } else {
            own.collect()
        };
        for key in keys {
            let other = *links
                .entry((report_cause.cause.id.as_str(), key))
                .or_insert(at);
            let (one, other) = (root(&mut parents, at), root(&mut parents, other));
            parents[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&ReportCause<'_>>> = BTreeMap::new();
    for (at, report_cause) in report_causes.iter().enumerate() {
        groups
            .entry(root(&mut parents, at))
            .or_default()
            .push(report_cause);
    }
    let roots: Vec<usize> = links
        .into_values()
        .map(|at| root(&mut parents, at))
        .collect();
    roots
        .into_iter()
        .filter_map(|root| groups.remove(&root))
        .collect()
}

/// The first cause of a group. The path to it is shortened on the way.
fn root(parents: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn compared_cause(before: &[&Cause], after: &[&Cause]) -> ComparedCause {
    let subjects = |causes: &[&Cause]| {
        causes
            .iter()
            .flat_map(|cause| &cause.subjects)
            .collect::<BTreeSet<_>>()
            .len()
    };
    let shown = after.first().or(before.first());
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
        subjects: (subjects(before), subjects(after)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Direction, compare};
    use crate::report::{Report, fixture};

    /// The fixture, whose first cause concerns these connections.
    fn report(connections: &[&[&str]]) -> Report {
        let mut report = fixture::report();
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
