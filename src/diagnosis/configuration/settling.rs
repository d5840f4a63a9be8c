//! Decides between causes that look the same to the app.

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::judgment::{Judgment, Raised};
use crate::diagnosis::symptom::is_undecided;
use crate::evidence::Observation;
use crate::knowledge::{self, Settlement, format_message};
use crate::terms::{CauseId, CheckGroup, CheckId, Confidence, ConfigurationFact, Outcome};

use super::statement::{Statement, Subject};

/// Facts that deny an access.
const DENIALS: [ConfigurationFact; 6] = [
    ConfigurationFact::PolicyDenied,
    ConfigurationFact::OutsideScope,
    ConfigurationFact::NotGranted,
    ConfigurationFact::EwsDisabled,
    ConfigurationFact::EwsDisabledForMailbox,
    ConfigurationFact::AppNotOnList,
];

/// The judgment of a row with what the configuration shows about it. Without evidence it stays as it is.
pub(in crate::diagnosis) fn settle(
    context: &Context<'_>,
    row: &Observation,
    judgment: Judgment,
) -> Judgment {
    let Some(subject) = Subject::of_row(context, row) else {
        return judgment;
    };
    let statements = statements(&subject);
    let certainty = if subject.configured.is_recent() {
        Confidence::Confirmed
    } else {
        Confidence::Likely
    };
    match judgment.outcome {
        Outcome::Pass => {
            let judgment = with_confirmed_notes(judgment, &statements, certainty);
            contradicted(row, judgment, &statements)
        }
        Outcome::Fail | Outcome::Unknown => settled(judgment, &statements, certainty),
        _ => judgment,
    }
}

/// Everything that the configuration states about a row.
fn statements(subject: &Subject<'_>) -> Vec<Statement> {
    let mut all = subject.grant_statements();
    all.extend(subject.policy_statement());
    all.extend(subject.mailbox_statements());
    all.extend(subject.ews_statements());
    all.extend(subject.user_agent_statement());
    all.extend(subject.workload_statement());
    all
}

/// A check that passed, whose notes were in doubt until a statement confirmed them.
fn with_confirmed_notes(
    mut judgment: Judgment,
    statements: &[Statement],
    certainty: Confidence,
) -> Judgment {
    for raised in &mut judgment.raised {
        let confidence = raised.certainty();
        let confirmed = knowledge::settlement(raised.id)
            .map(|own| texts(statements, &own.confirmed_by))
            .unwrap_or_default();
        if confidence == Confidence::Confirmed || confirmed.is_empty() {
            continue;
        }
        *raised = changed(raised, raised.id, Vec::new(), certainty).configured(confirmed);
    }
    judgment
}

/// A check that passed. The live response outranks a configuration that denies the access, which is noted.
fn contradicted(row: &Observation, judgment: Judgment, statements: &[Statement]) -> Judgment {
    let group = row.check.group();
    if !matches!(group, CheckGroup::Mailbox | CheckGroup::Mail) {
        return with_grant_statement(row, judgment, statements);
    }
    // The app may have another permission for the same access, and this check must find the mailbox closed.
    let denials: Vec<&Statement> = statements
        .iter()
        .filter(|own| DENIALS.contains(&own.fact))
        .collect();
    let is_checked = !row.requests.is_empty();
    if denials.is_empty() || !is_checked || row.check == CheckId::MailboxExpectDenied {
        return judgment;
    }
    let texts: Vec<String> = denials.iter().flat_map(|own| own.sentences()).collect();
    let note = Raised::new(CauseId::MailboxDeniedByConfiguration).configured(texts.clone());
    Judgment {
        configured: texts,
        ..judgment
    }
    .raising(note)
}

/// Shows the consent of the configuration beside the token.
fn with_grant_statement(
    row: &Observation,
    judgment: Judgment,
    statements: &[Statement],
) -> Judgment {
    if row.check.group() != CheckGroup::Grant {
        return judgment;
    }
    let grants = [
        ConfigurationFact::ConsentGiven,
        ConfigurationFact::NotGranted,
        ConfigurationFact::InScope,
    ];
    Judgment {
        configured: texts(statements, &grants),
        ..judgment
    }
}

/// A check that did not pass: its causes are settled by the statements.
fn settled(judgment: Judgment, statements: &[Statement], certainty: Confidence) -> Judgment {
    let mut judgment = judgment;
    for raised in &mut judgment.raised {
        let Some(result) = settle_cause(raised, statements, certainty) else {
            continue;
        };
        for text in &result.configured {
            if !judgment.configured.contains(text) {
                judgment.configured.push(text.clone());
            }
        }
        *raised = result;
    }
    with_outcome_of_cause(judgment)
}

/// What could not be decided is decided by a cause that is settled now.
fn with_outcome_of_cause(judgment: Judgment) -> Judgment {
    let Some(first) = judgment.raised.first() else {
        return judgment;
    };
    let confidence = first.certainty();
    if !first.is_settled() {
        return judgment;
    }
    if judgment.outcome == Outcome::Fail {
        return judgment.with_confidence(confidence);
    }
    if is_undecided(first.id) {
        return judgment;
    }
    // A note explains a success; every other cause is a failure.
    let outcome = if knowledge::cause(first.id).advisory {
        Outcome::Pass
    } else {
        Outcome::Fail
    };
    Judgment {
        outcome,
        message: first.configured.join("; "),
        ..judgment
    }
    .with_confidence(confidence)
}

/// The cause after the statements were considered; `None` if they show nothing about it.
fn settle_cause(
    raised: &Raised,
    statements: &[Statement],
    certainty: Confidence,
) -> Option<Raised> {
    let named = raised.certainty() == Confidence::Confirmed;
    if named {
        return settle_named_cause(raised, statements);
    }
    let candidates = candidates(raised);
    let settlements: Vec<(CauseId, Option<&Settlement>)> = candidates
        .iter()
        .map(|id| (*id, knowledge::settlement(*id)))
        .collect();
    let confirming = settlements.iter().find_map(|(id, settlement)| {
        let texts = texts(statements, &settlement.as_ref()?.confirmed_by);
        (!texts.is_empty()).then_some((*id, texts))
    });
    if let Some((id, texts)) = confirming {
        return Some(changed(raised, id, Vec::new(), certainty).configured(texts));
    }
    exclude(raised, &settlements, statements)
}

/// A cause that the response names. The configuration can only make it more specific, where it excludes the cause itself
/// and confirms one that looks the same.
fn settle_named_cause(raised: &Raised, statements: &[Statement]) -> Option<Raised> {
    let own = knowledge::settlement(raised.id)?;
    let confirmed = texts(statements, &own.confirmed_by);
    if !confirmed.is_empty() {
        return Some(raised.clone().configured(confirmed));
    }
    let excluded = texts(statements, &own.excluded_by);
    if excluded.is_empty() {
        return None;
    }
    let specific = own.alternatives.iter().find_map(|id| {
        let texts = texts(statements, &knowledge::settlement(*id)?.confirmed_by);
        (!texts.is_empty()).then_some((*id, texts))
    });
    Some(match specific {
        Some((id, texts)) => {
            changed(raised, id, Vec::new(), Confidence::Confirmed).configured(texts)
        }
        // The response outranks the configuration, and the report shows both.
        None => raised.clone().configured(excluded),
    })
}

/// Removes the candidates that the configuration excludes.
fn exclude(
    raised: &Raised,
    settlements: &[(CauseId, Option<&Settlement>)],
    statements: &[Statement],
) -> Option<Raised> {
    let mut excluding: Vec<String> = Vec::new();
    let mut remaining: Vec<CauseId> = Vec::new();
    for (id, settlement) in settlements {
        let excluded = settlement.map_or_else(Vec::new, |own| texts(statements, &own.excluded_by));
        let describes_a_response = settlement.is_some_and(|own| own.describes_a_response);
        if excluded.is_empty() && !describes_a_response {
            remaining.push(*id);
        }
        for text in excluded {
            if !excluding.contains(&text) {
                excluding.push(text);
            }
        }
    }
    if excluding.is_empty() {
        return None;
    }
    let confidence = raised.certainty();
    let result = match remaining.as_slice() {
        // Everything that could be the cause is configured correctly.
        [] => changed(raised, raised.id, Vec::new(), Confidence::Possible)
            .configured(vec![format_message("configuration.allows", &[])]),
        // A refusal stays a refusal: a cause that leaves the result open remains a candidate only.
        [only] if *only != raised.id && !is_undecided(*only) => {
            changed(raised, *only, Vec::new(), Confidence::Likely)
        }
        [first, others @ ..] if !remaining.contains(&raised.id) && !describes(raised.id) => {
            changed(raised, *first, others.to_vec(), Confidence::Possible)
        }
        _ => {
            let others = remaining.iter().copied().filter(|id| *id != raised.id);
            // Alternatives are candidates only where the cause itself is in doubt.
            let others = if confidence == Confidence::Possible {
                others.collect()
            } else {
                Vec::new()
            };
            changed(raised, raised.id, others, confidence)
        }
    };
    Some(result.configured(excluding))
}

fn describes(id: CauseId) -> bool {
    knowledge::settlement(id).is_some_and(|own| own.describes_a_response)
}

/// The cause, its candidates, and what looks the same, without repetitions.
fn candidates(raised: &Raised) -> Vec<CauseId> {
    let entry = knowledge::cause(raised.id);
    let confidence = raised.certainty();
    let case = raised.case.and_then(|when| entry.case(when));
    let listed = case
        .and_then(|case| case.candidates.as_ref())
        .unwrap_or(&entry.candidates);
    let listed = listed.iter().filter(|_| confidence == Confidence::Possible);
    let alternatives = knowledge::settlement(raised.id)
        .into_iter()
        .flat_map(|own| &own.alternatives);
    let mut all = vec![raised.id];
    for id in raised.candidates.iter().chain(listed).chain(alternatives) {
        if !all.contains(id) {
            all.push(*id);
        }
    }
    all
}

/// The cause with another ID and other candidates.
fn changed(
    raised: &Raised,
    id: CauseId,
    candidates: Vec<CauseId>,
    confidence: Confidence,
) -> Raised {
    let case = raised.case.filter(|_| id == raised.id);
    Raised {
        id,
        case,
        candidates,
        confidence: Some(confidence),
        ..raised.clone()
    }
}

fn texts(statements: &[Statement], facts: &[ConfigurationFact]) -> Vec<String> {
    let chosen = statements.iter().filter(|own| facts.contains(&own.fact));
    chosen.flat_map(Statement::sentences).collect()
}
