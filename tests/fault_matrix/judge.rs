//! What a run with a fault may report, compared with the healthy run and with a run in which the endpoint never responds.

use std::collections::BTreeSet;

use rx_preflight::diagnosis::ResultRow;
use rx_preflight::report::Report;
use rx_preflight::terms::{CheckGroup, CheckId, Outcome, Requirement};

use crate::faults::{Leaves, Strikes};
use crate::report_rules::{broken_json, broken_rules};

/// What a row is about, to find it in another report.
pub type Place = (String, Option<String>, String);

/// Causes that state nothing about the tenant.
const OF_THE_WAY: &[&str] = &["service.", "network."];

/// What every report keeps, whatever was struck.
pub fn of_every_report(report: &Report, writes: bool) -> Vec<String> {
    let mut wrong = broken_rules(report);
    wrong.extend(broken_json(report));
    for row in report
        .results
        .iter()
        .filter(|row| row.outcome == Outcome::Error)
    {
        wrong.push(format!(
            "{} {}: internal error: {}",
            row.check, row.subject, row.message
        ));
    }
    if !writes && report.requests.iter().any(|request| request.writes) {
        wrong.push("something was written".to_owned());
    }
    wrong
}

/// A report to be judged.
pub struct Judged<'r> {
    pub leaves: Leaves,
    /// The causes that fit the rows that rest on the endpoint.
    pub causes: &'r [&'r str],
    pub strikes: Strikes,
    pub healthy: &'r Report,
    /// The rows that rest on the endpoint.
    pub dependent: &'r BTreeSet<Place>,
    pub report: &'r Report,
}

impl Judged<'_> {
    pub fn violations(&self) -> Vec<String> {
        let mut wrong = self.false_passes();
        wrong.extend(self.false_fails());
        wrong.extend(self.unexplained());
        wrong.extend(self.false_verdict());
        wrong
    }

    /// The causes of what the fault took away, for the list that is printed.
    pub fn causes(&self) -> BTreeSet<String> {
        let lost = self.lost();
        let causes = lost.iter().filter_map(|row| row.cause.clone());
        causes.collect()
    }

    /// The rows that pass in the healthy run and not in this one.
    fn lost(&self) -> Vec<&ResultRow> {
        let passed = passed(self.healthy);
        let rows = self.report.results.iter();
        rows.filter(|row| row.outcome != Outcome::Pass && passed.contains(&place(row)))
            .collect()
    }

    fn false_passes(&self) -> Vec<String> {
        if self.strikes != Strikes::Always {
            return Vec::new();
        }
        let must_not_pass = |row: &ResultRow| match self.leaves {
            Leaves::Nothing => true,
            Leaves::Status | Leaves::Refusal => row.check.group() != CheckGroup::Network,
            Leaves::Anything | Leaves::Everything => false,
        };
        let rows = self.report.results.iter();
        rows.filter(|row| {
            row.outcome == Outcome::Pass
                && self.dependent.contains(&place(row))
                && must_not_pass(row)
        })
        .map(|row| format!("false pass: {} {}: {}", row.check, row.subject, row.message))
        .collect()
    }

    fn false_fails(&self) -> Vec<String> {
        let lost = self.lost();
        let mut wrong = Vec::new();
        for row in lost {
            let cause = row.cause.as_deref().unwrap_or("no cause");
            let is_of_the_way = OF_THE_WAY.iter().any(|group| cause.starts_with(group));
            let is_clock = row.check == CheckId::NetworkClock;
            if self.leaves == Leaves::Everything && !is_clock {
                wrong.push(format!(
                    "false loss: {} {}: {cause}: {}",
                    row.check, row.subject, row.message
                ));
            } else if row.outcome == Outcome::Fail
                && !is_of_the_way
                && self.leaves != Leaves::Refusal
            {
                wrong.push(format!(
                    "false fail: {} {}: {cause}: {}",
                    row.check, row.subject, row.message
                ));
            }
        }
        wrong
    }

    /// Rows that were lost without a cause, or with one that blames the tenant.
    fn unexplained(&self) -> Vec<String> {
        if matches!(self.leaves, Leaves::Refusal | Leaves::Anything) {
            return Vec::new();
        }
        let lost = self.lost();
        let is_unfit = |row: &&&ResultRow| {
            let is_of_the_way =
                |cause: &str| OF_THE_WAY.iter().any(|group| cause.starts_with(group));
            match row.cause.as_deref() {
                Some(cause) if self.is_struck(row) => !self.causes.contains(&cause),
                Some(cause) => !is_of_the_way(cause),
                None => !self.names_a_lost_row(row) && !row.message.contains("test event"),
            }
        };
        let rows = lost
            .iter()
            .filter(|row| row.requirement != Requirement::Advisory);
        let rows = rows.filter(is_unfit);
        rows.map(|row| {
            let cause = row.cause.as_deref().unwrap_or("no cause");
            format!(
                "unfit cause: {} {} {:?}: {cause}: {}",
                row.check, row.subject, row.outcome, row.message
            )
        })
        .collect()
    }

    /// Whether a row rests on the endpoint and the fault strikes each of its requests.
    fn is_struck(&self, row: &ResultRow) -> bool {
        self.strikes == Strikes::Always && self.dependent.contains(&place(row))
    }

    /// Whether a row without a cause states which check did not pass.
    fn names_a_lost_row(&self, row: &ResultRow) -> bool {
        let lost = self.lost();
        let mut others = lost.iter().filter(|other| other.n != row.n);
        row.cause.is_none() && others.any(|other| row.message.contains(other.check.as_str()))
    }

    fn false_verdict(&self) -> Option<String> {
        let lost = self.lost();
        let required = lost
            .iter()
            .any(|row| row.requirement == Requirement::Required);
        let verdict = self.report.summary.verdict.to_string();
        (required && verdict.starts_with("ready"))
            .then(|| format!("verdict {verdict} without required rows"))
    }
}

fn passed(report: &Report) -> BTreeSet<Place> {
    let rows = report.results.iter();
    rows.filter(|row| row.outcome == Outcome::Pass)
        .map(place)
        .collect()
}

/// The place of a row. The hosts of a simulated tenant have another port in each run.
pub fn place(row: &ResultRow) -> Place {
    let is_host = row.check.group() == CheckGroup::Network;
    let subject = if is_host {
        String::new()
    } else {
        row.subject.clone()
    };
    (row.check.to_string(), row.connection.clone(), subject)
}
