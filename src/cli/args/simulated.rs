//! Options of the commands that run a simulated tenant.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use crate::cli::file_name;
use crate::cli::suggested_names::SuggestedNames;

use super::report::{OutputArguments, WaitArguments, WarningArguments};

/// Options that select a scenario.
#[derive(Debug, Args)]
pub struct ScenarioArguments {
    /// Scenario to run; demo --list shows all [default: contoso-go-live]
    #[arg(id = "scenario", value_name = "SCENARIO", value_parser = SuggestedNames::Scenarios, hide_possible_values = true)]
    pub name: Option<String>,
    /// Use the state after the first problem is fixed, for a second run and diff
    #[arg(long)]
    pub after: bool,
    /// File to write the evidence to that an administrator of this tenant would collect, in JSON
    #[arg(long, value_name = "FILE", value_parser = file_name::parser())]
    pub evidence_out: Option<PathBuf>,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Which scenario runs.
    #[command(flatten)]
    pub scenario: ScenarioArguments,
    /// List all scenarios, one line each
    #[arg(long, conflicts_with_all = ["scenario", "wait", "format", "brief", "output", "redact", "verbose", "evidence_out"])]
    pub list: bool,
    /// When a note about a date requires action.
    #[command(flatten)]
    pub warning: WarningArguments,
    /// Whether to repeat the check until changes take effect.
    #[command(flatten)]
    pub wait: WaitArguments,
    /// Where and how the report is written.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// Which scenario runs.
    #[command(flatten)]
    pub scenario: ScenarioArguments,
    /// Loopback address and port to listen on; port 0 selects a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0", value_parser = listen_address)]
    pub listen: SocketAddr,
    /// Write every request and response to a file, one JSON object per line
    #[arg(long, value_name = "FILE", value_parser = file_name::parser())]
    pub record: Option<PathBuf>,
    /// Use TLS, with a certificate authority created for this run
    #[arg(long)]
    pub tls: bool,
    /// File to write the certificate authority to, in PEM format; requires --tls
    #[arg(long, value_name = "FILE", requires = "tls", value_parser = file_name::parser())]
    pub ca_out: Option<PathBuf>,
    /// Folder to write the settings file and the secrets of the scenario to, ready for check
    #[arg(long, value_name = "FOLDER", value_parser = file_name::parser())]
    pub settings_out: Option<PathBuf>,
    /// Changes to the scenario.
    #[command(flatten)]
    pub changes: ChangeArguments,
}

/// Options that change the tenant of a scenario.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Changes to the scenario")]
pub struct ChangeArguments {
    /// Additional rooms, in the tenant and in the settings
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub rooms: Option<u32>,
    /// Delay of every response (for example, 50ms)
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub latency: Option<String>,
    /// Maximum concurrent requests of the app per service; further requests are throttled
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub throttle_in_flight: Option<usize>,
    /// Throttle every nth request to a service
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub throttle_every: Option<u64>,
    /// Seconds in the Retry-After header of a throttled response
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub throttle_retry_after: Option<u64>,
}

/// Parses the address that the simulated tenant listens on.
fn listen_address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "enter an address and a port (for example, 127.0.0.1:8080)".to_owned())
}
