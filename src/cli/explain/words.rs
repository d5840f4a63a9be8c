//! What was found, in words.

use std::fmt::Write as _;

use super::found::{Found, FoundCode};
use super::remedy;
use super::ticket::{Distinct, Ticket};
use crate::evidence::CheckId;
use crate::knowledge::{self, CauseEntry, CodeEntry, CodeService, Meaning, MessageEntry, PolicyHeader};
use crate::report::harmless::harmless;

/// How many codes are explained; a log with more of them holds something else than answers of the services.
const EXPLAINED: usize = 50;

/// The answer as a text.
pub(super) fn explain(found: &Found<'_>, text: &str, pasted: bool) -> String {
    let mut answer = Answer::default();
    found.causes.iter().for_each(|cause| push(&mut answer.causes, &cause.id));
    found.codes().take(EXPLAINED).for_each(|code| answer.code(code, &found.messages));
    found.messages.iter().for_each(|message| answer.message(message));
    answer.further_codes(found);
    found.policies.iter().for_each(|policy| answer.policy(policy));
    answer.unknown_policies(&found.unknown_policies);
    if found.access_policy {
        push(&mut answer.causes, "mailbox.outside-access-policy");
    }
    found.checks.iter().for_each(|check| answer.check(*check));
    answer.possible_causes();
    answer.causes.clone().into_iter().for_each(|cause| remedy::explain(&mut answer.text, cause));
    if found.is_empty() {
        answer.text.push_str(&nothing(text, pasted));
    }
    ticket(&mut answer.text, &found.ticket);
    let _ = writeln!(answer.text, "Knowledge of {}.", knowledge::dates().knowledge_date);
    answer.text
}

/// The text so far, and the causes that it has to explain.
#[derive(Default)]
struct Answer {
    text: String,
    /// Causes that something names by itself: they are explained in full.
    causes: Vec<&'static CauseEntry>,
    /// Causes that can stand behind something: they get a line each.
    possible: Vec<&'static CauseEntry>,
}

fn push(causes: &mut Vec<&'static CauseEntry>, id: &str) {
    if let Some(cause) = knowledge::cause(id)
        && !causes.iter().any(|known| known.id == cause.id)
    {
        causes.push(cause);
    }
}

impl Answer {
    /// Explains a code, unless a sentence in the text explains it better.
    fn code(&mut self, code: &FoundCode<'_>, messages: &[&'static MessageEntry]) {
        if messages.iter().any(|message| message.explains(code.code)) {
            return;
        }
        let times = if code.times > 1 { format!(" ({} times)", code.times) } else { String::new() };
        let service = service_of(code).map_or(String::new(), |service| format!(", {service}"));
        let _ = writeln!(self.text, "{}{times}{service}", code.shown());
        match code.entry {
            Some(entry) => self.known_code(entry),
            None => self.unknown_code(code),
        }
        self.text.push('\n');
    }

    fn known_code(&mut self, entry: &CodeEntry) {
        let _ = writeln!(self.text, "  {}", entry.text);
        if let Some(likeliest) = &entry.likeliest {
            let _ = writeln!(self.text, "  Most often: {likeliest}");
        }
        if let Some(fix) = &entry.fix {
            let _ = writeln!(self.text, "  Mend: {fix}");
        }
        match &entry.meaning {
            Meaning::Cause(id) => {
                let _ = writeln!(self.text, "  Cause{}: {id}", condition(entry));
                push(&mut self.causes, id);
            }
            _ => self.lead(entry),
        }
    }

    fn message(&mut self, message: &MessageEntry) {
        let _ = writeln!(self.text, "\"{}\"\n  {}", message.contains, message.text);
        if let Meaning::Cause(id) = &message.meaning {
            let _ = writeln!(self.text, "  Cause: {id}");
            push(&mut self.causes, id);
        }
        self.text.push('\n');
    }

    fn lead(&mut self, entry: &CodeEntry) {
        let Some(lead) = knowledge::lead(entry) else { return };
        let _ = writeln!(self.text, "  {}", lead.text);
        if !lead.causes.is_empty() {
            let _ = writeln!(self.text, "  Possible causes: {}", lead.causes.join(", "));
        }
        lead.causes.iter().for_each(|id| push(&mut self.possible, id));
    }

    fn unknown_code(&mut self, code: &FoundCode<'_>) {
        self.text.push_str("  No table of this program knows this code.\n");
        if let Some(said) = code.said {
            let _ = writeln!(self.text, "  The service says: {}", harmless(said));
        }
        for page in pages(code) {
            let _ = writeln!(self.text, "  Microsoft's page: {page}");
        }
    }

    fn further_codes(&mut self, found: &Found<'_>) {
        let further = found.number_of_codes().saturating_sub(EXPLAINED);
        if further > 0 {
            let _ = writeln!(self.text, "And {further} more codes, which are not explained here.\n");
        }
    }

    fn policy(&mut self, policy: &PolicyHeader) {
        let _ = writeln!(self.text, "X-EWS-Policy-Reason: {}\n  {}", policy.value, policy.text);
        if let Some(lead) = knowledge::policy_lead(policy.reason) {
            let all: Vec<&str> = [&lead.cause].into_iter().chain(&lead.or_perhaps).map(String::as_str).collect();
            let _ = writeln!(self.text, "  Cause: {}", all.join(", or "));
            push(&mut self.causes, &lead.cause);
            lead.or_perhaps.iter().for_each(|id| push(&mut self.possible, id));
        }
        self.text.push('\n');
    }

    fn unknown_policies(&mut self, values: &Distinct<'_>) {
        for value in values.first() {
            let _ = writeln!(self.text, "X-EWS-Policy-Reason: {}", harmless(value));
            self.text.push_str("  No table of this program knows this value.\n");
            if let Some(page) = knowledge::page(CodeService::Exchange) {
                let _ = writeln!(self.text, "  Microsoft's page: {page}");
            }
            self.text.push('\n');
        }
        if values.more() > 0 {
            let _ = writeln!(self.text, "And {} more values of this header.\n", values.more());
        }
    }

    fn check(&mut self, check: CheckId) {
        let Some(entry) = knowledge::check(check.as_str()) else { return };
        let _ = writeln!(self.text, "{check}, a check: {}", entry.question);
        let _ = writeln!(self.text, "  A pass shows: {}\n  It does not show: {}\n", entry.proves, entry.not_proven);
    }

    /// Those that are not explained in full anyway.
    fn possible_causes(&mut self) {
        let explained = |cause: &&CauseEntry| self.causes.iter().any(|known| known.id == cause.id);
        let possible: Vec<&CauseEntry> = self.possible.iter().copied().filter(|cause| !explained(cause)).collect();
        if possible.is_empty() {
            return;
        }
        self.text.push_str("Possible causes; `rx-preflight explain CAUSE` says how each is recognised and mended:\n");
        for cause in possible {
            remedy::line(&mut self.text, cause);
        }
        self.text.push('\n');
    }
}

fn service_of(code: &FoundCode<'_>) -> Option<&'static str> {
    let counts_at_graph = knowledge::graph(code.code).is_some_and(|row| row.service == CodeService::Exchange);
    Some(match code.service? {
        CodeService::SignIn => "a code of the sign-in",
        CodeService::Graph => "a code of Microsoft Graph",
        CodeService::Exchange if counts_at_graph => "a code of Exchange, over EWS or Graph",
        CodeService::Exchange => "a code of Exchange Web Services",
        CodeService::ExchangeDiagnostics => "a number of Exchange's x-ms-diagnostics header",
    })
}

/// Some codes name their cause only when the token was asked for a certain API.
fn condition(entry: &CodeEntry) -> String {
    entry.only_for.as_ref().map_or(String::new(), |api| format!(", if the token was asked for {api}"))
}

/// Where to look up a code: at the service it comes from, or at both where that cannot be told.
fn pages(code: &FoundCode<'_>) -> Vec<String> {
    let page = |service| knowledge::page(service).map(str::to_owned);
    match code.service {
        Some(CodeService::SignIn) => code.code.parse().map(knowledge::lookup_address).into_iter().collect(),
        Some(service) => page(service).into_iter().collect(),
        None => [CodeService::Exchange, CodeService::Graph].into_iter().filter_map(page).collect(),
    }
}

fn ticket(answer: &mut String, ticket: &Ticket<'_>) {
    if ticket.ids.is_empty() && ticket.times.is_empty() {
        return;
    }
    answer.push_str("For a ticket at Microsoft:\n");
    for (name, ids) in &ticket.ids {
        list(answer, name, ids);
    }
    if !ticket.times.is_empty() {
        list(answer, "times", &ticket.times);
    }
    answer.push('\n');
}

fn list(answer: &mut String, name: &str, distinct: &Distinct<'_>) {
    let more = if distinct.more() > 0 { format!(" and {} more", distinct.more()) } else { String::new() };
    let _ = writeln!(answer, "  {name}: {}{more}", distinct.first().join("; "));
}

fn nothing(text: &str, pasted: bool) -> String {
    let what = if pasted { "the pasted text".to_owned() } else { format!("`{}`", harmless(text)) };
    format!(
        "Nothing in {what} is known here: no code, no cause, no check.\n\
         An AADSTS number can be looked up at {}\n\n",
        "https://login.microsoftonline.com/error?code=NUMBER"
    )
}
