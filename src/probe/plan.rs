//! The plan: one row for every check and subject, known before the first request.

mod connection;
mod features;
mod row;
mod shared;

use std::collections::{BTreeSet, HashMap};

use crate::settings::Estate;
use crate::terms::{Api, CheckId, Service, SkipReason};

use super::selection::Selection;

pub use self::row::{CheckOptions, ChosenMailboxes, DeniedChoice, Planned, UNCHOSEN, Way};

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
    pub fn new(estate: &Estate, extras: &CheckOptions, hosts: &dyn Fn(Service) -> String) -> Self {
        let mut rows = Vec::new();
        for (index, connection) in estate.connections.iter().enumerate() {
            connection::settings_rows(&mut rows, index, connection);
            connection::sign_in_rows(&mut rows, index, connection);
            connection::grant_rows(&mut rows, index, connection);
            connection::mailbox_rows(&mut rows, index, connection, estate, extras);
            features::rows(&mut rows, index, connection, extras);
        }
        let used: BTreeSet<Service> = shared::services(estate);
        let hosts: Vec<(Service, String)> = used
            .into_iter()
            .map(|service| (service, hosts(service)))
            .collect();
        shared::rows(&mut rows, estate, &hosts);
        // `find` relies on this order.
        rows.sort_by_key(|row| row.check);
        // Last, so that a deselected check is reported as deselected, whatever else applies.
        skip_deselected(&mut rows, estate, &extras.selection);
        Self { rows, hosts }
    }

    /// Whether any check that the user selected will run. Settings are validated without a request.
    pub fn runs_anything(&self, selection: &Selection) -> bool {
        self.rows
            .iter()
            .any(|row| selection.wants(row.check) && !matches!(row.way, Way::Skip(..)))
    }

    /// Whether any row of a check will run.
    pub(super) fn will_run(&self, check: CheckId) -> bool {
        self.find(check, None)
            .any(|row| self.rows[row].way == Way::Run)
    }

    /// The indices of the rows of a check in a connection. The rows of a check are adjacent.
    pub(super) fn find(
        &self,
        check: CheckId,
        connection: Option<usize>,
    ) -> impl Iterator<Item = usize> + '_ {
        let first = self.rows.partition_point(|row| row.check < check);
        let own = self.rows[first..]
            .iter()
            .take_while(move |row| row.check == check);
        own.enumerate()
            .filter(move |(_, row)| connection.is_none() || row.connection == connection)
            .map(move |(place, _)| first + place)
    }
}

/// Marks rows of deselected checks as skipped. A row that several connections share runs when one
/// of them selects it.
fn skip_deselected(rows: &mut [Planned], estate: &Estate, selection: &Selection) {
    let selected = selected_by_api(estate, selection);
    for row in rows {
        let own = row
            .connection
            .and_then(|index| estate.connections.get(index))
            .map(|connection| connection.api);
        let is_selected = match own {
            Some(api) => selected
                .get(&api)
                .is_some_and(|checks| checks.contains(&row.check)),
            None => selected.values().any(|checks| checks.contains(&row.check)),
        };
        if !is_selected {
            row.way = Way::Skip(SkipReason::Deselected, None);
        }
    }
}

/// The selected checks for every API that a connection of the estate uses.
fn selected_by_api(
    estate: &Estate,
    selection: &Selection,
) -> HashMap<Option<Api>, BTreeSet<CheckId>> {
    let apis: BTreeSet<Option<Api>> = estate
        .connections
        .iter()
        .map(|connection| connection.api)
        .collect();
    apis.into_iter()
        .map(|api| (api, selection.selected(api)))
        .collect()
}
