//! The door: what can be typed, one file per command, and the exit codes.
//!
//! This room may know every other one. It is the only one that reads the process's surroundings and writes anything.

mod args;
mod check;
mod completions;
mod demo;
mod diff;
mod endpoints;
mod error;
mod exit;
mod explain;
mod format;
mod gate;
mod input;
mod journal;
mod main;
mod man;
mod output;
mod progress;
mod redaction;
mod report;
mod requirements;
mod runtime;
mod schema;
mod session;
mod signals;
mod simulate;
mod style;
mod terminal;
mod token;
mod wait;
mod waiting;

pub use args::Arguments;
pub use demo::{Played, play};
pub use error::CliError;
pub use exit::Exit;
pub use main::main;
pub use session::{Session, examine};
