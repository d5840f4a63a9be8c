//! Every label, heading and phrase of a report. The formats only lay them out, so that rewording is one edit.
//!
//! `labels` has what is fixed; the other files build phrases from counts and names.

mod acceptance_phrases;
mod comparison_phrases;
mod first_screen_phrases;
mod fleet_phrases;
mod guide_phrases;
mod handover_phrases;
mod input_notes;
mod labels;
mod migration_phrases;
mod monitoring_phrases;
mod page_phrases;
mod permission_phrases;
mod reason_phrases;
mod room_phrases;
mod subject_phrases;
mod summaries;

pub use self::acceptance_phrases::*;
pub use self::comparison_phrases::*;
pub use self::first_screen_phrases::*;
pub use self::fleet_phrases::*;
pub use self::guide_phrases::*;
pub use self::handover_phrases::*;
pub use self::input_notes::describe_input_note;
pub use self::labels::*;
pub use self::migration_phrases::*;
pub use self::monitoring_phrases::*;
pub use self::page_phrases::*;
pub use self::permission_phrases::*;
pub use self::reason_phrases::*;
pub use self::room_phrases::*;
pub use self::subject_phrases::*;
pub use self::summaries::*;
pub use super::counting::{count_noun, first_and_more, format_count, list_up_to};
