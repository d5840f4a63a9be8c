//! Access tokens: real RS256 JSON Web Tokens, signed with the key of the simulation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use super::scenario::{Api, App, TenantDescription, TokenFlaw, TokenForm};

/// The private key of every simulation. It protects nothing, because a simulated tenant is reachable only on loopback and
/// remembers the tokens that it issued; a fresh key would take longer to create than most scenarios take to play.
const PRIVATE_KEY: &[u8] = include_bytes!("signing_key.der");
/// The name of the key in tokens and in the key set. It shows where such a token is from.
const KEY_ID: &str = "rx-preflight-simulated-tenant";

/// Why no token could be signed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is not usable.
    #[error("the signing key could not be loaded: {0}")]
    Unusable(#[from] ring::error::KeyRejected),
    /// The key is usable, but signing failed.
    #[error("a token could not be signed")]
    Signing(#[from] ring::error::Unspecified),
}

/// The key of the simulated sign-in service.
pub(crate) struct SigningKey {
    pair: RsaKeyPair,
    public: Value,
}

/// A token as the services remember it.
#[derive(Debug, Clone)]
pub(crate) struct IssuedToken {
    /// The resource it was issued for.
    pub(crate) api: Api,
    /// The client id of the app that it identifies.
    pub(crate) client_id: String,
    /// App roles in the token.
    pub(crate) roles: Vec<String>,
    /// The end of its life, in seconds since 1970.
    pub(crate) expires: i64,
    /// A flaw for which services refuse it.
    pub(crate) flaw: Option<TokenFlaw>,
}

/// How the app proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// With a client secret.
    Secret,
    /// With an assertion that the key of a certificate signed.
    Certificate,
}

/// What a token request led to, before it is signed.
pub(crate) struct Grant<'tenant> {
    pub(crate) tenant: &'tenant TenantDescription,
    pub(crate) app: &'tenant App,
    pub(crate) proof: Proof,
    pub(crate) api: Api,
    pub(crate) audience: String,
    pub(crate) roles: Vec<String>,
    /// The moment of issue, in seconds since 1970.
    pub(crate) now: i64,
    /// The lifetime in seconds.
    pub(crate) lifetime: i64,
}

impl SigningKey {
    /// Loads the key.
    pub(crate) fn load() -> Result<SigningKey, KeyError> {
        let pair = RsaKeyPair::from_der(PRIVATE_KEY)?;
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        let public = json!({
            "use": "sig", "alg": "RS256", "kid": KEY_ID, "kty": "RSA", "n": URL_SAFE_NO_PAD.encode(n),
            "e": URL_SAFE_NO_PAD.encode(e),
        });
        Ok(SigningKey { pair, public })
    }

    /// The public half, as the `keys` entry of the key set document.
    pub(crate) fn public(&self) -> &Value {
        &self.public
    }

    /// Signs the token of a grant, in the form the app's tokens have.
    pub(crate) fn issue(&self, grant: &Grant<'_>) -> Result<String, KeyError> {
        if grant.app.token == TokenForm::Opaque {
            return Ok(opaque());
        }
        let claims = claims(grant).to_string();
        let nonce = (grant.api == Api::Graph).then(|| uuid::Uuid::new_v4().simple().to_string());
        // Graph's backend signs over a transformed nonce, so that only Graph can verify the token.
        let signed_nonce = nonce.as_deref().map(|nonce| format!("transformed-{nonce}"));
        let signed = format!("{}.{}", header(signed_nonce.as_deref()), part(&claims));
        let signature = self.sign(&signed)?;
        Ok(format!(
            "{}.{}.{signature}",
            header(nonce.as_deref()),
            part(&claims)
        ))
    }

    fn sign(&self, text: &str) -> Result<String, KeyError> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header(nonce: Option<&str>) -> String {
    let mut header = json!({"typ": "JWT", "alg": "RS256", "x5t": KEY_ID, "kid": KEY_ID});
    if let Some(nonce) = nonce {
        header["nonce"] = json!(nonce);
    }
    part(&header.to_string())
}

/// Five parts, as an encrypted token has; nothing in it can be read.
fn opaque() -> String {
    let random = || part(&uuid::Uuid::new_v4().to_string());
    let header = part(&json!({"alg": "RSA-OAEP", "enc": "A256GCM", "typ": "JWT"}).to_string());
    let content: String = (0..12).map(|_| random()).collect();
    format!("{header}.{}.{}.{content}.{}", random(), random(), random())
}

fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn claims(grant: &Grant<'_>) -> Value {
    let tenant_id = grant
        .app
        .token_tenant
        .as_deref()
        .unwrap_or(&grant.tenant.id);
    let issuer = format!("https://sts.windows.net/{tenant_id}/");
    let audience = if grant.app.token_flaw == Some(TokenFlaw::Audience) {
        let other = if grant.api == Api::Graph {
            Api::Exchange
        } else {
            Api::Graph
        };
        grant.tenant.cloud.audience(other)
    } else {
        grant.audience.clone()
    };
    let appidacr = match grant.proof {
        Proof::Secret => "1",
        Proof::Certificate => "2",
    };
    // Dated back by five minutes, so that a clock that is behind accepts the token as well.
    let issued_at = grant.now - 300;
    let mut claims = json!({
        "aud": audience, "iss": issuer, "iat": issued_at, "nbf": issued_at, "exp": grant.now + grant.lifetime,
        "app_displayname": grant.app.display_name, "appid": grant.app.client_id, "appidacr": appidacr, "idp": issuer,
        "idtyp": "app", "oid": grant.app.object_id, "sub": grant.app.object_id,
        "tenant_region_scope": grant.tenant.region, "tid": tenant_id,
        "uti": URL_SAFE_NO_PAD.encode(uuid::Uuid::new_v4().as_bytes()), "ver": "1.0",
    });
    // A token that acts for a user has scopes and no app roles.
    if grant.app.token == TokenForm::Delegated {
        claims["scp"] = json!("Calendars.ReadWrite User.Read");
        claims["idtyp"] = json!("user");
        return claims;
    }
    if grant.app.token == TokenForm::ScopesBesideRoles {
        claims["scp"] = json!("User.Read");
    }
    // A token without roles does not have the claim at all.
    if !grant.roles.is_empty() {
        claims["roles"] = json!(grant.roles);
    }
    claims
}

#[cfg(test)]
mod tests {
    use ring::signature::RSA_PKCS1_2048_8192_SHA256;

    use super::*;
    use crate::simulator::small_tenant::small;

    fn grant(tenant: &TenantDescription, api: Api) -> Grant<'_> {
        Grant {
            tenant,
            app: &tenant.apps[0],
            proof: Proof::Secret,
            api,
            audience: tenant.cloud.audience(api),
            roles: vec!["full_access_as_app".to_owned()],
            now: jiff::Timestamp::now().as_second(),
            lifetime: 3599,
        }
    }

    fn verified(key: &SigningKey, token: &str) -> bool {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let number = |name: &str| bytes(key.public()[name].as_str().unwrap());
        let (n, e) = (number("n"), number("e"));
        PublicKeyComponents { n, e }
            .verify(
                &RSA_PKCS1_2048_8192_SHA256,
                signed.as_bytes(),
                &bytes(signature),
            )
            .is_ok()
    }

    #[test]
    fn exchange_tokens_verify_against_the_published_key_and_graph_tokens_do_not() {
        let (key, scenario) = (SigningKey::load().unwrap(), small());
        let exchange = key.issue(&grant(&scenario.tenant, Api::Exchange)).unwrap();
        let graph = key.issue(&grant(&scenario.tenant, Api::Graph)).unwrap();
        assert!(verified(&key, &exchange));
        assert!(!verified(&key, &graph));
    }

    #[test]
    fn roles_are_absent_without_a_grant() {
        let scenario = small();
        let mut nothing = grant(&scenario.tenant, Api::Graph);
        assert_eq!(claims(&nothing)["roles"], json!(["full_access_as_app"]));
        nothing.roles.clear();
        assert!(claims(&nothing).get("roles").is_none());
    }
}
