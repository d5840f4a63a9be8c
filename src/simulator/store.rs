//! The content of the simulated mailboxes: events that were created, and mail that was accepted.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The prefix of every id that Exchange returns. It distinguishes an unknown id from a malformed one.
const ID_START: &str = "AAMk";

/// An event in a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// The id, unguessable.
    pub(crate) id: String,
    /// The subject.
    pub(crate) subject: String,
    /// Start and end in UTC.
    pub(crate) start: jiff::Timestamp,
    pub(crate) end: jiff::Timestamp,
    /// Further properties as the client sent them: JSON for Graph.
    pub(crate) properties: serde_json::Value,
    /// The extended properties. Both APIs read and write the same ones.
    pub(crate) extended: Vec<NamedProperty>,
}

/// The name of an extended property: a property set and a name in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PropertyName {
    pub(crate) set: uuid::Uuid,
    pub(crate) name: String,
}

/// An extended property with a text as its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedProperty {
    pub(crate) name: PropertyName,
    pub(crate) value: String,
}

impl Event {
    /// The value of an extended property.
    pub(crate) fn extended(&self, name: &PropertyName) -> Option<&str> {
        self.extended
            .iter()
            .find(|property| property.name == *name)
            .map(|property| property.value.as_str())
    }
}

/// An event that a client created and did not delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The primary address of the mailbox.
    pub mailbox: String,
    /// The event's id.
    pub id: String,
    /// The event's subject.
    pub subject: String,
}

/// Events per mailbox, by primary address in lower case.
#[derive(Debug, Default)]
pub(crate) struct Store {
    events: BTreeMap<String, Vec<Event>>,
    accepted_mail: Vec<String>,
    changes: usize,
}

/// A fresh id in the form Exchange gives them.
pub(crate) fn fresh_id() -> String {
    let (one, two) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    format!(
        "{ID_START}{}{}=",
        URL_SAFE_NO_PAD.encode(one.as_bytes()),
        URL_SAFE_NO_PAD.encode(two.as_bytes())
    )
}

/// Whether the text could be an id at all.
pub(crate) fn well_formed(id: &str) -> bool {
    id.len() >= 40 && id.starts_with(ID_START)
}

impl Store {
    /// Puts an event into a calendar.
    pub(crate) fn add(&mut self, mailbox: &str, event: Event) {
        self.changes += 1;
        self.events
            .entry(mailbox.to_lowercase())
            .or_default()
            .push(event);
    }

    /// An event of a mailbox.
    pub(crate) fn event(&self, mailbox: &str, id: &str) -> Option<&Event> {
        self.of(mailbox).iter().find(|event| event.id == id)
    }

    /// All events of a mailbox.
    pub(crate) fn of(&self, mailbox: &str) -> &[Event] {
        self.events
            .get(&mailbox.to_lowercase())
            .map_or(&[], Vec::as_slice)
    }

    /// Deletes an event; `false` if there was none.
    pub(crate) fn remove(&mut self, mailbox: &str, id: &str) -> bool {
        let Some(events) = self.events.get_mut(&mailbox.to_lowercase()) else {
            return false;
        };
        let before = events.len();
        events.retain(|event| event.id != id);
        let is_removed = events.len() < before;
        self.changes += usize::from(is_removed);
        is_removed
    }

    /// Notes a message that was accepted for sending.
    pub(crate) fn accept_mail(&mut self, sender: &str) {
        self.changes += 1;
        self.accepted_mail.push(sender.to_owned());
    }

    /// Senders of accepted messages, in order.
    pub(crate) fn accepted_mail(&self) -> &[String] {
        &self.accepted_mail
    }

    /// How many events were created or deleted, and how many messages were accepted.
    pub(crate) fn changes(&self) -> usize {
        self.changes
    }

    /// Events that are still there.
    pub(crate) fn leftovers(&self) -> Vec<Leftover> {
        let one = |mailbox: &String, event: &Event| Leftover {
            mailbox: mailbox.clone(),
            id: event.id.clone(),
            subject: event.subject.clone(),
        };
        self.events
            .iter()
            .flat_map(|(mailbox, events)| events.iter().map(move |event| one(mailbox, event)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_left_over_until_it_is_deleted() {
        let (mut store, moment) = (Store::default(), jiff::Timestamp::UNIX_EPOCH);
        let id = fresh_id();
        let event = Event {
            id: id.clone(),
            subject: "probe".to_owned(),
            start: moment,
            end: moment,
            properties: serde_json::Value::Null,
            extended: Vec::new(),
        };
        store.add("Room@contoso.com", event);
        assert_eq!(store.leftovers()[0].mailbox, "room@contoso.com");
        assert!(store.remove("room@contoso.com", &id) && !store.remove("room@contoso.com", &id));
        assert_eq!(store.leftovers(), []);
        store.accept_mail("room@contoso.com");
        assert_eq!(store.changes(), 3);
    }

    #[test]
    fn garbage_is_not_well_formed() {
        assert!(well_formed(&fresh_id()));
        assert!(!well_formed("rx-preflight-no-such-event"));
    }
}
