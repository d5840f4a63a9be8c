//! Microsoft Entra sign-in: the discovery document of a tenant, and tokens by client credentials.

use std::pin::Pin;
use std::sync::Mutex;

use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, AuthType, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    RequestTokenError, Scope, StandardRevocableToken, TokenResponse, TokenUrl,
};
use reqwest::Method;
use secrecy::ExposeSecret;
use thiserror::Error;
use url::Url;

use crate::evidence::{Reply, TenantFacts, TokenFacts, Unexpected};
use crate::settings::{ClientId, Credential, TenantId};
use crate::terms::CheckId;

use super::claims::read_token;
use super::client::Wire;
use super::client_assertion::{ASSERTION_TYPE, client_assertion};
use super::lock::{into_inner, lock};
use super::mask::SecretMask;
use super::received_response::ReceivedResponse;
use super::request::{Brings, ServiceRequest};
use super::response::ServiceResponse;
use super::secret::AccessToken;
use super::sign_in_response::{
    SignInError, read_any_discovery, read_discovery, refusal, unreadable,
};
use super::token_response::IssuedToken;
use super::url_path::below;

/// The name under which every sign-in host has a discovery document.
const ANY_TENANT: &str = "common";

/// The `oauth2` client with Entra's own error response.
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

/// The request got no response; what is known of it is in the [`ServiceResponse`].
#[derive(Debug, Error)]
#[error("no response")]
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
            *lock(&self.carried) = Some(exchanged);
            response
        })
    }
}

impl Wire {
    /// Requests the discovery document of `tenant` (a GUID or a domain) from `sign_in`. Needs no credentials.
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
        // The request checks only that the host is reachable, so any response is a success.
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

    /// Requests a token for `resource` (a base address such as `https://graph.microsoft.com`) with a client secret or a
    /// certificate.
    pub async fn token(
        &self,
        purpose: CheckId,
        tenant: &TenantId,
        client: &ClientId,
        credential: &Credential,
        resource: &str,
    ) -> (ServiceResponse<TokenFacts>, Option<AccessToken>) {
        // Before the request: from now on no text of a response can show the secret, even if the service echoes it.
        self.mask.hide(credential.hidden_text().expose());
        let url = below(
            &self.endpoints.sign_in.url,
            &[tenant.as_str(), "oauth2", "v2.0", "token"],
        );
        let mut entra = entra(
            url.clone(),
            oauth2::ClientId::new(client.as_str().to_owned()),
        );
        let mut assertion = None;
        match credential {
            Credential::Secret(secret) => {
                entra =
                    entra.set_client_secret(oauth2::ClientSecret::new(secret.expose().to_owned()));
            }
            Credential::Certificate(certificate) => {
                let Some(signed) = client_assertion(certificate, client, &url, self.now()) else {
                    return self.issued(Err(RequestTokenError::Request(NoResponse)), None);
                };
                self.mask.hide(signed.expose_secret());
                assertion = Some(signed);
            }
        }
        let transport = SignInTransport {
            wire: self,
            purpose,
            carried: Mutex::new(None),
        };
        // Client credentials know no single scopes; `.default` requests all granted app roles of the resource
        // (learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
        let scope = Scope::new(format!("{}/.default", resource.trim_end_matches('/')));
        let mut request = entra.exchange_client_credentials().add_scope(scope);
        if let Some(assertion) = &assertion {
            request = request
                .add_extra_param("client_assertion_type", ASSERTION_TYPE)
                .add_extra_param("client_assertion", assertion.expose_secret());
        }
        let outcome = request.request_async(&transport).await;
        self.issued(outcome, into_inner(transport.carried))
    }

    /// Sends the request of the `oauth2` crate. The response is kept complete, whatever its status, so that status and
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
        request.brings = Brings::Token;
        let last: Mutex<Option<ReceivedResponse>> = Mutex::new(None);
        let exchanged = self
            .send(request, |response| {
                *lock(&last) = Some(response.clone());
                if response.status >= 400 {
                    Reply::<ReceivedResponse>::Refused(response.refusal(&self.mask))
                } else {
                    Reply::Success(response.clone())
                }
            })
            .await;
        exchanged.with(|reply| match (reply, into_inner(last)) {
            (Reply::Unreachable(failure), _) => Reply::Unreachable(failure),
            (_, Some(response)) => Reply::Success(response),
            (reply, None) => reply,
        })
    }

    /// Turns what the `oauth2` crate read from the response into a reply.
    fn issued(
        &self,
        outcome: Outcome,
        carried: Option<ServiceResponse<ReceivedResponse>>,
    ) -> (ServiceResponse<TokenFacts>, Option<AccessToken>) {
        let carried = carried.unwrap_or_else(never_sent);
        let mut token = None;
        let exchanged = carried.with(|reply| match reply {
            Reply::Success(response) => {
                let (reply, issued) = read_outcome(&response, outcome, &self.mask);
                token = issued;
                reply
            }
            other => other.map(|_| TokenFacts::default()),
        });
        (exchanged, token)
    }
}

/// What the `oauth2` crate read from a response.
type Outcome = Result<IssuedToken, RequestTokenError<NoResponse, SignInError>>;

/// Reads a complete response of the token endpoint as [`Wire::token`] does, without its token.
pub(super) fn read_token_response(
    response: &ReceivedResponse,
    mask: &SecretMask,
) -> Reply<TokenFacts> {
    let client = oauth2::ClientId::new(String::new());
    let outcome = entra(response.url.clone(), client)
        .exchange_client_credentials()
        .request(&|_: HttpRequest| Ok(to_oauth_response(response)));
    // A request of the run does this when it receives the response.
    response.hide_tokens(mask);
    read_outcome(response, outcome, mask).0
}

fn read_outcome(
    response: &ReceivedResponse,
    outcome: Outcome,
    mask: &SecretMask,
) -> (Reply<TokenFacts>, Option<AccessToken>) {
    match outcome {
        Ok(issued) => accepted(response, &issued, mask),
        Err(RequestTokenError::ServerResponse(error)) => {
            (Reply::Refused(refusal(response, &error, mask)), None)
        }
        Err(_) => (unreadable(response, mask), None),
    }
}

fn accepted(
    response: &ReceivedResponse,
    issued: &IssuedToken,
    mask: &SecretMask,
) -> (Reply<TokenFacts>, Option<AccessToken>) {
    let text = issued.access_token().secret();
    // From now on no text of any response can show the token.
    mask.hide(text);
    let token = issued.flaw().map_or_else(
        || AccessToken::new(text).ok_or("a token that no header can carry"),
        Err,
    );
    let token = match token {
        Ok(token) => token,
        Err(flaw) => {
            // The body is not quoted, because it contains the token.
            return (
                Reply::Unexpected(response.unexpected(flaw, false, mask)),
                None,
            );
        }
    };
    let lifetime_s = issued.expires_in().map(|lifetime| lifetime.as_secs());
    let facts = TokenFacts {
        lifetime_s,
        ..read_token(text)
    };
    (Reply::Success(facts), Some(token))
}

fn entra(url: Url, client: oauth2::ClientId) -> SignInClient {
    oauth2::Client::new(client)
        // In the body: HTTP Basic would need the secret form-encoded first (RFC 6749, 2.3.1).
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(url))
}

/// The response in the form that the `oauth2` crate reads, without padding, which that crate does not expect.
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
