//! Whether the roles of a token satisfy a need.

use serde::{Deserialize, Serialize};

use super::permissions::Need;

/// How far a token's roles go towards a need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessLevel {
    /// The need is satisfied.
    Full,
    /// Satisfied for names and addresses only.
    Basic,
    /// Reading is allowed, writing is needed.
    ReadOnly,
    /// No role helps.
    None,
}

/// The access level, with the role that grants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleMatch {
    /// How far the roles go.
    pub level: AccessLevel,
    /// The role that decides; nothing where no role helps.
    pub by: Option<String>,
}

/// Judges the roles of one token against a need. The roles must come from a token for `need.api`; a role of another API
/// counts for nothing, even under the same name.
pub fn match_roles<S: AsRef<str>>(need: &Need, roles: &[S]) -> RoleMatch {
    // The levels are ordered from the strongest to the weakest, and the first match decides.
    let sets = [
        (AccessLevel::Full, &need.full),
        (AccessLevel::Basic, &need.basic),
        (AccessLevel::ReadOnly, &need.read_only),
    ];
    sets.into_iter()
        .find_map(|(level, values)| {
            first_held(values, roles).map(|by| RoleMatch {
                level,
                by: Some(by),
            })
        })
        .unwrap_or(RoleMatch {
            level: AccessLevel::None,
            by: None,
        })
}

fn first_held<S: AsRef<str>>(values: &[String], roles: &[S]) -> Option<String> {
    values
        .iter()
        .find(|value| roles.iter().any(|role| role.as_ref() == value.as_str()))
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::permissions::need;
    use crate::terms::NeedId;

    fn judged(id: NeedId, roles: &[&str]) -> (AccessLevel, Option<String>) {
        let matched = match_roles(need(id), roles);
        (matched.level, matched.by)
    }

    #[test]
    fn the_recommended_permission_satisfies_its_need() {
        for id in [
            NeedId::EwsCalendar,
            NeedId::GraphCalendar,
            NeedId::MailSend,
            NeedId::Users,
            NeedId::Groups,
        ] {
            let value = need(id).value.clone();
            assert_eq!(
                judged(id, &["Other.Role", &value]),
                (AccessLevel::Full, Some(value)),
                "{id}"
            );
        }
    }

    #[test]
    fn broader_permissions_satisfy_too() {
        for (id, role) in [
            (NeedId::Users, "Directory.Read.All"),
            (NeedId::Users, "User.ReadWrite.All"),
            (NeedId::Groups, "Directory.ReadWrite.All"),
            (NeedId::Groups, "GroupMember.Read.All"),
            (NeedId::GraphCalendarRead, "Calendars.ReadWrite"),
        ] {
            assert_eq!(
                judged(id, &[role]),
                (AccessLevel::Full, Some(role.to_owned())),
                "{id}"
            );
        }
    }

    #[test]
    fn narrower_permissions_are_distinguished() {
        assert_eq!(
            judged(NeedId::Users, &["User.ReadBasic.All"]).0,
            AccessLevel::Basic
        );
        assert_eq!(
            judged(NeedId::Groups, &["Group.ReadBasic.All"]).0,
            AccessLevel::Basic
        );
        assert_eq!(
            judged(NeedId::GraphCalendar, &["Calendars.Read"]).0,
            AccessLevel::ReadOnly
        );
        assert_eq!(
            judged(NeedId::GraphCalendar, &["Calendars.ReadBasic.All"]).0,
            AccessLevel::ReadOnly
        );
        assert_eq!(
            judged(NeedId::GraphCalendarRead, &["Calendars.ReadBasic.All"]).0,
            AccessLevel::Basic
        );
    }

    #[test]
    fn the_strongest_role_decides() {
        assert_eq!(
            judged(NeedId::Users, &["User.ReadBasic.All", "Directory.Read.All"]),
            (AccessLevel::Full, Some("Directory.Read.All".to_owned()))
        );
        assert_eq!(
            judged(NeedId::Users, &["Directory.Read.All", "User.Read.All"])
                .1
                .as_deref(),
            Some("User.Read.All")
        );
    }

    #[test]
    fn similarly_named_permissions_do_not_help() {
        for (id, role) in [
            (NeedId::GraphCalendar, "Calendars.ReadWrite.All"),
            (NeedId::GraphCalendar, "full_access_as_app"),
            (NeedId::GraphCalendar, "calendars.readwrite"),
            (NeedId::MailSend, "Mail.ReadWrite"),
            (NeedId::MailSend, "SMTP.SendAsApp"),
            (NeedId::EwsCalendar, "Calendars.ReadWrite.All"),
            (NeedId::Groups, "GroupMember.ReadWrite.All"),
        ] {
            assert_eq!(
                judged(id, &[role]),
                (AccessLevel::None, None),
                "{id}: {role}"
            );
        }
        assert_eq!(judged(NeedId::Users, &[]), (AccessLevel::None, None));
    }
}
