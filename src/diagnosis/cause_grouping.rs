//! Grouping of causes: the level at which the rows of several connections share one cause.
//!
//! A cause is one task for one person. A policy, an inherited value or a host that twenty connections share is one cause
//! that lists them. A problem that each connection has on its own is one cause per connection.

use std::collections::HashSet;

use crate::evidence::{ConnectionFacts, Finding, Observation};
use crate::knowledge::CauseScope;
use crate::terms::{Api, CauseId, CheckId};

use super::diagnosis_context::Context;
use super::judgment::Raised;

/// Causes that lie in the mailbox and not in the access of an app, so that they are the same for every app.
const ABOUT_MAILBOX: &[CauseId] = &[
    CauseId::EwsDisabledForMailbox,
    CauseId::MailboxAccountDisabled,
    CauseId::MailboxAliasUsed,
    CauseId::MailboxCalendarMissing,
    CauseId::MailboxLicenseMissing,
    CauseId::MailboxMoving,
    CauseId::MailboxNotFound,
    CauseId::MailboxNotInExchangeOnline,
    CauseId::SettingsRoomAddressMalformed,
    CauseId::SettingsRoomDuplicate,
];

/// Causes whose remedy names one mailbox, so that each mailbox is a cause of its own.
const ABOUT_ONE_MAILBOX: &[CauseId] = &[
    CauseId::MailSenderUnusable,
    CauseId::MailboxServiceAccountUnusable,
];

/// The grouping key of a raised cause. Causes with one ID and one key are merged.
pub(super) fn grouping_key(
    context: &Context<'_>,
    all: &[Vec<Raised>],
    scope: CauseScope,
    observation: &Observation,
    raised: &Raised,
) -> Vec<String> {
    let facts = context.connection_of(observation);
    let tenant = || vec![facts.map_or_else(String::new, |facts| context.tenant_key(facts))];
    let app = || facts.map_or_else(Vec::new, |facts| app_key(context, facts));
    match scope {
        CauseScope::Estate => Vec::new(),
        CauseScope::Host => vec![host_key(context, all, observation, raised)],
        CauseScope::Tenant => tenant(),
        CauseScope::App => app(),
        _ if ABOUT_ONE_MAILBOX.contains(&raised.id) => {
            [app(), vec![observation.subject.to_ascii_lowercase()]].concat()
        }
        CauseScope::Connection => facts.map_or_else(Vec::new, |facts| {
            value_key(context, facts, observation, raised)
        }),
        CauseScope::Mailboxes if ABOUT_MAILBOX.contains(&raised.id) => {
            [tenant(), api_key(facts)].concat()
        }
        CauseScope::Mailboxes => [app(), api_key(facts)].concat(),
    }
}

fn app_key(context: &Context<'_>, facts: &ConnectionFacts) -> Vec<String> {
    let app = context.app(facts);
    vec![app.tenant, app.client]
}

/// The API of a connection: the permissions differ between the APIs, and so do the remedies.
fn api_key(facts: Option<&ConnectionFacts>) -> Vec<String> {
    let api = match facts.and_then(|facts| facts.api) {
        Some(Api::Ews) => "ews",
        Some(Api::Graph) => "graph",
        None => "",
    };
    vec![api.to_owned()]
}

/// Causes about the client secret or the certificate, regardless of the check.
const ABOUT_SECRET: &[CauseId] = &[
    CauseId::SignInSecretMissing,
    CauseId::SettingsSecretIsSecretId,
    CauseId::SettingsSecretStrayCharacters,
    CauseId::SettingsSecretMistyped,
    CauseId::SettingsSecretNotASecret,
    CauseId::SettingsCertificateExpired,
];

/// The key of a wrong value. Several connections can share a value, usually by inheritance, and its sentence quotes the
/// value. A secret is never quoted, so its key is the number of its credentials.
fn value_key(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    observation: &Observation,
    raised: &Raised,
) -> Vec<String> {
    if observation.check == CheckId::SettingsClientSecret || ABOUT_SECRET.contains(&raised.id) {
        return vec![format!("credentials {}", facts.credentials)];
    }
    match faults_like(observation, raised) {
        faults if faults.is_empty() => app_key(context, facts),
        faults => faults,
    }
}

/// The details of the faults with one cause in a row about the settings.
fn faults_like(observation: &Observation, raised: &Raised) -> Vec<String> {
    let faults = match observation.finding() {
        Some(Finding::Settings(faults) | Finding::Rooms { faults, .. }) => faults.as_slice(),
        _ => &[],
    };
    faults
        .iter()
        .filter(|fault| fault.kind.cause() == raised.id)
        .map(|fault| fault.detail.clone())
        .collect()
}

/// The key of a cause about hosts: one cause for each host. A rejection by a proxy is a single cause, because one proxy rule
/// is to be changed. A problem of every host is also a single cause, because it lies in this machine or its network.
fn host_key(
    context: &Context<'_>,
    all: &[Vec<Raised>],
    observation: &Observation,
    raised: &Raised,
) -> String {
    if raised.id == CauseId::NetworkProxyRefused || every_host_raises(context, all, raised.id) {
        return String::new();
    }
    context
        .host_of_row(observation)
        .unwrap_or(&observation.subject)
        .to_owned()
}

/// Whether there is more than one checked host, and the row of each of them raises the cause `id`.
fn every_host_raises(context: &Context<'_>, all: &[Vec<Raised>], id: CauseId) -> bool {
    let mut hosts: Vec<&str> = Vec::new();
    for (row, raised) in context.evidence.observations.iter().zip(all) {
        if !matches!(row.finding(), Some(Finding::Reachable(_))) {
            continue;
        }
        if !raised.iter().any(|raised| raised.id == id) {
            return false;
        }
        if !hosts.contains(&row.subject.as_str()) {
            hosts.push(&row.subject);
        }
    }
    hosts.len() > 1
}

/// The connections that some rows affect, in the order of the settings. A shared row affects the connections with its
/// credentials or tenant. A row about a host or this machine affects the connections of the other rows, else all.
pub(super) fn affected_connections<'e>(
    context: &Context<'_>,
    rows: impl Iterator<Item = &'e Observation>,
) -> Vec<String> {
    let (mut named, mut credentials, mut tenants) =
        (HashSet::new(), HashSet::new(), HashSet::new());
    for row in rows {
        match (&row.connection, row.credentials) {
            (Some(name), _) => {
                named.insert(name.as_str());
            }
            (None, Some(own)) => {
                credentials.insert(own);
            }
            (None, None) if row.check == CheckId::TenantDiscovery => {
                tenants.insert(row.subject.to_ascii_lowercase());
            }
            (None, None) => {}
        }
    }
    // Rows about a host or this machine name no connection, so they affect all of them.
    let all = named.is_empty() && credentials.is_empty() && tenants.is_empty();
    let concerned = |facts: &&ConnectionFacts| {
        all || named.contains(facts.name.as_str())
            || credentials.contains(&facts.credentials)
            || tenants.contains(&facts.tenant_id.to_ascii_lowercase())
    };
    context
        .evidence
        .connections
        .iter()
        .filter(concerned)
        .map(|facts| facts.name.clone())
        .collect()
}
