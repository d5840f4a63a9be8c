//! What was found, in words.

use std::fmt::Write as _;

use super::scan::{Found, FoundCode};
use crate::evidence::CheckId;
use crate::knowledge::{self, CauseEntry, CodeService, Meaning, PolicyReason};

/// The answer as a text.
pub(super) fn explain(found: &Found, text: &str, pasted: bool) -> String {
    let mut answer = String::new();
    let mut causes: Vec<&CauseEntry> = found.causes.clone();
    for code in &found.codes {
        explain_code(&mut answer, code, &mut causes);
    }
    for policy in &found.policies {
        let _ = writeln!(answer, "X-EWS-Policy-Reason: {}\n  {}\n", policy.value, policy.text);
        push(&mut causes, if policy.reason == PolicyReason::Disabled { "ews.disabled" } else { "ews.app-not-allowed" });
    }
    if found.access_policy {
        push(&mut causes, "mailbox.outside-access-policy");
    }
    for check in &found.checks {
        explain_check(&mut answer, *check);
    }
    for cause in causes {
        explain_cause(&mut answer, cause);
    }
    if found.is_empty() {
        answer.push_str(&nothing(text, pasted));
    }
    ids(&mut answer, found);
    let _ = writeln!(answer, "Knowledge of {}.", knowledge::dates().knowledge_date);
    answer
}

fn push(causes: &mut Vec<&'static CauseEntry>, id: &str) {
    if let Some(cause) = knowledge::cause(id)
        && !causes.iter().any(|known| known.id == cause.id)
    {
        causes.push(cause);
    }
}

fn explain_code(answer: &mut String, found: &FoundCode, causes: &mut Vec<&'static CauseEntry>) {
    let times = if found.times > 1 { format!(" ({} times)", found.times) } else { String::new() };
    let Some(entry) = found.entry else {
        let number = found.code.trim_start_matches("AADSTS").parse().unwrap_or_default();
        let address = knowledge::lookup_address(number);
        let _ = writeln!(
            answer,
            "{}{times}\n  No table of this program knows this code. Microsoft's page: {address}\n",
            found.code
        );
        return;
    };
    let _ = writeln!(answer, "{}{times}, {}\n  {}", found.code, service(entry.service), entry.text);
    if let Some(likeliest) = &entry.likeliest {
        let _ = writeln!(answer, "  Most often: {likeliest}");
    }
    if let Some(fix) = &entry.fix {
        let _ = writeln!(answer, "  Mend: {fix}");
    }
    let _ = writeln!(answer, "  {}\n", leads_to(&entry.meaning));
    if let Meaning::Cause(id) = &entry.meaning {
        push(causes, id);
    }
}

fn service(service: CodeService) -> &'static str {
    match service {
        CodeService::SignIn => "a code of the sign-in",
        CodeService::Graph => "a code of Microsoft Graph",
        CodeService::Exchange => "a code of Exchange Web Services",
        CodeService::ExchangeDiagnostics => "a number of Exchange's x-ms-diagnostics header",
    }
}

fn leads_to(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Cause(id) => format!("Cause: {id}"),
        Meaning::AccessRefused => {
            "A refusal of access: the roles in the token and the pattern over the rooms decide the cause".into()
        }
        Meaning::Throttled => "Too many requests: waiting helps; it says nothing about the tenant".into(),
        Meaning::Transient => {
            "A passing fault of the service: trying again helps; it says nothing about the tenant".into()
        }
        Meaning::Accepted => "What an authorised caller gets when it asks about an item that does not exist".into(),
        Meaning::MailboxMissing => {
            "No mailbox behind the address: one room is a typing error, all rooms are elsewhere".into()
        }
        Meaning::OurFault => {
            "The request itself was wrong: a fault of the client, or of a proxy that changed it".into()
        }
    }
}

fn explain_check(answer: &mut String, check: CheckId) {
    let Some(entry) = knowledge::check(check.as_str()) else { return };
    let _ = writeln!(answer, "{check}, a check\n  {}\n  {}\n  {}\n", entry.question, entry.proves, entry.not_proven);
}

/// A text with a mark where a value of the customer would stand.
fn plain(text: &str) -> String {
    knowledge::fill(text, &|_| None)
}

fn cause_steps(steps: &[String]) -> impl Iterator<Item = (usize, String)> + '_ {
    steps.iter().enumerate().map(|(index, step)| (index + 1, plain(step)))
}

fn explain_cause(answer: &mut String, cause: &CauseEntry) {
    let _ = writeln!(answer, "{}, a cause: {}", cause.id, plain(&cause.title));
    let _ = writeln!(answer, "  {}", plain(&cause.impact));
    let _ = writeln!(answer, "  Recognised by: {}", plain(&cause.evidence));
    let _ = writeln!(answer, "  Who can mend it: {}", cause.who);
    for (number, step) in cause_steps(&cause.steps) {
        let _ = writeln!(answer, "  {number}. {step}");
    }
    for case in &cause.cases {
        let _ = writeln!(answer, "  Or: {}", plain(&case.title));
        for (number, step) in cause_steps(&case.steps) {
            let _ = writeln!(answer, "  {number}. {step}");
        }
    }
    for command in &cause.commands {
        for line in plain(&command.text).lines() {
            let _ = writeln!(answer, "      {line}");
        }
    }
    let _ = writeln!(answer, "  See that it worked: {}", plain(&cause.verify));
    let _ = writeln!(answer, "  Takes: {}", plain(&cause.takes));
    for link in &cause.links {
        let _ = writeln!(answer, "  {link}");
    }
    answer.push('\n');
}

fn ids(answer: &mut String, found: &Found) {
    if found.ids.is_empty() && found.times.is_empty() {
        return;
    }
    answer.push_str("For a ticket at Microsoft:\n");
    for (label, ids) in &found.ids {
        let _ = writeln!(answer, "  {label}: {}", ids.join(", "));
    }
    if !found.times.is_empty() {
        let _ = writeln!(answer, "  times: {}", found.times.join(", "));
    }
    answer.push('\n');
}

fn nothing(text: &str, pasted: bool) -> String {
    let what =
        if pasted { "the pasted text".to_owned() } else { format!("`{}`", crate::report::harmless::harmless(text)) };
    format!(
        "Nothing in {what} is known here: no code, no cause, no check.\n\
         An AADSTS number can be looked up at {}\n\n",
        "https://login.microsoftonline.com/error?code=NUMBER"
    )
}
