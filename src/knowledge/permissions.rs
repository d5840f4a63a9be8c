//! The permissions of Microsoft Graph and Exchange Online that matter to ResourceXpress.
//!
//! A permission is always a pair of API and value: the same name on another API counts for nothing.

use serde::{Deserialize, Serialize};

use crate::terms::{CauseId, NeedId, Resource};

use super::table::{Embedded, Table, one_row_each};

impl Resource {
    /// The row that describes this API.
    pub fn entry(self) -> Option<&'static ApiEntry> {
        PERMISSIONS.get().api.iter().find(|entry| entry.id == self)
    }

    /// The name the portal shows, such as `Office 365 Exchange Online`.
    pub fn title(self) -> &'static str {
        self.entry()
            .map_or(self.as_str(), |entry| entry.title.as_str())
    }
}

/// One API with the names it goes by in tokens and registrations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiEntry {
    /// Which API.
    pub id: Resource,
    /// The name the portal shows.
    pub title: String,
    /// Id of the API's own application, the same in every tenant.
    pub resource_app_id: String,
    /// Values of the token claim `aud` over all clouds, without a slash at the end; the GUID above counts too.
    pub audiences: Vec<String>,
}

/// One application permission (app role) of an API.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// The API it belongs to.
    pub api: Resource,
    /// The value in the token claim `roles`.
    pub value: String,
    /// The GUID in the registration's manifest; absent where it is not known.
    #[serde(default)]
    pub id: Option<String>,
    /// The name the portal shows.
    pub title: String,
    /// What it allows, in one line.
    pub allows: String,
}

/// How much one kind of connection needs a permission, according to the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// The connection does not work without it.
    Required,
    /// A feature needs it.
    Optional,
    /// The connection has no use for it.
    NotNeeded,
}

/// A permission of similar name that is added by mistake and does not help.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namesake {
    /// The API it belongs to.
    pub api: Resource,
    /// Its value.
    pub value: String,
}

/// One thing ResourceXpress needs to be able to do, and the permissions that allow it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// Which need.
    pub id: NeedId,
    /// The API whose token must hold the permission.
    pub api: Resource,
    /// The permission that the customer should grant.
    pub value: String,
    /// Its GUID in the registration's manifest.
    pub guid: String,
    /// What ResourceXpress does with it, in product words.
    pub purpose: String,
    /// What does not work in ResourceXpress without it, in one sentence.
    pub without: String,
    /// The requirement on an EWS connection.
    pub on_ews: Demand,
    /// The requirement on a Graph connection.
    pub on_graph: Demand,
    /// Values on the same API that satisfy the need, the recommended one first.
    pub full: Vec<String>,
    /// Values that satisfy it only for names and addresses.
    #[serde(default)]
    pub basic: Vec<String>,
    /// Values that allow reading where writing is needed.
    #[serde(default)]
    pub read_only: Vec<String>,
    /// The role of RBAC for Applications in Exchange that grants the same; none where Exchange cannot grant it.
    #[serde(default)]
    pub exchange_rbac_role: Option<String>,
    /// Permissions of similar name that do not help.
    #[serde(default)]
    pub same_name_elsewhere: Vec<Namesake>,
    /// GUIDs of the delegated permission that is added by mistake instead.
    #[serde(default)]
    pub delegated_guids: Vec<String>,
    /// The id of the cause when it is missing and nothing more specific is known.
    pub missing_cause: CauseId,
}

impl Need {
    /// Whether a delegated permission with this GUID is this need's permission in the wrong form: its delegated
    /// namesake, or the application permission itself entered as delegated.
    pub fn is_delegated_form(&self, guid: &str) -> bool {
        let forms = self.delegated_guids.iter().chain([&self.guid]);
        forms
            .into_iter()
            .any(|form| form.eq_ignore_ascii_case(guid))
    }
}

impl Namesake {
    /// Its GUID, where it is known.
    pub fn guid(&self) -> Option<&'static str> {
        role(self.api, &self.value)?.id.as_deref()
    }
}

/// A delegated permission that is added to registrations without being needed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Delegated {
    api: Resource,
    value: String,
    id: String,
}

/// A list whose items are requested to see whether Graph decides about access before it looks at an item.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlList {
    /// The name of the list in an address.
    pub list: String,
    /// The beginning of every role that allows reading its items.
    pub roles: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstParty {
    id: String,
    name: String,
}

/// The table of the permissions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PermissionTable {
    api: Vec<ApiEntry>,
    first_party_api: Vec<FirstParty>,
    control: Vec<ControlList>,
    need: Vec<Need>,
    room_list: Need,
    delegated: Vec<Delegated>,
    role: Vec<Role>,
}

impl Table for PermissionTable {
    const FILE: &'static str = "permissions.toml";

    fn validated(self) -> Result<Self, String> {
        one_row_each(Resource::ALL, self.api.iter().map(|api| api.id))?;
        let needs = self.need.iter().chain([&self.room_list]);
        one_row_each(NeedId::ALL, needs.map(|need| need.id))?;
        Ok(self)
    }
}

static PERMISSIONS: Embedded<PermissionTable> = Embedded::new();

/// Every need of ResourceXpress, the calendars first.
pub fn needs() -> &'static [Need] {
    &PERMISSIONS.get().need
}

/// The lists for controls, in order of preference.
pub fn control_lists() -> &'static [ControlList] {
    &PERMISSIONS.get().control
}

/// What this program needs to list the rooms of a tenant. ResourceXpress does not need it.
pub fn room_list_need() -> &'static Need {
    &PERMISSIONS.get().room_list
}

/// The need with this id. Every need of ResourceXpress has a row; the one that has none is this program's own.
pub fn need(id: NeedId) -> &'static Need {
    needs()
        .iter()
        .find(|need| need.id == id)
        .unwrap_or_else(room_list_need)
}

/// The need for which this permission is recommended, if there is one.
pub fn need_of_value(value: &str) -> Option<&'static Need> {
    needs().iter().find(|need| need.value == value)
}

/// Every listed permission.
pub fn roles() -> &'static [Role] {
    &PERMISSIONS.get().role
}

/// The permission with this value on this API. Microsoft compares values exactly, and so does this.
pub fn role(api: Resource, value: &str) -> Option<&'static Role> {
    roles()
        .iter()
        .find(|role| role.api == api && role.value == value)
}

/// The permission with this GUID on this API; two APIs can give one GUID to permissions of different names.
pub fn find_role_by_guid(api: Resource, guid: &str) -> Option<&'static Role> {
    roles().iter().find(|role| {
        role.api == api
            && role
                .id
                .as_deref()
                .is_some_and(|id| id.eq_ignore_ascii_case(guid))
    })
}

/// The name of the delegated permission with this GUID, where it is known: one that portals add, or the delegated
/// namesake of a need.
pub fn delegated_by_guid(api: Resource, guid: &str) -> Option<&'static str> {
    let added = PERMISSIONS
        .get()
        .delegated
        .iter()
        .find(|one| one.api == api && one.id.eq_ignore_ascii_case(guid));
    let namesake = || {
        needs()
            .iter()
            .find(|need| need.api == api && need.is_delegated_form(guid))
    };
    added
        .map(|one| one.value.as_str())
        .or_else(|| namesake().map(|need| need.value.as_str()))
}

/// The delegated permissions that portals add by themselves, with their APIs.
pub fn delegated_names() -> impl Iterator<Item = (Resource, &'static str)> {
    PERMISSIONS
        .get()
        .delegated
        .iter()
        .map(|one| (one.api, one.value.as_str()))
}

/// The API that an `aud` claim or a resource application id names, in any cloud. Case and one slash at the end do not
/// count.
pub fn api_by_resource(resource: &str) -> Option<Resource> {
    let resource = resource.strip_suffix('/').unwrap_or(resource);
    PERMISSIONS
        .get()
        .api
        .iter()
        .find(|entry| {
            entry.resource_app_id.eq_ignore_ascii_case(resource)
                || entry
                    .audiences
                    .iter()
                    .any(|audience| audience.eq_ignore_ascii_case(resource))
        })
        .map(|entry| entry.id)
}

/// The name of Microsoft's own API with this application id; such an id is never a customer's client id.
pub fn first_party_api(guid: &str) -> Option<&'static str> {
    PERMISSIONS
        .get()
        .first_party_api
        .iter()
        .find(|api| api.id.eq_ignore_ascii_case(guid))
        .map(|api| api.name.as_str())
}

/// Ids and names of Microsoft's own APIs: never a customer's client id.
pub fn first_party_apis() -> Vec<(String, String)> {
    let apis = PERMISSIONS
        .get()
        .api
        .iter()
        .map(|api| (api.resource_app_id.clone(), api.title.clone()));
    apis.chain(
        PERMISSIONS
            .get()
            .first_party_api
            .iter()
            .map(|other| (other.id.clone(), other.name.clone())),
    )
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::knowledge::clouds::clouds;

    const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
    const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

    fn assert_guid(text: &str) {
        let parsed = uuid::Uuid::try_parse(text).unwrap();
        assert_eq!(
            parsed.hyphenated().to_string(),
            text,
            "written in lower case with hyphens"
        );
    }

    #[test]
    fn guids_are_well_formed() {
        for role in roles() {
            role.id.as_deref().into_iter().for_each(assert_guid);
        }
        for need in needs() {
            assert_guid(&need.guid);
        }
        for api in &PERMISSIONS.get().api {
            assert_guid(&api.resource_app_id);
        }
        for api in &PERMISSIONS.get().first_party_api {
            assert_guid(&api.id);
        }
        for delegated in &PERMISSIONS.get().delegated {
            assert_guid(&delegated.id);
        }
    }

    #[test]
    fn roles_are_unique_per_api_by_value_and_by_guid() {
        let mut values = HashSet::new();
        let mut guids = HashSet::new();
        for role in roles() {
            assert!(
                values.insert((role.api, &role.value)),
                "{} twice",
                role.value
            );
            if let Some(id) = &role.id {
                assert!(guids.insert((role.api, id)), "{id} twice");
            }
            assert!(!role.title.trim().is_empty() && !role.allows.trim().is_empty());
        }
    }

    #[test]
    fn needs_are_complete() {
        let ids: Vec<_> = needs()
            .iter()
            .chain([room_list_need()])
            .map(|need| need.id)
            .collect();
        assert_eq!(ids, NeedId::ALL);
        for need in needs() {
            assert!(!need.purpose.trim().is_empty(), "{}", need.id);
            assert_eq!(need.full.first(), Some(&need.value), "{}", need.id);
            let recommended = role(need.api, &need.value).unwrap();
            assert_eq!(
                recommended.id.as_deref(),
                Some(need.guid.as_str()),
                "{}",
                need.id
            );
        }
    }

    #[test]
    fn every_permission_of_a_need_is_listed_and_in_one_set_only() {
        for need in needs() {
            let mut seen = HashSet::new();
            for value in need.full.iter().chain(&need.basic).chain(&need.read_only) {
                assert!(role(need.api, value).is_some(), "{}: {value}", need.id);
                assert!(seen.insert(value), "{}: {value} in two sets", need.id);
            }
            for namesake in &need.same_name_elsewhere {
                assert!(
                    role(namesake.api, &namesake.value).is_some(),
                    "{}: {}",
                    need.id,
                    namesake.value
                );
                assert!(
                    namesake.api != need.api || !seen.contains(&namesake.value),
                    "{}: {} helps after all",
                    need.id,
                    namesake.value
                );
            }
        }
    }

    #[test]
    fn the_vendor_requires_one_calendar_permission_per_api() {
        let demand = |id| (need(id).on_ews, need(id).on_graph);
        assert_eq!(
            demand(NeedId::EwsCalendar),
            (Demand::Required, Demand::NotNeeded)
        );
        assert_eq!(
            demand(NeedId::GraphCalendar),
            (Demand::NotNeeded, Demand::Required)
        );
        for id in [NeedId::MailSend, NeedId::Users, NeedId::Groups] {
            assert_eq!(demand(id), (Demand::Optional, Demand::Optional));
        }
    }

    #[test]
    fn one_guid_has_two_names_on_two_apis() {
        let guid = "EF54D2BF-783F-4E0F-BCA1-3210C0444D99";
        let name = |api| find_role_by_guid(api, guid).map(|role| role.value.as_str());
        assert_eq!(name(Resource::Graph), Some("Calendars.ReadWrite"));
        assert_eq!(name(Resource::Exchange), Some("Calendars.ReadWrite.All"));
        assert!(
            find_role_by_guid(Resource::Graph, "dc890d15-9560-4a4c-9b7f-a736ec74ec40").is_none()
        );
    }

    #[test]
    fn the_delegated_permission_of_the_portal_has_a_name() {
        assert_eq!(
            delegated_by_guid(Resource::Graph, "E1FE6DD8-ba31-4d61-89e7-88639da4683d"),
            Some("User.Read")
        );
        assert_eq!(
            delegated_by_guid(Resource::Graph, "1ec239c2-d7c9-4623-a91a-a9775856bb36"),
            Some("Calendars.ReadWrite")
        );
        assert_eq!(
            delegated_by_guid(Resource::Exchange, "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
            None
        );
    }

    #[test]
    fn audiences_lead_to_their_api() {
        for text in [
            GRAPH,
            "https://graph.microsoft.com",
            "HTTPS://Graph.Microsoft.com/",
        ] {
            assert_eq!(api_by_resource(text), Some(Resource::Graph), "{text}");
        }
        for text in [
            EXCHANGE,
            "https://outlook.office365.com/",
            "https://outlook.office.com",
        ] {
            assert_eq!(api_by_resource(text), Some(Resource::Exchange), "{text}");
        }
        assert_eq!(api_by_resource("https://graph.microsoft.com//"), None);
        assert_eq!(api_by_resource("https://graph.windows.net"), None);
        for cloud in clouds() {
            assert_eq!(
                api_by_resource(&cloud.graph_resource),
                Some(Resource::Graph),
                "{}",
                cloud.id
            );
            assert_eq!(
                api_by_resource(&cloud.ews_resource),
                Some(Resource::Exchange),
                "{}",
                cloud.id
            );
        }
    }

    #[test]
    fn first_party_ids_are_recognized() {
        assert_eq!(first_party_api(GRAPH), Some("Microsoft Graph"));
        assert_eq!(
            first_party_api(&EXCHANGE.to_uppercase()),
            Some("Office 365 Exchange Online")
        );
        assert_eq!(
            first_party_api("9a41d1a0-0000-4000-8000-000000000000"),
            None
        );
        for api in [Resource::Graph, Resource::Exchange] {
            let entry = api.entry().unwrap();
            assert_eq!(first_party_api(&entry.resource_app_id), Some(api.title()));
        }
    }
}
