//! What was found, in words.

use std::fmt::Write as _;

use super::cause_text;
use super::findings::SentenceFinding;
use super::findings::{CodeFinding, Findings};
use super::narrowing::Narrowing;
use super::ranking::{self, FindingKind, Persistence, RankedFinding, RootFinding};
use super::sentence_matcher::code_of;
use super::ticket::{DistinctTexts, TicketDetails};
use crate::knowledge::{
    self, CauseEntry, CodeEntry, CodeSource, Meaning, PolicyHeader, StatusEntry, TextEntry,
};
use crate::report::sanitize::sanitize;
use crate::terms::{CauseId, CheckId};

/// How many codes are named; a log with more of them holds something else than responses of the services.
const NAMED: usize = 50;

/// How many findings of a pasted text are explained in full; the others get a line each.
const IN_FULL: usize = 6;

/// How many codes without a row get lines of their own.
const UNKNOWN_IN_FULL: usize = 3;

/// How many causes of a pasted text are explained in full; where there are more, only the first is.
const CAUSES_IN_FULL: usize = 2;

/// The answer as a text. `is_own` says that this program wrote what was pasted.
pub(super) fn explain(found: &Findings<'_>, text: &str, pasted: bool, is_own: bool) -> String {
    let items = ranking::items(found, is_own);
    let mut output = Explanation {
        is_own,
        ..Explanation::default()
    };
    found
        .causes
        .iter()
        .for_each(|cause| push(&mut output.causes, cause.id));
    if pasted {
        output.in_order_of_time(found, &items);
    }
    output.findings(found, &items);
    output.unknown_policies(&found.unknown_policies);
    found.checks.iter().for_each(|check| output.check(*check));
    let in_full = output.causes.len();
    let in_full = if pasted && in_full > CAUSES_IN_FULL {
        1
    } else {
        in_full
    };
    output.further_causes(in_full);
    for cause in output.causes.clone().into_iter().take(in_full) {
        cause_text::write_cause(&mut output.text, cause, is_own);
    }
    if found.is_empty() {
        output.text.push_str(&nothing(text, pasted));
    }
    ticket(&mut output.text, &found.ticket);
    output.text + &knowledge_date_line()
}

/// The causes of a pasted report of this program: the first in full, the others in a line each.
pub(super) fn explain_report(found: &Findings<'_>) -> String {
    let mut output = Explanation {
        is_own: true,
        ..Explanation::default()
    };
    found
        .causes
        .iter()
        .for_each(|cause| push(&mut output.causes, cause.id));
    if let Some(first) = output.causes.first() {
        cause_text::write_cause(&mut output.text, first, true);
    }
    output.further_causes(1);
    ticket(&mut output.text, &found.ticket);
    output.text + &knowledge_date_line()
}

/// How old the knowledge is.
pub(super) fn knowledge_date_line() -> String {
    format!("Knowledge of {}.\n", knowledge::dates().knowledge_date)
}

/// The text so far, and the causes that it has to explain.
#[derive(Default)]
struct Explanation {
    text: String,
    is_own: bool,
    /// Causes that something names by itself: they are explained in full.
    causes: Vec<&'static CauseEntry>,
    /// Causes that can stand behind something: they get a line each.
    possible: Vec<&'static CauseEntry>,
}

fn push(causes: &mut Vec<&'static CauseEntry>, id: CauseId) {
    if !causes.iter().any(|known| known.id == id) {
        causes.push(knowledge::cause(id));
    }
}

impl Explanation {
    /// What a log holds, in the order of its times, and which of it explains the rest.
    fn in_order_of_time(&mut self, found: &Findings<'_>, items: &[RankedFinding<'_, '_>]) {
        if !found.timeline.is_log() || items.len() < 2 {
            return;
        }
        let mut in_order: Vec<&RankedFinding<'_, '_>> = items
            .iter()
            .filter(|item| item.persistence != Persistence::Unknown)
            .collect();
        in_order.sort_by_key(|item| item.occurrences.begin(&found.timeline));
        if found.timeline.is_reversed() {
            in_order.reverse();
        }
        if in_order.len() > 1 {
            self.text.push_str("In order of time:\n");
            in_order.dedup_by(|later, earlier| later.label == earlier.label);
            for item in in_order.iter().take(NAMED) {
                let _ = writeln!(
                    self.text,
                    "  {}{}",
                    item.label,
                    item.occurrences.describe(&found.timeline)
                );
            }
        }
        if let Some(root) = ranking::root(found, items) {
            self.root(&root);
        }
        self.text.push('\n');
    }

    fn root(&mut self, root: &RootFinding<'_, '_, '_>) {
        let Some(cause) = root.item.causes.first() else {
            return;
        };
        let _ = write!(self.text, "Start with {}: {}", root.item.label, cause.id);
        self.text.push_str(if root.blocks {
            ". It lasts, and until it is fixed it can explain everything that came after it.\n"
        } else {
            " is the likeliest cause.\n"
        });
        for (items, why) in [
            (&root.before, "Earlier, and not explained by it"),
            (&root.passing, "Passed by itself or is over, so it can wait"),
        ] {
            if !items.is_empty() {
                // A code that two services share is one code for the reader.
                let mut labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
                labels.dedup();
                let _ = writeln!(self.text, "{why}: {}.", labels.join(", "));
            }
        }
    }

    /// Each finding, the first ones in full.
    fn findings(&mut self, found: &Findings<'_>, items: &[RankedFinding<'_, '_>]) {
        let (unknown, known): (Vec<_>, Vec<_>) = items
            .iter()
            .partition(|item| item.persistence == Persistence::Unknown);
        for item in known.iter().take(IN_FULL) {
            self.finding(found, item);
        }
        let further: Vec<_> = known.iter().skip(IN_FULL).take(NAMED - IN_FULL).collect();
        for item in &further {
            let _ = writeln!(
                self.text,
                "{}{}",
                item.label,
                item.occurrences.describe(&found.timeline)
            );
            if let Some(cause) = item.causes.first() {
                push(&mut self.possible, cause.id);
            }
        }
        if !further.is_empty() {
            self.text
                .push_str("  `rx-preflight explain CODE` says what each of them means.\n\n");
        }
        self.unknown_codes(found, &unknown, NAMED.saturating_sub(known.len()));
        let more = items.len().saturating_sub(NAMED);
        if more > 0 {
            let _ = writeln!(
                self.text,
                "And {more} more codes, which are not explained here.\n"
            );
        }
    }

    fn unknown_codes(
        &mut self,
        found: &Findings<'_>,
        unknown: &[&RankedFinding<'_, '_>],
        room: usize,
    ) {
        if unknown.len() <= UNKNOWN_IN_FULL {
            for item in unknown {
                self.finding(found, item);
            }
            return;
        }
        let names: Vec<&str> = unknown
            .iter()
            .take(room)
            .map(|item| item.label.as_str())
            .collect();
        let _ = writeln!(
            self.text,
            "No table of this program knows these codes:\n  {}",
            names.join(", ")
        );
        let _ = writeln!(
            self.text,
            "  Microsoft's page for an AADSTS number: {}?code=NUMBER\n",
            knowledge::LOOKUP_PAGE
        );
    }

    fn finding(&mut self, found: &Findings<'_>, item: &RankedFinding<'_, '_>) {
        let occurrences = item.occurrences.describe(&found.timeline);
        match &item.what {
            FindingKind::Code(code) => self.code(code, &occurrences),
            FindingKind::Policy(policy) => self.policy(policy),
            FindingKind::AccessPolicy => self.access_policy(&occurrences),
            FindingKind::Sentence(sentence) => self.sentence(sentence, &occurrences),
            FindingKind::Status(status) => self.status(status, &occurrences),
        }
    }

    fn code(&mut self, code: &CodeFinding<'_>, occurrences: &str) {
        let service = service_of(code).map_or(String::new(), |service| format!(", {service}"));
        let _ = writeln!(self.text, "{}{occurrences}{service}", code.shown());
        match code.entry {
            Some(entry) => self.known_code(code, entry),
            None => self.unknown_code(code),
        }
        self.text.push('\n');
    }

    fn known_code(&mut self, code: &CodeFinding<'_>, entry: &CodeEntry) {
        let _ = writeln!(self.text, "  {}", entry.text);
        match code.narrowing {
            Narrowing::AccessPolicy => {
                self.text
                    .push_str("  The text beside it names an access policy for apps.\n");
                self.text
                    .push_str("  Cause: mailbox.outside-access-policy\n");
                push(&mut self.causes, CauseId::MailboxOutsideAccessPolicy);
            }
            Narrowing::Sentence(narrowed) => {
                let _ = writeln!(self.text, "  The text beside it: {}", narrowed.text);
                self.narrowed(entry, narrowed);
            }
            Narrowing::Nothing => self.meaning_of(entry, &entry.meaning),
        }
        if let Some(own) = entry.own.as_ref().filter(|_| self.is_own) {
            let _ = writeln!(
                self.text,
                "  As the response to a request of rx-preflight: {own}"
            );
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
            Meaning::Cause(id) if self.counts(*id) => {
                let _ = writeln!(self.text, "  Cause{}: {id}", condition(entry));
                push(&mut self.causes, *id);
            }
            Meaning::Cause(_) => {}
            _ => self.lead(entry, meaning),
        }
    }

    /// A cause that only a check can name says nothing about the log of another product.
    fn counts(&self, id: CauseId) -> bool {
        self.is_own || !knowledge::cause(id).check_only
    }

    /// What a code and the sentence beside it say together. What the code says alone is left out: the sentence decides.
    fn narrowed(&mut self, code: &CodeEntry, entry: &TextEntry) {
        let Meaning::Cause(id) = &entry.meaning else {
            return self.lead(code, &entry.meaning);
        };
        if !self.counts(*id) {
            return;
        }
        let _ = writeln!(self.text, "  Cause: {id}");
        push(&mut self.causes, *id);
        let case = entry
            .case
            .as_deref()
            .and_then(|case| knowledge::cause(*id).case(case));
        for id in case
            .into_iter()
            .flat_map(|case| case.candidates.iter().flatten())
        {
            push(&mut self.possible, *id);
        }
    }

    fn lead(&mut self, entry: &CodeEntry, meaning: &Meaning) {
        let Some(lead) = knowledge::code_hint(entry, meaning) else {
            return;
        };
        let _ = writeln!(self.text, "  {}", lead.text);
        if !lead.causes.is_empty() {
            let _ = writeln!(self.text, "  Possible causes: {}", joined(&lead.causes));
        }
        lead.causes
            .iter()
            .for_each(|id| push(&mut self.possible, *id));
    }

    fn sentence(&mut self, found: &SentenceFinding<'_>, occurrences: &str) {
        let entry = found.entry;
        let _ = writeln!(
            self.text,
            "\"{}\"{occurrences}, from {}",
            found.part, entry.from
        );
        let _ = writeln!(self.text, "  {}", entry.text);
        match code_of(entry, found.service) {
            Some(code) if entry.causes.is_empty() => {
                let _ = writeln!(self.text, "  Likely code: {}", code.code);
                self.likely_code(code, entry.next.as_deref());
            }
            _ => self.likely(&entry.causes, entry.next.as_deref()),
        }
        self.text.push('\n');
    }

    /// The causes of a code that the text does not hold itself.
    fn likely_code(&mut self, entry: &CodeEntry, next: Option<&str>) {
        match &entry.meaning {
            Meaning::Cause(id) => self.likely(std::slice::from_ref(id), next),
            meaning => {
                self.lead(entry, meaning);
                self.likely(&[], next);
            }
        }
    }

    fn status(&mut self, entry: &StatusEntry, occurrences: &str) {
        let _ = writeln!(self.text, "HTTP {}{occurrences}", entry.status);
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
                push(&mut self.causes, *id);
            }
            several => {
                let _ = writeln!(self.text, "  Likely causes: {}", joined(several));
                for id in several {
                    push(&mut self.possible, *id);
                }
            }
        }
        if let Some(next) = next {
            let _ = writeln!(self.text, "  Next: {next}");
        }
    }

    fn unknown_code(&mut self, code: &CodeFinding<'_>) {
        self.text
            .push_str("  No table of this program knows this code.\n");
        if let Some(reason) = code.reason {
            let _ = writeln!(self.text, "  The service says: {}", sanitize(reason));
        }
        for page in pages(code) {
            let _ = writeln!(self.text, "  Microsoft's page: {page}");
        }
    }

    fn access_policy(&mut self, occurrences: &str) {
        let _ = writeln!(
            self.text,
            "{}{occurrences}, from Exchange Online",
            ranking::ACCESS_POLICY
        );
        self.text
            .push_str("  An access policy for apps rejected the request.\n");
        self.text
            .push_str("  Likely cause: mailbox.outside-access-policy\n\n");
        push(&mut self.causes, CauseId::MailboxOutsideAccessPolicy);
    }

    fn policy(&mut self, policy: &PolicyHeader) {
        let _ = writeln!(
            self.text,
            "X-EWS-Policy-Reason: {}\n  {}",
            policy.value, policy.text
        );
        if let Some(lead) = knowledge::policy_hint(policy.reason) {
            let all: Vec<&str> = [&lead.cause]
                .into_iter()
                .chain(&lead.or_perhaps)
                .map(|id| id.as_str())
                .collect();
            let _ = writeln!(self.text, "  Cause: {}", all.join(", or "));
            push(&mut self.causes, lead.cause);
            lead.or_perhaps
                .iter()
                .for_each(|id| push(&mut self.possible, *id));
        }
        self.text.push('\n');
    }

    fn unknown_policies(&mut self, values: &DistinctTexts<'_>) {
        for value in values.first() {
            let _ = writeln!(self.text, "X-EWS-Policy-Reason: {}", sanitize(value));
            self.text
                .push_str("  No table of this program knows this value.\n");
            if let Some(page) = knowledge::reference_page(CodeSource::Exchange) {
                let _ = writeln!(self.text, "  Microsoft's page: {page}");
            }
            self.text.push('\n');
        }
        if values.more() > 0 {
            let _ = writeln!(
                self.text,
                "And {} more values of this header.\n",
                values.more()
            );
        }
    }

    fn check(&mut self, check: CheckId) {
        let entry = knowledge::check(check);
        let _ = writeln!(self.text, "{check}, a check: {}", entry.question);
        let _ = writeln!(
            self.text,
            "  A pass shows: {}\n  It does not show: {}\n",
            entry.proves, entry.not_proven
        );
    }

    /// Those that are not explained in full anyway.
    fn further_causes(&mut self, in_full: usize) {
        let explained = |cause: &CauseEntry| {
            self.causes
                .iter()
                .take(in_full)
                .any(|known| known.id == cause.id)
        };
        let mut further: Vec<&CauseEntry> = Vec::new();
        for cause in self.causes.iter().skip(in_full).chain(&self.possible) {
            if !explained(cause) && !further.iter().any(|known| known.id == cause.id) {
                further.push(cause);
            }
        }
        if further.is_empty() {
            return;
        }
        self.text.push_str("Possible causes; `rx-preflight explain CAUSE` says how each is recognized and fixed:\n");
        for cause in further {
            cause_text::write_cause_line(&mut self.text, cause, self.is_own);
        }
        self.text.push('\n');
    }
}

fn service_of(code: &CodeFinding<'_>) -> Option<&'static str> {
    let counts_at_graph =
        knowledge::graph(code.code).is_some_and(|row| row.service == CodeSource::Exchange);
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
    entry.only_for.as_ref().map_or(String::new(), |api| {
        format!(", if the token was requested for {api}")
    })
}

/// Where to look up a code: at the service it comes from, or at both where that cannot be told.
fn pages(code: &CodeFinding<'_>) -> Vec<String> {
    let page = |service| knowledge::reference_page(service).map(str::to_owned);
    match code.service {
        Some(CodeSource::SignIn) => code
            .code
            .parse()
            .map(knowledge::aadsts_lookup_url)
            .into_iter()
            .collect(),
        Some(service) => page(service).into_iter().collect(),
        None => [CodeSource::Exchange, CodeSource::Graph]
            .into_iter()
            .filter_map(page)
            .collect(),
    }
}

fn ticket(output: &mut String, ticket: &TicketDetails<'_>) {
    if ticket.ids.is_empty() && ticket.times.is_empty() {
        return;
    }
    output.push_str("For a ticket at Microsoft:\n");
    for (name, ids) in &ticket.ids {
        list(output, name, ids);
    }
    if !ticket.times.is_empty() {
        list(output, "times", &ticket.times);
    }
    output.push('\n');
}

/// Ids in a row, separated by commas.
fn joined(causes: &[CauseId]) -> String {
    causes
        .iter()
        .map(|id| id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn list(output: &mut String, name: &str, distinct: &DistinctTexts<'_>) {
    let more = if distinct.more() > 0 {
        format!(" and {} more", distinct.more())
    } else {
        String::new()
    };
    let _ = writeln!(output, "  {name}: {}{more}", distinct.first().join("; "));
}

fn nothing(text: &str, pasted: bool) -> String {
    let what = if pasted {
        "the pasted text".to_owned()
    } else {
        format!("`{}`", sanitize(text))
    };
    format!(
        "Nothing in {what} is known here: no code, no sentence of a service, no cause, no check.\n\
         FindingKind would help: the lines before this one, the name of the product that is_own_output it, the body of the response, \
         and its headers X-EWS-Policy-Reason, x-ms-diagnostics, WWW-Authenticate and request-id.\n\
         An AADSTS number can be looked up at {}\n\n",
        "https://login.microsoftonline.com/error?code=NUMBER"
    )
}

#[cfg(test)]
mod tests {
    use super::super::scan::scan;
    use super::*;

    fn explained(text: &str) -> String {
        explain(&scan(text), text, true, false)
    }

    #[test]
    fn the_sentence_beside_a_code_narrows_it_as_in_a_check() {
        let graph = explained(
            "AADSTS500014: The service principal for resource 'https://graph.microsoft.com' is disabled.",
        );
        assert!(graph.contains("Cause: sign-in.graph-disabled"), "{graph}");
        assert!(!graph.contains("sign-in.exchange-disabled"), "{graph}");
        let odata =
            explained(r#"{"code":"ErrorAccessDenied","message":"Access to OData is disabled."}"#);
        assert!(
            odata.contains("Cause: mailbox.access-blocked")
                && odata.contains("ews.app-not-allowed"),
            "{odata}"
        );
        assert!(
            !odata.contains("grant.calendars-read-write-missing"),
            "{odata}"
        );
    }

    #[test]
    fn both_sentences_of_one_diagnostics_number_are_distinguished() {
        let header =
            |reason: &str| explained(&format!(r#"x-ms-diagnostics: 2000008;reason="{reason}""#));
        let none =
            header("The token contains no permissions, or permissions can not be understood.");
        assert!(
            none.contains("no application permission for Exchange at all"),
            "{none}"
        );
        let other = header("The token contains not enough scope to make this call.");
        assert!(other.contains("but not full_access_as_app"), "{other}");
    }
}
