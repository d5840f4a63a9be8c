//! The vocabulary of the program: typed ids for everything with a public name.
//!
//! This room knows no other. TOML tables, evidence, diagnosis and report use these types, so that a misspelt id does not
//! compile or does not load, and so that every use of an id can be found.

mod cause;
mod check;
mod ids;
mod need;
mod result;
mod service;

pub use cause::{CauseGroup, CauseId};
pub use check::CheckId;
pub use ids::UnknownId;
pub use need::NeedId;
pub use result::{Confidence, Outcome, Requirement, SkipReason};
pub use service::{Api, Resource, Service};
