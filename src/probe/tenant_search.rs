//! Search for a tenant: in the chosen cloud, and where it is unknown there, in the other clouds and by the client ID.

use futures_util::future;

use crate::evidence::{TenantElsewhere, TenantFacts};
use crate::settings::Endpoints;
use crate::terms::CheckId;
use crate::wire::{ServiceResponse, Wire};

use super::blockers;

/// What a search for a tenant found.
#[derive(Debug)]
pub struct TenantSearch {
    /// The response of the chosen cloud.
    pub here: ServiceResponse<TenantFacts>,
    /// The other clouds that know the tenant; searched only if the chosen one does not.
    pub elsewhere: Vec<TenantElsewhere>,
    /// Whether the client ID is the ID of a tenant, so that both were swapped.
    pub client_id_is_a_tenant: bool,
    /// The numbers of all requests.
    pub requests: Vec<u32>,
    /// How long they took, in milliseconds.
    pub ms: u64,
}

impl TenantSearch {
    /// Whether the chosen cloud reported that the tenant does not exist.
    pub fn is_unknown(&self) -> bool {
        blockers::tenant_is_refused(&self.here.reply)
    }
}

/// Searches for a tenant by its ID or a domain. Discovery needs no credentials. A `client_id` is tried as a tenant where the
/// tenant is unknown.
pub async fn search_tenant(
    wire: &Wire,
    endpoints: &Endpoints,
    tenant: &str,
    client_id: Option<&str>,
) -> TenantSearch {
    let discover_at = |host, tenant| wire.discover(CheckId::TenantDiscovery, host, tenant);
    let here = discover_at(&endpoints.sign_in.url, tenant).await;
    let mut search = TenantSearch {
        requests: here.requests.clone(),
        ms: here.ms,
        here,
        elsewhere: Vec::new(),
        client_id_is_a_tenant: false,
    };
    if !search.is_unknown() {
        return search;
    }
    let clouds = future::join_all(
        endpoints
            .other_clouds
            .iter()
            .map(|cloud| discover_at(&cloud.sign_in, tenant)),
    );
    // Discovery needs no credentials, so it safely shows whether the two ids were swapped.
    let swapped = async {
        match client_id {
            Some(client_id) => Some(discover_at(&endpoints.sign_in.url, client_id).await),
            None => None,
        }
    };
    let (clouds, swapped) = future::join(clouds, swapped).await;
    for (cloud, response) in endpoints.other_clouds.iter().zip(&clouds) {
        if let Some(tenant) = response.reply.success() {
            search.elsewhere.push(TenantElsewhere {
                cloud: cloud.id.clone(),
                tenant: tenant.clone(),
            });
        }
    }
    search.client_id_is_a_tenant = swapped
        .as_ref()
        .is_some_and(|response| response.reply.success().is_some());
    for response in clouds.into_iter().chain(swapped) {
        search.requests.extend(response.requests);
        // These requests run at the same time, so their durations do not add up.
        search.ms = search.ms.max(response.ms);
    }
    search
}
