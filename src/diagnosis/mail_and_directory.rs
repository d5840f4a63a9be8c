//! Judgments of mail and directory: one probe each, combined with the role in the token.

use crate::evidence::{ConnectionFacts, Finding, Observation, Reply};
use crate::knowledge::{self, Need, format_message};
use crate::terms::{Api, CauseGroup, CauseId, CheckId, Confidence, NeedId, Requirement};

use super::access_proof::{self, AccessProof};
use super::diagnosis_context::Context;
use super::evidence_index::Declared;
use super::judgment::{Judgment, Raised, describe_response, from_cause, observed_response};
use super::mailbox_cause::{cause_of, service_account_cause};
use super::row_response::symptom_of;
use super::symptom::Symptom;
use super::{missing_grant, write_access};

/// Judges whether Graph accepts a message from the sender.
pub(super) fn judge_mail(context: &Context<'_>, row: &Observation) -> Judgment {
    if let Some(judgment) = write_access::judge_sent(row) {
        return judgment;
    }
    judge_probe(
        context,
        row,
        NeedId::MailSend,
        |facts, need, symptom| match symptom {
            Symptom::Ok => mail_accepted(context, facts, need, row),
            symptom => from_cause(sender_cause(context, facts, need, row, symptom)),
        },
    )
}

/// Judges a directory read.
pub(super) fn judge_listing(context: &Context<'_>, row: &Observation, need: NeedId) -> Judgment {
    let judgment = judge_probe(context, row, need, |facts, need, symptom| match symptom {
        Symptom::Ok => Judgment::pass(format_message("directory.read", &[])),
        Symptom::AccessRefused => from_cause(refused_read(context, facts, need, row)),
        Symptom::Named(id)
            if context.is_refused_here_only(row, *id)
                && *id != CauseId::ServiceUnexpectedResponse =>
        {
            from_cause(
                Raised::new(CauseId::DirectoryAccessBlocked)
                    .because(describe_response(row))
                    .with_value("permission", &*need.value),
            )
        }
        _ => from_cause(cause_of(context, facts, row).unwrap_or_else(|| unexpected(row))),
    });
    judgment.raising_all(without_user_sync(context, row))
}

/// The first version of ResourceXpress with a user sync (vendor's page on User Settings: v2022.4).
const FIRST_WITH_USER_SYNC: [u16; 2] = [2022, 4];

/// The note about an enabled user sync that the version of ResourceXpress does not have yet. A sync that the settings do not
/// mention is checked as an optional feature, so it gets no note.
fn without_user_sync(context: &Context<'_>, row: &Observation) -> Option<Raised> {
    let version = context.evidence.product_version.as_deref()?;
    let numbers: Vec<u16> = version
        .split(['.', ' '])
        .map_while(|part| part.parse::<u16>().ok())
        .collect();
    let is_older = !numbers.is_empty() && numbers.as_slice() < FIRST_WITH_USER_SYNC.as_slice();
    let is_enabled =
        row.check == CheckId::DirectoryUsers && row.requirement == Requirement::Required;
    let sentence = format_message("directory.version-too-old", &[("detail", version)]);
    (is_older && is_enabled).then(|| {
        Raised::new(CauseId::DirectoryVersionTooOld)
            .because(sentence.clone())
            .with_value("detail", sentence)
    })
}

fn judge_probe(
    context: &Context<'_>,
    row: &Observation,
    need: NeedId,
    judge: impl FnOnce(&ConnectionFacts, &Need, &Symptom) -> Judgment,
) -> Judgment {
    let Some(symptom) = symptom_of(row) else {
        return Judgment::error(format_message("row.no-response-kept", &[]));
    };
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let need = knowledge::need(need);
    judge(facts, need, &symptom)
        .with_observed(observed_response(row))
        .declared(context.declared_roles(&facts.name, need))
}

fn unexpected(row: &Observation) -> Raised {
    Raised::new(CauseId::ServiceUnexpectedResponse).because(describe_response(row))
}

/// Judges an accepted request. For a nonexistent message this proves access only if the service checks access first.
fn mail_accepted(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
) -> Judgment {
    if let Some(Finding::Written {
        reply: Reply::Success(_),
        ..
    }) = row.finding()
    {
        return Judgment::pass(format_message("mail.sent", &[]));
    }
    let role = [("permission", need.value.as_str())];
    match access_proof::prove_access(context, facts, need) {
        AccessProof::Declared => Judgment::pass(format_message("mail.accepted", &[])),
        AccessProof::Unreadable => Judgment::pass(format_message("mail.accepted-unreadable", &[]))
            .with_confidence(Confidence::Likely),
        AccessProof::Shown(why) => {
            Judgment::pass(format_message("mail.accepted-without-role", &role))
                .with_confidence(Confidence::Likely)
                .raising(access_proof::granted_in_exchange(facts, need, why))
        }
        AccessProof::Unproven(why) => Judgment::unknown(format_message("mail.unproven", &role))
            .raising(access_proof::unproven_access(context, facts, need, &why)),
    }
}

/// The cause of a rejected sender: the permission, the service account, or the sender itself.
fn sender_cause(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
    symptom: &Symptom,
) -> Raised {
    let declared = context.declared(&facts.name, need);
    match symptom {
        Symptom::AccessRefused if matches!(declared, Declared::No | Declared::Partly(_)) => {
            missing_grant::missing(context, facts, need)
        }
        // The sender is the service account, and its row already has the cause.
        Symptom::AccessRefused if is_refused_as_the_account(context, facts, row) => {
            account_of(context, facts, row).unwrap_or_else(|| unexpected(row))
        }
        Symptom::AccessRefused => {
            let raised = Raised::new(CauseId::MailSenderUnusable)
                .with_confidence(Confidence::Possible)
                .because(describe_response(row));
            let raised = raised
                .with_candidate(CauseId::MailboxOutsideAccessPolicy)
                .with_candidate(CauseId::GrantNotYetEffective);
            if matches!(declared, Declared::Yes(_)) {
                raised
            } else {
                raised.with_candidate(need.missing_cause)
            }
        }
        symptom if is_about_the_mailbox(symptom) => {
            account_of(context, facts, row).unwrap_or_else(|| {
                Raised::new(CauseId::MailSenderUnusable).because(describe_response(row))
            })
        }
        _ => cause_of(context, facts, row).unwrap_or_else(|| unexpected(row)),
    }
}

fn is_about_the_mailbox(symptom: &Symptom) -> bool {
    match symptom {
        Symptom::MailboxMissing => true,
        Symptom::Named(id) => {
            id.group() == CauseGroup::Mailbox
                && *id != CauseId::MailboxOutsideAccessPolicy
                && !symptom.is_undecided()
        }
        _ => false,
    }
}

/// Whether the sender is the service account and Graph rejects both requests, so that both rows have one cause.
fn is_refused_as_the_account(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
) -> bool {
    let accounts = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
    let same = accounts
        .iter()
        .find(|other| other.subject.eq_ignore_ascii_case(&row.subject));
    facts.api == Some(Api::Graph)
        && same.is_some_and(|account| symptom_of(account) == Some(Symptom::AccessRefused))
        && account_of(context, facts, row).is_some()
}

/// The cause of an unusable service account that is also the sender.
fn account_of(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> Option<Raised> {
    let accounts = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
    let account = accounts
        .iter()
        .find(|other| other.subject.eq_ignore_ascii_case(&row.subject))?;
    let raised = service_account_cause(context, facts, account, &symptom_of(account)?)?;
    (raised.id == CauseId::MailboxServiceAccountUnusable).then_some(raised)
}

fn refused_read(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
) -> Raised {
    match context.declared(&facts.name, need) {
        Declared::Yes(by) => Raised::new(CauseId::DirectoryAccessBlocked)
            .because(format_message(
                "directory.granted-but-refused",
                &[("permission", &by), ("detail", &describe_response(row))],
            ))
            .with_value("permission", by),
        Declared::Unreadable | Declared::NoToken => missing_grant::missing(context, facts, need)
            .with_confidence(Confidence::Likely)
            .because(describe_response(row)),
        Declared::Partly(_) | Declared::No => missing_grant::missing(context, facts, need),
    }
}

#[cfg(test)]
mod tests {
    use super::super::diagnose;
    use super::super::tests::{evidence, row, token};
    use super::*;
    use crate::evidence::Execution;

    fn notes(version: Option<&str>, requirement: Requirement) -> bool {
        let mut evidence = evidence(token(&["User.Read.All"]), Vec::new());
        evidence.product_version = version.map(str::to_owned);
        let read = Execution::completed(Finding::Listing(Reply::Success(())));
        evidence.observations.push(Observation {
            requirement,
            ..row(CheckId::DirectoryUsers, "tenant", read)
        });
        diagnose(&evidence)
            .causes
            .iter()
            .any(|cause| cause.id == "directory.version-too-old")
    }

    #[test]
    fn a_user_sync_that_is_enabled_before_its_first_version_has_a_note() {
        for old in ["2022.3", "2022.3 HF1", "2021.5 HF2", "2019.1.2"] {
            assert!(notes(Some(old), Requirement::Required), "{old}");
            assert!(
                !notes(Some(old), Requirement::Optional),
                "{old}: the settings do not enable a sync"
            );
        }
        for recent in [Some("2022.4"), Some("2022.10"), Some("2024.1"), None] {
            assert!(!notes(recent, Requirement::Required), "{recent:?}");
        }
    }
}
