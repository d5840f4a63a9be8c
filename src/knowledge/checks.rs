//! The texts of the checks: titles, purposes, what a pass proves, reasons for skipping, and what the report does not cover.

use serde::{Deserialize, Serialize};

use crate::terms::{AdminRole, CheckId, ConfigurationFact, SkipReason};

use super::causes::CommandTemplate;
use super::dates::{Phase, dates};
use super::table::{Embedded, Table, sort_rows};

/// The sections of the report, in the order of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// What was typed.
    Settings,
    /// The path from this machine.
    Network,
    /// The tenant.
    Tenant,
    /// Tokens.
    SignIn,
    /// The app registration.
    Registration,
    /// Permissions.
    Grants,
    /// Rooms and service account.
    Mailboxes,
    /// Sending mail.
    Mail,
    /// User sync.
    Directory,
    /// Advice that fails nothing.
    Advice,
}

/// The heading of one section.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionEntry {
    /// Which section.
    pub id: Section,
    /// Its heading.
    pub title: String,
}

/// One check in words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckEntry {
    /// Public, stable id.
    pub id: CheckId,
    /// The section it is shown in.
    pub section: Section,
    /// A few words for tables.
    pub title: String,
    /// What it checks, in one sentence.
    pub purpose: String,
    /// What a pass proves.
    pub proves: String,
    /// What a pass does not prove.
    pub not_proven: String,
}

/// Why a planned check was not run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkipReasonEntry {
    /// Which reason.
    pub id: SkipReason,
    /// What it means.
    pub text: String,
    /// What to do to run the check.
    pub remedy: String,
}

/// What a run must be about for a line about something out of sight to matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Concern {
    /// A connection uses EWS.
    Ews,
    /// A connection books rooms.
    Rooms,
    /// A connection has a service account, or needs one.
    ServiceAccount,
    /// A connection signs in with a certificate.
    Certificate,
    /// Mail over Graph was to be checked.
    Mail,
    /// According to the settings, ResourceXpress sends no mail through Graph.
    NoMail,
}

/// Dated facts that a line about something out of sight carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phases {
    /// Taking passwords out of SMTP AUTH.
    SmtpAuth,
}

impl Phases {
    fn all(self) -> &'static [Phase] {
        match self {
            Self::SmtpAuth => &dates().smtp_auth_phases,
        }
    }
}

/// Something that no check of an app without further rights can see. Texts may hold placeholders.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotCovered {
    /// Short id, for tests and translations.
    pub id: String,
    /// What a run must be about for this line to matter; absent where it always does.
    #[serde(default)]
    pub concerns: Option<Concern>,
    /// Dated facts to add to the line.
    #[serde(default)]
    pub phases: Option<Phases>,
    /// The commands of the script of `collect` whose output covers it, if all of them ran without a failure.
    #[serde(default)]
    pub covered_by: Vec<String>,
    /// The fact of the configuration that leaves nothing to check.
    #[serde(default)]
    pub covered_if: Option<ConfigurationFact>,
    /// The line for the report, without the dated facts.
    pub text: String,
    /// Who can look.
    pub who: AdminRole,
    /// Where to look, or the command with which to look.
    pub look: String,
    /// A command that shows it, if there is one.
    #[serde(default)]
    pub command: Option<CommandTemplate>,
}

/// One setting of room mailboxes that decides what a panel shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomSetting {
    /// Parameter of `Set-CalendarProcessing`.
    pub property: String,
    /// The value ResourceXpress wants, as PowerShell writes it.
    pub wanted: String,
    /// The value of a fresh room in Exchange Online.
    pub exchange_default: String,
    /// What happens otherwise.
    pub effect: String,
    /// Whether the command sets it. A property that some rooms have on purpose is only shown.
    pub set: bool,
}

/// The calendar processing of the rooms: what is wanted, and the commands that show and set it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarProcessing {
    /// Where the wanted values come from.
    pub source: String,
    /// Page of the source.
    pub link: String,
    /// The settings.
    pub setting: Vec<RoomSetting>,
    /// Shows the settings of the rooms.
    pub show: CommandTemplate,
    /// Sets them.
    pub set: CommandTemplate,
}

impl NotCovered {
    /// The line for the report, with the dated facts that it carries.
    pub fn line(&self) -> String {
        let phases = self.phases.map(Phases::all).unwrap_or_default();
        let dated = phases
            .iter()
            .map(|phase| format!(" {}: {}", capitalized(&phase.announced), phase.text));
        std::iter::once(self.text.clone()).chain(dated).collect()
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// The table of the checks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckTable {
    section: Vec<SectionEntry>,
    check: Vec<CheckEntry>,
    skip_reason: Vec<SkipReasonEntry>,
    not_visible: Vec<NotCovered>,
    calendar_processing: CalendarProcessing,
}

impl Table for CheckTable {
    const FILE: &'static str = "checks.toml";

    fn validated(mut self) -> Result<Self, String> {
        // `check` and `skip_reason` find a row by the position of its id.
        sort_rows(&mut self.check, CheckId::ALL, |check| check.id)?;
        sort_rows(&mut self.skip_reason, SkipReason::ALL, |reason| reason.id)?;
        Ok(self)
    }
}

static CHECKS: Embedded<CheckTable> = Embedded::new();

/// Every section in the order of the report.
pub fn sections() -> &'static [SectionEntry] {
    &CHECKS.get().section
}

/// Every check in the order of the chain.
pub fn checks() -> &'static [CheckEntry] {
    &CHECKS.get().check
}

/// The check with this id. Every id has a row, at its place in the order of [`CheckId::ALL`]: the table does not load otherwise.
pub fn check(id: CheckId) -> &'static CheckEntry {
    &checks()[id as usize]
}

/// Every reason for which a planned check can be skipped.
pub fn skip_reasons() -> &'static [SkipReasonEntry] {
    &CHECKS.get().skip_reason
}

/// The skip reason with this id.
pub fn skip_reason(id: SkipReason) -> &'static SkipReasonEntry {
    &skip_reasons()[id as usize]
}

/// What a skip reason means, in a sentence.
pub fn skip_sentence(id: SkipReason) -> &'static str {
    &skip_reason(id).text
}

/// What no check of this program can see, with who can look.
pub fn not_visible() -> &'static [NotCovered] {
    &CHECKS.get().not_visible
}

/// The calendar processing ResourceXpress wants, and the commands for it.
pub fn calendar_processing() -> &'static CalendarProcessing {
    &CHECKS.get().calendar_processing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::template::{PLACEHOLDERS, placeholders};

    #[test]
    fn every_check_is_described_in_order() {
        let ids: Vec<_> = checks().iter().map(|check| check.id).collect();
        assert_eq!(ids, CheckId::ALL);
    }

    #[test]
    fn no_text_of_a_check_is_empty() {
        for check in checks() {
            assert!(check.purpose.ends_with('?'), "{}", check.id);
            for text in [
                &check.title,
                &check.purpose,
                &check.proves,
                &check.not_proven,
            ] {
                assert!(!text.trim().is_empty(), "{}", check.id);
                assert!(
                    placeholders(text).is_empty(),
                    "{}: these texts are not filled in",
                    check.id
                );
            }
        }
    }

    #[test]
    fn checks_follow_the_order_of_the_sections() {
        let order: Vec<_> = sections().iter().map(|section| section.id).collect();
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(order.len(), 10);
        assert!(sections().iter().all(|section| !section.title.is_empty()));
        assert!(
            checks()
                .windows(2)
                .all(|pair| pair[0].section <= pair[1].section)
        );
    }

    #[test]
    fn skip_reasons_are_the_fixed_list() {
        let ids: Vec<_> = skip_reasons().iter().map(|reason| reason.id).collect();
        assert_eq!(ids, SkipReason::ALL);
        for reason in skip_reasons() {
            assert!(!reason.text.is_empty() && !reason.remedy.is_empty());
        }
    }

    #[test]
    fn every_limitation_names_who_can_check_it() {
        let mut ids: Vec<_> = not_visible().iter().map(|line| line.id.as_str()).collect();
        assert!(ids.len() >= 6);
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for line in not_visible() {
            assert_ne!(line.who, AdminRole::NotNeeded, "{}", line.id);
            assert!(!line.text.trim().is_empty() && !line.look.trim().is_empty());
            let command = line
                .command
                .as_ref()
                .map_or("", |command| command.text.as_str());
            for name in [line.text.as_str(), line.look.as_str(), command]
                .into_iter()
                .flat_map(placeholders)
            {
                assert!(PLACEHOLDERS.contains(&name), "{}: {name}", line.id);
            }
        }
    }

    #[test]
    fn the_set_command_skips_settings_that_rooms_have_on_purpose() {
        let wanted = calendar_processing();
        assert_eq!(wanted.setting.len(), 5);
        for setting in &wanted.setting {
            let argument = format!("-{} {}", setting.property, setting.wanted);
            assert_eq!(
                wanted.set.text.contains(&argument),
                setting.set,
                "{argument}"
            );
            assert!(
                setting.set || !wanted.set.text.contains(&setting.property),
                "{}",
                setting.property
            );
            assert!(
                wanted.show.text.contains(&setting.property),
                "{}",
                setting.property
            );
        }
        assert!(wanted.source.contains("on-premises"));
        assert!(
            wanted
                .link
                .starts_with("https://resourcexpress.atlassian.net/")
        );
    }
}
