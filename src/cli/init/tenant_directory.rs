//! Whether a tenant exists, from its public discovery document.

use std::path::PathBuf;

use tokio::runtime::Handle;

use crate::cli::args::{RunArguments, TargetArguments};
use crate::cli::{CliError, cloud_endpoints, session};
use crate::diagnosis::describe_reply;
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
        Ok(status(
            &search_tenant(&wire, &endpoints, tenant, client_id).await,
        ))
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

fn status(search: &TenantSearch) -> TenantStatus {
    if search.here.reply.success().is_some() {
        return TenantStatus::Exists;
    }
    if !search.is_unknown() {
        return TenantStatus::NotChecked(describe_reply(&search.here.reply.outline()));
    }
    if search.elsewhere.is_empty() {
        return TenantStatus::Unknown {
            client_id_is_a_tenant: search.client_id_is_a_tenant,
        };
    }
    let clouds = search.elsewhere.iter().map(|found| found.cloud.clone());
    TenantStatus::Elsewhere(clouds.collect())
}
