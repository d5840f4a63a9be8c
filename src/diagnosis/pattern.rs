//! The pattern of answers over the rooms of a connection: it decides at which level something is wrong.

use super::context::{Context, room_check, symptom_of};
use super::symptom::Symptom;
use crate::evidence::{CheckId, ConnectionFacts};

/// How many addresses a list names before it only counts the rest.
const NAMED_IN_A_LIST: usize = 8;

/// How the mailboxes of one connection answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    /// Rooms that gave any answer at all, decided or not.
    pub(super) rooms: usize,
    /// Mailboxes that were open: rooms and the service account.
    pub(super) open: usize,
    /// Mailboxes that were open, or whose answer shows that access was granted.
    pub(super) let_in: usize,
    /// Rooms that were open.
    pub(super) open_room_count: usize,
    /// Rooms whose calendar took a write, or would have.
    pub(super) writable: usize,
    /// Rooms that refused this app.
    pub(super) refused: usize,
    /// Rooms for which Exchange knows no mailbox.
    pub(super) missing: usize,
    /// Rooms whose address Graph did not find.
    not_found: usize,
    open_mailboxes: Named,
    refused_rooms: Named,
}

/// The first few addresses of a list, and how many there are in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Named {
    first: Vec<String>,
    count: usize,
}

impl Named {
    fn push(&mut self, address: &str) {
        self.count += 1;
        if self.first.len() < NAMED_IN_A_LIST {
            self.first.push(address.to_owned());
        }
    }

    fn sentence(&self) -> String {
        let named = self.first.join(", ");
        match self.count - self.first.len() {
            0 if self.count == 0 => "none".to_owned(),
            0 => named,
            more => format!("{named} and {more} more"),
        }
    }
}

impl Pattern {
    pub(super) fn of(context: &Context<'_>, facts: &ConnectionFacts) -> Self {
        let Some(api) = facts.api else { return Self::default() };
        let mut pattern = Self::default();
        for row in context.rows(room_check(api), Some(&facts.name)) {
            if let Some(symptom) = symptom_of(row) {
                pattern.count(&symptom, &row.subject);
            }
        }
        let account = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
        for account in account.iter().filter(|row| symptom_of(row) == Some(Symptom::Fine)) {
            pattern.open += 1;
            pattern.let_in += 1;
            pattern.open_mailboxes.push(&account.subject);
        }
        let writes = context.rows(CheckId::MailboxCalendarWrite, Some(&facts.name));
        pattern.writable = writes.iter().filter(|row| symptom_of(row) == Some(Symptom::Fine)).count();
        pattern
    }

    fn count(&mut self, symptom: &Symptom, room: &str) {
        self.rooms += 1;
        if *symptom == Symptom::Fine {
            self.open += 1;
            self.let_in += 1;
            self.open_room_count += 1;
            self.open_mailboxes.push(room);
        } else if symptom.shows_that_access_was_granted() {
            self.let_in += 1;
        } else if *symptom == Symptom::MailboxMissing {
            self.missing += 1;
        } else if *symptom == Symptom::Named("mailbox.not-found".to_owned()) {
            self.not_found += 1;
        } else if symptom.is_refusal_of_access() {
            self.refused += 1;
            self.refused_rooms.push(room);
        }
    }

    /// Exchange knows none of several rooms: the tenant's mailboxes are elsewhere. One room alone may be a typo.
    pub(super) fn all_missing(&self) -> bool {
        self.rooms >= 2 && self.missing == self.rooms
    }

    /// Graph finds none of several rooms, nor the service account: the tenant or the domain is the wrong one.
    pub(super) fn none_found(&self) -> bool {
        self.rooms >= 2 && self.not_found == self.rooms && self.open == 0
    }

    /// Every room that gave any answer refused this app: nothing is left open about the level.
    pub(super) fn is_unanimous(&self) -> bool {
        self.refused == self.rooms
    }

    /// The mailboxes that were open, as a list for a sentence: rooms, and the service account.
    pub(super) fn open_list(&self) -> String {
        self.open_mailboxes.sentence()
    }

    /// The rooms that refused this app, as a list for a sentence.
    pub(super) fn refused_list(&self) -> String {
        self.refused_rooms.sentence()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_and_counted() {
        let mut named = Named::default();
        (0..10).for_each(|n| named.push(&format!("room{n}")));
        assert_eq!(named.sentence(), "room0, room1, room2, room3, room4, room5, room6, room7 and 2 more");
        assert_eq!(Named::default().sentence(), "none");
    }

    #[test]
    fn one_missing_room_does_not_speak_for_the_tenant() {
        let mut pattern = Pattern::default();
        pattern.count(&Symptom::MailboxMissing, "a@contoso.com");
        assert!(!pattern.all_missing());
        pattern.count(&Symptom::MailboxMissing, "b@contoso.com");
        assert!(pattern.all_missing());
    }

    #[test]
    fn one_address_that_is_not_found_does_not_speak_for_the_domain() {
        let not_found = Symptom::Named("mailbox.not-found".to_owned());
        let mut pattern = Pattern::default();
        pattern.count(&not_found, "a@contoso.com");
        assert!(!pattern.none_found());
        pattern.count(&not_found, "b@contoso.com");
        assert!(pattern.none_found());
        pattern.count(&Symptom::Fine, "c@contoso.com");
        assert!(!pattern.none_found());
    }
}
