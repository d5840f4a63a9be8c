//! The path from this machine to the services, and the clock.

use jiff::fmt::rfc2822::DateTimeParser;

use super::advice;
use super::context::Context;
use super::judgement::{Judgement, Raised, from_cause, observed_of, told_by};
use super::symptom;
use crate::evidence::{CertificateFault, Evidence, Failure, Finding, Layer, Observation, Reply, Unexpected};
use crate::knowledge::{self, phrase};
use crate::terms::{CauseGroup, CauseId, CheckId};

/// Judges whether a host gave an answer of its kind. Any documented answer will do, an error included.
pub(super) fn judge_host(context: &Context<'_>, row: &Observation) -> Judgement {
    let Some(Finding::Reached(reply)) = row.finding() else {
        return Judgement::error(phrase("row.no-answer-kept", &[]));
    };
    let judgement = match reply {
        Reply::Success(()) | Reply::Refused(_) => {
            Judgement::pass(phrase("network.reached", &[])).raising_all(interception(row))
        }
        Reply::Unexpected(unexpected) => from_cause(at_the_end_of_ews(context, row, unexpected_cause(row, unexpected))),
        Reply::Unreachable(failure) => judge_failure(failure),
    };
    judgement.observed(observed_of(row))
}

/// Whether more than one host was asked, and the row of each raises the cause `id`.
pub(super) fn every_host_raises(context: &Context<'_>, id: CauseId) -> bool {
    let asked = |row: &&Observation| matches!(row.finding(), Some(Finding::Reached(_)));
    let mut hosts: Vec<&str> = Vec::new();
    for row in context.evidence.observations.iter().filter(asked) {
        if !judge_host(context, row).raised.iter().any(|raised| raised.id == id) {
            return false;
        }
        if !hosts.contains(&row.subject.as_str()) {
            hosts.push(&row.subject);
        }
    }
    hosts.len() > 1
}

/// Once the day has come, an EWS address that answers like nothing known may be what is left of EWS.
fn at_the_end_of_ews(context: &Context<'_>, row: &Observation, raised: Raised) -> Raised {
    if row.check == CheckId::NetworkExchange && advice::ews_has_ended(context.evidence) {
        raised.or_perhaps(CauseId::EwsRetired)
    } else {
        raised
    }
}

/// A note where the certificate of one of the cloud's own hosts comes from an authority that Microsoft does not use.
fn interception(row: &Observation) -> Option<Raised> {
    let certificate = row.certificate.as_ref().filter(|certificate| certificate.of_cloud)?;
    if knowledge::issues_for_microsoft(certificate.organisation.as_deref().unwrap_or_default()) {
        return None;
    }
    let issuer = &certificate.issuer;
    let sentence = phrase("network.issued-by", &[("detail", issuer)]);
    Some(
        Raised::new(CauseId::NetworkTlsIntercepted).because(sentence).with("issuer", issuer).with("host", &row.subject),
    )
}

fn unexpected_cause(row: &Observation, unexpected: &Unexpected) -> Raised {
    let id = if unexpected.foreign { CauseId::NetworkNotMicrosoft } else { CauseId::ServiceUnexpectedAnswer };
    Raised::new(id).because(told_by(row)).with("detail", unexpected.problem.clone())
}

/// A failed host is a true "no", but about the path from this machine: the row fails, the verdict is inconclusive.
fn judge_failure(failure: &Failure) -> Judgement {
    let id = symptom::network_cause(failure);
    let raised = raised_by(id, failure);
    if id.group() == CauseGroup::Service {
        return from_cause(raised);
    }
    Judgement::fail(raised.because.clone().unwrap_or_default()).raising(raised)
}

fn raised_by(id: CauseId, failure: &Failure) -> Raised {
    let limit = failure.limit_ms.map(|ms| format!("{} s", f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0));
    let sentence = match (failure.layer, &limit) {
        (Layer::ConnectTimeout, Some(limit)) => {
            phrase("network.no-connection-within", &[("limit", limit), ("host", &failure.host)])
        }
        (Layer::AnswerTimeout, Some(limit)) => {
            phrase("network.no-answer-within", &[("limit", limit), ("host", &failure.host)])
        }
        _ => match &failure.issuer {
            Some(issuer) => {
                phrase("network.untrusted", &[("host", &failure.host), ("detail", &failure.detail), ("issuer", issuer)])
            }
            None => format!("{}: {}", failure.host, failure.detail),
        },
    };
    let raised = Raised::new(id).because(sentence).with("detail", failure.detail.clone()).in_case(case(failure));
    // A proxy that refuses is the host of its failure; what it refuses is the service behind it.
    let raised = if failure.layer == Layer::ProxyRefused { raised } else { raised.with("host", failure.host.clone()) };
    let raised = match limit {
        Some(limit) => raised.with("limit", limit),
        None => raised,
    };
    match &failure.issuer {
        Some(issuer) => raised.with("issuer", issuer.clone()),
        None => raised,
    }
}

/// The case of its cause that a failure is, by its name in the catalogue.
fn case(failure: &Failure) -> Option<&'static str> {
    match (failure.layer, failure.certificate) {
        (Layer::AnswerTimeout, _) => Some("no-answer"),
        (Layer::ProxyCredentials, _) => Some("not-accepted"),
        (_, Some(CertificateFault::Expired)) => Some("expired"),
        (_, Some(CertificateFault::NotValidYet)) => Some("not-valid-yet"),
        (_, Some(CertificateFault::WrongName)) => Some("wrong-name"),
        _ => None,
    }
}

/// A verdict that rests on a missing answer elsewhere than in a `network.*` row.
pub(super) fn undecided_by(failure: &Failure) -> Raised {
    raised_by(symptom::network_cause(failure), failure)
}

/// Judges the local clock by the services' `Date` headers.
pub(super) fn judge_clock(context: &Context<'_>) -> Judgement {
    let Some(seconds) = agreed_offset(context.evidence) else {
        return Judgement::unknown(phrase("clock.no-date", &[]));
    };
    let words = spoken(seconds);
    let sentence = phrase("clock.offset", &[("detail", &words)]);
    let limit = i64::from(knowledge::dates().clock_skew_minutes) * 60;
    if seconds.abs() <= limit {
        return Judgement::pass(sentence);
    }
    Judgement::pass(sentence.clone())
        .raising(Raised::new(CauseId::NetworkClockSkew).because(sentence).with("detail", words))
}

fn spoken(seconds: i64) -> String {
    match seconds {
        0 => "not at all".to_owned(),
        ahead if ahead < 0 => format!("{} s ahead of the services", -ahead),
        behind => format!("{behind} s behind the services"),
    }
}

/// The offset that most answers agree on at the least: the smallest of all, since a slow answer only widens it.
fn agreed_offset(evidence: &Evidence) -> Option<i64> {
    let parser = DateTimeParser::new();
    let offsets = evidence.requests.iter().filter_map(|request| {
        let date = parser.parse_timestamp(request.headers.get("date")?).ok()?;
        let answered = request.at.as_millisecond().saturating_add(i64::try_from(request.ms).ok()?);
        let earliest = date.as_millisecond() - answered;
        let latest = date.as_millisecond() + 999 - request.at.as_millisecond();
        Some(if earliest > 0 {
            earliest / 1000
        } else if latest < 0 {
            latest / 1000
        } else {
            0
        })
    });
    offsets.min_by_key(|offset| offset.abs())
}
