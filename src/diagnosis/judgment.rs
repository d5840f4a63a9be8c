//! Judgment of one row, with the causes that it raises.

use std::collections::BTreeMap;

use crate::evidence::{Observation, Refusal, Reply};
use crate::knowledge::{self, format_message};
use crate::terms::{CauseId, CheckId, Confidence, Outcome, SkipReason};

use super::result::Observed;
use super::symptom;

/// The judgment of one row.
#[derive(Debug, Clone)]
pub(super) struct Judgment {
    /// The outcome of the check.
    pub(super) outcome: Outcome,
    /// The confidence in the outcome.
    pub(super) confidence: Option<Confidence>,
    /// The outcome in one sentence.
    pub(super) message: String,
    /// The relevant roles in the token.
    pub(super) declared: Vec<String>,
    /// What the configuration states, in sentences; empty without evidence of an administrator.
    pub(super) configured: Vec<String>,
    /// The response of the service.
    pub(super) observed: Option<Observed>,
    /// Causes and notes; the row refers to the first one.
    pub(super) raised: Vec<Raised>,
    /// The reason if the check did not run.
    pub(super) skip: Option<(SkipReason, Option<CheckId>)>,
}

/// A cause or note that a row raises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raised {
    /// The public ID.
    pub(super) id: CauseId,
    /// The confidence, if it differs from the knowledge base.
    pub(super) confidence: Option<Confidence>,
    /// The evidence in one sentence.
    pub(super) because: Option<String>,
    /// Values for placeholders of the remedy that only this row provides.
    pub(super) values: BTreeMap<&'static str, String>,
    /// Other causes that would give the same responses.
    pub(super) candidates: Vec<CauseId>,
    /// The subject, if it differs from the subject of the row.
    pub(super) subject: Option<String>,
    /// The case of the cause, if the knowledge base has several.
    pub(super) case: Option<&'static str>,
    /// Whether it is a note here, although the knowledge base lists a problem.
    pub(super) note: bool,
    /// What the configuration states about the cause, in sentences.
    pub(super) configured: Vec<String>,
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
            configured: Vec::new(),
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

    /// Turns the cause into a note, because a successful check contradicts it.
    pub(super) fn into_note(mut self) -> Self {
        self.note = true;
        self.with_confidence(Confidence::Possible)
    }

    /// The confidence in the cause here.
    pub(super) fn certainty(&self) -> Confidence {
        self.confidence
            .unwrap_or(knowledge::cause(self.id).confidence)
    }

    /// Whether the configuration decided about the cause, so that the candidates of the knowledge base do not count.
    pub(super) fn is_settled(&self) -> bool {
        !self.configured.is_empty()
    }

    /// Adds what the configuration states about the cause.
    pub(super) fn configured(mut self, sentences: impl IntoIterator<Item = String>) -> Self {
        self.configured.extend(sentences);
        self
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
            configured: Vec::new(),
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

/// The judgment that follows from a cause: unknown if the cause only states that no decision was possible, else failed.
pub(super) fn from_cause(raised: Raised) -> Judgment {
    let entry = knowledge::cause(raised.id);
    let message = raised
        .because
        .clone()
        .unwrap_or_else(|| entry.title.clone());
    if symptom::is_undecided(raised.id) {
        return Judgment::unknown(message).raising(raised);
    }
    let confidence = Some(raised.certainty());
    Judgment {
        confidence,
        ..Judgment::fail(message)
    }
    .raising(raised)
}

/// The response of a row, for the report. The status of a success is added later from the ledger.
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

/// The response of a row in one sentence.
pub(super) fn describe_response(row: &Observation) -> String {
    let Some(observed) = observed_response(row) else {
        return format_message("row.no-response-kept", &[]);
    };
    format_message("row.response", &[("detail", &join_observed(observed))])
}

/// A reply in a few words: status, code and text.
pub fn describe_reply(reply: &Reply<()>) -> String {
    join_observed(outcome_of_reply(reply.clone()))
}

fn join_observed(observed: Observed) -> String {
    let status = observed.status.map(|status| format!("HTTP {status}"));
    let detail = observed.detail.as_deref().map(without_ids);
    // Entra repeats the AADSTS number at the start of its message.
    let code = observed
        .code
        .filter(|code| !detail.is_some_and(|detail| detail.starts_with(code.as_str())));
    let parts: Vec<String> = [status, code, detail.map(str::to_owned)]
        .into_iter()
        .flatten()
        .collect();
    parts.join(", ")
}

/// The message of Entra without the trace IDs and the time at its end; the record of the request contains them.
fn without_ids(detail: &str) -> &str {
    detail
        .split_once("Trace ID:")
        .map_or(detail, |(words, _)| words.trim_end())
}

/// The most specific code: an AADSTS number, else the code of the service, else the number in the diagnostics header.
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

/// The most specific text: the policy header, else the reason in the diagnostics header, else the message.
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
