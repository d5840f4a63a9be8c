//! What the settings of a scenario name: the tenant, the apps, and the addresses. Read without any rule of the product, so
//! that a value with the wrong form is left out.

use std::collections::HashMap;

use toml::{Table, Value};

use crate::simulator::scenario::{MailboxKind, MailboxState, Scenario};

/// What the settings name.
pub(super) struct SettingsSubjects {
    /// The tenant ID of the first connection that has one.
    pub(super) tenant_id: String,
    /// The client IDs, in the order of the settings.
    pub(super) apps: Vec<String>,
    /// The addresses, each with what it is used for.
    pub(super) mailboxes: Vec<(String, Vec<&'static str>)>,
    /// The place of each address, in lowercase, in `mailboxes`.
    places: HashMap<String, usize>,
}

impl SettingsSubjects {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut subjects = Self {
            tenant_id: String::new(),
            apps: Vec::new(),
            mailboxes: Vec::new(),
            places: HashMap::new(),
        };
        for section in sections(&scenario.settings) {
            subjects.add_section(scenario, section);
        }
        if scenario.options.rooms_from_tenant {
            let listed = scenario.tenant.mailboxes.iter().filter(|mailbox| {
                mailbox.kind == MailboxKind::Room
                    && mailbox.state == MailboxState::Ok
                    && !mailbox.hidden
            });
            listed.for_each(|mailbox| subjects.add_address(&mailbox.address, "room"));
        }
        subjects
    }

    fn add_section(&mut self, scenario: &Scenario, section: &Table) {
        let text = |key: &str| section.get(key).and_then(Value::as_str);
        if let Some(id) = text("oauth_tenant_id").filter(|_| self.tenant_id.is_empty()) {
            self.tenant_id = id.trim().to_owned();
        }
        let client = text("oauth_client_id").map(str::trim);
        // A secret that was entered here by mistake is not a GUID.
        if let Some(id) = client.filter(|id| uuid::Uuid::parse_str(id).is_ok()) {
            let is_listed = self.apps.iter().any(|app| app.eq_ignore_ascii_case(id));
            if !is_listed {
                self.apps.push(id.to_owned());
            }
        }
        if let Some(rooms) = section.get("rooms").and_then(Value::as_array) {
            let rooms = rooms.iter().filter_map(Value::as_str);
            rooms.for_each(|room| self.add_address(room, "room"));
        }
        if let Some(list) = text("rooms_file").and_then(|name| scenario.files.get(name)) {
            let is_between = |letter: char| letter.is_whitespace() || ",;\"|".contains(letter);
            list.split(is_between)
                .for_each(|word| self.add_address(word, "room"));
        }
        for (key, purpose) in [
            ("room", "room"),
            ("resource_login_user_id", "service-account"),
            ("from", "sender"),
        ] {
            if let Some(address) = text(key) {
                self.add_address(address, purpose);
            }
        }
    }

    /// Adds an address; the same address with another purpose is one entry.
    fn add_address(&mut self, address: &str, purpose: &'static str) {
        let address = address.trim();
        let has_both_parts = address
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        if !has_both_parts {
            return;
        }
        let next = self.mailboxes.len();
        let place = *self
            .places
            .entry(address.to_ascii_lowercase())
            .or_insert(next);
        match self.mailboxes.get_mut(place) {
            Some((_, purposes)) if purposes.contains(&purpose) => {}
            Some((_, purposes)) => purposes.push(purpose),
            None => self.mailboxes.push((address.to_owned(), vec![purpose])),
        }
    }
}

/// The sections of a settings file that can name something.
fn sections(settings: &Table) -> Vec<&Table> {
    let mut sections = vec![settings];
    for key in ["system", "location", "profile", "mail", "user_sync"] {
        match settings.get(key) {
            Some(Value::Table(section)) => sections.push(section),
            Some(Value::Array(list)) => sections.extend(list.iter().filter_map(Value::as_table)),
            _ => {}
        }
    }
    sections
}
