//! The vocabulary of the program: typed ids for everything with a public name.
//!
//! This room knows no other. TOML tables, evidence, diagnosis and report use these types, so that a misspelt id does not
//! compile or does not load, and so that every use of an id can be found.

mod cause;
mod check;
mod ids;

pub use cause::{CauseGroup, CauseId};
pub use check::CheckId;
pub use ids::UnknownId;
