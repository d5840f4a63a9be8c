//! Large estates: rooms that are counted instead of listed.

use std::collections::HashSet;
use std::fmt::Write as _;

use toml::Value;

use super::{AccessPolicy, AccessRight, Mailbox, MoreRooms, Scenario, ScenarioError};

/// The file of a scenario that lists its generated rooms.
const ROOMS_FILE: &str = "rooms.csv";

impl Scenario {
    /// Adds the room mailboxes `room-00001@…` and so on, in the first domain, to the tenant, and to the rooms of
    /// `[settings.system]` as a file.
    ///
    /// # Errors
    /// [`ScenarioError::Contradiction`] if more rooms are refused than there are, or the settings have no system.
    pub fn add_rooms(&mut self, more: MoreRooms) -> Result<(), ScenarioError> {
        // A larger number would be out of range when the refused rooms are selected below.
        if more.refused > more.count {
            return Err(self.contradiction(format!(
                "`more_rooms` has `refused = {}` with `count = {}`; `refused` must not be greater than `count`",
                more.refused, more.count
            )));
        }
        let Some(system) = self
            .settings
            .get_mut("system")
            .and_then(Value::as_table_mut)
        else {
            return Err(
                self.contradiction("further rooms need [settings.system], which lists them")
            );
        };
        system.insert(
            "rooms_file".to_owned(),
            Value::String(ROOMS_FILE.to_owned()),
        );
        let rooms = self.free_addresses(more.count);
        self.deny_access(&rooms[more.count - more.refused..]);
        let list = self
            .files
            .entry(ROOMS_FILE.to_owned())
            .or_insert_with(|| "mail\n".to_owned());
        for room in &rooms {
            let _ = writeln!(list, "{room}");
        }
        self.tenant
            .mailboxes
            .extend(rooms.into_iter().map(Mailbox::room));
        Ok(())
    }

    fn free_addresses(&self, count: usize) -> Vec<String> {
        let taken: HashSet<String> = self
            .tenant
            .mailboxes
            .iter()
            .map(|one| one.address.to_ascii_lowercase())
            .collect();
        let domain = self
            .tenant
            .domains
            .first()
            .map_or("contoso.com", String::as_str);
        let addresses = (1..).map(|number: usize| format!("room-{number:05}@{domain}"));
        addresses
            .filter(|address| !taken.contains(&address.to_ascii_lowercase()))
            .take(count)
            .collect()
    }

    fn deny_access(&mut self, rooms: &[String]) {
        if rooms.is_empty() {
            return;
        }
        for app in &mut self.tenant.apps {
            app.access_policy.push(AccessPolicy {
                right: AccessRight::DenyAccess,
                mailboxes: rooms.to_vec(),
                pending: false,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::{SMALL, send_to_graph, small, tenant_of};

    const VIEW: &str =
        "calendarView?startDateTime=2026-11-23T08:00:00Z&endDateTime=2026-11-23T09:00:00Z";

    fn large(line: &str) -> Result<Scenario, ScenarioError> {
        Scenario::parse("large", &SMALL.replace("region = \"EU\"", line))
    }

    #[test]
    fn counted_rooms_are_in_the_tenant_and_in_the_settings() {
        let scenario = large("more_rooms = { count = 1000 }").unwrap();
        assert_eq!(scenario.tenant.mailboxes.len(), 1002);
        assert_eq!(
            scenario.settings["system"]["rooms_file"].as_str(),
            Some(ROOMS_FILE)
        );
        let lines: Vec<&str> = scenario.files[ROOMS_FILE].lines().collect();
        assert_eq!(
            (lines.len(), lines[0], lines[1]),
            (1001, "mail", "room-00001@contoso.com")
        );
        let tenant = tenant_of(scenario);
        assert!(tenant.mailbox("Room-01000@contoso.com").is_some());
        assert!(tenant.mailbox("room-01001@contoso.com").is_none());
    }

    #[test]
    fn the_last_of_them_may_be_refused() {
        let tenant = tenant_of(large("more_rooms = { count = 3, refused = 1 }").unwrap());
        let status = |room: &str| {
            let path = format!("/users/{room}@contoso.com/{VIEW}");
            send_to_graph(&tenant, "GET", &path, None).status
        };
        assert_eq!(
            (
                status("room-00001"),
                status("room-00002"),
                status("room-00003")
            ),
            (200, 200, 403)
        );
        assert_eq!(status("boardroom"), 200);
    }

    #[test]
    fn rooms_that_are_added_twice_have_addresses_of_their_own() {
        let mut scenario = large("more_rooms = { count = 2 }").unwrap();
        scenario
            .add_rooms(MoreRooms {
                count: 2,
                refused: 0,
            })
            .unwrap();
        assert!(
            scenario.files[ROOMS_FILE]
                .ends_with("room-00003@contoso.com\nroom-00004@contoso.com\n")
        );
    }

    #[test]
    fn what_cannot_be_is_a_contradiction() {
        assert!(
            large("more_rooms = { count = 1, refused = 2 }")
                .unwrap_err()
                .to_string()
                .contains("`refused = 2` with `count = 1`")
        );
        let mut without_system = small();
        without_system.settings.remove("system");
        assert!(
            without_system
                .add_rooms(MoreRooms {
                    count: 1,
                    refused: 0
                })
                .is_err()
        );
    }
}
