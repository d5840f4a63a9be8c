//! Options of the commands that need neither a tenant nor a report.

use clap::Args;

use super::{ApiArgument, FeatureArgument};

/// Options of `token`. The token is read from standard input.
#[derive(Debug, Args)]
pub struct TokenArguments {
    /// Catches a token in the wrong place.
    #[arg(hide = true)]
    pub misplaced: Vec<String>,
    /// API that ResourceXpress uses [default: the API that the token is for]
    #[arg(long, value_name = "API")]
    pub api: Option<ApiArgument>,
    /// Features whose checks are required
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
}

/// Options of `requirements`.
#[derive(Debug, Args)]
pub struct RequirementsArguments {
    /// API that ResourceXpress uses; the vendor recommends Graph, and EWS ends on 2027-04-01
    #[arg(long, value_name = "API", default_value = "graph")]
    pub api: ApiArgument,
    /// Features whose checks are required
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
    /// Cloud of the tenant
    #[arg(long, value_name = "CLOUD", default_value = "global")]
    pub cloud: String,
    /// Directory (tenant) ID to fill in
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// Application (client) ID to fill in
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Room address to fill in
    #[arg(long, value_name = "ADDRESS")]
    pub room: Option<String>,
    /// Resource Login User ID to fill in
    #[arg(long, value_name = "ADDRESS")]
    pub service_account: Option<String>,
    /// Sender of outgoing mail to fill in [default: the service account]
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}
