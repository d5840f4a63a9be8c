//! What the evidence of an administrator covers, for the head of a report.

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::name_enumeration;
use crate::diagnosis::not_visible::rooms_of_run;
use crate::diagnosis::placeholders;
use crate::diagnosis::result::AdministratorSummary;
use crate::evidence::{AdministratorEvidence, Evidence};
use crate::knowledge::format_message;

use super::configured::{Configured, means_no_policy};

/// How many names a sentence lists before it counts the others.
const NAMED: usize = 3;

/// Describes the evidence of an administrator; `None` if there is none.
pub(in crate::diagnosis) fn summarize(context: &Context<'_>) -> Option<AdministratorSummary> {
    let configured = context.configured()?;
    let administrator = configured.evidence;
    let limits = [
        age_limit(configured),
        tenant_limit(context, configured),
        room_limit(context.evidence, configured),
        command_limit(administrator),
    ];
    Some(AdministratorSummary {
        collected_at: administrator.collected_at,
        tenant_id: administrator.tenant_id.clone(),
        limits: limits.into_iter().flatten().collect(),
    })
}

fn age_limit(configured: &Configured<'_>) -> Option<String> {
    if configured.is_recent() {
        return None;
    }
    let age = configured.age();
    let key = if age.is_negative() {
        "configuration.collected-later"
    } else {
        "configuration.old"
    };
    let hours = age.abs().as_hours();
    let text = if hours < 48 {
        format_message("configuration.hours", &[("detail", &hours.to_string())])
    } else {
        format_message(
            "configuration.days",
            &[("detail", &(hours / 24).to_string())],
        )
    };
    Some(format_message(key, &[("detail", text.as_str())]))
}

/// The connections of another tenant.
fn tenant_limit(context: &Context<'_>, configured: &Configured<'_>) -> Option<String> {
    let others: Vec<String> = context
        .evidence
        .connections
        .iter()
        .filter(|facts| !configured.is_about(facts, &context.tenant_key(facts)))
        .map(|facts| placeholders::in_a_sentence(&facts.name))
        .collect();
    let names = name_enumeration::join_first(&others, NAMED);
    let values = [
        ("detail", names.as_str()),
        ("other", configured.tenant_id()),
    ];
    (!others.is_empty()).then(|| format_message("configuration.other-tenant", &values))
}

fn room_limit(evidence: &Evidence, configured: &Configured<'_>) -> Option<String> {
    let missing: Vec<String> = rooms_of_run(evidence)
        .into_iter()
        .filter(|room| configured.mailbox(room).is_none())
        .map(str::to_owned)
        .collect();
    let names = name_enumeration::join_first(&missing, NAMED);
    (!missing.is_empty())
        .then(|| format_message("configuration.rooms-missing", &[("rooms", names.as_str())]))
}

fn command_limit(administrator: &AdministratorEvidence) -> Option<String> {
    let failed: Vec<String> = administrator
        .commands
        .iter()
        .filter(|command| command.succeeded == 0)
        .filter(|command| {
            let mut failures = command.failures.iter();
            failures.any(|failure| !means_no_policy(&command.name, failure))
        })
        .map(|command| command.name.clone())
        .collect();
    let names = name_enumeration::join_first(&failed, NAMED);
    (!failed.is_empty()).then(|| {
        format_message(
            "configuration.commands-failed",
            &[("detail", names.as_str())],
        )
    })
}
