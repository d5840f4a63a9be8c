//! Many symptoms, few causes: what the rows raise is gathered into one finding per cause and level.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::context::Context;
use super::judgement::{Judgement, Raised};
use super::result::{Cause, Command, Confidence, Outcome, Remedy, ResultRow};
use super::values::Values;
use crate::evidence::{CheckId, Observation, Requirement, SkipReason};
use crate::knowledge::{self, CauseEntry, CauseScope};

/// How many different sentences a cause quotes as its evidence.
const SENTENCES: usize = 6;

/// One cause while its symptoms are gathered.
struct Gathered {
    entry: &'static CauseEntry,
    confidence: Option<Confidence>,
    requirement: Requirement,
    rows: Vec<usize>,
    blocked: Vec<usize>,
    subjects: Vec<String>,
    seen: HashSet<String>,
    because: Vec<String>,
    values: BTreeMap<&'static str, String>,
}

/// Gathers the causes, root first, and points every symptom and everything that it blocks at its cause.
pub(super) fn collect(context: &Context<'_>, judgements: &[Judgement], rows: &mut [ResultRow]) -> Vec<Cause> {
    let mut gathered: Vec<Gathered> = Vec::new();
    let mut index: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (row, judgement) in judgements.iter().enumerate() {
        for raised in &judgement.raised {
            gather(context, &mut gathered, &mut index, row, raised);
        }
    }
    point_blocked_rows(&mut gathered, rows);
    gathered.sort_by_key(|cause| (cause.requirement, cause.entry.rank, cause.rows.first().copied()));
    gathered.into_iter().map(|cause| finished(context, cause, rows)).collect()
}

fn gather(
    context: &Context<'_>,
    gathered: &mut Vec<Gathered>,
    index: &mut BTreeMap<(String, String), usize>,
    row: usize,
    raised: &Raised,
) {
    let Some(entry) = knowledge::cause(&raised.id) else { return };
    let observation = &context.evidence.observations[row];
    let key = level(context, entry.scope, observation, raised);
    let at = *index.entry((entry.id.clone(), key)).or_insert_with(|| {
        gathered.push(Gathered {
            entry,
            confidence: None,
            requirement: Requirement::Advisory,
            rows: Vec::new(),
            blocked: Vec::new(),
            subjects: Vec::new(),
            seen: HashSet::new(),
            because: Vec::new(),
            values: BTreeMap::new(),
        });
        gathered.len() - 1
    });
    gathered[at].add(row, observation, raised);
    if let Some(host) = context.host_behind(observation) {
        gathered[at].values.entry("host").or_insert_with(|| host.to_owned());
    }
}

/// The level at which several symptoms are one finding.
fn level(context: &Context<'_>, scope: CauseScope, observation: &Observation, raised: &Raised) -> String {
    let facts = context.connection_of(observation);
    let app = || facts.map_or_else(String::new, |facts| format!("{}/{}", facts.tenant_id, facts.client_id));
    match scope {
        CauseScope::Estate => String::new(),
        CauseScope::Host => host_level(context, observation, raised),
        CauseScope::Tenant => facts.map_or_else(String::new, |facts| facts.tenant_id.to_ascii_lowercase()),
        CauseScope::Connection => observation.connection.clone().unwrap_or_default(),
        CauseScope::App | CauseScope::Mailboxes => app().to_ascii_lowercase(),
    }
}

/// One finding for each service; a proxy in front of several services is one finding as well.
fn host_level(context: &Context<'_>, observation: &Observation, raised: &Raised) -> String {
    match raised.values.get("host") {
        Some(proxy) if raised.id.starts_with("network.proxy") => proxy.clone(),
        _ => context.host_behind(observation).unwrap_or(&observation.subject).to_owned(),
    }
}

impl Gathered {
    fn add(&mut self, row: usize, observation: &Observation, raised: &Raised) {
        if self.rows.last() != Some(&row) {
            self.rows.push(row);
        }
        let requirement = if self.entry.advisory { Requirement::Advisory } else { observation.requirement };
        self.requirement = self.requirement.min(requirement);
        let confidence = raised.confidence.unwrap_or_else(|| self.entry.confidence.into());
        self.confidence = Some(self.confidence.map_or(confidence, |known| known.min(confidence)));
        let subject = raised.subject.as_ref().unwrap_or(&observation.subject);
        if self.seen.insert(subject.clone()) {
            self.subjects.push(subject.clone());
        }
        if let Some(sentence) = &raised.because {
            push_new(&mut self.because, sentence);
        }
        for (name, value) in &raised.values {
            merge_value(&mut self.values, name, value);
        }
    }
}

fn push_new(sentences: &mut Vec<String>, sentence: &String) {
    if sentences.len() < SENTENCES && !sentences.contains(sentence) {
        sentences.push(sentence.clone());
    }
}

/// Several permissions may wait for the same consent; every other value is the first one's.
fn merge_value(values: &mut BTreeMap<&'static str, String>, name: &'static str, value: &str) {
    let known = values.entry(name).or_insert_with(|| value.to_owned());
    if name == "permission" && !known.split(", ").any(|part| part == value) {
        known.push_str(", ");
        known.push_str(value);
    }
}

/// A row that something prevented has the cause of what prevented it.
fn point_blocked_rows(gathered: &mut [Gathered], rows: &mut [ResultRow]) {
    for (at, blocker) in blocked_rows(rows) {
        let Some(id) = rows[blocker].cause.clone() else { continue };
        let explains = |cause: &&mut Gathered| cause.entry.id == id && cause.rows.binary_search(&blocker).is_ok();
        if let Some(cause) = gathered.iter_mut().find(explains) {
            cause.blocked.push(at);
            rows[at].cause = Some(id);
        }
    }
    for cause in gathered {
        cause.rows.append(&mut cause.blocked);
        cause.rows.sort_unstable();
    }
}

/// Every blocked row with the row that blocks it: of the same subject if there is one, else the first of the same
/// connection or shared.
fn blocked_rows(rows: &[ResultRow]) -> Vec<(usize, usize)> {
    let mut of_subject: HashMap<(CheckId, Option<&str>, &str), usize> = HashMap::new();
    let mut of_connection: HashMap<(CheckId, Option<&str>), usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.outcome, Outcome::Fail | Outcome::Unknown | Outcome::Error) {
            let connection = row.connection.as_deref();
            of_subject.entry((row.check, connection, &row.subject)).or_insert(at);
            of_connection.entry((row.check, connection)).or_insert(at);
        }
    }
    let blocker_of = |row: &ResultRow| {
        let check = row.blocked_by.filter(|_| row.skip_reason == Some(SkipReason::Blocked))?;
        let connection = row.connection.as_deref();
        let same_subject = of_subject.get(&(check, connection, row.subject.as_str()));
        same_subject
            .or_else(|| of_connection.get(&(check, connection)))
            .or_else(|| of_connection.get(&(check, None)))
            .copied()
    };
    rows.iter().enumerate().filter_map(|(at, row)| Some((at, blocker_of(row)?))).collect()
}

fn finished(context: &Context<'_>, gathered: Gathered, rows: &[ResultRow]) -> Cause {
    let Gathered { entry, confidence, requirement, rows: explained, subjects, because, values, .. } = gathered;
    let first = explained.first().and_then(|row| context.evidence.observations.get(*row));
    let facts = first.and_then(|row| context.connection_of(row));
    let filled = Values::new(context, facts, &subjects, &values);
    let confidence = confidence.unwrap_or(Confidence::Possible);
    Cause {
        id: entry.id.clone(),
        connection: only_connection(&explained, rows),
        confidence,
        requirement,
        title: filled.in_words(&entry.title),
        impact: filled.in_words(&entry.impact),
        because,
        explains: explained.iter().filter_map(|row| rows.get(*row)).map(|row| row.n).collect(),
        candidates: if confidence == Confidence::Possible { entry.candidates.clone() } else { Vec::new() },
        remedy: remedy(entry, &filled),
        subjects: subjects.clone(),
    }
}

fn only_connection(explained: &[usize], rows: &[ResultRow]) -> Option<String> {
    let mut connections = explained.iter().filter_map(|row| rows.get(*row)).map(|row| row.connection.as_ref());
    let first = connections.next()??;
    connections.all(|other| other == Some(first)).then(|| first.clone())
}

fn remedy(entry: &CauseEntry, values: &Values<'_>) -> Remedy {
    let command = |template: &knowledge::CommandTemplate| Command {
        shell: template.shell.clone(),
        text: values.in_command(&template.shell, &template.text),
    };
    Remedy {
        who: entry.who.to_string(),
        steps: entry.steps.iter().map(|step| values.in_words(step)).collect(),
        commands: entry.commands.iter().map(command).collect(),
        verify: values.in_words(&entry.verify),
        takes: values.in_words(&entry.takes),
        links: entry.links.clone(),
    }
}

impl From<knowledge::Confidence> for Confidence {
    fn from(confidence: knowledge::Confidence) -> Self {
        match confidence {
            knowledge::Confidence::Confirmed => Self::Confirmed,
            knowledge::Confidence::Likely => Self::Likely,
            knowledge::Confidence::Possible => Self::Possible,
        }
    }
}
