//! The judgment over one row, and what it raises.

use std::collections::BTreeMap;

use super::result::Observed;
use super::symptom;
use crate::evidence::{Observation, Refusal, Reply};
use crate::knowledge::{self, format_message};
use crate::terms::{CauseId, CheckId, Confidence, Outcome, SkipReason};

/// The judgment over one row of evidence.
#[derive(Debug, Clone)]
pub(super) struct Judgment {
    /// How the check ended.
    pub(super) outcome: Outcome,
    /// How sure that is.
    pub(super) confidence: Option<Confidence>,
    /// The outcome in a sentence.
    pub(super) message: String,
    /// The roles in the token that bear on it.
    pub(super) declared: Vec<String>,
    /// What the service answered.
    pub(super) observed: Option<Observed>,
    /// Causes and notes; the first is the one that the row points to.
    pub(super) raised: Vec<Raised>,
    /// Why it was not asked.
    pub(super) skip: Option<(SkipReason, Option<CheckId>)>,
}

/// A cause or note that a row raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raised {
    /// The public id.
    pub(super) id: CauseId,
    /// How sure it is, where that differs from the catalogue.
    pub(super) confidence: Option<Confidence>,
    /// What was seen.
    pub(super) because: Option<String>,
    /// Placeholders for the remedy that only this row knows.
    pub(super) values: BTreeMap<&'static str, String>,
    /// Further causes that the answers cannot tell apart from this one.
    pub(super) candidates: Vec<CauseId>,
    /// A subject that differs from the row's own.
    pub(super) subject: Option<String>,
    /// The case of the cause, where the catalogue knows several.
    pub(super) case: Option<&'static str>,
    /// It is only a note here, whatever the catalogue says.
    pub(super) note: bool,
}

impl Raised {
    pub(super) fn new(id: CauseId) -> Self {
        Self {
            id,
            confidence: None,
            because: None,
            values: BTreeMap::new(),
            candidates: Vec::new(),
            subject: None,
            case: None,
            note: false,
        }
    }

    pub(super) fn because(mut self, sentence: impl Into<String>) -> Self {
        self.because = Some(sentence.into());
        self
    }

    pub(super) fn with_value(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.insert(name, value.into());
        self
    }

    pub(super) fn in_case(mut self, case: Option<&'static str>) -> Self {
        self.case = case;
        self
    }

    /// The cause as a note: what it claims is contradicted by what works.
    pub(super) fn as_note(mut self) -> Self {
        self.note = true;
        self.with_confidence(Confidence::Possible)
    }

    pub(super) fn with_candidate(mut self, id: CauseId) -> Self {
        self.candidates.push(id);
        self
    }

    pub(super) fn with_subject(mut self, subject: Option<String>) -> Self {
        self.subject = subject;
        self
    }

    pub(super) fn with_confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

impl Judgment {
    fn new(outcome: Outcome, confidence: Option<Confidence>, message: impl Into<String>) -> Self {
        Self {
            outcome,
            confidence,
            message: message.into(),
            declared: Vec::new(),
            observed: None,
            raised: Vec::new(),
            skip: None,
        }
    }

    pub(super) fn pass(message: impl Into<String>) -> Self {
        Self::new(Outcome::Pass, Some(Confidence::Confirmed), message)
    }

    pub(super) fn fail(message: impl Into<String>) -> Self {
        Self::new(Outcome::Fail, Some(Confidence::Confirmed), message)
    }

    pub(super) fn unknown(message: impl Into<String>) -> Self {
        Self::new(Outcome::Unknown, None, message)
    }

    pub(super) fn error(message: impl Into<String>) -> Self {
        Self::new(Outcome::Error, None, message)
    }

    pub(super) fn skipped(
        reason: SkipReason,
        blocked_by: Option<CheckId>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            skip: Some((reason, blocked_by)),
            ..Self::new(Outcome::Skipped, None, message)
        }
    }

    pub(super) fn with_confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = Some(confidence);
        self
    }

    pub(super) fn declared(mut self, roles: Vec<String>) -> Self {
        self.declared = roles;
        self
    }

    pub(super) fn with_observed(mut self, observed: Option<Observed>) -> Self {
        self.observed = observed;
        self
    }

    pub(super) fn raising(mut self, raised: Raised) -> Self {
        self.raised.push(raised);
        self
    }

    pub(super) fn raising_all(mut self, raised: impl IntoIterator<Item = Raised>) -> Self {
        self.raised.extend(raised);
        self
    }
}

/// A judgment that follows from its cause: some causes only say that nothing was decided.
pub(super) fn from_cause(raised: Raised) -> Judgment {
    let entry = knowledge::cause(raised.id);
    let message = raised
        .because
        .clone()
        .unwrap_or_else(|| entry.title.clone());
    if symptom::is_undecided(raised.id) {
        return Judgment::unknown(message).raising(raised);
    }
    let confidence = Some(raised.confidence.unwrap_or(entry.confidence));
    Judgment {
        confidence,
        ..Judgment::fail(message)
    }
    .raising(raised)
}

/// What a row saw, for the report. The status of a success is filled in from the ledger.
pub(super) fn observed_response(row: &Observation) -> Option<Observed> {
    Some(outcome_of_reply(row.finding()?.outline()?))
}

fn outcome_of_reply(reply: Reply<()>) -> Observed {
    match reply {
        Reply::Success(()) => Observed {
            status: None,
            code: None,
            detail: None,
        },
        Reply::Refused(refusal) => Observed {
            status: Some(refusal.status),
            code: shown_code(&refusal),
            detail: shown_detail(&refusal),
        },
        Reply::Unexpected(unexpected) => {
            let detail = match unexpected.excerpt.as_str() {
                "" => unexpected.problem,
                excerpt => format!("{}: {excerpt}", unexpected.problem),
            };
            Observed {
                status: Some(unexpected.status),
                code: None,
                detail: Some(detail),
            }
        }
        Reply::Unreachable(failure) => Observed {
            status: None,
            code: None,
            detail: Some(failure.detail),
        },
    }
}

/// The answer of a row in a sentence.
pub(super) fn describe_response(row: &Observation) -> String {
    let Some(observed) = observed_response(row) else {
        return format_message("row.no-answer-kept", &[]);
    };
    format_message("row.answered", &[("detail", &join_observed(observed))])
}

/// A reply in a few words: status, code and text.
pub(super) fn describe_reply(reply: &Reply<()>) -> String {
    join_observed(outcome_of_reply(reply.clone()))
}

fn join_observed(observed: Observed) -> String {
    let status = observed.status.map(|status| format!("HTTP {status}"));
    let detail = observed.detail.as_deref().map(without_ids);
    let code = observed
        .code
        .filter(|code| !detail.is_some_and(|detail| detail.starts_with(code.as_str())));
    let parts: Vec<String> = [status, code, detail.map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

/// The words of Entra without the ids and the time behind them, which are kept elsewhere and whole.
fn without_ids(detail: &str) -> &str {
    detail
        .split_once("Trace ID:")
        .map_or(detail, |(words, _)| words.trim_end())
}

/// The code that says most: an AADSTS number, else the service's own code, else the number of the diagnostics header.
pub(super) fn shown_code(refusal: &Refusal) -> Option<String> {
    refusal
        .aadsts
        .first()
        .map(|number| format!("AADSTS{number}"))
        .or_else(|| refusal.code.clone())
        .or_else(|| {
            refusal
                .diagnostics
                .as_ref()
                .map(|diagnostics| diagnostics.code.to_string())
        })
}

/// The text that says most: the policy header, else the diagnostics reason, else the message.
pub(super) fn shown_detail(refusal: &Refusal) -> Option<String> {
    refusal
        .policy_reason
        .clone()
        .or_else(|| {
            refusal
                .diagnostics
                .as_ref()
                .and_then(|diagnostics| diagnostics.reason.clone())
        })
        .or_else(|| refusal.message.clone())
}
