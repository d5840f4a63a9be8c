//! Rooms as places.

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::directory::object_id;
use super::error::GraphRefusal;
use super::mailbox::shown_name;
use crate::simulator::scenario::{Mailbox, MailboxKind};

/// `GET /places/microsoft.graph.room`. Without the role the code is `UnknownError` and the reason stands as JSON inside
/// the message; the status of that answer is not recorded, 403 is taken.
pub(crate) fn rooms(call: &Call<'_>) -> Outcome {
    if !call.holds_any(&["Place.Read.All", "Place.ReadWrite.All"]) {
        let inner = json!({
            "code": "invalid_permissions",
            "message": format!(
                "place.read.all permission is required to read company places, scopes/roles provided: {} IsAppOnly:True",
                call.token.roles.join(",")
            ),
        });
        return Err(GraphRefusal::new(403, "UnknownError", inner.to_string()));
    }
    let rooms = call.tenant.description().mailboxes.iter().filter(|mailbox| mailbox.kind == MailboxKind::Room);
    call.query.list(call.request, "places/microsoft.graph.room", rooms.map(room_object))
}

fn room_object(room: &Mailbox) -> Value {
    json!({"id": object_id(&room.address), "displayName": shown_name(room), "emailAddress": room.address,
           "bookingType": "standard", "capacity": null, "building": null})
}
