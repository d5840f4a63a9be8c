//! What was found, in words.

use std::fmt::Write as _;

use super::found::{Found, FoundCode};
use super::remedy;
use super::sentences::FoundSentence;
use super::ticket::{Distinct, Ticket};
use crate::knowledge::{self, CauseEntry, CodeEntry, CodeSource, Meaning, PolicyHeader, StatusEntry, TextEntry};
use crate::report::harmless::harmless;
use crate::terms::{CauseId, CheckId};

/// How many codes are explained; a log with more of them holds something else than answers of the services.
const EXPLAINED: usize = 50;

/// The answer as a text.
pub(super) fn explain(found: &Found<'_>, text: &str, pasted: bool) -> String {
    let mut answer = Answer::default();
    found.causes.iter().for_each(|cause| push(&mut answer.causes, cause.id.as_str()));
    found.codes().take(EXPLAINED).for_each(|code| answer.code(code, text));
    answer.further_codes(found);
    found.policies.iter().for_each(|policy| answer.policy(policy));
    answer.unknown_policies(&found.unknown_policies);
    if found.access_policy {
        push(&mut answer.causes, "mailbox.outside-access-policy");
    }
    found.sentences.iter().for_each(|sentence| answer.sentence(sentence));
    found.statuses.iter().for_each(|(status, times)| answer.status(status, *times));
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
    if let Some(cause) = knowledge::cause_named(id)
        && !causes.iter().any(|known| known.id == cause.id)
    {
        causes.push(cause);
    }
}

impl Answer {
    fn code(&mut self, code: &FoundCode<'_>, text: &str) {
        let times = times_of(code.times);
        let service = service_of(code).map_or(String::new(), |service| format!(", {service}"));
        let _ = writeln!(self.text, "{}{times}{service}", code.shown());
        match code.entry {
            Some(entry) => self.known_code(entry, text),
            None => self.unknown_code(code),
        }
        self.text.push('\n');
    }

    /// The words beside a code are not separated from the rest of the text, which is short where it is pasted for a code.
    fn known_code(&mut self, entry: &CodeEntry, text: &str) {
        let _ = writeln!(self.text, "  {}", entry.text);
        let narrowed = knowledge::narrowing(entry.service, &entry.code, text);
        if let Some(narrowed) = narrowed {
            let _ = writeln!(self.text, "  The text beside it: {}", narrowed.text);
        }
        match narrowed {
            Some(narrowed) if matches!(narrowed.meaning, Meaning::Cause(_)) => self.narrowed(narrowed),
            narrowed => self.meaning_of(entry, narrowed.map_or(&entry.meaning, |narrowed| &narrowed.meaning)),
        }
    }

    fn meaning_of(&mut self, entry: &CodeEntry, meaning: &Meaning) {
        if let Some(likeliest) = &entry.likeliest {
            let _ = writeln!(self.text, "  Most often: {likeliest}");
        }
        if let Some(fix) = &entry.fix {
            let _ = writeln!(self.text, "  Fix: {fix}");
        }
        match meaning {
            Meaning::Cause(id) => {
                let _ = writeln!(self.text, "  Cause{}: {id}", condition(entry));
                push(&mut self.causes, id.as_str());
            }
            _ => self.lead(entry, meaning),
        }
    }

    /// The cause that a code and the sentence beside it name together.
    fn narrowed(&mut self, entry: &TextEntry) {
        if let Meaning::Cause(id) = &entry.meaning {
            let _ = writeln!(self.text, "  Cause: {id}");
            push(&mut self.causes, id.as_str());
            let case = entry.case.as_deref().and_then(|case| knowledge::cause(*id).case(case));
            for id in case.into_iter().flat_map(|case| case.candidates.iter().flatten()) {
                push(&mut self.possible, id.as_str());
            }
        }
    }

    fn lead(&mut self, entry: &CodeEntry, meaning: &Meaning) {
        let Some(lead) = knowledge::lead(entry, meaning) else { return };
        let _ = writeln!(self.text, "  {}", lead.text);
        if !lead.causes.is_empty() {
            let _ = writeln!(self.text, "  Possible causes: {}", joined(&lead.causes));
        }
        lead.causes.iter().for_each(|id| push(&mut self.possible, id.as_str()));
    }

    fn sentence(&mut self, found: &FoundSentence) {
        let entry = found.entry;
        let _ = writeln!(self.text, "\"{}\"{}, from {}", found.part, times_of(found.times), entry.from);
        let _ = writeln!(self.text, "  {}", entry.text);
        match entry.code_entry() {
            Some(code) if entry.causes.is_empty() => {
                let _ = writeln!(self.text, "  Likely code: {}", code.code);
                self.likely_code(code);
            }
            _ => self.likely(&entry.causes, entry.next.as_deref()),
        }
        self.text.push('\n');
    }

    /// The causes of a code that the text does not hold itself.
    fn likely_code(&mut self, entry: &CodeEntry) {
        match &entry.meaning {
            Meaning::Cause(id) => self.likely(std::slice::from_ref(id), None),
            meaning => self.lead(entry, meaning),
        }
    }

    fn status(&mut self, entry: &StatusEntry, times: usize) {
        let _ = writeln!(self.text, "HTTP {}{}", entry.status, times_of(times));
        let _ = writeln!(self.text, "  {}", entry.text);
        self.likely(&entry.causes, entry.next.as_deref());
        self.text.push('\n');
    }

    /// Causes that a sentence or a status points to without proof. A single one is explained in full.
    fn likely(&mut self, causes: &[CauseId], next: Option<&str>) {
        match causes {
            [] => {}
            [id] => {
                let _ = writeln!(self.text, "  Likely cause: {id}");
                push(&mut self.causes, id.as_str());
            }
            several => {
                let _ = writeln!(self.text, "  Likely causes: {}", joined(several));
                for id in several {
                    push(&mut self.possible, id.as_str());
                }
            }
        }
        if let Some(next) = next {
            let _ = writeln!(self.text, "  Next: {next}");
        }
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
            let all: Vec<&str> = [&lead.cause].into_iter().chain(&lead.or_perhaps).map(|id| id.as_str()).collect();
            let _ = writeln!(self.text, "  Cause: {}", all.join(", or "));
            push(&mut self.causes, lead.cause.as_str());
            lead.or_perhaps.iter().for_each(|id| push(&mut self.possible, id.as_str()));
        }
        self.text.push('\n');
    }

    fn unknown_policies(&mut self, values: &Distinct<'_>) {
        for value in values.first() {
            let _ = writeln!(self.text, "X-EWS-Policy-Reason: {}", harmless(value));
            self.text.push_str("  No table of this program knows this value.\n");
            if let Some(page) = knowledge::page(CodeSource::Exchange) {
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

fn times_of(times: usize) -> String {
    if times > 1 { format!(" ({times} times)") } else { String::new() }
}

fn service_of(code: &FoundCode<'_>) -> Option<&'static str> {
    let counts_at_graph = knowledge::graph(code.code).is_some_and(|row| row.service == CodeSource::Exchange);
    Some(match code.service? {
        CodeSource::SignIn => "a code of the sign-in",
        CodeSource::Graph => "a code of Microsoft Graph",
        CodeSource::Exchange if counts_at_graph => "a code of Exchange, over EWS or Graph",
        CodeSource::Exchange => "a code of Exchange Web Services",
        CodeSource::ExchangeDiagnostics => "a number of Exchange's x-ms-diagnostics header",
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
        Some(CodeSource::SignIn) => code.code.parse().map(knowledge::lookup_address).into_iter().collect(),
        Some(service) => page(service).into_iter().collect(),
        None => [CodeSource::Exchange, CodeSource::Graph].into_iter().filter_map(page).collect(),
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

/// Ids in a row, separated by commas.
fn joined(causes: &[CauseId]) -> String {
    causes.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")
}

fn list(answer: &mut String, name: &str, distinct: &Distinct<'_>) {
    let more = if distinct.more() > 0 { format!(" and {} more", distinct.more()) } else { String::new() };
    let _ = writeln!(answer, "  {name}: {}{more}", distinct.first().join("; "));
}

fn nothing(text: &str, pasted: bool) -> String {
    let what = if pasted { "the pasted text".to_owned() } else { format!("`{}`", harmless(text)) };
    format!(
        "Nothing in {what} is known here: no code, no sentence of a service, no cause, no check.\n\
         What would help: the lines before this one, the name of the product that wrote it, and the headers and the \
         body of the response.\n\
         An AADSTS number can be looked up at {}\n\n",
        "https://login.microsoftonline.com/error?code=NUMBER"
    )
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    fn explained(text: &str) -> String {
        explain(&scan(text), text, true)
    }

    #[test]
    fn the_sentence_beside_a_code_narrows_it_as_in_a_check() {
        let graph =
            explained("AADSTS500014: The service principal for resource 'https://graph.microsoft.com' is disabled.");
        assert!(graph.contains("Cause: sign-in.graph-disabled"), "{graph}");
        assert!(!graph.contains("sign-in.exchange-disabled"), "{graph}");
        let odata = explained(r#"{"code":"ErrorAccessDenied","message":"Access to OData is disabled."}"#);
        assert!(odata.contains("Cause: mailbox.access-blocked") && odata.contains("ews.app-not-allowed"), "{odata}");
        assert!(!odata.contains("grant.calendars-read-write-missing"), "{odata}");
    }

    #[test]
    fn both_sentences_of_one_diagnostics_number_are_distinguished() {
        let header = |reason: &str| explained(&format!(r#"x-ms-diagnostics: 2000008;reason="{reason}""#));
        let none = header("The token contains no permissions, or permissions can not be understood.");
        assert!(none.contains("no application permission for Exchange at all"), "{none}");
        let other = header("The token contains not enough scope to make this call.");
        assert!(other.contains("but not full_access_as_app"), "{other}");
    }
}
