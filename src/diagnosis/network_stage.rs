//! Stage of the network: the path from this machine to the services, and the local clock.

use jiff::fmt::rfc2822::DateTimeParser;

use crate::evidence::{Evidence, Failure, Finding, Observation, Reply, Unexpected};
use crate::knowledge::{self, format_message};
use crate::terms::{CauseGroup, CauseId, CheckId};

use super::diagnosis_context::Context;
use super::ews_schedule::ews_has_ended;
use super::failure_cause::cause_with_failure;
use super::judgment::{Judgment, Raised, describe_response, from_cause, observed_response};
use super::symptom_of_reply;

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::NetworkSignIn,
    CheckId::NetworkGraph,
    CheckId::NetworkExchange,
    CheckId::NetworkClock,
];

/// Judges a row about the network.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    match row.check {
        CheckId::NetworkClock => judge_clock(context),
        _ => judge_host(context, row),
    }
}

/// Judges whether a host responds as expected. Any documented response counts, including an error.
fn judge_host(context: &Context<'_>, row: &Observation) -> Judgment {
    let Some(Finding::Reachable(reply)) = row.finding() else {
        return Judgment::error(format_message("row.no-response-kept", &[]));
    };
    let judgment = match reply {
        Reply::Success(()) | Reply::Refused(_) => {
            Judgment::pass(format_message("network.reached", &[])).raising_all(interception(row))
        }
        Reply::Unexpected(unexpected) => from_cause(at_the_end_of_ews(
            context,
            row,
            unexpected_cause(row, unexpected),
        )),
        Reply::Unreachable(failure) => judge_failure(failure),
    };
    judgment.with_observed(observed_response(row))
}

/// Adds the retirement of EWS as a candidate after its date, if the EWS address responds in an unknown form.
fn at_the_end_of_ews(context: &Context<'_>, row: &Observation, raised: Raised) -> Raised {
    if row.check == CheckId::NetworkExchange && ews_has_ended(context.evidence) {
        raised.with_candidate(CauseId::EwsRetired)
    } else {
        raised
    }
}

/// The note about a certificate of a Microsoft host from a certification authority that Microsoft does not use.
fn interception(row: &Observation) -> Option<Raised> {
    let certificate = row
        .certificate
        .as_ref()
        .filter(|certificate| certificate.of_cloud)?;
    if knowledge::is_microsoft_issuer(certificate.organization.as_deref().unwrap_or_default()) {
        return None;
    }
    let issuer = &certificate.issuer;
    let sentence = format_message("network.issued-by", &[("detail", issuer)]);
    Some(
        Raised::new(CauseId::NetworkTlsIntercepted)
            .because(sentence)
            .with_value("issuer", issuer)
            .with_value("host", &row.subject),
    )
}

fn unexpected_cause(row: &Observation, unexpected: &Unexpected) -> Raised {
    let id = if unexpected.foreign {
        CauseId::NetworkNotMicrosoft
    } else {
        CauseId::ServiceUnexpectedResponse
    };
    Raised::new(id)
        .because(describe_response(row))
        .with_value("detail", unexpected.problem.clone())
}

/// Judges an unreachable host. The row fails, but the verdict is inconclusive, because the problem is on the path from this
/// machine and not in the tenant.
fn judge_failure(failure: &Failure) -> Judgment {
    let id = symptom_of_reply::network_cause(failure);
    let raised = cause_with_failure(id, failure);
    if id.group() == CauseGroup::Service {
        return from_cause(raised);
    }
    Judgment::fail(raised.because.clone().unwrap_or_default()).raising(raised)
}

/// Judges the local clock by the `Date` headers of the services.
fn judge_clock(context: &Context<'_>) -> Judgment {
    let Some(seconds) = agreed_offset(context.evidence) else {
        return Judgment::unknown(format_message("clock.no-date", &[]));
    };
    let words = describe_offset(seconds);
    let sentence = format_message("clock.offset", &[("detail", &words)]);
    let limit = i64::from(knowledge::dates().clock_skew_minutes) * 60;
    if seconds.abs() <= limit {
        return Judgment::pass(sentence);
    }
    Judgment::pass(sentence.clone()).raising(
        Raised::new(CauseId::NetworkClockSkew)
            .because(sentence)
            .with_value("detail", words),
    )
}

fn describe_offset(seconds: i64) -> String {
    match seconds {
        0 => "none".to_owned(),
        ahead if ahead < 0 => format!("{} s ahead of the services", -ahead),
        behind => format!("{behind} s behind the services"),
    }
}

/// The offset of the local clock in seconds: the smallest of all responses, because a slow response only increases it.
fn agreed_offset(evidence: &Evidence) -> Option<i64> {
    let parser = DateTimeParser::new();
    let offsets = evidence.requests.iter().filter_map(|request| {
        let date = parser.parse_timestamp(request.headers.get("date")?).ok()?;
        let received = request
            .at
            .as_millisecond()
            .saturating_add(i64::try_from(request.ms).ok()?);
        // The service set the date between the sending of the request and the arrival of the response.
        let earliest = date.as_millisecond() - received;
        // The header has whole seconds, so the true time can be up to 999 ms later.
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
