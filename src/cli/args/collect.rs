//! Options of `collect`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::file_name;
use crate::cli::suggested_names::SuggestedNames;

use super::headings;

/// Options of `collect`.
#[derive(Debug, Args)]
pub struct CollectArguments {
    /// Report that was saved as JSON: the script is for its tenant, apps, rooms, service account and sender
    #[arg(long, value_name = "FILE", conflicts_with_all = ["config", "tenant_id", "client_id", "service_account", "mail_from", "room", "rooms"])]
    pub report: Option<PathBuf>,
    /// Use the settings of a simulated tenant; demo --list shows all
    #[arg(long, value_name = "SCENARIO", value_parser = SuggestedNames::Scenarios, hide_possible_values = true, conflicts_with_all = ["report", "config", "tenant_id", "client_id", "service_account", "mail_from", "room", "rooms"])]
    pub scenario: Option<String>,
    /// Collect only for this connection: system, or the name of a location or profile; can be repeated
    #[arg(long, value_name = "NAME")]
    pub connection: Vec<String>,
    /// Script to write (.ps1) [default: standard output]
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Option<PathBuf>,
    /// The settings, if they come neither from a report nor from a scenario.
    #[command(flatten)]
    pub settings: CollectSettingsArguments,
}

/// Options for the ResourceXpress settings. The client secret is not read.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::SETTINGS)]
pub struct CollectSettingsArguments {
    /// Settings file [default: rx-preflight.toml in this folder, if it exists]; its client secret is not read
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory (tenant) ID, or a domain of the tenant
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// Application (client) ID
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Resource Login User ID
    #[arg(long, value_name = "ADDRESS")]
    pub service_account: Option<String>,
    /// Sender of outgoing mail
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Room instead of the rooms of the main connection in the settings file; can be repeated
    #[arg(long = "room", value_name = "ADDRESS", help_heading = headings::ROOMS)]
    pub room: Vec<String>,
    /// File with rooms (- reads standard input), instead of those of the main connection in the settings file
    #[arg(long, value_name = "FILE", help_heading = headings::ROOMS)]
    pub rooms: Option<PathBuf>,
}
