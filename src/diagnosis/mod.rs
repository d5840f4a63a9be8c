//! Pure functions from evidence to outcomes and causes.
//!
//! This room does no input or output. It may know `evidence` and `knowledge`.

mod advice;
mod apps;
mod blind_spots;
mod causes;
mod context;
mod dates;
mod directory;
#[cfg(test)]
mod edited_table_tests;
mod enumeration;
mod ews_end;
mod grants;
mod index;
mod judge;
mod judgement;
mod judgements;
mod levels;
mod mailbox_cause;
mod mailbox_scope;
mod mailboxes;
mod missing_grant;
mod named_cause;
mod needs;
mod network;
mod order;
mod pattern;
mod placeholders;
mod proof;
mod registration;
mod responses;
mod result;
mod rooms;
mod settings;
mod sign_in;
mod skipped;
mod surplus;
mod symptom;
mod tenant;
#[cfg(test)]
mod tests;
mod token_use;
mod unreachable;
mod writes;

pub use blind_spots::not_visible;
pub use judge::diagnose;
pub use placeholders::without_port;
pub use result::{Cause, Command, Diagnosis, Observed, Remedy, ResultRow};
