//! The door: what can be typed, one file per command, and the exit codes.
//!
//! This room may know every other one. It is the only one that reads the process's surroundings and writes anything.

mod args;
mod check;
mod check_list;
mod completions;
mod console;
mod demo;
mod diff;
mod earlier;
mod endpoints;
mod error;
mod examples;
mod exit;
mod explain;
mod file_name;
mod files;
mod format;
mod gate;
mod input;
mod inputs;
mod journal;
mod main;
mod man;
mod masked;
mod offered;
mod output;
mod progress;
mod redaction;
mod report;
mod requirements;
mod runtime;
mod scenario;
mod schema;
mod second_look;
mod session;
mod signals;
mod simulate;
mod style;
mod terminal;
mod token;
mod unwritable;
mod wait;
mod waiting;

pub use args::Arguments;
pub use demo::{Played, play};
pub use error::CliError;
pub use exit::Exit;
pub use main::{main, usage_message};
pub use session::{Session, examine};
