//! The connections that a step concerns, in groups that each need the step once.

use crate::evidence::{ConnectionFacts, ConnectionKind};
use crate::knowledge::GuideStepEntry;
use crate::terms::{GuideStepId, NeedId};

/// One group for each time that the step is done. A step without connections of its own is done once for the first one.
pub(super) fn groups_of<'c>(
    step: &GuideStepEntry,
    connections: &'c [ConnectionFacts],
) -> Vec<Vec<&'c ConnectionFacts>> {
    let mut groups: Vec<Vec<&ConnectionFacts>> = Vec::new();
    for facts in concerned(step, connections) {
        let same = |group: &&mut Vec<&ConnectionFacts>| {
            group
                .first()
                .is_some_and(|first| shares(step, first, facts))
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(facts),
            None => groups.push(vec![facts]),
        }
    }
    groups
}

/// Whether doing the step for one connection does it for the other one too.
fn shares(step: &GuideStepEntry, one: &ConnectionFacts, other: &ConnectionFacts) -> bool {
    if step.id == GuideStepId::PrepareServiceAccount {
        return one.service_account == other.service_account;
    }
    let is_same_app = one.client_id.eq_ignore_ascii_case(&other.client_id)
        && one.tenant_id.eq_ignore_ascii_case(&other.tenant_id);
    !step.per_app || is_same_app
}

fn concerned<'c>(
    step: &GuideStepEntry,
    connections: &'c [ConnectionFacts],
) -> Vec<&'c ConnectionFacts> {
    let chosen: Vec<&ConnectionFacts> = connections
        .iter()
        .filter(|facts| is_concerned(step, facts))
        .collect();
    match (chosen.as_slice(), step.feature) {
        // The settings of a feature that nothing is known about are those of the first connection.
        ([], Some(_)) => connections.iter().take(1).collect(),
        _ => chosen,
    }
}

fn is_concerned(step: &GuideStepEntry, facts: &ConnectionFacts) -> bool {
    match (step.id, step.feature) {
        (_, Some(NeedId::MailSend)) => facts.kind == ConnectionKind::Mail || facts.sender.is_some(),
        (_, Some(_)) => facts.kind == ConnectionKind::UserSync,
        (GuideStepId::EnterConsoleFields, None) => facts.kind == ConnectionKind::System,
        (GuideStepId::EnterOwnValues, None) => {
            matches!(
                facts.kind,
                ConnectionKind::Location | ConnectionKind::Profile
            )
        }
        // Mail and user sync with an app of their own need the registration, the consent and the secret too.
        _ if step.apis.is_empty() => step.per_app || facts.api.is_some(),
        _ => facts.api.is_some_and(|api| step.apis.contains(&api)),
    }
}
