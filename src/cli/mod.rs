//! Command line: arguments, one file for each command, and the exit codes.
//!
//! This room may use every other one. It is the only one that reads the environment of the process and writes output.

mod args;
mod check;
mod check_list;
mod cloud_endpoints;
mod completions;
mod console;
mod demo;
mod diff;
mod dispatch;
mod error;
mod examples;
mod exit;
mod explain;
mod file_name;
mod files;
mod input_files;
mod journal;
mod leak_check;
mod man;
mod mask_secrets;
mod narrowed_terminal;
mod output;
mod output_format;
mod previous_reports;
mod program_help;
mod progress_display;
mod redaction;
mod rejected_arguments;
mod report;
mod requirements;
mod runtime;
mod scenario_choice;
mod schema;
mod session;
mod signals;
mod simulate;
mod spool;
mod stdin;
mod suggested_names;
mod terminal_options;
mod token;
mod wait;
mod write_error;

pub use args::Arguments;
pub use demo::{Played, play};
pub use dispatch::{main, usage_message};
pub use error::CliError;
pub use exit::Exit;
pub use session::{Session, examine};
