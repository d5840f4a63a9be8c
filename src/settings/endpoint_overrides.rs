//! Addresses of the services that are given in the place of the cloud's.

use std::path::PathBuf;

/// `--login-url`, `--graph-url` and `--ews-url` as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointOverrides {
    /// The sign-in host.
    pub login_url: Option<String>,
    /// Graph, with or without `/v1.0`.
    pub graph_url: Option<String>,
    /// The whole EWS address.
    pub ews_url: Option<String>,
}

impl EndpointOverrides {
    /// These addresses, and those of `other` where one is absent.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            login_url: self.login_url.or(other.login_url),
            graph_url: self.graph_url.or(other.graph_url),
            ews_url: self.ews_url.or(other.ews_url),
        }
    }
}

/// The addresses that the settings file names, with what is needed to reach them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileEndpoints {
    /// All three addresses, or none.
    pub addresses: EndpointOverrides,
    /// The certificate authority of these addresses.
    pub ca_file: Option<PathBuf>,
    /// The proxy in front of these addresses.
    pub proxy: Option<String>,
}

impl FileEndpoints {
    /// Whether the file has the section.
    pub fn are_given(&self) -> bool {
        self.addresses != EndpointOverrides::default()
    }
}
