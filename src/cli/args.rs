//! What can be typed on the command line.
//!
//! House rules: every option has a long name; a value name is written in capitals; no option takes a secret as its
//! value; defaults are said in the help text.

use crate::terms::Api;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::file_name;
use super::format::{self, Audience, FormatName};
use super::scenario_name::ScenarioName;

/// Tells why a ResourceXpress install cannot, or soon will not, talk to Microsoft 365.
#[derive(Debug, Parser)]
#[command(name = "rx-preflight", version, about, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "\
Exit codes, the same for every format:
    0  ready, or ready with limits
    1  not ready: something required does not work
    2  wrong usage, or a settings file that cannot be read
    3  inconclusive: something required could not be checked
    4  ready with limits, only with --fail-on optional
    5  this program failed, or the report could not be written
  130  interrupted; the partial report is still written
Treat any other code as a failure.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a tenant with the settings of a ResourceXpress install
    Check(Box<CheckArguments>),
    /// Check a simulated tenant: the same checks and the same report, without any network
    Demo(DemoArguments),
    /// Only run a simulated tenant on this machine, for other clients
    Simulate(SimulateArguments),
    /// Render a saved JSON report again
    Report(ReportArguments),
    /// Say what changed between two saved reports; exit 1 if something got worse
    Diff(DiffArguments),
    /// Say what a code, a cause or a check means, or what stands in a pasted log
    Explain(ExplainArguments),
    /// Decode a pasted access token and compare it with what is needed, offline
    Token(TokenArguments),
    /// List the exact permissions for a configuration, who may grant them, and the narrower way
    Requirements(RequirementsArguments),
    /// Print the JSON Schema of the report
    Schema,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of the program or of one of its commands
    Man {
        /// The command; without one, the page of the program
        #[arg(value_parser = ["check", "demo", "simulate", "report", "diff", "explain", "token", "requirements", "schema", "completions", "man"])]
        command: Option<String>,
    },
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// Where the settings come from.
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// Where the services are.
    #[command(flatten)]
    pub target: TargetArguments,
    /// How the check runs.
    #[command(flatten)]
    pub run: RunArguments,
    /// Whether to wait for what is not yet effective.
    #[command(flatten)]
    pub wait: WaitArguments,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Options that say what the customer typed.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Settings")]
pub struct SettingsArguments {
    /// Settings file [default: rx-preflight.toml in this folder, if it exists]
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Directory (tenant) ID, or a domain of the tenant
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// Application (client) ID
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// File that holds the client secret; - reads standard input
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// The API that ResourceXpress uses (Use Graph API = No or Yes)
    #[arg(long, value_name = "API")]
    pub api: Option<ApiArgument>,
    /// Resource Login User ID
    #[arg(long, value_name = "ADDRESS")]
    pub service_account: Option<String>,
    /// A room; may be repeated
    #[arg(long = "room", value_name = "ADDRESS")]
    pub room: Vec<String>,
    /// File with rooms: CSV with a column `PrimarySmtpAddress`, mail or `EmailAddress`, or one address a line
    #[arg(long, value_name = "FILE")]
    pub rooms: Option<PathBuf>,
    /// Let the tenant list its rooms as well; the app then needs Place.Read.All on Microsoft Graph, for this alone
    #[arg(long)]
    pub rooms_from_tenant: bool,
    /// Features that must work: mail, user-sync
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
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

/// Options that say where the services are.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Where the services are")]
pub struct TargetArguments {
    /// Sign-in address instead of the cloud's; the tenant is appended
    #[arg(long, value_name = "URL")]
    pub login_url: Option<String>,
    /// Microsoft Graph address instead of the cloud's, ending in /v1.0
    #[arg(long, value_name = "URL")]
    pub graph_url: Option<String>,
    /// EWS address instead of the cloud's, whole
    #[arg(long, value_name = "URL")]
    pub ews_url: Option<String>,
    /// Further certificate authorities to trust, in PEM
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// Proxy [default: `HTTPS_PROXY` and `NO_PROXY`, or the system's]
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// User-Agent to send; some tenants allow or block EWS by it
    #[arg(long, value_name = "TEXT")]
    pub user_agent: Option<String>,
}

/// Options that say how the check runs.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How the check runs")]
pub struct RunArguments {
    /// An address that must be refused: proves that the app reaches no more than the rooms; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub expect_denied: Vec<String>,
    /// Allow a real write: calendar (a private event, created and removed again) or mail (one test mail, with --to)
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub allow_write: Vec<WriteArgument>,
    /// Where the test mail of --allow-write mail goes
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// Ask only these checks and what they rest on: ids or groups, such as mailbox,!mailbox.calendar-write
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Leave out these checks and what cannot be asked without them: ids or groups, ! for all but
    #[arg(long, value_name = "CHECK", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Ask only about N rooms, spread over all connections
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: Option<u32>,
    /// Most questions that a service works on at a time; it starts with fewer and slows down when one is busy [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: Option<u16>,
    /// Time limit of one request, such as 20s [default: 20s]
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<String>,
    /// Time limit of the whole run; with --wait, of each attempt (for example, 5m) [default: 1h, plus the time of --wait]
    #[arg(long, value_name = "DURATION")]
    pub deadline: Option<String>,
}

/// Options about waiting.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "How the check runs")]
pub struct WaitArguments {
    /// Look again, up to this time, until everything required works or nothing left can mend itself, such as 2h
    #[arg(long, value_name = "DURATION")]
    pub wait: Option<String>,
    /// Longest pause between two looks; only for demonstrations and tests, because looking too often prolongs the wait
    #[arg(long, value_name = "DURATION", requires = "wait", hide = true)]
    pub wait_pause: Option<String>,
}

/// A write that has to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WriteArgument {
    /// A private test event in the first room of each connection
    Calendar,
    /// One marked test mail
    Mail,
}

/// Options that say what is written.
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Report")]
pub struct OutputArguments {
    /// Format of standard output [default: table]
    #[arg(long, value_name = "FORMAT", value_parser = format::parser())]
    pub format: Option<FormatName>,
    /// At most twelve lines, for a chat
    #[arg(long, conflicts_with_all = ["verbose", "format"])]
    pub brief: bool,
    /// Also write the report to a file; the ending chooses the format (.json, .html, .md, .xml, .txt); may be repeated
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Vec<PathBuf>,
    /// Write a ticket-safe copy: pseudonyms for addresses, names, ids and own hosts, the same ones in every report
    #[arg(long)]
    pub redact: bool,
    /// Key and map of the pseudonyms; stays on this machine [default: rx-preflight-redaction-map.json]
    #[arg(long, value_name = "FILE", requires = "redact", value_parser = file_name::parser())]
    pub redaction_map: Option<PathBuf>,
    /// Show every row and every request
    #[arg(short, long)]
    pub verbose: bool,
    /// Write nothing to standard output
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// No tables and no boxes, for screen readers and logs
    #[arg(long)]
    pub plain: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
    /// What makes the exit code differ from 0
    #[arg(long, value_name = "LEVEL", default_value = "required")]
    pub fail_on: Level,
}

/// When to use colour.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What makes the exit code differ from 0.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Required checks
    #[default]
    Required,
    /// Optional checks as well (exit 4)
    Optional,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArguments {
    /// The situation to play; --list names them all
    #[arg(value_parser = ScenarioName, hide_possible_values = true)]
    pub scenario: Option<String>,
    /// Name every scenario with a line about it
    #[arg(long, conflicts_with = "scenario")]
    pub list: bool,
    /// Whether to wait for what is not yet effective.
    #[command(flatten)]
    pub wait: WaitArguments,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Options of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// The situation to play [default: the one of demo]
    #[arg(value_parser = ScenarioName, hide_possible_values = true)]
    pub scenario: Option<String>,
    /// Loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// Write every request and answer to a file, one JSON object a line
    #[arg(long, value_name = "FILE", value_parser = file_name::parser())]
    pub record: Option<PathBuf>,
    /// Speak TLS with a certificate authority made for this run
    #[arg(long)]
    pub tls: bool,
    /// Where to write that certificate authority, in PEM
    #[arg(long, value_name = "FILE", requires = "tls", value_parser = file_name::parser())]
    pub ca_out: Option<PathBuf>,
    /// Write the scenario's settings file and its secrets into a folder, ready for check
    #[arg(long, value_name = "FOLDER", value_parser = file_name::parser())]
    pub settings_out: Option<PathBuf>,
    /// What is different from the scenario.
    #[command(flatten)]
    pub changes: ChangeArguments,
}

/// Options that change the tenant of a scenario.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "What is different from the scenario")]
pub struct ChangeArguments {
    /// So many rooms more, in the tenant and in the settings
    #[arg(long, value_name = "N")]
    pub rooms: Option<usize>,
    /// Time every answer takes, such as 50ms
    #[arg(long, value_name = "DURATION")]
    pub latency: Option<String>,
    /// Most requests of the app at the same time, for each service; more are throttled
    #[arg(long, value_name = "N")]
    pub throttle_in_flight: Option<usize>,
    /// Throttle every nth request to a service
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub throttle_every: Option<u64>,
    /// How long a throttled client is told to stay away
    #[arg(long, value_name = "SECONDS")]
    pub throttle_retry_after: Option<u64>,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Codes, header texts, causes or checks; without any, standard input is read
    #[arg(value_name = "CODE|CAUSE|CHECK")]
    pub what: Vec<String>,
}

/// Options of `token`. The token is read from standard input.
#[derive(Debug, Args)]
pub struct TokenArguments {
    /// The API that ResourceXpress uses [default: the one the token is for]
    #[arg(long, value_name = "API")]
    pub api: Option<ApiArgument>,
    /// Features that must work: mail, user-sync
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
}

/// Options of `requirements`.
#[derive(Debug, Args)]
pub struct RequirementsArguments {
    /// The API that ResourceXpress uses; the vendor recommends Graph, and EWS ends on 2027-04-01
    #[arg(long, value_name = "API", default_value = "graph")]
    pub api: ApiArgument,
    /// Features that must work: mail, user-sync
    #[arg(long, value_name = "FEATURE", value_delimiter = ',')]
    pub require: Vec<FeatureArgument>,
    /// The cloud of the tenant
    #[arg(long, value_name = "CLOUD", default_value = "global")]
    pub cloud: String,
    /// Directory (tenant) ID, to fill in
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,
    /// Application (client) ID, to fill in
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// A room, to fill in
    #[arg(long, value_name = "ADDRESS")]
    pub room: Option<String>,
    /// Resource Login User ID, to fill in
    #[arg(long, value_name = "ADDRESS")]
    pub service_account: Option<String>,
    /// Sender of the mail, to fill in [default: the service account]
    #[arg(long, value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// The earlier report, as JSON
    pub before: PathBuf,
    /// The later report, as JSON
    pub after: PathBuf,
    /// Format of the comparison
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: DiffFormat,
    /// Write it to a file instead of standard output
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Option<PathBuf>,
}

/// A format of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For people
    Table,
    /// For programs
    Json,
    /// For a ticket
    Markdown,
}

/// Options of `report`.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// A report that was saved as JSON
    pub file: PathBuf,
    /// Judge its evidence again with the knowledge of this version, and say what that changes
    #[arg(long)]
    pub rediagnose: bool,
    /// Write only what somebody has to do, for the one who does it: markdown (the default), html or powershell, and with
    /// --output .md, .html or .ps1
    #[arg(long = "for", value_name = "WHO", conflicts_with_all = ["brief", "verbose", "plain"])]
    pub audience: Option<Audience>,
    /// What is written.
    #[command(flatten)]
    pub output: OutputArguments,
}
