//! The keys that flags, environment, `[system]`, locations and profiles share, and how one layer lies over another.

use std::path::Path;

use url::Url;

use crate::terms::Api;

use super::{CredentialSource, Environment, Reference, SecretSource};

pub(super) const TENANT_VARIABLE: &str = "AZURE_TENANT_ID";
pub(super) const CLIENT_VARIABLE: &str = "AZURE_CLIENT_ID";
pub(super) const SECRET_VARIABLE: &str = "AZURE_CLIENT_SECRET";
pub(super) const CERTIFICATE_VARIABLE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";

/// One layer of settings; `None` is absent, an empty text was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectionKeys {
    /// *Use OAuth*.
    pub use_oauth: Option<bool>,
    /// *Use Graph API*.
    pub api: Option<Api>,
    /// *Server Host Name*.
    pub server_host_name: Option<String>,
    /// *Resource Login User ID*.
    pub service_account: Option<String>,
    /// *Tenant ID*.
    pub tenant_id: Option<String>,
    /// *Client ID*.
    pub client_id: Option<String>,
    /// Where *Client Secret* comes from, or the certificate in its place.
    pub credential: Option<CredentialSource>,
}

impl ConnectionKeys {
    /// The settings from the variables that Azure tools share. An empty variable counts as not set, as it does there.
    pub(super) fn of_environment(surroundings: &dyn Environment) -> Self {
        if !surroundings.shares_credentials() {
            return Self::default();
        }
        let variable = |name| {
            surroundings
                .variable(name)
                .filter(|value| !value.is_empty())
        };
        let secret = variable(SECRET_VARIABLE).map(|_| {
            CredentialSource::Secret(SecretSource::Variable {
                name: SECRET_VARIABLE.to_owned(),
                place: None,
            })
        });
        let certificate = || {
            let path = variable(CERTIFICATE_VARIABLE)?;
            Some(CredentialSource::of_certificate_file(
                Path::new(&path),
                None,
            ))
        };
        Self {
            tenant_id: variable(TENANT_VARIABLE),
            client_id: variable(CLIENT_VARIABLE),
            // Azure tools as well take the secret if both are set.
            credential: secret.or_else(certificate),
            ..Self::default()
        }
    }

    /// This layer with everything absent taken from `base`. A host name of `base` that belongs to the other API than the one
    /// which this layer chooses is not taken over: the address of the chosen API is meant.
    pub(super) fn over(self, base: &Self, reference: &Reference) -> Self {
        let inherited_host = base.server_host_name.clone().filter(|host| {
            self.api
                .is_none_or(|api| !belongs_to_the_other_api(host, api, reference))
        });
        Self {
            use_oauth: self.use_oauth.or(base.use_oauth),
            api: self.api.or(base.api),
            server_host_name: self.server_host_name.or(inherited_host),
            service_account: self
                .service_account
                .or_else(|| base.service_account.clone()),
            tenant_id: self.tenant_id.or_else(|| base.tenant_id.clone()),
            client_id: self.client_id.or_else(|| base.client_id.clone()),
            credential: self.credential.or_else(|| base.credential.clone()),
        }
    }

    /// Whether any of tenant, client and credential is there.
    pub(super) fn has_credentials(&self) -> bool {
        self.tenant_id.is_some() || self.client_id.is_some() || self.credential.is_some()
    }

    /// Whether tenant, client and credential are all there.
    pub(super) fn has_all_credentials(&self) -> bool {
        self.tenant_id.is_some() && self.client_id.is_some() && self.credential.is_some()
    }
}

/// Whether a Server Host Name is clearly the address of the API that was not chosen. An unknown host, or a text that
/// is no address, is not.
pub(super) fn belongs_to_the_other_api(
    host_name: &str,
    chosen: Api,
    reference: &Reference,
) -> bool {
    let Some((host, path)) = host_and_path(host_name) else {
        return false;
    };
    match chosen {
        Api::Graph => reference.is_exchange_host(&host) || is_ews_path(&path),
        Api::Ews => reference.is_graph_host(&host),
    }
}

fn is_ews_path(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path == "/ews" || path.starts_with("/ews/")
}

/// Host and path of an address that may lack its scheme.
fn host_and_path(typed: &str) -> Option<(String, String)> {
    let typed = typed.trim();
    let whole = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let url = Url::parse(&whole).ok()?;
    Some((
        url.host_str()?.trim_end_matches('.').to_owned(),
        url.path().to_owned(),
    ))
}
