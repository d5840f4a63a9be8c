//! `FindItem`.

use jiff::SignedDuration;

use crate::simulator::scenario::Mailbox;
use crate::simulator::store::{Event, NamedProperty};
use crate::simulator::tenant::Tenant;

use super::folder;
use super::item::calendar_item;
use super::operation::View;
use super::request_parts::{FolderRef, Shape};
use super::response_messages::ItemError;
use super::xml::Element;

/// The items of the calendar: those of a view, those that a restriction keeps, or all. A view may span two years.
/// Microsoft allows no restriction beside a calendar view.
pub(crate) fn view(
    tenant: &Tenant,
    mailbox: &Mailbox,
    requested: &FolderRef,
    (view, restriction): (Option<View>, Option<&NamedProperty>),
    shape: &Shape,
) -> Result<Option<Element>, ItemError> {
    folder::must_be_calendar(tenant, mailbox, requested)?;
    if view.is_some_and(|view| view.end < view.start) {
        return Err(ItemError::of("ErrorCalendarEndDateIsEarlierThanStartDate"));
    }
    if view.is_some_and(|view| {
        // Two years can include a leap day.
        view.end.duration_since(view.start) > SignedDuration::from_hours(24 * 731)
    }) {
        return Err(ItemError::of("ErrorCalendarViewRangeTooBig"));
    }
    if view.is_some() && restriction.is_some() {
        return Err(ItemError::of("ErrorInvalidRequest"));
    }
    let store = tenant.store();
    let kept = |event: &&Event| lies_in(event, view) && carries(event, restriction);
    let inside: Vec<&Event> = store.of(&mailbox.address).iter().filter(kept).collect();
    // Exchange returns at most 1,000 items in one page.
    let most = view.and_then(|view| view.most).unwrap_or(1000);
    let items = inside
        .iter()
        .take(most)
        .map(|event| calendar_item(event, shape));
    Ok(Some(
        Element::new("m:RootFolder")
            .with("TotalItemsInView", inside.len().to_string())
            .with(
                "IncludesLastItemInRange",
                (inside.len() <= most).to_string(),
            )
            .child(Element::new("t:Items").children(items)),
    ))
}

fn carries(event: &Event, restriction: Option<&NamedProperty>) -> bool {
    restriction.is_none_or(|wanted| event.extended(&wanted.name) == Some(wanted.value.as_str()))
}

fn lies_in(event: &Event, view: Option<View>) -> bool {
    view.is_none_or(|view| event.start < view.end && event.end > view.start)
}
