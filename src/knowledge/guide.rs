//! The texts of `guide`: the parts and steps of the setup, and the fields of the ResourceXpress console.

use serde::Deserialize;

use crate::terms::{AdminRole, Api, CauseId, CheckId, GuidePart, GuideStepId, NeedId, Requirement};

use super::causes::CommandTemplate;
use super::table::{Embedded, Table, sort_rows};

/// One step of the guide. The texts may hold placeholders; pass them through [`fill`](super::fill) before showing them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuideStepEntry {
    /// Public, stable id.
    pub id: GuideStepId,
    /// The part of the guide that it belongs to.
    pub part: GuidePart,
    /// The APIs of the connections that it is for; empty for both.
    #[serde(default)]
    pub apis: Vec<Api>,
    /// Who can do it.
    pub who: AdminRole,
    /// Whether ResourceXpress works without it.
    pub requirement: Requirement,
    /// The feature that makes an optional step required.
    #[serde(default)]
    pub feature: Option<NeedId>,
    /// Whether it is done once for each app registration.
    #[serde(default)]
    pub per_app: bool,
    /// The permissions that it adds.
    #[serde(default)]
    pub needs: Vec<NeedId>,
    /// What to do, in one line without a full stop.
    pub title: String,
    /// Where it is done.
    pub path: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands for it, with values quoted for their shell in the place of the placeholders.
    #[serde(default)]
    pub commands: Vec<CommandTemplate>,
    /// The commands instead, where the client ID of the app is known.
    #[serde(default)]
    pub commands_of_known_app: Vec<CommandTemplate>,
    /// How to see that it worked.
    pub verify: String,
    /// How long it takes until the change is effective.
    pub takes: String,
    /// The checks that all pass when the step is done; none if no check shows it.
    #[serde(default)]
    pub done_when: Vec<CheckId>,
    /// The causes that show that the step is not done, or not anymore. Without any, a failed check of `done_when` does.
    #[serde(default)]
    pub open_when: Vec<CauseId>,
    /// Sentences of the vendor's guide that are no longer correct.
    #[serde(default)]
    pub replaces: Vec<ReplacedSentence>,
    /// Pages of Microsoft or of the vendor.
    pub links: Vec<String>,
    /// The page that the row was compared with.
    pub source: String,
    /// The day of the comparison, `YYYY-MM-DD`.
    pub checked: String,
}

/// A sentence of the vendor's guide that is no longer correct.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplacedSentence {
    /// The sentence, in other words than the vendor's.
    pub vendor: String,
    /// What is correct today.
    pub today: String,
}

/// The heading of a part of the guide.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuidePartText {
    /// The part.
    pub id: GuidePart,
    /// The heading.
    pub title: String,
    /// What a reader must know before the steps.
    pub sentence: String,
}

/// One field of the console with its values for both APIs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuideField {
    /// The name in the console.
    pub name: String,
    /// The value for Graph; placeholders `{graph_url}`, `{tenant_id}` and `{client_id}`.
    pub graph: String,
    /// The value for Graph of a connection with a service account, if it differs; placeholder `{service_account}`.
    pub graph_with_account: Option<String>,
    /// The value for EWS; placeholders `{ews_url}`, `{tenant_id}`, `{client_id}` and `{service_account}`.
    pub ews: String,
    /// What else applies to the value.
    #[serde(default)]
    pub note: Option<String>,
}

impl GuideField {
    /// The value for an API, for a connection with or without a service account.
    pub fn value(&self, api: Api, has_account: bool) -> &str {
        match (api, &self.graph_with_account) {
            (Api::Ews, _) => &self.ews,
            (Api::Graph, Some(value)) if has_account => value,
            (Api::Graph, _) => &self.graph,
        }
    }
}

/// The sentences around the steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuideMessages {
    /// What the document is.
    pub introduction: String,
    /// Why no step is ticked off.
    pub without_report: String,
    /// The report covers only a part; placeholder `{options}`.
    pub partial_report: String,
    /// The run of the report was interrupted.
    pub interrupted_report: String,
    /// A role inside Exchange takes the place of the consent for calendars.
    pub limited_in_exchange: String,
    /// What a tick means.
    pub with_report: String,
    /// What text in angle brackets means.
    pub markers: String,
    /// The portal of a cloud whose address is not known.
    pub portal_of_cloud: String,
    /// That there is no secret in the document.
    pub no_secret: String,
}

/// The table of the guide.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuideTable {
    messages: GuideMessages,
    grant: CommandTemplate,
    part: Vec<GuidePartText>,
    field: Vec<GuideField>,
    step: Vec<GuideStepEntry>,
}

impl Table for GuideTable {
    const FILE: &'static str = "guide.toml";

    fn validated(mut self) -> Result<Self, String> {
        // `guide_part_text` finds a row by the position of its id.
        sort_rows(&mut self.part, GuidePart::ALL, |row| row.id)?;
        sort_rows(&mut self.step, GuideStepId::ALL, |row| row.id)?;
        Ok(self)
    }
}

static GUIDE: Embedded<GuideTable> = Embedded::new();

/// The steps, in the order in which they are done.
pub fn guide_steps() -> &'static [GuideStepEntry] {
    &GUIDE.get().step
}

/// The heading of a part. Every part has a row, at its place in the order of [`GuidePart::ALL`].
pub fn guide_part_text(part: GuidePart) -> &'static GuidePartText {
    &GUIDE.get().part[part as usize]
}

/// The fields of the console, in its order.
pub fn guide_fields() -> &'static [GuideField] {
    &GUIDE.get().field
}

/// The sentences around the steps.
pub fn guide_messages() -> &'static GuideMessages {
    &GUIDE.get().messages
}

/// The command that grants one permission; placeholders `{client_id}`, `{api_id}`, `{permission_id}` and
/// `{permission}`.
pub fn grant_command() -> &'static CommandTemplate {
    &GUIDE.get().grant
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::console_fields;
    use crate::knowledge::template::{PLACEHOLDERS, placeholders};

    fn texts(step: &GuideStepEntry) -> Vec<&str> {
        let mut texts = vec![&step.title, &step.path, &step.verify, &step.takes];
        texts.extend(&step.steps);
        for replaced in &step.replaces {
            texts.extend([&replaced.vendor, &replaced.today]);
        }
        texts.into_iter().map(String::as_str).collect()
    }

    #[test]
    fn every_step_is_complete_and_every_part_has_one() {
        for step in guide_steps() {
            assert!(
                !step.steps.is_empty() && !step.links.is_empty(),
                "{}",
                step.id
            );
            for text in texts(step) {
                assert!(!text.trim().is_empty(), "{}", step.id);
            }
            assert!(step.source.starts_with("https://"), "{}", step.id);
            assert_eq!(step.checked.len(), "2026-11-29".len(), "{}", step.id);
            assert!(!step.title.ends_with('.'), "{}", step.title);
            assert!(step.title.split(' ').count() <= 12, "{}", step.title);
            assert_ne!(step.who, AdminRole::NotNeeded, "{}", step.id);
        }
        for part in GuidePart::ALL {
            assert_eq!(guide_part_text(*part).id, *part);
            assert!(
                guide_steps().iter().any(|step| step.part == *part),
                "{part}"
            );
        }
    }

    #[test]
    fn texts_use_known_placeholders_only() {
        let fields = guide_fields()
            .iter()
            .flat_map(|field| [field.ews.as_str(), field.graph.as_str()]);
        let commands = guide_steps()
            .iter()
            .flat_map(|step| step.commands.iter().chain(&step.commands_of_known_app));
        let commands = commands.chain([grant_command()]);
        let all = guide_steps().iter().flat_map(texts).chain(fields);
        for text in all.chain(commands.map(|command| command.text.as_str())) {
            for name in placeholders(text) {
                assert!(PLACEHOLDERS.contains(&name), "{name} in {text}");
            }
        }
    }

    #[test]
    fn the_fields_are_those_of_the_migration_and_the_hybrid_one() {
        let migration = console_fields().fields.iter();
        let mut names: Vec<&str> = migration.map(|field| field.name.as_str()).collect();
        names.insert(0, "Booking System");
        let fields: Vec<&str> = guide_fields()
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        assert_eq!(fields, names);
    }

    #[test]
    fn a_step_that_replaces_a_sentence_states_what_is_correct() {
        let replaced = guide_steps().iter().flat_map(|step| &step.replaces);
        let mut count = 0;
        for ReplacedSentence { vendor, today } in replaced {
            assert!(vendor.ends_with('.') && today.ends_with('.'), "{vendor}");
            count += 1;
        }
        assert!(count >= 6, "{count}");
    }
}
