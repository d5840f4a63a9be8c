//! What a run says: the report as data, and one renderer for each format.
//!
//! This room does no input or output. It may know `evidence`, `knowledge` and the result types of `diagnosis`. The JSON
//! is the source: every other format is rendered from a [`Report`], also later and from a saved file. No renderer
//! decides an outcome or counts for itself; [`summary`] does.

mod assemble;
mod compare;
mod format;
pub mod group;
pub mod handover;
pub mod harmless;
mod html;
mod input_notes;
pub mod json;
mod junit;
mod long_command;
mod loopback;
mod markdown;
mod model;
mod names;
mod notes;
pub mod order;
mod permissions;
mod quantities;
mod reason;
mod recorded;
pub mod redact;
pub mod rooms;
mod schema;
pub mod section;
pub mod summary;
pub mod table;
mod verdict;
pub mod wording;

#[cfg(test)]
pub(crate) mod fixture;

pub use assemble::{About, assemble};
pub use compare::{ComparedCause, ComparedRow, Comparison, Direction, compare};
pub use format::{Format, write};
pub use handover::HandoverFormat;
pub use input_notes::sentence as input_note;
pub use model::{
    Recorded, Redaction, Replaced, Report, SCHEMA_VERSION, Target, TargetConnection, Tool,
};
pub use notes::{Note, notes};
pub use schema::schema;
pub use summary::{Counts, Summary};
pub use verdict::{FailOn, Verdict};
