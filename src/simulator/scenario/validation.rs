//! Validation that the format cannot express: values that refer to each other.

use super::{App, Scenario, Secret};
use crate::simulator::clock::SecretExpiry;
use crate::simulator::permissions::{self, GrantedRole};

/// The first contradiction of a scenario, if it has one.
pub(super) fn contradiction(scenario: &Scenario) -> Option<String> {
    let tenant = &scenario.tenant;
    if uuid::Uuid::try_parse(&tenant.id).is_err() {
        return Some(format!("tenant.id `{}` is not a GUID", tenant.id));
    }
    if tenant.domains.is_empty() {
        return Some("a tenant has at least one domain".to_owned());
    }
    if let Some(name) = scenario.files.keys().find(|name| !is_plain_name(name)) {
        return Some(format!(
            "`{name}` in [files] is more than the name of a file beside the settings"
        ));
    }
    tenant
        .apps
        .iter()
        .find_map(|app| app_contradiction(scenario, app))
        .or_else(|| double_mailbox(scenario))
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':'])
}

fn app_contradiction(scenario: &Scenario, app: &App) -> Option<String> {
    for id in [&app.client_id, &app.object_id] {
        if uuid::Uuid::try_parse(id).is_err() {
            return Some(format!("app `{}`: `{id}` is not a GUID", app.display_name));
        }
    }
    if let Some(role) = app
        .granted
        .iter()
        .find(|role| GrantedRole::parse(role).is_none())
    {
        return Some(format!(
            "app `{}`: `{role}` is no known app role of graph/ or exchange/",
            app.display_name
        ));
    }
    if let Some(wanted) = app
        .requested
        .iter()
        .find(|wanted| permissions::permission_id(wanted).is_none())
    {
        return Some(format!(
            "app `{}`: the id of `{}` is not known",
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
            "secret end `{}` is neither a day nor a number of days such as +200d",
            secret.ends
        ));
    }
    match (&secret.value, &secret.env) {
        (Some(_), None) => None,
        (None, Some(name)) if scenario.environment.contains_key(name) => None,
        (None, Some(name)) => Some(format!(
            "the variable `{name}` of a secret is not in [environment]"
        )),
        _ => Some("a secret has either a value or an env".to_owned()),
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
        .map(|address| format!("the address `{address}` is given to two mailboxes"))
}
