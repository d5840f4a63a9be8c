//! Read-only requests to Microsoft Graph.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;
use url::Url;

use crate::evidence::{PasswordCredential, Purpose, RegistrationFacts, Reply, RequestedPermission};
use crate::settings::{ClientId, Credential, MailboxAddress};
use crate::terms::{CheckId, Service};

use super::client::{Wire, later};
use super::mask::{SecretMask, sanitize};
use super::odata;
use super::received_response::ReceivedResponse;
use super::request::ServiceRequest;
use super::response::{EarlierAttempts, ServiceResponse};
use super::secret::AccessToken;
use super::url_path::{below, below_escaped, escaped};

/// An item id that cannot exist in a mailbox, and that explains its purpose in the logs of the service.
const NO_SUCH_ITEM: &str = "rx-preflight-asks-about-no-such-item";
/// A calendar view looks at so much time.
const VIEWED: Duration = Duration::from_hours(1);

impl Wire {
    /// Sends a request to Graph without a token. The refusal that the service returns then is the success here.
    pub async fn reach_graph(&self, purpose: CheckId) -> ServiceResponse<()> {
        let request = self
            .graph_request(purpose, Method::GET, &["users"])
            .for_connectivity();
        self.send(one_id(request), |response| {
            read_reached(response, &self.mask)
        })
        .await
    }

    /// Views an hour of a calendar, which begins when the first one is viewed. Only the id of one event is requested.
    pub async fn calendar_view(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        earlier: EarlierAttempts,
    ) -> ServiceResponse<()> {
        let request =
            ServiceRequest::to_graph(purpose, Method::GET, self.view_of(mailbox)).after(earlier);
        self.send(request.authorized(token), |response| {
            odata::read_list(response, &self.mask)
        })
        .await
    }

    /// Requests the deletion of an event that cannot exist. A refusal of the id, not of the caller, shows that writing is
    /// authorized. That the service checks access before the id is likely, not documented.
    pub async fn no_touch_event_delete(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        earlier: EarlierAttempts,
    ) -> ServiceResponse<()> {
        let request =
            ServiceRequest::to_graph(purpose, Method::DELETE, self.no_such_event_of(mailbox))
                .after(earlier);
        self.send(request.authorized(token), |response| {
            odata::read_done(response, &self.mask)
        })
        .await
    }

    /// The address of the calendar view of a mailbox.
    pub(super) fn view_of(&self, mailbox: &MailboxAddress) -> Url {
        let mut url = below(
            &self.endpoints.graph.url,
            &["users", mailbox.as_str(), "calendarView"],
        );
        url.set_query(Some(
            self.viewed.get_or_init(|| viewed_from(self.clock.now())),
        ));
        url
    }

    /// The address of an event that a mailbox cannot hold.
    pub(super) fn no_such_event_of(&self, mailbox: &MailboxAddress) -> Url {
        // Never the id of a real event, because requests to this address are deletions.
        below(
            &self.endpoints.graph.url,
            &["users", mailbox.as_str(), "events", NO_SUCH_ITEM],
        )
    }

    /// Requests to send a draft that cannot exist, so nothing can be sent. It is read like the deletion above.
    pub async fn no_touch_message_send(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
    ) -> ServiceResponse<()> {
        let path = ["users", mailbox.as_str(), "messages", NO_SUCH_ITEM, "send"];
        // A gateway can reject a POST without `Content-Length` with 411 (Length Required), even if its body is
        // empty.
        let request = self
            .graph_request(purpose, Method::POST, &path)
            .fixed_header("content-length", "0");
        self.send(request.authorized(token), |response| {
            odata::read_done(response, &self.mask)
        })
        .await
    }

    /// Reads an item of `list` (such as `messages`) that cannot exist. Sent only where the token holds no role for such
    /// items: a refusal then shows that the service decides about access before it looks at the item.
    pub async fn control(
        &self,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        list: &str,
    ) -> ServiceResponse<()> {
        let mut url = below(
            &self.endpoints.graph.url,
            &["users", mailbox.as_str(), list, NO_SUCH_ITEM],
        );
        url.set_query(Some("$select=id"));
        let request =
            ServiceRequest::to_graph(Purpose::Control, Method::GET, url).authorized(token);
        self.send(request, |response| {
            odata::read(response, &self.mask, |_| Ok(()))
        })
        .await
    }

    /// Reads the id of one user.
    pub async fn users(&self, purpose: CheckId, token: &AccessToken) -> ServiceResponse<()> {
        self.one_of(purpose, token, "users").await
    }

    /// Lists the addresses of users that can have a mailbox: no guests, and no accounts that are blocked, such as those of
    /// rooms. Only the first page is read, and nothing but the address is kept.
    /// <https://learn.microsoft.com/graph/api/user-list> (2026-11-29): `$top` is at most 999.
    pub async fn user_mailboxes(
        &self,
        purpose: CheckId,
        token: &AccessToken,
    ) -> ServiceResponse<Vec<MailboxAddress>> {
        let mut request = self
            .graph_request(purpose, Method::GET, &["users"])
            .authorized(token);
        request
            .url
            .set_query(Some("$top=999&$select=mail,accountEnabled,userType"));
        self.send(request, |response| {
            odata::read(response, &self.mask, |body| {
                let users = body.get("value").and_then(Value::as_array);
                let users = users.ok_or("no list in it")?;
                Ok(users.iter().filter_map(mailbox_of_user).collect())
            })
        })
        .await
    }

    /// Reads the id of one group.
    pub async fn groups(&self, purpose: CheckId, token: &AccessToken) -> ServiceResponse<()> {
        self.one_of(purpose, token, "groups").await
    }

    /// Reads the app's own registration, for which an app needs no permission. It exists in its home tenant only.
    pub async fn registration(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        client: &ClientId,
        own: &Credential,
    ) -> ServiceResponse<RegistrationFacts> {
        let application = format!("applications(appId='{}')", escaped(client.as_str()));
        let mut request = self
            .graph_request(purpose, Method::GET, &[])
            .authorized(token);
        request.url = below_escaped(&self.endpoints.graph.url, &application);
        request.url.set_query(Some(
            "$select=displayName,passwordCredentials,requiredResourceAccess,signInAudience",
        ));
        self.send(request, |response| {
            odata::read(response, &self.mask, |body| registration_facts(body, own))
        })
        .await
    }

    async fn one_of(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        list: &str,
    ) -> ServiceResponse<()> {
        let request = one_id(self.graph_request(purpose, Method::GET, &[list])).authorized(token);
        self.send(request, |response| odata::read_list(response, &self.mask))
            .await
    }

    /// A request to Graph below its version; segments are escaped.
    pub(super) fn graph_request(
        &self,
        purpose: CheckId,
        method: Method,
        path: &[&str],
    ) -> ServiceRequest {
        ServiceRequest::to_graph(purpose, method, below(&self.endpoints.graph.url, path))
    }
}

impl ServiceRequest {
    /// A request to Graph at an address of its own.
    pub(super) fn to_graph(purpose: impl Into<Purpose>, method: Method, url: Url) -> Self {
        Self::new(purpose, method, url)
            .paced_by(Service::Graph)
            .fixed_header("accept", "application/json")
            .identified()
    }

    /// The request with the token in it.
    pub(super) fn authorized(mut self, token: &AccessToken) -> Self {
        self.headers.insert(AUTHORIZATION, token.authorization());
        self
    }
}

/// The smallest list there is. The dollar sign stays as Microsoft writes it.
const ONE_ID: &str = "$top=1&$select=id";

fn one_id(mut request: ServiceRequest) -> ServiceRequest {
    request.url.set_query(Some(ONE_ID));
    request
}

/// The query of a calendar view.
fn viewed_from(start: jiff::Timestamp) -> String {
    let (start, end) = (graph_time(start), graph_time(later(start, VIEWED)));
    format!("startDateTime={start}&endDateTime={end}&{ONE_ID}")
}

/// A time in a query. Graph reads it as UTC because of the `Z`; whole seconds are enough.
fn graph_time(instant: jiff::Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H%%3A%M%%3A%SZ").to_string()
}

/// Without a token a service responds with 401 and names the sign-in it trusts. A web page is not of its kind, unless it
/// carries that challenge.
pub(super) fn read_reached(response: &ReceivedResponse, mask: &SecretMask) -> Reply<()> {
    let challenged = response.refusal(mask).challenge.is_some();
    if response.status == 401 && (challenged || !response.is_web_page()) {
        return Reply::Success(());
    }
    // The real services never return a success without a token, so something else responded.
    if response.is_success() {
        return Reply::Unexpected(response.unexpected("success without a token", true, mask));
    }
    odata::read(response, mask, |_| Ok(()))
}

/// The `signInAudience` of an app for its own tenant only.
/// <https://learn.microsoft.com/graph/api/resources/application> (November 2026)
const SINGLE_TENANT: &str = "AzureADMyOrg";

pub(super) fn registration_facts(
    body: &Value,
    own: &Credential,
) -> Result<RegistrationFacts, &'static str> {
    // Graph returns an empty list where nothing is requested. Without the list, nothing is known about the permissions.
    body.get("requiredResourceAccess")
        .and_then(Value::as_array)
        .ok_or("no registration in it")?;
    Ok(RegistrationFacts {
        display_name: text(body, "displayName"),
        secrets: list(body, "passwordCredentials")
            .filter_map(|entry| credential(entry, own))
            .collect(),
        requested: list(body, "requiredResourceAccess")
            .flat_map(requested)
            .collect(),
        outside_accounts: text(body, "signInAudience").map(|audience| audience != SINGLE_TENANT),
    })
}

fn credential(entry: &Value, own: &Credential) -> Option<PasswordCredential> {
    let hint = entry.get("hint").and_then(Value::as_str);
    Some(PasswordCredential {
        key_id: text(entry, "keyId")?,
        display_name: text(entry, "displayName"),
        ends_at: entry
            .get("endDateTime")
            .and_then(Value::as_str)
            .and_then(|end| end.parse().ok()),
        // Entra returns only the first three characters of a secret as its `hint`.
        fits_secret_in_use: hint.is_some_and(|hint| own.hint_fits(hint)),
    })
}

fn requested(entry: &Value) -> Vec<RequestedPermission> {
    let Some(resource_app_id) = text(entry, "resourceAppId") else {
        return Vec::new();
    };
    list(entry, "resourceAccess")
        .filter_map(|access| {
            let (permission_id, kind) = (text(access, "id")?, text(access, "type")?);
            Some(RequestedPermission {
                resource_app_id: resource_app_id.clone(),
                permission_id,
                kind,
            })
        })
        .collect()
}

fn list<'a>(object: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    object
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(sanitize)
}

/// The address of a user that can have a mailbox. An app with `User.ReadBasic.All` does not see whether the account is
/// blocked.
fn mailbox_of_user(user: &Value) -> Option<MailboxAddress> {
    let is_blocked = user.get("accountEnabled") == Some(&Value::Bool(false));
    let kind = user.get("userType").and_then(Value::as_str);
    if is_blocked || kind == Some("Guest") {
        return None;
    }
    MailboxAddress::parse(user.get("mail")?.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::received_response::tests::received;

    fn reached(status: u16, headers: &[(&str, &str)], body: &str) -> Reply<()> {
        read_reached(&received(status, headers, body), &SecretMask::default())
    }

    #[test]
    fn the_refusal_of_a_missing_token_is_what_reaching_means() {
        assert_eq!(reached(401, &[], ""), Reply::Success(()));
        assert_eq!(
            reached(401, &[("www-authenticate", "Bearer realm=\"\"")], "<html>"),
            Reply::Success(())
        );
        assert!(matches!(reached(401, &[], "<html>"), Reply::Unexpected(odd) if odd.foreign));
        assert!(matches!(reached(200, &[], "{}"), Reply::Unexpected(odd) if !odd.foreign));
        assert!(matches!(reached(200, &[], "<html>"), Reply::Unexpected(odd) if odd.foreign));
        assert!(
            matches!(reached(503, &[], "<html>"), Reply::Refused(refusal) if refusal.status == 503)
        );
        assert!(
            matches!(reached(302, &[("location", "https://portal.test/")], ""), Reply::Unexpected(odd) if odd.foreign)
        );
    }

    #[test]
    fn a_registration_lists_its_secrets_and_requested_permissions() {
        let body = serde_json::json!({
            "displayName": "RX", "passwordCredentials": [
                {"keyId": "k1", "displayName": null, "hint": "abc", "endDateTime": "2027-01-01T00:00:00Z"},
                {"keyId": "k2", "hint": "xyz", "endDateTime": "never"}, {"hint": "abc"}],
            "requiredResourceAccess": [{"resourceAppId": "g", "resourceAccess": [{"id": "p", "type": "Role"}, {"id": 1}]}, {}]});
        let facts = registration_facts(
            &body,
            &crate::wire::tests::credential("abc8Q~0123456789012345"),
        )
        .unwrap();
        assert_eq!(facts.display_name.as_deref(), Some("RX"));
        assert_eq!(facts.secrets.len(), 2);
        assert!(facts.secrets[0].fits_secret_in_use && !facts.secrets[1].fits_secret_in_use);
        assert_eq!(
            facts.secrets[0].ends_at,
            Some("2027-01-01T00:00:00Z".parse().unwrap())
        );
        assert_eq!(facts.secrets[1].ends_at, None);
        assert_eq!(facts.requested.len(), 1);
        assert_eq!(facts.requested[0].kind, "Role");
        assert_eq!(facts.outside_accounts, None);
        for (audience, outside) in [("AzureADMyOrg", false), ("AzureADMultipleOrgs", true)] {
            let body =
                serde_json::json!({ "signInAudience": audience, "requiredResourceAccess": [] });
            let facts =
                registration_facts(&body, &crate::wire::tests::credential("abc8Q~0")).unwrap();
            assert_eq!(facts.outside_accounts, Some(outside), "{audience}");
        }
    }

    #[test]
    fn a_body_without_the_requested_permissions_is_not_a_registration() {
        for body in [
            json!([]),
            json!({}),
            json!({ "requiredResourceAccess": null }),
        ] {
            assert_eq!(
                registration_facts(&body, &crate::wire::tests::credential("x")),
                Err("no registration in it")
            );
        }
    }

    #[test]
    fn guests_and_blocked_accounts_have_no_mailbox_to_choose() {
        let of = |user: serde_json::Value| mailbox_of_user(&user).map(|own| own.to_string());
        let known =
            json!({ "mail": "a@contoso.com", "accountEnabled": true, "userType": "Member" });
        assert_eq!(of(known), Some("a@contoso.com".to_owned()));
        // An app with basic attributes sees neither of the two.
        assert_eq!(
            of(json!({ "mail": "a@contoso.com" })),
            Some("a@contoso.com".to_owned())
        );
        for other in [
            json!({ "mail": "a@contoso.com", "accountEnabled": false }),
            json!({ "mail": "a@contoso.com", "userType": "Guest" }),
            json!({ "mail": null, "accountEnabled": true }),
            json!({ "mail": "not an address" }),
            json!({}),
        ] {
            assert_eq!(of(other), None);
        }
    }
}
