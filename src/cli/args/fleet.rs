//! Options of `fleet`, and of the fleet report that it shares with `report --merge`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::file_name;
use crate::cli::fleet::Shard;
use crate::cli::output_format;
use crate::cli::suggested_names::SuggestedNames;
use crate::report::fleet::FleetFormat;

use super::headings;
use super::report::{Level, WarningArguments, When};

/// Options of `fleet`.
#[derive(Debug, Args)]
pub struct FleetArguments {
    /// Settings files, one for each customer, or folders with them [default: this folder]
    ///
    /// Of a folder, every *.toml file is a customer with the name of the file, and every folder in it that holds an
    /// rx-preflight.toml is a customer with the name of that folder. Paths in a settings file are relative to that file.
    /// A file NAME.accepted.toml is not a customer.
    #[arg(value_name = "FOLDER|FILE")]
    pub paths: Vec<PathBuf>,
    /// Folder for the reports, one JSON file for each customer; each is written as soon as the check of the customer ends
    #[arg(long, value_name = "FOLDER", value_parser = file_name::parser(), help_heading = headings::OUTPUT)]
    pub output_dir: PathBuf,
    /// Continue the last run in the same folder: customers that it has checked are not checked again
    #[arg(long, help_heading = headings::OUTPUT)]
    pub resume: bool,
    /// Which customers, how many at a time, and for how long.
    #[command(flatten)]
    pub run: FleetRunArguments,
    /// Where the fleet report is written.
    #[command(flatten)]
    pub output: FleetOutputArguments,
    /// File with additional certificate authorities to trust, in PEM format
    #[arg(long, value_name = "FILE", help_heading = headings::NETWORK)]
    pub ca_file: Option<PathBuf>,
    /// Proxy of all customers.
    #[arg(
        long,
        value_name = "URL",
        help_heading = headings::NETWORK,
        help = "Proxy of all customers [default: HTTPS_PROXY and NO_PROXY, or the system proxy]"
    )]
    pub proxy: Option<String>,
    /// User-Agent header to send; some tenants allow or block EWS access by its value
    #[arg(long, value_name = "TEXT", help_heading = headings::NETWORK)]
    pub user_agent: Option<String>,
    /// Lowest level of findings that makes the exit code differ from 0
    #[arg(long, value_name = "LEVEL", default_value = "required", help_heading = headings::EXIT_CODE)]
    pub fail_on: Level,
}

/// Which customers a run checks, how many at a time, and for how long.
#[derive(Debug, Args)]
#[command(next_help_heading = headings::WHAT_TO_CHECK)]
pub struct FleetRunArguments {
    /// Check only a part of the customers: part I of N, such as 1/4; auto/N takes I from a Kubernetes Indexed Job
    ///
    /// A hash of the customer's name chooses the part, so that a customer stays in its part when others are added. auto reads
    /// the number that Kubernetes gives each pod of such a job.
    #[arg(long, value_name = "I/N", value_parser = Shard::parse)]
    pub shard: Option<Shard>,
    /// Run only these checks (ids or groups) and the checks they depend on; "check --only list" shows all names
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = SuggestedNames::Checks, hide_possible_values = true)]
    pub only: Vec<String>,
    /// Skip these checks (ids or groups) and the checks that depend on them
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = SuggestedNames::Checks, hide_possible_values = true)]
    pub skip: Vec<String>,
    /// Check only N rooms of each customer, distributed across all connections
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = headings::ROOMS)]
    pub sample: Option<u32>,
    /// Customers that are checked at the same time
    #[arg(long, value_name = "N", default_value_t = 8, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = headings::TIME)]
    pub jobs: u16,
    /// Maximum concurrent requests per customer and service [default: 8]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = headings::TIME)]
    pub concurrency: Option<u16>,
    /// Time limit of one request, from 100ms to 1h [default: 20s]
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = headings::TIME)]
    pub timeout: Option<String>,
    /// Time limit of the whole run (for example, 4h); customers that were not checked by then are reported as such
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = headings::TIME)]
    pub deadline: Option<String>,
    /// When a note about a date requires action.
    #[command(flatten)]
    pub warning: WarningArguments,
}

/// Where the fleet report is written.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::OUTPUT)]
pub struct FleetOutputArguments {
    /// Folder with the reports of an earlier run, to show which customers got worse
    #[arg(long, value_name = "FOLDER")]
    pub since: Option<PathBuf>,
    /// Format of the fleet report on standard output: table, json, html, csv or openmetrics [default: table]
    #[arg(long, value_name = "FORMAT", value_parser = output_format::fleet_parser())]
    pub format: Option<FleetFormat>,
    /// Also write the fleet report to a file; the extension selects the format (.txt, .json, .html, .csv, .prom); can be repeated
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Vec<PathBuf>,
    /// Write nothing to standard output
    #[arg(short, long)]
    pub quiet: bool,
    /// When to use color
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}
