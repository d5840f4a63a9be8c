//! Pure functions from evidence to outcomes and causes.
//!
//! This room does no input or output. It may know `evidence` and `knowledge`.

mod advice;
mod blind_spots;
mod causes;
mod context;
mod directory;
mod grants;
mod judge;
mod judgement;
mod mailbox_scope;
mod mailboxes;
mod network;
mod pattern;
mod registration;
mod result;
mod rooms;
mod settings;
mod sign_in;
mod symptom;
mod tenant;
#[cfg(test)]
mod tests;
mod values;
mod writes;

pub use blind_spots::not_visible;
pub use judge::diagnose;
pub use result::{Cause, Command, Confidence, Diagnosis, Observed, Outcome, Remedy, ResultRow};
pub use values::without_port;
