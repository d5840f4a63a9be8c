//! `/{tenant}/v2.0/.well-known/openid-configuration` and the key set.

use serde_json::json;
use uuid::Uuid;

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::scenario::{Cloud, TenantDescription};
use crate::simulator::tenant::Tenant;

use super::error::EntraError;

/// The discovery document that the sign-in host of `cloud` gives for `requested`. `base` is the address of the endpoints in
/// the document.
pub(crate) fn respond(
    tenant: &Tenant,
    request: &SimulatedRequest,
    cloud: Cloud,
    base: &str,
    requested: &str,
) -> SimulatedResponse {
    if request.method != "GET" {
        return SimulatedResponse::empty(405).with_header("allow", "GET");
    }
    if let Some(issuer) = issuer_of_no_tenant(cloud, requested) {
        return of_no_tenant(cloud, base, requested, &issuer);
    }
    match find_tenant(tenant.description(), cloud, requested) {
        Ok(found) => document(found, base, requested),
        Err(error) => error.discovery_response(request, cloud.hosts(), tenant.now()),
    }
}

/// The tenant of all personal Microsoft accounts.
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The path segment of `issuer` in the documents that belong to no customer: the literal `{tenantid}` for `common` and
/// `organizations`, a fixed GUID for `consumers`, which exists in the worldwide cloud only.
/// (<https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>)
fn issuer_of_no_tenant(cloud: Cloud, requested: &str) -> Option<String> {
    match requested.to_lowercase().as_str() {
        "common" | "organizations" => Some("{tenantid}".to_owned()),
        "consumers" | PERSONAL_ACCOUNTS if cloud.shares_sign_in_with(Cloud::Global) => {
            Some(PERSONAL_ACCOUNTS.to_owned())
        }
        _ => None,
    }
}

fn of_no_tenant(cloud: Cloud, base: &str, requested: &str, issuer: &str) -> SimulatedResponse {
    let mut document = endpoints(cloud, base, requested, issuer);
    document["tenant_region_scope"] = serde_json::Value::Null;
    SimulatedResponse::json(200, &document)
}

/// The tenant of this id or domain, if the sign-in host of `cloud` knows it.
pub(crate) fn find_tenant<'tenant>(
    tenant: &'tenant TenantDescription,
    cloud: Cloud,
    requested: &str,
) -> Result<&'tenant TenantDescription, EntraError> {
    if Uuid::try_parse(requested).is_ok_and(|id| id.is_nil()) {
        let text = format!(
            "Requested tenant identifier '{requested}' is not valid. Tenant identifiers may not be an empty GUID."
        );
        return Err(EntraError::new(900_021, text));
    }
    if ["common", "organizations", "consumers"].contains(&requested.to_lowercase().as_str()) {
        let text = format!(
            "The grant type is not supported over the /common or /consumers endpoints, asked for '{requested}'."
        );
        return Err(EntraError::new(9_001_023, text));
    }
    if Uuid::try_parse(requested).is_err() && !looks_like_domain(requested) {
        let text = format!(
            "Specified tenant identifier '{requested}' is neither a valid DNS name, nor a valid external domain."
        );
        return Err(EntraError::new(900_023, text));
    }
    let known = tenant.id.eq_ignore_ascii_case(requested)
        || tenant
            .domains
            .iter()
            .any(|domain| domain.eq_ignore_ascii_case(requested));
    // Some clouds share a sign-in host, such as the worldwide one and GCC.
    if known && tenant.cloud.shares_sign_in_with(cloud) {
        Ok(tenant)
    } else {
        Err(not_found(requested))
    }
}

fn not_found(requested: &str) -> EntraError {
    EntraError::new(
        90_002,
        format!(
            "Tenant '{requested}' not found. Check to make sure you have the correct tenant ID and are signing into the \
             correct cloud. Check with your subscription administrator, this may happen if there are no active \
             subscriptions for the tenant."
        ),
    )
}

fn looks_like_domain(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        })
}

fn document(tenant: &TenantDescription, base: &str, requested: &str) -> SimulatedResponse {
    let mut document = endpoints(tenant.cloud, base, requested, &tenant.id);
    document["tenant_region_scope"] = json!(tenant.region);
    if let Some(sub_scope) = tenant.cloud.hosts().region_sub_scope {
        document["tenant_region_sub_scope"] = json!(sub_scope);
    }
    SimulatedResponse::json(200, &document)
}

/// What the documents of a cloud have in common.
fn endpoints(cloud: Cloud, base: &str, requested: &str, issuer: &str) -> serde_json::Value {
    let hosts = cloud.hosts();
    json!({
        "token_endpoint": format!("{base}/{requested}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/{requested}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("https://{}/{issuer}/v2.0", hosts.sign_in),
        "request_uri_parameter_supported": false,
        "authorization_endpoint": format!("{base}/{requested}/oauth2/v2.0/authorize"),
        "cloud_instance_name": hosts.instance_name,
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": hosts.graph,
        "rbac_url": "https://pas.windows.net",
    })
}

/// The key set with the public half of the signing key.
pub(crate) fn keys(tenant: &Tenant) -> SimulatedResponse {
    SimulatedResponse::json(200, &json!({ "keys": [tenant.signing_key().public()] }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::{get, small_tenant};

    fn discovery(path: &str) -> SimulatedResponse {
        small_tenant().respond(&get(&format!(
            "{path}/v2.0/.well-known/openid-configuration"
        )))
    }

    #[test]
    fn a_domain_leads_to_the_tenants_id() {
        let response = discovery("/contoso.com");
        assert_eq!(response.status, 200);
        let document: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        let id = crate::simulator::small_tenant::TENANT;
        assert_eq!(
            document["issuer"],
            format!("https://login.microsoftonline.com/{id}/v2.0")
        );
        assert_eq!(document["tenant_region_scope"], "EU");
    }

    #[test]
    fn the_documents_of_no_tenant_have_no_tenants_id() {
        let of_consumers = format!("https://login.microsoftonline.com/{PERSONAL_ACCOUNTS}/v2.0");
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
        for (requested, issuer) in [
            ("/common", template),
            ("/Organizations", template),
            ("/consumers", &of_consumers),
        ] {
            let response = discovery(requested);
            let document: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
            assert_eq!(
                (response.status, &document["issuer"]),
                (200, &json!(issuer)),
                "{requested}"
            );
            assert_eq!(document["tenant_region_scope"], serde_json::Value::Null);
        }
        assert_eq!(discovery("/other-clouds/china/common").status, 200);
        assert_eq!(discovery("/other-clouds/china/consumers").status, 400);
    }

    #[test]
    fn unknown_tenants_are_refused_with_the_message_of_entra() {
        for (requested, code) in [
            ("/fabrikam.com", 90_002),
            ("/not a tenant", 900_023),
            ("/00000000-0000-0000-0000-000000000000", 900_021),
        ] {
            let response = discovery(&requested.replace(' ', "%20"));
            let document: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
            assert_eq!(
                (response.status, &document["error_codes"][0]),
                (400, &json!(code)),
                "{requested}"
            );
            assert_eq!(document["error"], "invalid_tenant");
        }
    }

    #[test]
    fn another_clouds_host_does_not_know_the_tenant() {
        assert_eq!(discovery("/other-clouds/gcc/contoso.com").status, 200);
        assert_eq!(discovery("/other-clouds/china/contoso.com").status, 400);
    }
}
