//! Rooms as places.

use serde_json::{Value, json};

use crate::simulator::message::SimulatedResponse;
use crate::simulator::scenario::{Mailbox, MailboxKind};

use super::call::{GraphCall, Outcome};
use super::directory::object_id;
use super::error::GraphRefusal;
use super::mailbox::shown_name;

/// How many places a page holds where the caller names no size.
const PAGE: usize = 100;

/// `GET /places/microsoft.graph.room`, a hundred a page by default; `$skip` names where a page begins. Rooms that are
/// hidden from the address lists are not in it.
///
/// Without the role the code is `UnknownError` and the reason is JSON inside the message; the status of that
/// response is not recorded, 403 is assumed.
pub(crate) fn rooms(call: &GraphCall<'_>) -> Outcome {
    if !call.holds_any(&["Place.Read.All", "Place.ReadWrite.All"]) {
        return Err(without_permission(call));
    }
    let (size, skip) = (call.query.top()?.unwrap_or(PAGE), call.query.skip()?);
    let rooms: Vec<&Mailbox> = call
        .tenant
        .description()
        .mailboxes
        .iter()
        .filter(|mailbox| is_listed(mailbox))
        .collect();
    let page: Vec<Value> = rooms
        .iter()
        .skip(skip)
        .take(size)
        .map(|room| call.query.select(room_object(room)))
        .collect();
    let mut body = json!({
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#places/microsoft.graph.room",
        "value": page,
    });
    if call.query.get("$count") == Some("true") {
        body["@odata.count"] = json!(rooms.len());
    }
    if rooms.len() > skip + size {
        body["@odata.nextLink"] = json!(call.query.next_link(call.request, "$skip", skip + size));
    }
    Ok(SimulatedResponse::json(200, &body))
}

fn is_listed(mailbox: &Mailbox) -> bool {
    mailbox.kind == MailboxKind::Room && !mailbox.hidden
}

fn without_permission(call: &GraphCall<'_>) -> GraphRefusal {
    let provided = call.token.roles.join(",");
    let message = format!(
        "place.read.all permission is required to read company places, scopes/roles provided: {provided} IsAppOnly:True"
    );
    GraphRefusal::new(
        403,
        "UnknownError",
        json!({"code": "invalid_permissions", "message": message}).to_string(),
    )
}

fn room_object(room: &Mailbox) -> Value {
    json!({"id": object_id(&room.address), "displayName": shown_name(room), "emailAddress": room.address,
           "bookingType": "standard", "capacity": null, "building": null})
}

#[cfg(test)]
mod tests {
    use crate::simulator::scenario::Scenario;
    use crate::simulator::small_tenant::{
        SMALL, graph_code, json_of, send_to_graph, small_tenant, tenant_of,
    };
    use crate::simulator::tenant::Tenant;

    const ROOMS: &str = "/places/microsoft.graph.room";

    /// The small tenant with the role, with three rooms and one that is hidden.
    fn with_rooms() -> Tenant {
        let more = "[[tenant.mailbox]]\naddress = \"library@contoso.com\"\n\n\
                    [[tenant.mailbox]]\naddress = \"vault@contoso.com\"\nhidden = true\n\n\
                    [[tenant.mailbox]]\naddress = \"kitchen@contoso.com\"\n\n[[tenant.group]]";
        let text = SMALL
            .replace("[[tenant.group]]", more)
            .replace("graph/Mail.Send", "graph/Place.Read.All");
        tenant_of(Scenario::parse("rooms", &text).unwrap())
    }

    fn addresses(body: &serde_json::Value) -> Vec<&str> {
        body["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|room| room["emailAddress"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn rooms_are_listed_but_for_hidden_ones_and_people() {
        let body = json_of(&send_to_graph(
            &with_rooms(),
            "GET",
            &format!("{ROOMS}?$select=emailAddress,displayName"),
            None,
        ));
        assert_eq!(
            addresses(&body),
            [
                "boardroom@contoso.com",
                "library@contoso.com",
                "kitchen@contoso.com"
            ]
        );
        assert!(
            body["value"][0].get("bookingType").is_none()
                && body["value"][0]["displayName"].is_string()
        );
        assert!(body.get("@odata.nextLink").is_none() && body.get("@odata.count").is_none());
    }

    #[test]
    fn pages_follow_each_other_by_link() {
        let tenant = with_rooms();
        let first = json_of(&send_to_graph(
            &tenant,
            "GET",
            &format!("{ROOMS}?$top=2&$count=true"),
            None,
        ));
        assert_eq!(
            (addresses(&first).len(), &first["@odata.count"]),
            (2, &serde_json::json!(3))
        );
        let link = first["@odata.nextLink"].as_str().unwrap();
        assert!(
            link.starts_with("http://") && link.contains("%24skip=2"),
            "{link}"
        );
        let second = json_of(&send_to_graph(
            &tenant,
            "GET",
            link.split_once("/v1.0").unwrap().1,
            None,
        ));
        assert_eq!(addresses(&second), ["kitchen@contoso.com"]);
        assert!(second.get("@odata.nextLink").is_none());
        assert_eq!(
            graph_code(&send_to_graph(
                &tenant,
                "GET",
                &format!("{ROOMS}?$top=0"),
                None
            ))
            .0,
            400
        );
    }

    #[test]
    fn without_the_role_the_reason_is_inside_the_message() {
        let response = send_to_graph(&small_tenant(), "GET", ROOMS, None);
        assert_eq!(graph_code(&response).0, 403);
        let response = json_of(&response);
        assert_eq!(response["error"]["code"], "UnknownError");
        let inside: serde_json::Value =
            serde_json::from_str(response["error"]["message"].as_str().unwrap()).unwrap();
        assert_eq!(inside["code"], "invalid_permissions");
        assert!(
            inside["message"]
                .as_str()
                .unwrap()
                .contains("Calendars.ReadWrite"),
            "{inside}"
        );
    }
}
