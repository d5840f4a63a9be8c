//! Facts about Microsoft's clouds that this room needs and does not own.

use std::collections::BTreeMap;

use super::nearest;

/// What another room knows and hands in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The ids that the key `cloud` may have; the first one is the default.
    pub cloud_ids: Vec<String>,
    /// Other names of each cloud, with its id.
    pub cloud_names: Vec<(String, String)>,
    /// Application ids of Microsoft's own APIs with their names: never a customer's client id.
    pub first_party_apis: Vec<(String, String)>,
    /// The domain under which each cloud creates its tenants, by the id of the cloud.
    pub tenant_domains: BTreeMap<String, String>,
    /// The hosts of each cloud, by its id.
    pub cloud_hosts: BTreeMap<String, CloudHosts>,
}

/// The host names of a cloud's APIs, without scheme and path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CloudHosts {
    /// The host of Microsoft Graph.
    pub graph: String,
    /// The hosts of Exchange Online, alternatives included.
    pub exchange: Vec<String>,
}

impl Reference {
    /// What to write instead of a word that is not the id of a cloud: the cloud of that name, and all of them once.
    pub fn cloud_hint(&self, word: &str) -> String {
        let ids: Vec<&str> = self.cloud_ids.iter().map(String::as_str).collect();
        let meant = self.cloud_of_name(word).or_else(|| nearest(word, &ids));
        let meant = meant.map_or_else(String::new, |id| format!("did you mean `{id}`? "));
        format!("{meant}Valid values: {}", ids.join(", "))
    }

    fn cloud_of_name(&self, word: &str) -> Option<&str> {
        // People write the same name with spaces, hyphens or neither.
        let letters = |text: &str| {
            text.to_lowercase()
                .chars()
                .filter(|letter| letter.is_alphanumeric())
                .collect()
        };
        let word: String = letters(word);
        let known = self.cloud_names.iter().map(|(name, id)| (name, id));
        let known = known.chain(self.cloud_ids.iter().map(|id| (id, id)));
        let mut found = known.filter(|(name, _)| letters(name) == word && !word.is_empty());
        found.next().map(|(_, id)| id.as_str())
    }

    /// Whether `host` is the Graph host of any cloud.
    pub(super) fn is_graph_host(&self, host: &str) -> bool {
        self.cloud_hosts
            .values()
            .any(|cloud| cloud.graph.eq_ignore_ascii_case(host))
    }

    /// Whether `host` is an Exchange host of any cloud.
    pub(super) fn is_exchange_host(&self, host: &str) -> bool {
        self.cloud_hosts
            .values()
            .flat_map(|cloud| &cloud.exchange)
            .any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The IDs of the clouds in which `host` serves Exchange or Graph, in the order of the clouds.
    pub(super) fn clouds_of_host(&self, host: &str) -> Vec<&str> {
        let serves_in = |id: &&String| {
            self.cloud_hosts.get(*id).is_some_and(|cloud| {
                let known = cloud.exchange.iter().chain([&cloud.graph]);
                known
                    .into_iter()
                    .any(|known| known.eq_ignore_ascii_case(host))
            })
        };
        self.cloud_ids
            .iter()
            .filter(serves_in)
            .map(String::as_str)
            .collect()
    }

    /// The ids of the clouds that alone give tenants a domain such as this one; none where `cloud` is among them.
    pub fn other_clouds_of_domain(&self, domain: &str, cloud: &str) -> Vec<String> {
        let domain = domain.trim().trim_end_matches('.').to_ascii_lowercase();
        let is_below = |base: &String| {
            domain
                .strip_suffix(base.as_str())
                .is_some_and(|name| name.ends_with('.'))
        };
        let gives = |id: &&String| self.tenant_domains.get(*id).is_some_and(is_below);
        let clouds: Vec<String> = self.cloud_ids.iter().filter(gives).cloned().collect();
        if clouds.iter().any(|id| id == cloud) {
            Vec::new()
        } else {
            clouds
        }
    }

    /// The name of Microsoft's own API with this application id.
    pub(super) fn first_party_api(&self, id: &str) -> Option<&str> {
        self.first_party_apis
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(id))
            .map(|(_, name)| name.as_str())
    }
}
