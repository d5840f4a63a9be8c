//! The configuration of Exchange Online: EWS, hybrid, access policies, and roles of apps.

use serde_json::{Map, Value, json};

use crate::simulator::scenario::{
    AccessRight, App, ExchangeRbac, MailboxState, Reach, TenantDescription,
};

use super::command_log::CommandLog;
use super::settings_subjects::SettingsSubjects;

pub(super) fn collect(
    tenant: &TenantDescription,
    subjects: &SettingsSubjects,
    log: &mut CommandLog,
) -> Map<String, Value> {
    let apps: Vec<&App> = tenant
        .apps
        .iter()
        .filter(|app| {
            subjects
                .apps
                .iter()
                .any(|id| id.eq_ignore_ascii_case(&app.client_id))
        })
        .collect();
    let mut facts = Map::new();
    organization(tenant, &mut facts, log);
    access_policies(tenant, &apps, &mut facts, log);
    roles(&apps, &mut facts, log);
    facts
}

fn organization(tenant: &TenantDescription, facts: &mut Map<String, Value>, log: &mut CommandLog) {
    let ews = match tenant.ews.enabled {
        None => "not-set",
        Some(true) => "enabled",
        Some(false) => "disabled",
    };
    for name in [
        "Get-OrganizationConfig",
        "Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy",
        "Get-OnPremisesOrganization",
    ] {
        log.succeeded(name);
    }
    let is_hybrid = tenant
        .mailboxes
        .iter()
        .any(|mailbox| mailbox.state == MailboxState::OnPremises);
    let mut set = |key: &str, value: Value| drop(facts.insert(key.to_owned(), value));
    set(
        "organization",
        json!({ "ews_enabled": ews, "is_dehydrated": false }),
    );
    let allowed = tenant.ews.allowed_app_ids.clone().unwrap_or_default();
    set("ews_allowed_app_ids", json!(allowed));
    let user_agents = tenant.ews.user_agents.as_ref().map_or_else(
        || json!({ "policy": null, "allow_list": [], "block_list": [] }),
        |policy| json!(policy),
    );
    set("ews_user_agents", user_agents);
    let domains = tenant.domains.iter().filter(|_| is_hybrid).take(1);
    let domains: Vec<&String> = domains.collect();
    set(
        "hybrid",
        json!({ "organizations": u8::from(is_hybrid), "domains": domains }),
    );
}

/// In a tenant without any policy the cmdlet fails, because the container of the policies does not exist.
fn access_policies(
    tenant: &TenantDescription,
    apps: &[&App],
    facts: &mut Map<String, Value>,
    log: &mut CommandLog,
) {
    if tenant.apps.iter().all(|app| app.access_policy.is_empty()) {
        let error = format!(
            "The operation couldn't be performed because object 'OU={}' couldn't be found.",
            tenant.id
        );
        log.failed("Get-ApplicationAccessPolicy", None, &error);
        return;
    }
    log.succeeded("Get-ApplicationAccessPolicy");
    let policies = apps.iter().flat_map(|app| {
        app.access_policy.iter().enumerate().map(|(place, policy)| {
            let right = match policy.right {
                AccessRight::RestrictAccess => "RestrictAccess",
                AccessRight::DenyAccess => "DenyAccess",
            };
            let scope = format!("{} mailboxes {}", app.display_name, place + 1);
            json!({
                "identity": format!("{}\\{}:{scope}", tenant.id, app.client_id),
                "app_id": app.client_id, "access_right": right, "scope_name": scope,
            })
        })
    });
    let policies: Vec<Value> = policies.collect();
    facts.insert("access_policies".to_owned(), policies.into());
}

fn roles(apps: &[&App], facts: &mut Map<String, Value>, log: &mut CommandLog) {
    let registered: Vec<&&App> = apps
        .iter()
        .filter(|app| !app.exchange_rbac.is_empty())
        .collect();
    log.succeeded("Get-ServicePrincipal");
    log.succeeded("Get-ManagementRoleAssignment");
    let principals = registered.iter().map(|app| {
        json!({ "app_id": app.client_id, "object_id": app.object_id, "display_name": app.display_name })
    });
    let (mut assignments, mut scopes) = (Vec::new(), Vec::new());
    for app in &registered {
        for (place, assigned) in app.exchange_rbac.iter().enumerate() {
            assignments.push(json!({
                "app_id": app.client_id, "name": format!("{}-{}", assigned.role, app.object_id),
                "role": assigned.role, "enabled": true,
                "scope_type": scope_type(assigned), "scope": scope_name(app, place),
            }));
            if let Reach::Named(addresses) = &assigned.mailboxes {
                log.succeeded("Get-ManagementScope");
                scopes.push(json!({
                    "name": scope_name(app, place), "recipient_filter": filter_of(addresses),
                    "recipient_root": "", "exclusive": false,
                }));
            }
        }
    }
    facts.insert(
        "exchange_service_principals".to_owned(),
        principals.collect(),
    );
    facts.insert("role_assignments".to_owned(), assignments.into());
    facts.insert("management_scopes".to_owned(), scopes.into());
}

/// The type of the scope of a role, as Exchange names it.
pub(super) fn scope_type(assigned: &ExchangeRbac) -> &'static str {
    match assigned.mailboxes {
        Reach::All(_) => "Organization",
        Reach::Named(_) => "CustomRecipientScope",
    }
}

/// The name of the scope of a role; `null` for a role without one.
pub(super) fn scope_name(app: &App, place: usize) -> Option<String> {
    let assigned = app.exchange_rbac.get(place)?;
    match assigned.mailboxes {
        Reach::All(_) => None,
        Reach::Named(_) => Some(format!("{} scope {}", app.display_name, place + 1)),
    }
}

fn filter_of(addresses: &[String]) -> String {
    let conditions = addresses
        .iter()
        .map(|address| format!("(PrimarySmtpAddress -eq '{}')", address.replace('\'', "''")));
    conditions.collect::<Vec<_>>().join(" -or ")
}
