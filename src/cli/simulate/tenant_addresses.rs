//! Addresses of the simulated tenant for its clients.

use std::path::PathBuf;

use crate::cli::args::SimulateArguments;
use crate::cli::{CliError, files, output};
use crate::simulator::RunningSimulator;

/// How a client reaches the simulated tenant.
pub(super) struct TenantAddresses {
    pub(super) login_url: String,
    pub(super) graph_url: String,
    pub(super) ews_url: String,
    pub(super) proxy: Option<String>,
    /// An absolute path.
    pub(super) ca_file: Option<PathBuf>,
}

impl TenantAddresses {
    /// Writes the certificate authority on the way.
    pub(super) fn of(
        simulator: &RunningSimulator,
        arguments: &SimulateArguments,
    ) -> Result<Self, CliError> {
        if let (Some(path), Some(ca)) = (&arguments.ca_out, simulator.ca_pem()) {
            output::write_file(path, ca.as_bytes())?;
        }
        Ok(Self {
            login_url: simulator
                .sign_in_url()
                .as_str()
                .trim_end_matches('/')
                .to_owned(),
            graph_url: simulator.graph_url().to_string(),
            ews_url: simulator.ews_url().to_string(),
            proxy: simulator.proxy_url().map(|proxy| proxy.to_string()),
            // The printed command must also work in another folder.
            ca_file: arguments.ca_out.as_deref().map(files::absolute),
        })
    }
}
