//! Whether the roles of a token satisfy a need.

use serde::{Deserialize, Serialize};

use super::permissions::Need;

/// How far a token's roles go towards a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The need is satisfied.
    Full,
    /// Satisfied for names and addresses only.
    Basic,
    /// Reading is allowed, writing is needed.
    ReadOnly,
    /// No role helps.
    None,
}

/// The answer with the role it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Satisfaction {
    /// How far the roles go.
    pub level: Level,
    /// The role that decides; nothing where no role helps.
    pub by: Option<String>,
}

/// Judges the roles of one token against a need. The roles must come from a token for `need.api`; a role of another API
/// counts for nothing, even under the same name.
pub fn satisfies<S: AsRef<str>>(need: &Need, roles: &[S]) -> Satisfaction {
    let sets = [(Level::Full, &need.full), (Level::Basic, &need.basic), (Level::ReadOnly, &need.read_only)];
    sets.into_iter()
        .find_map(|(level, values)| first_held(values, roles).map(|by| Satisfaction { level, by: Some(by) }))
        .unwrap_or(Satisfaction { level: Level::None, by: None })
}

fn first_held<S: AsRef<str>>(values: &[String], roles: &[S]) -> Option<String> {
    values.iter().find(|value| roles.iter().any(|role| role.as_ref() == value.as_str())).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::permissions::need;

    fn judged(id: &str, roles: &[&str]) -> (Level, Option<String>) {
        let answer = satisfies(need(id).unwrap(), roles);
        (answer.level, answer.by)
    }

    #[test]
    fn the_permission_asked_for_satisfies_its_need() {
        for id in ["ews-calendar", "graph-calendar", "mail-send", "users", "groups"] {
            let value = need(id).unwrap().value.clone();
            assert_eq!(judged(id, &["Other.Role", &value]), (Level::Full, Some(value)), "{id}");
        }
    }

    #[test]
    fn broader_permissions_satisfy_too() {
        for (id, role) in [
            ("users", "Directory.Read.All"),
            ("users", "User.ReadWrite.All"),
            ("groups", "Directory.ReadWrite.All"),
            ("groups", "GroupMember.Read.All"),
            ("graph-calendar-read", "Calendars.ReadWrite"),
        ] {
            assert_eq!(judged(id, &[role]), (Level::Full, Some(role.to_owned())), "{id}");
        }
    }

    #[test]
    fn narrower_permissions_are_told_apart() {
        assert_eq!(judged("users", &["User.ReadBasic.All"]).0, Level::Basic);
        assert_eq!(judged("groups", &["Group.ReadBasic.All"]).0, Level::Basic);
        assert_eq!(judged("graph-calendar", &["Calendars.Read"]).0, Level::ReadOnly);
        assert_eq!(judged("graph-calendar", &["Calendars.ReadBasic.All"]).0, Level::ReadOnly);
        assert_eq!(judged("graph-calendar-read", &["Calendars.ReadBasic.All"]).0, Level::Basic);
    }

    #[test]
    fn the_strongest_role_decides() {
        assert_eq!(
            judged("users", &["User.ReadBasic.All", "Directory.Read.All"]),
            (Level::Full, Some("Directory.Read.All".to_owned()))
        );
        assert_eq!(judged("users", &["Directory.Read.All", "User.Read.All"]).1.as_deref(), Some("User.Read.All"));
    }

    #[test]
    fn namesakes_and_neighbours_do_not_help() {
        for (id, role) in [
            ("graph-calendar", "Calendars.ReadWrite.All"),
            ("graph-calendar", "full_access_as_app"),
            ("graph-calendar", "calendars.readwrite"),
            ("mail-send", "Mail.ReadWrite"),
            ("mail-send", "SMTP.SendAsApp"),
            ("ews-calendar", "Calendars.ReadWrite.All"),
            ("groups", "GroupMember.ReadWrite.All"),
        ] {
            assert_eq!(judged(id, &[role]), (Level::None, None), "{id}: {role}");
        }
        assert_eq!(judged("users", &[]), (Level::None, None));
    }
}
