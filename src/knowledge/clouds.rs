//! Microsoft's clouds and the addresses each of them uses.

use serde::Deserialize;

use super::table::{Embedded, Table};

/// One cloud with its hosts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cloud {
    /// The value of the `cloud` setting, such as `gcc-high`.
    pub id: String,
    /// The name people use.
    pub title: String,
    /// The short name for reports, such as `GCC High`.
    pub label: String,
    /// Other names of the cloud, in Microsoft's tools and documents.
    #[serde(default)]
    pub names: Vec<String>,
    /// Host of the sign-in service, without scheme.
    pub sign_in_host: String,
    /// Other names of the same sign-in service.
    #[serde(default)]
    pub sign_in_aliases: Vec<String>,
    /// Base address of Microsoft Graph, with version and without a slash at the end.
    pub graph_url: String,
    /// Resource identifier of Graph; with `/.default` behind it the scope of a token request.
    pub graph_resource: String,
    /// Whole address of the EWS endpoint.
    pub ews_url: String,
    /// Other hosts of the same EWS endpoint.
    #[serde(default)]
    pub ews_aliases: Vec<String>,
    /// Resource identifier of Exchange; with `/.default` behind it the scope of a token request.
    pub ews_resource: String,
    /// Name of the cloud in Microsoft Graph PowerShell; not documented for some clouds.
    #[serde(default)]
    pub graph_environment: Option<String>,
    /// Name of the cloud in Exchange Online PowerShell; not documented for some clouds.
    #[serde(default)]
    pub exchange_environment: Option<String>,
    /// Where an administrator finds app registrations; unknown for some clouds.
    #[serde(default)]
    pub portal: Option<String>,
    /// `cloud_instance_name` of the discovery document; not recorded for some clouds.
    #[serde(default)]
    pub cloud_instance: Option<String>,
    /// `tenant_region_sub_scope` of the discovery document; absent for commercial tenants.
    #[serde(default)]
    pub region_sub_scope: Option<String>,
    /// The domain under which Microsoft creates the tenants of this cloud; a domain below it belongs to no other cloud.
    #[serde(default)]
    pub tenant_domain: Option<String>,
    /// What is uncertain about this row, in a sentence.
    #[serde(default)]
    pub doubt: Option<String>,
}

impl Cloud {
    /// Whether a host name is one of this cloud's services.
    pub fn has_host(&self, name: &str) -> bool {
        let services = [
            self.sign_in_host.clone(),
            host_of(&self.graph_url).to_owned(),
            host_of(&self.ews_url).to_owned(),
        ];
        services
            .iter()
            .chain(&self.sign_in_aliases)
            .chain(&self.ews_aliases)
            .any(|host| host.eq_ignore_ascii_case(name))
    }
}

/// The host in an address with a scheme.
fn host_of(address: &str) -> &str {
    // Two slashes follow the scheme, so the third part is the host.
    address.split('/').nth(2).unwrap_or_default()
}

/// The table of the clouds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CloudTable {
    cloud: Vec<Cloud>,
}

impl Table for CloudTable {
    const FILE: &'static str = "clouds.toml";
}

static CLOUDS: Embedded<CloudTable> = Embedded::new();

/// Every cloud, the worldwide one first.
pub fn clouds() -> &'static [Cloud] {
    &CLOUDS.get().cloud
}

/// The cloud with this id, if there is one.
pub fn cloud(id: &str) -> Option<&'static Cloud> {
    clouds().iter().find(|cloud| cloud.id == id)
}

/// The name of a cloud for people. A saved report can name a cloud that this version does not know; its id is shown as it is.
pub fn cloud_label(id: &str) -> &str {
    cloud(id).map_or(id, |cloud| cloud.label.as_str())
}

/// The cloud that a discovery document speaks of, by its `cloud_instance_name` and `tenant_region_sub_scope`.
pub fn cloud_by_markers(
    cloud_instance: &str,
    region_sub_scope: Option<&str>,
) -> Option<&'static Cloud> {
    clouds().iter().find(|cloud| {
        // An absent sub scope is a marker as well: commercial tenants have none.
        cloud.cloud_instance.as_deref() == Some(cloud_instance)
            && cloud.region_sub_scope.as_deref() == region_sub_scope
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_cloud_is_there_once_and_the_worldwide_one_is_the_first() {
        let ids: BTreeSet<_> = clouds().iter().map(|cloud| cloud.id.as_str()).collect();
        assert_eq!(ids.len(), clouds().len());
        assert_eq!(
            clouds().first().map(|cloud| cloud.id.as_str()),
            Some("global")
        );
    }

    #[test]
    fn addresses_fit_each_other() {
        for cloud in clouds() {
            assert_eq!(cloud.graph_url, format!("{}/v1.0", cloud.graph_resource));
            assert_eq!(
                cloud.ews_url,
                format!("{}/EWS/Exchange.asmx", cloud.ews_resource)
            );
            assert!(cloud.graph_resource.starts_with("https://"));
            assert!(!cloud.sign_in_host.contains('/') && cloud.sign_in_host.contains('.'));
            assert!(!cloud.title.is_empty());
        }
    }

    #[test]
    fn the_hosts_of_a_cloud_are_known() {
        let global = cloud("global").unwrap();
        for host in [
            "login.microsoftonline.com",
            "LOGIN.windows.net",
            "graph.microsoft.com",
            "outlook.office365.com",
            "outlook.office.com",
        ] {
            assert!(global.has_host(host), "{host}");
        }
        assert!(!global.has_host("graph.microsoft.us") && !global.has_host("microsoft.com"));
    }

    #[test]
    fn a_cloud_with_missing_facts_has_a_doubt() {
        for cloud in clouds() {
            let complete = cloud.portal.is_some() && cloud.cloud_instance.is_some();
            assert!(complete || cloud.doubt.is_some(), "{}", cloud.id);
        }
    }

    #[test]
    fn markers_lead_to_the_cloud() {
        let id = |instance, sub| cloud_by_markers(instance, sub).map(|cloud| cloud.id.as_str());
        assert_eq!(id("microsoftonline.com", None), Some("global"));
        assert_eq!(id("microsoftonline.com", Some("GCC")), Some("gcc"));
        assert_eq!(id("microsoftonline.us", Some("DODCON")), Some("gcc-high"));
        assert_eq!(id("microsoftonline.us", Some("DOD")), Some("dod"));
        assert_eq!(id("partner.microsoftonline.cn", None), Some("china"));
        assert_eq!(id("example.org", None), None);
    }
}
