//! Command-line arguments, as clap definitions with their help texts.
//!
//! House rules: every option has a long name; value names are uppercase; no option takes a secret as its value; the help
//! text shows the default.

mod collect;
mod fleet;
mod guide;
mod headings;
mod init;
mod offline;
mod report;
mod simulated;
mod target;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::output_format::Audience;
use super::suggested_names::SuggestedNames;
use super::{examples, file_name, program_help};

pub use collect::{CollectArguments, CollectSettingsArguments};
pub use fleet::{FleetArguments, FleetOutputArguments};
pub use guide::{GuideArguments, GuideValues};
pub use init::{InitArguments, InitValueArguments};
pub use offline::{RequirementsArguments, TokenArguments};
pub use report::{KnownFindingArguments, OutputArguments, WaitArguments, WarningArguments, When};
pub use simulated::{ChangeArguments, DemoArguments, ScenarioArguments, SimulateArguments};
pub use target::{ApiArgument, FeatureArgument, TargetArguments, WriteArgument};

/// Find out why ResourceXpress cannot connect to Microsoft 365, now or soon
#[derive(Debug, Parser)]
#[command(
    name = "rx-preflight",
    version,
    help_template = program_help::template(&commands()),
    after_help = program_help::below_short_help(),
    after_long_help = program_help::below_long_help(),
    max_term_width = 100
)]
pub struct Arguments {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands without the program, whose help lists them.
fn commands() -> clap::Command {
    Command::augment_subcommands(clap::Command::new("rx-preflight"))
}

/// Commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a tenant with the settings of ResourceXpress
    ///
    /// The settings come from a settings file, from options, or from both. Run the check on the ResourceXpress server,
    /// so that it uses the same network, proxy and certificates.
    #[command(after_long_help = examples::CHECK)]
    Check(Box<CheckArguments>),
    /// Compare EWS and Graph room by room, and plan the switch
    ///
    /// Runs the checks of every connection over EWS as it is, and those of Microsoft Graph as it would be after the switch.
    /// Nothing is changed. The exit code is 0 if all can switch, 1 if there is work to do, and 3 if this is not certain.
    #[command(after_long_help = examples::MIGRATE)]
    Migrate(Box<MigrateArguments>),
    /// Check many customers, each with its own settings file
    ///
    /// Writes one report for each customer and a report about all of them. A customer whose settings cannot be read or whose
    /// services do not respond is one row. The exit code is 1 if a customer is not ready, and 3 if one has no clear verdict.
    #[command(after_long_help = examples::FLEET)]
    Fleet(Box<FleetArguments>),
    /// Write a settings file from the values of the console
    ///
    /// Prompts for the values of the ResourceXpress console, or reads a pasted settings page, and validates each value.
    #[command(after_long_help = examples::INIT)]
    Init(Box<InitArguments>),
    /// Check a simulated tenant: same report, no network access
    #[command(after_long_help = examples::DEMO)]
    Demo(DemoArguments),
    /// Run a simulated tenant on this machine for other clients
    #[command(after_long_help = examples::SIMULATE)]
    Simulate(SimulateArguments),
    /// Convert, redact or hand over a saved report
    ///
    /// Reads a report that was saved as JSON, and writes it in another format, without the names of the customer, or as
    /// steps for the administrator. No network is needed.
    #[command(after_long_help = examples::REPORT)]
    Report(ReportArguments),
    /// Write a script with which an administrator collects evidence
    ///
    /// Writes a read-only PowerShell script for the tenant, the apps, the rooms, the service account and the sender of the
    /// settings or of a saved report. An administrator runs it and returns its JSON file, which --with of check and report
    /// reads. No network is needed.
    #[command(after_long_help = examples::COLLECT)]
    Collect(CollectArguments),
    /// Compare two saved reports; exit code 1 if the later one is worse
    #[command(after_long_help = examples::DIFF)]
    Diff(DiffArguments),
    /// Explain an error code, a cause, a check or a pasted log
    ///
    /// The exit code is 1 if nothing in the input is recognized as a code, a message, a cause or a check.
    #[command(after_long_help = examples::EXPLAIN)]
    Explain(ExplainArguments),
    /// Compare a pasted access token with the required permissions
    ///
    /// The token is decoded on this machine and never repeated in the output. The exit code is 1 if a permission is
    /// missing, and 3 if the token cannot be decoded.
    #[command(after_long_help = examples::TOKEN)]
    Token(TokenArguments),
    /// List the required permissions and who can grant them
    ///
    /// Also shows how an administrator limits the permissions to rooms.
    #[command(after_long_help = examples::REQUIREMENTS)]
    Requirements(RequirementsArguments),
    /// Write the setup guide, ticked off from a report
    ///
    /// Contains every step of the vendor's guide in order, with the values of the installation, and states where Microsoft 365
    /// works differently today. No network is needed, and no secret is read.
    #[command(after_long_help = examples::GUIDE)]
    Guide(Box<GuideArguments>),
    /// Print the JSON Schema of the report
    Schema(SchemaArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page of the program or of a command
    Man {
        /// Command; without one, prints the page of the program
        #[arg(value_parser = PossibleValuesParser::new(program_help::command_names()))]
        command: Option<String>,
    },
}

/// Options of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArguments {
    /// Print the schema of the evidence that an administrator collects, instead of that of the report
    #[arg(long, conflicts_with_all = ["guide", "fleet"])]
    pub evidence: bool,
    /// Print the schema of the setup guide, instead of that of the report
    #[arg(long, conflicts_with = "fleet")]
    pub guide: bool,
    /// Print the schema of the fleet report, instead of that of the report of one customer
    #[arg(long)]
    pub fleet: bool,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct CheckArguments {
    /// What is checked, and how it is reported.
    #[command(flatten)]
    pub tenant: TenantArguments,
    /// Whether to repeat the check until changes take effect.
    #[command(flatten)]
    pub wait: WaitArguments,
    /// Findings that do not count.
    #[command(flatten)]
    pub known: KnownFindingArguments,
}

/// Options of `migrate`.
#[derive(Debug, Args)]
pub struct MigrateArguments {
    /// Compare only this connection: system, or the name of a location or profile; can be repeated
    #[arg(long, value_name = "NAME", help_heading = headings::WHAT_TO_CHECK)]
    pub connection: Vec<String>,
    /// What is checked, and how it is reported.
    #[command(flatten)]
    pub tenant: TenantArguments,
}

/// Options of every command that checks a tenant.
#[derive(Debug, Args)]
pub struct TenantArguments {
    /// Where the settings come from.
    #[command(flatten)]
    pub settings: SettingsArguments,
    /// What is checked, and for how long.
    #[command(flatten)]
    pub run: RunArguments,
    /// Where and how the report is written.
    #[command(flatten)]
    pub output: OutputArguments,
    /// Where the services are.
    #[command(flatten)]
    pub target: TargetArguments,
}

/// Options for the ResourceXpress settings.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::SETTINGS)]
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
    ///
    /// The secret can also come from the environment, from the source in the settings file, or from a hidden prompt.
    /// No option takes the secret itself, because other users of this machine could read it from the process list.
    #[arg(long, value_name = "FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// File with a certificate and its private key (PEM or PKCS#12), instead of a client secret
    ///
    /// For tenants that allow no client secrets for tools. ResourceXpress itself signs in with a client secret, which the
    /// check then does not test.
    #[arg(long, value_name = "FILE", conflicts_with = "client_secret_file")]
    pub client_certificate_file: Option<PathBuf>,
    /// File that holds the password of the certificate file
    #[arg(long, value_name = "FILE", requires = "client_certificate_file")]
    pub client_certificate_password_file: Option<PathBuf>,
    /// API that ResourceXpress uses: ews if 'Use Graph API' is No, graph if it is Yes; there is no default
    #[arg(long, value_name = "API")]
    pub api: Option<ApiArgument>,
    /// Resource Login User ID
    #[arg(long, value_name = "ADDRESS")]
    pub service_account: Option<String>,
    /// Room to check instead of the rooms of the main connection in the settings file; can be repeated
    #[arg(long = "room", value_name = "ADDRESS", help_heading = headings::ROOMS)]
    pub room: Vec<String>,
    /// File with rooms, instead of those of the main connection in the settings file
    #[arg(long, value_name = "FILE", help = rooms_help(), help_heading = headings::ROOMS)]
    pub rooms: Option<PathBuf>,
    /// Also check the rooms that the tenant lists; requires the Microsoft Graph permission Place.Read.All
    #[arg(long, help_heading = headings::ROOMS)]
    pub rooms_from_tenant: bool,
    /// Features whose checks are required
    #[arg(long, value_name = "FEATURE", value_delimiter = ',', help_heading = headings::WHAT_TO_CHECK)]
    pub require: Vec<FeatureArgument>,
}

/// Options for running the check.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = headings::WHAT_TO_CHECK)]
pub struct RunArguments {
    /// Evidence of an administrator (see collect): decides between causes that look the same to the app
    ///
    /// A live response still decides the result of a check. The report states how old the evidence is and what it does not
    /// cover.
    #[arg(long = "with", value_name = "FILE", value_parser = file_name::parser())]
    pub evidence: Option<PathBuf>,
    /// Mailbox that the app must not be able to access, to prove that its access is limited; auto or auto:N chooses N; can be repeated
    ///
    /// auto chooses 3 mailboxes for each app among the users of the tenant, auto:N chooses N (at most 20): no mailbox of the
    /// settings, no guest, and no blocked account, such as that of a room. The app needs User.Read.All for this.
    #[arg(long, value_name = "ADDRESS|auto[:N]")]
    pub expect_denied: Vec<String>,
    /// Allow a real write: calendar (creates and deletes a private event) or mail (sends one test message; requires --to)
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub allow_write: Vec<WriteArgument>,
    /// Recipient of the test message; requires --allow-write mail
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
    /// Run only these checks (ids or groups) and the checks they depend on; "list" shows all names
    ///
    /// Put ! before a name to exclude it (for example, --only mailbox,!mailbox.calendar-write). "--only list" prints all ids
    /// and groups and exits.
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = SuggestedNames::Checks, hide_possible_values = true)]
    pub only: Vec<String>,
    /// Skip these checks (ids or groups) and the checks that depend on them; "list" shows all names
    ///
    /// Put ! before a name to keep it (for example, --skip mailbox,!mailbox.calendar-read). "--skip list" prints all ids and
    /// groups and exits.
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = SuggestedNames::Checks, hide_possible_values = true)]
    pub skip: Vec<String>,
    /// Check only N rooms, distributed across all connections
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = headings::ROOMS)]
    pub sample: Option<u32>,
    /// Maximum concurrent requests per service; starts lower and backs off when throttled [default: 8]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=256), help_heading = headings::TIME)]
    pub concurrency: Option<u16>,
    /// Time limit of one request, from 100ms to 1h [default: 20s]
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = headings::TIME)]
    pub timeout: Option<String>,
    /// Time limit of the run; with --wait, of each attempt (for example, 5m) [default: 1h, plus the time of --wait]
    ///
    /// A duration from 1s to 7d (for example, 90s, 5m, 1h30m or "2 hours"). Checks that have not run by then are reported as
    /// skipped.
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true, help_heading = headings::TIME)]
    pub deadline: Option<String>,
    /// When a note about a date requires action.
    #[command(flatten)]
    pub warning: WarningArguments,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// Error codes, header texts, causes, checks or permissions; without an argument, reads standard input
    #[arg(value_name = "CODE|CAUSE|CHECK|PERMISSION")]
    pub what: Vec<String>,
    /// List known entries of this kind, one per line; without a kind, lists the kinds
    #[arg(long, value_name = "KIND", num_args = 0..=1, conflicts_with = "what")]
    #[expect(
        clippy::option_option,
        reason = "not given, given without a kind, given with a kind"
    )]
    pub list: Option<Option<super::explain::ListedArgument>>,
}

/// Options of `diff`.
#[derive(Debug, Args)]
pub struct DiffArguments {
    /// Earlier report, as JSON
    pub before: PathBuf,
    /// Later report, as JSON
    pub after: PathBuf,
    /// Format of standard output
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: DiffFormat,
    /// Also write the changes to a file; the extension selects the format (.json, .md, .txt); can be repeated
    #[arg(short, long, value_name = "FILE", value_parser = file_name::parser())]
    pub output: Vec<PathBuf>,
    /// Write nothing to standard output
    #[arg(short, long)]
    pub quiet: bool,
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
    /// Report that was saved as JSON
    #[arg(required_unless_present = "merge")]
    pub file: Option<PathBuf>,
    /// Combine the reports that are saved in a folder, one for each customer: what is broken, what ends soon, and who got worse
    ///
    /// Also reads folders in it, reports of earlier versions, and redacted ones. --format and --output can also be csv and
    /// openmetrics (extension .prom). The exit code is 1 if a customer is not ready, and 3 if one has no clear verdict.
    #[arg(
        long,
        value_name = "FOLDER",
        conflicts_with_all = ["file", "rediagnose", "evidence", "audience", "brief", "verbose", "plain", "problem", "redact", "fail_on"]
    )]
    pub merge: Option<PathBuf>,
    /// Folder with the reports of an earlier run, to show which customers got worse; requires --merge
    #[arg(
        long,
        value_name = "FOLDER",
        requires = "merge",
        conflicts_with = "file"
    )]
    pub since: Option<PathBuf>,
    /// Diagnose the saved evidence again with the knowledge base of this version, and show what changes
    #[arg(long)]
    pub rediagnose: bool,
    /// Evidence of an administrator (see collect) for --rediagnose, which it implies: decides between causes that look the same to the app
    #[arg(long = "with", value_name = "FILE", value_parser = file_name::parser())]
    pub evidence: Option<PathBuf>,
    /// Show only the steps for the administrator, as markdown (the default), html or powershell
    ///
    /// Valid extensions for --output: .md, .html, .ps1. With --output and without --format, the hand-over goes only to the
    /// files, and a message names them.
    #[arg(long = "for", value_name = "WHO", conflicts_with_all = ["brief", "verbose", "plain", "problem"])]
    pub audience: Option<Audience>,
    /// Where and how the report is written.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Help text of `--rooms`, with the column names that room files can use.
fn rooms_help() -> String {
    format!(
        "File with rooms (- reads standard input) to check instead of those of the main connection in the settings file: text with \
         email addresses, or a table with one of these columns: {}",
        crate::settings::ROOM_COLUMNS.join(", ")
    )
}
