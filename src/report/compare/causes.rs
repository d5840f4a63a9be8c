//! Which causes of two reports are the same.
//!
//! A cause that concerned one location and now concerns two is the same cause, which has grown. So causes of one id belong
//! together when they have a connection in common, however each report divides them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::model::ComparedCause;
use crate::diagnosis::Cause;
use crate::report::Report;
use crate::terms::Requirement;

/// A cause of one of the two reports.
struct Side<'r> {
    cause: &'r Cause,
    is_before: bool,
    /// Empty for a cause about no connection in particular.
    connections: BTreeSet<&'r str>,
}

/// The causes that are fixed, new, and still there; in each list required before optional before notes.
pub(super) fn compare(before: &Report, after: &Report) -> [Vec<ComparedCause>; 3] {
    let mut all = sides(before, true);
    all.extend(sides(after, false));
    let (mut mended, mut new, mut still) = (Vec::new(), Vec::new(), Vec::new());
    for family in families(&all) {
        let of = |is_before| {
            family
                .iter()
                .filter(|side| side.is_before == is_before)
                .map(|side| side.cause)
                .collect()
        };
        let (before, after): (Vec<&Cause>, Vec<&Cause>) = (of(true), of(false));
        let list = match (before.is_empty(), after.is_empty()) {
            (false, true) => &mut mended,
            (true, _) => &mut new,
            (false, false) => &mut still,
        };
        list.push(compared(&before, &after));
    }
    let mut lists = [mended, new, still];
    for list in &mut lists {
        list.sort_by_key(|cause| cause.requirement);
    }
    lists
}

fn sides(report: &Report, is_before: bool) -> Vec<Side<'_>> {
    let rows: HashMap<u32, &str> = report
        .results
        .iter()
        .filter_map(|row| Some((row.n, row.connection.as_deref()?)))
        .collect();
    let side = |cause| Side {
        cause,
        is_before,
        connections: connections(cause, &rows),
    };
    report.causes.iter().map(side).collect()
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
fn families<'s, 'r>(sides: &'s [Side<'r>]) -> Vec<Vec<&'s Side<'r>>> {
    let mut links: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut parents: Vec<usize> = (0..sides.len()).collect();
    for (at, side) in sides.iter().enumerate() {
        let own = side.connections.iter().map(|name| Some(*name));
        let keys: Vec<_> = if side.connections.is_empty() {
            vec![None]
        } else {
            own.collect()
        };
        for key in keys {
            let other = *links.entry((side.cause.id.as_str(), key)).or_insert(at);
            let (one, other) = (root(&mut parents, at), root(&mut parents, other));
            parents[one.max(other)] = one.min(other);
        }
    }
    let mut families: BTreeMap<usize, Vec<&Side<'_>>> = BTreeMap::new();
    for (at, side) in sides.iter().enumerate() {
        families
            .entry(root(&mut parents, at))
            .or_default()
            .push(side);
    }
    let roots: Vec<usize> = links
        .into_values()
        .map(|at| root(&mut parents, at))
        .collect();
    roots
        .into_iter()
        .filter_map(|root| families.remove(&root))
        .collect()
}

/// The first cause of a family. The path to it is shortened on the way.
fn root(parents: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn compared(before: &[&Cause], after: &[&Cause]) -> ComparedCause {
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
            comparison.mended.len(),
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
    fn what_an_earlier_version_told_once_for_each_connection_is_the_same_when_it_is_told_once() {
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
