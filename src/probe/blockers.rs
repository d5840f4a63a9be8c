//! The checks that block a request: a fault in the settings, or an earlier stage that failed.

use std::collections::HashMap;

use crate::evidence::{Reply, SettingsFaultKind, TokenFacts};
use crate::settings::Connection;
use crate::terms::{CheckId, Service};
use crate::wire::AccessToken;

/// The check whose settings fault blocks tenant discovery. A fault in the client ID or the secret does not,
/// unless both IDs are identical: then it is unknown which of the two was pasted twice.
pub(super) fn of_tenant(connection: &Connection) -> Option<CheckId> {
    certain(connection, |kind| {
        kind.check() == CheckId::SettingsTenantId || kind == SettingsFaultKind::IdsIdentical
    })
}

/// The check whose settings fault blocks the test whether the client ID is a tenant.
pub(super) fn of_client(connection: &Connection) -> Option<CheckId> {
    certain(connection, |kind| kind.check() == CheckId::SettingsClientId)
}

/// The check whose settings fault blocks sign-in.
pub(super) fn of_sign_in(connection: &Connection) -> Option<CheckId> {
    let values = [
        CheckId::SettingsTenantId,
        CheckId::SettingsClientId,
        CheckId::SettingsClientSecret,
    ];
    certain(connection, |kind| values.contains(&kind.check()))
}

/// The check whose settings fault blocks requests to the booking service.
pub(super) fn of_booking(connection: &Connection) -> Option<CheckId> {
    certain(connection, |kind| {
        kind.check() == CheckId::SettingsServerHostName
    })
}

fn certain(
    connection: &Connection,
    concerns: impl Fn(SettingsFaultKind) -> bool,
) -> Option<CheckId> {
    let kinds = connection.faults.iter().map(|fault| fault.kind);
    kinds
        // A suspicious value does not block anything, because the product would use it as it is.
        .filter(|kind| !kind.is_suspicion() && !kind.is_advice())
        .find(|kind| concerns(*kind))
        .map(SettingsFaultKind::check)
}

/// Whether a reply blocks everything that needs the host: no response at all, or a response from another machine.
pub(super) fn host_is_out_of_reach<T>(reply: &Reply<T>) -> bool {
    match reply {
        Reply::Unreachable(_) => true,
        Reply::Unexpected(unexpected) => unexpected.foreign,
        Reply::Success(_) | Reply::Refused(_) => false,
    }
}

/// Whether discovery reported that the tenant does not exist. A throttled or failing service does not report that.
pub(super) fn tenant_is_refused<T>(reply: &Reply<T>) -> bool {
    matches!(reply, Reply::Refused(refusal) if (400..500).contains(&refusal.status) && refusal.status != 429)
}

/// Whether a token must not be used: it acts for a user and holds no app role, or it belongs to
/// a different tenant than discovery found, whose responses would describe another organization's mailboxes.
pub(super) fn is_not_the_apps_own(token: &TokenFacts, tenant_id: Option<&str>) -> bool {
    (token.scopes.is_some() && token.roles.is_empty()) || is_of_another_tenant(token, tenant_id)
}

fn is_of_another_tenant(token: &TokenFacts, tenant_id: Option<&str>) -> bool {
    match (&token.tenant_id, tenant_id) {
        (Some(tid), Some(expected)) => !tid.eq_ignore_ascii_case(expected),
        _ => false,
    }
}

/// The tokens of a run, or what prevented them.
#[derive(Default)]
pub(super) struct Tokens(HashMap<(usize, Service), Result<AccessToken, CheckId>>);

impl Tokens {
    pub(super) fn insert(
        &mut self,
        credentials: usize,
        service: Service,
        token: Result<AccessToken, CheckId>,
    ) {
        self.0.insert((credentials, service), token);
    }

    /// The token of a credential set for a service, or the check that prevented it.
    pub(super) fn get(
        &self,
        credentials: usize,
        service: Service,
    ) -> Result<&AccessToken, CheckId> {
        let not_requested = match service {
            Service::Exchange => CheckId::SignInExchange,
            Service::SignIn | Service::Graph => CheckId::SignInGraph,
        };
        self.0
            .get(&(credentials, service))
            .map_or(Err(not_requested), |token| {
                token.as_ref().map_err(|check| *check)
            })
    }
}
