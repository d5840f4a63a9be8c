//! What the stages of a run share: the estate, the plan, the results so far, and the client.

use std::sync::Mutex;

use crate::evidence::Control;
use crate::settings::{Connection, Endpoint, Endpoints, Estate};
use crate::terms::Service;
use crate::wire::Wire;
use crate::wire::lock::lock;

use super::control_rules::ControlRules;
use super::journal::Journal;
use super::plan::{CheckOptions, Plan, Way};
use super::progress::{InProgress, Progress};
use super::results::{Results, RowResult};

/// Everything that the stages of a run share.
pub(super) struct Run<'r> {
    pub(super) estate: &'r Estate,
    pub(super) endpoints: &'r Endpoints,
    pub(super) wire: &'r Wire,
    pub(super) extras: &'r CheckOptions,
    pub(super) plan: Plan,
    pub(super) results: Results,
    pub(super) journal: &'r dyn Journal,
    pub(super) concurrency: usize,
    pub(super) progress: &'r dyn Progress,
    pub(super) controls: &'r ControlRules,
    pub(super) kept_controls: Mutex<Vec<Control>>,
}

impl<'r> Run<'r> {
    /// The same run over an estate and options with what the tenant listed. Keeps the results so far.
    pub(super) fn over(self, estate: &'r Estate, extras: &'r CheckOptions) -> Self {
        let plan = plan(estate, self.endpoints, extras);
        let results = self.results.moved(&self.plan.rows, &plan.rows);
        Self {
            estate,
            extras,
            plan,
            results,
            ..self
        }
    }
}

impl Run<'_> {
    pub(super) fn connections(&self) -> impl Iterator<Item = (usize, &Connection)> {
        self.estate.connections.iter().enumerate()
    }

    /// Fills every row of `rows` that is to run with the same result.
    pub(super) fn fill_all(&self, rows: impl IntoIterator<Item = usize>, result: &RowResult) {
        for row in rows {
            if self.will_run(row) {
                self.record(row, result.clone());
            }
        }
    }

    pub(super) fn will_run(&self, row: usize) -> bool {
        self.plan
            .rows
            .get(row)
            .is_some_and(|planned| planned.way == Way::Run)
    }

    /// Whether a row about an app belongs to the credential set of `connection`.
    pub(super) fn has_credentials_of(&self, row: usize, connection: &Connection) -> bool {
        self.plan
            .rows
            .get(row)
            .is_some_and(|planned| planned.credentials == Some(connection.credentials))
    }

    /// Reports a request about `subject` as in progress until the returned guard is dropped.
    pub(super) fn underway(&self, subject: &str) -> InProgress<'_> {
        InProgress::begin(self.progress, subject)
    }

    /// Stores the result of a control.
    pub(super) fn keep_control(&self, control: Control) {
        lock(&self.kept_controls).push(control);
    }

    /// The controls in the order of their connections.
    pub(super) fn take_controls(&self) -> Vec<Control> {
        let mut controls = std::mem::take(&mut *lock(&self.kept_controls));
        // Controls end in any order, but the report must not depend on it.
        controls.sort_by_key(|control| {
            self.connections()
                .position(|(_, own)| own.name == control.connection)
        });
        controls
    }

    /// Whether the user allowed a real write in the room of `row`: the first room of its connection.
    pub(super) fn allows_real_write(&self, row: usize) -> bool {
        let Some(planned) = self.plan.rows.get(row) else {
            return false;
        };
        self.extras.write_calendar
            && self.plan.find(planned.check, planned.connection).next() == Some(row)
    }
}

/// The plan of a run, to be looked at before the run begins.
pub fn plan(estate: &Estate, endpoints: &Endpoints, extras: &CheckOptions) -> Plan {
    Plan::new(estate, extras, &|service| host_of(endpoints, service))
}

/// Where a service is.
pub(super) fn endpoint_of(endpoints: &Endpoints, service: Service) -> &Endpoint {
    match service {
        Service::SignIn => &endpoints.sign_in,
        Service::Graph => &endpoints.graph,
        Service::Exchange => &endpoints.exchange,
    }
}

/// The host of a service, as the report shows it.
pub(super) fn host_of(endpoints: &Endpoints, service: Service) -> String {
    let endpoint = endpoint_of(endpoints, service);
    let host = endpoint.url.host_str().unwrap_or_default();
    match endpoint.url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}
