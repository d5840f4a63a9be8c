//! The EWS envelopes, as Microsoft's schemas (build 15.2.2562.17) want them.

use std::io;
use std::sync::LazyLock;

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::wire::marker::{MARKER_NAME, MARKER_SET};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const TYPES: &str = "http://schemas.microsoft.com/exchange/services/2006/types";
const MESSAGES: &str = "http://schemas.microsoft.com/exchange/services/2006/messages";
/// The newest version that Microsoft documents; the service takes it for any mailbox.
const VERSION: &str = "Exchange2013_SP1";

type Xml = Writer<Vec<u8>>;

/// The request for a calendar folder, split at the mailbox address: written once, filled in for every room.
static FOLDER_FORM: LazyLock<Option<[Vec<u8>; 2]>> = LazyLock::new(|| {
    let written = folder_request(Some(FORM_MAILBOX)).ok()?;
    let at = memchr::memmem::find(&written, FORM_MAILBOX.as_bytes())?;
    Some([
        written[..at].to_vec(),
        written[at + FORM_MAILBOX.len()..].to_vec(),
    ])
});
/// Placeholder for the mailbox address in a form, which occurs nowhere else.
const FORM_MAILBOX: &str = "mailbox@form";

/// Requests the rights on the calendar of the impersonated mailbox. No names and no counts are requested.
pub(in crate::wire) fn get_calendar_folder(on_behalf_of: Option<&str>) -> io::Result<Vec<u8>> {
    match (on_behalf_of, &*FOLDER_FORM) {
        (Some(mailbox), Some([before, after])) => {
            // The form bypasses the XML writer, so the address has to be escaped here.
            Ok([before, escape(mailbox).as_bytes(), after].concat())
        }
        _ => folder_request(on_behalf_of),
    }
}

fn folder_request(on_behalf_of: Option<&str>) -> io::Result<Vec<u8>> {
    envelope(on_behalf_of, |xml| {
        nest(xml, "m:GetFolder", &[], |xml| {
            nest(xml, "m:FolderShape", &[], |xml| {
                leaf(xml, "t:BaseShape", "IdOnly")?;
                nest(xml, "t:AdditionalProperties", &[], |xml| {
                    empty(xml, "t:FieldURI", &[("FieldURI", "folder:FolderClass")])?;
                    empty(xml, "t:FieldURI", &[("FieldURI", "folder:EffectiveRights")])
                })
            })?;
            nest(xml, "m:FolderIds", &[], calendar)
        })
    })
}

/// An event without side effects: private, free, without attendees and without a reminder.
#[derive(Debug)]
pub(in crate::wire) struct QuietEvent<'a> {
    pub(in crate::wire) subject: &'a str,
    /// The value of its extended property.
    pub(in crate::wire) marker: &'a str,
    pub(in crate::wire) start: Timestamp,
    pub(in crate::wire) end: Timestamp,
}

/// Creates the event in the calendar of the impersonated mailbox, without invitations.
pub(in crate::wire) fn create_event(
    on_behalf_of: &str,
    event: &QuietEvent<'_>,
) -> io::Result<Vec<u8>> {
    envelope(Some(on_behalf_of), |xml| {
        nest(
            xml,
            "m:CreateItem",
            &[("SendMeetingInvitations", "SendToNone")],
            |xml| {
                nest(xml, "m:SavedItemFolderId", &[], calendar)?;
                nest(xml, "m:Items", &[], |xml| {
                    nest(xml, "t:CalendarItem", &[], |xml| {
                        // The schema defines a sequence, so no other order of these elements is valid.
                        leaf(xml, "t:Subject", event.subject)?;
                        leaf(xml, "t:Sensitivity", "Private")?;
                        leaf(xml, "t:ReminderIsSet", "false")?;
                        nest(xml, "t:ExtendedProperty", &[], |xml| {
                            marker_field(xml)?;
                            leaf(xml, "t:Value", event.marker)
                        })?;
                        leaf(xml, "t:Start", &event.start.to_string())?;
                        leaf(xml, "t:End", &event.end.to_string())?;
                        leaf(xml, "t:LegacyFreeBusyStatus", "Free")
                    })
                })
            },
        )
    })
}

/// Finds the events of the impersonated mailbox whose marker is equal to `marker`, with the marker of each
/// (<https://learn.microsoft.com/exchange/client-developer/web-service-reference/isequalto>, read 2026-11-28).
pub(in crate::wire) fn find_event(on_behalf_of: &str, marker: &str) -> io::Result<Vec<u8>> {
    envelope(Some(on_behalf_of), |xml| {
        nest(xml, "m:FindItem", &[("Traversal", "Shallow")], |xml| {
            nest(xml, "m:ItemShape", &[], |xml| {
                leaf(xml, "t:BaseShape", "IdOnly")?;
                nest(xml, "t:AdditionalProperties", &[], marker_field)
            })?;
            empty(
                xml,
                "m:IndexedPageItemView",
                &[
                    ("MaxEntriesReturned", "10"),
                    ("Offset", "0"),
                    ("BasePoint", "Beginning"),
                ],
            )?;
            nest(xml, "m:Restriction", &[], |xml| {
                nest(xml, "t:IsEqualTo", &[], |xml| {
                    marker_field(xml)?;
                    nest(xml, "t:FieldURIOrConstant", &[], |xml| {
                        empty(xml, "t:Constant", &[("Value", marker)])
                    })
                })
            })?;
            nest(xml, "m:ParentFolderIds", &[], calendar)
        })
    })
}

fn marker_field(xml: &mut Xml) -> io::Result<()> {
    let set = MARKER_SET.to_string();
    let field = [
        ("PropertySetId", set.as_str()),
        ("PropertyName", MARKER_NAME),
        ("PropertyType", "String"),
    ];
    empty(xml, "t:ExtendedFieldURI", &field)
}

/// Deletes an item permanently, without cancellations.
pub(in crate::wire) fn delete_event(on_behalf_of: &str, id: &str) -> io::Result<Vec<u8>> {
    let how = [
        ("DeleteType", "HardDelete"),
        ("SendMeetingCancellations", "SendToNone"),
    ];
    envelope(Some(on_behalf_of), |xml| {
        nest(xml, "m:DeleteItem", &how, |xml| {
            nest(xml, "m:ItemIds", &[], |xml| item(xml, id))
        })
    })
}

/// Requests an item to see whether it exists. Only its id is requested.
pub(in crate::wire) fn get_item(on_behalf_of: &str, id: &str) -> io::Result<Vec<u8>> {
    envelope(Some(on_behalf_of), |xml| {
        nest(xml, "m:GetItem", &[], |xml| {
            nest(xml, "m:ItemShape", &[], |xml| {
                leaf(xml, "t:BaseShape", "IdOnly")
            })?;
            nest(xml, "m:ItemIds", &[], |xml| item(xml, id))
        })
    })
}

fn calendar(xml: &mut Xml) -> io::Result<()> {
    empty(xml, "t:DistinguishedFolderId", &[("Id", "calendar")])
}

fn item(xml: &mut Xml, id: &str) -> io::Result<()> {
    empty(xml, "t:ItemId", &[("Id", id)])
}

fn envelope(
    on_behalf_of: Option<&str>,
    body: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let spaces = [
        ("xmlns:soap", SOAP),
        ("xmlns:t", TYPES),
        ("xmlns:m", MESSAGES),
    ];
    nest(&mut xml, "soap:Envelope", &spaces, |xml| {
        nest(xml, "soap:Header", &[], |xml| {
            empty(xml, "t:RequestServerVersion", &[("Version", VERSION)])?;
            on_behalf_of.map_or(Ok(()), |mailbox| impersonation(xml, mailbox))
        })?;
        nest(xml, "soap:Body", &[], body)
    })?;
    Ok(xml.into_inner())
}

/// An app-only token must name the mailbox it acts for, by exactly one identity.
fn impersonation(xml: &mut Xml, mailbox: &str) -> io::Result<()> {
    nest(xml, "t:ExchangeImpersonation", &[], |xml| {
        nest(xml, "t:ConnectingSID", &[], |xml| {
            leaf(xml, "t:PrimarySmtpAddress", mailbox)
        })
    })
}

fn nest(
    xml: &mut Xml,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let element = xml
        .create_element(name)
        .with_attributes(attributes.iter().copied());
    element.write_inner_content(inside).map(|_| ())
}

fn leaf(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name)
        .write_text_content(BytesText::new(text))
        .map(|_| ())
}

fn empty(xml: &mut Xml, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.create_element(name)
        .with_attributes(attributes.iter().copied())
        .write_empty()
        .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(envelope: io::Result<Vec<u8>>) -> String {
        String::from_utf8(envelope.unwrap()).unwrap()
    }

    #[test]
    fn a_folder_is_requested_on_behalf_of_exactly_one_address() {
        let envelope = text(get_calendar_folder(Some("room1@contoso.com")));
        let identity = "<t:ConnectingSID><t:PrimarySmtpAddress>room1@contoso.com</t:PrimarySmtpAddress></t:ConnectingSID>";
        assert!(envelope.contains(identity), "{envelope}");
        assert!(envelope.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope"));
        assert!(!envelope.contains("DisplayName"));
        assert!(!text(get_calendar_folder(None)).contains("ExchangeImpersonation"));
    }

    proptest::proptest! {
        #[test]
        fn a_form_is_filled_in_as_it_would_be_written(mailbox in "\\PC{0,30}") {
            let filled = text(get_calendar_folder(Some(&mailbox)));
            proptest::prop_assert_eq!(filled, text(folder_request(Some(&mailbox))));
        }
    }

    #[test]
    fn an_address_cannot_break_out_of_its_element() {
        let envelope = text(get_calendar_folder(Some(
            "a</t:PrimarySmtpAddress><x>&@contoso.com",
        )));
        assert!(roxmltree::Document::parse(&envelope).is_ok());
        assert!(envelope.contains("a&lt;/t:PrimarySmtpAddress&gt;"));
        let envelope = text(delete_event("r@contoso.com", "A\"/><x y=\"<&"));
        let document = roxmltree::Document::parse(&envelope).unwrap();
        let id = document
            .descendants()
            .find(|node| node.has_tag_name((TYPES, "ItemId")))
            .unwrap();
        assert_eq!(id.attribute("Id"), Some("A\"/><x y=\"<&"));
    }

    #[test]
    fn an_event_is_private_and_notifies_no_attendees() {
        let event = QuietEvent {
            subject: "test",
            marker: "abc",
            start: "2027-12-28T03:00:00Z".parse().unwrap(),
            end: "2027-12-28T03:15:00Z".parse().unwrap(),
        };
        let envelope = text(create_event("r@contoso.com", &event));
        for sign in [
            "<t:Value>abc</t:Value></t:ExtendedProperty><t:Start>",
            "SendToNone",
            ">Private<",
            ">false<",
            ">Free<",
            "<t:Start>2027-12-28T03:00:00Z</t:Start>",
        ] {
            assert!(envelope.contains(sign), "{sign} in {envelope}");
        }
        assert!(!envelope.contains("Attendee"));
        assert!(
            text(delete_event("r@contoso.com", "x"))
                .contains("SendMeetingCancellations=\"SendToNone\"")
        );
    }
}
