//! Access tokens: real RS256 JSON Web Tokens, signed with a key made at the start of the simulation.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::scenario::{Api, App, TenantDescription, TokenFlaw, TokenForm};

/// Why no signing key could be made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key pair could not be generated.
    #[error("the signing key could not be generated: {0}")]
    Generation(#[from] rcgen::Error),
    /// The key pair could not be taken over for signing.
    #[error("the signing key could not be used: {0}")]
    Use(#[from] jsonwebtoken::errors::Error),
}

/// The key of the simulated sign-in service.
#[derive(Clone)]
pub(crate) struct SigningKey {
    key: EncodingKey,
    id: String,
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

/// What a token request led to, before it is signed.
pub(crate) struct Grant<'tenant> {
    pub(crate) tenant: &'tenant TenantDescription,
    pub(crate) app: &'tenant App,
    pub(crate) api: Api,
    pub(crate) audience: String,
    pub(crate) roles: Vec<String>,
    /// The moment of issue, in seconds since 1970.
    pub(crate) now: i64,
    /// The lifetime in seconds.
    pub(crate) lifetime: i64,
}

/// Making a key takes longer than playing most scenarios, so all tenants of one process share one.
static KEY_OF_THIS_PROCESS: OnceLock<SigningKey> = OnceLock::new();

impl SigningKey {
    /// The key of this process, made when it is first needed.
    pub(crate) fn of_this_process() -> Result<SigningKey, KeyError> {
        if let Some(key) = KEY_OF_THIS_PROCESS.get() {
            return Ok(key.clone());
        }
        let key = Self::generate()?;
        // Another thread may have stored its key first; all tenants must use the same one.
        Ok(KEY_OF_THIS_PROCESS.get_or_init(|| key).clone())
    }

    /// Makes a fresh 2048-bit RSA key.
    fn generate() -> Result<SigningKey, KeyError> {
        let pair =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)?;
        let key = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes())?;
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256)?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        jwk.common.key_id = Some(id.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let public = serde_json::to_value(&jwk).unwrap_or(Value::Null);
        Ok(SigningKey { key, id, public })
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
        let signed = format!("{}.{}", self.header(signed_nonce.as_deref()), part(&claims));
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &self.key, Algorithm::RS256)?;
        Ok(format!(
            "{}.{}.{signature}",
            self.header(nonce.as_deref()),
            part(&claims)
        ))
    }

    fn header(&self, nonce: Option<&str>) -> String {
        let mut header = json!({"typ": "JWT", "alg": "RS256", "x5t": self.id, "kid": self.id});
        if let Some(nonce) = nonce {
            header["nonce"] = json!(nonce);
        }
        part(&header.to_string())
    }
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
    // Dated back by five minutes, so that a clock that is behind accepts the token as well.
    let issued_at = grant.now - 300;
    let mut claims = json!({
        "aud": audience, "iss": issuer, "iat": issued_at, "nbf": issued_at, "exp": grant.now + grant.lifetime,
        "app_displayname": grant.app.display_name, "appid": grant.app.client_id, "appidacr": "1", "idp": issuer,
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
    use jsonwebtoken::{DecodingKey, Validation};

    use super::*;
    use crate::simulator::small_tenant::small;

    fn grant(tenant: &TenantDescription, api: Api) -> Grant<'_> {
        Grant {
            tenant,
            app: &tenant.apps[0],
            api,
            audience: tenant.cloud.audience(api),
            roles: vec!["full_access_as_app".to_owned()],
            now: jiff::Timestamp::now().as_second(),
            lifetime: 3599,
        }
    }

    fn verified(key: &SigningKey, token: &str) -> bool {
        let jwk: Jwk = serde_json::from_value(key.public().clone()).unwrap();
        let mut rules = Validation::new(Algorithm::RS256);
        rules.validate_aud = false;
        jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &rules).is_ok()
    }

    #[test]
    fn exchange_tokens_verify_against_the_published_key_and_graph_tokens_do_not() {
        let (key, scenario) = (SigningKey::generate().unwrap(), small());
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
