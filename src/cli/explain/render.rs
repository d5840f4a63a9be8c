//! Text that `explain` prints: the time order of a log, the findings, and the causes with their fixes.

use std::fmt::Write as _;

use crate::knowledge::{self, CauseEntry};
use crate::report::sanitize::sanitize;
use crate::report::wording;

use super::cause_text;
use super::explanation::Explanation;
use super::findings::Findings;
use super::ranking::{self, Persistence, RankedFinding, RootFinding};
use super::ticket::{DistinctTexts, TicketDetails};

/// How many codes are named. A log with more of them contains something else than responses of the services.
const MAX_NAMED: usize = 50;

/// How many findings of a pasted text are described in full; each of the others gets a line.
const MAX_IN_FULL: usize = 6;

/// How many unknown codes are described one by one.
const MAX_UNKNOWN_IN_FULL: usize = 3;

/// How many causes of a pasted text are described in full. If there are more, only the first one is.
const MAX_CAUSES_IN_FULL: usize = 2;

/// Explains a text. `is_own` is set if this program wrote it.
pub(super) fn explain(findings: &Findings<'_>, text: &str, pasted: bool, is_own: bool) -> String {
    let items = ranking::rank(findings, is_own);
    let mut explanation = Explanation::new(is_own);
    for cause in &findings.causes {
        explanation.add_cause(cause.id);
    }
    if pasted {
        write_time_order(&mut explanation, findings, &items);
    }
    write_findings(&mut explanation, findings, &items);
    explanation.unknown_policies(&findings.unknown_policies);
    for check in &findings.checks {
        explanation.check(*check);
    }
    let full_count = match explanation.causes.len() {
        count if pasted && count > MAX_CAUSES_IN_FULL => 1,
        count => count,
    };
    write_further_causes(&mut explanation, full_count);
    for cause in explanation.causes.clone().into_iter().take(full_count) {
        cause_text::write_cause(&mut explanation.text, cause, is_own);
    }
    if findings.is_empty() {
        explanation.text.push_str(&nothing_found(text, pasted));
    }
    write_ticket(&mut explanation.text, &findings.ticket);
    explanation.text + &knowledge_date_line()
}

/// Explains the causes of a report of this program: the first one in full, the others in a line each.
pub(super) fn explain_report(findings: &Findings<'_>) -> String {
    let mut explanation = Explanation::new(true);
    for cause in &findings.causes {
        explanation.add_cause(cause.id);
    }
    if let Some(first) = explanation.causes.first() {
        cause_text::write_cause(&mut explanation.text, first, true);
    }
    write_further_causes(&mut explanation, 1);
    write_ticket(&mut explanation.text, &findings.ticket);
    explanation.text + &knowledge_date_line()
}

/// Date of the knowledge base.
pub(super) fn knowledge_date_line() -> String {
    format!("Knowledge base {}.\n", knowledge::dates().knowledge_date)
}

/// Lists the findings of a log in the order of its times, and names the one that explains the others.
fn write_time_order(
    explanation: &mut Explanation,
    findings: &Findings<'_>,
    items: &[RankedFinding<'_, '_>],
) {
    if !findings.timeline.is_log() || items.len() < 2 {
        return;
    }
    let mut in_order = in_time_order(findings, items);
    if in_order.len() > 1 {
        explanation.line("In chronological order:");
        // Two services can share a code, which then ranks as two findings with one label.
        in_order.dedup_by(|later, earlier| later.label == earlier.label);
        for item in in_order.iter().take(MAX_NAMED) {
            let occurrences = item.occurrences.describe(&findings.timeline);
            explanation.line(&format!("  {}{occurrences}", item.label));
        }
    }
    if let Some(root) = ranking::root(findings, items) {
        write_root(explanation, &root);
    }
    explanation.end_paragraph();
}

fn in_time_order<'i, 'f, 't>(
    findings: &Findings<'_>,
    items: &'i [RankedFinding<'f, 't>],
) -> Vec<&'i RankedFinding<'f, 't>> {
    let mut in_order: Vec<_> = items
        .iter()
        .filter(|item| item.persistence != Persistence::Unknown)
        .collect();
    in_order.sort_by_key(|item| item.occurrences.begin(&findings.timeline));
    if findings.timeline.is_reversed() {
        in_order.reverse();
    }
    in_order
}

fn write_root(explanation: &mut Explanation, root: &RootFinding<'_, '_, '_>) {
    let Some(cause) = root.item.causes.first() else {
        return;
    };
    let consequence = if root.blocks {
        ". It persists, and until it is fixed it can explain everything that came after it."
    } else {
        " is the most likely cause."
    };
    explanation.line(&format!(
        "Start with {}: {}{consequence}",
        root.item.label, cause.id
    ));
    write_labels(
        explanation,
        "Earlier, and not explained by it",
        &root.before,
    );
    write_labels(
        explanation,
        "Temporary or already over, so it can wait",
        &root.passing,
    );
}

fn write_labels(explanation: &mut Explanation, heading: &str, items: &[&RankedFinding<'_, '_>]) {
    if items.is_empty() {
        return;
    }
    // A code that two services share is one code for the reader.
    let mut labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
    labels.dedup();
    explanation.line(&format!("{heading}: {}.", labels.join(", ")));
}

/// Describes the first findings in full and lists the others.
fn write_findings(
    explanation: &mut Explanation,
    findings: &Findings<'_>,
    items: &[RankedFinding<'_, '_>],
) {
    let (unknown, known): (Vec<_>, Vec<_>) = items
        .iter()
        .partition(|item| item.persistence == Persistence::Unknown);
    for item in known.iter().take(MAX_IN_FULL) {
        explanation.finding(findings, item);
    }
    let further = known.iter().take(MAX_NAMED).skip(MAX_IN_FULL);
    for item in further.clone() {
        let occurrences = item.occurrences.describe(&findings.timeline);
        explanation.line(&format!("{}{occurrences}", item.label));
        if let Some(cause) = item.causes.first() {
            explanation.add_possible(cause.id);
        }
    }
    if further.count() > 0 {
        explanation.line("  Run `rx-preflight explain CODE` to see what each of them means.\n");
    }
    let room = MAX_NAMED.saturating_sub(known.len());
    write_unknown_codes(explanation, findings, &unknown, room);
    if let Some(more) = items.len().checked_sub(MAX_NAMED).filter(|more| *more > 0) {
        explanation.line(&format!(
            "And {}, which are not explained here.\n",
            wording::count_noun(more, "more code")
        ));
    }
}

fn write_unknown_codes(
    explanation: &mut Explanation,
    findings: &Findings<'_>,
    unknown: &[&RankedFinding<'_, '_>],
    room: usize,
) {
    if unknown.len() <= MAX_UNKNOWN_IN_FULL {
        for item in unknown {
            explanation.finding(findings, item);
        }
        return;
    }
    let names: Vec<&str> = unknown
        .iter()
        .take(room)
        .map(|item| item.label.as_str())
        .collect();
    explanation.line("These codes are not in the knowledge base of rx-preflight:");
    explanation.line(&format!("  {}", names.join(", ")));
    explanation.line(&format!(
        "  To look up an AADSTS number: {}?code=NUMBER\n",
        knowledge::LOOKUP_PAGE
    ));
}

/// Lists the causes that are not described in full.
fn write_further_causes(explanation: &mut Explanation, full_count: usize) {
    let described = explanation.causes.iter().take(full_count);
    let described: Vec<&CauseEntry> = described.copied().collect();
    let mut further: Vec<&CauseEntry> = Vec::new();
    let undescribed = explanation.causes.iter().skip(full_count);
    for cause in undescribed.chain(&explanation.possible) {
        let is_listed = described
            .iter()
            .chain(&further)
            .any(|known| known.id == cause.id);
        if !is_listed {
            further.push(cause);
        }
    }
    if further.is_empty() {
        return;
    }
    explanation.line(
        "Possible causes (run `rx-preflight explain CAUSE` for the evidence and the fix of each):",
    );
    for cause in further {
        cause_text::write_cause_line(&mut explanation.text, cause, explanation.is_own);
    }
    explanation.end_paragraph();
}

fn write_ticket(output: &mut String, ticket: &TicketDetails<'_>) {
    if ticket.ids.is_empty() && ticket.times.is_empty() {
        return;
    }
    output.push_str("For a support request to Microsoft:\n");
    for (name, ids) in &ticket.ids {
        write_texts(output, name, ids);
    }
    if !ticket.times.is_empty() {
        write_texts(output, "times", &ticket.times);
    }
    output.push('\n');
}

fn write_texts(output: &mut String, name: &str, texts: &DistinctTexts<'_>) {
    let listed = wording::first_and_more(texts.first(), "; ", texts.more());
    let _ = writeln!(output, "  {name}: {listed}");
}

fn nothing_found(text: &str, pasted: bool) -> String {
    let place = if pasted {
        "the pasted text".to_owned()
    } else {
        format!("`{}`", sanitize(text))
    };
    format!(
        "Nothing in {place} was recognized: no error code, no known message, no cause and no check.\n\
         Paste more of the log: the lines before this one, the name of the product that wrote it, the response body, \
         and the response headers X-EWS-Policy-Reason, x-ms-diagnostics, WWW-Authenticate and request-id.\n\
         To look up an AADSTS number: {}?code=NUMBER\n\n",
        knowledge::LOOKUP_PAGE
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
    fn the_sentence_next_to_a_code_narrows_it_as_in_a_check() {
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
