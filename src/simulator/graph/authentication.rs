//! Is the bearer token one that Graph accepts?

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::simulator::message::SimulatedRequest;
use crate::simulator::permissions::GRAPH_APP_ID;
use crate::simulator::scenario::{Api, App, ConditionalAccess, TokenFlaw};
use crate::simulator::tenant::Tenant;
use crate::simulator::tokens::IssuedToken;

use super::error::GraphRefusal;

/// The token of the request and the app that it identifies.
pub(crate) fn authenticate<'tenant>(
    tenant: &'tenant Tenant,
    request: &SimulatedRequest,
) -> Result<(IssuedToken, &'tenant App), GraphRefusal> {
    let bearer = request
        .bearer()
        .ok_or_else(|| invalid(tenant, "Access token is empty."))?;
    // Only tokens that this tenant issued are known, so an altered one is not found.
    let token = tenant
        .issued(bearer)
        .ok_or_else(|| invalid(tenant, unknown_token_message(bearer)))?;
    if token.api != Api::Graph {
        return Err(invalid(tenant, INVALID_AUDIENCE));
    }
    if token.expires <= tenant.now().as_second() {
        return Err(invalid(tenant, EXPIRED));
    }
    match token.flaw {
        Some(TokenFlaw::Signature) => return Err(invalid(tenant, INVALID_SIGNATURE)),
        Some(TokenFlaw::Audience) => return Err(invalid(tenant, INVALID_AUDIENCE)),
        Some(TokenFlaw::Expired) => return Err(invalid(tenant, EXPIRED)),
        Some(TokenFlaw::Cloud) => return Err(invalid(tenant, "InvalidCloudInstance")),
        None => {}
    }
    let app = tenant
        .app(&token.client_id)
        .ok_or_else(identity_not_found)?;
    if app.conditional_access == Some(ConditionalAccess::Cae) {
        return Err(claims_challenge(tenant));
    }
    Ok((token, app))
}

const INVALID_AUDIENCE: &str = "Access token validation failure. Invalid audience.";
const INVALID_SIGNATURE: &str = "Access token validation failure. Invalid signature.";
const EXPIRED: &str = "Lifetime validation failed, the token is expired.";

/// A token that was not issued here: either not a token at all, or one that was altered.
fn unknown_token_message(bearer: &str) -> &'static str {
    let header = bearer.split('.').next().unwrap_or_default();
    let readable = bearer.split('.').count() == 3
        && URL_SAFE_NO_PAD
            .decode(header)
            .is_ok_and(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
    if readable {
        INVALID_SIGNATURE
    } else {
        "CompactToken parsing failed with error code: 80049217"
    }
}

fn invalid(tenant: &Tenant, message: &str) -> GraphRefusal {
    let authority = format!(
        "https://{}/common/oauth2/authorize",
        tenant.served_cloud().hosts().sign_in
    );
    let challenge =
        format!(r#"Bearer realm="", authorization_uri="{authority}", client_id="{GRAPH_APP_ID}""#);
    GraphRefusal::new(401, "InvalidAuthenticationToken", message)
        .with_header("www-authenticate", challenge)
}

fn identity_not_found() -> GraphRefusal {
    GraphRefusal::new(
        401,
        "Authorization_IdentityNotFound",
        "The identity of the calling application could not be established.",
    )
}

/// Continuous access evaluation: the network the call comes from is not allowed.
fn claims_challenge(tenant: &Tenant) -> GraphRefusal {
    let claims = format!(
        r#"{{"access_token":{{"nbf":{{"essential":true,"value":"{}"}}}}}}"#,
        tenant.now().as_second()
    );
    let challenge = format!(
        r#"Bearer realm="", authorization_uri="https://{}/common/oauth2/authorize", client_id="{GRAPH_APP_ID}", error="insufficient_claims", claims="{}""#,
        tenant.served_cloud().hosts().sign_in,
        STANDARD.encode(claims)
    );
    GraphRefusal::new(
        401,
        "InvalidAuthenticationToken",
        "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: \
         LocationConditionEvaluationSatisfied",
    )
    .with_header("www-authenticate", challenge)
}

#[cfg(test)]
mod tests {
    use crate::simulator::small_tenant::{
        EXCHANGE_SCOPE, authorized, changed, get, graph_code, json_of, obtain_token, send_to_graph,
        small_tenant,
    };

    fn with_bearer(token: &str) -> (u16, String) {
        let mut request = get("/v1.0/users");
        request
            .headers
            .push(("authorization".to_owned(), format!("Bearer {token}")));
        let response = small_tenant().respond(&request);
        (
            response.status,
            json_of(&response)["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned(),
        )
    }

    #[test]
    fn a_missing_token_yields_the_trusted_sign_in_host() {
        let response = small_tenant().respond(&get("/v1.0/users"));
        assert_eq!(
            graph_code(&response),
            (401, "InvalidAuthenticationToken".to_owned())
        );
        assert!(
            response
                .header("www-authenticate")
                .unwrap()
                .contains("https://login.microsoftonline.com/common")
        );
    }

    #[test]
    fn wrong_tokens_are_distinguished() {
        assert!(with_bearer("nonsense").1.contains("80049217"));
        let foreign = obtain_token(&small_tenant(), crate::simulator::small_tenant::GRAPH_SCOPE);
        assert!(with_bearer(&foreign).1.contains("Invalid signature"));
        let tenant = small_tenant();
        let response = tenant.respond(&authorized(&tenant, EXCHANGE_SCOPE, get("/v1.0/users")));
        assert!(response.text().contains("Invalid audience"));
    }

    #[test]
    fn continuous_access_evaluation_challenges_for_claims() {
        let response = send_to_graph(
            &changed("enabled = true", "conditional_access = \"cae\""),
            "GET",
            "/users",
            None,
        );
        assert_eq!(response.status, 401);
        assert!(
            response
                .header("www-authenticate")
                .unwrap()
                .contains(r#"error="insufficient_claims", claims=""#)
        );
    }
}
