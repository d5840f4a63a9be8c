//! The rows that connections share: hosts, tenants, app registrations, the machine.

use std::collections::{BTreeMap, BTreeSet};

use crate::settings::{Connection, Estate};
use crate::terms::{Api, CheckId, Requirement, Service, SkipReason};

use super::connection::graph_requirement;
use super::row::{Planned, Way, row};

/// The services that an estate uses. Graph is always included: it returns the app's own registration.
pub(super) fn services(estate: &Estate) -> BTreeSet<Service> {
    let exchange = estate
        .connections
        .iter()
        .any(|connection| connection.api == Some(Api::Ews));
    let mut used = BTreeSet::from([Service::SignIn, Service::Graph]);
    if exchange {
        used.insert(Service::Exchange);
    }
    used
}

pub(super) fn rows(rows: &mut Vec<Planned>, estate: &Estate, hosts: &[(Service, String)]) {
    for (service, host) in hosts {
        let check = network_check(*service);
        rows.push(row(
            check,
            users_of(estate, *service),
            &**host,
            host_requirement(estate, *service),
            Way::Run,
        ));
    }
    rows.push(row(
        CheckId::NetworkClock,
        None,
        "this machine",
        Requirement::Advisory,
        Way::Derive,
    ));
    tenant_rows(rows, estate);
    app_rows(rows, estate);
    if estate
        .connections
        .iter()
        .any(|connection| !connection.rooms.addresses.is_empty())
    {
        // Graph does not show these settings; they are visible with Exchange PowerShell only.
        let way = Way::Skip(SkipReason::NeedsPermission, None);
        rows.push(row(
            CheckId::RoomCalendarProcessing,
            None,
            "all rooms",
            Requirement::Advisory,
            way,
        ));
    }
}

/// The check for connectivity to the host of a service.
pub(in crate::probe) fn network_check(service: Service) -> CheckId {
    match service {
        Service::SignIn => CheckId::NetworkSignIn,
        Service::Graph => CheckId::NetworkGraph,
        Service::Exchange => CheckId::NetworkExchange,
    }
}

fn host_requirement(estate: &Estate, service: Service) -> Requirement {
    match service {
        Service::SignIn | Service::Exchange => Requirement::Required,
        Service::Graph => estate
            .connections
            .iter()
            .map(graph_requirement)
            .min()
            .unwrap_or(Requirement::Advisory),
    }
}

/// The connection that uses a service, if it is the only one.
fn users_of(estate: &Estate, service: Service) -> Option<usize> {
    only(
        estate
            .connections
            .iter()
            .enumerate()
            .filter(|(_, connection)| match service {
                Service::SignIn | Service::Graph => true,
                Service::Exchange => connection.api == Some(Api::Ews),
            }),
    )
}

fn only<'c>(mut users: impl Iterator<Item = (usize, &'c Connection)>) -> Option<usize> {
    let (first, _) = users.next()?;
    users.next().is_none().then_some(first)
}

fn tenant_rows(rows: &mut Vec<Planned>, estate: &Estate) {
    let mut tenants: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, connection) in estate.connections.iter().enumerate() {
        tenants
            .entry(connection.tenant_id.as_str().to_ascii_lowercase())
            .or_default()
            .push(index);
    }
    for users in tenants.values() {
        let Some(first) = users.first() else { continue };
        let subject = estate.connections[*first].tenant_id.as_str();
        rows.push(row(
            CheckId::TenantDiscovery,
            sole(users),
            subject,
            Requirement::Required,
            Way::Run,
        ));
    }
}

fn app_rows(rows: &mut Vec<Planned>, estate: &Estate) {
    for (credentials, users) in connections_by_app(estate) {
        let Some(first) = users.first() else { continue };
        let subject = estate.connections[*first].client_id.as_str();
        let mut add = |check, way| {
            let own = row(check, sole(&users), subject, Requirement::Advisory, way);
            rows.push(Planned {
                credentials: Some(credentials),
                ..own
            });
        };
        add(CheckId::RegistrationSecretExpiry, Way::Run);
        add(CheckId::RegistrationConsent, Way::Run);
        add(CheckId::GrantSurplus, surplus_way(estate, *first));
    }
}

/// The indexes of the connections that share credentials, by the number of the credentials.
fn connections_by_app(estate: &Estate) -> BTreeMap<usize, Vec<usize>> {
    let mut apps: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, connection) in estate.connections.iter().enumerate() {
        apps.entry(connection.credentials).or_default().push(index);
    }
    apps
}

/// Unused permissions for Exchange are read from its token, which another check requests for some connections.
fn surplus_way(estate: &Estate, index: usize) -> Way {
    if has_exchange_token(estate, index) {
        Way::Derive
    } else {
        Way::Run
    }
}

/// Whether a connection signs in to Exchange with the app of this one anyway. Where none does, a token is requested only
/// to see which roles the app holds there.
fn has_exchange_token(estate: &Estate, index: usize) -> bool {
    let Some(own) = estate.connections.get(index) else {
        return false;
    };
    let same = |other: &&Connection| {
        other
            .tenant_id
            .as_str()
            .eq_ignore_ascii_case(own.tenant_id.as_str())
            && other
                .client_id
                .as_str()
                .eq_ignore_ascii_case(own.client_id.as_str())
    };
    estate
        .connections
        .iter()
        .filter(same)
        .any(|other| other.api == Some(Api::Ews))
}

fn sole(users: &[usize]) -> Option<usize> {
    if let [only] = users {
        Some(*only)
    } else {
        None
    }
}
