//! Ids of app roles and delegated permissions, as Microsoft publishes them for Graph and Exchange Online.

use super::scenario::{Api, Permission, PermissionKind};

/// The application id of Microsoft Graph.
pub(crate) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";
/// The application id of Office 365 Exchange Online.
pub(crate) const EXCHANGE_APP_ID: &str = "00000002-0000-0ff1-ce00-000000000000";

const GRAPH_ROLES: &[(&str, &str)] = &[
    (
        "Application.Read.All",
        "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    ),
    (
        "Application.ReadWrite.All",
        "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    ),
    ("Calendars.Read", "798ee544-9d2d-430c-a058-570e29e34338"),
    ("Calendars.Read.All", "470229df-a15a-4b08-9d95-8c534862b362"),
    (
        "Calendars.ReadBasic.All",
        "8ba4a692-bc31-4128-9094-475872af8a53",
    ),
    (
        "Calendars.ReadWrite",
        "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    ),
    (
        "Calendars.ReadWrite.All",
        "d91697b0-a708-4c11-a712-8fb2dc081aa2",
    ),
    ("Chat.Read.All", "6b7d71aa-70aa-4810-a8d9-5d9fb2830017"),
    ("Contacts.Read", "089fe4d0-434a-44c5-8827-41ba8a0b17f5"),
    ("Contacts.ReadWrite", "6918b873-d17a-4dc1-b314-35f528134491"),
    ("Directory.Read.All", "7ab1d382-f21e-4acd-a863-ba3e13f7da61"),
    (
        "Directory.ReadWrite.All",
        "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
    ),
    (
        "Files.ReadWrite.All",
        "75359482-378d-4052-8f01-80520e7db3cd",
    ),
    ("Group.Read.All", "5b567255-7703-4780-807c-7be8301ae99b"),
    (
        "Group.ReadWrite.All",
        "62a82d76-70ea-41e2-9197-370581804d09",
    ),
    (
        "GroupMember.Read.All",
        "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    ),
    ("Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
    ("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9"),
    ("Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
    (
        "MailboxSettings.Read",
        "40f97065-369a-49f4-947c-6a255697ae91",
    ),
    (
        "Organization.Read.All",
        "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    ),
    ("Place.Read.All", "913b9306-0ce1-42b8-9137-6a7df690a760"),
    (
        "Sites.FullControl.All",
        "a82116e5-55eb-4c41-a434-62fe8a61c773",
    ),
    ("User.Read.All", "df021288-bdef-4463-88db-98f22de89214"),
    ("User.ReadBasic.All", "97235f07-e226-4f63-ace3-39588e11d3a1"),
    ("User.ReadWrite.All", "741f803b-c850-494e-b5df-cde7c675a1ca"),
];

const EXCHANGE_ROLES: &[(&str, &str)] = &[
    ("Calendars.Read", "798ee544-9d2d-430c-a058-570e29e34338"),
    ("Calendars.Read.All", "2dfdc6dc-2fa7-4a2c-a922-dbd4f85d17be"),
    (
        "Calendars.ReadWrite.All",
        "ef54d2bf-783f-4e0f-bca1-3210c0444d99",
    ),
    (
        "Exchange.ManageAsApp",
        "dc50a0fb-09a3-484d-be87-e023b12c6440",
    ),
    ("Mail.Read", "810c84a8-4a9e-49e6-bf7d-12d183f40d01"),
    ("Mail.ReadWrite", "e2a3a72e-5f79-4c64-b1b1-878b674786c9"),
    ("Mail.Send", "b633e1c5-b582-4048-a93e-9f11b44c7e96"),
    (
        "MailboxSettings.Read",
        "d45fa9f8-36e5-4cd2-b601-b063c7cf9ac2",
    ),
    ("User.Read.All", "bf24470f-10c1-436d-8d53-7b997eb473be"),
    ("User.ReadBasic.All", "77e65b5a-ceae-48b3-9490-50a86a038a48"),
    ("full_access_as_app", "dc890d15-9560-4a4c-9b7f-a736ec74ec40"),
];

const GRAPH_SCOPES: &[(&str, &str)] = &[
    (
        "Calendars.ReadWrite",
        "1ec239c2-d7c9-4623-a91a-a9775856bb36",
    ),
    ("Group.Read.All", "5f8c59db-677d-491f-a6b8-5f174b11ec1d"),
    ("Mail.Send", "e383f46e-2787-4529-855e-0e479a3ffac0"),
    ("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
    ("User.Read.All", "a154be20-db9c-4678-8ab7-66f6cc099a59"),
];

const EXCHANGE_SCOPES: &[(&str, &str)] = &[(
    "EWS.AccessAsUser.All",
    "3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5",
)];

/// A consented app role: which resource, which value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantedRole {
    /// The resource that defines the role.
    pub(crate) api: Api,
    /// The role's value, as it appears in `roles`.
    pub(crate) value: String,
}

impl GrantedRole {
    /// Reads `graph/Mail.Send` or `exchange/full_access_as_app`; unknown roles are refused.
    pub(crate) fn parse(text: &str) -> Option<GrantedRole> {
        let (api, value) = text.split_once('/')?;
        let api = match api {
            "graph" => Api::Graph,
            "exchange" => Api::Exchange,
            _ => return None,
        };
        role_id(api, value).map(|_| GrantedRole {
            api,
            value: value.to_owned(),
        })
    }
}

/// The id of an app role.
pub(crate) fn role_id(api: Api, value: &str) -> Option<&'static str> {
    find(
        if api == Api::Graph {
            GRAPH_ROLES
        } else {
            EXCHANGE_ROLES
        },
        value,
    )
}

/// The id of a requested permission, application or delegated.
pub(crate) fn permission_id(wanted: &Permission) -> Option<&'static str> {
    match (wanted.kind, wanted.api) {
        (PermissionKind::Role, api) => role_id(api, &wanted.permission),
        (PermissionKind::Scope, Api::Graph) => find(GRAPH_SCOPES, &wanted.permission),
        (PermissionKind::Scope, Api::Exchange) => find(EXCHANGE_SCOPES, &wanted.permission),
    }
}

/// The application id of a resource.
pub(crate) fn resource_app_id(api: Api) -> &'static str {
    match api {
        Api::Graph => GRAPH_APP_ID,
        Api::Exchange => EXCHANGE_APP_ID,
    }
}

fn find(table: &[(&str, &'static str)], value: &str) -> Option<&'static str> {
    table
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, id)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_on_another_api_is_another_role() {
        assert_ne!(
            role_id(Api::Graph, "User.Read.All"),
            role_id(Api::Exchange, "User.Read.All")
        );
        assert_eq!(role_id(Api::Graph, "full_access_as_app"), None);
        assert_eq!(GrantedRole::parse("graph/Nonsense"), None);
        assert_eq!(
            GrantedRole::parse("exchange/full_access_as_app").map(|role| role.api),
            Some(Api::Exchange)
        );
    }
}
