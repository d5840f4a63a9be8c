//! Stage of the permissions: the declared roles in the token compared with the live responses (design, section 6).

use crate::evidence::{ConnectionFacts, Observation};
use crate::knowledge::{self, Need, format_message};
use crate::terms::{Api, CauseGroup, CauseId, CheckId, Confidence, NeedId, Outcome, Resource};

use super::diagnosis_context::Context;
use super::evidence_index::{Declared, calendar_need};
use super::judgment::{Judgment, Raised, from_cause};
use super::live_result::{
    LiveResult, live_result_of_probe, live_result_of_rooms, live_result_over_graph, probes,
};
use super::missing_grant::{self, missing};
use super::raised_causes::RaisedCauses;
use super::row_response::{observed_with_status, symptom_of};
use super::skipped_rows::blocked_by_sign_in;
use super::symptom::Symptom;
use super::{access_proof, surplus};

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::GrantFullAccessAsApp,
    CheckId::GrantCalendarsReadWrite,
    CheckId::GrantMailSend,
    CheckId::GrantUserReadAll,
    CheckId::GrantGroupReadAll,
    CheckId::GrantSurplus,
];

/// Judges a permission by the token, and by the judgments of the `earlier` stages over the probes that need it.
pub(super) fn judge(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
) -> Judgment {
    match row.check {
        CheckId::GrantMailSend => judge_feature_permission(context, earlier, row, NeedId::MailSend),
        CheckId::GrantUserReadAll => judge_feature_permission(context, earlier, row, NeedId::Users),
        CheckId::GrantGroupReadAll => {
            judge_feature_permission(context, earlier, row, NeedId::Groups)
        }
        CheckId::GrantSurplus => surplus::judge(context, row),
        _ => judge_calendar(context, earlier, row),
    }
}

/// Judges the permission for the calendars of the rooms.
fn judge_calendar(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let Some(api) = facts.api else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let need = calendar_need(api);
    judge_permission(context, facts, need, || match api {
        Api::Ews => live_result_of_rooms(context, earlier, facts, api),
        Api::Graph => live_result_over_graph(context, earlier, facts, need),
    })
}

/// Judges the permission for one feature by the probe that needs it.
fn judge_feature_permission(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
    need_id: NeedId,
) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let need = knowledge::need(need_id);
    judge_permission(context, facts, need, || {
        live_result_of_probe(context, earlier, facts, need)
    })
}

fn judge_permission(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    live: impl FnOnce() -> LiveResult,
) -> Judgment {
    let declared = context.declared(&facts.name, need);
    let roles = context.declared_roles(&facts.name, need);
    let judgment = match declared {
        // Without a token there is neither a role nor a probe to judge.
        Declared::NoToken => return blocked_by_sign_in(context, facts, need.api),
        Declared::Yes(by) => judge_declared(&by, live()),
        Declared::Partly(by) => judge_partly(context, facts, need, &by, live()),
        Declared::No => judge_undeclared(context, facts, need, live()),
        Declared::Unreadable => judge_unreadable(live()),
    };
    let deciding = deciding_row(context, facts, need, judgment.outcome == Outcome::Pass);
    let deciding = deciding.and_then(|row| observed_with_status(context.evidence, row));
    judgment.declared(roles).with_observed(deciding)
}

/// The live response that the row shows next to the role: for a pass a successful one, else the first one that was rejected
/// or undecided. The success can be in another connection of the same app.
fn deciding_row<'e>(
    context: &Context<'e>,
    facts: &ConnectionFacts,
    need: &Need,
    passes: bool,
) -> Option<&'e Observation> {
    let checks = probes(need, facts.api);
    let rows = checks
        .iter()
        .flat_map(|check| context.rows(*check, Some(&facts.name)).iter().copied());
    let execution: Vec<(&Observation, Symptom)> = rows
        .filter_map(|row| Some((row, symptom_of(row)?)))
        .collect();
    let decides = |symptom: &Symptom| {
        if passes {
            *symptom == Symptom::Ok
        } else {
            symptom.is_refusal_of_access() || symptom.is_undecided()
        }
    };
    if let Some((row, _)) = execution.iter().find(|(_, symptom)| decides(symptom)) {
        return Some(row);
    }
    let elsewhere = checks
        .iter()
        .filter(|_| passes)
        .flat_map(|check| context.rows_of_app(*check, facts));
    let mut elsewhere = elsewhere.filter(|row| symptom_of(row) == Some(Symptom::Ok));
    elsewhere
        .next()
        .or_else(|| execution.first().map(|(row, _)| *row))
}

fn judge_declared(by: &str, live: LiveResult) -> Judgment {
    let role = [("permission", by)];
    match live {
        LiveResult::Success | LiveResult::Shown(_) => {
            Judgment::pass(format_message("grant.declared-and-observed", &role))
        }
        LiveResult::Refused(raised) => {
            let judgment = from_cause(raised);
            Judgment {
                message: format_message("grant.granted-but-blocked", &role),
                ..judgment
            }
        }
        LiveResult::NoResponse(raised) => {
            Judgment::unknown(format_message("grant.declared-only", &role)).raising_all(raised)
        }
        // The role is in the token, but no response proves that it is effective.
        LiveResult::Unproven(raised) => {
            Judgment::unknown(format_message("grant.declared-only", &role)).raising(raised)
        }
        LiveResult::Unrelated | LiveResult::NotProbed => {
            Judgment::pass(format_message("grant.declared-not-probed", &role))
                .with_confidence(Confidence::Likely)
        }
    }
}

fn judge_partly(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    by: &str,
    live: LiveResult,
) -> Judgment {
    match live {
        LiveResult::Success if need.id == NeedId::Users => {
            from_cause(basic_only(context, facts, need, by))
        }
        // A role with read access only cannot explain the write access, so another grant must exist.
        LiveResult::Success if need.api == Resource::Graph && need.id == NeedId::GraphCalendar => {
            granted_elsewhere(facts, need)
        }
        LiveResult::Success => Judgment::pass(format_message(
            "grant.declared-and-observed",
            &[("permission", by)],
        )),
        LiveResult::NotProbed | LiveResult::Unrelated if need.id == NeedId::GraphCalendar => {
            let sentence = format_message("write.read-role", &[("permission", by)]);
            from_cause(
                Raised::new(CauseId::GrantCalendarsReadOnly)
                    .with_confidence(Confidence::Likely)
                    .because(sentence),
            )
        }
        LiveResult::NotProbed | LiveResult::Unrelated if need.id == NeedId::Users => {
            from_cause(basic_only(context, facts, need, by).with_confidence(Confidence::Likely))
        }
        LiveResult::Refused(raised) => from_cause(raised),
        live => judge_undeclared(context, facts, need, live),
    }
}

/// The cause for a role with basic attributes only. If the full role is requested without consent, consent is the fix.
fn basic_only(context: &Context<'_>, facts: &ConnectionFacts, need: &Need, by: &str) -> Raised {
    let why = missing_grant::why_missing(context, facts, need)
        .filter(|why| why.id == CauseId::RegistrationConsentMissing);
    let raised = why.unwrap_or_else(|| Raised::new(CauseId::GrantUserReadBasicOnly));
    raised
        .because(format_message("grant.basic-only", &[("permission", by)]))
        .with_value("permission", need.value.clone())
}

fn judge_undeclared(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    live: LiveResult,
) -> Judgment {
    let role = [("permission", need.value.as_str())];
    match live {
        LiveResult::Success => granted_elsewhere(facts, need),
        LiveResult::Shown(why) => likely_granted_elsewhere(facts, need, why),
        LiveResult::Unproven(raised) => {
            Judgment::unknown(format_message("grant.unproven-role", &role)).raising(raised)
        }
        LiveResult::Refused(raised) if is_about_the_grant(raised.id) => from_cause(raised),
        // The probes do not show the permission itself. Exchange may still grant it, so the cause is only likely.
        LiveResult::Refused(_) | LiveResult::NotProbed | LiveResult::Unrelated => {
            let raised = missing(context, facts, need).with_confidence(Confidence::Likely);
            from_cause(raised.because(format_message("grant.not-probed", &role)))
        }
        LiveResult::NoResponse(raised) => {
            Judgment::unknown(format_message("grant.absent-and-no-response", &role))
                .raising_all(raised)
        }
    }
}

fn judge_unreadable(live: LiveResult) -> Judgment {
    match live {
        LiveResult::Success => Judgment::pass(format_message("grant.unreadable-but-works", &[])),
        LiveResult::Shown(_) => Judgment::pass(format_message("grant.unreadable-but-works", &[]))
            .with_confidence(Confidence::Likely),
        LiveResult::Unproven(raised) => {
            Judgment::unknown(format_message("grant.unreadable", &[])).raising(raised)
        }
        LiveResult::Refused(raised) => from_cause(raised),
        LiveResult::NoResponse(raised) => {
            Judgment::unknown(format_message("grant.unreadable", &[])).raising_all(raised)
        }
        LiveResult::Unrelated | LiveResult::NotProbed => {
            Judgment::unknown(format_message("grant.unreadable", &[]))
        }
    }
}

/// The judgment for a probe that succeeds without a role in the token. Exchange can grant some permissions on its own.
fn granted_elsewhere(facts: &ConnectionFacts, need: &Need) -> Judgment {
    let role = [("permission", need.value.as_str())];
    if need.exchange_rbac_role.is_none() {
        return Judgment::pass(format_message("grant.observed-only", &role));
    }
    let sentence = format_message("grant.by-exchange-rbac", &role);
    Judgment::pass(sentence.clone())
        .raising(access_proof::granted_in_exchange(facts, need, sentence))
}

/// The same judgment, based on a request for a nonexistent item. It is only as certain as the row of that request.
fn likely_granted_elsewhere(facts: &ConnectionFacts, need: &Need, why: String) -> Judgment {
    let sentence = format_message(
        "grant.by-exchange-rbac",
        &[("permission", need.value.as_str())],
    );
    let note = access_proof::granted_in_exchange(facts, need, why);
    Judgment::pass(sentence)
        .with_confidence(Confidence::Likely)
        .raising(note)
}

/// Whether a cause is about the permission itself, as opposed to a policy that blocks it. After the retirement of EWS its
/// permission is no longer missing.
fn is_about_the_grant(id: CauseId) -> bool {
    matches!(
        id.group(),
        CauseGroup::Grant | CauseGroup::Registration | CauseGroup::SignIn
    ) || id == CauseId::EwsRetired
}
