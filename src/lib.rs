//! `rx-preflight` finds out why ResourceXpress cannot connect to Microsoft 365, or soon will not be able to.
//!
//! Data flows one way, and every stage can be run and tested alone:
//!
//! ```text
//! settings -> plan -> probe (wire) -> evidence -> diagnosis (knowledge) -> report -> table, json
//! ```
//!
//! Each room of the house is one module of this crate; what a room may know is written at its top and held by
//! `tests/architecture.rs`.

pub mod cli;
pub mod diagnosis;
pub mod evidence;
pub mod knowledge;
pub mod probe;
pub mod report;
pub mod settings;
pub mod simulator;
pub(crate) mod tables;
pub mod terms;
pub mod wire;
