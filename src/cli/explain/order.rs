//! Which of the findings explains the others: lasting causes before passing ones, and among them the one nearest to the
//! settings, in order of time.

use super::beside::Beside;
use super::found::FoundSentence;
use super::found::{Found, FoundCode};
use super::seen::Seen;
use super::sentences::code_of;
use super::stamp::Stamp;
use super::timeline::Timeline;
use crate::knowledge::{self, CauseEntry, CodeSource, Meaning, PolicyHeader, StatusEntry};
use crate::terms::{CauseGroup, CauseId};

/// A fault of the sign-in that was last seen this long before a response of Graph or Exchange has ended: no token lives
/// longer.
const LONGER_THAN_A_TOKEN: i64 = 2 * 3600;

/// What an access policy for apps is called where no code is beside its mark.
pub(super) const ACCESS_POLICY: &str = "[RAOP] (AppOnly AccessPolicy)";

/// One finding of any kind.
pub(super) enum What<'f, 't> {
    Code(&'f FoundCode<'t>),
    Policy(&'static PolicyHeader),
    AccessPolicy,
    Sentence(&'f FoundSentence<'t>),
    Status(&'static StatusEntry),
}

/// Where a finding stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    /// It lasts until someone fixes it.
    Lasting,
    /// It passes by itself, or later records show that it is over.
    Passing,
    /// No table knows it.
    Unknown,
}

/// One finding with the causes that it leads to.
pub(super) struct Item<'f, 't> {
    pub(super) what: What<'f, 't>,
    pub(super) label: String,
    pub(super) causes: Vec<&'static CauseEntry>,
    /// Whether the finding names its cause by itself.
    pub(super) is_certain: bool,
    pub(super) stand: Stand,
    pub(super) seen: &'f Seen<'t>,
}

impl Item<'_, '_> {
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
        match timeline.stamp(self.seen.end(timeline)).and_then(Stamp::key) {
            Some(key) if timeline.is_log() => -key,
            _ => place(self.seen.begin(timeline)),
        }
    }

    /// Whether it is a response for which the caller needed a token.
    fn needed_a_token(&self) -> bool {
        match &self.what {
            What::Code(code) => code
                .service
                .is_some_and(|service| service != CodeSource::SignIn),
            What::Policy(_) | What::AccessPolicy => true,
            What::Status(status) => {
                status.service != Some(CodeSource::SignIn) && matches!(status.status, 403 | 404)
            }
            What::Sentence(_) => false,
        }
    }

    /// Whether a service responded at all.
    fn is_response(&self) -> bool {
        match &self.what {
            What::Sentence(sentence) => {
                self.group() != Some(CauseGroup::Network) && sentence.entry.code.is_some()
            }
            What::Status(status) => status.status != 407,
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
pub(super) fn items<'f, 't>(found: &'f Found<'t>, is_own: bool) -> Vec<Item<'f, 't>> {
    let item = |what, label, causes: Vec<CauseId>, is_certain, seen| {
        let known = causes.into_iter().map(knowledge::cause);
        let causes: Vec<_> = known.filter(|cause| is_own || !cause.check_only).collect();
        Item {
            what,
            label,
            causes,
            is_certain,
            stand: Stand::Lasting,
            seen,
        }
    };
    let codes = found.codes().map(|code| {
        let (causes, is_certain) = causes_of_code(code);
        item(
            What::Code(code),
            label_of(code),
            causes,
            is_certain,
            &code.seen,
        )
    });
    let policies = found.policies.iter().map(|(header, seen)| {
        let lead = knowledge::policy_hint(header.reason);
        let causes = lead.map(|lead| {
            [lead.cause]
                .into_iter()
                .chain(lead.or_perhaps.iter().copied())
                .collect()
        });
        item(
            What::Policy(header),
            "X-EWS-Policy-Reason".to_owned(),
            causes.unwrap_or_default(),
            true,
            seen,
        )
    });
    let access = found.access_policy.as_ref().map(|seen| {
        item(
            What::AccessPolicy,
            ACCESS_POLICY.to_owned(),
            vec![CauseId::MailboxOutsideAccessPolicy],
            true,
            seen,
        )
    });
    let sentences = found.sentences.iter().map(|sentence| {
        let causes = causes_of_sentence(sentence);
        item(
            What::Sentence(sentence),
            format!("\"{}\"", sentence.part),
            causes,
            false,
            &sentence.seen,
        )
    });
    let statuses = found.statuses.iter().map(|(status, seen)| {
        let causes = status.causes.clone();
        item(
            What::Status(status),
            format!("HTTP {}", status.status),
            causes,
            false,
            seen,
        )
    });
    let mut items: Vec<_> = codes
        .chain(policies)
        .chain(access)
        .chain(sentences)
        .chain(statuses)
        .collect();
    let stands: Vec<Stand> = items
        .iter()
        .map(|item| stand(found, item, &items))
        .collect();
    items
        .iter_mut()
        .zip(stands)
        .for_each(|(item, stand)| item.stand = stand);
    items.sort_by_cached_key(|item| (item.stand, item.rank(), item.recency(&found.timeline)));
    items
}

/// A code with what stands beside it, since the same code can be in a log with different sentences.
fn label_of(code: &FoundCode<'_>) -> String {
    match code.beside {
        Beside::Nothing => code.shown(),
        Beside::AccessPolicy => format!("{} with '[RAOP]'", code.shown()),
        Beside::Sentence(row) => {
            let sentence = row.sentences.first().map_or("", String::as_str);
            format!("{} with '{sentence}'", code.shown())
        }
    }
}

fn causes_of_code(code: &FoundCode<'_>) -> (Vec<CauseId>, bool) {
    let Some(entry) = code.entry else {
        return (Vec::new(), false);
    };
    if let Beside::AccessPolicy = code.beside {
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

fn causes_of_sentence(sentence: &FoundSentence<'_>) -> Vec<CauseId> {
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

fn stand(found: &Found<'_>, item: &Item<'_, '_>, all: &[Item<'_, '_>]) -> Stand {
    if let What::Code(code) = &item.what
        && code.entry.is_none()
    {
        return Stand::Unknown;
    }
    let passes = match &item.what {
        What::Code(code) => code.is_passing(),
        _ => !item.causes.is_empty() && item.group() == Some(CauseGroup::Service),
    };
    if passes || is_over(found, item, all) {
        Stand::Passing
    } else {
        Stand::Lasting
    }
}

/// Whether later records show that a fault of the network or of the sign-in has ended.
fn is_over(found: &Found<'_>, item: &Item<'_, '_>, all: &[Item<'_, '_>]) -> bool {
    if !found.timeline.is_log() {
        return false;
    }
    let key = |at: usize| found.timeline.stamp(at).and_then(Stamp::key);
    let end = key(item.seen.end(&found.timeline));
    let later = |other: &Item<'_, '_>, by: i64| {
        let other = key(other.seen.end(&found.timeline));
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
pub(super) struct Root<'i, 'f, 't> {
    pub(super) item: &'i Item<'f, 't>,
    /// Whether nothing behind it can work.
    pub(super) blocks: bool,
    /// Lasting findings that were over before it began: it does not explain them.
    pub(super) before: Vec<&'i Item<'f, 't>>,
    /// What passes by itself.
    pub(super) passing: Vec<&'i Item<'f, 't>>,
}

/// The root of several findings, if there is one.
pub(super) fn root<'i, 'f, 't>(
    found: &Found<'_>,
    items: &'i [Item<'f, 't>],
) -> Option<Root<'i, 'f, 't>> {
    let item = items
        .first()
        .filter(|item| !item.causes.is_empty() && item.stand == Stand::Lasting)?;
    let blocks = item.is_certain && item.group().is_some_and(|group| BLOCKING.contains(&group));
    let (begin, reversed) = (
        item.seen.begin(&found.timeline),
        found.timeline.is_reversed(),
    );
    let ended_before = |other: &&Item<'_, '_>| {
        let end = other.seen.end(&found.timeline);
        other.stand == Stand::Lasting && if reversed { end > begin } else { end < begin }
    };
    let others = items.get(1..).unwrap_or_default();
    Some(Root {
        item,
        blocks,
        before: others
            .iter()
            .filter(|other| blocks && ended_before(other))
            .collect(),
        passing: others
            .iter()
            .filter(|other| other.stand == Stand::Passing)
            .collect(),
    })
}
