//! The setup guide for one estate: the steps of the knowledge base with the values of the customer, and what a report shows
//! about them.

mod assemble;
mod commands;
mod fields;
mod groups;
mod result;
mod state;

pub use assemble::{GuideInput, GuideReportInput, assemble_guide};
pub use result::{
    FieldValue, Guide, GuideConnection, GuideFields, GuidePermission, GuideStep, ReplacedText,
};
