//! Mail and directory: one probe each, judged with the role in the token.

use super::context::{Context, Declared, symptom_of};
use super::grants;
use super::judgement::{Judgement, Raised, from_cause, observed_of, told_by};
use super::mailboxes::{cause_of, service_account_cause};
use super::result::Confidence;
use super::symptom::Symptom;
use super::writes;
use crate::evidence::{CheckId, ConnectionFacts, Finding, Observation, Reply};
use crate::knowledge::{self, Need, phrase};

/// Judges whether Graph would accept a message from the sender, or has accepted one.
pub(super) fn judge_mail(context: &Context<'_>, row: &Observation) -> Judgement {
    if let Some(judgement) = writes::judge_sent(row) {
        return judgement;
    }
    judge_probe(context, row, "mail-send", |facts, need, symptom| match symptom {
        Symptom::Fine => mail_accepted(context, facts, need, row),
        symptom => from_cause(sender_cause(context, facts, need, row, symptom)),
    })
}

/// Judges a directory read.
pub(super) fn judge_listing(context: &Context<'_>, row: &Observation, need: &str) -> Judgement {
    judge_probe(context, row, need, |facts, need, symptom| match symptom {
        Symptom::Fine => Judgement::pass(phrase("directory.read", &[])),
        Symptom::AccessRefused => from_cause(refused_read(context, facts, need, row)),
        _ => from_cause(cause_of(context, facts, row).unwrap_or_else(|| unexpected(row))),
    })
}

fn judge_probe(
    context: &Context<'_>,
    row: &Observation,
    need: &str,
    judge: impl FnOnce(&ConnectionFacts, &Need, &Symptom) -> Judgement,
) -> Judgement {
    let Some(symptom) = symptom_of(row) else { return Judgement::error(phrase("row.no-answer-kept", &[])) };
    let facts = context.connection_of(row);
    let Some((facts, need)) = facts.and_then(|facts| Some((facts, knowledge::need(need)?))) else {
        return Judgement::error(phrase("row.no-connection", &[]));
    };
    judge(facts, need, &symptom).observed(observed_of(row)).declared(context.declared_roles(&facts.name, need))
}

fn unexpected(row: &Observation) -> Raised {
    Raised::new("service.unexpected-answer").because(told_by(row))
}

/// The acceptance of a message that does not exist says something about access only if access is decided first.
fn mail_accepted(context: &Context<'_>, facts: &ConnectionFacts, need: &Need, row: &Observation) -> Judgement {
    if let Some(Finding::Written { reply: Reply::Success(_), .. }) = row.finding() {
        return Judgement::pass(phrase("mail.sent", &[]));
    }
    if matches!(context.declared(&facts.name, need), Declared::Yes(_)) || context.authorises_first() {
        return Judgement::pass(phrase("mail.accepted", &[]));
    }
    Judgement::pass(phrase("mail.accepted-uncalibrated", &[])).sure(Confidence::Likely)
}

/// The cause behind a sender that is refused: the grant, the account that the rooms share, or the sender by itself.
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
            grants::missing(context, facts, need)
        }
        Symptom::AccessRefused => {
            let raised = Raised::new("mail.sender-unusable").sure(Confidence::Possible).because(told_by(row));
            let raised = raised.or_perhaps("mailbox.outside-access-policy").or_perhaps("grant.not-yet-effective");
            if matches!(declared, Declared::Yes(_)) { raised } else { raised.or_perhaps(&need.missing_cause) }
        }
        symptom if is_about_the_mailbox(symptom) => {
            account_of(context, facts, row).unwrap_or_else(|| Raised::new("mail.sender-unusable").because(told_by(row)))
        }
        _ => cause_of(context, facts, row).unwrap_or_else(|| unexpected(row)),
    }
}

fn is_about_the_mailbox(symptom: &Symptom) -> bool {
    match symptom {
        Symptom::MailboxMissing => true,
        Symptom::Named(id) => {
            id.starts_with("mailbox.") && id != "mailbox.outside-access-policy" && !symptom.is_undecided()
        }
        _ => false,
    }
}

/// When the sender is the service account and that account itself is unusable, both rows have one cause.
fn account_of(context: &Context<'_>, facts: &ConnectionFacts, row: &Observation) -> Option<Raised> {
    let accounts = context.rows(CheckId::MailboxServiceAccount, Some(&facts.name));
    let account = accounts.iter().find(|other| other.subject.eq_ignore_ascii_case(&row.subject))?;
    let raised = service_account_cause(context, facts, account, &symptom_of(account)?)?;
    (raised.id == "mailbox.service-account-unusable").then_some(raised)
}

fn refused_read(context: &Context<'_>, facts: &ConnectionFacts, need: &Need, row: &Observation) -> Raised {
    match context.declared(&facts.name, need) {
        Declared::Yes(by) => Raised::new("directory.access-blocked")
            .because(phrase("directory.granted-but-refused", &[("permission", &by), ("detail", &told_by(row))]))
            .with("permission", by),
        Declared::Unreadable | Declared::NoToken => {
            grants::missing(context, facts, need).sure(Confidence::Likely).because(told_by(row))
        }
        Declared::Partly(_) | Declared::No => grants::missing(context, facts, need),
    }
}
