//! The vocabulary of the program: typed ids for everything with a public name.
//!
//! This room knows no other. TOML tables, evidence, diagnosis and report use these types, so that a misspelt id does not
//! compile or does not load, and so that every use of an id can be found.

mod admin_role;
mod cause;
mod check;
mod configuration;
mod count;
pub mod exit_code;
mod guide;
mod id_enum;
mod migration;
mod need;
mod outcome;
pub mod plugin_exit_code;
mod service;

pub use admin_role::AdminRole;
pub use cause::{CauseGroup, CauseId};
pub use check::{CheckGroup, CheckId};
pub use configuration::ConfigurationFact;
pub use count::format_count;
pub use guide::{GuidePart, GuideState, GuideStepId};
pub use id_enum::UnknownId;
pub use migration::{EwsStatus, MigrationPhase, MigrationStepId, Parity, Readiness};
pub use need::NeedId;
pub use outcome::{Confidence, Outcome, Requirement, SkipReason};
pub use service::{Api, Resource, Service};
