//! `FindItem`.

use jiff::SignedDuration;

use super::folder;
use super::item::calendar_item;
use super::operation::{FolderRef, Shape, View};
use super::response::ItemError;
use super::xml::Element;
use crate::simulator::scenario::Mailbox;
use crate::simulator::store::Event;
use crate::simulator::tenant::Tenant;

/// The items of the calendar, those of a view if there is one. A view may span two years.
pub(crate) fn view(
    tenant: &Tenant,
    mailbox: &Mailbox,
    asked: &FolderRef,
    view: Option<View>,
    shape: &Shape,
) -> Result<Option<Element>, ItemError> {
    folder::must_be_calendar(tenant, mailbox, asked)?;
    if view.is_some_and(|view| view.end < view.start) {
        return Err(ItemError::of("ErrorCalendarEndDateIsEarlierThanStartDate"));
    }
    if view.is_some_and(|view| view.end.duration_since(view.start) > SignedDuration::from_hours(24 * 731)) {
        return Err(ItemError::of("ErrorCalendarViewRangeTooBig"));
    }
    let store = tenant.store();
    let inside: Vec<&Event> = store.of(&mailbox.address).iter().filter(|event| lies_in(event, view)).collect();
    let most = view.and_then(|view| view.most).unwrap_or(1000);
    let items = inside.iter().take(most).map(|event| calendar_item(event, shape));
    Ok(Some(
        Element::new("m:RootFolder")
            .with("TotalItemsInView", inside.len().to_string())
            .with("IncludesLastItemInRange", (inside.len() <= most).to_string())
            .child(Element::new("t:Items").children(items)),
    ))
}

fn lies_in(event: &Event, view: Option<View>) -> bool {
    view.is_none_or(|view| event.start < view.end && event.end > view.start)
}
