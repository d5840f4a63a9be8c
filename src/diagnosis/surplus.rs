//! Unused permissions: roles in the tokens and delegated permissions in the registration that ResourceXpress does not need.
//!
//! Both APIs are checked, regardless of the API of the connections: an app that books over Graph and has
//! `full_access_as_app` on Exchange can open every mailbox. Roles that could not be read are reported as such.

use crate::evidence::{ConnectionFacts, Finding, Observation, RequestedPermission};
use crate::knowledge::{self, AccessLevel, format_message};
use crate::terms::{Api, CauseId, CheckId, Resource};

use super::app_needs::needs_of_app;
use super::diagnosis_context::Context;
use super::evidence_index::calendar_need;
use super::judgment::{Judgment, Raised, observed_response};
use super::skipped_rows::blocked_by_sign_in;
use super::symptom::Symptom;
use super::symptom_of_reply;

/// The APIs with roles that give access to mailboxes.
const APIS: [Resource; 2] = [Resource::Graph, Resource::Exchange];

/// Rejections of an Exchange token that show that the app has no role there: the tenant has no Exchange Online, or Exchange
/// requires an assignment that the app does not have.
const NO_ROLE: &[CauseId] = &[
    CauseId::SignInExchangeNotProvisioned,
    CauseId::SignInAssignmentRequired,
];

/// Judges the unused permissions of an app.
pub(super) fn judge(context: &Context<'_>, row: &Observation) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let tokens: Vec<_> = APIS
        .iter()
        .filter_map(|api| context.token_of_app(facts, *api))
        .collect();
    if tokens.is_empty() {
        return blocked_by_sign_in(context, facts, Resource::Graph);
    }
    // One readable token is enough. The other API is then reported as not read.
    if tokens.iter().all(|token| !token.readable) {
        return Judgment::unknown(format_message("surplus.unreadable", &[]))
            .with_observed(observed_response(row));
    }
    let unused: Vec<(Resource, &String)> = APIS
        .iter()
        .flat_map(|api| unused_roles(context, facts, *api))
        .collect();
    let roles: Vec<String> = unused
        .iter()
        .map(|(api, role)| describe_role(*api, role))
        .collect();
    let delegated = delegated_permissions(context, facts);
    let unread: Vec<&str> = APIS
        .into_iter()
        .filter(|api| !is_read(context, facts, *api))
        .map(Resource::title)
        .collect();
    let judgment = judge_unused(&roles, &delegated, &unread).with_observed(observed_response(row));
    // A role on the wrong API is already the cause of the missing role, so it must not become a second task.
    if delegated.is_empty()
        && unused
            .iter()
            .all(|(api, role)| is_on_the_wrong_api(context, facts, *api, role))
    {
        return Judgment {
            raised: Vec::new(),
            ..judgment
        };
    }
    judgment
}

fn judge_unused(roles: &[String], delegated: &[String], unread: &[&str]) -> Judgment {
    let unread_too = (!unread.is_empty())
        .then(|| format_message("surplus.unread", &[("api", &unread.join(", "))]));
    let found = [roles, delegated].concat().join("; ");
    let (key, case) = match (roles, delegated) {
        ([], []) => {
            return match unread_too {
                None => Judgment::pass(format_message("surplus.none", &[])),
                Some(unread) => Judgment::unknown(format!(
                    "{}; {unread}",
                    format_message("surplus.none-seen", &[])
                )),
            };
        }
        ([], _) => ("surplus.delegated", Some("delegated")),
        _ => ("surplus.some", None),
    };
    let sentence = format_message(key, &[("detail", &found)]);
    let sentence = [Some(sentence), unread_too]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("; ");
    let note = Raised::new(CauseId::GrantSurplus)
        .because(sentence.clone())
        .with_value("permission", found)
        .with_value("detail", sentence.clone())
        .in_case(case);
    Judgment::pass(sentence).raising(note)
}

/// Whether the roles of the app on an API are known.
fn is_read(context: &Context<'_>, facts: &ConnectionFacts, api: Resource) -> bool {
    match context.token_of_app(facts, api) {
        Some(token) => token.readable,
        None => refuses_for_want_of_a_role(context, facts, api),
    }
}

fn refuses_for_want_of_a_role(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    api: Resource,
) -> bool {
    let replies = context
        .connections_of_app(facts)
        .filter_map(|other| context.sign_in(&other.name, api));
    let advisory = (api == Resource::Exchange)
        .then(|| context.advisory_sign_in(facts))
        .flatten();
    replies.chain(advisory).any(
        |reply| match symptom_of_reply::classify_sign_in(api, reply) {
            Symptom::Named(id) => NO_ROLE.contains(&id),
            _ => false,
        },
    )
}

/// The roles of a token that no connection of the app needs.
fn unused_roles<'e>(
    context: &Context<'e>,
    facts: &ConnectionFacts,
    api: Resource,
) -> Vec<(Resource, &'e String)> {
    let Some(token) = context.token_of_app(facts, api) else {
        return Vec::new();
    };
    let used: Vec<String> = needs_of_app(context, facts)
        .chain(lists_rooms(context, facts).then(knowledge::room_list_need))
        .chain(moves_to_graph(context, facts).then(|| calendar_need(Api::Graph)))
        .filter(|need| need.api == api)
        .filter_map(|need| knowledge::match_roles(need, &token.roles).by)
        .collect();
    token
        .roles
        .iter()
        .filter(|role| !used.contains(role))
        .map(|role| (api, role))
        .collect()
}

/// Whether a connection of the app uses EWS. It has to move to Graph, so the permission for that is prepared, not unused.
fn moves_to_graph(context: &Context<'_>, facts: &ConnectionFacts) -> bool {
    context
        .connections_of_app(facts)
        .any(|own| own.api == Some(Api::Ews))
}

/// Whether a role has the same name as a role on another API that the app needs and lacks.
fn is_on_the_wrong_api(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    api: Resource,
    role: &str,
) -> bool {
    let is_trap = |need: &&knowledge::Need| {
        need.same_name_elsewhere
            .iter()
            .any(|trap| trap.api == api && trap.value == role)
    };
    needs_of_app(context, facts)
        .filter(is_trap)
        .any(|need| !is_held(context, facts, need))
}

/// Whether the app has a role that fully satisfies a need.
fn is_held(context: &Context<'_>, facts: &ConnectionFacts, need: &knowledge::Need) -> bool {
    let token = context.token_of_app(facts, need.api);
    token.is_some_and(|token| knowledge::match_roles(need, &token.roles).level == AccessLevel::Full)
}

fn describe_role(api: Resource, role: &str) -> String {
    let title = api.title();
    match knowledge::role(api, role) {
        Some(known) => format!("{role} on {title} ({})", known.allows),
        None => format!("{role} on {title}"),
    }
}

/// The delegated permissions of the registration, such as the `User.Read` that the Entra admin center adds. ResourceXpress
/// signs in as an app and cannot use them. A delegated permission that replaces a missing role is the cause of that role.
fn delegated_permissions(context: &Context<'_>, facts: &ConnectionFacts) -> Vec<String> {
    let requested = context
        .registration(&facts.name)
        .map_or(&[][..], |registration| registration.requested.as_slice());
    let delegated = requested
        .iter()
        .filter(|permission| permission.kind == "Scope");
    delegated
        .filter(|permission| !replaces_missing_role(context, facts, permission))
        .map(describe_delegated)
        .collect()
}

fn describe_delegated(permission: &RequestedPermission) -> String {
    let api = knowledge::api_by_resource(&permission.resource_app_id);
    let name = api.and_then(|api| knowledge::delegated_by_guid(api, &permission.permission_id));
    let name = name.unwrap_or(&permission.permission_id);
    match api {
        Some(api) => format!("{name} on {} (delegated)", api.title()),
        None => format!("{name} on another API (delegated)"),
    }
}

fn replaces_missing_role(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    permission: &RequestedPermission,
) -> bool {
    let Some(api) = knowledge::api_by_resource(&permission.resource_app_id) else {
        return false;
    };
    let is_form_of = |need: &&knowledge::Need| {
        need.api == api && need.is_delegated_form(&permission.permission_id)
    };
    needs_of_app(context, facts)
        .filter(is_form_of)
        .any(|need| !is_held(context, facts, need))
}

/// Whether the app lists the rooms of its tenant in this run, for which it needs a role that ResourceXpress does not need.
fn lists_rooms(context: &Context<'_>, facts: &ConnectionFacts) -> bool {
    let mut rows = context
        .evidence
        .observations
        .iter()
        .filter(|row| row.check == CheckId::SettingsRooms);
    rows.any(|row| {
        matches!(row.finding(), Some(Finding::Rooms { .. }))
            && context
                .connection_of(row)
                .is_some_and(|other| context.is_same_app(other, facts))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{evidence, row, token};
    use super::super::{ResultRow, diagnose};
    use super::*;
    use crate::evidence::{Execution, Failure, Layer, Refusal, Reply, TokenFacts};
    use crate::terms::{Api, Confidence, Outcome};

    /// The row about unused roles of an app that books over Graph, where Exchange gave this reply.
    fn judged(at_exchange: Option<Reply<TokenFacts>>) -> ResultRow {
        let mut evidence = evidence(token(&[]), Vec::new());
        evidence.connections[0].api = Some(Api::Graph);
        let at_graph = TokenFacts {
            audience: Some("https://graph.microsoft.com".into()),
            ..token(&["Calendars.ReadWrite"])
        };
        evidence.observations = vec![
            row(
                CheckId::SignInGraph,
                "system",
                Execution::completed(Finding::SignIn(Reply::Success(at_graph))),
            ),
            row(
                CheckId::GrantSurplus,
                "app",
                at_exchange.map_or(Execution::Derived, |reply| {
                    Execution::completed(Finding::SignIn(reply))
                }),
            ),
        ];
        diagnose(&evidence).rows[1].clone()
    }

    fn refused(aadsts: u64) -> Reply<TokenFacts> {
        Reply::Refused(Refusal {
            status: 400,
            aadsts: vec![aadsts],
            ..Refusal::default()
        })
    }

    fn silent() -> Reply<TokenFacts> {
        let (host, detail) = (
            "login.microsoftonline.com".to_owned(),
            "timed out".to_owned(),
        );
        let (limit_ms, issuer, certificate) = (Some(20_000), None, None);
        Reply::Unreachable(Failure {
            layer: Layer::ResponseTimeout,
            host,
            detail,
            limit_ms,
            issuer,
            certificate,
        })
    }

    #[test]
    fn unread_roles_are_never_reported_as_free_of_unused_roles() {
        for reply in [
            None,
            Some(refused(53_003)),
            Some(refused(500_014)),
            Some(silent()),
        ] {
            let row = judged(reply.clone());
            assert_eq!(
                (row.outcome, row.confidence),
                (Outcome::Unknown, None),
                "{reply:?}"
            );
            assert!(
                row.message
                    .contains("Office 365 Exchange Online could not be read"),
                "{}",
                row.message
            );
            assert_eq!(row.cause, None, "advice about a failed request is no cause");
        }
    }

    #[test]
    fn a_tenant_without_exchange_and_an_app_without_an_assignment_hold_no_role_there() {
        for reply in [
            refused(500_011),
            refused(501_051),
            Reply::Success(token(&[])),
        ] {
            let row = judged(Some(reply));
            assert_eq!(
                (row.outcome, row.confidence),
                (Outcome::Pass, Some(Confidence::Confirmed)),
                "{}",
                row.message
            );
        }
    }

    #[test]
    fn a_role_on_the_other_api_is_named() {
        let row = judged(Some(Reply::Success(token(&["full_access_as_app"]))));
        assert_eq!(
            (row.outcome, row.cause.as_deref()),
            (Outcome::Pass, Some("grant.surplus"))
        );
        assert!(
            row.message
                .contains("full_access_as_app on Office 365 Exchange Online")
        );
    }
}
