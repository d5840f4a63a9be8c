//! Text of one finding: what it means, which cause it points to, and the next step.

use crate::knowledge::{self, CodeEntry, CodeSource, CodeText, Meaning, PolicyHeader, StatusEntry};
use crate::report::sanitize::sanitize;
use crate::report::wording;
use crate::terms::{CauseId, CheckId};

use super::explanation::{Explanation, joined};
use super::findings::{CodeFinding, Findings, SentenceFinding};
use super::narrowing::Narrowing;
use super::ranking::{self, FindingKind, RankedFinding};
use super::sentence_matcher::code_of;
use super::ticket::DistinctTexts;

impl Explanation {
    /// Describes a finding.
    pub(super) fn finding(&mut self, findings: &Findings<'_>, item: &RankedFinding<'_, '_>) {
        let occurrences = item.occurrences.describe(&findings.timeline);
        match &item.kind {
            FindingKind::Code(code) => self.code(code, &occurrences),
            FindingKind::Policy(policy) => self.policy(policy),
            FindingKind::AccessPolicy => self.access_policy(&occurrences),
            FindingKind::Sentence(sentence) => self.sentence(sentence, &occurrences),
            FindingKind::Status(status) => self.status(status, &occurrences),
        }
        if item.occurrences.is_denied() {
            self.line(
                "  Nothing shows that this error occurs now: its lines deny it or report that it is over, or the text only links to its documentation.",
            );
        }
        self.end_paragraph();
    }

    fn code(&mut self, code: &CodeFinding<'_>, occurrences: &str) {
        let service = service_of(code).map_or(String::new(), |service| format!(", {service}"));
        self.line(&format!("{}{occurrences}{service}", code.shown()));
        match code.entry {
            Some(entry) => self.known_code(code, entry),
            None => self.unknown_code(code),
        }
    }

    fn known_code(&mut self, code: &CodeFinding<'_>, entry: &CodeEntry) {
        self.line(&format!("  {}", entry.text));
        let label = if code.occurrences.is_denied() {
            "Likely cause"
        } else {
            "Cause"
        };
        match code.narrowing {
            Narrowing::AccessPolicy => {
                self.line("  The message next to it names an application access policy.");
                let cause = CauseId::MailboxOutsideAccessPolicy;
                self.line(&format!("  {label}: {cause}"));
                self.add_cause(cause);
            }
            Narrowing::Sentence(narrowed) => {
                self.line(&format!("  The message next to it: {}", narrowed.text));
                self.narrowed_code(entry, narrowed, label);
            }
            Narrowing::Nothing => self.meaning_of(entry, &entry.meaning, label),
        }
        if let Some(own) = entry.own.as_ref().filter(|_| self.is_own) {
            self.line(&format!(
                "  In response to a request of rx-preflight: {own}"
            ));
        }
    }

    fn meaning_of(&mut self, entry: &CodeEntry, meaning: &Meaning, label: &str) {
        if let Some(likeliest) = &entry.likeliest {
            self.line(&format!("  Most common reason: {likeliest}"));
        }
        if let Some(fix) = &entry.fix {
            self.line(&format!("  Fix: {fix}"));
        }
        match meaning {
            Meaning::Cause(id) if self.applies(*id) => {
                self.line(&format!("  {label}{}: {id}", condition(entry)));
                self.add_cause(*id);
            }
            // A cause that only a check can establish is not named for the log of another product.
            Meaning::Cause(_) => {}
            _ => self.hint(entry, meaning),
        }
    }

    /// What a code and the message next to it mean together. The message decides, so what the code means alone is left out.
    fn narrowed_code(&mut self, code: &CodeEntry, entry: &CodeText, label: &str) {
        let Meaning::Cause(id) = &entry.meaning else {
            return self.hint(code, &entry.meaning);
        };
        if !self.applies(*id) {
            return;
        }
        self.line(&format!("  {label}: {id}"));
        self.add_cause(*id);
        let case = entry
            .case
            .as_deref()
            .and_then(|case| knowledge::cause(*id).case(case));
        for id in case
            .into_iter()
            .flat_map(|case| case.candidates.iter().flatten())
        {
            self.add_possible(*id);
        }
    }

    fn hint(&mut self, entry: &CodeEntry, meaning: &Meaning) {
        let Some(hint) = knowledge::ambiguous_code(entry, meaning) else {
            return;
        };
        self.line(&format!("  {}", hint.text));
        if !hint.causes.is_empty() {
            self.line(&format!("  Possible causes: {}", joined(&hint.causes)));
        }
        for id in &hint.causes {
            self.add_possible(*id);
        }
    }

    fn sentence(&mut self, found: &SentenceFinding<'_>, occurrences: &str) {
        let entry = found.entry;
        self.line(&format!(
            "\"{}\"{occurrences}, from {}",
            found.part, entry.from
        ));
        self.line(&format!("  {}", entry.text));
        match code_of(entry, found.service) {
            Some(code) if entry.causes.is_empty() => {
                self.line(&format!("  Likely code: {}", code.code));
                self.likely_code(code, entry.next.as_deref());
            }
            _ => self.likely(&entry.causes, entry.next.as_deref()),
        }
    }

    /// The causes of a code that the text itself does not contain.
    fn likely_code(&mut self, entry: &CodeEntry, next: Option<&str>) {
        match &entry.meaning {
            Meaning::Cause(id) => self.likely(std::slice::from_ref(id), next),
            meaning => {
                self.hint(entry, meaning);
                self.likely(&[], next);
            }
        }
    }

    fn status(&mut self, entry: &StatusEntry, occurrences: &str) {
        self.line(&format!("HTTP {}{occurrences}", entry.status));
        self.line(&format!("  {}", entry.text));
        if !entry.possible.is_empty() {
            self.line(&format!("  Possible causes: {}", joined(&entry.possible)));
            for id in &entry.possible {
                self.add_possible(*id);
            }
        }
        self.likely(&entry.causes, entry.next.as_deref());
    }

    /// Causes that a message or a status points to without proof. A single one is described in full.
    fn likely(&mut self, causes: &[CauseId], next: Option<&str>) {
        match causes {
            [] => {}
            [id] => {
                self.line(&format!("  Likely cause: {id}"));
                self.add_cause(*id);
            }
            several => {
                self.line(&format!("  Likely causes: {}", joined(several)));
                for id in several {
                    self.add_possible(*id);
                }
            }
        }
        if let Some(next) = next {
            self.line(&format!("  Next step: {next}"));
        }
    }

    fn unknown_code(&mut self, code: &CodeFinding<'_>) {
        self.line("  This code is not in the knowledge base of rx-preflight.");
        if let Some(reason) = code.reason {
            self.line(&format!("  Reason from the service: {}", sanitize(reason)));
        }
        for page in pages(code) {
            self.line(&format!("  Microsoft documentation: {page}"));
        }
    }

    fn access_policy(&mut self, occurrences: &str) {
        self.line(&format!(
            "{}{occurrences}, from Exchange Online",
            ranking::ACCESS_POLICY
        ));
        self.line("  An application access policy rejected the request.");
        let cause = CauseId::MailboxOutsideAccessPolicy;
        self.line(&format!("  Likely cause: {cause}"));
        self.add_cause(cause);
    }

    fn policy(&mut self, policy: &PolicyHeader) {
        self.line(&format!("X-EWS-Policy-Reason: {}", policy.value));
        self.line(&format!("  {}", policy.text));
        let Some(hint) = knowledge::policy_hint(policy.reason) else {
            return;
        };
        let all: Vec<&str> = [&hint.cause]
            .into_iter()
            .chain(&hint.or_perhaps)
            .map(|id| id.as_str())
            .collect();
        // The header does not show which of these causes it is.
        self.line(&format!("  Cause: {}", all.join(", or ")));
        self.add_cause(hint.cause);
        for id in &hint.or_perhaps {
            self.add_possible(*id);
        }
    }

    /// Values of `X-EWS-Policy-Reason` that Microsoft does not document.
    pub(super) fn unknown_policies(&mut self, values: &DistinctTexts<'_>) {
        for value in values.first() {
            self.line(&format!("X-EWS-Policy-Reason: {}", sanitize(value)));
            self.line("  This value is not in the knowledge base of rx-preflight.");
            if let Some(page) = knowledge::reference_page(CodeSource::Exchange) {
                self.line(&format!("  Microsoft documentation: {page}"));
            }
            self.end_paragraph();
        }
        if values.more() > 0 {
            self.line(&format!(
                "And {} of this header.",
                wording::count_noun(values.more(), "more value")
            ));
            self.end_paragraph();
        }
    }

    /// Describes a check of this program: its purpose, and what a pass proves.
    pub(super) fn check(&mut self, check: CheckId) {
        let entry = knowledge::check(check);
        self.line(&format!("{check} (check): {}", entry.purpose));
        self.line(&format!("  A pass proves: {}", entry.proves));
        self.line(&format!("  It does not prove: {}", entry.not_proven));
        self.end_paragraph();
    }
}

fn service_of(code: &CodeFinding<'_>) -> Option<&'static str> {
    // Graph passes some codes of Exchange on unchanged, so the code alone does not name the API.
    let comes_through_graph =
        knowledge::graph(code.code).is_some_and(|row| row.service == CodeSource::Exchange);
    Some(match code.service? {
        CodeSource::SignIn => "error code of the sign-in service",
        CodeSource::Graph => "error code of Microsoft Graph",
        CodeSource::Exchange if comes_through_graph => "error code of Exchange (EWS or Graph)",
        CodeSource::Exchange => "error code of Exchange Web Services",
        CodeSource::ExchangeDiagnostics => {
            "error number in the x-ms-diagnostics header of Exchange"
        }
    })
}

/// Some codes point to their cause only when the token was requested for a certain API.
fn condition(entry: &CodeEntry) -> String {
    entry.only_for.as_ref().map_or(String::new(), |api| {
        format!(", if the token was requested for {api}")
    })
}

/// Where to look up a code: at the service that it comes from, or at both services where that is not known.
fn pages(code: &CodeFinding<'_>) -> Vec<String> {
    let services: &[CodeSource] = match &code.service {
        Some(CodeSource::SignIn) => {
            let number = code.code.parse().map(knowledge::aadsts_lookup_url);
            return number.into_iter().collect();
        }
        Some(service) => std::slice::from_ref(service),
        None => &[CodeSource::Exchange, CodeSource::Graph],
    };
    services
        .iter()
        .filter_map(|service| knowledge::reference_page(*service))
        .map(str::to_owned)
        .collect()
}
