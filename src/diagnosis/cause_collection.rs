//! Collection of causes: the causes that rows raise become one cause per ID and level.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::evidence::{ConnectionFacts, Observation};
use crate::knowledge::{self, CauseCase, CauseEntry, CauseScope};
use crate::terms::{
    CauseGroup, CauseId, CheckGroup, CheckId, Confidence, Outcome, Requirement, SkipReason,
};

use super::diagnosis_context::Context;
use super::evidence_index::room_check;
use super::filled_remedy::RemedyTexts;
use super::judgment::Raised;
use super::placeholders::{LIST_SEPARATOR, Placeholders, port_of, without_port};
use super::result::{Cause, Remedy, ResultRow};
use super::{calendar_days, cause_grouping};

/// Maximum length of a joined value, in bytes.
const MAX_VALUE_LENGTH: usize = 1_000;

/// How many different sentences a cause lists as its evidence.
const MAX_SENTENCES: usize = 6;

/// A cause while its rows are collected.
struct CauseDraft {
    entry: &'static CauseEntry,
    case: Option<&'static CauseCase>,
    confidence: Option<Confidence>,
    requirement: Requirement,
    rows: Vec<usize>,
    blocked: Vec<usize>,
    subjects: Vec<String>,
    seen: HashSet<String>,
    mailboxes: Vec<String>,
    candidates: Vec<CauseId>,
    /// Whether the configuration decided about the candidates of every row.
    settled: bool,
    because: Vec<String>,
    values: BTreeMap<&'static str, String>,
}

/// The key of a cause: its ID, its case, and its level.
type CauseKey = (CauseId, Option<&'static str>, Vec<String>);

/// Collects the causes, the root cause first, and sets the cause of every row that one of them blocks. `raised` contains the
/// causes of each row.
pub(super) fn collect_causes(
    context: &Context<'_>,
    raised: &[Vec<Raised>],
    rows: &mut [ResultRow],
) -> Vec<Cause> {
    let mut gathered: Vec<CauseDraft> = Vec::new();
    let mut index = BTreeMap::new();
    for (row, own) in raised.iter().enumerate() {
        for one in own {
            add_raised(context, raised, &mut gathered, &mut index, (row, one));
        }
    }
    assign_blocked_rows(&mut gathered, rows);
    // `CauseId` has the order of the checks, so a root cause comes before its consequences.
    gathered.sort_by_key(|cause| {
        (
            cause.requirement,
            cause.entry.id,
            cause.rows.first().copied(),
        )
    });
    gathered
        .into_iter()
        .map(|cause| finish_cause(context, cause, rows))
        .collect()
}

fn add_raised(
    context: &Context<'_>,
    all: &[Vec<Raised>],
    gathered: &mut Vec<CauseDraft>,
    index: &mut BTreeMap<CauseKey, usize>,
    (row, raised): (usize, &Raised),
) {
    let entry = knowledge::cause(raised.id);
    let observation = &context.evidence.observations[row];
    let key = cause_grouping::grouping_key(context, all, entry.scope, observation, raised);
    let at = *index
        .entry((entry.id, raised.case, key))
        .or_insert_with(|| {
            gathered.push(CauseDraft {
                entry,
                case: raised.case.and_then(|when| entry.case(when)),
                confidence: None,
                requirement: Requirement::Advisory,
                rows: Vec::new(),
                blocked: Vec::new(),
                subjects: Vec::new(),
                seen: HashSet::new(),
                mailboxes: Vec::new(),
                candidates: Vec::new(),
                settled: true,
                because: Vec::new(),
                values: BTreeMap::new(),
            });
            gathered.len() - 1
        });
    gathered[at].add(row, observation, raised);
    if let Some(host) = context.host_of_row(observation) {
        gathered[at].add_host(host);
    }
}

impl CauseDraft {
    /// Adds a host. A cause about hosts names all of them, any other cause only the first one.
    fn add_host(&mut self, host: &str) {
        self.values
            .entry("port")
            .or_insert_with(|| port_of(host).to_owned());
        if self.entry.scope == CauseScope::Host {
            merge_value(&mut self.values, "host", without_port(host));
        } else {
            self.values
                .entry("host")
                .or_insert_with(|| without_port(host).to_owned());
        }
    }

    fn add(&mut self, row: usize, observation: &Observation, raised: &Raised) {
        // One row can raise a cause twice, for example for two faults of one value.
        if self.rows.last() != Some(&row) {
            self.rows.push(row);
        }
        let requirement = if self.entry.advisory || raised.note {
            Requirement::Advisory
        } else {
            observation.requirement
        };
        self.requirement = self.requirement.min(requirement);
        let confidence = raised.certainty();
        // The most certain row determines the confidence of the cause.
        self.confidence = Some(
            self.confidence
                .map_or(confidence, |known| known.min(confidence)),
        );
        let subject = raised.subject.as_ref().unwrap_or(&observation.subject);
        if self.seen.insert(subject.clone()) {
            self.subjects.push(subject.clone());
            if is_a_mailbox(observation.check, subject)
                || is_a_room_of_the_settings(observation.check, raised)
            {
                self.mailboxes.push(subject.clone());
            }
        }
        for candidate in &raised.candidates {
            if !self.candidates.contains(candidate) {
                self.candidates.push(*candidate);
            }
        }
        self.settled &= raised.is_settled();
        for sentence in raised.configured.iter().chain(&raised.because) {
            push_new(&mut self.because, sentence);
        }
        for (name, value) in &raised.values {
            let value = if *name == "host" {
                without_port(value)
            } else {
                value
            };
            merge_value(&mut self.values, name, value);
        }
    }
}

fn push_new(sentences: &mut Vec<String>, sentence: &String) {
    if sentences.len() < MAX_SENTENCES && !sentences.contains(sentence) {
        sentences.push(sentence.clone());
    }
}

/// Whether a row about the room list names one of its rooms, in any format.
fn is_a_room_of_the_settings(check: CheckId, raised: &Raised) -> bool {
    check == CheckId::SettingsRooms && raised.subject.is_some()
}

/// Whether a subject is a mailbox, as opposed to an app, a host or a connection.
fn is_a_mailbox(check: CheckId, subject: &str) -> bool {
    matches!(
        check.group(),
        CheckGroup::Mailbox | CheckGroup::Mail | CheckGroup::Settings | CheckGroup::Room
    ) && subject.contains('@')
}

/// Merges a value of another row. Permissions, hosts and details are joined, because one cause can affect several of them;
/// for any other value the first row counts.
fn merge_value(values: &mut BTreeMap<&'static str, String>, name: &'static str, value: &str) {
    let known = values.entry(name).or_insert_with(|| value.to_owned());
    let separator = match name {
        "permission" | "host" => LIST_SEPARATOR,
        "detail" => "; ",
        _ => return,
    };
    if known.len() < MAX_VALUE_LENGTH && !known.split(separator).any(|part| part == value) {
        known.push_str(separator);
        known.push_str(value);
    }
}

/// Sets the cause of each blocked row to the cause of the row that blocks it.
fn assign_blocked_rows(gathered: &mut [CauseDraft], rows: &mut [ResultRow]) {
    for (at, blocker) in blocked_rows(rows) {
        let Some(id) = rows[blocker].cause.clone() else {
            continue;
        };
        let explains = |cause: &&mut CauseDraft| {
            cause.entry.id.as_str() == id && cause.rows.binary_search(&blocker).is_ok()
        };
        if let Some(cause) = gathered.iter_mut().find(explains) {
            // The row is not added to `rows` yet: the binary search needs them sorted.
            cause.blocked.push(at);
            rows[at].cause = Some(id);
        }
    }
    // The blocked rows are added last, because the search above needs sorted rows.
    for cause in gathered {
        cause.rows.append(&mut cause.blocked);
        cause.rows.sort_unstable();
    }
}

/// Each blocked row with the row that blocks it: one with the same subject if possible, else the first row of the same
/// connection, else a shared row.
fn blocked_rows(rows: &[ResultRow]) -> Vec<(usize, usize)> {
    let mut of_subject: HashMap<(CheckId, Option<&str>, &str), usize> = HashMap::new();
    let mut of_connection: HashMap<(CheckId, Option<&str>), usize> = HashMap::new();
    let mut of_check: HashMap<CheckId, usize> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if matches!(
            row.outcome,
            Outcome::Fail | Outcome::Unknown | Outcome::Error
        ) {
            let connection = row.connection.as_deref();
            of_subject
                .entry((row.check, connection, &row.subject))
                .or_insert(at);
            of_connection.entry((row.check, connection)).or_insert(at);
            of_check.entry(row.check).or_insert(at);
        }
    }
    let blocker_of = |row: &ResultRow| {
        let check = row
            .blocked_by
            .filter(|_| row.skip_reason == Some(SkipReason::Blocked))?;
        let connection = row.connection.as_deref();
        let same_subject = of_subject.get(&(check, connection, row.subject.as_str()));
        let own = same_subject.or_else(|| of_connection.get(&(check, connection)));
        let shared = own.or_else(|| of_connection.get(&(check, None)));
        // A row that several connections share may be blocked by a row of one of them.
        shared
            .or_else(|| of_check.get(&check).filter(|_| connection.is_none()))
            .copied()
    };
    rows.iter()
        .enumerate()
        .filter_map(|(at, row)| Some((at, blocker_of(row)?)))
        .collect()
}

fn finish_cause(context: &Context<'_>, gathered: CauseDraft, rows: &[ResultRow]) -> Cause {
    let CauseDraft {
        entry,
        case,
        confidence,
        requirement,
        rows: explained,
        subjects,
        mailboxes,
        because,
        values,
        candidates: further,
        settled,
        ..
    } = gathered;
    let observations: Vec<&Observation> = explained
        .iter()
        .filter_map(|row| context.evidence.observations.get(*row))
        .collect();
    let first = observations.first().copied();
    let facts = first.and_then(|row| context.connection_of(row));
    let rooms = if mailboxes.is_empty() {
        first_room(context, facts)
    } else {
        mailboxes
    };
    let connections = cause_grouping::affected_connections(context, observations.iter().copied());
    let impact = case
        .and_then(|case| case.impact.as_ref())
        .unwrap_or(&entry.impact);
    let due = due_date(entry, &values);
    let filled =
        Placeholders::new(context, facts, first, &rooms, &values).of_connections(&connections);
    let confidence = confidence.unwrap_or(Confidence::Possible);
    let candidates = if settled {
        further.iter().map(ToString::to_string).collect()
    } else {
        all_candidates(entry, case, confidence, &further)
    };
    Cause {
        id: entry.id.to_string(),
        connection: only_connection(&explained, rows),
        connections: connections.clone(),
        confidence,
        requirement,
        requirement_if_counted: None,
        accepted: None,
        title: filled.fill_sentence(case.map_or(&entry.title, |case| &case.title)),
        impact: filled.fill_sentence(impact),
        because,
        asks_for_action: asks_for_action(context, entry, due.as_deref()),
        due,
        explains: row_numbers(&explained, rows),
        candidates,
        remedy: remedy(entry, case, &filled),
        subjects: if entry.scope == CauseScope::Mailboxes {
            rooms
        } else {
            subjects
        },
    }
}

fn row_numbers(explained: &[usize], rows: &[ResultRow]) -> Vec<u32> {
    explained
        .iter()
        .filter_map(|row| rows.get(*row))
        .map(|row| row.n)
        .collect()
}

/// The causes that the responses cannot distinguish from this one: those that its rows raised, and those of the knowledge
/// base if the cause is only possible.
fn all_candidates(
    entry: &CauseEntry,
    case: Option<&CauseCase>,
    confidence: Confidence,
    further: &[CauseId],
) -> Vec<String> {
    let mut candidates: Vec<CauseId> = Vec::new();
    if confidence == Confidence::Possible {
        let listed = case
            .and_then(|case| case.candidates.as_ref())
            .unwrap_or(&entry.candidates);
        candidates.extend(listed);
    }
    for id in further {
        if !candidates.contains(id) {
            candidates.push(*id);
        }
    }
    candidates.iter().map(ToString::to_string).collect()
}

/// The mailbox for the placeholders of a cause without a mailbox of its own: the first room, else the service account.
fn first_room(context: &Context<'_>, facts: Option<&ConnectionFacts>) -> Vec<String> {
    let Some((facts, api)) = facts.and_then(|facts| Some((facts, facts.api?))) else {
        return Vec::new();
    };
    let rows = context.rows(room_check(api), Some(&facts.name));
    let room = rows
        .first()
        .map(|row| &row.subject)
        .filter(|room| room.contains('@'));
    room.or(facts.service_account.as_ref())
        .cloned()
        .into_iter()
        .collect()
}

/// The due date of a note. There is none in a cloud with its own schedule.
fn due_date(entry: &CauseEntry, values: &BTreeMap<&'static str, String>) -> Option<String> {
    values
        .get("date")
        .filter(|_| entry.asks_for_action && values.contains_key("days"))
        .cloned()
}

/// Whether a note needs an action now. A note with a due date does so a number of days before that date.
fn asks_for_action(context: &Context<'_>, entry: &CauseEntry, due: Option<&str>) -> bool {
    let dates = knowledge::dates();
    let default = if entry.id.group() == CauseGroup::Ews {
        dates.ews_warning_days
    } else {
        dates.secret_warning_days
    };
    let days = due.and_then(|due| calendar_days::days_until(context.evidence.started_at, due));
    let warning_days = context.evidence.warn_days.unwrap_or(default);
    entry.asks_for_action && days.is_none_or(|days| days <= i64::from(warning_days))
}

fn only_connection(explained: &[usize], rows: &[ResultRow]) -> Option<String> {
    let mut connections = explained
        .iter()
        .filter_map(|row| rows.get(*row))
        .map(|row| row.connection.as_ref());
    let first = connections.next()??;
    connections
        .all(|other| other == Some(first))
        .then(|| first.clone())
}

fn remedy(entry: &CauseEntry, case: Option<&CauseCase>, values: &Placeholders<'_>) -> Remedy {
    let commands = case
        .and_then(|case| case.commands.as_ref())
        .unwrap_or(&entry.commands);
    let texts = RemedyTexts {
        who: entry.who,
        steps: case.map_or(&entry.steps, |case| &case.steps),
        commands,
        verify: case.map_or(&entry.verify, |case| &case.verify),
        takes: &entry.takes,
        links: &entry.links,
    };
    texts.fill(values)
}
