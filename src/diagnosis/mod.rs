//! Pure functions from evidence to outcomes and causes.
//!
//! This room does no input or output. It may know `evidence` and `knowledge`.

mod advice;
mod apps;
mod blind_spots;
mod causes;
mod context;
mod directory;
mod grants;
mod judge;
mod judgement;
mod levels;
mod mailbox_scope;
mod mailboxes;
mod network;
mod pattern;
mod proof;
mod registration;
mod result;
mod rooms;
mod settings;
mod sign_in;
mod surplus;
mod symptom;
mod tenant;
#[cfg(test)]
mod tests;
mod token_use;
mod values;
mod writes;

pub use blind_spots::not_visible;
pub use judge::diagnose;
pub use result::{Cause, Command, Diagnosis, Observed, Remedy, ResultRow};
pub use values::without_port;
