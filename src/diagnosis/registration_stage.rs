//! Stage of the app registration: requested permissions, consent, and the expiry of the client secret.

use jiff::Timestamp;

use crate::evidence::{
    ConnectionFacts, Finding, Observation, PasswordCredential, RegistrationFacts, Reply,
};
use crate::knowledge::{self, format_message};
use crate::terms::{CauseGroup, CauseId, CheckId, Service, SkipReason};

use super::app_needs::needs_of_app;
use super::calendar_days::{date_of, days_between};
use super::diagnosis_context::Context;
use super::judgment::{Judgment, Raised, from_cause, observed_response};
use super::raised_causes::RaisedCauses;
use super::response_cause::from_response;
use super::symptom::{Symptom, is_undecided};
use super::symptom_of_reply;

/// The checks of this stage.
pub(super) const CHECKS: &[CheckId] = &[
    CheckId::RegistrationSecretExpiry,
    CheckId::RegistrationConsent,
];

/// Judges a row about the registration. A permission without consent has the cause from an `earlier` stage.
pub(super) fn judge(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
) -> Judgment {
    match row.check {
        CheckId::RegistrationConsent => judge_consent(context, earlier, row),
        _ => judge_secret(context, row),
    }
}

/// Judges when the client secret in use expires.
fn judge_secret(context: &Context<'_>, row: &Observation) -> Judgment {
    let signs_in_otherwise = context
        .connection_of(row)
        .is_some_and(|facts| facts.certificate.is_some());
    read_registration(context, row, |registration| {
        if signs_in_otherwise {
            let message = format_message("secret.not-used", &[]);
            return Judgment::skipped(SkipReason::NotApplicable, None, message);
        }
        judge_expiry(context, registration)
    })
}

/// Judges the requested permissions compared with the granted ones.
fn judge_consent(context: &Context<'_>, earlier: &RaisedCauses<'_>, row: &Observation) -> Judgment {
    read_registration(context, row, |registration| {
        let judgment = judge_comparison(context, earlier, row, registration);
        judgment.raising_all(note_about_accounts(registration))
    })
}

/// The note about an app to which accounts of other tenants can sign in. ResourceXpress signs in to one tenant.
fn note_about_accounts(registration: &RegistrationFacts) -> Option<Raised> {
    let accepts_others = registration.outside_accounts == Some(true);
    accepts_others.then(|| Raised::new(CauseId::RegistrationMultitenant))
}

/// Judges a readable registration. The registration is additional information, so a failure to read it is not a failure of
/// the tenant.
fn read_registration(
    context: &Context<'_>,
    row: &Observation,
    judge: impl FnOnce(&RegistrationFacts) -> Judgment,
) -> Judgment {
    let Some(Finding::Registration(reply)) = row.finding() else {
        return Judgment::error(format_message("row.no-response-kept", &[]));
    };
    let judgment = match (reply, symptom_of_reply::classify(Service::Graph, reply)) {
        (Reply::Success(registration), _) => judge(registration),
        (_, Symptom::AccessRefused) => Judgment::skipped(
            SkipReason::NeedsPermission,
            None,
            format_message("registration.refused", &[]),
        ),
        // Graph finds only apps that are registered in the tenant of the token.
        (Reply::Refused(refusal), _) if refusal.status == 404 => {
            Judgment::unknown(format_message("registration.elsewhere", &[]))
        }
        (_, Symptom::Named(id)) if context.is_refused_here_only(row, id) => {
            Judgment::unknown(format_message("registration.unreadable", &[]))
        }
        (_, Symptom::Named(id))
            if is_undecided(id)
                || matches!(id.group(), CauseGroup::SignIn | CauseGroup::Tenant) =>
        {
            from_cause(from_response(row, id))
        }
        _ => Judgment::unknown(format_message("registration.unreadable", &[])),
    };
    judgment.with_observed(observed_response(row))
}

fn judge_expiry(context: &Context<'_>, registration: &RegistrationFacts) -> Judgment {
    let Some((secret, ends)) = secret_in_use(context, registration) else {
        return Judgment::unknown(format_message("secret.undetermined", &[]));
    };
    let days = days_between(context.evidence.started_at, ends);
    let date = date_of(ends);
    let words = days.to_string();
    let sentence = format_message("secret.ends", &[("date", &date), ("days", &words)]);
    if days > warning_days(context) {
        return Judgment::pass(sentence);
    }
    // The secret still works, so the row passes and carries a note.
    let note = Raised::new(CauseId::RegistrationSecretExpiring).because(sentence.clone());
    Judgment::pass(sentence).raising(
        note.with_value("date", date)
            .with_value("days", words)
            .with_value("secret_id", secret.key_id.clone()),
    )
}

/// How many days before a secret or a certificate expires the check reports it.
pub(super) fn warning_days(context: &Context<'_>) -> i64 {
    let days = context.evidence.warn_days;
    i64::from(days.unwrap_or(knowledge::dates().secret_warning_days))
}

/// The client secret in use: the one with a matching hint, of several the one that expires first. An expired secret is not
/// in use, because the sign-in succeeded.
pub(super) fn secret_in_use<'r>(
    context: &Context<'_>,
    registration: &'r RegistrationFacts,
) -> Option<(&'r PasswordCredential, Timestamp)> {
    let fitting = registration
        .secrets
        .iter()
        .filter(|secret| secret.fits_secret_in_use);
    let ends = fitting.filter_map(|secret| Some((secret, secret.ends_at?)));
    ends.filter(|(_, ends)| *ends > context.evidence.started_at)
        .min_by_key(|(_, ends)| *ends)
}

fn judge_comparison(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    row: &Observation,
    registration: &RegistrationFacts,
) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let compared = compare_permissions(context, facts, registration);
    if compared.pending.is_empty() {
        return judge_nothing_pending(&compared);
    }
    let list = compared.pending.join(", ");
    // The row about the permission already has the cause; this row must not become a second task.
    if let Some(raised) = cause_of_missing_consent(context, earlier, facts) {
        return Judgment {
            message: format_message("consent.waiting", &[("permission", &list)]),
            ..from_cause(raised)
        };
    }
    if compared
        .pending
        .iter()
        .any(|value| is_needed(context, facts, value))
    {
        return Judgment::unknown(format_message(
            "consent.waiting-undecided",
            &[("permission", &list)],
        ));
    }
    Judgment::pass(format_message(
        "consent.waiting-unneeded",
        &[("permission", &list)],
    ))
}

/// The judgment if no permission is known to lack consent. The message covers only the compared permissions.
fn judge_nothing_pending(compared: &Compared) -> Judgment {
    let left_open = [
        ("consent.not-compared", &compared.open),
        ("consent.unknown-ids", &compared.unknown_ids),
    ];
    let left_open: Vec<String> = left_open
        .into_iter()
        .filter(|(_, permissions)| !permissions.is_empty())
        .map(|(key, permissions)| format_message(key, &[("permission", &permissions.join(", "))]))
        .collect();
    match (left_open.is_empty(), compared.on_other_apis) {
        (true, false) => Judgment::pass(format_message("consent.complete", &[])),
        (true, true) => Judgment::pass(format_message("consent.complete-here", &[])),
        (false, _) => Judgment::unknown(left_open.join(". ")),
    }
}

/// The requested application permissions, compared with the roles in the tokens.
#[derive(Default)]
struct Compared {
    /// Permissions that are not in the token.
    pending: Vec<String>,
    /// Permissions of an API without a readable token.
    open: Vec<String>,
    /// Permission IDs without a known name. A token contains names, so these cannot be compared.
    unknown_ids: Vec<String>,
    /// Whether permissions of APIs are requested that ResourceXpress does not use.
    on_other_apis: bool,
}

fn compare_permissions(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    registration: &RegistrationFacts,
) -> Compared {
    let mut compared = Compared::default();
    for permission in registration
        .requested
        .iter()
        // `Role` is an application permission, `Scope` a delegated one.
        .filter(|permission| permission.kind == "Role")
    {
        let Some(api) = knowledge::api_by_resource(&permission.resource_app_id) else {
            compared.on_other_apis = true;
            continue;
        };
        let Some(role) = knowledge::find_role_by_guid(api, &permission.permission_id) else {
            compared.unknown_ids.push(permission.permission_id.clone());
            continue;
        };
        let value = role.value.clone();
        match context
            .token_of_app(facts, api)
            .filter(|token| token.readable)
        {
            None => compared.open.push(value),
            Some(token) if token.roles.contains(&value) => {}
            Some(_) => compared.pending.push(value),
        }
    }
    compared
}

/// Whether a connection of the app needs this permission.
fn is_needed(context: &Context<'_>, facts: &ConnectionFacts, value: &str) -> bool {
    needs_of_app(context, facts).any(|need| need.value == value)
}

/// The cause that a permission row of the same app already has for the missing consent.
fn cause_of_missing_consent(
    context: &Context<'_>,
    earlier: &RaisedCauses<'_>,
    facts: &ConnectionFacts,
) -> Option<Raised> {
    let app = facts.credentials;
    let grants = [
        CheckId::GrantFullAccessAsApp,
        CheckId::GrantCalendarsReadWrite,
        CheckId::GrantMailSend,
        CheckId::GrantUserReadAll,
        CheckId::GrantGroupReadAll,
    ];
    let rows = context
        .evidence
        .observations
        .iter()
        .filter(|other| grants.contains(&other.check));
    rows.filter(|other| {
        context
            .connection_of(other)
            .is_some_and(|facts| facts.credentials == app)
    })
    .flat_map(|other| earlier.raised(other))
    .find(|raised| raised.id == CauseId::RegistrationConsentMissing)
    .cloned()
}
