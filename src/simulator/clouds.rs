//! Hosts of Microsoft's clouds. The simulator serves one address, but resources, issuers and challenges keep the names
//! that the tenant's cloud has.

use super::permissions;
use super::scenario::{Api, Cloud};

/// The names of one cloud.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CloudHosts {
    /// The sign-in host.
    pub(crate) sign_in: &'static str,
    /// The host of Microsoft Graph.
    pub(crate) graph: &'static str,
    /// Hosts of Exchange; the first is the usual scope.
    pub(crate) exchange: &'static [&'static str],
    /// `cloud_instance_name` of the discovery document.
    pub(crate) instance_name: &'static str,
    /// `tenant_region_sub_scope` of the discovery document.
    pub(crate) region_sub_scope: Option<&'static str>,
}

impl Cloud {
    /// All clouds of the simulator.
    const ALL: [(Cloud, &'static str); 7] = [
        (Cloud::Global, "global"),
        (Cloud::Gcc, "gcc"),
        (Cloud::GccHigh, "gcc-high"),
        (Cloud::Dod, "dod"),
        (Cloud::China, "china"),
        (Cloud::Bleu, "bleu"),
        (Cloud::Delos, "delos"),
    ];

    /// The cloud of this name, as settings files write it.
    pub(crate) fn named(name: &str) -> Option<Cloud> {
        Cloud::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(cloud, _)| *cloud)
    }

    /// Whether the sign-in host of `self` also serves `other`.
    pub(crate) fn shares_sign_in_with(self, other: Cloud) -> bool {
        self.hosts().sign_in == other.hosts().sign_in
    }

    /// The hosts of the cloud.
    pub(crate) fn hosts(self) -> &'static CloudHosts {
        match self {
            Cloud::Global => &GLOBAL,
            Cloud::Gcc => &GCC,
            Cloud::GccHigh => &GCC_HIGH,
            Cloud::Dod => &DOD,
            Cloud::China => &CHINA,
            Cloud::Bleu => &BLEU,
            Cloud::Delos => &DELOS,
        }
    }

    /// The resource that an identifier names in this cloud: a host name, or the application id of the resource.
    pub(crate) fn resource(self, identifier: &str) -> Option<Api> {
        let hosts = self.hosts();
        // Clients write the identifier with and without a slash at its end.
        let host = identifier
            .strip_prefix("https://")
            .unwrap_or(identifier)
            .trim_end_matches('/')
            .to_lowercase();
        if host == hosts.graph || host == permissions::GRAPH_APP_ID {
            Some(Api::Graph)
        } else if hosts.exchange.contains(&host.as_str()) || host == permissions::EXCHANGE_APP_ID {
            Some(Api::Exchange)
        } else {
            None
        }
    }

    /// The audience of tokens for a resource in this cloud.
    pub(crate) fn audience(self, api: Api) -> String {
        match api {
            Api::Graph => format!("https://{}", self.hosts().graph),
            Api::Exchange => format!(
                "https://{}",
                self.hosts()
                    .exchange
                    .first()
                    .unwrap_or(&"outlook.office365.com")
            ),
        }
    }
}

const GLOBAL: CloudHosts = CloudHosts {
    sign_in: "login.microsoftonline.com",
    graph: "graph.microsoft.com",
    exchange: &["outlook.office365.com", "outlook.office.com"],
    instance_name: "microsoftonline.com",
    region_sub_scope: None,
};

const GCC: CloudHosts = CloudHosts {
    sign_in: "login.microsoftonline.com",
    graph: "graph.microsoft.com",
    exchange: &["outlook.office365.com", "outlook.office.com"],
    instance_name: "microsoftonline.com",
    region_sub_scope: Some("GCC"),
};

const GCC_HIGH: CloudHosts = CloudHosts {
    sign_in: "login.microsoftonline.us",
    graph: "graph.microsoft.us",
    exchange: &["outlook.office365.us"],
    instance_name: "microsoftonline.us",
    region_sub_scope: Some("DODCON"),
};

const DOD: CloudHosts = CloudHosts {
    sign_in: "login.microsoftonline.us",
    graph: "dod-graph.microsoft.us",
    exchange: &["outlook-dod.office365.us"],
    instance_name: "microsoftonline.us",
    region_sub_scope: Some("DOD"),
};

const CHINA: CloudHosts = CloudHosts {
    sign_in: "login.partner.microsoftonline.cn",
    graph: "microsoftgraph.chinacloudapi.cn",
    exchange: &["partner.outlook.cn"],
    instance_name: "partner.microsoftonline.cn",
    region_sub_scope: None,
};

// The discovery fields of the two sovereign clouds are not known; the instance name is the sign-in domain.
const BLEU: CloudHosts = CloudHosts {
    sign_in: "login.sovcloud-identity.fr",
    graph: "graph.svc.sovcloud.fr",
    exchange: &["outlook.sovcloud.fr"],
    instance_name: "sovcloud-identity.fr",
    region_sub_scope: None,
};

const DELOS: CloudHosts = CloudHosts {
    sign_in: "login.sovcloud-identity.de",
    graph: "graph.svc.sovcloud.de",
    exchange: &["outlook.sovcloud.de"],
    instance_name: "sovcloud-identity.de",
    region_sub_scope: None,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_belongs_to_one_cloud() {
        assert_eq!(
            Cloud::Global.resource("https://outlook.office365.com"),
            Some(Api::Exchange)
        );
        assert_eq!(
            Cloud::GccHigh.resource("https://outlook.office365.com"),
            None
        );
        assert_eq!(
            Cloud::China.resource("00000003-0000-0000-c000-000000000000"),
            Some(Api::Graph)
        );
    }

    #[test]
    fn sign_in_hosts_are_shared_by_some_clouds() {
        assert!(Cloud::Global.shares_sign_in_with(Cloud::Gcc));
        assert!(Cloud::Dod.shares_sign_in_with(Cloud::GccHigh));
        assert!(!Cloud::Global.shares_sign_in_with(Cloud::GccHigh));
    }
}
