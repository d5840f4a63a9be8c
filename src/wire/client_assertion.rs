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

#[cfg(test)]
mod tests {
    use rcgen::PublicKeyData;
    use ring::digest::{SHA256, digest};
    use ring::signature::{RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use secrecy::ExposeSecret;
    use serde_json::Value;

    use super::*;
    use crate::settings::tests::certificate_files::{certificate_of, rsa_key};

    const CLIENT: &str = "9a410000-1111-4222-8333-444455556666";
    const TOKEN_URL: &str = "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token";

    fn decoded(part: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(part).unwrap()
    }

    fn assertion(private: usize) -> Option<SecretString> {
        let pem = certificate_of(&rsa_key(0)) + &rsa_key(private).serialize_pem();
        let certificate = ClientCertificate::from_file(pem.as_bytes(), None).unwrap();
        let url = Url::parse(TOKEN_URL).unwrap();
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        client_assertion(&certificate, &ClientId::new(CLIENT), &url, now)
    }

    #[test]
    fn header_and_claims_are_those_that_microsoft_documents() {
        let assertion = assertion(0).unwrap();
        let [header, claims, _] = assertion
            .expose_secret()
            .split('.')
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let certificate = certificate_of(&rsa_key(0));
        let der = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
        let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, &der));
        assert_eq!(
            header,
            json!({"alg": "PS256", "typ": "JWT", "x5t#S256": hash})
        );
        let mut claims: Value = serde_json::from_slice(&decoded(claims)).unwrap();
        let jti = claims["jti"].take();
        assert!(Uuid::try_parse(jti.as_str().unwrap()).is_ok());
        assert_eq!(
            claims,
            json!({
                "aud": TOKEN_URL, "iss": CLIENT, "sub": CLIENT, "jti": null,
                "nbf": 1_795_953_600, "exp": 1_795_953_600 + 600,
            })
        );
    }

    #[test]
    fn the_public_key_of_the_certificate_verifies_the_signature_and_no_other_one_does() {
        let assertion = assertion(0).unwrap();
        let (signed, signature) = assertion.expose_secret().rsplit_once('.').unwrap();
        let verified = |number: usize, text: &str| {
            let key = rsa_key(number);
            let key = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.der_bytes());
            key.verify(text.as_bytes(), &decoded(signature)).is_ok()
        };
        assert!(verified(0, signed));
        assert!(!verified(1, signed));
        assert!(!verified(0, &format!("{signed}x")));
    }

    #[test]
    fn two_assertions_have_different_ids() {
        let ids = [assertion(0), assertion(0)].map(|one| one.unwrap().expose_secret().to_owned());
        assert_ne!(ids[0], ids[1]);
    }
}
