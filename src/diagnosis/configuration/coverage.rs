//! Whether the evidence of an administrator covers what no check of the app can see.

use crate::diagnosis::diagnosis_context::Context;
use crate::evidence::{AdministratorEvidence, EwsUserAgentPolicy};
use crate::knowledge::NotCovered;
use crate::terms::ConfigurationFact;

use super::configured::Configured;

/// Whether the evidence contains a setting, or shows that there is nothing to check. Evidence that is not about every
/// connection covers nothing.
pub(in crate::diagnosis) fn covers(context: &Context<'_>, spot: &NotCovered) -> bool {
    let is_about_all = |own: &&Configured<'_>| {
        let mut connections = context.evidence.connections.iter();
        connections.all(|facts| own.is_about(facts, &context.tenant_key(facts)))
    };
    let Some(configured) = context.configured().filter(is_about_all) else {
        return false;
    };
    let evidence = configured.evidence;
    let is_complete = |name: &String| {
        evidence
            .command(name)
            .is_some_and(|record| record.succeeded > 0 && record.failures.is_empty())
    };
    let is_read = !spot.covered_by.is_empty() && spot.covered_by.iter().all(is_complete);
    is_read || spot.covered_if.is_some_and(|fact| states(evidence, fact))
}

/// Whether a fact is true for the whole tenant, whatever the app.
fn states(evidence: &AdministratorEvidence, fact: ConfigurationFact) -> bool {
    match fact {
        ConfigurationFact::NoWorkloadPolicy => {
            let policies = evidence.workload_policies.as_ref();
            policies.is_some_and(|all| {
                all.iter()
                    .all(|policy| policy.state.as_deref() == Some("disabled"))
            })
        }
        ConfigurationFact::NoUserAgentPolicy => {
            let is_unset = |own: Option<&EwsUserAgentPolicy>| {
                own.is_some_and(|policy| policy.policy.is_none())
            };
            let mailboxes = evidence.mailboxes.iter();
            let mut read = mailboxes.filter(|own| own.mailbox.is_some());
            is_unset(evidence.ews_user_agents.as_ref())
                && read.all(|own| is_unset(own.ews_user_agents.as_ref()))
        }
        _ => false,
    }
}
