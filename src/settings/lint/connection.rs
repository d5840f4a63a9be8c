//! All rules over one connection.

use crate::evidence::SettingsFault;
use crate::settings::host_name::Expected;
use crate::settings::{
    ClientId, ClientSecret, Connection, Credential, MailboxAddress, NOT_REPEATED, ProductVersion,
    Reference, TenantId, looks_like_a_secret,
};

use super::guid::is_guid;
use super::{certificate, client_id, host_name, secret, service_account, tenant_id, use_oauth};

/// What the values of a connection are compared with.
#[derive(Debug, Clone, Copy)]
pub(in crate::settings) struct Rules<'a> {
    pub(in crate::settings) version: Option<ProductVersion>,
    pub(in crate::settings) cloud: &'a str,
    pub(in crate::settings) reference: &'a Reference,
    /// The hosts that `--ews-url` and `--graph-url` name, with their ports.
    pub(in crate::settings) given_hosts: &'a [String],
}

/// Every fault but those of the rooms, in the order of the settings page. Of mail and user sync with credentials of their own
/// only ids and secret are judged; a system that books no rooms itself needs no service account.
pub(in crate::settings) fn faults(
    connection: &Connection,
    rules: &Rules<'_>,
) -> Vec<SettingsFault> {
    let Rules {
        version,
        cloud,
        reference,
        given_hosts,
    } = *rules;
    let mut faults = Vec::new();
    faults.extend(tenant_id::fault(&connection.tenant_id));
    faults.extend(client_id::fault(
        &connection.client_id,
        &connection.tenant_id,
        reference,
    ));
    faults.extend(credential_fault(&connection.credential));
    if let Some(api) = connection.api {
        faults.extend(use_oauth::fault(connection.use_oauth, api));
        let host_name = connection.server_host_name.as_deref();
        let expected = Expected {
            api,
            cloud,
            reference,
            given_hosts,
        };
        faults.extend(host_name.and_then(|host_name| host_name::fault(host_name, &expected)));
        if connection.rooms.expected {
            faults.extend(service_account::fault(
                connection.service_account.as_deref(),
                api,
                version,
            ));
        }
    }
    // A secret can be pasted into any field, and a fault quotes its field.
    for fault in &mut faults {
        hide_secret(fault, connection.credential.hidden_text());
    }
    faults
}

fn credential_fault(credential: &Credential) -> Option<SettingsFault> {
    match credential {
        Credential::Secret(secret) => secret::fault(secret),
        Credential::Certificate(certificate) => certificate::fault(certificate),
    }
}

/// Takes the secret out of the fields once they are judged: their values appear all over a report. A GUID stays, since it
/// is not a secret even where it was pasted into the field of the secret.
pub(in crate::settings) fn without_secrets(connection: Connection) -> Connection {
    let secret = connection.credential.hidden_text();
    let shown = |text: &str| !is_secret(text, secret) || is_guid(text.trim());
    let shown_text = |text: &String| {
        if shown(text) {
            text.clone()
        } else {
            NOT_REPEATED.to_owned()
        }
    };
    let tenant_id = Some(&connection.tenant_id)
        .filter(|id| shown(id.as_str()))
        .cloned();
    let client_id = Some(&connection.client_id)
        .filter(|id| shown(id.as_str()))
        .cloned();
    Connection {
        tenant_id: tenant_id.unwrap_or_else(|| TenantId::new(NOT_REPEATED)),
        client_id: client_id.unwrap_or_else(|| ClientId::new(NOT_REPEATED)),
        server_host_name: connection.server_host_name.as_ref().map(shown_text),
        service_account: connection.service_account.as_ref().map(shown_text),
        ..connection
    }
}

fn is_secret(text: &str, secret: &ClientSecret) -> bool {
    let secret = secret.expose().trim();
    // An address of random letters is valid, so it must not be taken for a secret.
    let is_address = MailboxAddress::parse(text).is_ok();
    (looks_like_a_secret(text) && !is_address) || (!secret.is_empty() && text.trim() == secret)
}

/// A secret that was pasted into another field must not be found in the report.
fn hide_secret(fault: &mut SettingsFault, secret: &ClientSecret) {
    if fault
        .subject
        .as_deref()
        .is_some_and(|text| is_secret(text, secret))
    {
        fault.subject = None;
        fault
            .detail
            .push_str(" The value looks like the client secret and is not repeated here.");
    }
}
