//! Options for the addresses of the services, and the values of options that name APIs, features and writes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::terms::Api;

use super::headings;

/// Options for the addresses of the services.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::NETWORK)]
pub struct TargetArguments {
    /// Sign-in address, instead of that of the cloud; the tenant is appended
    #[arg(long, value_name = "URL")]
    pub login_url: Option<String>,
    /// Microsoft Graph address, instead of that of the cloud; must end in /v1.0
    #[arg(long, value_name = "URL")]
    pub graph_url: Option<String>,
    /// Complete EWS address, instead of that of the cloud
    #[arg(long, value_name = "URL")]
    pub ews_url: Option<String>,
    /// File with additional certificate authorities to trust, in PEM format
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Proxy.
    #[arg(
        long,
        value_name = "URL",
        help = "Proxy [default: HTTPS_PROXY and NO_PROXY, or the system proxy]"
    )]
    pub proxy: Option<String>,
    /// User-Agent header to send; some tenants allow or block EWS access by its value
    #[arg(long, value_name = "TEXT")]
    pub user_agent: Option<String>,
}

/// The API of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ApiArgument {
    /// Exchange Web Services
    Ews,
    /// Microsoft Graph
    Graph,
}

impl From<ApiArgument> for Api {
    fn from(argument: ApiArgument) -> Self {
        match argument {
            ApiArgument::Ews => Self::Ews,
            ApiArgument::Graph => Self::Graph,
        }
    }
}

/// A feature of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FeatureArgument {
    /// Outgoing mail
    Mail,
    /// User sync
    UserSync,
}

/// A write that has to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WriteArgument {
    /// A private test event in the first room of each connection
    Calendar,
    /// One marked test mail
    Mail,
}
