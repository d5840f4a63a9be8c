//! Which questions to ask and in which order; turns answers into evidence and never judges.
//!
//! This room may know `settings`, `wire` and `evidence`.

mod blockers;
mod board;
mod clean_up;
mod context;
mod control_rules;
mod dependencies;
mod journal;
mod plan;
mod progress;
mod questions;
mod run;
mod selection;
mod stages;

pub use context::plan;
pub use control_rules::{ControlList, ControlRules};
pub use journal::{Intent, Journal, NotJournaled};
pub use plan::{Extras, Plan, Planned, Way};
pub use progress::{Progress, Silent};
pub use run::{Means, Stop, run};
pub use selection::{Selection, UnknownSelector, selectors};
