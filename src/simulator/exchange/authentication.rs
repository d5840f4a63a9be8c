//! Is the bearer token one that Exchange accepts, and does it hold anything at all?

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::simulator::access;
use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::permissions::EXCHANGE_APP_ID;
use crate::simulator::scenario::{Api, App, TenantRestriction, TokenFlaw};
use crate::simulator::tenant::Tenant;
use crate::simulator::tokens::IssuedToken;

use super::mailbox_access::ACCESS;

/// The token of the request and its app, or the refusal.
pub(crate) fn authenticate<'tenant>(
    tenant: &'tenant Tenant,
    request: &SimulatedRequest,
) -> Result<(IssuedToken, &'tenant App), SimulatedResponse> {
    let bearer = request.bearer().ok_or_else(challenge)?;
    // Only tokens that this tenant issued are known, so an altered one is not found.
    let token = tenant.issued(bearer).ok_or_else(|| unknown_token(bearer))?;
    if token.api != Api::Exchange
        || matches!(token.flaw, Some(TokenFlaw::Audience | TokenFlaw::Cloud))
    {
        return Err(diagnosed(
            401,
            2_000_003,
            "The audience claim value is invalid 'aud'.",
            "invalid_resource",
        ));
    }
    if token.flaw == Some(TokenFlaw::Signature) {
        return Err(invalid_signature());
    }
    if token.flaw == Some(TokenFlaw::Expired) || token.expires <= tenant.now().as_second() {
        // Which diagnostics an expired token gets is not recorded; the challenge comes without any.
        return Err(challenge());
    }
    let app = tenant.app(&token.client_id).ok_or_else(challenge)?;
    if tenant.description().tenant_restrictions == Some(TenantRestriction::Exchange) {
        let reason = "xms_trpid claim was not present but sec-tenant-restriction-access-policy header was in requires";
        // The misspelled category is Microsoft's own.
        return Err(diagnosed(403, 2_000_020, reason, "insufficiant_claims")
            .with_header("restrict-access-confirm", "1"));
    }
    roles_suffice(app, &token)?;
    Ok((token, app))
}

/// A token without the role may pass if the app holds a role inside Exchange. Whether the real service accepts a token
/// without any role for that is not known; the simulator accepts it.
fn roles_suffice(app: &App, token: &IssuedToken) -> Result<(), SimulatedResponse> {
    if token
        .roles
        .iter()
        .any(|role| ACCESS.roles.contains(&role.as_str()))
        || access::has_rbac(app, ACCESS)
    {
        return Ok(());
    }
    // A token without any role is refused with 401, one with other roles with 403.
    if token.roles.is_empty() {
        let reason = "The token contains no permissions, or permissions can not be understood.";
        return Err(diagnosed(401, 2_000_008, reason, "invalid_grant"));
    }
    Err(diagnosed(
        403,
        2_000_008,
        "The token contains not enough scope to make this call.",
        "invalid_grant",
    ))
}

fn unknown_token(bearer: &str) -> SimulatedResponse {
    let header = bearer.split('.').next().unwrap_or_default();
    let readable = bearer.split('.').count() == 3
        && URL_SAFE_NO_PAD
            .decode(header)
            .is_ok_and(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
    if readable {
        invalid_signature()
    } else {
        let reason = "OAuth token submitted with the request can not be parsed.";
        diagnosed(401, 2_000_001, reason, "invalid_token")
    }
}

fn invalid_signature() -> SimulatedResponse {
    diagnosed(
        401,
        2_000_000,
        "The token has an invalid signature.",
        "invalid_signature",
    )
}

/// 401 with the two challenges of Exchange Online and no body.
fn challenge() -> SimulatedResponse {
    let bearer = format!(
        r#"Bearer client_id="{EXCHANGE_APP_ID}", trusted_issuers="00000001-0000-0000-c000-000000000000@*", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.windows.net/common/oauth2/authorize", error="invalid_token""#
    );
    SimulatedResponse::empty(401)
        .with_header("www-authenticate", bearer)
        .with_header("www-authenticate", r#"Basic Realm="""#)
}

fn diagnosed(status: u16, code: u32, reason: &str, category: &str) -> SimulatedResponse {
    let response = if status == 401 {
        challenge()
    } else {
        SimulatedResponse::empty(status)
    };
    response.with_header(
        "x-ms-diagnostics",
        format!(r#"{code};reason="{reason}";error_category="{category}""#),
    )
}
