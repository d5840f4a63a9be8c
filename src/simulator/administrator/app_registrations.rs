//! The apps in Microsoft Entra ID: registration, service principal, permissions, and the policies that limit them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::simulator::clock::{SecretExpiry, whole_seconds};
use crate::simulator::permissions::{GrantedRole, permission_id, resource_app_id, role_id};
use crate::simulator::scenario::{
    Api, App, ExchangeState, GraphState, MailboxState, PermissionKind, Secret, TenantDescription,
};

use super::command_log::CommandLog;
use super::settings_subjects::SettingsSubjects;

pub(super) fn collect(
    tenant: &TenantDescription,
    subjects: &SettingsSubjects,
    now: Timestamp,
    log: &mut CommandLog,
) -> Map<String, Value> {
    let mut facts = Map::new();
    log.succeeded("GET /organization");
    let is_synchronized = tenant
        .mailboxes
        .iter()
        .any(|mailbox| mailbox.state == MailboxState::OnPremises);
    let services = services(tenant, log);
    let mut set = |key: &str, value: Value| drop(facts.insert(key.to_owned(), value));
    set(
        "directory",
        json!({ "on_premises_sync": is_synchronized, "services": services }),
    );
    let apps = subjects.apps.iter().map(|id| app(tenant, id, now, log));
    let apps: Vec<Value> = apps.collect();
    set("apps", apps.into());
    log.succeeded("GET /policies/defaultAppManagementPolicy");
    set(
        "app_management",
        json!({ "display_name": "Default app management tenant policy", "enabled": false, "secret_restrictions": [] }),
    );
    log.succeeded("GET /identity/conditionalAccess/policies");
    set("workload_policies", workload_policies(tenant));
    facts
}

/// The service principals of Microsoft Graph and Exchange Online, as far as the tenant has them.
fn services(tenant: &TenantDescription, log: &mut CommandLog) -> Vec<Value> {
    let states = [
        (
            Api::Graph,
            "Microsoft Graph",
            Some(tenant.graph == GraphState::Active),
        ),
        (
            Api::Exchange,
            "Office 365 Exchange Online",
            match tenant.exchange {
                ExchangeState::Active => Some(true),
                ExchangeState::Disabled => Some(false),
                ExchangeState::Absent => None,
            },
        ),
    ];
    let mut services = Vec::new();
    for (api, name, enabled) in states {
        log.succeeded("GET /servicePrincipals");
        if let Some(enabled) = enabled {
            let requires = |app: &App| app.assignment_required.contains(&api);
            services.push(json!({
                "app_id": resource_app_id(api), "display_name": name, "account_enabled": enabled,
                "assignment_required": tenant.apps.iter().any(requires),
            }));
        }
    }
    services
}

fn app(tenant: &TenantDescription, id: &str, now: Timestamp, log: &mut CommandLog) -> Value {
    let known = tenant
        .apps
        .iter()
        .find(|app| app.client_id.eq_ignore_ascii_case(id));
    log.succeeded("GET /applications");
    log.succeeded("GET /servicePrincipals");
    let registered = known.filter(|app| !app.home_elsewhere);
    let principal = known.filter(|app| app.service_principal);
    let mut facts = json!({
        "app_id": id, "registered": registered.is_some(), "has_service_principal": principal.is_some(),
    });
    if let Some(app) = registered {
        log.succeeded("GET /applications/{id}/appManagementPolicies");
        facts["registration"] = registration(app, now);
        facts["management_policies"] = json!([]);
    }
    if let Some(app) = principal {
        log.succeeded("GET /servicePrincipals/{id}/appRoleAssignments");
        log.succeeded("GET /servicePrincipals/{id}/oauth2PermissionGrants");
        let owner = (!app.home_elsewhere).then_some(tenant.id.as_str());
        facts["service_principal"] = json!({
            "app_id": app.client_id, "object_id": app.object_id, "display_name": app.display_name,
            "account_enabled": app.enabled, "deactivated": false, "assignment_required": false,
            "owner_tenant_id": owner, "sign_in_audience": "AzureADMyOrg",
        });
        facts["granted_application"] = granted(app);
        facts["granted_delegated"] = json!([]);
    }
    facts
}

fn registration(app: &App, now: Timestamp) -> Value {
    let secrets: Vec<Value> = app.secrets.iter().map(|one| secret(one, now)).collect();
    let requested: Vec<Value> = app
        .requested
        .iter()
        .map(|wanted| {
            let kind = match wanted.kind {
                PermissionKind::Role => "application",
                PermissionKind::Scope => "delegated",
            };
            json!({
                "resource_app_id": resource_app_id(wanted.api),
                "permission_id": permission_id(wanted).unwrap_or_default(),
                "permission": wanted.permission, "type": kind,
            })
        })
        .collect();
    json!({
        "display_name": app.display_name, "sign_in_audience": "AzureADMyOrg", "deactivated": false,
        "secrets": secrets, "certificates": 0, "requested": requested,
    })
}

/// A secret without its value. The portal creates secrets for 24 months at most.
fn secret(secret: &Secret, now: Timestamp) -> Value {
    let ends = SecretExpiry::parse(&secret.ends).map_or(now, |expiry| expiry.moment(now));
    let starts = ends
        .checked_sub(SignedDuration::from_hours(24 * 730))
        .unwrap_or(now);
    json!({
        "key_id": secret.id, "display_name": secret.display_name,
        "starts_at": whole_seconds(starts), "ends_at": whole_seconds(ends),
    })
}

fn granted(app: &App) -> Value {
    let roles = app
        .granted
        .iter()
        .filter_map(|role| GrantedRole::parse(role));
    let roles = roles.map(|role| {
        let name = match role.api {
            Api::Graph => "Microsoft Graph",
            Api::Exchange => "Office 365 Exchange Online",
        };
        json!({
            "resource_app_id": resource_app_id(role.api), "resource_name": name,
            "permission_id": role_id(role.api, &role.value), "permission": role.value,
        })
    });
    roles.collect()
}

/// One policy for each app that Conditional Access stops. It blocks every location that is not trusted.
fn workload_policies(tenant: &TenantDescription) -> Value {
    let stopped = tenant
        .apps
        .iter()
        .filter(|app| app.conditional_access.is_some());
    let policies = stopped.map(|app| {
        json!({
            "display_name": format!("Block {} outside trusted locations", app.display_name),
            "state": "enabled", "include_service_principals": [app.object_id],
            "include_locations": ["All"], "exclude_locations": ["AllTrusted"], "controls": ["block"],
        })
    });
    policies.collect()
}
