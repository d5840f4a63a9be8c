//! Microsoft Graph v1.0, as far as a room-booking product and its checks use it.

mod authentication;
mod batch;
mod calendar;
mod call;
mod directory;
mod error;
mod extended_properties;
mod mail;
mod mailbox;
mod places;
mod query;
mod registration;
mod routes;
mod throttling;

pub(super) use batch::Batch;
pub(super) use error::DIAGNOSTIC;
pub(super) use routes::{batched, respond};
pub(super) use throttling::throttled;
