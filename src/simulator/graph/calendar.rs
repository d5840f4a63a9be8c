//! Calendars and events.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::simulator::clock;
use crate::simulator::message::SimulatedResponse;
use crate::simulator::scenario::{CalendarState, Mailbox};
use crate::simulator::store::{self, Event};

use super::call::{GraphCall, Outcome};
use super::error::GraphRefusal;
use super::extended_properties;
use super::mailbox::{self, READ_CALENDAR, WRITE_CALENDAR};

/// Properties of an event that a client may send.
const EVENT_PROPERTIES: &[&str] = &[
    "allowNewTimeProposals",
    "attendees",
    "body",
    "categories",
    "end",
    "hideAttendees",
    "importance",
    "isAllDay",
    "isOnlineMeeting",
    "isReminderOn",
    "location",
    "locations",
    "onlineMeetingProvider",
    "recurrence",
    "reminderMinutesBeforeStart",
    "responseRequested",
    "sensitivity",
    "showAs",
    "singleValueExtendedProperties",
    "start",
    "subject",
    "transactionId",
];

/// `GET /users/{id}/calendar`.
pub(crate) fn folder(call: &GraphCall<'_>, id: &str) -> Outcome {
    let mailbox = readable(call, id)?;
    // `canEdit` is about the view of the mailbox owner, not about the roles of the app.
    let folder = json!({
        "id": format!("AAMkCalendar{}", super::directory::object_id(&mailbox.address)),
        "name": "Calendar", "color": "auto", "isDefaultCalendar": true, "canShare": true, "canViewPrivateItems": true,
        "canEdit": mailbox.calendar == CalendarState::Writable,
        "owner": {"name": mailbox::shown_name(mailbox), "address": mailbox.address},
    });
    Ok(SimulatedResponse::json(200, &call.query.select(folder)))
}

/// `GET /users/{id}/calendarView`. The window is required.
pub(crate) fn view(call: &GraphCall<'_>, id: &str) -> Outcome {
    let mailbox = readable(call, id)?;
    let (start, end) = (window(call, "startDateTime")?, window(call, "endDateTime")?);
    let store = call.tenant.store();
    let inside = store
        .of(&mailbox.address)
        .iter()
        .filter(|event| event.start < end && event.end > start);
    call.query.list(
        call.request,
        "users('room')/calendarView",
        inside.map(event_object),
    )
}

/// `GET /users/{id}/events`. A list does not show extended properties, even where it is filtered by one.
pub(crate) fn list(call: &GraphCall<'_>, id: &str) -> Outcome {
    let mailbox = readable(call, id)?;
    let filter = extended_properties::filter(&call.query)?;
    let store = call.tenant.store();
    let events = store.of(&mailbox.address).iter();
    let kept = events.filter(|event| {
        filter
            .as_ref()
            .is_none_or(|property| extended_properties::carries(event, property))
    });
    call.query
        .list(call.request, "users('room')/events", kept.map(event_object))
}

/// `POST /users/{id}/events`. A repeated `transactionId` gives the event of the first time.
pub(crate) fn create(call: &GraphCall<'_>, id: &str) -> Outcome {
    let mailbox = writable(call, id)?;
    let mut body = call.typed_body("microsoft.graph.event", EVENT_PROPERTIES)?;
    let extended = extended_properties::of_body(&body)?;
    if let Value::Object(properties) = &mut body {
        properties.remove("singleValueExtendedProperties");
    }
    let (start, end) = (moment(&body, "start")?, moment(&body, "end")?);
    let mut store = call.tenant.store();
    let transaction = body["transactionId"].as_str();
    let repeated = store.of(&mailbox.address).iter().find(|event| {
        transaction.is_some() && event.properties["transactionId"].as_str() == transaction
    });
    if let Some(event) = repeated {
        return Ok(SimulatedResponse::json(201, &event_object(event)));
    }
    let event = Event {
        id: store::fresh_id(),
        subject: body["subject"].as_str().unwrap_or_default().to_owned(),
        start,
        end,
        properties: body,
        extended,
    };
    let response = SimulatedResponse::json(201, &event_object(&event));
    store.add(&mailbox.address, event);
    Ok(response)
}

/// `GET /users/{id}/events/{event}`.
pub(crate) fn get(call: &GraphCall<'_>, id: &str, event: &str) -> Outcome {
    let mailbox = readable(call, id)?;
    well_formed(event)?;
    let store = call.tenant.store();
    let found = store
        .event(&mailbox.address, event)
        .ok_or_else(item_not_found)?;
    let mut object = call.query.select(event_object(found));
    extended_properties::expand(&call.query, found, &mut object)?;
    Ok(SimulatedResponse::json(200, &object))
}

/// `DELETE` and `PATCH` of an event, and its permanent deletion.
pub(crate) fn change(call: &GraphCall<'_>, id: &str, event: &str) -> Outcome {
    let look = |mailbox: &Mailbox| {
        well_formed(event)?;
        call.tenant
            .store()
            .event(&mailbox.address, event)
            .map(|_| ())
            .ok_or_else(item_not_found)
    };
    // Some scenarios check ids before access, so a wrong id is reported even to an app without
    // access.
    mailbox::ids_first(call, id, look)?;
    let mailbox = writable(call, id)?;
    look(mailbox)?;
    let mut store = call.tenant.store();
    if call.request.method == "PATCH" {
        let found = store
            .event(&mailbox.address, event)
            .ok_or_else(item_not_found)?;
        return Ok(SimulatedResponse::json(200, &event_object(found)));
    }
    if store.remove(&mailbox.address, event) {
        Ok(SimulatedResponse::empty(204))
    } else {
        Err(item_not_found())
    }
}

fn readable<'call>(call: &'call GraphCall<'_>, id: &str) -> Result<&'call Mailbox, GraphRefusal> {
    folder_exists(mailbox::enter(call, id, READ_CALENDAR)?)
}

fn writable<'call>(call: &'call GraphCall<'_>, id: &str) -> Result<&'call Mailbox, GraphRefusal> {
    let mailbox = folder_exists(mailbox::enter(call, id, WRITE_CALENDAR)?)?;
    if mailbox.calendar == CalendarState::Writable {
        Ok(mailbox)
    } else {
        Err(GraphRefusal::access_denied())
    }
}

fn folder_exists(mailbox: &Mailbox) -> Result<&Mailbox, GraphRefusal> {
    if mailbox.calendar == CalendarState::Missing {
        let message = "The specified folder could not be found in the store.";
        return Err(GraphRefusal::new(404, "ErrorFolderNotFound", message));
    }
    Ok(mailbox)
}

fn well_formed(id: &str) -> Result<(), GraphRefusal> {
    if store::well_formed(id) {
        Ok(())
    } else {
        Err(GraphRefusal::new(
            400,
            "ErrorInvalidIdMalformed",
            "Id is malformed.",
        ))
    }
}

fn item_not_found() -> GraphRefusal {
    GraphRefusal::new(
        404,
        "ErrorItemNotFound",
        "The specified object was not found in the store.",
    )
}

fn window(call: &GraphCall<'_>, name: &str) -> Result<Timestamp, GraphRefusal> {
    let text = call.query.get(name).ok_or_else(|| {
        let message = "This request requires a time window specified by the query string parameters StartDateTime and \
                       EndDateTime.";
        GraphRefusal::new(400, "ErrorInvalidParameter", message)
    })?;
    clock::read_moment(text).ok_or_else(|| {
        let message = format!("The value '{text}' of parameter '{name}' is invalid.");
        GraphRefusal::new(400, "ErrorInvalidParameter", message)
    })
}

/// `start` and `end` of an event body. Any `timeZone` is read as UTC: the simulator has no time zone data.
fn moment(body: &Value, name: &str) -> Result<Timestamp, GraphRefusal> {
    body[name]["dateTime"]
        .as_str()
        .and_then(clock::read_moment)
        .ok_or_else(|| {
            let message = format!("The property '{name}' is missing or is not a date and time.");
            GraphRefusal::new(400, "ErrorPropertyValidationFailure", message)
        })
}

fn event_object(event: &Event) -> Value {
    let time = |moment| json!({"dateTime": clock::whole_seconds(moment).trim_end_matches('Z'), "timeZone": "UTC"});
    let mut object = json!({"isCancelled": false, "isOrganizer": true, "attendees": [], "type": "singleInstance"});
    if let (Value::Object(all), Value::Object(given)) = (&mut object, &event.properties) {
        all.extend(given.clone());
    }
    object["id"] = json!(event.id);
    object["subject"] = json!(event.subject);
    object["start"] = time(event.start);
    object["end"] = time(event.end);
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::{
        ROOM, changed, graph_code, json_of, send_to_graph, small_tenant,
    };

    fn event() -> Value {
        json!({"subject": "probe", "transactionId": "6b1f0d4e", "showAs": "free",
               "start": {"dateTime": "2027-11-23T03:00:00", "timeZone": "UTC"},
               "end": {"dateTime": "2027-11-23T03:05:00", "timeZone": "UTC"}})
    }

    #[test]
    fn an_event_exists_until_it_is_deleted() {
        let tenant = small_tenant();
        let events = format!("/users/{ROOM}/events");
        let created = json_of(&send_to_graph(&tenant, "POST", &events, Some(&event())));
        let again = json_of(&send_to_graph(&tenant, "POST", &events, Some(&event())));
        assert_eq!(created["id"], again["id"]);
        assert_eq!(tenant.leftovers().len(), 1);
        let path = format!("{events}/{}", created["id"].as_str().unwrap());
        assert_eq!(
            json_of(&send_to_graph(&tenant, "GET", &path, None))["showAs"],
            "free"
        );
        assert_eq!(send_to_graph(&tenant, "DELETE", &path, None).status, 204);
        assert_eq!(
            graph_code(&send_to_graph(&tenant, "GET", &path, None)),
            (404, "ErrorItemNotFound".to_owned())
        );
        assert_eq!(tenant.leftovers(), []);
    }

    #[test]
    fn an_event_is_found_by_its_extended_property_and_shows_it_only_when_expanded() {
        const ID: &str = "String {3d1b7c52-6a0e-4f0c-9a7b-5e2f8c41d906} Name Mark";
        let (tenant, mut marked, events) =
            (small_tenant(), event(), format!("/users/{ROOM}/events"));
        marked["singleValueExtendedProperties"] = json!([{"id": ID, "value": "abc"}]);
        let id = json_of(&send_to_graph(&tenant, "POST", &events, Some(&marked)))["id"]
            .as_str()
            .unwrap()
            .to_owned();
        send_to_graph(
            &tenant,
            "POST",
            &events,
            Some(&{
                let mut other = event();
                other["transactionId"] = json!("2");
                other
            }),
        );
        let found = |id: &str, value: &str| {
            let filter = format!(
                "singleValueExtendedProperties/Any(ep: ep/id eq '{id}' and ep/value eq '{value}')"
            );
            let filter: String = url::form_urlencoded::byte_serialize(filter.as_bytes()).collect();
            json_of(&send_to_graph(
                &tenant,
                "GET",
                &format!("{events}?$filter={filter}"),
                None,
            ))["value"]
                .clone()
        };
        assert_eq!(
            found(ID, "ABC").as_array().unwrap().len(),
            1,
            "values are compared without case"
        );
        assert!(
            found(ID, "abc")[0]
                .get("singleValueExtendedProperties")
                .is_none()
        );
        assert_eq!(found(ID, "ab"), json!([]));
        assert_eq!(
            found(&ID.replace("Mark", "mark"), "abc"),
            json!([]),
            "names are compared with case"
        );
        let expand =
            format!("singleValueExtendedProperties($filter=id eq '{ID}')").replace(' ', "%20");
        let shown = json_of(&send_to_graph(
            &tenant,
            "GET",
            &format!("{events}/{id}?$expand={expand}"),
            None,
        ));
        assert_eq!(
            shown["singleValueExtendedProperties"],
            json!([{"id": ID, "value": "abc"}])
        );
        assert!(
            json_of(&send_to_graph(
                &tenant,
                "GET",
                &format!("{events}/{id}"),
                None
            ))
            .get("singleValueExtendedProperties")
            .is_none()
        );
        assert_eq!(
            send_to_graph(&tenant, "GET", &format!("{events}?$filter=true"), None).status,
            400
        );
    }

    #[test]
    fn a_property_that_events_do_not_have_is_refused() {
        let (tenant, mut wrong) = (small_tenant(), event());
        wrong["shownAs"] = json!("free");
        let response = send_to_graph(
            &tenant,
            "POST",
            &format!("/users/{ROOM}/events"),
            Some(&wrong),
        );
        assert_eq!(response.status, 400);
        assert_eq!(tenant.leftovers(), []);
    }

    #[test]
    fn the_view_needs_its_window_and_shows_what_lies_inside() {
        let tenant = small_tenant();
        let requested = |query: &str| {
            send_to_graph(
                &tenant,
                "GET",
                &format!("/users/{ROOM}/calendarView{query}"),
                None,
            )
        };
        assert_eq!(requested("?startDateTime=2027-11-23T00:00:00Z").status, 400);
        send_to_graph(
            &tenant,
            "POST",
            &format!("/users/{ROOM}/events"),
            Some(&event()),
        );
        let inside = requested(
            "?startDateTime=2027-11-23T00:00:00Z&endDateTime=2027-11-24T00:00:00Z&$select=id",
        );
        let outside =
            requested("?startDateTime=2026-11-23T00:00:00&endDateTime=2026-11-24T00:00:00");
        assert_eq!(json_of(&inside)["value"].as_array().unwrap().len(), 1);
        assert_eq!(json_of(&outside)["value"], json!([]));
    }

    #[test]
    fn a_malformed_id_is_checked_after_the_right_to_write() {
        let path = format!("/users/{ROOM}/events/garbage");
        assert_eq!(
            graph_code(&send_to_graph(&small_tenant(), "DELETE", &path, None)),
            (400, "ErrorInvalidIdMalformed".to_owned())
        );
        let reader = changed("graph/Calendars.ReadWrite", "graph/Calendars.Read");
        assert_eq!(
            graph_code(&send_to_graph(&reader, "DELETE", &path, None)),
            (403, "ErrorAccessDenied".to_owned())
        );
    }
}
