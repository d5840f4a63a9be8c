//! Whether a tenant exists, from its public discovery document.

use std::path::PathBuf;

use tokio::runtime::Handle;

use crate::cli::args::{RunArguments, TargetArguments};
use crate::cli::{CliError, cloud_endpoints, session};
use crate::diagnosis::{cloud_of, cloud_with_same_sign_in_host, describe_reply};
use crate::probe::{TenantSearch, search_tenant};
use crate::settings::{Clock, EndpointOverrides, SystemEnvironment, Transport};
use crate::wire::Wire;

/// What is known about a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TenantStatus {
    /// It exists in the cloud.
    Exists,
    /// It exists in other clouds only, by their IDs.
    Elsewhere(Vec<String>),
    /// No cloud knows it.
    Unknown {
        /// Whether the client ID is the ID of a tenant.
        client_id_is_a_tenant: bool,
    },
    /// The sign-in service did not decide it.
    NotChecked(String),
    /// It is not to be checked.
    Skipped,
}

/// Finds tenants.
pub(super) trait TenantDirectory {
    /// Whether a search takes time.
    fn sends_requests(&self) -> bool {
        true
    }

    /// Whether the tenant exists in the cloud. `client_id` is tried as a tenant where it does not.
    fn find(
        &self,
        cloud: &str,
        tenant: &str,
        client_id: Option<&str>,
    ) -> Result<TenantStatus, CliError>;
}

/// Checks nothing.
pub(super) struct Offline;

impl TenantDirectory for Offline {
    fn sends_requests(&self) -> bool {
        false
    }

    fn find(&self, _: &str, _: &str, _: Option<&str>) -> Result<TenantStatus, CliError> {
        Ok(TenantStatus::Skipped)
    }
}

/// The sign-in service.
pub(super) struct SignInService {
    runtime: Handle,
    overrides: EndpointOverrides,
    ca_file: Option<PathBuf>,
    proxy: Option<String>,
    user_agent: Option<String>,
}

impl SignInService {
    /// Requests run on a runtime that another thread drives.
    pub(super) fn new(runtime: Handle, target: &TargetArguments) -> Self {
        Self {
            runtime,
            overrides: EndpointOverrides {
                login_url: target.login_url.clone(),
                graph_url: target.graph_url.clone(),
                ews_url: target.ews_url.clone(),
            },
            ca_file: target.ca_file.clone(),
            proxy: target.proxy.clone(),
            user_agent: target.user_agent.clone(),
        }
    }

    async fn search(
        &self,
        cloud: &str,
        tenant: &str,
        client_id: Option<&str>,
    ) -> Result<TenantStatus, CliError> {
        let endpoints = cloud_endpoints::for_cloud(cloud)?.apply(&self.overrides)?;
        let transport = Transport::read(
            self.ca_file.as_deref(),
            self.proxy.as_deref(),
            self.user_agent.as_deref(),
            &SystemEnvironment,
        )?;
        let limits = session::limits(&RunArguments::default())?;
        let wire = Wire::new(endpoints.clone(), &transport, limits, Clock::real())?;
        let search = search_tenant(&wire, &endpoints, tenant, client_id).await;
        Ok(status(cloud, &search))
    }
}

impl TenantDirectory for SignInService {
    fn find(
        &self,
        cloud: &str,
        tenant: &str,
        client_id: Option<&str>,
    ) -> Result<TenantStatus, CliError> {
        self.runtime.block_on(self.search(cloud, tenant, client_id))
    }
}

fn status(cloud: &str, search: &TenantSearch) -> TenantStatus {
    if let Some(tenant) = search.here.reply.success() {
        return match cloud_with_same_sign_in_host(cloud, tenant) {
            Some(other) => TenantStatus::Elsewhere(vec![other.id.clone()]),
            None => TenantStatus::Exists,
        };
    }
    if !search.is_unknown() {
        return TenantStatus::NotChecked(describe_reply(&search.here.reply.outline()));
    }
    let found = search.elsewhere.iter().filter_map(cloud_of);
    let clouds: Vec<String> = found.map(|other| other.id.clone()).collect();
    if clouds.is_empty() {
        TenantStatus::Unknown {
            client_id_is_a_tenant: search.client_id_is_a_tenant,
        }
    } else {
        TenantStatus::Elsewhere(clouds)
    }
}

#[cfg(test)]
mod tests {
    use crate::evidence::{Refusal, Reply, TenantElsewhere, TenantFacts};
    use crate::wire::{ResponseOrigin, ServiceResponse};

    use super::*;

    fn tenant(instance: &str, sub_scope: Option<&str>) -> TenantFacts {
        TenantFacts {
            tenant_id: "5f3c0000-1111-4222-8333-444455556666".to_owned(),
            region: None,
            region_sub_scope: sub_scope.map(str::to_owned),
            cloud_instance: Some(instance.to_owned()),
        }
    }

    fn search(reply: Reply<TenantFacts>, elsewhere: Vec<TenantElsewhere>) -> TenantSearch {
        TenantSearch {
            here: ServiceResponse {
                reply,
                requests: Vec::new(),
                ms: 0,
                origin: ResponseOrigin::Own,
            },
            elsewhere,
            client_id_is_a_tenant: false,
            requests: Vec::new(),
            ms: 0,
        }
    }

    fn refused(status: u16) -> Reply<TenantFacts> {
        Reply::Refused(Refusal {
            status,
            ..Refusal::default()
        })
    }

    #[test]
    fn clouds_with_the_same_sign_in_host_are_distinguished() {
        let us_government = "microsoftonline.us";
        let dod = Reply::Success(tenant(us_government, Some("DOD")));
        let status_of = |cloud: &str| status(cloud, &search(dod.clone(), Vec::new()));
        assert_eq!(status_of("dod"), TenantStatus::Exists);
        let elsewhere = TenantStatus::Elsewhere(vec!["dod".to_owned()]);
        assert_eq!(status_of("gcc-high"), elsewhere);
        let found = TenantElsewhere {
            cloud: "gcc-high".to_owned(),
            tenant: tenant(us_government, Some("DOD")),
        };
        assert_eq!(
            status("global", &search(refused(400), vec![found])),
            elsewhere
        );
    }

    #[test]
    fn a_service_that_only_throttles_or_fails_decides_nothing() {
        for code in [429, 503] {
            assert!(matches!(
                status("global", &search(refused(code), Vec::new())),
                TenantStatus::NotChecked(_)
            ));
        }
        assert!(matches!(
            status("global", &search(refused(400), Vec::new())),
            TenantStatus::Unknown { .. }
        ));
    }
}
