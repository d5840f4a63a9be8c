//! The endpoint `/EWS/Exchange.asmx`: from an HTTP request to its response.

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::scenario::{License, Mailbox};
use crate::simulator::tenant::Tenant;

use super::authentication::authenticate;
use super::operation::{NewItem, Operation};
use super::request_parts::FolderRef;
use super::response_messages::{ItemError, operation_response};
use super::xml::Element;
use super::{envelope, find, folder, item, mailbox_access, time_zones};

/// Handles a request to `/EWS/Exchange.asmx`.
pub(crate) fn respond(tenant: &Tenant, request: &SimulatedRequest) -> SimulatedResponse {
    perform(tenant, request).unwrap_or_else(|refusal| refusal)
}

/// The mailbox a request is about, in lower case.
pub(crate) fn impersonated_address(request: &SimulatedRequest) -> Option<String> {
    // Limits and faults need the mailbox before the envelope is validated.
    request
        .header("x-anchormailbox")
        .map(str::to_lowercase)
        .or_else(|| envelope::impersonated_address(&request.text()))
}

fn perform(
    tenant: &Tenant,
    request: &SimulatedRequest,
) -> Result<SimulatedResponse, SimulatedResponse> {
    let (token, app) = authenticate(tenant, request)?;
    if request.method != "POST" {
        return Err(SimulatedResponse::empty(405).with_header("allow", "POST"));
    }
    if !request
        .header("content-type")
        .is_some_and(|kind| kind.to_lowercase().starts_with("text/xml"))
    {
        return Err(SimulatedResponse::empty(415));
    }
    let soap = envelope::read(&request.text()).map_err(|fault| fault.to_response())?;
    let mailbox = mailbox_access::open_mailbox(tenant, app, &token, soap.impersonated.as_ref())?;
    Ok(operate(tenant, mailbox, soap.operation))
}

fn operate(tenant: &Tenant, mailbox: &Mailbox, operation: Operation) -> SimulatedResponse {
    match operation {
        Operation::GetFolder { shape, folders } => {
            let get = |requested: &FolderRef| folder::get(tenant, mailbox, requested, &shape);
            respond_per_item(mailbox, "GetFolder", Some("m:Folders"), &folders, get)
        }
        Operation::FindItem {
            shape,
            view,
            restriction,
            folders,
        } => {
            let find = |requested: &FolderRef| {
                let filter = (view, restriction.as_ref());
                find::view(tenant, mailbox, requested, filter, &shape)
            };
            respond_per_item(mailbox, "FindItem", None, &folders, find)
        }
        Operation::CreateItem {
            invitations,
            folder,
            items,
        } => {
            let (folder, invitations) = (folder.as_ref(), invitations.as_deref());
            let create = |new: &NewItem| item::create(tenant, mailbox, folder, invitations, new);
            respond_per_item(mailbox, "CreateItem", Some("m:Items"), &items, create)
        }
        Operation::GetItem { shape, items } => {
            let get = |id: &String| item::get(tenant, mailbox, id, &shape);
            respond_per_item(mailbox, "GetItem", Some("m:Items"), &items, get)
        }
        Operation::DeleteItem {
            cancellations,
            items,
        } => {
            let delete = |id: &String| item::delete(tenant, mailbox, id, cancellations.as_deref());
            respond_per_item(mailbox, "DeleteItem", None, &items, delete)
        }
        // The only operation that does not depend on the mailbox.
        Operation::GetServerTimeZones { ids } => {
            let zones = Ok(Some(time_zones::definitions(&ids)));
            operation_response("GetServerTimeZones", None, vec![zones])
        }
    }
}

/// Runs an operation for each of its items. EWS reports errors of one item in its own response message, with HTTP 200.
fn respond_per_item<T>(
    mailbox: &Mailbox,
    operation: &str,
    holder: Option<&str>,
    items: &[T],
    run: impl Fn(&T) -> Result<Option<Element>, ItemError>,
) -> SimulatedResponse {
    let outcomes = items
        .iter()
        .map(|item| always(mailbox).and_then(|()| run(item)));
    operation_response(operation, holder, outcomes.collect())
}

/// Errors that a mailbox gives to every item.
fn always(mailbox: &Mailbox) -> Result<(), ItemError> {
    match (&mailbox.ews_error, mailbox.license) {
        (Some(code), _) => Err(ItemError::of(code)),
        (None, License::Missing) => Err(ItemError::of("ErrorInvalidLicense")),
        (None, _) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::exchange::envelope::tests::{GET_FOLDER, envelope};
    use crate::simulator::small_tenant::{
        EXCHANGE_SCOPE, GRAPH_SCOPE, ROOM, SMALL, authorized, changed, get, obtain_token,
        small_tenant,
    };

    fn soap(address: &str, body: &str) -> SimulatedRequest {
        let header = format!(
            "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>"
        );
        let mut request = get("/EWS/Exchange.asmx");
        request.method = "POST".to_owned();
        request.headers.push((
            "Content-Type".to_owned(),
            "text/xml; charset=utf-8".to_owned(),
        ));
        request.body = envelope(if address.is_empty() { "" } else { &header }, body).into_bytes();
        request
    }

    fn send(tenant: &Tenant, address: &str, body: &str) -> SimulatedResponse {
        tenant.respond(&authorized(tenant, EXCHANGE_SCOPE, soap(address, body)))
    }

    fn code(response: &SimulatedResponse) -> (u16, String) {
        let text = response.text();
        let code = text
            .split("ResponseCode")
            .nth(1)
            .and_then(|rest| rest.split(['>', '<']).nth(1));
        (response.status, code.unwrap_or_default().to_owned())
    }

    fn is(response: &SimulatedResponse, status: u16, expected: &str) {
        assert_eq!(
            code(response),
            (status, expected.to_owned()),
            "{}",
            response.text()
        );
    }

    #[test]
    fn a_room_responds() {
        let tenant = small_tenant();
        is(&send(&tenant, ROOM, GET_FOLDER), 200, "NoError");
        assert!(
            send(&tenant, ROOM, GET_FOLDER)
                .text()
                .contains("h:ServerVersionInfo")
        );
    }

    #[test]
    fn tokens_are_distinguished_by_their_diagnostics() {
        let tenant = small_tenant();
        let diagnostics = |token: &str| {
            let mut request = soap(ROOM, GET_FOLDER);
            request
                .headers
                .push(("Authorization".to_owned(), format!("Bearer {token}")));
            let response = tenant.respond(&request);
            (
                response.status,
                response
                    .header("x-ms-diagnostics")
                    .map(|line| line[..7].to_owned()),
            )
        };
        assert_eq!(diagnostics("nonsense"), (401, Some("2000001".to_owned())));
        assert_eq!(
            diagnostics(&obtain_token(&small_tenant(), EXCHANGE_SCOPE)),
            (401, Some("2000000".to_owned()))
        );
        assert_eq!(
            diagnostics(&obtain_token(&tenant, GRAPH_SCOPE)),
            (401, Some("2000003".to_owned()))
        );
        let anonymous = tenant.respond(&soap(ROOM, GET_FOLDER));
        assert_eq!(
            (
                anonymous.status,
                anonymous.body.len(),
                anonymous.header("x-ms-diagnostics")
            ),
            (401, 0, None)
        );
        assert!(
            anonymous
                .header("www-authenticate")
                .unwrap()
                .starts_with("Bearer client_id=")
        );
    }

    #[test]
    fn roles_decide_unless_exchange_grants_by_itself() {
        let role = "\"exchange/full_access_as_app\",";
        let none = send(&changed(role, ""), ROOM, GET_FOLDER);
        assert_eq!(none.status, 401);
        assert!(
            none.header("x-ms-diagnostics")
                .unwrap()
                .contains("no permissions")
        );
        let other = send(&changed(role, "\"exchange/Mail.Read\","), ROOM, GET_FOLDER);
        assert_eq!(other.status, 403);
        assert!(
            other
                .header("x-ms-diagnostics")
                .unwrap()
                .contains("not enough scope")
        );
        let rbac = "exchange_rbac = [{ role = \"Application EWS.AccessAsApp\", mailboxes = [\"boardroom@contoso.com\"] }]\n";
        let text = SMALL.replace(role, "").replace("enabled = true", rbac);
        let tenant = crate::simulator::small_tenant::tenant_of(
            crate::simulator::Scenario::parse("rbac", &text).unwrap(),
        );
        is(&send(&tenant, ROOM, GET_FOLDER), 200, "NoError");
        let outside = send(&tenant, "rx-service@contoso.com", GET_FOLDER);
        assert_eq!(
            (
                outside.status,
                outside.body.len(),
                outside.header("x-ms-diagnostics")
            ),
            (403, 0, None)
        );
    }

    #[test]
    fn the_switches_of_ews_name_their_reason() {
        let reason = |from: &str, to: &str| {
            let response = send(&changed(from, to), ROOM, GET_FOLDER);
            (
                response.status,
                response
                    .header("x-ews-policy-reason")
                    .unwrap_or_default()
                    .to_owned(),
            )
        };
        let region = "region = \"EU\"";
        let room = "address = \"boardroom@contoso.com\"";
        let disabled = (403, "EWS is disabled for this user or tenant".to_owned());
        let blocked = (
            403,
            "EWS is blocked by policy for this user or tenant".to_owned(),
        );
        assert_eq!(reason(region, "ews = { enabled = false }"), disabled);
        assert_eq!(
            reason(room, &format!("{room}\news_enabled = false")),
            disabled
        );
        assert_eq!(reason("2026-11-23T08", "2027-04-02T08"), disabled);
        assert_eq!(reason(region, "ews = { enabled = true }"), blocked);
        assert_eq!(
            reason(
                region,
                "ews = { enabled = true, allowed_app_ids = [\"other\"] }"
            ),
            blocked
        );
        let listed = format!(
            "ews = {{ enabled = true, allowed_app_ids = [\"{}\"] }}",
            crate::simulator::small_tenant::APP
        );
        is(
            &send(&changed(region, &listed), ROOM, GET_FOLDER),
            200,
            "NoError",
        );
    }

    #[test]
    fn mailboxes_have_their_faults_and_item_errors() {
        let tenant = small_tenant();
        is(
            &send(&tenant, "", GET_FOLDER),
            500,
            "ErrorInvalidExchangeImpersonationHeaderData",
        );
        is(
            &send(&tenant, "bordroom@contoso.com", GET_FOLDER),
            500,
            "ErrorNonExistentMailbox",
        );
        let alias = send(&tenant, "the.boardroom@contoso.com", GET_FOLDER);
        is(&alias, 500, "ErrorNonPrimarySmtpAddress");
        assert!(alias.text().contains(ROOM));
        let room = "address = \"boardroom@contoso.com\"";
        for (line, status, expected) in [
            ("state = \"on-premises\"", 500, "ErrorNonExistentMailbox"),
            ("state = \"moving\"", 500, "ErrorMailboxMoveInProgress"),
            ("state = \"disabled\"", 500, "ErrorAccountDisabled"),
            ("license = \"missing\"", 200, "ErrorInvalidLicense"),
            ("calendar = \"missing\"", 200, "ErrorFolderNotFound"),
            (
                "ews_error = \"ErrorImpersonationFailed\"",
                200,
                "ErrorImpersonationFailed",
            ),
        ] {
            is(
                &send(&changed(room, &format!("{room}\n{line}")), ROOM, GET_FOLDER),
                status,
                expected,
            );
        }
    }

    #[test]
    fn a_calendar_item_exists_until_it_is_deleted() {
        let tenant = small_tenant();
        let create = r#"<m:CreateItem SendMeetingInvitations="SendToNone"><m:SavedItemFolderId><t:DistinguishedFolderId Id="calendar"/></m:SavedItemFolderId>
          <m:Items><t:CalendarItem><t:Subject>probe</t:Subject><t:Start>2027-11-23T03:00:00Z</t:Start><t:End>2027-11-23T03:05:00Z</t:End></t:CalendarItem></m:Items></m:CreateItem>"#;
        is(&send(&tenant, ROOM, create), 200, "NoError");
        let left = tenant.leftovers();
        assert_eq!((left.len(), left[0].subject.as_str()), (1, "probe"));
        let find = r#"<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>
          <m:CalendarView StartDate="2027-11-23T00:00:00Z" EndDate="2027-11-24T00:00:00Z"/>
          <m:ParentFolderIds><t:DistinguishedFolderId Id="calendar"/></m:ParentFolderIds></m:FindItem>"#;
        assert!(send(&tenant, ROOM, find).text().contains(&left[0].id));
        let by_id = |operation: &str| operation.replace("ID", &left[0].id);
        let get_item = by_id(
            r#"<m:GetItem><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId Id="ID"/></m:ItemIds></m:GetItem>"#,
        );
        assert!(
            send(&tenant, ROOM, &get_item)
                .text()
                .contains("<t:Subject>probe</t:Subject>")
        );
        let delete = by_id(
            r#"<m:DeleteItem DeleteType="HardDelete" SendMeetingCancellations="SendToNone"><m:ItemIds><t:ItemId Id="ID"/></m:ItemIds></m:DeleteItem>"#,
        );
        is(&send(&tenant, ROOM, &delete), 200, "NoError");
        is(&send(&tenant, ROOM, &get_item), 200, "ErrorItemNotFound");
        assert_eq!(tenant.leftovers(), []);
    }

    #[test]
    fn the_wrong_kind_of_body_is_not_read() {
        let tenant = small_tenant();
        let mut request = soap(ROOM, GET_FOLDER);
        request.headers[0].1 = "application/soap+xml".to_owned();
        assert_eq!(
            tenant
                .respond(&authorized(&tenant, EXCHANGE_SCOPE, request))
                .status,
            415
        );
        assert_eq!(
            tenant
                .respond(&authorized(
                    &tenant,
                    EXCHANGE_SCOPE,
                    get("/EWS/Exchange.asmx")
                ))
                .status,
            405
        );
    }
}
