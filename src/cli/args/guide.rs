//! Options of `guide`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{file_name, guide_format};
use crate::report::GuideFormat;

use super::headings;
use super::{ApiArgument, FeatureArgument, When};

/// Options of `guide`.
#[derive(Debug, Args)]
pub struct GuideArguments {
    /// Report that was saved as JSON: its connections are used, and its results are ticked off
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    pub report: Option<PathBuf>,
    /// Settings file whose connections are used; no secret is read
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// APIs that ResourceXpress uses: ews, graph or both [default: those of the report or the settings file, else graph]
    #[arg(long, value_name = "API", value_delimiter = ',')]
    pub api: Vec<ApiArgument>,
    /// Features whose steps are required
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
    /// Values to fill in without a report or a settings file.
    #[command(flatten)]
    pub values: GuideValues,
    /// Where and how the guide is written.
    #[command(flatten)]
    pub output: GuideOutput,
}

/// Values to fill in where there is neither a report nor a settings file.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::VALUES)]
pub struct GuideValues {
    /// Cloud of the tenant [default: global]
    #[arg(long, value_name = "CLOUD", conflicts_with_all = ["report", "config"])]
    pub cloud: Option<String>,
    /// Directory (tenant) ID to fill in
    #[arg(long, value_name = "ID", conflicts_with_all = ["report", "config"])]
    pub tenant_id: Option<String>,
    /// Application (client) ID to fill in
    #[arg(long, value_name = "ID", conflicts_with_all = ["report", "config"])]
    pub client_id: Option<String>,
    /// Room address to fill in; can be repeated
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["report", "config"])]
    pub room: Vec<String>,
    /// Resource Login User ID to fill in
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["report", "config"])]
    pub service_account: Option<String>,
    /// Sender of outgoing mail to fill in
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["report", "config"])]
    pub mail_from: Option<String>,
}

/// Options for the output of a guide.
#[derive(Debug, Args)]
#[command(next_help_heading = headings::OUTPUT)]
pub struct GuideOutput {
    /// Format of standard output [default: table]
    #[arg(long, value_name = "FORMAT", value_parser = guide_format::parser())]
    pub format: Option<GuideFormat>,
    /// Also write the guide to a file; the extension selects the format (.html, .md, .json, .txt, .ps1); can be repeated
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Vec<PathBuf>,
    /// Write nothing to standard output
    #[arg(short, long)]
    pub quiet: bool,
    /// Use plain text without tables and boxes, for screen readers and logs
    #[arg(long)]
    pub plain: bool,
    /// When to use color
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}
