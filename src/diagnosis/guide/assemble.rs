//! Assembles the guide: which steps an estate needs, each with its values.

use std::collections::{BTreeMap, HashSet};

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::filled_remedy::RemedyTexts;
use crate::diagnosis::placeholders::Placeholders;
use crate::diagnosis::{Cause, ResultRow};
use crate::evidence::{ConnectionFacts, Evidence};
use crate::knowledge::{self, CommandTemplate, GuideStepEntry};
use crate::terms::{Api, GuideStepId, NeedId, Requirement};

use super::commands::{self, CommandValues};
use super::result::{Guide, GuideConnection, GuidePermission, GuideStep, ReplacedText};
use super::state::Shown;
use super::{fields, groups};

/// What a guide is made for.
#[derive(Debug, Clone, Copy)]
pub struct GuideInput<'i> {
    /// The estate, with the evidence of a run if there was one.
    pub evidence: &'i Evidence,
    /// The report to tick steps off from.
    pub report: Option<GuideReportInput<'i>>,
    /// The APIs to cover; with exactly one, every connection is described as it would be over it, with several over each of
    /// them. Empty for those in use.
    pub apis: &'i [Api],
    /// The features that are in use.
    pub required: &'i [NeedId],
}

/// A report that a guide is compared with.
#[derive(Debug, Clone, Copy)]
pub struct GuideReportInput<'i> {
    /// The rows.
    pub results: &'i [ResultRow],
    /// The problems and notes.
    pub causes: &'i [Cause],
    /// Whether only a sample of the rooms was checked.
    pub is_sample: bool,
}

/// The guide for an estate.
pub fn assemble_guide(input: &GuideInput<'_>) -> Guide {
    let mut estate = input.evidence.clone();
    if let [only] = input.apis {
        for facts in &mut estate.connections {
            facts.api = facts.api.map(|_| *only);
        }
    }
    let copies = over_other_apis(&estate.connections, input.apis);
    estate.connections.extend(copies);
    let context = Context::new(&estate);
    let assembly = Assembly {
        input,
        context: &context,
        connections: &estate.connections,
        apis: covered_apis(&estate.connections),
    };
    let mut steps = Vec::new();
    for step in knowledge::guide_steps() {
        for group in assembly.groups(step) {
            steps.push(assembly.step(steps.len() + 1, step, &group));
        }
    }
    Guide {
        cloud: estate.cloud.clone(),
        apis: assembly.apis.clone(),
        connections: estate.connections.iter().map(described).collect(),
        steps,
    }
}

/// The commands of a step. Where the app is known, none of them creates another one.
fn commands_of<'s>(
    step: &'s GuideStepEntry,
    facts: Option<&ConnectionFacts>,
) -> &'s [CommandTemplate] {
    let is_known = facts.is_some_and(|facts| !facts.client_id.is_empty());
    if is_known && !step.commands_of_known_app.is_empty() {
        &step.commands_of_known_app
    } else {
        &step.commands
    }
}

/// The connections as they would be over the APIs that were requested and that none of them uses.
fn over_other_apis(connections: &[ConnectionFacts], apis: &[Api]) -> Vec<ConnectionFacts> {
    let used = covered_apis(connections);
    let missing: Vec<Api> = apis
        .iter()
        .copied()
        .filter(|api| !used.contains(api))
        .collect();
    let booking = connections.iter().filter(|facts| facts.api.is_some());
    booking
        .flat_map(|facts| {
            missing.iter().map(|api| ConnectionFacts {
                api: Some(*api),
                ..facts.clone()
            })
        })
        .collect()
}

fn covered_apis(connections: &[ConnectionFacts]) -> Vec<Api> {
    let is_used = |api: &Api| connections.iter().any(|facts| facts.api == Some(*api));
    Api::ALL.iter().copied().filter(is_used).collect()
}

fn described(facts: &ConnectionFacts) -> GuideConnection {
    GuideConnection {
        name: facts.name.clone(),
        api: facts.api,
        tenant_id: facts.tenant_id.clone(),
        client_id: facts.client_id.clone(),
        rooms: facts.rooms,
    }
}

struct Assembly<'a> {
    input: &'a GuideInput<'a>,
    context: &'a Context<'a>,
    connections: &'a [ConnectionFacts],
    apis: Vec<Api>,
}

impl<'a> Assembly<'a> {
    /// The groups of connections for which a step is done; one empty group for a step that is described without any.
    fn groups(&self, step: &GuideStepEntry) -> Vec<Vec<&'a ConnectionFacts>> {
        let is_covered =
            step.apis.is_empty() || step.apis.iter().any(|api| self.apis.contains(api));
        let groups = groups::groups_of(step, self.connections);
        match (is_covered, groups.is_empty()) {
            (false, _) => Vec::new(),
            // The vendor's guide describes the step for every installation.
            (true, true) => vec![Vec::new()],
            (true, false) => groups,
        }
    }

    fn step(
        &self,
        number: usize,
        step: &GuideStepEntry,
        group: &[&'a ConnectionFacts],
    ) -> GuideStep {
        let mut names: Vec<String> = group.iter().map(|facts| facts.name.clone()).collect();
        // A connection that is described over both APIs is in the group twice.
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(name.clone()));
        let rooms = self.rooms(&names);
        let facts = group.first().copied().or(self.connections.first());
        let own = self.own_values(facts);
        let none = BTreeMap::new();
        let fill =
            Placeholders::new(self.context, facts, None, &rooms, &own).of_connections(&names);
        let mut remedy = RemedyTexts {
            who: step.who,
            steps: &step.steps,
            commands: commands_of(step, facts),
            verify: &step.verify,
            takes: &step.takes,
            links: &step.links,
        }
        .fill(&fill);
        let values = CommandValues {
            group,
            all: self.connections,
            rooms: &rooms,
            required: self.input.required,
        };
        let grants = self.grants(step, group);
        remedy.commands.extend(commands::shared_commands(
            step,
            &values,
            |own| Placeholders::new(self.context, facts, None, &rooms, own),
            &grants,
        ));
        GuideStep {
            number,
            part: step.part,
            id: step.id,
            title: fill.fill_sentence(&step.title),
            requirement: self.requirement(step),
            apis: step.apis.clone(),
            state: self.shown().map(|shown| {
                let group = self.unchanged(group);
                shown.state(step, &group, &self.input.evidence.connections)
            }),
            checks: step.done_when.iter().map(ToString::to_string).collect(),
            path: fill.fill_sentence(&step.path),
            permissions: permissions(step),
            console: fields::fields_of(step.id, group, |facts| {
                Placeholders::new(self.context, Some(facts), None, &[], &none)
            }),
            replaces: replaced(step),
            source: step.source.clone(),
            checked: step.checked.clone(),
            remedy,
            connections: names,
        }
    }

    /// The permissions whose consent a step grants: those that earlier steps add to the app of the group.
    fn grants(
        &self,
        step: &GuideStepEntry,
        group: &[&'a ConnectionFacts],
    ) -> Vec<BTreeMap<&'static str, String>> {
        if step.id != GuideStepId::GrantConsent {
            return Vec::new();
        }
        let is_of_group = |other: &Vec<&'a ConnectionFacts>| {
            let is_own = |facts: &&ConnectionFacts| group.iter().any(|own| own.name == facts.name);
            group.is_empty() || other.is_empty() || other.iter().any(is_own)
        };
        let adding = knowledge::guide_steps().iter();
        adding
            .filter(|own| self.groups(own).iter().any(is_of_group))
            .flat_map(commands::grants_of)
            .collect()
    }

    fn shown(&self) -> Option<Shown<'a>> {
        let GuideReportInput {
            results,
            causes,
            is_sample,
        } = self.input.report?;
        Some(Shown {
            results,
            causes,
            is_sample,
        })
    }

    /// The connections of a group that the report checked over the same API.
    fn unchanged(&self, group: &[&'a ConnectionFacts]) -> Vec<&'a ConnectionFacts> {
        let checked = &self.input.evidence.connections;
        let is_same = |facts: &&&ConnectionFacts| {
            let mut same_name = checked.iter().filter(|own| own.name == facts.name);
            same_name.any(|own| own.api == facts.api)
        };
        group.iter().filter(is_same).copied().collect()
    }

    fn requirement(&self, step: &GuideStepEntry) -> Requirement {
        let is_in_use = |need: NeedId| self.input.required.contains(&need);
        if step.feature.is_some_and(is_in_use) {
            Requirement::Required
        } else {
            step.requirement
        }
    }

    /// The rooms of some connections, each once, in the order of the evidence.
    fn rooms(&self, names: &[String]) -> Vec<String> {
        let mut rooms: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        for row in &self.input.evidence.observations {
            let is_own = row
                .connection
                .as_ref()
                .is_some_and(|name| names.contains(name));
            if is_own && row.is_about_a_room() && seen.insert(row.subject.to_ascii_lowercase()) {
                rooms.push(row.subject.clone());
            }
        }
        rooms
    }

    /// The consent address with markers, where the IDs are not known yet, and the portal where its address is not known.
    fn own_values(&self, facts: Option<&ConnectionFacts>) -> BTreeMap<&'static str, String> {
        let value = |known: Option<&String>, name: &str| {
            let known = known.filter(|text| !text.is_empty());
            known.map_or_else(|| knowledge::marker(name), String::clone)
        };
        let tenant = value(facts.map(|facts| &facts.tenant_id), "tenant_id");
        let client = value(facts.map(|facts| &facts.client_id), "client_id");
        let host = &self.context.evidence.sign_in_host;
        let mut values = BTreeMap::from([(
            "consent_url",
            format!("https://{host}/{tenant}/adminconsent?client_id={client}"),
        )]);
        let cloud = knowledge::cloud(&self.context.evidence.cloud);
        if cloud.is_none_or(|cloud| cloud.portal.is_none()) {
            let portal = knowledge::guide_messages().portal_of_cloud.clone();
            values.insert("portal", portal);
        }
        values
    }
}

fn permissions(step: &GuideStepEntry) -> Vec<GuidePermission> {
    let needs = step.needs.iter().map(|need| knowledge::need(*need));
    needs
        .map(|need| GuidePermission {
            permission: need.value.clone(),
            api: need.api.title().to_owned(),
            kind: "Application".to_owned(),
            id: need.guid.clone(),
            purpose: need.purpose.clone(),
        })
        .collect()
}

fn replaced(step: &GuideStepEntry) -> Vec<ReplacedText> {
    let sentences = step.replaces.iter();
    sentences
        .map(|sentence| ReplacedText {
            vendor: sentence.vendor.clone(),
            today: sentence.today.clone(),
        })
        .collect()
}
