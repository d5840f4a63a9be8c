//! Sending mail. Accepted messages go nowhere; only their sender is noted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::simulator::access::AccessNeed;
use crate::simulator::message::SimulatedResponse;
use crate::simulator::store;

use super::call::{GraphCall, Outcome};
use super::error::GraphRefusal;
use super::mailbox::{self, READ_CONTACTS, READ_MAIL, SEND_MAIL, WRITE_MAIL};

/// `POST /users/{id}/sendMail`.
pub(crate) fn send(call: &GraphCall<'_>, id: &str) -> Outcome {
    let mailbox = mailbox::enter(call, id, SEND_MAIL)?;
    if call
        .request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("text/plain"))
    {
        STANDARD.decode(call.request.text().trim()).map_err(|_| {
            GraphRefusal::new(
                400,
                "ErrorMimeContentInvalidBase64String",
                "Invalid base64 string for MIME content.",
            )
        })?;
    } else if !has_recipient(
        &call.typed_body("microsoft.graph.sendMail", &["message", "saveToSentItems"])?,
    ) {
        let message = "At least one recipient isn't valid., A message can't be sent because it contains no recipients.";
        return Err(GraphRefusal::new(400, "ErrorInvalidRecipients", message));
    }
    call.tenant.store().accept_mail(&mailbox.address);
    Ok(SimulatedResponse::empty(202))
}

/// `POST /users/{id}/messages/{message}/send`. No message is ever stored, so a well-formed id is never found.
pub(crate) fn send_draft(call: &GraphCall<'_>, id: &str, message: &str) -> Outcome {
    no_item(call, id, SEND_MAIL, message)
}

/// `DELETE /users/{id}/messages/{message}`.
pub(crate) fn delete(call: &GraphCall<'_>, id: &str, message: &str) -> Outcome {
    no_item(call, id, WRITE_MAIL, message)
}

/// `GET /users/{id}/messages/{message}`.
pub(crate) fn get(call: &GraphCall<'_>, id: &str, message: &str) -> Outcome {
    no_item(call, id, READ_MAIL, message)
}

/// `GET /users/{id}/contacts/{contact}`. No contact is ever stored either.
pub(crate) fn get_contact(call: &GraphCall<'_>, id: &str, contact: &str) -> Outcome {
    no_item(call, id, READ_CONTACTS, contact)
}

fn no_item(call: &GraphCall<'_>, id: &str, need: AccessNeed<'_>, item: &str) -> Outcome {
    // Some scenarios check ids before access.
    mailbox::ids_first(call, id, |_| Err(no_such_item(item)))?;
    mailbox::enter(call, id, need)?;
    Err(no_such_item(item))
}

/// The names of action parameters are compared without case, as `OData` does.
fn has_recipient(body: &serde_json::Value) -> bool {
    let message = if body["message"].is_object() {
        &body["message"]
    } else {
        &body["Message"]
    };
    ["toRecipients", "ccRecipients", "bccRecipients"]
        .iter()
        .any(|field| {
            message[field]
                .as_array()
                .is_some_and(|recipients| !recipients.is_empty())
        })
}

fn no_such_item(id: &str) -> GraphRefusal {
    if store::well_formed(id) {
        GraphRefusal::new(
            404,
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        )
    } else {
        GraphRefusal::new(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::simulator::scenario::Scenario;
    use crate::simulator::small_tenant::{
        SMALL, changed, graph_code, send_to_graph, small_tenant, tenant_of,
    };
    use crate::simulator::tenant::Tenant;

    const SENDER: &str = "/users/rx-service@contoso.com";

    #[test]
    fn a_message_needs_a_recipient() {
        let tenant = small_tenant();
        let send = |message: serde_json::Value| {
            send_to_graph(
                &tenant,
                "POST",
                &format!("{SENDER}/sendMail"),
                Some(&json!({"message": message, "saveToSentItems": false})),
            )
        };
        assert_eq!(
            graph_code(&send(json!({"toRecipients": []}))),
            (400, "ErrorInvalidRecipients".to_owned())
        );
        assert_eq!(tenant.accepted_mail(), Vec::<String>::new());
        let recipient = json!({"emailAddress": {"address": "admin@contoso.com"}});
        assert_eq!(send(json!({"toRecipients": [recipient]})).status, 202);
        assert_eq!(tenant.accepted_mail(), ["rx-service@contoso.com"]);
    }

    #[test]
    fn a_draft_that_does_not_exist_shows_the_right_to_send() {
        let path = format!("{SENDER}/messages/garbage/send");
        let allowed = send_to_graph(&small_tenant(), "POST", &path, None);
        assert_eq!(
            graph_code(&allowed),
            (400, "ErrorInvalidIdMalformed".to_owned())
        );
        let refused = send_to_graph(&changed("\"graph/Mail.Send\",", ""), "POST", &path, None);
        assert_eq!(graph_code(&refused), (403, "ErrorAccessDenied".to_owned()));
        let other = send_to_graph(
            &small_tenant(),
            "DELETE",
            &format!("{SENDER}/messages/garbage"),
            None,
        );
        assert_eq!(graph_code(&other), (403, "ErrorAccessDenied".to_owned()));
    }

    #[test]
    fn the_scenario_decides_whether_access_or_the_id_is_checked_first() {
        let requests = [
            ("GET", format!("{SENDER}/messages/garbage?$select=id")),
            ("GET", format!("{SENDER}/contacts/garbage?$select=id")),
            ("DELETE", format!("{SENDER}/messages/garbage")),
        ];
        let ids_first = changed("region = \"EU\"", "graph_checks_first = \"ids\"");
        for (method, path) in requests {
            let code = |tenant: &Tenant| graph_code(&send_to_graph(tenant, method, &path, None));
            assert_eq!(
                code(&small_tenant()),
                (403, "ErrorAccessDenied".to_owned()),
                "{method} {path}"
            );
            assert_eq!(
                code(&ids_first),
                (400, "ErrorInvalidIdMalformed".to_owned()),
                "{method} {path}"
            );
        }
        // A policy closes the mailbox itself, before any item in it.
        let policy =
            "enabled = true\naccess_policy = [{ right = \"RestrictAccess\", mailboxes = [] }]";
        let text = SMALL.replacen("enabled = true", policy, 1);
        let text = text.replacen("region = \"EU\"", "graph_checks_first = \"ids\"", 1);
        let closed = Scenario::parse("closed", &text).unwrap();
        let closed = tenant_of(closed);
        let path = format!("{SENDER}/messages/garbage/send");
        assert_eq!(
            graph_code(&send_to_graph(&closed, "POST", &path, None)),
            (403, "ErrorAccessDenied".to_owned())
        );
    }
}
