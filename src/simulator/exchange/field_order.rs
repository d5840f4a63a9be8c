//! The order in which the schema wants the properties of a calendar item.

use roxmltree::Node;

use super::fault::SoapFault;
use super::schema::violation;
use super::xml::TYPES;

/// Properties a client may set, in the order of `ItemType` and then of `CalendarItemType`.
const ORDER: &[&str] = &[
    "MimeContent",
    "ItemId",
    "ParentFolderId",
    "ItemClass",
    "Subject",
    "Sensitivity",
    "Body",
    "Attachments",
    "DateTimeReceived",
    "Size",
    "Categories",
    "Importance",
    "InReplyTo",
    "IsSubmitted",
    "IsDraft",
    "IsFromMe",
    "IsResend",
    "IsUnmodified",
    "InternetMessageHeaders",
    "DateTimeSent",
    "DateTimeCreated",
    "ResponseObjects",
    "ReminderDueBy",
    "ReminderIsSet",
    "ReminderNextTime",
    "ReminderMinutesBeforeStart",
    "DisplayCc",
    "DisplayTo",
    "DisplayBcc",
    "HasAttachments",
    "ExtendedProperty",
    "Culture",
    "EffectiveRights",
    "UID",
    "RecurrenceId",
    "DateTimeStamp",
    "Start",
    "End",
    "OriginalStart",
    "IsAllDayEvent",
    "LegacyFreeBusyStatus",
    "Location",
    "When",
    "IsMeeting",
    "IsCancelled",
    "IsRecurring",
    "MeetingRequestWasSent",
    "IsResponseRequested",
    "CalendarItemType",
    "MyResponseType",
    "Organizer",
    "RequiredAttendees",
    "OptionalAttendees",
    "Resources",
    "Recurrence",
    "MeetingTimeZone",
    "StartTimeZone",
    "EndTimeZone",
    "ConferenceType",
    "AllowNewTimeProposal",
    "IsOnlineMeeting",
    "MeetingWorkspaceUrl",
    "NetShowUrl",
    "EnhancedLocation",
    "StartWallClock",
    "EndWallClock",
    "StartTimeZoneId",
    "EndTimeZoneId",
];

/// Whether the children of a calendar item are known and in the order of the schema. Only extended properties may repeat.
pub(crate) fn check(item: Node<'_, '_>) -> Result<(), SoapFault> {
    let mut reached = 0;
    for child in item.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let found = ORDER
            .iter()
            .position(|known| *known == name)
            .filter(|_| child.tag_name().namespace() == Some(TYPES));
        let again = name == "ExtendedProperty" && found.is_some_and(|place| place + 1 == reached);
        match found {
            Some(place) if place >= reached || again => reached = place + 1,
            _ => {
                let text =
                    format!("The element 'CalendarItem' has invalid child element '{name}'.");
                return Err(violation(child, text));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(children: &str) -> bool {
        let text = format!(r#"<t:CalendarItem xmlns:t="{TYPES}">{children}</t:CalendarItem>"#);
        check(roxmltree::Document::parse(&text).unwrap().root_element()).is_ok()
    }

    #[test]
    fn the_order_of_the_schema_counts() {
        assert!(checked(
            "<t:Subject/><t:Body/><t:ReminderIsSet/><t:Start/><t:End/><t:LegacyFreeBusyStatus/>"
        ));
        assert!(checked(
            "<t:ExtendedProperty/><t:ExtendedProperty/><t:Start/>"
        ));
        assert!(!checked("<t:Start/><t:Subject/>"));
        assert!(!checked("<t:Start/><t:Start/>"));
        assert!(!checked("<t:Beginning/>"));
    }
}
