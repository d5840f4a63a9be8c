//! Users, groups and the organization: decided by the token's roles alone.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use crate::simulator::message::SimulatedResponse;
use crate::simulator::scenario::{Group, MailboxKind};
use crate::simulator::tenant::Tenant;

use super::call::{GraphCall, Outcome};
use super::error::GraphRefusal;

const READ_USERS: &[&str] = &[
    "User.Read.All",
    "User.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "User.ReadBasic.All",
];
const READ_GROUPS: &[&str] = &[
    "Group.Read.All",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const READ_ORGANIZATION: &[&str] = &[
    "Organization.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "User.Read.All",
];
/// What `User.ReadBasic.All` shows of a user.
const BASIC: &[&str] = &[
    "id",
    "displayName",
    "givenName",
    "surname",
    "mail",
    "userPrincipalName",
    "photo",
];

/// The object id of a user, made from the address so that it stays the same in every run.
pub(crate) fn object_id(address: &str) -> String {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, address.to_lowercase()).hash(&mut hasher);
        hasher.finish()
    };
    uuid::Builder::from_random_bytes(
        (u128::from(half(1)) << 64 | u128::from(half(2))).to_be_bytes(),
    )
    .into_uuid()
    .to_string()
}

/// `GET /users`.
pub(crate) fn users(call: &GraphCall<'_>) -> Outcome {
    need(call, READ_USERS)?;
    call.query.list(
        call.request,
        "users",
        all_users(call.tenant).map(|user| visible(call, user)),
    )
}

/// `GET /users/{id}`.
pub(crate) fn user(call: &GraphCall<'_>, id: &str) -> Outcome {
    need(call, READ_USERS)?;
    let names_it = |user: &Value| {
        ["id", "userPrincipalName"].iter().any(|key| {
            user[key]
                .as_str()
                .is_some_and(|known| known.eq_ignore_ascii_case(id))
        })
    };
    let found = all_users(call.tenant)
        .find(names_it)
        .ok_or_else(|| GraphRefusal::resource_not_found(id))?;
    Ok(SimulatedResponse::json(
        200,
        &call.query.select(visible(call, found)),
    ))
}

/// `GET /groups`.
pub(crate) fn groups(call: &GraphCall<'_>) -> Outcome {
    need(call, READ_GROUPS)?;
    call.query.list(
        call.request,
        "groups",
        call.tenant.description().groups.iter().map(group_object),
    )
}

/// `GET /groups/{id}`.
pub(crate) fn group(call: &GraphCall<'_>, id: &str) -> Outcome {
    need(call, READ_GROUPS)?;
    Ok(SimulatedResponse::json(
        200,
        &call.query.select(group_object(find_group(call, id)?)),
    ))
}

/// `GET /groups/{id}/members`.
pub(crate) fn members(call: &GraphCall<'_>, id: &str) -> Outcome {
    need(call, READ_GROUPS)?;
    let group = find_group(call, id)?;
    let is_member = |user: &Value| {
        let name = user["userPrincipalName"].as_str().unwrap_or_default();
        group
            .members
            .iter()
            .any(|member| member.eq_ignore_ascii_case(name))
    };
    call.query.list(
        call.request,
        "directoryObjects",
        all_users(call.tenant).filter(is_member),
    )
}

/// `GET /organization`.
pub(crate) fn organization(call: &GraphCall<'_>) -> Outcome {
    need(call, READ_ORGANIZATION)?;
    let tenant = call.tenant.description();
    let domains: Vec<Value> = tenant
        .domains
        .iter()
        .enumerate()
        .map(|(number, name)| {
            json!({"name": name, "isDefault": number == 0, "isInitial": name.ends_with(".onmicrosoft.com"), "type": "Managed",
                   "capabilities": "Email, OfficeCommunicationsOnline"})
        })
        .collect();
    let organization =
        json!({"id": tenant.id, "displayName": tenant.display_name, "verifiedDomains": domains});
    call.query
        .list(call.request, "organization", [organization])
}

fn need(call: &GraphCall<'_>, roles: &[&str]) -> Result<(), GraphRefusal> {
    if call.holds_any(roles) {
        Ok(())
    } else {
        Err(GraphRefusal::insufficient_privileges())
    }
}

/// Only the basic properties for an app that holds nothing more than `User.ReadBasic.All`. What Graph does when such an
/// app selects another property by name is not recorded; here the property is left out.
fn visible(call: &GraphCall<'_>, user: Value) -> Value {
    // The basic role must stay the last one in the list.
    let basic_only = !call.holds_any(&READ_USERS[..READ_USERS.len() - 1]);
    match user {
        Value::Object(properties) if basic_only => Value::Object(
            properties
                .into_iter()
                .filter(|(name, _)| BASIC.contains(&name.as_str()))
                .collect(),
        ),
        whole => whole,
    }
}

fn find_group<'call>(call: &'call GraphCall<'_>, id: &str) -> Result<&'call Group, GraphRefusal> {
    let groups = &call.tenant.description().groups;
    groups
        .iter()
        .find(|group| group.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| GraphRefusal::resource_not_found(id))
}

fn group_object(group: &Group) -> Value {
    json!({"id": group.id, "displayName": group.display_name, "mailEnabled": false, "securityEnabled": true, "groupTypes": []})
}

fn all_users(tenant: &Tenant) -> impl Iterator<Item = Value> {
    let description = tenant.description();
    let mailboxes = description.mailboxes.iter().map(|mailbox| {
        // Room and shared accounts have sign-in blocked; that is their normal state.
        let enabled = mailbox.kind == MailboxKind::User;
        user_object(
            &mailbox.address,
            mailbox.display_name.as_deref(),
            enabled,
            true,
        )
    });
    let others = description.users.iter().map(|user| {
        user_object(
            &user.address,
            user.display_name.as_deref(),
            user.enabled,
            false,
        )
    });
    mailboxes.chain(others)
}

fn user_object(
    address: &str,
    display_name: Option<&str>,
    enabled: bool,
    has_mailbox: bool,
) -> Value {
    json!({
        "id": object_id(address),
        "displayName": display_name.map_or_else(|| name_from(address), str::to_owned),
        "mail": has_mailbox.then_some(address),
        "userPrincipalName": address,
        "accountEnabled": enabled,
        "userType": "Member",
        "givenName": null, "surname": null, "department": null, "jobTitle": null, "officeLocation": null,
        "businessPhones": [], "mobilePhone": null, "onPremisesSyncEnabled": null,
    })
}

/// A display name for an address: `board.room@…` is shown as `board room`.
pub(crate) fn name_from(address: &str) -> String {
    address
        .split('@')
        .next()
        .unwrap_or_default()
        .replace(['.', '-', '_'], " ")
}

#[cfg(test)]
mod tests {
    use crate::simulator::small_tenant::{
        changed, graph_code, json_of, send_to_graph, small_tenant,
    };

    #[test]
    fn users_and_groups_can_be_read_with_their_roles() {
        let tenant = small_tenant();
        let users = json_of(&send_to_graph(
            &tenant,
            "GET",
            "/users?$top=1&$select=id,mail,accountEnabled",
            None,
        ));
        assert_eq!(users["value"][0]["mail"], "boardroom@contoso.com");
        assert_eq!(users["value"][0]["accountEnabled"], false);
        assert!(users["value"][0].get("displayName").is_none());
        let members = send_to_graph(
            &tenant,
            "GET",
            "/groups/5d8a1f37-2c90-4e6b-8f14-b39d7c0a6e52/members",
            None,
        );
        assert_eq!(
            json_of(&members)["value"][0]["mail"],
            "rx-service@contoso.com"
        );
        assert_eq!(
            send_to_graph(
                &tenant,
                "GET",
                "/organization?$select=id,verifiedDomains",
                None
            )
            .status,
            200
        );
        assert_eq!(
            graph_code(&send_to_graph(
                &tenant,
                "GET",
                "/users/missing@contoso.com",
                None
            ))
            .0,
            404
        );
    }

    #[test]
    fn without_the_role_the_directory_is_closed() {
        let tenant = changed("\"graph/User.Read.All\",\n  \"graph/Group.Read.All\",", "");
        let denied = (403, "Authorization_RequestDenied".to_owned());
        for path in ["/users", "/groups", "/organization"] {
            assert_eq!(
                graph_code(&send_to_graph(&tenant, "GET", path, None)),
                denied,
                "{path}"
            );
        }
    }

    #[test]
    fn basic_profiles_lack_the_attributes_of_a_synchronization() {
        let tenant = changed("graph/User.Read.All", "graph/User.ReadBasic.All");
        let users = json_of(&send_to_graph(
            &tenant,
            "GET",
            "/users?$select=id,mail,accountEnabled",
            None,
        ));
        assert_eq!(users["value"][0]["mail"], "boardroom@contoso.com");
        assert!(users["value"][0].get("accountEnabled").is_none());
    }
}
