//! Access checks between a valid token and a mailbox: the EWS switches, the mailbox itself, and the app's scope.

use crate::simulator::access::{self, AccessNeed, Caller};
use crate::simulator::message::SimulatedResponse;
use crate::simulator::scenario::{Api, App, Mailbox, MailboxState};
use crate::simulator::tenant::Tenant;
use crate::simulator::tokens::IssuedToken;

use super::envelope::Impersonated;
use super::fault::SoapFault;

/// What reaching a mailbox over EWS needs.
pub(crate) const ACCESS: AccessNeed<'static> = AccessNeed {
    api: Api::Exchange,
    roles: &["full_access_as_app"],
    rbac: &["Application EWS.AccessAsApp"],
};

/// The day from which EWS is disabled for every tenant.
const RETIREMENT: &str = "2027-04-01T00:00:00Z";
const DISABLED: &str = "EWS is disabled for this user or tenant";
const BLOCKED: &str = "EWS is blocked by policy for this user or tenant";

/// The impersonated mailbox, if the request may go in; else the refusal.
pub(crate) fn open_mailbox<'tenant>(
    tenant: &'tenant Tenant,
    app: &App,
    token: &IssuedToken,
    impersonated: Option<&Impersonated>,
) -> Result<&'tenant Mailbox, SimulatedResponse> {
    let impersonated = impersonated.ok_or_else(|| {
        SoapFault::of("ErrorInvalidExchangeImpersonationHeaderData").to_response()
    })?;
    // In which order Exchange Online makes these checks is not known.
    organization_allows(tenant, app)?;
    let mailbox = find(tenant, impersonated).map_err(|fault| fault.to_response())?;
    if !mailbox.ews_enabled {
        return Err(refused_by_policy(DISABLED));
    }
    let caller = Caller {
        app,
        token,
        effective: tenant.has_noticed(app, Api::Exchange),
    };
    // The refusal by an access policy or a scope was never captured; the best evidence is a 403 without a body and
    // without a header that names a reason.
    if mailbox.ews_refused || access::mailbox_access(caller, ACCESS, &mailbox.address).is_err() {
        return Err(SimulatedResponse::empty(403));
    }
    state_allows(mailbox).map_err(|fault| fault.to_response())?;
    Ok(mailbox)
}

fn organization_allows(tenant: &Tenant, app: &App) -> Result<(), SimulatedResponse> {
    let description = tenant.description();
    if description.access_blocked {
        return Err(SoapFault::of("ErrorOrganizationAccessBlocked").to_response());
    }
    // How Exchange Online responds after the retirement is not known; the only documented refusal is used.
    let retired = RETIREMENT
        .parse()
        .is_ok_and(|day: jiff::Timestamp| tenant.now() >= day);
    let policy = &description.ews;
    match policy.enabled {
        Some(false) => Err(refused_by_policy(DISABLED)),
        _ if retired => Err(refused_by_policy(DISABLED)),
        Some(true) if !lists(policy.allowed_app_ids.as_deref(), &app.client_id) => {
            Err(refused_by_policy(BLOCKED))
        }
        // Without an explicit value, EWS is open to every app and the list is ignored.
        _ => Ok(()),
    }
}

/// An empty or absent list allows no app once EWS is enabled explicitly.
fn lists(allowed: Option<&[String]>, client_id: &str) -> bool {
    allowed
        .unwrap_or_default()
        .iter()
        .any(|id| id.eq_ignore_ascii_case(client_id))
}

fn refused_by_policy(reason: &str) -> SimulatedResponse {
    SimulatedResponse::empty(403).with_header("x-ews-policy-reason", reason)
}

fn find<'tenant>(
    tenant: &'tenant Tenant,
    impersonated: &Impersonated,
) -> Result<&'tenant Mailbox, SoapFault> {
    let address = &impersonated.address;
    let gone =
        || SoapFault::of("ErrorNonExistentMailbox").with_value("SmtpAddress", address.clone());
    let mailbox = tenant.mailbox(address).ok_or_else(gone)?;
    // Exchange Online reports such a mailbox as if its address did not exist.
    if matches!(
        mailbox.state,
        MailboxState::OnPremises | MailboxState::SoftDeleted
    ) {
        return Err(gone());
    }
    if impersonated.as_primary && !mailbox.address.eq_ignore_ascii_case(address) {
        return Err(SoapFault::of("ErrorNonPrimarySmtpAddress")
            .with_value("Primary", mailbox.address.clone()));
    }
    Ok(mailbox)
}

fn state_allows(mailbox: &Mailbox) -> Result<(), SoapFault> {
    match mailbox.state {
        MailboxState::Moving => Err(SoapFault::of("ErrorMailboxMoveInProgress")),
        MailboxState::Disabled => Err(SoapFault::of("ErrorAccountDisabled")),
        _ => Ok(()),
    }
}
