//! `applications(appId='…')` and `servicePrincipals(appId='…')`: an app may read itself without any permission.

use serde_json::{Value, json};

use crate::simulator::clock::{SecretExpiry, whole_seconds};
use crate::simulator::message::SimulatedResponse;
use crate::simulator::permissions::{self, GrantedRole};
use crate::simulator::scenario::{Api, App, Permission, PermissionKind};

use super::call::{GraphCall, Outcome};
use super::error::GraphRefusal;

const READ_APPLICATIONS: &[&str] = &[
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// Responds to a read of a registration or a service principal by its client id.
pub(crate) fn respond(call: &GraphCall<'_>, set: &str, client_id: &str, rest: &[&str]) -> Outcome {
    if call.request.method != "GET" {
        return Err(GraphRefusal::new(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        ));
    }
    let may_read_all = call.holds_any(READ_APPLICATIONS);
    let own = call.token.client_id.eq_ignore_ascii_case(client_id);
    match (set.to_lowercase().as_str(), rest) {
        ("applications", []) if own || may_read_all => application(call, client_id),
        ("serviceprincipals", []) if own || may_read_all => service_principal(call, client_id),
        // Whether an app may list its own assignments without a permission is not known; it is refused here.
        ("serviceprincipals", ["appRoleAssignments"]) if may_read_all => {
            assignments(call, client_id)
        }
        ("applications" | "serviceprincipals", _) => Err(GraphRefusal::insufficient_privileges()),
        _ => Err(GraphRefusal::bad_request(format!(
            "Resource not found for the segment '{set}'."
        ))),
    }
}

fn find<'call>(call: &'call GraphCall<'_>, client_id: &str) -> Result<&'call App, GraphRefusal> {
    call.tenant
        .app(client_id)
        .ok_or_else(|| GraphRefusal::resource_not_found(client_id))
}

fn application(call: &GraphCall<'_>, client_id: &str) -> Outcome {
    let app = find(call, client_id)?;
    // The application object exists only in its home tenant.
    if app.home_elsewhere {
        return Err(GraphRefusal::resource_not_found(client_id));
    }
    let object = json!({
        "id": super::directory::object_id(&app.client_id),
        "appId": app.client_id,
        "displayName": app.display_name,
        "signInAudience": app.sign_in_audience,
        "passwordCredentials": credentials(call, app),
        "keyCredentials": [],
        "requiredResourceAccess": required_access(app),
    });
    Ok(SimulatedResponse::json(200, &call.query.select(object)))
}

fn service_principal(call: &GraphCall<'_>, client_id: &str) -> Outcome {
    let app = find(call, client_id)?;
    let object = json!({
        "id": app.object_id, "appId": app.client_id, "displayName": app.display_name, "accountEnabled": app.enabled,
        "appRoleAssignmentRequired": false, "servicePrincipalType": "Application",
    });
    Ok(SimulatedResponse::json(200, &call.query.select(object)))
}

fn assignments(call: &GraphCall<'_>, client_id: &str) -> Outcome {
    let app = find(call, client_id)?;
    let assignments = app.granted.iter().filter_map(|role| GrantedRole::parse(role)).map(|role| {
        json!({"id": super::directory::object_id(&role.value), "principalId": app.object_id, "principalType": "ServicePrincipal",
               "appRoleId": permissions::role_id(role.api, &role.value),
               "resourceDisplayName": match role.api { Api::Graph => "Microsoft Graph", Api::Exchange => "Office 365 Exchange Online" }})
    });
    call.query
        .list(call.request, "appRoleAssignments", assignments)
}

/// Secrets without their values: the hint is the first three characters, the key id is the Secret ID.
fn credentials(call: &GraphCall<'_>, app: &App) -> Vec<Value> {
    let (started, tenant) = (call.tenant.started(), call.tenant);
    app.secrets
        .iter()
        .map(|secret| {
            let hint: String = tenant.secret_value(secret).unwrap_or_default().chars().take(3).collect();
            let end = SecretExpiry::parse(&secret.ends).map_or(started, |expiry| expiry.moment(started));
            // The portal creates secrets for 24 months at most.
            let start = end.checked_sub(jiff::SignedDuration::from_hours(24 * 730)).unwrap_or(started);
            json!({"displayName": secret.display_name, "keyId": secret.id, "hint": hint, "secretText": null,
                   "customKeyIdentifier": null, "startDateTime": whole_seconds(start), "endDateTime": whole_seconds(end)})
        })
        .collect()
}

fn required_access(app: &App) -> Vec<Value> {
    [Api::Graph, Api::Exchange]
        .into_iter()
        .filter_map(|api| {
            let wanted: Vec<Value> =
                app.requested.iter().filter(|wanted| wanted.api == api).filter_map(resource_access).collect();
            (!wanted.is_empty())
                .then(|| json!({"resourceAppId": permissions::resource_app_id(api), "resourceAccess": wanted}))
        })
        .collect()
}

fn resource_access(wanted: &Permission) -> Option<Value> {
    let kind = if wanted.kind == PermissionKind::Role {
        "Role"
    } else {
        "Scope"
    };
    permissions::permission_id(wanted).map(|id| json!({"id": id, "type": kind}))
}

#[cfg(test)]
mod tests {
    use crate::simulator::small_tenant::{
        APP, changed, graph_code, json_of, send_to_graph, small_tenant,
    };

    #[test]
    fn an_app_reads_itself_without_a_permission() {
        let path = format!(
            "/applications(appId='{APP}')?$select=displayName,passwordCredentials,requiredResourceAccess,signInAudience"
        );
        let app = json_of(&send_to_graph(&small_tenant(), "GET", &path, None));
        assert_eq!(app["passwordCredentials"][0]["hint"], "zzz");
        assert_eq!(
            app["passwordCredentials"][0]["endDateTime"]
                .as_str()
                .map(|end| &end[..10]),
            Some("2027-06-11")
        );
        assert_eq!(
            app["requiredResourceAccess"][0]["resourceAccess"][0]["type"],
            "Scope"
        );
        assert_eq!(app["signInAudience"], "AzureADMyOrg");
        assert!(!app.to_string().contains("8Q~"));
        let principal = send_to_graph(
            &small_tenant(),
            "GET",
            &format!("/servicePrincipals(appId='{APP}')"),
            None,
        );
        assert_eq!(json_of(&principal)["accountEnabled"], true);
    }

    #[test]
    fn others_are_closed_and_a_foreign_home_has_no_application() {
        let other = "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')";
        assert_eq!(
            graph_code(&send_to_graph(&small_tenant(), "GET", other, None)).0,
            403
        );
        let elsewhere = changed("enabled = true", "home_elsewhere = true");
        let response = send_to_graph(
            &elsewhere,
            "GET",
            &format!("/applications(appId='{APP}')"),
            None,
        );
        assert_eq!(
            graph_code(&response),
            (404, "Request_ResourceNotFound".to_owned())
        );
    }
}
