//! Access pattern over the rooms of an app. It shows whether the tenant, the app or a single mailbox has the problem.
//! Twenty locations with one room each are one pattern of twenty rooms.

use std::collections::{HashMap, HashSet};

use crate::evidence::ConnectionFacts;
use crate::terms::{Api, CauseId, CheckId};

use super::app_registrations::AppId;
use super::evidence_index::{EvidenceIndex, room_check};
use super::name_enumeration;
use super::row_response::symptom_of;
use super::symptom::Symptom;

/// How many addresses a list names before it counts the rest.
const MAX_NAMES: usize = 8;

/// The responses of the mailboxes of one app over one API, across all of its connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AccessPattern {
    /// Rooms with any response, decided or not.
    pub(super) rooms: usize,
    /// Accessible mailboxes: rooms and the service account.
    pub(super) accessible: usize,
    /// Accessible mailboxes, and mailboxes whose response shows that access was granted.
    pub(super) access_allowed: usize,
    /// Accessible rooms.
    pub(super) accessible_rooms: usize,
    /// Rooms whose calendar accepted a write request, or a request for a nonexistent event.
    pub(super) writable: usize,
    /// Rooms that denied access to this app.
    pub(super) refused: usize,
    /// Rooms without a mailbox in Exchange Online.
    pub(super) missing: usize,
    /// Rooms whose address Graph did not find.
    not_found: usize,
    accessible_mailboxes: ShortList,
    refused_rooms: ShortList,
}

/// The first few addresses of a list, and the length of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct ShortList {
    first: Vec<String>,
    count: usize,
}

impl ShortList {
    fn push(&mut self, address: &str) {
        self.count += 1;
        if self.first.len() < MAX_NAMES {
            self.first.push(address.to_owned());
        }
    }

    fn sentence(&self) -> String {
        if self.count == 0 {
            "none".to_owned()
        } else {
            name_enumeration::join_with_remainder(&self.first, self.count)
        }
    }
}

/// The patterns of a run, one for each app and API.
#[derive(Default)]
pub(super) struct AccessPatterns<'e> {
    all: Vec<(AppId, Api, AccessPattern)>,
    by_connection: HashMap<&'e str, usize>,
    none: AccessPattern,
}

impl<'e> AccessPatterns<'e> {
    pub(super) fn from_index(context: &EvidenceIndex<'e>) -> Self {
        let mut patterns = Self::default();
        for (index, (app, api, own)) in connections_by_app(context).into_iter().enumerate() {
            patterns
                .by_connection
                .extend(own.iter().map(|facts| (facts.name.as_str(), index)));
            patterns
                .all
                .push((app, api, AccessPattern::from_rooms(context, api, &own)));
        }
        patterns
    }

    /// The pattern for the app and the API of a connection.
    pub(super) fn of_connection(&self, connection: &str) -> &AccessPattern {
        self.by_connection
            .get(connection)
            .and_then(|index| self.all.get(*index))
            .map_or(&self.none, |(_, _, own)| own)
    }

    /// The patterns of every app of a tenant over one API.
    pub(super) fn of_tenant(&self, tenant: &str, api: Api) -> impl Iterator<Item = &AccessPattern> {
        let own = self
            .all
            .iter()
            .filter(move |(app, over, _)| app.tenant == tenant && *over == api);
        own.map(|(_, _, pattern)| pattern)
    }
}

/// The connections that use the same app over the same API.
fn connections_by_app<'e>(
    context: &EvidenceIndex<'e>,
) -> Vec<(AppId, Api, Vec<&'e ConnectionFacts>)> {
    let mut groups: Vec<(AppId, Api, Vec<&'e ConnectionFacts>)> = Vec::new();
    for facts in &context.evidence.connections {
        let Some(api) = facts.api else { continue };
        let app = context.app(facts);
        match groups
            .iter_mut()
            .find(|(known, over, _)| *known == app && *over == api)
        {
            Some((_, _, own)) => own.push(facts),
            None => groups.push((app, api, vec![facts])),
        }
    }
    groups
}

impl AccessPattern {
    fn from_rooms(context: &EvidenceIndex<'_>, api: Api, connections: &[&ConnectionFacts]) -> Self {
        let symptoms = |check: CheckId| {
            let rows = connections
                .iter()
                .flat_map(move |facts| context.rows(check, Some(&facts.name)).iter());
            rows.filter_map(|row| Some((row.subject.as_str(), symptom_of(row)?)))
                .collect::<Vec<_>>()
        };
        let mut pattern = Self::default();
        for (room, symptom) in each_once(symptoms(room_check(api))) {
            pattern.count(&symptom, room);
        }
        for (account, symptom) in each_once(symptoms(CheckId::MailboxServiceAccount)) {
            // A denied service account is not counted, because the denial can have a reason of its own.
            if symptom == Symptom::Ok {
                pattern.accessible += 1;
                pattern.access_allowed += 1;
                pattern.accessible_mailboxes.push(account);
            }
        }
        let writes = each_once(symptoms(CheckId::MailboxCalendarWrite));
        pattern.writable = writes
            .iter()
            .filter(|(_, symptom)| *symptom == Symptom::Ok)
            .count();
        pattern
    }

    fn count(&mut self, symptom: &Symptom, room: &str) {
        self.rooms += 1;
        if *symptom == Symptom::Ok {
            self.accessible += 1;
            self.access_allowed += 1;
            self.accessible_rooms += 1;
            self.accessible_mailboxes.push(room);
        } else if symptom.shows_that_access_was_granted() {
            self.access_allowed += 1;
        // A missing mailbox is not a denial, so it must not make the pattern unanimous.
        } else if *symptom == Symptom::MailboxMissing {
            self.missing += 1;
        } else if *symptom == Symptom::Named(CauseId::MailboxNotFound) {
            self.not_found += 1;
        } else if symptom.is_refusal_of_access() {
            self.refused += 1;
            self.refused_rooms.push(room);
        }
    }

    /// Whether Exchange finds none of several rooms, so that the mailboxes are elsewhere. A single room may be a typo.
    pub(super) fn all_missing(&self) -> bool {
        self.rooms >= 2 && self.missing == self.rooms
    }

    /// Whether Graph finds none of several rooms and not the service account, so that the tenant or the domain is wrong.
    pub(super) fn none_found(&self) -> bool {
        self.rooms >= 2 && self.not_found == self.rooms && self.accessible == 0
    }

    /// Whether every room with a response denied access, so that no other response can change the level.
    pub(super) fn is_unanimous(&self) -> bool {
        self.refused == self.rooms
    }

    /// The accessible mailboxes, as a list for a sentence: rooms and the service account.
    pub(super) fn accessible_list(&self) -> String {
        self.accessible_mailboxes.sentence()
    }

    /// The rooms that denied access, as a list for a sentence.
    pub(super) fn refused_list(&self) -> String {
        self.refused_rooms.sentence()
    }
}

/// Each mailbox once, although several connections may list it. A response that grants access takes precedence.
fn each_once(mut symptoms: Vec<(&str, Symptom)>) -> Vec<(&str, Symptom)> {
    let mut open = HashSet::new();
    for (mailbox, _) in symptoms
        .iter()
        .filter(|(_, symptom)| *symptom == Symptom::Ok)
    {
        open.insert(mailbox.to_ascii_lowercase());
    }
    // Addresses are compared without case, because two connections can spell one room differently.
    let mut seen = HashSet::new();
    symptoms.retain(|(mailbox, symptom)| {
        let mailbox = mailbox.to_ascii_lowercase();
        (*symptom == Symptom::Ok || !open.contains(&mailbox)) && seen.insert(mailbox)
    });
    symptoms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_shortened_and_counted() {
        let mut named = ShortList::default();
        (0..10).for_each(|n| named.push(&format!("room{n}")));
        assert_eq!(
            named.sentence(),
            "room0, room1, room2, room3, room4, room5, room6, room7 and 2 more"
        );
        assert_eq!(ShortList::default().sentence(), "none");
    }

    #[test]
    fn one_missing_room_proves_nothing_about_the_tenant() {
        let mut pattern = AccessPattern::default();
        pattern.count(&Symptom::MailboxMissing, "a@contoso.com");
        assert!(!pattern.all_missing());
        pattern.count(&Symptom::MailboxMissing, "b@contoso.com");
        assert!(pattern.all_missing());
    }

    #[test]
    fn one_unknown_address_proves_nothing_about_the_domain() {
        let not_found = Symptom::Named(CauseId::MailboxNotFound);
        let mut pattern = AccessPattern::default();
        pattern.count(&not_found, "a@contoso.com");
        assert!(!pattern.none_found());
        pattern.count(&not_found, "b@contoso.com");
        assert!(pattern.none_found());
        pattern.count(&Symptom::Ok, "c@contoso.com");
        assert!(!pattern.none_found());
    }
}
