//! Microsoft Entra sign-in: the discovery document of a tenant, and tokens by client credentials.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, AuthType, EndpointNotSet, EndpointSet, ErrorResponse, HttpRequest,
    HttpResponse, RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use url::Url;
use uuid::Uuid;

use super::claims::read_token;
use super::client::Wire;
use super::mask::SecretMask;
use super::odata::{aadsts_numbers, json};
use super::received_response::ReceivedResponse;
use super::request::ServiceRequest;
use super::response::ServiceResponse;
use super::secret::AccessToken;
use super::token_response::IssuedToken;
use crate::evidence::{Refusal, Reply, TenantFacts, TokenFacts, Unexpected};
use crate::settings::{ClientId, ClientSecret, TenantId};
use crate::terms::CheckId;

/// The name under which every sign-in host has a discovery document.
const ANY_TENANT: &str = "common";

/// Entra's error answer. Every field but `error` can be missing, and none but it is relied on.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SignInError {
    error: String,
    #[serde(default)]
    error_description: Value,
    #[serde(default)]
    error_codes: Value,
    #[serde(default)]
    suberror: Value,
    #[serde(default)]
    claims: Value,
    #[serde(default)]
    timestamp: Value,
    #[serde(default)]
    trace_id: Value,
    #[serde(default)]
    correlation_id: Value,
    #[serde(default)]
    error_uri: Value,
}

impl fmt::Display for SignInError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.error)
    }
}

impl ErrorResponse for SignInError {}

/// The `oauth2` client with Entra's own error answer.
type SignInClient = oauth2::Client<
    SignInError,
    IssuedToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// The request got no answer; what is known of it stands in the exchange.
#[derive(Debug, Error)]
#[error("no answer")]
struct NoResponse;

/// Carries the request that the `oauth2` crate writes, and keeps what it loses: status, headers and the ledger's number.
struct SignInTransport<'w> {
    wire: &'w Wire,
    purpose: CheckId,
    carried: Mutex<Option<ServiceResponse<ReceivedResponse>>>,
}

impl<'c> AsyncHttpClient<'c> for SignInTransport<'_> {
    type Error = NoResponse;
    // Boxed, because the compiler cannot prove that the future of a plain closure may move between threads.
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NoResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let exchanged = self.wire.carry(self.purpose, request).await;
            let response = exchanged
                .reply
                .success()
                .map(to_oauth_response)
                .ok_or(NoResponse);
            *self.carried.lock().unwrap_or_else(PoisonError::into_inner) = Some(exchanged);
            response
        })
    }
}

impl Wire {
    /// Asks `sign_in` for the discovery document of `tenant` (a GUID or a domain). Needs no credentials.
    pub async fn discover(
        &self,
        purpose: CheckId,
        sign_in: &Url,
        tenant: &str,
    ) -> ServiceResponse<TenantFacts> {
        let url = below(
            sign_in,
            &[tenant, "v2.0", ".well-known", "openid-configuration"],
        );
        let request = ServiceRequest::new(purpose, Method::GET, url)
            .fixed_header("accept", "application/json")
            .identified();
        // Asked for the sake of the host alone, any response will do.
        let request = if purpose == CheckId::NetworkSignIn {
            request.for_connectivity()
        } else {
            request
        };
        self.send(request, |response| read_discovery(response, &self.mask))
            .await
    }

    /// Requests a discovery document that every sign-in host has, to see whether the host is reachable. It needs no tenant and
    /// no credentials.
    pub async fn reach_sign_in(&self, purpose: CheckId) -> ServiceResponse<()> {
        let url = below(
            &self.endpoints.sign_in.url,
            &[ANY_TENANT, "v2.0", ".well-known", "openid-configuration"],
        );
        let request = ServiceRequest::new(purpose, Method::GET, url)
            .fixed_header("accept", "application/json")
            .identified();
        self.send(request.for_connectivity(), |response| {
            read_any_discovery(response, &self.mask)
        })
        .await
    }

    /// Asks for a token for `resource` (a base address such as `https://graph.microsoft.com`) with a client secret.
    pub async fn token(
        &self,
        purpose: CheckId,
        tenant: &TenantId,
        client: &ClientId,
        secret: &ClientSecret,
        resource: &str,
    ) -> (ServiceResponse<TokenFacts>, Option<AccessToken>) {
        self.mask.hide(secret.expose());
        let url = below(
            &self.endpoints.sign_in.url,
            &[tenant.as_str(), "oauth2", "v2.0", "token"],
        );
        let entra = entra(url, client, secret);
        let courier = SignInTransport {
            wire: self,
            purpose,
            carried: Mutex::new(None),
        };
        let scope = Scope::new(format!("{}/.default", resource.trim_end_matches('/')));
        let outcome = entra
            .exchange_client_credentials()
            .add_scope(scope)
            .request_async(&courier)
            .await;
        let carried = courier
            .carried
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        self.issued(outcome, carried)
    }

    /// Carries the request of the `oauth2` crate. Its answer is kept whole, whatever its status, so that status and
    /// headers are not lost; only the retries look at it on the way.
    async fn carry(
        &self,
        purpose: CheckId,
        request: HttpRequest,
    ) -> ServiceResponse<ReceivedResponse> {
        let (parts, body) = request.into_parts();
        let url = Url::parse(&parts.uri.to_string())
            .unwrap_or_else(|_| self.endpoints.sign_in.url.clone());
        let mut request = ServiceRequest::new(purpose, parts.method, url).identified();
        request.headers.extend(parts.headers);
        request.body = Some(body.into());
        let last: Mutex<Option<ReceivedResponse>> = Mutex::new(None);
        let exchanged = self
            .send(request, |response| {
                *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(response.clone());
                if response.status >= 400 {
                    Reply::<ReceivedResponse>::Refused(response.refusal(&self.mask))
                } else {
                    Reply::Success(response.clone())
                }
            })
            .await;
        let last = last.into_inner().unwrap_or_else(PoisonError::into_inner);
        exchanged.with(|reply| match (reply, last) {
            (Reply::Unreachable(failure), _) => Reply::Unreachable(failure),
            (_, Some(response)) => Reply::Success(response),
            (reply, None) => reply,
        })
    }

    /// Makes a reply of what the `oauth2` crate read out of the answer that was carried.
    fn issued(
        &self,
        outcome: Result<IssuedToken, RequestTokenError<NoResponse, SignInError>>,
        carried: Option<ServiceResponse<ReceivedResponse>>,
    ) -> (ServiceResponse<TokenFacts>, Option<AccessToken>) {
        let carried = carried.unwrap_or_else(never_sent);
        let mut token = None;
        let exchanged = carried.with(|reply| match reply {
            Reply::Success(response) => match outcome {
                Ok(issued) => {
                    let (reply, issued) = self.accepted(&response, &issued);
                    token = issued;
                    reply
                }
                Err(RequestTokenError::ServerResponse(error)) => {
                    Reply::Refused(refusal(&response, &error, &self.mask))
                }
                Err(_) => unreadable(&response, &self.mask),
            },
            other => other.map(|_| TokenFacts::default()),
        });
        (exchanged, token)
    }

    fn accepted(
        &self,
        response: &ReceivedResponse,
        issued: &IssuedToken,
    ) -> (Reply<TokenFacts>, Option<AccessToken>) {
        let text = issued.access_token().secret();
        self.mask.hide(text);
        let token = issued.flaw().map_or_else(
            || AccessToken::new(text).ok_or("a token that no header can carry"),
            Err,
        );
        let token = match token {
            Ok(token) => token,
            Err(flaw) => {
                return (
                    Reply::Unexpected(response.unexpected(flaw, false, &self.mask)),
                    None,
                );
            }
        };
        let lifetime_s = issued.expires_in().map(|lifetime| lifetime.as_secs());
        (
            Reply::Success(TokenFacts {
                lifetime_s,
                ..read_token(text)
            }),
            Some(token),
        )
    }
}

fn entra(url: Url, client: &ClientId, secret: &ClientSecret) -> SignInClient {
    oauth2::Client::new(oauth2::ClientId::new(client.as_str().to_owned()))
        .set_client_secret(oauth2::ClientSecret::new(secret.expose().to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(url))
}

/// The answer in the form that the `oauth2` crate reads, without padding, which that crate does not expect.
fn to_oauth_response(received: &ReceivedResponse) -> HttpResponse {
    let mut response = HttpResponse::new(received.text().into_owned().into_bytes());
    *response.status_mut() = http::StatusCode::from_u16(received.status).unwrap_or_default();
    *response.headers_mut() = received.headers.clone();
    response
}

/// The `oauth2` crate could not even write its request, which no valid address leads to.
fn never_sent() -> ServiceResponse<ReceivedResponse> {
    let odd = Unexpected {
        status: 0,
        problem: "the request could not be written".to_owned(),
        content_type: None,
        excerpt: String::new(),
        foreign: false,
    };
    ServiceResponse::own(Reply::Unexpected(odd), Vec::new(), 0)
}

/// An answer that is neither a token nor an error of Entra. A success is never quoted: it could hold a token.
fn unreadable<T>(response: &ReceivedResponse, mask: &SecretMask) -> Reply<T> {
    let problem = json(response)
        .err()
        .unwrap_or("not in the form of a token answer");
    if response.is_success() {
        Reply::Unexpected(response.unexpected(problem, false, mask))
    } else {
        response.undocumented(problem, mask)
    }
}

/// A refusal in Entra's error form.
fn refusal(response: &ReceivedResponse, error: &SignInError, mask: &SecretMask) -> Refusal {
    let message = text(&error.error_description);
    let mut aadsts: Vec<u64> = numbers(&error.error_codes);
    if aadsts.is_empty() {
        aadsts = message.as_deref().map(aadsts_numbers).unwrap_or_default();
    }
    let values = [
        ("suberror", &error.suberror),
        ("claims", &error.claims),
        ("timestamp", &error.timestamp),
        ("trace_id", &error.trace_id),
        ("correlation_id", &error.correlation_id),
        ("error_uri", &error.error_uri),
    ];
    Refusal {
        code: Some(mask.sanitize(&error.error)),
        aadsts,
        message: message.map(|message| mask.sanitize(&message)),
        values: values
            .iter()
            .filter_map(|(name, value)| Some(((*name).to_owned(), mask.sanitize(&text(value)?))))
            .collect(),
        ..response.refusal(mask)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The numbers of an array, also where they are written as texts.
fn numbers(value: &Value) -> Vec<u64> {
    let number = |value: &Value| {
        value
            .as_u64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    };
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(number)
        .collect()
}

fn read_discovery(response: &ReceivedResponse, mask: &SecretMask) -> Reply<TenantFacts> {
    let body = match json(response) {
        Ok(body) => body,
        Err(problem) => return response.undocumented(problem, mask),
    };
    if !response.is_success() {
        return match serde_json::from_value::<SignInError>(body) {
            Ok(error) => Reply::Refused(refusal(response, &error, mask)),
            Err(_) => response.undocumented("not in the form of an error", mask),
        };
    }
    tenant_facts(&body, mask).map_or_else(
        || response.undocumented("no tenant in it", mask),
        Reply::Success,
    )
}

/// The document of no particular tenant: its `issuer` holds the literal `{tenantid}` instead of a GUID, which proves as much
/// about the host (<https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>).
fn read_any_discovery(response: &ReceivedResponse, mask: &SecretMask) -> Reply<()> {
    let body = match json(response) {
        Ok(body) => body,
        Err(problem) => return response.undocumented(problem, mask),
    };
    if !response.is_success() {
        return read_discovery(response, mask).map(|_| ());
    }
    let issuer = body
        .get("issuer")
        .and_then(Value::as_str)
        .and_then(|issuer| Url::parse(issuer).ok());
    match issuer {
        Some(issuer) if issuer.scheme() == "https" => Reply::Success(()),
        _ => response.undocumented("no issuer in it", mask),
    }
}

/// The tenant's GUID stands in the path of `issuer`.
fn tenant_facts(body: &Value, mask: &SecretMask) -> Option<TenantFacts> {
    let issuer = Url::parse(body.get("issuer")?.as_str()?).ok()?;
    let tenant_id = issuer
        .path_segments()?
        .find(|segment| Uuid::try_parse(segment).is_ok())?
        .to_owned();
    let field = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .map(|value| mask.sanitize(value))
    };
    Some(TenantFacts {
        tenant_id,
        region: field("tenant_region_scope"),
        region_sub_scope: field("tenant_region_sub_scope"),
        cloud_instance: field("cloud_instance_name"),
    })
}

/// An address below another; every segment is escaped, so that none can leave its place.
pub(super) fn below(base: &Url, segments: &[&str]) -> Url {
    let segments: Vec<_> = segments.iter().map(|segment| escaped(segment)).collect();
    below_escaped(base, &segments.join("/"))
}

/// An address below another, from a path that is escaped already.
pub(super) fn below_escaped(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// A path segment of which every reader makes the same: a plus sign, which some take for a space, is escaped too.
pub(super) fn escaped(segment: &str) -> Cow<'_, str> {
    if segment
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"@.-_".contains(&byte))
    {
        return Cow::Borrowed(segment);
    }
    let form: String = url::form_urlencoded::byte_serialize(segment.as_bytes()).collect();
    Cow::Owned(form.replace('+', "%20").replace("%40", "@"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::received_response::tests::received;

    const NOT_FOUND: &str = r#"{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'x' not found.\r\nTrace ID: t","error_codes":[90002],"timestamp":"2026-11-23 12:00:00Z","trace_id":"t","correlation_id":"c","error_uri":"https://login.microsoftonline.com/error?code=90002"}"#;

    fn discovered(status: u16, body: &str) -> Reply<TenantFacts> {
        read_discovery(&received(status, &[], body), &SecretMask::default())
    }

    #[test]
    fn the_tenant_is_read_out_of_the_issuer() {
        let body = r#"{"issuer":"https://login.microsoftonline.com/5f3c1a52-0000-4000-8000-000000000001/v2.0","tenant_region_scope":"EU","cloud_instance_name":"microsoftonline.com"}"#;
        let facts = discovered(200, body).success().cloned().unwrap();
        assert_eq!(facts.tenant_id, "5f3c1a52-0000-4000-8000-000000000001");
        assert_eq!(
            (facts.region.as_deref(), facts.region_sub_scope),
            (Some("EU"), None)
        );
    }

    #[test]
    fn an_unknown_tenant_is_a_refusal_with_its_number() {
        let Reply::Refused(refusal) = discovered(400, NOT_FOUND) else {
            panic!()
        };
        assert_eq!(refusal.code.as_deref(), Some("invalid_tenant"));
        assert_eq!(refusal.aadsts, [90_002]);
        assert_eq!(
            refusal.message.as_deref(),
            Some("AADSTS90002: Tenant 'x' not found. Trace ID: t")
        );
        assert_eq!(refusal.values["trace_id"], "t");
        assert!(!refusal.values.contains_key("suberror"));
    }

    #[test]
    fn a_document_without_a_tenant_is_unexpected() {
        for body in [
            "{}",
            r#"{"issuer":"https://x/{tenantid}/v2.0"}"#,
            "[]",
            r#"{"issuer":7}"#,
        ] {
            let Reply::Unexpected(unexpected) = discovered(200, body) else {
                panic!("{body}")
            };
            assert_eq!(
                (unexpected.problem.as_str(), unexpected.foreign),
                ("no tenant in it", false)
            );
        }
    }

    /// The parts of Microsoft's documents that matter here, as they are at the hosts of the clouds.
    const DOCUMENTS_OF_NO_TENANT: [&str; 5] = [
        r#"{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","tenant_region_scope":null,"cloud_instance_name":"microsoftonline.com"}"#,
        r#"{"issuer":"https://login.microsoftonline.us/{tenantid}/v2.0","tenant_region_scope":null}"#,
        r#"{"issuer":"https://login.partner.microsoftonline.cn/{tenantid}/v2.0"}"#,
        r#"{"issuer":"https://sts.windows.net/{tenantid}/"}"#,
        r#"{"issuer":"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0","tenant_region_scope":null}"#,
    ];

    #[test]
    fn a_document_of_no_tenant_shows_that_the_host_is_reachable() {
        for body in DOCUMENTS_OF_NO_TENANT {
            let response = received(200, &[("content-type", "application/json")], body);
            assert_eq!(
                read_any_discovery(&response, &SecretMask::default()),
                Reply::Success(()),
                "{body}"
            );
        }
        for body in ["{}", "[]", r#"{"issuer":7}"#, r#"{"issuer":"login"}"#] {
            let reply = read_any_discovery(&received(200, &[], body), &SecretMask::default());
            assert!(matches!(reply, Reply::Unexpected(_)), "{body}");
        }
        assert!(matches!(
            read_any_discovery(&received(400, &[], NOT_FOUND), &SecretMask::default()),
            Reply::Refused(_)
        ));
    }

    #[test]
    fn every_documented_form_of_an_issuer_holds_the_tenant() {
        let id = "5f3c1a52-0000-4000-8000-000000000001";
        for issuer in [
            format!("https://login.microsoftonline.com/{id}/v2.0"),
            format!("https://login.microsoftonline.us/{id}/v2.0"),
            format!("https://login.partner.microsoftonline.cn/{id}/v2.0"),
            format!("https://sts.windows.net/{id}/"),
            format!("https://sts.chinacloudapi.cn/{id}/"),
            format!("https://contoso.b2clogin.com/{id}/v2.0/"),
            format!("https://{id}.ciamlogin.com/{id}/v2.0"),
        ] {
            for region in ["null", "\"EU\""] {
                let body = format!(
                    r#"{{"issuer":"{issuer}","tenant_region_scope":{region},"tenant_region_sub_scope":null}}"#
                );
                let facts = discovered(200, &body).success().cloned().unwrap();
                assert_eq!(
                    (facts.tenant_id.as_str(), facts.region_sub_scope),
                    (id, None),
                    "{body}"
                );
            }
        }
    }

    #[test]
    fn numbers_come_out_of_the_text_when_the_list_is_missing() {
        let error: SignInError = serde_json::from_str(
            r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired"}"#,
        )
        .unwrap();
        let refusal = refusal(&received(401, &[], ""), &error, &SecretMask::default());
        assert_eq!((refusal.status, refusal.aadsts), (401, vec![7_000_222]));
        let error: SignInError =
            serde_json::from_str(r#"{"error":"x","error_codes":["53003",7]}"#).unwrap();
        assert_eq!(numbers(&error.error_codes), [53_003, 7]);
    }

    #[test]
    fn a_malformed_success_is_never_quoted() {
        let reply: Reply<()> = unreadable(
            &received(200, &[], r#"{"access_token":"opaque-token"#),
            &SecretMask::default(),
        );
        let Reply::Unexpected(unexpected) = reply else {
            panic!()
        };
        assert_eq!(
            (unexpected.problem.as_str(), unexpected.excerpt.as_str()),
            ("cut off", "")
        );
    }

    #[test]
    fn a_tenant_cannot_leave_its_place_in_the_path() {
        let base = Url::parse("https://login.test/").unwrap();
        assert_eq!(
            below(&base, &["../x/y?z", "token"]).as_str(),
            "https://login.test/..%2Fx%2Fy%3Fz/token"
        );
        let nested = Url::parse("https://gate.test/v1.0").unwrap();
        assert_eq!(
            below(&nested, &["users"]).as_str(),
            "https://gate.test/v1.0/users"
        );
        let room = below(&nested, &["users", "o'neill+1@contoso.com"]);
        assert_eq!(
            room.as_str(),
            "https://gate.test/v1.0/users/o%27neill%2B1@contoso.com"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_response_is_read_without_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300), status in 100u16..600) {
            let response = received(status, &[], body);
            let _ = read_discovery(&response, &SecretMask::default());
            let _: Reply<()> = unreadable(&response, &SecretMask::default());
        }

        #[test]
        fn any_error_field_is_read_without_panic(text in "\\PC{0,60}", number in proptest::num::i64::ANY) {
            let body = serde_json::json!({"error": text, "error_description": text, "error_codes": [number, text, null], "claims": {"x": text}});
            let read = read_discovery(&received(400, &[], body.to_string()), &SecretMask::default());
            proptest::prop_assert!(matches!(read, Reply::Refused(_)));
        }
    }
}
