//! Validation that the format cannot express: values that refer to each other.

use crate::simulator::clock::SecretExpiry;
use crate::simulator::permissions::{self, GrantedRole};

use super::{App, Scenario, Secret};

/// The first contradiction of a scenario, if it has one.
pub(super) fn contradiction(scenario: &Scenario) -> Option<String> {
    let tenant = &scenario.tenant;
    if uuid::Uuid::try_parse(&tenant.id).is_err() {
        return Some(format!(
            "`tenant.id` must be a GUID such as `7c1d2f60-4b6e-4a0b-9a57-0d3c5f1e8a21`, not `{}`",
            tenant.id
        ));
    }
    if tenant.domains.is_empty() {
        return Some(
            "`tenant.domains` must list at least one domain, such as `contoso.com`".to_owned(),
        );
    }
    if let Some(name) = scenario.files.keys().find(|name| !is_plain_name(name)) {
        return Some(format!(
            "`{name}` in [files] must be a plain file name such as `rooms.csv`; the file is created next to the settings file"
        ));
    }
    tenant
        .apps
        .iter()
        .find_map(|app| app_contradiction(scenario, app))
        .or_else(|| double_mailbox(scenario))
}

fn is_plain_name(name: &str) -> bool {
    // A name must not lead to another folder; on Windows, a colon names a drive or a stream.
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':'])
}

fn app_contradiction(scenario: &Scenario, app: &App) -> Option<String> {
    for id in [&app.client_id, &app.object_id] {
        if uuid::Uuid::try_parse(id).is_err() {
            return Some(format!("app `{}`: `{id}` must be a GUID", app.display_name));
        }
    }
    if let Some(role) = app
        .granted
        .iter()
        .find(|role| GrantedRole::parse(role).is_none())
    {
        return Some(format!(
            "app `{}`: `{role}` in `granted` is not a known app role; write `graph/` or `exchange/` and its name, such as `graph/Mail.Send`",
            app.display_name
        ));
    }
    if let Some(wanted) = app
        .requested
        .iter()
        .find(|wanted| permissions::permission_id(wanted).is_none())
    {
        return Some(format!(
            "app `{}`: `requested` names the unknown permission `{}`",
            app.display_name, wanted.permission
        ));
    }
    app.secrets
        .iter()
        .find_map(|secret| secret_contradiction(scenario, secret))
}

fn secret_contradiction(scenario: &Scenario, secret: &Secret) -> Option<String> {
    if SecretExpiry::parse(&secret.ends).is_none() {
        return Some(format!(
            "`ends = \"{}\"` of a secret must be a date such as `2026-12-05` or a number of days such as `+200d`",
            secret.ends
        ));
    }
    match (&secret.value, &secret.env) {
        (Some(_), None) => None,
        (None, Some(name)) if scenario.environment.contains_key(name) => None,
        (None, Some(name)) => Some(format!(
            "the variable `{name}` of a secret is missing in [environment]"
        )),
        _ => Some("a secret needs either `value` or `env`".to_owned()),
    }
}

fn double_mailbox(scenario: &Scenario) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    scenario
        .tenant
        .mailboxes
        .iter()
        .flat_map(|mailbox| std::iter::once(&mailbox.address).chain(&mailbox.aliases))
        .find(|address| !seen.insert(address.to_lowercase()))
        .map(|address| format!("two mailboxes have the address `{address}`"))
}
