//! Results that differ from the attempt before.

use std::collections::HashMap;

use crate::diagnosis::ResultRow;
use crate::report::Report;
use crate::terms::{CheckId, Outcome};

type Key<'r> = (CheckId, Option<&'r str>, &'r str);

/// One line for every row that ended differently, in the order of the report.
pub(super) fn changed_rows(before: &Report, after: &Report) -> Vec<String> {
    let earlier: HashMap<Key<'_>, Outcome> = before
        .results
        .iter()
        .map(|row| (key(row), row.outcome))
        .collect();
    let several = after.target.connections.len() > 1;
    let changed = after.results.iter().filter_map(|row| {
        let was = *earlier.get(&key(row))?;
        (was != row.outcome).then(|| describe_change(row, was, several))
    });
    changed.collect()
}

fn key(row: &ResultRow) -> Key<'_> {
    (row.check, row.connection.as_deref(), &row.subject)
}

fn describe_change(row: &ResultRow, was: Outcome, several: bool) -> String {
    let place = match &row.connection {
        Some(name) if several => format!(" ({name})"),
        _ => String::new(),
    };
    format!(
        "{} {}{place}: {} -> {}",
        row.check,
        row.subject,
        outcome_word(was),
        outcome_word(row.outcome)
    )
}

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown => "unknown",
        Outcome::Skipped => "skipped",
        Outcome::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;
    use crate::terms::Requirement;

    fn report(outcomes: &[(CheckId, &str, Outcome)]) -> Report {
        let mut report = sample_report::report();
        report.target.connections.truncate(1);
        let row = |(check, connection, outcome): &(CheckId, &str, Outcome)| ResultRow {
            connection: Some((*connection).to_owned()),
            subject: "aurora@contoso.com".to_owned(),
            ..sample_report::row(*check, Requirement::Required, *outcome)
        };
        report.results = outcomes.iter().map(row).collect();
        report
    }

    #[test]
    fn lists_only_changed_results() {
        use CheckId::{MailboxCalendarRead, MailboxImpersonation};
        let read = (MailboxCalendarRead, "system", Outcome::Pass);
        let before = report(&[(MailboxImpersonation, "system", Outcome::Fail), read]);
        let mut after = report(&[(MailboxImpersonation, "system", Outcome::Pass), read]);
        assert_eq!(changed_rows(&before, &before), [""; 0]);
        assert_eq!(
            changed_rows(&before, &after),
            ["mailbox.impersonation aurora@contoso.com: fail -> pass"]
        );
        after
            .target
            .connections
            .extend(after.target.connections.clone());
        assert_eq!(
            changed_rows(&before, &after),
            ["mailbox.impersonation aurora@contoso.com (system): fail -> pass"]
        );
    }

    #[test]
    fn connections_are_kept_apart() {
        let of = |system, berlin| {
            let check = CheckId::MailboxCalendarRead;
            report(&[(check, "system", system), (check, "Berlin", berlin)])
        };
        let lines = changed_rows(
            &of(Outcome::Unknown, Outcome::Fail),
            &of(Outcome::Unknown, Outcome::Skipped),
        );
        assert_eq!(
            lines,
            ["mailbox.calendar-read aurora@contoso.com: fail -> skipped"]
        );
    }
}
