//! What the program knows about ResourceXpress and Microsoft 365, as data compiled in.
//!
//! Every table is a TOML file beside its loader, so that a support lead can correct a sentence or add a row without
//! touching logic. This room knows no other room of the house; see [`dates::dates`] for the day the facts were checked.

pub mod causes;
pub mod checks;
pub mod clouds;
pub mod codes;
pub mod dates;
mod embedded;
pub mod permissions;
pub mod satisfaction;
pub mod template;

pub use causes::{CauseEntry, cause, causes};
pub use template::{PLACEHOLDERS, fill};
