//! `GetFolder`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::simulator::scenario::{CalendarState, Mailbox};
use crate::simulator::tenant::Tenant;

use super::request_parts::{FolderRef, Shape};
use super::response_messages::ItemError;
use super::xml::Element;

const FOLDER_ID_START: &str = "AQMkFolder";
/// Folders besides the calendar that every mailbox has.
const PLAIN_FOLDERS: &[(&str, &str)] = &[
    ("inbox", "Inbox"),
    ("msgfolderroot", "Top of Information Store"),
    ("root", ""),
    ("deleteditems", "Deleted Items"),
    ("drafts", "Drafts"),
    ("sentitems", "Sent Items"),
    ("outbox", "Outbox"),
    ("junkemail", "Junk Email"),
];

/// The requested folder, in the requested shape.
pub(crate) fn get(
    tenant: &Tenant,
    mailbox: &Mailbox,
    requested: &FolderRef,
    shape: &Shape,
) -> Result<Option<Element>, ItemError> {
    let name = folder_name(tenant, mailbox, requested)?;
    let folder = if name == "calendar" {
        calendar(tenant, mailbox, shape)
    } else {
        plain(mailbox, &name, shape)?
    };
    Ok(Some(Element::new("m:Folders").child(folder)))
}

/// Whether the request is about this mailbox's calendar, and it has one.
pub(crate) fn must_be_calendar(
    tenant: &Tenant,
    mailbox: &Mailbox,
    requested: &FolderRef,
) -> Result<(), ItemError> {
    if folder_name(tenant, mailbox, requested)? == "calendar" {
        Ok(())
    } else {
        Err(ItemError::of("ErrorFolderNotFound"))
    }
}

fn folder_name(
    tenant: &Tenant,
    mailbox: &Mailbox,
    requested: &FolderRef,
) -> Result<String, ItemError> {
    // An id identifies its mailbox, while a distinguished name applies to the impersonated one
    // unless it names another.
    let name = match requested {
        FolderRef::Distinguished {
            name,
            mailbox: other,
        } => {
            same_mailbox(tenant, mailbox, other.as_deref())?;
            name.clone()
        }
        FolderRef::Id(id) => name_of_id(mailbox, id)?,
    };
    if name == "calendar" && mailbox.calendar == CalendarState::Missing {
        return Err(ItemError::of("ErrorFolderNotFound"));
    }
    Ok(name)
}

/// A distinguished folder may name its mailbox. Another mailbox than the impersonated one is not open to it.
fn same_mailbox(tenant: &Tenant, mailbox: &Mailbox, other: Option<&str>) -> Result<(), ItemError> {
    match other.map(|address| tenant.mailbox(address)) {
        None => Ok(()),
        Some(Some(named)) if named.address.eq_ignore_ascii_case(&mailbox.address) => Ok(()),
        Some(Some(_)) => Err(ItemError::of("ErrorAccessDenied")),
        Some(None) => Err(ItemError::of("ErrorNonExistentMailbox")),
    }
}

fn folder_id(mailbox: &Mailbox, name: &str) -> Element {
    let id = URL_SAFE_NO_PAD.encode(format!("{}|{name}", mailbox.address.to_lowercase()));
    Element::new("t:FolderId")
        .with("Id", format!("{FOLDER_ID_START}{id}"))
        .with("ChangeKey", "AgAAABYAAAA=")
}

fn name_of_id(mailbox: &Mailbox, id: &str) -> Result<String, ItemError> {
    let text = id
        .strip_prefix(FOLDER_ID_START)
        .and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| ItemError::of("ErrorInvalidIdMalformed"))?;
    match text.split_once('|') {
        Some((address, name)) if address == mailbox.address.to_lowercase() => Ok(name.to_owned()),
        _ => Err(ItemError::of("ErrorItemNotFound")),
    }
}

/// The calendar with the wanted properties, in the order of the schema.
fn calendar(tenant: &Tenant, mailbox: &Mailbox, shape: &Shape) -> Element {
    let count = tenant.store().of(&mailbox.address).len();
    let properties = [
        (
            "FolderClass",
            false,
            Element::text("t:FolderClass", "IPF.Appointment"),
        ),
        (
            "DisplayName",
            true,
            Element::text("t:DisplayName", "Calendar"),
        ),
        (
            "TotalCount",
            true,
            Element::text("t:TotalCount", count.to_string()),
        ),
        (
            "ChildFolderCount",
            true,
            Element::text("t:ChildFolderCount", "0"),
        ),
        (
            "EffectiveRights",
            false,
            effective_rights(mailbox.calendar == CalendarState::Writable),
        ),
        (
            "DistinguishedFolderId",
            false,
            Element::text("t:DistinguishedFolderId", "calendar"),
        ),
    ];
    wanted(
        "t:CalendarFolder",
        folder_id(mailbox, "calendar"),
        shape,
        properties,
    )
}

fn plain(mailbox: &Mailbox, name: &str, shape: &Shape) -> Result<Element, ItemError> {
    let (_, title) = PLAIN_FOLDERS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| ItemError::of("ErrorFolderNotFound"))?;
    let properties = [
        (
            "FolderClass",
            false,
            Element::text("t:FolderClass", "IPF.Note"),
        ),
        ("DisplayName", true, Element::text("t:DisplayName", *title)),
        ("TotalCount", true, Element::text("t:TotalCount", "0")),
        (
            "ChildFolderCount",
            true,
            Element::text("t:ChildFolderCount", "0"),
        ),
        ("EffectiveRights", false, effective_rights(true)),
    ];
    Ok(wanted(
        "t:Folder",
        folder_id(mailbox, name),
        shape,
        properties,
    ))
}

fn wanted<const COUNT: usize>(
    name: &str,
    id: Element,
    shape: &Shape,
    properties: [(&str, bool, Element); COUNT],
) -> Element {
    let kept = properties
        .into_iter()
        .filter(|(field, in_default, _)| shape.wants(field, *in_default))
        .map(|(_, _, element)| element);
    Element::new(name).child(id).children(kept)
}

fn effective_rights(writable: bool) -> Element {
    let right = |name: &str, granted: bool| Element::text(name, granted.to_string());
    Element::new("t:EffectiveRights")
        .child(right("t:CreateAssociated", writable))
        .child(right("t:CreateContents", writable))
        .child(right("t:CreateHierarchy", writable))
        .child(right("t:Delete", writable))
        .child(right("t:Modify", writable))
        .child(right("t:Read", true))
        .child(right("t:ViewPrivateItems", true))
}
