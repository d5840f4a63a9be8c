//! The fleet report as data, in the order of its JSON form.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::{EndDate, EndDateKind};
use crate::knowledge::checks::Section;
use crate::report::sections::SectionStatus;
use crate::report::{Counts, Tool, Verdict};
use crate::terms::{Api, Requirement};

/// The value of `document` in the JSON form, by which it differs from the report of one customer.
pub const DOCUMENT: &str = "fleet";

/// What many reports show together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FleetReport {
    /// The version of this form, `major.minor`. Within a major version fields are only ever added.
    pub schema_version: String,
    /// Always `fleet`.
    pub document: String,
    /// The program that combined the reports.
    pub tool: Tool,
    /// Whether the run ended before every customer was checked.
    pub interrupted: bool,
    /// When the reports were combined, UTC, in whole seconds. Days until an end date count from here.
    #[schemars(with = "String")]
    pub created_at: Timestamp,
    /// How many customers are in which state.
    pub counts: FleetCounts,
    /// What does not work now, by cause; required ones first, then those of most customers.
    pub broken: Vec<Problem>,
    /// What ends soon, the earliest first.
    pub ends_soon: Vec<UpcomingEnd>,
    /// Customers that are worse than in the earlier folder; `null` without one.
    pub worse: Option<Vec<Change>>,
    /// Customers of the earlier folder that are missing now; `null` without one.
    pub missing: Option<Vec<String>>,
    /// Customers without a clear verdict, and why.
    pub not_checked: Vec<NotChecked>,
    /// Every customer, in the order of the names.
    pub customers: Vec<Customer>,
}

/// How many customers are in which state. The sum is the number of customers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FleetCounts {
    /// A required check failed.
    pub not_ready: usize,
    /// A required check has no clear result.
    pub inconclusive: usize,
    /// There is no report of this run.
    pub not_checked: usize,
    /// Booking works; an optional feature does not.
    pub ready_limited: usize,
    /// Everything works.
    pub ready: usize,
}

/// The state of a customer, from the one that needs attention first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CustomerState {
    /// The verdict `not-ready`.
    NotReady,
    /// The verdict `inconclusive`.
    Inconclusive,
    /// No verdict: there is no report that can be read.
    NotChecked,
    /// The verdict `ready-limited`.
    ReadyLimited,
    /// The verdict `ready`.
    Ready,
}

/// A cause that several customers can share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// The public ID of the cause.
    pub cause: String,
    /// The problem of the first customer, in one line.
    pub title: String,
    /// Whether it is required or optional for these customers.
    pub requirement: Requirement,
    /// The role that can fix it.
    pub who: String,
    /// The names of the customers.
    pub customers: Vec<String>,
}

/// Something of a customer that ends soon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UpcomingEnd {
    /// The last day, or the day from which it no longer works.
    #[schemars(with = "String")]
    pub date: jiff::civil::Date,
    /// Days from the creation of this document to that day; negative for the past.
    pub days: i64,
    /// What ends.
    #[schemars(with = "String")]
    pub kind: EndDateKind,
    /// The name of the customer.
    pub customer: String,
    /// The affected connections.
    pub connections: Vec<String>,
}

/// How a customer changed since the earlier folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// The name of the customer.
    pub customer: String,
    /// The earlier state.
    pub before: CustomerState,
    /// The state now.
    pub now: CustomerState,
    /// The IDs of problems that the earlier report did not have.
    pub new_causes: Vec<String>,
}

/// A customer without a clear verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotChecked {
    /// The name of the customer.
    pub customer: String,
    /// Whether the check ended without a clear result, or did not take place.
    pub state: CustomerState,
    /// Why, in one line.
    pub reason: String,
}

/// One customer: one settings file, one report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Customer {
    /// The name of the settings file or of the saved report, without its extension.
    pub name: String,
    /// The state.
    pub state: CustomerState,
    /// The exit code of the check; `null` without a report.
    pub exit_code: Option<u8>,
    /// When the check began; `null` without a report.
    #[schemars(with = "Option<String>")]
    pub checked_at: Option<Timestamp>,
    /// How many seconds the check took; `null` without a report.
    pub duration_s: Option<i64>,
    /// How many requests the check sent; `null` without a report.
    pub requests: Option<usize>,
    /// The id of the report.
    pub report_id: Option<String>,
    /// Why there is no report, or why its verdict is not clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How the check was narrowed, such as `--only mailbox`; empty when every check was run.
    pub narrowed_by: Vec<String>,
    /// The outcomes of the checks; all 0 without a report.
    pub checks: Counts,
    /// The status of each section of the report, by its ID; empty without a report.
    #[schemars(with = "BTreeMap<String, SectionStatus>")]
    pub sections: BTreeMap<Section, SectionStatus>,
    /// What is wrong, in the order of the report.
    pub problems: Vec<CustomerProblem>,
    /// How many findings are accepted and do not count.
    pub accepted: usize,
    /// What ends, also when it is far away.
    pub end_dates: Vec<EndDate>,
    /// Every connection.
    pub locations: Vec<Location>,
}

/// A problem of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerProblem {
    /// The public ID of the cause.
    pub cause: String,
    /// The problem, in one line.
    pub title: String,
    /// Whether it is required or optional.
    pub requirement: Requirement,
    /// The role that can fix it.
    pub who: String,
    /// The affected connections.
    pub connections: Vec<String>,
}

/// A connection of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Location {
    /// `system`, or the name of the location or profile.
    pub name: String,
    /// The API over which it books; `null` for mail and user sync with credentials of their own.
    pub api: Option<Api>,
    /// Its rooms by result.
    pub rooms: LocationRooms,
    /// How many problems affect it.
    pub problems: usize,
}

/// Rooms by result, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LocationRooms {
    /// Every check passed.
    pub work: usize,
    /// A check failed.
    pub fail: usize,
    /// A check has no clear result.
    pub unknown: usize,
    /// A check was not run.
    pub not_checked: usize,
}

impl FleetReport {
    /// The number of customers of which options left checks or rooms out.
    pub fn checked_in_part(&self) -> usize {
        let narrowed = self
            .customers
            .iter()
            .filter(|own| !own.narrowed_by.is_empty());
        narrowed.count()
    }

    /// What ends soon, together where it is the same on the same day. EWS ends for every customer on one day.
    pub fn ends_by_day(&self) -> impl Iterator<Item = &[UpcomingEnd]> {
        self.ends_soon
            .chunk_by(|one, next| (one.date, one.kind) == (next.date, next.kind))
    }
}

impl CustomerState {
    /// Every state, from the one that needs attention first.
    pub const ALL: [Self; 5] = [
        Self::NotReady,
        Self::Inconclusive,
        Self::NotChecked,
        Self::ReadyLimited,
        Self::Ready,
    ];

    /// The word of the JSON form.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReady => "not-ready",
            Self::Inconclusive => "inconclusive",
            Self::NotChecked => "not-checked",
            Self::ReadyLimited => "ready-limited",
            Self::Ready => "ready",
        }
    }
}

impl From<Verdict> for CustomerState {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Ready => Self::Ready,
            Verdict::ReadyLimited => Self::ReadyLimited,
            Verdict::Inconclusive => Self::Inconclusive,
            Verdict::NotReady => Self::NotReady,
        }
    }
}

impl fmt::Display for CustomerState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FleetCounts {
    /// Counts customers.
    pub fn of<'a>(customers: impl IntoIterator<Item = &'a Customer>) -> Self {
        customers
            .into_iter()
            .fold(Self::default(), |mut counts, customer| {
                *counts.slot(customer.state) += 1;
                counts
            })
    }

    /// The number of customers in a state.
    pub fn get(self, state: CustomerState) -> usize {
        let mut counts = self;
        *counts.slot(state)
    }

    /// The number of customers.
    pub fn total(self) -> usize {
        CustomerState::ALL
            .into_iter()
            .map(|state| self.get(state))
            .sum()
    }

    fn slot(&mut self, state: CustomerState) -> &mut usize {
        match state {
            CustomerState::NotReady => &mut self.not_ready,
            CustomerState::Inconclusive => &mut self.inconclusive,
            CustomerState::NotChecked => &mut self.not_checked,
            CustomerState::ReadyLimited => &mut self.ready_limited,
            CustomerState::Ready => &mut self.ready,
        }
    }
}

impl LocationRooms {
    /// The number of rooms.
    pub fn total(self) -> usize {
        self.work + self.fail + self.unknown + self.not_checked
    }
}
