//! Pure functions from evidence to outcomes and causes.
//!
//! This room does no input or output. It may know `evidence` and `knowledge`.

mod result;

pub use result::{Cause, Command, Confidence, Diagnosis, Observed, Outcome, Remedy, ResultRow};
