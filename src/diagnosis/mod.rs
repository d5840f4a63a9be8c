//! Diagnosis: pure functions from evidence to outcomes and causes.
//!
//! This module performs no input or output. It may use `evidence`, `knowledge` and `terms`.

mod access_order;
mod access_pattern;
mod access_proof;
mod advice_stage;
mod app_needs;
mod app_registrations;
mod calendar_days;
mod cause_collection;
mod cause_grouping;
mod certificate_row;
mod configuration;
mod diagnose;
mod diagnosis_context;
mod end_dates;
mod evidence_index;
mod ews_schedule;
mod failure_cause;
mod filled_remedy;
mod grant_stage;
mod guide;
mod judgment;
mod live_result;
mod mail_and_directory;
mod mailbox_cause;
mod mailbox_scope;
mod mailbox_stage;
mod migration;
mod missing_grant;
mod name_enumeration;
mod network_stage;
mod not_visible;
mod placeholders;
mod raised_causes;
mod registration_stage;
mod response_cause;
mod result;
mod room_list_row;
mod row_response;
mod settings_stage;
mod sign_in_stage;
mod skipped_rows;
mod surplus;
mod symptom;
mod symptom_of_refusal;
mod symptom_of_reply;
mod tenant_stage;
mod token_use;
mod write_access;

pub use calendar_days::{day_of, days_from};
pub use diagnose::{diagnose, diagnose_with};
pub use guide::{
    FieldValue, Guide, GuideConnection, GuideFields, GuideInput, GuidePermission, GuideReportInput,
    GuideStep, ReplacedText, assemble_guide,
};
pub use judgment::describe_reply;
pub use migration::{
    ConsoleValue, ConsoleValues, Migration, MigrationConnection, PlanStep, RoomParity, compare_apis,
};
pub use placeholders::without_port;
pub use result::{
    AdministratorSummary, Cause, Command, Diagnosis, EndDate, EndDateKind, Observed, Remedy,
    ResultRow,
};
pub use tenant_stage::{cloud_of, cloud_with_same_sign_in_host};

#[cfg(test)]
mod edited_table_tests;
#[cfg(test)]
mod grouping_tests;
#[cfg(test)]
mod room_pattern_tests;
#[cfg(test)]
mod tests;
