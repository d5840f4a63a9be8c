//! The causes that the program can name, with the impact and the fix of each.
//!
//! Texts live in `causes.toml`; the order of its rows is the order of the chain from the settings to the mailbox.

use serde::{Deserialize, Serialize};

use crate::terms::{AdminRole, CauseId, Confidence};

use super::table::{Embedded, Table, sort_rows};

pub use super::template::{PLACEHOLDERS, fill};

/// The level at which several symptoms of one cause are a single finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseScope {
    /// One finding for everything in the settings file.
    Estate,
    /// One finding per host that was spoken to.
    Host,
    /// One finding per Microsoft 365 tenant.
    Tenant,
    /// One finding per app registration.
    App,
    /// One finding per set of ResourceXpress settings.
    Connection,
    /// One finding per connection, listing the mailboxes it concerns.
    Mailboxes,
}

/// A command for an administrator, with placeholders that the caller fills with values quoted for its shell. In the file it is
/// written out, or is one of the shared blocks of `commands.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenCommand")]
pub struct CommandTemplate {
    /// `powershell` or `bash`.
    pub shell: String,
    /// The command text, possibly of several lines.
    pub text: String,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum WrittenCommand {
    Own { shell: String, text: String },
    Shared { block: String },
}

impl TryFrom<WrittenCommand> for CommandTemplate {
    type Error = String;

    fn try_from(written: WrittenCommand) -> Result<Self, String> {
        match written {
            WrittenCommand::Own { shell, text } => Ok(Self { shell, text }),
            WrittenCommand::Shared { block } => {
                let found = super::commands()
                    .block(&block)
                    .ok_or_else(|| format!("there is no block {block}"))?;
                Ok(Self {
                    shell: found.0.to_owned(),
                    text: found.1.to_owned(),
                })
            }
        }
    }
}

/// One way in which a cause appears, where the fix differs. It replaces the texts of its cause.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseCase {
    /// The name under which the diagnosis knows it.
    pub when: String,
    /// What is wrong, in one line without a full stop.
    pub title: String,
    /// What it means for users; without one here, that of the cause.
    pub impact: Option<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands that show or fix it; without any here, those of the cause.
    pub commands: Option<Vec<CommandTemplate>>,
    /// Ids of the causes that look the same in this case; without any here, those of the cause.
    pub candidates: Option<Vec<CauseId>>,
    /// How to see that it worked.
    pub verify: String,
}

/// The texts of a cause for the log of another product, where those of the cause speak of this program's own requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThirdPartyTexts {
    /// What is wrong, in one line without a full stop.
    pub title: String,
    /// How the cause is recognized.
    pub evidence: String,
    /// What to do, in order.
    pub steps: Vec<String>,
}

/// One cause: what is wrong, how it is recognized, who can fix it and how.
///
/// The texts may hold the placeholders of [`PLACEHOLDERS`]; pass them through [`fill`] before showing them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseEntry {
    /// Public, stable id of the form `group.name`.
    pub id: CauseId,
    /// How sure this cause is when its evidence is met.
    pub confidence: Confidence,
    /// An advisory cause or note never fails its check.
    #[serde(default)]
    pub advisory: bool,
    /// A note that requires an action, because something will stop working or is unsafe. It is shown wherever the
    /// verdict is, and counts for `--fail-on note`.
    #[serde(default)]
    pub asks_for_action: bool,
    /// The level at which several symptoms are one finding.
    pub scope: CauseScope,
    /// Who can fix it.
    pub who: AdminRole,
    /// What is wrong, in one line without a full stop.
    pub title: String,
    /// What it means for panels, Check-in, mail or user sync.
    pub impact: String,
    /// How the cause is recognized.
    pub evidence: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands that show or fix it.
    #[serde(default)]
    pub commands: Vec<CommandTemplate>,
    /// How to see that it worked.
    pub verify: String,
    /// How long it takes until the change is effective.
    pub takes: String,
    /// Pages of Microsoft or of the vendor.
    pub links: Vec<String>,
    /// Ids of the causes for which the responses look the same.
    #[serde(default)]
    pub candidates: Vec<CauseId>,
    /// The texts for the log of another product; without any here, those of the cause apply there as well.
    #[serde(default)]
    pub elsewhere: Option<ThirdPartyTexts>,
    /// Set for a cause that only a check can name. For the log of another product, `explain` shows the text of the code
    /// instead.
    #[serde(default)]
    pub check_only: bool,
    /// The ways in which it appears that have different fixes.
    #[serde(default, rename = "case")]
    pub cases: Vec<CauseCase>,
}

impl CauseEntry {
    /// The case with this name, if the cause has one.
    pub fn case(&self, when: &str) -> Option<&CauseCase> {
        self.cases.iter().find(|case| case.when == when)
    }
}

/// The table of the causes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CauseTable {
    cause: Vec<CauseEntry>,
}

impl Table for CauseTable {
    const FILE: &'static str = "causes.toml";

    fn validated(mut self) -> Result<Self, String> {
        // `cause` finds a row by the position of its id.
        sort_rows(&mut self.cause, CauseId::ALL, |cause| cause.id)?;
        Ok(self)
    }
}

static CAUSES: Embedded<CauseTable> = Embedded::new();

/// Every cause in the order of the chain.
pub fn causes() -> &'static [CauseEntry] {
    &CAUSES.get().cause
}

/// The cause with this id. Every id has a row, at its place in the order of [`CauseId::ALL`]: the table does not load otherwise.
pub fn cause(id: CauseId) -> &'static CauseEntry {
    &causes()[id as usize]
}

/// The cause with this public id, if there is one.
pub fn cause_named(id: &str) -> Option<&'static CauseEntry> {
    id.parse().ok().map(cause)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::knowledge::template::placeholders;
    use crate::terms::CauseGroup;

    const IN_TITLES: &[&str] = &[
        "permission",
        "connection",
        "host",
        "code",
        "date",
        "days",
        "other_cloud_name",
        "service_account",
        "sender",
        "room",
        "right_address",
        "api",
    ];

    const PAGES: &[&str] = &[
        "https://learn.microsoft.com/",
        "https://resourcexpress.atlassian.net/wiki/",
    ];

    fn titles(cause: &CauseEntry) -> Vec<&str> {
        let cases = cause.cases.iter().map(|case| case.title.as_str());
        std::iter::once(cause.title.as_str()).chain(cases).collect()
    }

    fn texts(cause: &CauseEntry) -> Vec<&str> {
        let mut texts = vec![
            cause.title.as_str(),
            cause.impact.as_str(),
            cause.evidence.as_str(),
            cause.verify.as_str(),
            cause.takes.as_str(),
        ];
        texts.extend(cause.steps.iter().map(String::as_str));
        texts.extend(cause.commands.iter().map(|command| command.text.as_str()));
        for case in &cause.cases {
            texts.extend([case.title.as_str(), case.verify.as_str()]);
            texts.extend(case.impact.as_deref());
            texts.extend(case.steps.iter().map(String::as_str));
            texts.extend(
                case.commands
                    .iter()
                    .flatten()
                    .map(|command| command.text.as_str()),
            );
        }
        texts
    }

    #[test]
    fn every_id_has_exactly_one_row() {
        let ids: Vec<_> = causes().iter().map(|cause| cause.id).collect();
        assert_eq!(ids, CauseId::ALL);
        for id in CauseId::ALL {
            assert_eq!(cause(*id).id, *id);
            assert_eq!(cause_named(id.as_str()).map(|cause| cause.id), Some(*id));
        }
        assert!(cause_named("sign-in.nonsense").is_none());
    }

    #[test]
    fn every_remedy_is_complete() {
        for cause in causes() {
            assert!(
                !cause.steps.is_empty() && !cause.links.is_empty(),
                "{}",
                cause.id
            );
            assert!(
                cause.cases.iter().all(|case| !case.steps.is_empty()),
                "{}",
                cause.id
            );
            for text in texts(cause) {
                assert!(!text.trim().is_empty(), "{}", cause.id);
            }
            for command in &cause.commands {
                assert!(
                    ["powershell", "bash"].contains(&command.shell.as_str()),
                    "{}",
                    cause.id
                );
            }
        }
    }

    #[test]
    fn titles_are_one_line_without_a_full_stop() {
        for cause in causes() {
            for title in titles(cause) {
                assert!(
                    !title.contains('\n') && !title.ends_with('.'),
                    "{}",
                    cause.id
                );
            }
        }
    }

    #[test]
    fn templates_use_known_placeholders_only() {
        for cause in causes() {
            for name in texts(cause).into_iter().flat_map(placeholders) {
                assert!(PLACEHOLDERS.contains(&name), "{}: {name}", cause.id);
            }
            for name in titles(cause).into_iter().flat_map(placeholders) {
                assert!(
                    IN_TITLES.contains(&name),
                    "{}: {name} in the title",
                    cause.id
                );
            }
        }
    }

    #[test]
    fn commands_leave_quoting_to_the_caller() {
        for cause in causes() {
            for command in &cause.commands {
                for name in placeholders(&command.text) {
                    for quoted in [
                        format!("'{{{name}}}"),
                        format!("\"{{{name}}}"),
                        format!("{{{name}}}'"),
                    ] {
                        assert!(!command.text.contains(&quoted), "{}: {quoted}", cause.id);
                    }
                }
            }
        }
    }

    #[test]
    fn links_lead_to_microsoft_or_the_vendor() {
        for cause in causes() {
            for link in &cause.links {
                assert!(
                    PAGES.iter().any(|page| link.starts_with(page)),
                    "{}: {link}",
                    cause.id
                );
            }
        }
    }

    #[test]
    fn candidates_exist_and_possible_causes_of_refusal_have_them() {
        for cause in causes() {
            for candidate in &cause.candidates {
                assert_ne!(candidate, &cause.id);
            }
        }
        let blocked = cause(CauseId::MailboxAccessBlocked);
        assert_eq!(blocked.confidence, Confidence::Possible);
        assert!(blocked.candidates.contains(&CauseId::GrantNotYetEffective));
    }

    #[test]
    fn advice_that_no_longer_works_is_never_given() {
        for cause in causes() {
            let text = texts(cause).join("\n");
            for outdated in [
                "ApplicationImpersonation",
                "New-ApplicationAccessPolicy",
                "powershell-liveid",
                "Never expires",
            ] {
                assert!(!text.contains(outdated), "{}: {outdated}", cause.id);
            }
        }
    }

    #[test]
    fn no_remedy_unblocks_the_sign_in_of_a_mailbox() {
        for cause in causes()
            .iter()
            .filter(|cause| cause.id.group() == CauseGroup::Mailbox)
        {
            let text = texts(cause).join("\n");
            for harmful in [
                "-AccountEnabled",
                "Update-MgUser",
                "Set-MsolUser",
                "-AccountDisabled",
            ] {
                assert!(!text.contains(harmful), "{}: {harmful}", cause.id);
            }
        }
    }

    #[test]
    fn days_in_the_texts_are_the_end_of_ews() {
        let mut found = 0;
        for cause in causes() {
            for text in texts(cause) {
                for word in text.split(|c: char| !c.is_ascii_digit() && c != '-') {
                    if let Ok(day) = word.trim_matches('-').parse::<jiff::civil::Date>() {
                        assert_eq!(
                            day,
                            crate::knowledge::dates::dates().ews_end,
                            "{}",
                            cause.id
                        );
                        found += 1;
                    }
                }
            }
        }
        assert!(found > 0);
    }

    #[test]
    fn both_ways_to_reenable_ews_are_given() {
        let text = texts(cause(CauseId::EwsDisabled)).join("\n");
        for needed in [
            "-EwsEnabled $null",
            "-EwsEnabled $true",
            "EwsAllowedAppIDs",
            "EWS usage",
            "2027-04-01",
        ] {
            assert!(text.contains(needed), "{needed}");
        }
        let text = texts(cause(CauseId::EwsAppNotAllowed)).join("\n");
        for needed in [
            "EWS usage",
            "Null",
            "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
            "d3590ed6-52b3-4102-aeff-aad2292ab01c",
        ] {
            assert!(text.contains(needed), "{needed}");
        }
    }

    #[test]
    fn advisory_causes_are_those_of_the_contract() {
        let advisory: Vec<_> = causes()
            .iter()
            .filter(|cause| cause.advisory)
            .map(|cause| cause.id)
            .collect();
        assert_eq!(
            advisory,
            [
                CauseId::SettingsCertificateExpiring,
                CauseId::SettingsRoomDuplicate,
                CauseId::SettingsRoomLineLeftOut,
                CauseId::SettingsRoomsNotListed,
                CauseId::NetworkTlsIntercepted,
                CauseId::NetworkClockSkew,
                CauseId::RegistrationSecretExpiring,
                CauseId::RegistrationMultitenant,
                CauseId::GrantSurplus,
                CauseId::GrantByExchangeRbac,
                CauseId::EwsRetiring,
                CauseId::MailboxDeniedByConfiguration,
                CauseId::MailboxCalendarProcessingDiffers,
                CauseId::DirectoryVersionTooOld,
            ]
        );
    }

    #[test]
    fn administrator_roles_use_their_official_names() {
        fn role_of(id: CauseId) -> &'static str {
            cause(id).who.as_str()
        }
        for (id, who) in [
            (
                CauseId::SettingsIdsIdentical,
                "ResourceXpress administrator",
            ),
            (
                CauseId::SignInSecretWrong,
                "Cloud Application Administrator",
            ),
            (
                CauseId::RegistrationConsentMissing,
                "Privileged Role Administrator",
            ),
            (CauseId::MailboxOutsideScope, "Exchange Administrator"),
            (
                CauseId::NetworkTimeout,
                "whoever runs the proxy or firewall",
            ),
            (CauseId::ServiceThrottled, "nobody"),
        ] {
            assert_eq!(role_of(id), who);
        }
    }

    #[test]
    fn only_what_ends_by_itself_needs_no_role() {
        let without_role: Vec<CauseId> = causes()
            .iter()
            .filter(|cause| cause.who == AdminRole::NotNeeded)
            .map(|cause| cause.id)
            .collect();
        assert_eq!(
            without_role,
            [
                CauseId::GrantNotYetEffective,
                CauseId::MailboxMoving,
                CauseId::ServiceThrottled,
                CauseId::ServiceUnavailable,
            ]
        );
    }
}
