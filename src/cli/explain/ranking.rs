//! Ranking of the findings: lasting faults before temporary ones, and among them the one that is closest to the settings
//! first. The first of them can explain the others.

use crate::knowledge::{self, CauseEntry, CodeSource, Meaning, PolicyHeader, StatusEntry};
use crate::terms::{CauseGroup, CauseId};

use super::findings::{CodeFinding, Findings, SentenceFinding};
use super::log_timestamp::LogTimestamp;
use super::narrowing::Narrowing;
use super::occurrences::Occurrences;
use super::sentence_matcher::code_of;
use super::timeline::Timeline;

/// Seconds after which a response of Graph or Exchange proves that an earlier sign-in fault has ended. Access tokens live for
/// 60 to 90 minutes, so the caller must have signed in successfully in between.
const LONGER_THAN_A_TOKEN: i64 = 2 * 3600;

/// Label of an application access policy whose mark has no code next to it.
pub(super) const ACCESS_POLICY: &str = "[RAOP] (AppOnly AccessPolicy)";

/// One finding of any kind.
pub(super) enum FindingKind<'f, 't> {
    Code(&'f CodeFinding<'t>),
    Policy(&'static PolicyHeader),
    AccessPolicy,
    Sentence(&'f SentenceFinding<'t>),
    Status(&'static StatusEntry),
}

/// How long the fault behind a finding lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Persistence {
    /// It lasts until someone fixes it.
    Lasting,
    /// It ends by itself, or later records show that it is over.
    Transient,
    /// The tables do not contain it.
    Unknown,
}

/// Finding with the causes that it points to.
pub(super) struct RankedFinding<'f, 't> {
    pub(super) kind: FindingKind<'f, 't>,
    pub(super) label: String,
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Whether the finding alone establishes its cause.
    pub(super) is_certain: bool,
    pub(super) persistence: Persistence,
    pub(super) occurrences: &'f Occurrences<'t>,
}

impl RankedFinding<'_, '_> {
    fn group(&self) -> Option<CauseGroup> {
        self.causes.first().map(|cause| cause.id.group())
    }

    /// Position of its group in the chain from the settings to the mailbox.
    fn rank(&self) -> u16 {
        self.group().map_or(u16::MAX, |group| group as u16)
    }

    /// Sort key within a group: in a log the latest finding first, because it is the current state; otherwise the first in
    /// the text.
    fn recency(&self, timeline: &Timeline<'_>) -> i64 {
        let place = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
        match timeline
            .stamp(self.occurrences.end(timeline))
            .and_then(LogTimestamp::key)
        {
            Some(key) if timeline.is_log() => -key,
            _ => place(self.occurrences.begin(timeline)),
        }
    }

    /// Whether the caller needed an access token to get this response.
    fn needed_a_token(&self) -> bool {
        match &self.kind {
            FindingKind::Code(code) => code
                .service
                .is_some_and(|service| service != CodeSource::SignIn),
            FindingKind::Policy(_) | FindingKind::AccessPolicy => true,
            FindingKind::Status(status) => {
                // 401 can also mean that the request carried no token.
                status.service != Some(CodeSource::SignIn) && matches!(status.status, 403 | 404)
            }
            FindingKind::Sentence(_) => false,
        }
    }

    /// Whether a service responded at all.
    fn is_response(&self) -> bool {
        match &self.kind {
            FindingKind::Sentence(sentence) => {
                self.group() != Some(CauseGroup::Network) && sentence.entry.code.is_some()
            }
            // 407 comes from a proxy, so the service has not responded.
            FindingKind::Status(status) => status.status != 407,
            _ => true,
        }
    }
}

/// Parts of the chain whose faults prevent everything after them from working.
const BLOCKING: &[CauseGroup] = &[
    CauseGroup::Settings,
    CauseGroup::Network,
    CauseGroup::Tenant,
    CauseGroup::SignIn,
    CauseGroup::Ews,
];

/// Ranks every finding; the one to start with comes first. Causes and checks that are named by id are not findings.
pub(super) fn rank<'f, 't>(findings: &'f Findings<'t>, is_own: bool) -> Vec<RankedFinding<'f, 't>> {
    let codes = findings.codes().map(from_code);
    let policies = findings.policies.iter().map(from_policy);
    let access_policy = findings.access_policy.iter().map(from_access_policy);
    let sentences = findings.sentences.iter().map(from_sentence);
    let statuses = findings.statuses.iter().map(from_status);
    let mut items: Vec<_> = codes
        .chain(policies)
        .chain(access_policy)
        .chain(sentences)
        .chain(statuses)
        .collect();
    for item in &mut items {
        item.causes.retain(|cause| is_own || !cause.check_only);
        item.is_certain &= !item.occurrences.is_denied();
    }
    // Whether a fault is over depends on all other findings, so it is decided when the list is complete.
    let persistence: Vec<Persistence> = items
        .iter()
        .map(|item| persistence_of(findings, item, &items))
        .collect();
    for (item, persistence) in items.iter_mut().zip(persistence) {
        item.persistence = persistence;
    }
    items.sort_by_cached_key(|item| {
        (
            item.persistence,
            item.rank(),
            item.recency(&findings.timeline),
        )
    });
    items
}

fn from_code<'f, 't>(code: &'f CodeFinding<'t>) -> RankedFinding<'f, 't> {
    let (causes, is_certain) = causes_of_code(code);
    RankedFinding {
        kind: FindingKind::Code(code),
        label: label_of(code),
        causes: entries(causes),
        is_certain,
        persistence: Persistence::Lasting,
        occurrences: &code.occurrences,
    }
}

fn from_policy<'f, 't>(
    (header, occurrences): &'f (&'static PolicyHeader, Occurrences<'t>),
) -> RankedFinding<'f, 't> {
    let mut causes = Vec::new();
    if let Some(hint) = knowledge::policy_hint(header.reason) {
        causes.push(hint.cause);
        causes.extend(&hint.or_perhaps);
    }
    RankedFinding {
        kind: FindingKind::Policy(header),
        label: "X-EWS-Policy-Reason".to_owned(),
        causes: entries(causes),
        is_certain: true,
        persistence: Persistence::Lasting,
        occurrences,
    }
}

fn from_access_policy<'f, 't>(occurrences: &'f Occurrences<'t>) -> RankedFinding<'f, 't> {
    RankedFinding {
        kind: FindingKind::AccessPolicy,
        label: ACCESS_POLICY.to_owned(),
        causes: entries([CauseId::MailboxOutsideAccessPolicy]),
        is_certain: true,
        persistence: Persistence::Lasting,
        occurrences,
    }
}

fn from_sentence<'f, 't>(sentence: &'f SentenceFinding<'t>) -> RankedFinding<'f, 't> {
    RankedFinding {
        kind: FindingKind::Sentence(sentence),
        label: format!("\"{}\"", sentence.part),
        causes: entries(causes_of_sentence(sentence)),
        is_certain: false,
        persistence: Persistence::Lasting,
        occurrences: &sentence.occurrences,
    }
}

fn from_status<'f, 't>(
    (status, occurrences): &'f (&'static StatusEntry, Occurrences<'t>),
) -> RankedFinding<'f, 't> {
    RankedFinding {
        kind: FindingKind::Status(status),
        label: format!("HTTP {}", status.status),
        causes: entries(status.causes.iter().copied()),
        is_certain: false,
        persistence: Persistence::Lasting,
        occurrences,
    }
}

fn entries(causes: impl IntoIterator<Item = CauseId>) -> Vec<&'static CauseEntry> {
    causes.into_iter().map(knowledge::cause).collect()
}

/// Code with the message next to it, because the same code can appear in a log with different messages.
fn label_of(code: &CodeFinding<'_>) -> String {
    match code.narrowing {
        Narrowing::Nothing => code.shown(),
        Narrowing::AccessPolicy => format!("{} with '[RAOP]'", code.shown()),
        Narrowing::Sentence(row) => {
            let sentence = row.sentences.first().map_or("", String::as_str);
            format!("{} with '{sentence}'", code.shown())
        }
    }
}

fn causes_of_code(code: &CodeFinding<'_>) -> (Vec<CauseId>, bool) {
    let Some(entry) = code.entry else {
        return (Vec::new(), false);
    };
    if let Narrowing::AccessPolicy = code.narrowing {
        return (vec![CauseId::MailboxOutsideAccessPolicy], true);
    }
    match code.meaning() {
        Some(Meaning::Cause(id)) => (vec![*id], true),
        Some(meaning) => {
            let lead = knowledge::ambiguous_code(entry, meaning);
            (lead.map_or(Vec::new(), |lead| lead.causes.clone()), false)
        }
        None => (Vec::new(), false),
    }
}

fn causes_of_sentence(sentence: &SentenceFinding<'_>) -> Vec<CauseId> {
    if !sentence.entry.causes.is_empty() {
        return sentence.entry.causes.clone();
    }
    let Some(code) = code_of(sentence.entry, sentence.service) else {
        return Vec::new();
    };
    match &code.meaning {
        Meaning::Cause(id) => vec![*id],
        meaning => {
            knowledge::ambiguous_code(code, meaning).map_or(Vec::new(), |lead| lead.causes.clone())
        }
    }
}

fn persistence_of(
    findings: &Findings<'_>,
    item: &RankedFinding<'_, '_>,
    all: &[RankedFinding<'_, '_>],
) -> Persistence {
    if let FindingKind::Code(code) = &item.kind
        && code.entry.is_none()
    {
        return Persistence::Unknown;
    }
    let passes = match &item.kind {
        FindingKind::Code(code) => code.is_passing(),
        _ => !item.causes.is_empty() && item.group() == Some(CauseGroup::Service),
    };
    let is_denied = item.occurrences.ends_denied(&findings.timeline);
    if passes || is_denied || is_over(findings, item, all) {
        Persistence::Transient
    } else {
        Persistence::Lasting
    }
}

/// Whether later records show that a network or sign-in fault has ended.
fn is_over(
    findings: &Findings<'_>,
    item: &RankedFinding<'_, '_>,
    all: &[RankedFinding<'_, '_>],
) -> bool {
    if !findings.timeline.is_log() {
        return false;
    }
    let key = |at: usize| findings.timeline.stamp(at).and_then(LogTimestamp::key);
    let end = key(item.occurrences.end(&findings.timeline));
    let later = |other: &RankedFinding<'_, '_>, by: i64| {
        let other = key(other.occurrences.end(&findings.timeline));
        matches!((end, other), (Some(end), Some(other)) if other - end > by)
    };
    match item.group() {
        // Any later response proves that the network path works again.
        Some(CauseGroup::Network) => all.iter().any(|other| {
            other.is_response() && other.group() != Some(CauseGroup::Network) && later(other, 0)
        }),
        Some(CauseGroup::SignIn | CauseGroup::Tenant | CauseGroup::Settings) if item.is_certain => {
            all.iter()
                .any(|other| other.needed_a_token() && later(other, LONGER_THAN_A_TOKEN))
        }
        _ => false,
    }
}

/// Finding to start with, and how the others relate to it.
pub(super) struct RootFinding<'i, 'f, 't> {
    pub(super) item: &'i RankedFinding<'f, 't>,
    /// Whether nothing after it in the chain can work.
    pub(super) blocks: bool,
    /// Lasting findings that were over before it began, so it does not explain them.
    pub(super) before: Vec<&'i RankedFinding<'f, 't>>,
    /// Findings that end by themselves or are over.
    pub(super) passing: Vec<&'i RankedFinding<'f, 't>>,
}

/// Finds the finding that explains the others, if there is one.
pub(super) fn root<'i, 'f, 't>(
    findings: &Findings<'_>,
    items: &'i [RankedFinding<'f, 't>],
) -> Option<RootFinding<'i, 'f, 't>> {
    let item = items
        .first()
        .filter(|item| !item.causes.is_empty() && item.persistence == Persistence::Lasting)?;
    let blocks = item.is_certain && item.group().is_some_and(|group| BLOCKING.contains(&group));
    let (begin, reversed) = (
        item.occurrences.begin(&findings.timeline),
        findings.timeline.is_reversed(),
    );
    // In a log that lists the newest record first, an earlier record has a higher position.
    let ended_before = |other: &&RankedFinding<'_, '_>| {
        let end = other.occurrences.end(&findings.timeline);
        other.persistence == Persistence::Lasting
            && if reversed { end > begin } else { end < begin }
    };
    let others = items.get(1..).unwrap_or_default();
    Some(RootFinding {
        item,
        blocks,
        before: others
            .iter()
            .filter(|other| blocks && ended_before(other))
            .collect(),
        passing: others
            .iter()
            .filter(|other| other.persistence == Persistence::Transient)
            .collect(),
    })
}
