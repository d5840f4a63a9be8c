//! The texts of `migrate`: the plan, the labels of its results, and the known differences between EWS and Graph.
//!
//! The steps that fix a cause are those of the causes; this table has the steps that come from no cause.

use serde::Deserialize;

use crate::terms::{
    AdminRole, CauseId, EwsStatus, MigrationPhase, MigrationStepId, Parity, Readiness,
};

use super::causes::CommandTemplate;
use super::table::{Embedded, Table, sort_rows};

/// One step of the plan that does not come from a cause. The texts may hold placeholders; pass them through
/// [`fill`](super::fill) before showing them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationStep {
    /// Public, stable id.
    pub id: MigrationStepId,
    /// The part of the plan that it belongs to.
    pub phase: MigrationPhase,
    /// Who can do it.
    pub who: AdminRole,
    /// What to do, in one line without a full stop.
    pub title: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands for it, with values quoted for their shell in the place of the placeholders.
    #[serde(default)]
    pub commands: Vec<CommandTemplate>,
    /// How to see that it worked.
    pub verify: String,
    /// How long it takes until the change is effective.
    pub takes: String,
    /// Pages of Microsoft or of the vendor.
    pub links: Vec<String>,
    /// The page that the row was compared with.
    pub source: String,
}

/// A label of at most four words and a sentence for an id.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabeledText<I> {
    /// What the text is about.
    pub id: I,
    /// The label.
    pub label: String,
    /// The sentence.
    pub sentence: String,
}

/// The texts of a [`Parity`].
pub type ParityText = LabeledText<Parity>;

/// The texts of a [`Readiness`]; placeholder `{connections}` in the sentence.
pub type ReadinessText = LabeledText<Readiness>;

/// The heading of a part of the plan.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationPhaseText {
    /// The part.
    pub id: MigrationPhase,
    /// The heading.
    pub title: String,
    /// What a reader must know before the steps.
    pub sentence: String,
}

/// A known difference between the two APIs, which explains why a room works over one of them only.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedDifference {
    /// The name of the row, in kebab case.
    pub id: String,
    /// The difference, in one line without a full stop.
    pub title: String,
    /// The explanation, without placeholders.
    pub text: String,
    /// The causes, of the result over either API, for which it is shown.
    pub causes: Vec<CauseId>,
    /// The page that the row was compared with.
    pub source: String,
}

/// The sentences about the end of EWS and about what a run left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationMessages {
    /// The end is ahead; placeholders `{date}` and `{days}`.
    pub ews_ends: String,
    /// The end has passed; placeholder `{date}`.
    pub ews_has_ended: String,
    /// A cloud without a known date; placeholders `{cloud_name}`, and `{date}` of the worldwide cloud.
    pub own_schedule: String,
    /// The options of the run left out checks; placeholders `{options}` and `{checks}`.
    pub left_out: String,
    /// Only a sample of the rooms was checked; placeholder `{option}`.
    pub sampled: String,
    /// Connections whose rooms Graph cannot reach; placeholder `{connections}`.
    pub stays_on_ews: String,
}

/// What the EWS responses of today show about a tenant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EwsStatusEntry {
    id: EwsStatus,
    /// The causes that establish it.
    #[serde(default)]
    causes: Vec<CauseId>,
    sentence: String,
    /// What a return to EWS needs first.
    way_back: Option<String>,
}

/// The fields of the ResourceXpress console that are about the API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleFields {
    /// Where the fields are.
    pub places: ConsolePlaces,
    /// The fields, in the order of the console.
    #[serde(rename = "field")]
    pub fields: Vec<ConsoleField>,
    /// The page of the vendor that describes them.
    pub source: String,
}

/// The places that can have their own values for the same fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsolePlaces {
    /// The place of the system-wide values.
    pub system: String,
    /// The place of the values of a location; placeholder `{name}`.
    pub location: String,
    /// The place of the values of a resource profile; placeholder `{name}`.
    pub profile: String,
}

/// One field with its values for both APIs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsoleField {
    /// The name in the console.
    pub name: String,
    /// The value for Graph; placeholders `{graph_url}`, `{tenant_id}` and `{client_id}`.
    pub value: String,
    /// The value for EWS; placeholders `{ews_url}`, `{tenant_id}`, `{client_id}` and `{service_account}`.
    pub ews_value: String,
    /// What else applies to the value.
    pub note: Option<String>,
}

/// The table of the migration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MigrationTable {
    messages: MigrationMessages,
    console: ConsoleFields,
    readiness: Vec<ReadinessText>,
    parity: Vec<ParityText>,
    phase: Vec<MigrationPhaseText>,
    ews_status: Vec<EwsStatusEntry>,
    difference: Vec<ExpectedDifference>,
    step: Vec<MigrationStep>,
}

impl Table for MigrationTable {
    const FILE: &'static str = "migration.toml";

    fn validated(mut self) -> Result<Self, String> {
        // The functions below find a row by the position of its id.
        sort_rows(&mut self.readiness, Readiness::ALL, |row| row.id)?;
        sort_rows(&mut self.parity, Parity::ALL, |row| row.id)?;
        sort_rows(&mut self.phase, MigrationPhase::ALL, |row| row.id)?;
        sort_rows(&mut self.ews_status, EwsStatus::ALL, |row| row.id)?;
        sort_rows(&mut self.step, MigrationStepId::ALL, |row| row.id)?;
        Ok(self)
    }
}

static MIGRATION: Embedded<MigrationTable> = Embedded::new();

/// The steps that come from no cause, in the order of the plan.
pub fn migration_steps() -> &'static [MigrationStep] {
    &MIGRATION.get().step
}

/// The step with this id. Every id has a row, at its place in the order of [`MigrationStepId::ALL`]: the table does not
/// load otherwise. The same is true of the other lists of ids.
pub fn migration_step(id: MigrationStepId) -> &'static MigrationStep {
    &migration_steps()[id as usize]
}

/// The heading of a part of the plan.
pub fn migration_phase_text(phase: MigrationPhase) -> &'static MigrationPhaseText {
    &MIGRATION.get().phase[phase as usize]
}

/// The label and the sentence for the results of a room over both APIs.
pub fn parity_text(parity: Parity) -> &'static ParityText {
    &MIGRATION.get().parity[parity as usize]
}

/// The label and the sentence for the readiness of connections.
pub fn readiness_text(readiness: Readiness) -> &'static ReadinessText {
    &MIGRATION.get().readiness[readiness as usize]
}

/// The sentence for what the EWS responses show about a tenant.
pub fn ews_status_text(status: EwsStatus) -> &'static str {
    &MIGRATION.get().ews_status[status as usize].sentence
}

/// What a return to EWS needs first, as the tenant is today.
pub fn way_back(status: EwsStatus) -> Option<&'static str> {
    MIGRATION.get().ews_status[status as usize]
        .way_back
        .as_deref()
}

/// The sentence for connections whose rooms Graph cannot reach.
pub fn stays_on_ews(connections: &str) -> String {
    let template = &migration_messages().stays_on_ews;
    super::fill(template, &|name| {
        (name == "connections").then(|| connections.to_owned())
    })
}

/// What a cause of an EWS result shows about the tenant, if it shows anything.
pub fn ews_status_of(cause: CauseId) -> Option<EwsStatus> {
    let rows = MIGRATION.get().ews_status.iter();
    rows.filter(|row| row.causes.contains(&cause))
        .map(|row| row.id)
        .next()
}

/// The known differences between the two APIs.
pub fn expected_differences() -> &'static [ExpectedDifference] {
    &MIGRATION.get().difference
}

/// The sentences about the end of EWS and about what a run left out.
pub fn migration_messages() -> &'static MigrationMessages {
    &MIGRATION.get().messages
}

/// The fields of the ResourceXpress console that change at the switch.
pub fn console_fields() -> &'static ConsoleFields {
    &MIGRATION.get().console
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::knowledge::dates::dates;
    use crate::knowledge::propagation;
    use crate::knowledge::table::{embedded_text, load};
    use crate::knowledge::template::{PLACEHOLDERS, placeholders};

    const PAGES: &[&str] = &[
        "https://learn.microsoft.com/",
        "https://resourcexpress.atlassian.net/wiki/",
    ];

    /// Every text of a step.
    fn texts(step: &MigrationStep) -> Vec<&str> {
        let mut texts = vec![
            step.title.as_str(),
            step.verify.as_str(),
            step.takes.as_str(),
        ];
        texts.extend(step.steps.iter().map(String::as_str));
        texts.extend(step.commands.iter().map(|command| command.text.as_str()));
        texts
    }

    /// Every text of the table with the place of it.
    fn all_texts() -> Vec<(String, &'static str)> {
        let mut all: Vec<(String, &str)> = Vec::new();
        for step in migration_steps() {
            all.extend(
                texts(step)
                    .into_iter()
                    .map(|text| (step.id.to_string(), text)),
            );
        }
        for row in expected_differences() {
            all.extend([
                (row.id.clone(), row.title.as_str()),
                (row.id.clone(), row.text.as_str()),
            ]);
        }
        for id in Readiness::ALL {
            all.push((id.to_string(), &readiness_text(*id).sentence));
        }
        for id in Parity::ALL {
            all.push((id.to_string(), &parity_text(*id).sentence));
        }
        for id in MigrationPhase::ALL {
            all.push((id.to_string(), &migration_phase_text(*id).sentence));
        }
        for id in EwsStatus::ALL {
            all.push((id.to_string(), ews_status_text(*id)));
            all.extend(way_back(*id).map(|text| (id.to_string(), text)));
        }
        let messages = migration_messages();
        for text in [
            &messages.ews_ends,
            &messages.ews_has_ended,
            &messages.own_schedule,
            &messages.stays_on_ews,
        ] {
            all.push(("messages".to_owned(), text));
        }
        let console = console_fields();
        let places = &console.places;
        for text in [&places.system, &places.location, &places.profile] {
            all.push(("places".to_owned(), text));
        }
        for field in &console.fields {
            let texts = [
                Some(&field.value),
                Some(&field.ews_value),
                field.note.as_ref(),
            ];
            all.extend(
                texts
                    .into_iter()
                    .flatten()
                    .map(|text| (field.name.clone(), text.as_str())),
            );
        }
        all
    }

    #[test]
    fn every_step_has_exactly_one_row_in_the_order_of_the_plan() {
        let ids: Vec<_> = migration_steps().iter().map(|step| step.id).collect();
        assert_eq!(ids, MigrationStepId::ALL);
        assert!(
            migration_steps()
                .windows(2)
                .all(|pair| pair[0].phase <= pair[1].phase)
        );
        for id in MigrationPhase::ALL {
            assert!(
                migration_steps().iter().any(|step| step.phase == *id),
                "{id}"
            );
        }
    }

    #[test]
    fn each_id_is_found_with_its_own_text() {
        for id in MigrationStepId::ALL {
            assert_eq!(migration_step(*id).id, *id);
        }
        for id in Parity::ALL {
            assert_eq!(parity_text(*id).id, *id);
        }
        for id in Readiness::ALL {
            assert_eq!(readiness_text(*id).id, *id);
        }
        for id in MigrationPhase::ALL {
            assert_eq!(migration_phase_text(*id).id, *id);
        }
        assert!(ews_status_text(EwsStatus::SwitchedOff).contains("disabled"));
        assert!(ews_status_text(EwsStatus::Retired).contains("ended"));
    }

    #[test]
    fn a_missing_row_is_an_error() {
        let text = embedded_text(MigrationTable::FILE);
        for (kind, id, other) in [
            ("parity", "works-on-both", "unknown"),
            ("step", "restart-services", "verify-with-check"),
            ("ews_status", "working", "retired"),
        ] {
            let row = |id: &str| format!("[[{kind}]]\nid = \"{id}\"\n");
            let changed = text.replace(&row(id), &row(other));
            assert_ne!(changed, text, "{kind}");
            let error = load::<MigrationTable>(&changed).unwrap_err().to_string();
            assert_eq!(error, format!("migration.toml: there is no row for `{id}`"));
        }
    }

    #[test]
    fn every_step_is_complete() {
        for step in migration_steps() {
            assert!(
                !step.steps.is_empty() && !step.links.is_empty(),
                "{}",
                step.id
            );
            for text in texts(step) {
                assert!(!text.trim().is_empty(), "{}", step.id);
            }
            assert!(step.source.starts_with("https://"), "{}", step.id);
            assert_ne!(step.who, AdminRole::NotNeeded, "{}", step.id);
            for link in &step.links {
                assert!(PAGES.iter().any(|page| link.starts_with(page)), "{link}");
            }
        }
    }

    #[test]
    fn labels_are_short_and_titles_are_one_line() {
        let labels = Parity::ALL.iter().map(|id| &parity_text(*id).label);
        let labels = labels.chain(Readiness::ALL.iter().map(|id| &readiness_text(*id).label));
        for label in labels {
            assert!((1..=4).contains(&label.split(' ').count()), "{label}");
        }
        let titles = migration_steps().iter().map(|step| &step.title);
        let titles = titles.chain(expected_differences().iter().map(|row| &row.title));
        for title in titles.chain(
            MigrationPhase::ALL
                .iter()
                .map(|id| &migration_phase_text(*id).title),
        ) {
            assert!(!title.contains('\n') && !title.ends_with('.'), "{title}");
            assert!(title.split(' ').count() <= 12, "{title}");
        }
    }

    #[test]
    fn texts_use_known_placeholders_only() {
        for (place, text) in all_texts() {
            assert!(!text.trim().is_empty(), "{place}");
            for name in placeholders(text) {
                assert!(PLACEHOLDERS.contains(&name), "{place}: {name}");
            }
        }
        for row in expected_differences() {
            assert!(placeholders(&row.text).is_empty(), "{}", row.id);
        }
    }

    #[test]
    fn commands_leave_quoting_to_the_caller() {
        for step in migration_steps() {
            for command in &step.commands {
                assert!(
                    ["powershell", "bash"].contains(&command.shell.as_str()),
                    "{}",
                    step.id
                );
                for name in placeholders(&command.text) {
                    for quote in ['\'', '"'] {
                        for quoted in [format!("{quote}{{{name}}}"), format!("{{{name}}}{quote}")] {
                            assert!(!command.text.contains(&quoted), "{}: {quoted}", step.id);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn differences_are_named_once_and_have_causes_and_a_source() {
        let ids: BTreeSet<_> = expected_differences().iter().map(|row| &row.id).collect();
        assert_eq!(ids.len(), expected_differences().len());
        for row in expected_differences() {
            let is_kebab = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            assert!(row.id.chars().all(is_kebab), "{}", row.id);
            assert!(!row.causes.is_empty(), "{}", row.id);
            assert!(row.source.starts_with("https://"), "{}", row.id);
        }
        for cause in [
            CauseId::MailboxAliasUsed,
            CauseId::MailboxOutsideAccessPolicy,
            CauseId::MailboxOutsideScope,
            CauseId::MailboxNotInExchangeOnline,
            CauseId::EwsDisabled,
            CauseId::EwsAppNotAllowed,
        ] {
            let count = expected_differences()
                .iter()
                .filter(|row| row.causes.contains(&cause))
                .count();
            assert_eq!(count, 1, "{cause}");
        }
    }

    #[test]
    fn the_causes_of_the_withdrawal_show_the_status_of_the_tenant() {
        for (cause, status) in [
            (CauseId::EwsDisabled, Some(EwsStatus::SwitchedOff)),
            (CauseId::EwsAppNotAllowed, Some(EwsStatus::NotOnAllowList)),
            (CauseId::EwsRetired, Some(EwsStatus::Retired)),
            // A setting of some mailboxes, while EWS works for the others.
            (CauseId::EwsDisabledForMailbox, None),
            (CauseId::MailboxNotFound, None),
        ] {
            assert_eq!(ews_status_of(cause), status, "{cause}");
        }
    }

    #[test]
    fn the_console_fields_are_those_of_the_vendor() {
        let fields = &console_fields().fields;
        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Use OAuth",
                "Use Graph API",
                "OAuth Tenant ID",
                "OAuth Client ID",
                "OAuth Client Secret",
                "Server Host Name",
                "Resource Login User ID"
            ]
        );
        let host = &fields[5];
        assert_eq!(
            (host.value.as_str(), host.ews_value.as_str()),
            ("{graph_url}", "{ews_url}")
        );
    }

    #[test]
    fn days_in_the_texts_are_the_end_of_ews() {
        let mut found = 0;
        for (place, text) in all_texts() {
            for word in text.split(|letter: char| !letter.is_ascii_digit() && letter != '-') {
                if let Ok(day) = word.trim_matches('-').parse::<jiff::civil::Date>() {
                    assert_eq!(day, dates().ews_end, "{place}");
                    found += 1;
                }
            }
        }
        assert!(found >= 4, "{found}");
    }

    /// What only the way back needs may not be removed before the way back is given up.
    #[test]
    fn access_over_ews_is_kept_until_the_way_back_is_given_up() {
        for id in [
            MigrationStepId::RemoveFullAccess,
            MigrationStepId::RemoveImpersonation,
            MigrationStepId::RemoveAllowedApp,
        ] {
            let text = migration_step(id).steps.join("\n");
            assert!(text.contains("no longer want to return to EWS"), "{id}");
        }
        let back = migration_step(MigrationStepId::ReturnToEws)
            .steps
            .join("\n");
        assert!(back.contains("full_access_as_app") && back.contains("EwsAllowedAppIDs"));
        let before = migration_step(MigrationStepId::EnterConsoleFields);
        assert!(before.steps[0].starts_with("Write down"));
    }

    /// Exchange Online has no such role anymore, and Microsoft advises against new access policies.
    #[test]
    fn no_step_assigns_what_no_longer_exists() {
        for (place, text) in all_texts() {
            let policy = "New-ApplicationAccessPolicy";
            assert!(!text.contains(policy), "{place}: {policy}");
            let assigning = text
                .lines()
                .filter(|line| line.contains("New-ManagementRoleAssignment"));
            for line in assigning {
                assert!(
                    line.contains("-Role 'Application Calendars.ReadWrite'"),
                    "{place}: {line}"
                );
            }
        }
    }

    #[test]
    fn a_step_takes_as_long_as_waiting_for_its_cause() {
        let list = propagation(CauseId::EwsAppNotAllowed).unwrap().latest();
        assert_eq!(list.as_secs() / 3600, 24);
        for id in [
            MigrationStepId::RemoveAllowedApp,
            MigrationStepId::ReturnToEws,
        ] {
            assert!(migration_step(id).takes.contains("up to 24 hours"), "{id}");
        }
    }
}
