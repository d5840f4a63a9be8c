//! Service addresses of a cloud, from the knowledge base, for the rooms that must not depend on it.

use std::collections::BTreeMap;

use url::Url;

use crate::knowledge;
use crate::settings::{CloudHosts, Endpoint, Endpoints, OtherCloud, Reference};

use super::CliError;

/// Facts about Microsoft's clouds and APIs that the settings room needs.
pub fn reference() -> Reference {
    let hosts = |cloud: &knowledge::Cloud| {
        let host = |address: &str| {
            Url::parse(address)
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned))
        };
        CloudHosts {
            graph: host(&cloud.graph_url).unwrap_or_default(),
            exchange: host(&cloud.ews_url)
                .into_iter()
                .chain(cloud.ews_aliases.iter().cloned())
                .collect(),
        }
    };
    Reference {
        cloud_ids: knowledge::clouds()
            .iter()
            .map(|cloud| cloud.id.clone())
            .collect(),
        cloud_names: knowledge::clouds()
            .iter()
            .flat_map(|cloud| {
                cloud
                    .names
                    .iter()
                    .map(|name| (name.clone(), cloud.id.clone()))
            })
            .collect(),
        first_party_apis: knowledge::first_party_apis(),
        tenant_domains: knowledge::clouds()
            .iter()
            .filter_map(|cloud| Some((cloud.id.clone(), cloud.tenant_domain.clone()?)))
            .collect(),
        cloud_hosts: knowledge::clouds()
            .iter()
            .map(|cloud| (cloud.id.clone(), hosts(cloud)))
            .collect::<BTreeMap<_, _>>(),
    }
}

/// Refuses a word of `--cloud` that is not the ID of a cloud.
pub(super) fn refuse_unknown_cloud(word: &str) -> Result<(), CliError> {
    if knowledge::cloud(word).is_some() {
        return Ok(());
    }
    let hint = reference().cloud_hint(word);
    Err(CliError::Usage(format!(
        "--cloud {word}: this is not a cloud; {hint}"
    )))
}

/// The addresses of a cloud.
pub(super) fn for_cloud(id: &str) -> Result<Endpoints, CliError> {
    let cloud =
        // The settings were validated against the same table, so an unknown cloud is a defect of this program.
        knowledge::cloud(id).ok_or_else(|| CliError::Internal(format!("unknown cloud {id}")))?;
    Ok(Endpoints {
        sign_in: endpoint(&sign_in_address(cloud))?,
        graph: endpoint(&cloud.graph_url)?,
        exchange: endpoint(&cloud.ews_url)?,
        graph_resource: cloud.graph_resource.clone(),
        exchange_resource: cloud.ews_resource.clone(),
        other_clouds: others(cloud)?,
    })
}

/// Host at which people sign in to a cloud, regardless of the address that this run uses.
pub(super) fn sign_in_host(cloud: &str) -> String {
    knowledge::cloud(cloud)
        .map(|cloud| cloud.sign_in_host.clone())
        .unwrap_or_default()
}

fn sign_in_address(cloud: &knowledge::Cloud) -> String {
    format!("https://{}", cloud.sign_in_host)
}

/// The other clouds, one for each sign-in host: clouds that share a host share their tenants' discovery.
fn others(own: &knowledge::Cloud) -> Result<Vec<OtherCloud>, CliError> {
    let mut seen = vec![own.sign_in_host.clone()];
    let mut others = Vec::new();
    for cloud in knowledge::clouds() {
        if seen.contains(&cloud.sign_in_host) {
            continue;
        }
        seen.push(cloud.sign_in_host.clone());
        others.push(OtherCloud {
            id: cloud.id.clone(),
            title: cloud.title.clone(),
            sign_in: address(&sign_in_address(cloud))?,
        });
    }
    Ok(others)
}

fn endpoint(text: &str) -> Result<Endpoint, CliError> {
    Ok(Endpoint {
        url: address(text)?,
        // These are Microsoft's own hosts, so an inspected TLS connection to them is a finding.
        given_by_user: false,
    })
}

fn address(text: &str) -> Result<Url, CliError> {
    Url::parse(text).map_err(|error| CliError::Internal(format!("{text}: {error}")))
}
