//! The plan: one row for every check and subject, known before the first request.

mod connection;
mod features;
mod shared;

use std::collections::BTreeSet;

use crate::evidence::{CheckId, Requirement, Service, SkipReason};
use crate::settings::{Estate, MailboxAddress};

/// What a user may ask for beyond the settings.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// Addresses that must be refused.
    pub expect_denied: Vec<MailboxAddress>,
    /// The first room of each connection may get a test event, which is removed again.
    pub write_calendar: bool,
    /// Where a test mail may be sent.
    pub mail_to: Option<MailboxAddress>,
}

/// One row that the report will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The check.
    pub check: CheckId,
    /// The index of the connection it belongs to; `None` when several share it.
    pub connection: Option<usize>,
    /// What it is asked about.
    pub subject: String,
    /// The credential set it concerns, for rows about an app registration.
    pub credentials: Option<usize>,
    /// How much depends on it.
    pub requirement: Requirement,
    /// How it is answered.
    pub way: Way,
}

/// How a planned row gets its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By a question of its own.
    Ask,
    /// Out of other rows.
    Derive,
    /// Not at all.
    Skip(SkipReason, Option<CheckId>),
}

/// All rows, in the order of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The rows.
    pub rows: Vec<Planned>,
    /// The hosts that are used, by service.
    pub hosts: Vec<(Service, String)>,
}

impl Plan {
    /// Plans the checks of an estate. `hosts` names the host of each service, as the report shows it.
    pub fn new(estate: &Estate, extras: &Extras, hosts: &dyn Fn(Service) -> String) -> Self {
        let mut rows = Vec::new();
        for (index, connection) in estate.connections.iter().enumerate() {
            connection::settings_rows(&mut rows, index, connection);
            connection::sign_in_rows(&mut rows, index, connection);
            connection::grant_rows(&mut rows, index, connection);
            connection::mailbox_rows(&mut rows, index, connection, estate, extras);
            features::rows(&mut rows, index, connection, extras);
        }
        let used: BTreeSet<Service> = shared::services(estate);
        let hosts: Vec<(Service, String)> = used.into_iter().map(|service| (service, hosts(service))).collect();
        shared::rows(&mut rows, estate, &hosts);
        rows.sort_by_key(|row| row.check);
        Self { rows, hosts }
    }

    /// The indices of the rows of a check in a connection.
    pub(super) fn find(&self, check: CheckId, connection: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        self.rows
            .iter()
            .enumerate()
            .filter(move |(_, row)| row.check == check && (connection.is_none() || row.connection == connection))
            .map(|(index, _)| index)
    }
}

fn row(
    check: CheckId,
    connection: Option<usize>,
    subject: impl Into<String>,
    requirement: Requirement,
    way: Way,
) -> Planned {
    Planned { check, connection, subject: subject.into(), credentials: None, requirement, way }
}
