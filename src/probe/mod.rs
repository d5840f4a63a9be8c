//! Which questions to ask and in which order; turns answers into evidence and never judges.
//!
//! This room may know `settings`, `wire` and `evidence`.

mod blockers;
mod board;
mod journal;
mod plan;
mod questions;
mod run;
mod stages;

pub use journal::{Created, Journal};
pub use plan::{Extras, Plan, Planned, Way};
pub use run::{Means, Stop, run};
