//! `CreateItem`, `GetItem` and `DeleteItem` for calendar items.

use jiff::SignedDuration;

use crate::simulator::clock::whole_seconds;
use crate::simulator::scenario::{CalendarState, Mailbox};
use crate::simulator::store::{self, Event};
use crate::simulator::tenant::Tenant;

use super::operation::NewItem;
use super::request_parts::{FolderRef, Shape};
use super::response_messages::ItemError;
use super::xml::Element;
use super::{extended_property, folder};

/// Creates a calendar item. Without a start it begins now, without an end it lasts half an hour.
pub(crate) fn create(
    tenant: &Tenant,
    mailbox: &Mailbox,
    target: Option<&FolderRef>,
    invitations: Option<&str>,
    new: &NewItem,
) -> Result<Option<Element>, ItemError> {
    // The schema leaves this attribute optional, but Exchange requires it for calendar items.
    if invitations.is_none() {
        return Err(ItemError::of("ErrorSendMeetingInvitationsRequired"));
    }
    let default = FolderRef::Distinguished {
        name: "calendar".to_owned(),
        mailbox: None,
    };
    folder::must_be_calendar(tenant, mailbox, target.unwrap_or(&default))?;
    writable(mailbox)?;
    let start = new.start.unwrap_or_else(|| tenant.now());
    let end = new
        .end
        .or_else(|| start.checked_add(SignedDuration::from_mins(30)).ok())
        .unwrap_or(start);
    if end < start {
        return Err(ItemError::of("ErrorCalendarEndDateIsEarlierThanStartDate"));
    }
    let subject = new.subject.clone();
    let (properties, extended) = (serde_json::Value::Null, new.extended.clone());
    let event = Event {
        id: store::fresh_id(),
        subject,
        start,
        end,
        properties,
        extended,
    };
    let created = Element::new("t:CalendarItem").child(item_id(&event));
    tenant.store().add(&mailbox.address, event);
    Ok(Some(Element::new("m:Items").child(created)))
}

/// Reads a calendar item.
pub(crate) fn get(
    tenant: &Tenant,
    mailbox: &Mailbox,
    id: &str,
    shape: &Shape,
) -> Result<Option<Element>, ItemError> {
    well_formed(id)?;
    let store = tenant.store();
    let event = store
        .event(&mailbox.address, id)
        .ok_or_else(|| ItemError::of("ErrorItemNotFound"))?;
    Ok(Some(
        Element::new("m:Items").child(calendar_item(event, shape)),
    ))
}

/// Deletes a calendar item.
pub(crate) fn delete(
    tenant: &Tenant,
    mailbox: &Mailbox,
    id: &str,
    cancellations: Option<&str>,
) -> Result<Option<Element>, ItemError> {
    if cancellations.is_none() {
        return Err(ItemError::of("ErrorSendMeetingCancellationsRequired"));
    }
    well_formed(id)?;
    writable(mailbox)?;
    if tenant.store().remove(&mailbox.address, id) {
        Ok(None)
    } else {
        Err(ItemError::of("ErrorItemNotFound"))
    }
}

/// A calendar item with the wanted properties, in the order of the schema.
pub(crate) fn calendar_item(event: &Event, shape: &Shape) -> Element {
    let subject = Element::text("t:Subject", event.subject.as_str());
    let subject = shape.wants("Subject", true).then_some(subject);
    let extended = event
        .extended
        .iter()
        .filter(|property| shape.extended.contains(&property.name));
    let properties = [
        (
            "Start",
            Element::text("t:Start", whole_seconds(event.start)),
        ),
        ("End", Element::text("t:End", whole_seconds(event.end))),
    ];
    let kept = properties
        .into_iter()
        .filter(|(field, _)| shape.wants(field, true))
        .map(|(_, element)| element);
    Element::new("t:CalendarItem")
        .child(item_id(event))
        .children(subject)
        .children(extended.map(extended_property::element))
        .children(kept)
}

fn item_id(event: &Event) -> Element {
    Element::new("t:ItemId")
        .with("Id", event.id.as_str())
        .with("ChangeKey", "DwAAABYAAAA=")
}

fn well_formed(id: &str) -> Result<(), ItemError> {
    if store::well_formed(id) {
        Ok(())
    } else {
        Err(ItemError::of("ErrorInvalidIdMalformed"))
    }
}

fn writable(mailbox: &Mailbox) -> Result<(), ItemError> {
    if mailbox.calendar == CalendarState::Writable {
        Ok(())
    } else {
        Err(ItemError::of("ErrorAccessDenied"))
    }
}
