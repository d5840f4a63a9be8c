//! Which of the findings explains the others: lasting causes before passing ones, and among them the one nearest to the
//! settings, in order of time.

use super::findings::SentenceFinding;
use super::findings::{CodeFinding, Findings};
use super::log_timestamp::LogTimestamp;
use super::narrowing::Narrowing;
use super::occurrences::Occurrences;
use super::sentence_matcher::code_of;
use super::timeline::Timeline;
use crate::knowledge::{self, CauseEntry, CodeSource, Meaning, PolicyHeader, StatusEntry};
use crate::terms::{CauseGroup, CauseId};

/// A fault of the sign-in that was last seen this long before a response of Graph or Exchange has ended: no token lives
/// longer.
const LONGER_THAN_A_TOKEN: i64 = 2 * 3600;

/// What an access policy for apps is called where no code is beside its mark.
pub(super) const ACCESS_POLICY: &str = "[RAOP] (AppOnly AccessPolicy)";

/// One finding of any kind.
pub(super) enum FindingKind<'f, 't> {
    Code(&'f CodeFinding<'t>),
    Policy(&'static PolicyHeader),
    AccessPolicy,
    Sentence(&'f SentenceFinding<'t>),
    Status(&'static StatusEntry),
}

/// Where a finding stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Persistence {
    /// It lasts until someone fixes it.
    Lasting,
    /// It passes by itself, or later records show that it is over.
    Transient,
    /// No table knows it.
    Unknown,
}

/// One finding with the causes that it leads to.
pub(super) struct RankedFinding<'f, 't> {
    pub(super) what: FindingKind<'f, 't>,
    pub(super) label: String,
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Whether the finding names its cause by itself.
    pub(super) is_certain: bool,
    pub(super) persistence: Persistence,
    pub(super) occurrences: &'f Occurrences<'t>,
}

impl RankedFinding<'_, '_> {
    fn group(&self) -> Option<CauseGroup> {
        self.causes.first().map(|cause| cause.id.group())
    }

    /// The place of its group in the chain from the settings to the mailbox.
    fn rank(&self) -> u16 {
        self.group().map_or(u16::MAX, |group| group as u16)
    }

    /// In a log the last of one group comes first, since it is the present state; else the first of the text.
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

    /// Whether it is a response for which the caller needed a token.
    fn needed_a_token(&self) -> bool {
        match &self.what {
            FindingKind::Code(code) => code
                .service
                .is_some_and(|service| service != CodeSource::SignIn),
            FindingKind::Policy(_) | FindingKind::AccessPolicy => true,
            FindingKind::Status(status) => {
                status.service != Some(CodeSource::SignIn) && matches!(status.status, 403 | 404)
            }
            FindingKind::Sentence(_) => false,
        }
    }

    /// Whether a service responded at all.
    fn is_response(&self) -> bool {
        match &self.what {
            FindingKind::Sentence(sentence) => {
                self.group() != Some(CauseGroup::Network) && sentence.entry.code.is_some()
            }
            FindingKind::Status(status) => status.status != 407,
            _ => true,
        }
    }
}

/// Parts of the chain whose faults keep everything behind them from working.
const BLOCKING: &[CauseGroup] = &[
    CauseGroup::Settings,
    CauseGroup::Network,
    CauseGroup::Tenant,
    CauseGroup::SignIn,
    CauseGroup::Ews,
];

/// Every finding but the causes and checks that were named by id, the one to start with first.
pub(super) fn items<'f, 't>(found: &'f Findings<'t>, is_own: bool) -> Vec<RankedFinding<'f, 't>> {
    let item = |what, label, causes: Vec<CauseId>, is_certain, occurrences| {
        let known = causes.into_iter().map(knowledge::cause);
        let causes: Vec<_> = known.filter(|cause| is_own || !cause.check_only).collect();
        RankedFinding {
            what,
            label,
            causes,
            is_certain,
            persistence: Persistence::Lasting,
            occurrences,
        }
    };
    let codes = found.codes().map(|code| {
        let (causes, is_certain) = causes_of_code(code);
        item(
            FindingKind::Code(code),
            label_of(code),
            causes,
            is_certain,
            &code.occurrences,
        )
    });
    let policies = found.policies.iter().map(|(header, occurrences)| {
        let lead = knowledge::policy_hint(header.reason);
        let causes = lead.map(|lead| {
            [lead.cause]
                .into_iter()
                .chain(lead.or_perhaps.iter().copied())
                .collect()
        });
        item(
            FindingKind::Policy(header),
            "X-EWS-Policy-Reason".to_owned(),
            causes.unwrap_or_default(),
            true,
            occurrences,
        )
    });
    let access = found.access_policy.as_ref().map(|occurrences| {
        item(
            FindingKind::AccessPolicy,
            ACCESS_POLICY.to_owned(),
            vec![CauseId::MailboxOutsideAccessPolicy],
            true,
            occurrences,
        )
    });
    let sentences = found.sentences.iter().map(|sentence| {
        let causes = causes_of_sentence(sentence);
        item(
            FindingKind::Sentence(sentence),
            format!("\"{}\"", sentence.part),
            causes,
            false,
            &sentence.occurrences,
        )
    });
    let statuses = found.statuses.iter().map(|(status, occurrences)| {
        let causes = status.causes.clone();
        item(
            FindingKind::Status(status),
            format!("HTTP {}", status.status),
            causes,
            false,
            occurrences,
        )
    });
    let mut items: Vec<_> = codes
        .chain(policies)
        .chain(access)
        .chain(sentences)
        .chain(statuses)
        .collect();
    let stands: Vec<Persistence> = items
        .iter()
        .map(|item| persistence(found, item, &items))
        .collect();
    items
        .iter_mut()
        .zip(stands)
        .for_each(|(item, persistence)| item.persistence = persistence);
    items.sort_by_cached_key(|item| (item.persistence, item.rank(), item.recency(&found.timeline)));
    items
}

/// A code with what stands beside it, since the same code can be in a log with different sentences.
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
            let lead = knowledge::code_hint(entry, meaning);
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
            knowledge::code_hint(code, meaning).map_or(Vec::new(), |lead| lead.causes.clone())
        }
    }
}

fn persistence(
    found: &Findings<'_>,
    item: &RankedFinding<'_, '_>,
    all: &[RankedFinding<'_, '_>],
) -> Persistence {
    if let FindingKind::Code(code) = &item.what
        && code.entry.is_none()
    {
        return Persistence::Unknown;
    }
    let passes = match &item.what {
        FindingKind::Code(code) => code.is_passing(),
        _ => !item.causes.is_empty() && item.group() == Some(CauseGroup::Service),
    };
    if passes || is_over(found, item, all) {
        Persistence::Transient
    } else {
        Persistence::Lasting
    }
}

/// Whether later records show that a fault of the network or of the sign-in has ended.
fn is_over(
    found: &Findings<'_>,
    item: &RankedFinding<'_, '_>,
    all: &[RankedFinding<'_, '_>],
) -> bool {
    if !found.timeline.is_log() {
        return false;
    }
    let key = |at: usize| found.timeline.stamp(at).and_then(LogTimestamp::key);
    let end = key(item.occurrences.end(&found.timeline));
    let later = |other: &RankedFinding<'_, '_>, by: i64| {
        let other = key(other.occurrences.end(&found.timeline));
        matches!((end, other), (Some(end), Some(other)) if other - end > by)
    };
    match item.group() {
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

/// The finding to start with, and what it says about the others.
pub(super) struct RootFinding<'i, 'f, 't> {
    pub(super) item: &'i RankedFinding<'f, 't>,
    /// Whether nothing behind it can work.
    pub(super) blocks: bool,
    /// Lasting findings that were over before it began: it does not explain them.
    pub(super) before: Vec<&'i RankedFinding<'f, 't>>,
    /// What passes by itself.
    pub(super) passing: Vec<&'i RankedFinding<'f, 't>>,
}

/// The root of several findings, if there is one.
pub(super) fn root<'i, 'f, 't>(
    found: &Findings<'_>,
    items: &'i [RankedFinding<'f, 't>],
) -> Option<RootFinding<'i, 'f, 't>> {
    let item = items
        .first()
        .filter(|item| !item.causes.is_empty() && item.persistence == Persistence::Lasting)?;
    let blocks = item.is_certain && item.group().is_some_and(|group| BLOCKING.contains(&group));
    let (begin, reversed) = (
        item.occurrences.begin(&found.timeline),
        found.timeline.is_reversed(),
    );
    let ended_before = |other: &&RankedFinding<'_, '_>| {
        let end = other.occurrences.end(&found.timeline);
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
