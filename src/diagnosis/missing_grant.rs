//! Reason for a missing permission, as far as the app registration shows it.

use crate::evidence::{ConnectionFacts, RequestedPermission};
use crate::knowledge::{self, Need, format_message};
use crate::terms::{CauseId, Resource};

use super::diagnosis_context::Context;
use super::judgment::Raised;

/// The cause of a missing permission, or the reason that the registration shows.
pub(super) fn missing(context: &Context<'_>, facts: &ConnectionFacts, need: &Need) -> Raised {
    why_missing(context, facts, need)
        .unwrap_or_else(|| Raised::new(need.missing_cause))
        .because(format_message(
            "grant.absent-and-refused",
            &[("permission", &need.value)],
        ))
        .with_value("permission", need.value.clone())
        .with_value("api", need.api.title())
        .with_value("api_path", format_message(portal_path(need.api), &[]))
}

/// The message with the location of an API in the Entra admin center. Exchange is not on the first page of the list.
fn portal_path(api: Resource) -> &'static str {
    match api {
        Resource::Graph => "portal.graph",
        Resource::Exchange => "portal.exchange",
    }
}

/// The reason in the registration why the token lacks a permission. `None` if the permission is not requested, or if the
/// registration could not be read.
pub(super) fn why_missing(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    need: &Need,
) -> Option<Raised> {
    let requested = context
        .registration(&facts.name)
        .map_or(&[][..], |registration| registration.requested.as_slice());
    let of_api = |permission: &RequestedPermission, api: Resource| {
        knowledge::api_by_resource(&permission.resource_app_id) == Some(api)
    };
    let same = |permission: &RequestedPermission, guid: &str| {
        permission.permission_id.eq_ignore_ascii_case(guid)
    };
    let mut here = requested
        .iter()
        .filter(|permission| of_api(permission, need.api));
    if here
        .clone()
        .any(|permission| permission.kind == "Role" && same(permission, &need.guid))
    {
        // The permission is requested, so only the consent of an administrator is missing.
        return Some(Raised::new(CauseId::RegistrationConsentMissing));
    }
    if here.any(|permission| {
        permission.kind == "Scope" && need.is_delegated_form(&permission.permission_id)
    }) {
        return Some(Raised::new(
            CauseId::RegistrationDelegatedInsteadOfApplication,
        ));
    }
    // Both APIs have a permission with this name, and the wrong one is easily selected.
    let trap = need.same_name_elsewhere.iter().find(|trap| {
        let is_trap = |permission: &RequestedPermission| {
            of_api(permission, trap.api) && trap.guid().is_some_and(|guid| same(permission, guid))
        };
        requested.iter().any(is_trap) || has_role(context, facts, trap.api, &trap.value)
    })?;
    let found = format!("{} of {}", trap.value, trap.api.title());
    Some(Raised::new(CauseId::RegistrationWrongApi).with_value("detail", found))
}

fn has_role(context: &Context<'_>, facts: &ConnectionFacts, api: Resource, value: &str) -> bool {
    context
        .token_of_app(facts, api)
        .is_some_and(|token| token.roles.iter().any(|role| role == value))
}
