//! Options of `init`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::file_name;
use crate::settings::DEFAULT_FILE;

use super::{ApiArgument, FeatureArgument, TargetArguments, headings};

/// Options of `init`.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each one is a flag of the command line"
)]
pub struct InitArguments {
    /// Settings file to write
    #[arg(short, long, value_name = "FILE", default_value = DEFAULT_FILE, value_parser = file_name::parser())]
    pub output: PathBuf,
    /// Replace the settings file if it exists
    #[arg(long)]
    pub force: bool,
    /// Read the text of a ResourceXpress settings page from standard input
    ///
    /// Open System Settings > Resource Server, select and copy the whole page, and paste it. Lines that contain no known field
    /// are ignored. Options override the values of the page. A client secret on the page is checked, but not written.
    #[arg(long)]
    pub from_stdin: bool,
    /// Do not prompt: use the options, the page and the defaults
    ///
    /// Without a terminal, init never prompts.
    #[arg(short, long)]
    pub yes: bool,
    /// Send no request: do not check whether the tenant exists
    #[arg(long)]
    pub offline: bool,
    /// The values of the settings file.
    #[command(flatten)]
    pub values: InitValueArguments,
    /// Where the services are, for the check whether the tenant exists.
    #[command(flatten)]
    pub target: TargetArguments,
}

/// Options for the values of the settings file.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::SETTINGS)]
pub struct InitValueArguments {
    /// Cloud of the tenant [default: global]
    #[arg(long, value_name = "CLOUD")]
    pub cloud: Option<String>,
    /// API that ResourceXpress uses: ews if 'Use Graph API' is No, graph if it is Yes; there is no default
    #[arg(long, value_name = "API")]
    pub api: Option<ApiArgument>,
    /// Server Host Name
    #[arg(long, value_name = "URL")]
    pub server_host_name: Option<String>,
    /// Directory (tenant) ID, or a domain of the tenant
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// Application (client) ID
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// File from which check reads the client secret
    #[arg(long, value_name = "FILE", conflicts_with_all = ["client_secret_env", "client_secret_prompt"])]
    pub client_secret_file: Option<PathBuf>,
    /// Environment variable of the client secret.
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "client_secret_prompt",
        help = "Environment variable from which check reads the client secret [default: AZURE_CLIENT_SECRET if it is set]"
    )]
    pub client_secret_env: Option<String>,
    /// Have check prompt for the client secret in each run
    #[arg(long)]
    pub client_secret_prompt: bool,
    /// File from which check reads a certificate and its private key (PEM or PKCS#12), instead of a client secret
    #[arg(long, value_name = "FILE", conflicts_with_all = ["client_secret_file", "client_secret_env", "client_secret_prompt"])]
    pub client_certificate_file: Option<PathBuf>,
    /// File from which check reads the password of the certificate file
    #[arg(long, value_name = "FILE", requires = "client_certificate_file")]
    pub client_certificate_password_file: Option<PathBuf>,
    /// Resource Login User ID
    #[arg(long, value_name = "ADDRESS")]
    pub service_account: Option<String>,
    /// Room; can be repeated
    #[arg(long = "room", value_name = "ADDRESS")]
    pub room: Vec<String>,
    /// File with rooms
    #[arg(long, value_name = "FILE")]
    pub rooms: Option<PathBuf>,
    /// Also check the rooms that the tenant lists; requires the Microsoft Graph permission Place.Read.All
    #[arg(long)]
    pub rooms_from_tenant: bool,
    /// Features that are in use; their checks are required
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
    /// Sender of outgoing mail [default: the service account]
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}
