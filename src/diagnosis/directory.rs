//! Mail and directory: one probe each, judged with the role in the token.

use super::context::{Context, Declared, symptom_of};
use super::grants;
use super::judgement::{Judgement, Raised};
use super::mailboxes::{cause_of, from_cause, observed_of, told_by};
use super::result::Confidence;
use super::symptom::Symptom;
use crate::evidence::{CheckId, ConnectionFacts, Observation};
use crate::knowledge::{self, Need, phrase};

/// Judges whether Graph would accept a message from the sender.
pub(super) fn judge_mail(context: &Context<'_>, row: &Observation) -> Judgement {
    judge_probe(context, row, "mail-send", "mail.accepted", |symptom, facts| sender_cause(context, row, symptom, facts))
}

/// Judges a directory read.
pub(super) fn judge_listing(context: &Context<'_>, row: &Observation, need: &str) -> Judgement {
    judge_probe(context, row, need, "directory.read", |_, _| None)
}

fn judge_probe(
    context: &Context<'_>,
    row: &Observation,
    need: &str,
    success: &str,
    special: impl FnOnce(&Symptom, &ConnectionFacts) -> Option<Raised>,
) -> Judgement {
    let Some(symptom) = symptom_of(row) else { return Judgement::error(phrase("row.no-answer-kept", &[])) };
    let facts = context.connection_of(row);
    let Some((facts, need)) = facts.and_then(|facts| Some((facts, knowledge::need(need)?))) else {
        return Judgement::error(phrase("row.no-connection", &[]));
    };
    let judgement = match &symptom {
        Symptom::Fine => accepted(context, facts, need, row, success),
        symptom => {
            from_cause(special(symptom, facts).unwrap_or_else(|| probe_cause(context, facts, need, row, symptom)))
        }
    };
    judgement.observed(observed_of(row)).declared(context.declared_roles(&facts.name, need))
}

/// The acceptance of a message that does not exist says something about access only if access is decided first.
fn accepted(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
    success: &str,
) -> Judgement {
    let declared = matches!(context.declared(&facts.name, need), Declared::Yes(_));
    if declared || row.check != CheckId::MailSend || grants::authorises_first(context) {
        return Judgement::pass(phrase(success, &[]));
    }
    Judgement::pass(phrase("mail.accepted-uncalibrated", &[])).sure(Confidence::Likely)
}

fn probe_cause(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
    row: &Observation,
    symptom: &Symptom,
) -> Raised {
    if *symptom != Symptom::AccessRefused {
        return cause_of(context, facts, row).unwrap_or_else(|| Raised::new("service.unexpected-answer"));
    }
    match context.declared(&facts.name, need) {
        Declared::Yes(by) if need.id == "mail-send" => {
            Raised::new("mailbox.access-blocked").because(phrase("access.granted-but-blocked", &[("permission", &by)]))
        }
        Declared::Yes(by) => grants::missing(context, facts, need)
            .sure(Confidence::Possible)
            .because(phrase("directory.granted-but-refused", &[("permission", &by)])),
        Declared::Unreadable | Declared::NoToken => grants::missing(context, facts, need).sure(Confidence::Likely),
        Declared::Partly(_) | Declared::No => grants::missing(context, facts, need),
    }
}

/// When the sender is the service account and that account has no usable mailbox, both rows have one cause.
fn sender_cause(
    context: &Context<'_>,
    row: &Observation,
    symptom: &Symptom,
    facts: &ConnectionFacts,
) -> Option<Raised> {
    let about_the_mailbox = match symptom {
        Symptom::MailboxMissing => true,
        Symptom::Named(id) => id.starts_with("mailbox.") && !symptom.is_undecided(),
        _ => false,
    };
    let account = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
    let same = account.iter().find(|other| other.subject.eq_ignore_ascii_case(&row.subject))?;
    let failed = symptom_of(same).is_some_and(|symptom| symptom != Symptom::Fine && !symptom.is_undecided());
    (about_the_mailbox && failed).then(|| Raised::new("mailbox.service-account-unusable").because(told_by(row)))
}
