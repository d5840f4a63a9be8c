//! Verification of a client assertion: a JWT that the key of a registered certificate signed.
//!
//! The texts are those that public reports of these errors quote:
//! <https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/8339> (700027),
//! <https://github.com/AzureAD/microsoft-identity-web/issues/2834> (1000502) and
//! <https://github.com/AzureAD/microsoft-authentication-library-for-dotnet/issues/4951> (700024).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use url::Url;

use crate::simulator::certificates::SimulatedCertificate;
use crate::simulator::clock;
use crate::simulator::scenario::App;
use crate::simulator::tenant::Tenant;

use super::error::EntraError;

/// What `client_assertion_type` must be (RFC 7523, section 2.2).
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A JWT in its parts.
struct Assertion<'a> {
    header: Value,
    claims: Value,
    /// What is signed.
    signed: &'a str,
    signature: Vec<u8>,
}

/// Checks the assertion of an app that was sent to `path`.
pub(crate) fn check(
    tenant: &Tenant,
    app: &App,
    assertion: &str,
    path: &str,
) -> Result<(), EntraError> {
    let assertion = Assertion::read(assertion).ok_or_else(malformed)?;
    check_claims(tenant, app, &assertion.claims, path)?;
    let certificate = registered(tenant, app, &assertion)?;
    if certificate.ends <= tenant.now() {
        let text = "The provided certificate is not within its specified validity window.";
        return Err(EntraError::new(1_000_502, text));
    }
    let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &certificate.public_key);
    key.verify(assertion.signed.as_bytes(), &assertion.signature)
        .map_err(|_| {
            let text = "Client assertion contains an invalid signature. [Reason - Key was found, but use of the key to verify \
                        the signature failed.]";
            EntraError::new(700_027, text)
        })
}

/// The certificate of the app with the hash in the header.
fn registered<'t>(
    tenant: &'t Tenant,
    app: &App,
    assertion: &Assertion<'_>,
) -> Result<&'t SimulatedCertificate, EntraError> {
    let text = |name: &str| assertion.header.get(name).and_then(Value::as_str);
    let thumbprint = text("x5t#S256").and_then(|hash| URL_SAFE_NO_PAD.decode(hash).ok());
    let (Some("PS256"), Some("JWT"), Some(thumbprint)) = (text("alg"), text("typ"), thumbprint)
    else {
        return Err(malformed());
    };
    let mut certificates = app
        .certificates
        .iter()
        .filter_map(|name| tenant.certificate(name));
    certificates
        .find(|certificate| certificate.thumbprint == thumbprint)
        .ok_or_else(|| {
            let id = &app.client_id;
            let text = format!(
                "The certificate with identifier used to sign the client assertion is not registered on application. [Reason \
                 - The key was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see \
                 configured keys for app Id '{id}'.]"
            );
            EntraError::new(700_027, text)
        })
}

fn check_claims(tenant: &Tenant, app: &App, claims: &Value, path: &str) -> Result<(), EntraError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_client = |id: &str| id.eq_ignore_ascii_case(&app.client_id);
    if !is_client(text("iss")) || !is_client(text("sub")) {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(EntraError::new(700_021, text));
    }
    if !is_meant_for(tenant, text("aud"), path) {
        let text = "Client assertion audience claim does not match Realm issuer.";
        return Err(EntraError::new(700_023, text));
    }
    if text("jti").is_empty() {
        return Err(malformed());
    }
    let moment = |name: &str| claims.get(name).and_then(Value::as_i64);
    let (now, starts, ends) = (tenant.now(), moment("nbf"), moment("exp"));
    let is_in_time = starts.is_some_and(|starts| starts <= now.as_second() + TOLERANCE_S)
        && ends.is_some_and(|ends| ends > now.as_second() - TOLERANCE_S);
    if is_in_time {
        return Ok(());
    }
    let shown = |second: Option<i64>| {
        let moment = jiff::Timestamp::from_second(second.unwrap_or_default());
        clock::whole_seconds(moment.unwrap_or_default())
    };
    let text = format!(
        "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of \
         assertion {}.",
        clock::whole_seconds(now),
        shown(starts),
        shown(ends)
    );
    Err(EntraError::new(700_024, text))
}

/// How far the two clocks may differ. Microsoft documents no number.
const TOLERANCE_S: i64 = 300;

/// Whether the audience is the address to which the assertion was sent, at this tenant or at the sign-in host it plays.
fn is_meant_for(tenant: &Tenant, audience: &str, path: &str) -> bool {
    let Ok(audience) = Url::parse(audience) else {
        return false;
    };
    let own = Url::parse(tenant.base_url()).ok();
    let own = own.as_ref().and_then(Url::host_str);
    let host = audience.host_str();
    let is_own_host = host == own || host == Some(tenant.served_cloud().hosts().sign_in);
    is_own_host && audience.path() == path
}

fn malformed() -> EntraError {
    EntraError::new(50_027, "JWT token is invalid or malformed.")
}

impl<'a> Assertion<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        Some(Self {
            header: serde_json::from_slice(&decoded(header)?).ok()?,
            claims: serde_json::from_slice(&decoded(claims)?).ok()?,
            signed,
            signature: decoded(signature)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
    use serde_json::json;

    use super::*;
    use crate::simulator::message::SimulatedRequest;
    use crate::simulator::scenario::Scenario;
    use crate::simulator::small_tenant::{
        APP, GRAPH_SCOPE, SMALL, TENANT, json_of, tenant_of, token_request,
    };

    const OWN_KEY: &[u8] = include_bytes!("../certificate_key.der");
    const OTHER_KEY: &[u8] = include_bytes!("../other_certificate_key.der");
    const OTHER_APP: &str = "77b0b3a5-0000-4000-8000-000000000000";

    /// The small tenant, whose app has a certificate that ends on `ends`.
    fn tenant(ends: &str, registered: &str) -> Tenant {
        let text = SMALL
            .replace("enabled = true", &format!("certificates = [{registered}]"))
            .replace(
                "[settings.system]",
                &format!(
                    "[certificates.own]\nstarts = \"-60d\"\nends = \"{ends}\"\n[settings.system]"
                ),
            );
        tenant_of(Scenario::parse("small", &text).unwrap())
    }

    /// Status and code of the response to an assertion with these changes.
    fn code_of(tenant: &Tenant, header: &Value, claims: &Value, key: &[u8]) -> (u16, u64) {
        let now = tenant.now().as_second();
        let thumbprint = &tenant.certificate("own").unwrap().thumbprint;
        let path = format!("/{TENANT}/oauth2/v2.0/token");
        let mut own_header = json!({
            "alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(thumbprint),
        });
        let mut own_claims = json!({
            "aud": format!("http://127.0.0.1:1{path}"), "iss": APP, "sub": APP, "jti": "1",
            "nbf": now, "exp": now + 600,
        });
        for (own, changes) in [(&mut own_header, header), (&mut own_claims, claims)] {
            for (name, value) in changes.as_object().unwrap() {
                own[name] = value.clone();
            }
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&own_header), part(&own_claims));
        let pair = RsaKeyPair::from_pkcs8(key).unwrap();
        let mut signature = vec![0; pair.public().modulus_len()];
        let random = SystemRandom::new();
        pair.sign(&RSA_PSS_SHA256, &random, signed.as_bytes(), &mut signature)
            .unwrap();
        let assertion = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        let request = SimulatedRequest {
            body: url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([
                    ("client_id", APP),
                    ("client_assertion_type", ASSERTION_TYPE),
                    ("client_assertion", &assertion),
                    ("scope", GRAPH_SCOPE),
                    ("grant_type", "client_credentials"),
                ])
                .finish()
                .into_bytes(),
            ..token_request(TENANT, APP, "", GRAPH_SCOPE)
        };
        let response = tenant.respond(&request);
        let body = json_of(&response);
        if let Some(token) = body["access_token"].as_str() {
            let claims = token.split('.').nth(1).unwrap();
            let claims: Value =
                serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
            assert_eq!(claims["appidacr"], "2");
        }
        let code = body["error_codes"][0].as_u64().unwrap_or_default();
        (response.status, code)
    }

    #[test]
    fn a_right_assertion_gets_a_token_that_names_the_certificate() {
        let tenant = tenant("+200d", "\"own\"");
        assert_eq!(code_of(&tenant, &json!({}), &json!({}), OWN_KEY), (200, 0));
    }

    #[test]
    fn each_wrong_thing_has_its_code() {
        let tenant = tenant("+200d", "\"own\"");
        let now = tenant.now().as_second();
        let claims = |changes: &Value| code_of(&tenant, &json!({}), changes, OWN_KEY);
        let header = |changes: &Value| code_of(&tenant, changes, &json!({}), OWN_KEY);
        let wrong_audience = format!("https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token");
        assert_eq!(claims(&json!({"iss": OTHER_APP})), (401, 700_021));
        assert_eq!(claims(&json!({"sub": OTHER_APP})), (401, 700_021));
        assert_eq!(claims(&json!({"aud": wrong_audience})), (401, 700_023));
        assert_eq!(
            claims(&json!({"aud": "http://127.0.0.1:1/"})),
            (401, 700_023)
        );
        assert_eq!(claims(&json!({"jti": ""})), (401, 50_027));
        assert_eq!(claims(&json!({"nbf": now + 3600})), (401, 700_024));
        assert_eq!(claims(&json!({"exp": now - 3600})), (401, 700_024));
        assert_eq!(claims(&json!({"exp": null})), (401, 700_024));
        assert_eq!(header(&json!({"alg": "RS256"})), (401, 50_027));
        assert_eq!(header(&json!({"x5t#S256": "AAAA"})), (401, 700_027));
        assert_eq!(
            code_of(&tenant, &json!({}), &json!({}), OTHER_KEY),
            (401, 700_027)
        );
    }

    #[test]
    fn the_certificate_must_be_registered_and_valid() {
        let unregistered = tenant("+200d", "");
        let expired = tenant("-1d", "\"own\"");
        let send = |tenant: &Tenant| code_of(tenant, &json!({}), &json!({}), OWN_KEY);
        assert_eq!(send(&unregistered), (401, 700_027));
        assert_eq!(send(&expired), (401, 1_000_502));
    }
}
