//! The guide in the parts that every format shows.

use crate::diagnosis::{GuideFields, GuideStep};
use crate::knowledge::{self, GuidePartText};
use crate::report::{display_names, wording};
use crate::terms::{Api, GuideState};

use super::model::{GuideDocument, GuideReport};

/// How many connections are named before the rest is counted.
const MAX_NAMES: usize = 8;
/// How many places of the console are named: someone works through the list.
const MAX_PLACES: usize = 40;

/// One part with its steps.
pub(super) struct PartView<'g> {
    pub(super) text: &'static GuidePartText,
    pub(super) steps: &'g [GuideStep],
}

/// The parts, in order.
pub(super) fn parts(document: &GuideDocument) -> Vec<PartView<'_>> {
    let steps = &document.guide.steps;
    steps
        .chunk_by(|one, next| one.part == next.part)
        .filter_map(|steps| {
            let text = knowledge::guide_part_text(steps.first()?.part);
            Some(PartView { text, steps })
        })
        .collect()
}

/// The paragraphs before the steps.
pub(super) fn introduction(document: &GuideDocument) -> Vec<String> {
    let messages = knowledge::guide_messages();
    let mut paragraphs = vec![messages.introduction.clone(), messages.no_secret.clone()];
    if document
        .guide
        .connections
        .iter()
        .any(|own| own.client_id.is_empty())
    {
        paragraphs.push(messages.markers.clone());
    }
    match &document.report {
        None => paragraphs.push(messages.without_report.clone()),
        Some(report) => {
            paragraphs.push(progress(&document.guide.steps));
            paragraphs.extend(coverage(report));
            if report.limited_in_exchange {
                paragraphs.push(messages.limited_in_exchange.clone());
            }
            paragraphs.push(messages.with_report.clone());
            if report.redacted {
                paragraphs.push(wording::PSEUDONYMS_IN_COMMANDS.to_owned());
            }
        }
    }
    paragraphs
}

/// What the report does not cover, where its run covers only a part.
fn coverage(report: &GuideReport) -> Option<String> {
    let messages = knowledge::guide_messages();
    if !report.narrowed_by.is_empty() {
        let options = report.narrowed_by.join("; ");
        return Some(knowledge::fill(&messages.partial_report, &|name| {
            (name == "options").then(|| options.clone())
        }));
    }
    report
        .interrupted
        .then(|| messages.interrupted_report.clone())
}

/// How many steps are ticked off. A text of the program, so that no format counts itself.
fn progress(steps: &[GuideStep]) -> String {
    let count = |state| {
        let has = |step: &&GuideStep| step.state == Some(state);
        steps.iter().filter(has).count()
    };
    wording::count_of_done(
        count(GuideState::Done),
        count(GuideState::Open),
        steps.len(),
    )
}

/// What the guide is for, as pairs of a label and a value.
pub(super) fn facts(document: &GuideDocument) -> Vec<(&'static str, String)> {
    let guide = &document.guide;
    let mut pairs = Vec::new();
    let tenant = guide.connections.first().map(|own| own.tenant_id.as_str());
    let tenant = tenant.filter(|id| !id.is_empty());
    let tenant = tenant.map_or_else(|| knowledge::marker("tenant_id"), str::to_owned);
    let cloud = wording::in_cloud(&guide.cloud);
    pairs.push((wording::TENANT, format!("{tenant}{cloud}")));
    let connections: Vec<String> = guide
        .connections
        .iter()
        .map(wording::guide_connection)
        .collect();
    if connections.len() > MAX_NAMES {
        let listed = wording::list_up_to(&connections, MAX_NAMES);
        pairs.push((wording::CONNECTIONS, listed));
    } else {
        pairs.extend(
            connections
                .into_iter()
                .map(|own| (wording::CONNECTION, own)),
        );
    }
    if let Some(report) = &document.report {
        let verdict = wording::verdict(report.verdict);
        let value = format!("{}, {}: {verdict}", report.report_id, report.started_at);
        pairs.push((wording::REPORT, value));
    }
    pairs
}

/// The title of a step with its number, and with its tick if there is a report.
pub(super) fn title(step: &GuideStep) -> String {
    match step.state {
        Some(state) => format!("{} {}. {}", wording::tick(state), step.number, step.title),
        None => format!("{}. {}", step.number, step.title),
    }
}

/// The details of a step before what to do, as pairs of a label and a value.
pub(super) fn details(step: &GuideStep, document: &GuideDocument) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if let Some(state) = step.state {
        pairs.push((wording::STATE, wording::guide_state(state).to_owned()));
    }
    if document.guide.apis.len() > 1 && !step.apis.is_empty() {
        let apis: Vec<&str> = step
            .apis
            .iter()
            .map(|api: &Api| wording::api(Some(*api)))
            .collect();
        pairs.push((wording::FOR_API, apis.join(", ")));
    }
    pairs.push((wording::WHO, wording::who(&step.remedy.who).to_owned()));
    pairs.push((wording::WHERE, step.path.clone()));
    if document.guide.connections.len() > 1 && !step.connections.is_empty() {
        let names: Vec<String> = step
            .connections
            .iter()
            .map(|name| display_names::connection_in_list(name))
            .collect();
        pairs.push((wording::CONNECTIONS, wording::list_up_to(&names, MAX_NAMES)));
    }
    let permissions = step.permissions.iter();
    pairs.extend(permissions.map(|own| (wording::PERMISSION, wording::permission_to_add(own))));
    pairs
}

/// The sentences of the vendor's guide that are no longer correct, each with what is correct today.
pub(super) fn replaced(step: &GuideStep) -> Vec<(&'static str, String)> {
    let pairs = step.replaces.iter().flat_map(|text| {
        [
            (wording::VENDORS_GUIDE, text.vendor.clone()),
            (wording::CORRECT_TODAY, text.today.clone()),
        ]
    });
    pairs.collect()
}

/// What follows the steps: how to verify it, the time, the checks and the source.
pub(super) fn closing(step: &GuideStep) -> Vec<(&'static str, String)> {
    let mut pairs = vec![
        (wording::VERIFY, step.remedy.verify.clone()),
        (wording::TAKES_EFFECT, step.remedy.takes.clone()),
    ];
    if !step.checks.is_empty() {
        pairs.push((wording::SHOWN_BY, step.checks.join(", ")));
    }
    pairs
}

/// The places of some fields, in one line.
pub(super) fn places(fields: &GuideFields) -> String {
    wording::list_up_to(&fields.places, MAX_PLACES)
}
