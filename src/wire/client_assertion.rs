//! The client assertion: a JWT, signed with the key of a certificate, that takes the place of the client secret.
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials> (2026-11-29)

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use url::Url;
use uuid::Uuid;

use crate::settings::{ClientCertificate, ClientId};

/// The value of `client_assertion_type` (RFC 7523, section 2.2).
pub(super) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How long an assertion is valid, in seconds. Microsoft recommends at most ten minutes; a request can be repeated.
const LIFETIME_S: i64 = 600;

/// An assertion for one request to `token_url`; `None` if the key of the certificate cannot sign.
pub(super) fn client_assertion(
    certificate: &ClientCertificate,
    client: &ClientId,
    token_url: &Url,
    now: Timestamp,
) -> Option<SecretString> {
    let now = now.as_second();
    let header = json!({
        "alg": "PS256",
        "typ": "JWT",
        "x5t#S256": URL_SAFE_NO_PAD.encode(certificate.thumbprint()),
    });
    let claims = json!({
        "aud": token_url.as_str(),
        "iss": client.as_str(),
        "sub": client.as_str(),
        "jti": Uuid::new_v4().to_string(),
        "nbf": now,
        "exp": now + LIFETIME_S,
    });
    let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let signature = URL_SAFE_NO_PAD.encode(certificate.sign(signed.as_bytes())?);
    Some(format!("{signed}.{signature}").into())
}
