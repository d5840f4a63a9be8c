//! Hand-made rows and a realistic report for the tests of this room.

mod causes;
mod evidence;
mod migration;
mod rows;

use proptest::prelude::*;
use uuid::Uuid;

use crate::diagnosis::ResultRow;
use crate::terms::CheckId::*;
use crate::terms::Requirement::{Advisory, Optional, Required};
use crate::terms::{CheckGroup, CheckId, Confidence, Outcome, Requirement, SkipReason};

use super::{Report, ReportMetadata, assemble};

pub use self::evidence::evidence;
pub use self::migration::report_of_migration;
pub use self::rows::diagnosis;

pub const TENANT: &str = "5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59";
const APP: &str = "9a41b7c8-1f2e-4d3c-8b5a-6d7e8f901234";
const APP_BERLIN: &str = "77b0c1d2-e3f4-4a5b-9c6d-7e8f90a1b2c3";

/// A row without anything special.
pub fn row(check: CheckId, requirement: Requirement, outcome: Outcome) -> ResultRow {
    ResultRow {
        n: 1,
        check,
        connection: None,
        subject: String::new(),
        outcome,
        requirement,
        requirement_if_counted: None,
        confidence: Some(Confidence::Confirmed),
        declared: Vec::new(),
        configured: Vec::new(),
        observed: None,
        message: String::new(),
        cause: None,
        skip_reason: None,
        blocked_by: None,
        requests: Vec::new(),
        duration_ms: 0,
    }
}

/// A row that was skipped.
pub fn skipped(check: CheckId, requirement: Requirement, reason: SkipReason) -> ResultRow {
    ResultRow {
        skip_reason: Some(reason),
        confidence: None,
        ..row(check, requirement, Outcome::Skipped)
    }
}

/// A row that another check prevented.
pub fn blocked(check: CheckId, requirement: Requirement, by: CheckId) -> ResultRow {
    ResultRow {
        blocked_by: Some(by),
        ..skipped(check, requirement, SkipReason::Blocked)
    }
}

/// Rows of every kind, over a few checks and connections so that they meet.
pub fn any_rows() -> impl Strategy<Value = Vec<ResultRow>> {
    prop::collection::vec(any_row(), 0..12).prop_map(|mut rows| {
        (1..).zip(&mut rows).for_each(|(n, row)| row.n = n);
        rows
    })
}

fn any_row() -> impl Strategy<Value = ResultRow> {
    (
        any_check(),
        any_requirement(),
        any_result(),
        prop::option::of(prop::sample::select(vec!["system", "Berlin"])),
    )
        .prop_map(|(check, requirement, result, connection)| ResultRow {
            connection: connection.map(str::to_owned),
            ..row_with_result(check, requirement, result)
        })
}

/// A check out of those few.
pub fn any_check() -> impl Strategy<Value = CheckId> {
    prop::sample::select(vec![
        NetworkSignIn,
        NetworkGraph,
        SignInGraph,
        GrantMailSend,
        MailboxCalendarRead,
        MailSend,
    ])
}

fn any_requirement() -> impl Strategy<Value = Requirement> {
    prop::sample::select(vec![Required, Optional, Advisory])
}

/// How a row of [`any_rows`] ends.
#[derive(Debug, Clone, Copy)]
enum RowResult {
    Ran(Outcome),
    Skipped(SkipReason),
    BlockedBy(CheckId),
}

fn any_result() -> impl Strategy<Value = RowResult> {
    use SkipReason::{Deselected, NeedsInput, NeedsPermission, NotApplicable, OutOfTime};
    let outcomes = vec![
        Outcome::Pass,
        Outcome::Fail,
        Outcome::Unknown,
        Outcome::Error,
    ];
    let reasons = vec![
        Deselected,
        NeedsInput,
        NeedsPermission,
        NotApplicable,
        OutOfTime,
    ];
    prop_oneof![
        4 => prop::sample::select(outcomes).prop_map(RowResult::Ran),
        2 => prop::sample::select(reasons).prop_map(RowResult::Skipped),
        2 => any_check().prop_map(RowResult::BlockedBy),
    ]
}

fn row_with_result(check: CheckId, requirement: Requirement, result: RowResult) -> ResultRow {
    match result {
        RowResult::Ran(outcome) => row(check, requirement, outcome),
        RowResult::Skipped(reason) => skipped(check, requirement, reason),
        RowResult::BlockedBy(by) => blocked(check, requirement, by),
    }
}

/// The report that the snapshots show.
pub fn report() -> Report {
    assemble(evidence(), diagnosis(), about())
}

/// A report in which everything is as it should be.
pub fn report_all_passed() -> Report {
    let mut diagnosis = diagnosis();
    diagnosis.causes.clear();
    diagnosis.rows.retain(|row| row.outcome == Outcome::Pass);
    diagnosis.rows.iter_mut().for_each(|row| row.cause = None);
    assemble(evidence(), diagnosis, about())
}

/// A report of a run that got no token: everything behind it is blocked.
pub fn report_without_token() -> Report {
    let mut diagnosis = diagnosis();
    let cut = diagnosis
        .rows
        .iter()
        .position(|row| row.check == SignInExchange)
        .unwrap();
    let (_, behind) = diagnosis.rows.split_at_mut(cut + 1);
    for row in behind
        .iter_mut()
        .filter(|row| row.check.group() != CheckGroup::Exchange)
    {
        let message = "Not run, because no token was issued.".to_owned();
        *row = ResultRow {
            n: row.n,
            connection: row.connection.clone(),
            subject: row.subject.clone(),
            message,
            ..blocked(row.check, row.requirement, SignInExchange)
        };
    }
    let refused = &mut diagnosis.rows[cut];
    refused.outcome = Outcome::Fail;
    refused.cause = Some("sign-in.secret-expired".into());
    refused.message = "Microsoft Entra ID rejected the client secret: AADSTS7000222.".into();
    diagnosis.causes = vec![causes::secret_expired(refused.n)];
    assemble(evidence(), diagnosis, about())
}

/// A report of so many connections that the table is compact.
pub fn report_of_many_connections() -> Report {
    let mut report = report();
    let berlin = report.target.connections[1].clone();
    for name in ["Bern", "Bonn", "Kiel", "Oslo", "Rome", "Wien"] {
        let connection = super::TargetConnection {
            name: name.to_owned(),
            ..berlin.clone()
        };
        report.target.connections.push(connection);
    }
    report
}

pub fn about() -> ReportMetadata {
    ReportMetadata {
        tool_version: "0.1.0".into(),
        knowledge_date: "2026-11-23".into(),
        report_id: Uuid::from_u128(0x4e6f_1d9a_2b7c_4d51_8e90_a1b2_c3d4_e5f6),
        fail_on: crate::report::FailOn::Required,
    }
}
