//! The report of a run as data, and one renderer for each format.
//!
//! This room does no input or output. It may know `evidence`, `knowledge` and the result types of `diagnosis`. The JSON
//! is the source: every other format is rendered from a [`Report`], also later and from a saved file. No renderer
//! decides an outcome or counts for itself; [`summary`] does.

mod acceptance;
mod adaptive_card;
mod app_permissions;
mod assemble;
mod assemble_migration;
mod baseline;
pub mod cause_order;
pub mod collect;
mod compare;
mod counting;
mod decisive_rows;
mod display_names;
mod exposition;
mod fail_on;
pub mod fleet;
mod format;
pub mod guide;
pub mod handover;
mod html;
pub mod json;
mod json_schema;
mod junit;
mod long_command;
mod loopback;
mod markdown;
mod migration_view;
mod model;
mod moment;
mod monitor_state;
mod nagios;
mod no_report;
mod openmetrics;
mod recognize;
mod recorded_evidence;
pub mod redact;
mod roles;
pub mod room_counts;
mod room_map;
pub mod row_groups;
mod row_key;
pub mod sanitize;
mod script_lines;
mod section_status;
pub mod sections;
mod settled_by_evidence;
pub mod summary;
pub mod table;
mod verdict;
mod verdict_notes;
mod verdict_reason;
pub mod wording;

pub use acceptance::accept;
pub use assemble::{ReportMetadata, assemble};
pub use assemble_migration::assemble_migration;
pub use baseline::set_baseline;
pub use compare::{ComparedCause, ComparedRow, Comparison, Direction, compare};
pub use fail_on::set_fail_on;
pub use format::{Format, without_report, write};
pub use guide::{GuideDocument, GuideFormat};
pub use handover::HandoverFormat;
pub use json_schema::{administrator_schema, fleet_schema, guide_schema, schema};
pub use model::{
    RecordedEvidence, RecordedOnGraph, Redaction, Replaced, Report, SCHEMA_VERSION, Target,
    TargetConnection, Tool,
};
pub use moment::whole_seconds;
pub use monitor_state::MonitorState;
pub use no_report::NoReport;
pub use recognize::{RECOGNIZED_BY, begins_report};
pub use summary::{Baseline, Counts, Summary};
pub use verdict::{FailOn, Verdict};
pub use verdict_notes::{VerdictNote, verdict_notes};
pub use wording::describe_input_note;

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
pub(crate) mod sample_report;
