//! Access to a mailbox: whether it exists here, and whether the app may access it.

use serde_json::json;

use crate::simulator::access::{self, AccessNeed, Caller, Refusal};
use crate::simulator::message::SimulatedResponse;
use crate::simulator::scenario::{
    Api, ExchangeState, FirstCheck, License, Mailbox, MailboxKind, MailboxState,
};

use super::call::{GraphCall, Outcome};
use super::directory::{name_from, object_id};
use super::error::GraphRefusal;

/// Reading a calendar.
pub(crate) const READ_CALENDAR: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &[
        "Calendars.Read",
        "Calendars.ReadWrite",
        "Calendars.ReadBasic.All",
    ],
    rbac: &[
        "Application Calendars.Read",
        "Application Calendars.ReadWrite",
        "Application Exchange Full Access",
    ],
};
/// Writing a calendar.
pub(crate) const WRITE_CALENDAR: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &["Calendars.ReadWrite"],
    rbac: &[
        "Application Calendars.ReadWrite",
        "Application Exchange Full Access",
    ],
};
/// Sending mail.
pub(crate) const SEND_MAIL: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &["Mail.Send"],
    rbac: &[
        "Application Mail.Send",
        "Application Mail Full Access",
        "Application Exchange Full Access",
    ],
};
/// Changing mail.
pub(crate) const WRITE_MAIL: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &["Mail.ReadWrite"],
    rbac: &[
        "Application Mail.ReadWrite",
        "Application Mail Full Access",
        "Application Exchange Full Access",
    ],
};
/// Reading mail.
pub(crate) const READ_MAIL: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &["Mail.Read", "Mail.ReadBasic.All", "Mail.ReadWrite"],
    rbac: &[
        "Application Mail.Read",
        "Application Mail.ReadBasic",
        "Application Mail.ReadWrite",
        "Application Mail Full Access",
        "Application Exchange Full Access",
    ],
};
/// Reading contacts.
pub(crate) const READ_CONTACTS: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &["Contacts.Read", "Contacts.ReadWrite"],
    rbac: &[
        "Application Contacts.Read",
        "Application Contacts.ReadWrite",
        "Application Exchange Full Access",
    ],
};
const READ_SETTINGS: AccessNeed<'static> = AccessNeed {
    api: Api::Graph,
    roles: &["MailboxSettings.Read", "MailboxSettings.ReadWrite"],
    rbac: &[
        "Application MailboxSettings.Read",
        "Application MailboxSettings.ReadWrite",
    ],
};

/// The mailbox, if it is available and the app may do what `need` describes.
pub(crate) fn enter<'call>(
    call: &'call GraphCall<'_>,
    id: &str,
    need: AccessNeed<'_>,
) -> Result<&'call Mailbox, GraphRefusal> {
    tenant_is_open(call)?;
    app_is_known(call, need)?;
    let mailbox = find(call, id)?;
    state_allows(mailbox)?;
    may(call, mailbox, need)?;
    Ok(mailbox)
}

/// The problem with an item id, where the scenario makes Graph check ids before roles. What concerns the app or
/// the mailbox as a whole is decided before both.
pub(crate) fn ids_first(
    call: &GraphCall<'_>,
    id: &str,
    look: impl Fn(&Mailbox) -> Result<(), GraphRefusal>,
) -> Result<(), GraphRefusal> {
    if call.tenant.description().graph_checks_first == FirstCheck::Access {
        return Ok(());
    }
    tenant_is_open(call)?;
    token_holds_anything(call)?;
    let mailbox = find(call, id)?;
    state_allows(mailbox)?;
    if !access::policy_allows(call.app, &mailbox.address) {
        return Err(closed_by_policy());
    }
    look(mailbox)
}

fn may(call: &GraphCall<'_>, mailbox: &Mailbox, need: AccessNeed<'_>) -> Result<(), GraphRefusal> {
    let caller = Caller {
        app: call.app,
        token: &call.token,
        effective: call.tenant.has_noticed(call.app, need.api),
    };
    access::mailbox_access(caller, need, &mailbox.address).map_err(|refusal| match refusal {
        Refusal::NotGranted => GraphRefusal::access_denied(),
        Refusal::AccessPolicy => closed_by_policy(),
    })
}

fn closed_by_policy() -> GraphRefusal {
    let message = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.";
    GraphRefusal::new(403, "ErrorAccessDenied", message)
}

fn tenant_is_open(call: &GraphCall<'_>) -> Result<(), GraphRefusal> {
    let tenant = call.tenant.description();
    if tenant.exchange != ExchangeState::Active {
        let message = format!("The tenant for tenant guid '{}' does not exist.", tenant.id);
        return Err(GraphRefusal::new(
            401,
            "OrganizationFromTenantGuidNotFound",
            message,
        ));
    }
    if tenant.access_blocked {
        // The code is Exchange's; no recording of it through Graph is known.
        let message = "The organization is marked for removal and its access is blocked.";
        return Err(GraphRefusal::new(
            403,
            "ErrorOrganizationAccessBlocked",
            message,
        ));
    }
    Ok(())
}

/// An app that can reach no mailbox at all is refused before any mailbox is looked for.
fn app_is_known(call: &GraphCall<'_>, need: AccessNeed<'_>) -> Result<(), GraphRefusal> {
    if call.holds_any(need.roles) || access::has_rbac(call.app, need) {
        return Ok(());
    }
    token_holds_anything(call)?;
    Err(GraphRefusal::access_denied())
}

fn token_holds_anything(call: &GraphCall<'_>) -> Result<(), GraphRefusal> {
    if call.token.roles.is_empty() && call.app.exchange_rbac.is_empty() {
        let message = "The token contains no permissions, or permissions can not be understood.";
        return Err(GraphRefusal::new(
            401,
            "NoPermissionsInAccessToken",
            message,
        ));
    }
    Ok(())
}

fn find<'call>(call: &'call GraphCall<'_>, id: &str) -> Result<&'call Mailbox, GraphRefusal> {
    let by_object_id = || {
        // Only something like an object id is worth making those of all mailboxes.
        let id = uuid::Uuid::try_parse(id).ok()?.to_string();
        call.tenant
            .description()
            .mailboxes
            .iter()
            .find(|mailbox| object_id(&mailbox.address) == id)
    };
    call.tenant
        .mailbox(id)
        .or_else(by_object_id)
        .ok_or_else(|| {
            let is_user = call
                .tenant
                .description()
                .users
                .iter()
                .any(|user| user.address.eq_ignore_ascii_case(id));
            // The directory knows this user, so the address itself is valid.
            if is_user {
                no_mailbox()
            } else {
                GraphRefusal::new(
                    404,
                    "ErrorInvalidUser",
                    format!("The requested user '{id}' is invalid."),
                )
            }
        })
}

fn state_allows(mailbox: &Mailbox) -> Result<(), GraphRefusal> {
    if let Some(error) = &mailbox.graph_error {
        return Err(GraphRefusal::new(
            error.status,
            &error.code,
            error.message.clone(),
        ));
    }
    match mailbox.state {
        // The status of this code is not known for certain.
        MailboxState::Moving => Err(GraphRefusal::new(
            503,
            "ErrorMailboxMoveInProgress",
            "Mailbox move in progress. Try again later.",
        )),
        MailboxState::Ok if mailbox.license != License::Missing => Ok(()),
        // Graph has one code for unlicensed, inactive, soft-deleted and on-premises mailboxes.
        _ => Err(no_mailbox()),
    }
}

fn no_mailbox() -> GraphRefusal {
    let message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
    GraphRefusal::new(404, "MailboxNotEnabledForRESTAPI", message)
}

/// `GET /users/{id}/mailboxSettings`.
pub(crate) fn settings(call: &GraphCall<'_>, id: &str) -> Outcome {
    let mailbox = enter(call, id, READ_SETTINGS)?;
    let purpose = match mailbox.kind {
        MailboxKind::Room => "room",
        MailboxKind::User => "user",
        MailboxKind::Shared => "shared",
    };
    let settings = json!({"timeZone": "W. Europe Standard Time", "userPurpose": purpose});
    Ok(SimulatedResponse::json(200, &call.query.select(settings)))
}

/// The name under which a mailbox is shown.
pub(crate) fn shown_name(mailbox: &Mailbox) -> String {
    mailbox
        .display_name
        .clone()
        .unwrap_or_else(|| name_from(&mailbox.address))
}

#[cfg(test)]
mod tests {
    use crate::simulator::small_tenant::{
        changed, graph_code, json_of, send_to_graph, small_tenant,
    };
    use crate::simulator::tenant::Tenant;

    const VIEW: &str =
        "/calendarView?startDateTime=2026-11-23T08:00:00Z&endDateTime=2026-11-23T09:00:00Z";

    fn view(tenant: &Tenant, address: &str) -> (u16, String) {
        let response = send_to_graph(tenant, "GET", &format!("/users/{address}{VIEW}"), None);
        if response.status == 200 {
            (200, String::new())
        } else {
            graph_code(&response)
        }
    }

    #[test]
    fn a_mailbox_is_found_by_any_of_its_addresses() {
        assert_eq!(view(&small_tenant(), "boardroom@contoso.com").0, 200);
        assert_eq!(view(&small_tenant(), "The.Boardroom@contoso.com").0, 200);
        assert_eq!(
            view(&small_tenant(), "bordroom@contoso.com"),
            (404, "ErrorInvalidUser".to_owned())
        );
    }

    #[test]
    fn states_of_mailbox_and_tenant_show() {
        let room = "address = \"boardroom@contoso.com\"";
        for (from, to, expected) in [
            (
                room,
                format!("{room}\nstate = \"on-premises\""),
                (404, "MailboxNotEnabledForRESTAPI"),
            ),
            (
                room,
                format!("{room}\nstate = \"moving\""),
                (503, "ErrorMailboxMoveInProgress"),
            ),
            (
                room,
                format!("{room}\nlicense = \"missing\""),
                (404, "MailboxNotEnabledForRESTAPI"),
            ),
            (
                "region = \"EU\"",
                "exchange = \"absent\"".to_owned(),
                (401, "OrganizationFromTenantGuidNotFound"),
            ),
        ] {
            let (status, code) = view(&changed(from, &to), "boardroom@contoso.com");
            assert_eq!((status, code.as_str()), expected, "{to}");
        }
    }

    #[test]
    fn roles_rbac_and_policies_decide() {
        let none = changed("\"graph/Calendars.ReadWrite\",", "");
        assert_eq!(
            view(&none, "boardroom@contoso.com"),
            (403, "ErrorAccessDenied".to_owned())
        );
        let policy =
            "enabled = true\naccess_policy = [{ right = \"RestrictAccess\", mailboxes = [] }]";
        let restricted = changed("enabled = true", policy);
        let path = format!("/users/boardroom@contoso.com{VIEW}");
        let body = json_of(&send_to_graph(&restricted, "GET", &path, None));
        assert!(
            body["error"]["message"]
                .as_str()
                .unwrap()
                .contains("[RAOP]")
        );
    }

    #[test]
    fn a_token_without_any_role_is_rejected_with_the_reason() {
        let start = crate::simulator::small_tenant::SMALL
            .find("granted = [")
            .unwrap();
        let end = crate::simulator::small_tenant::SMALL[start..]
            .find("]\n")
            .unwrap()
            + start
            + 1;
        let tenant = changed(
            &crate::simulator::small_tenant::SMALL[start..end],
            "granted = []",
        );
        assert_eq!(
            view(&tenant, "boardroom@contoso.com"),
            (401, "NoPermissionsInAccessToken".to_owned())
        );
    }
}
