//! Exchange Web Services, as far as a room-booking product and its checks use it.

mod authentication;
mod endpoint;
mod envelope;
mod extended_property;
mod fault;
mod field_order;
mod find;
mod folder;
mod item;
mod mailbox_access;
mod operation;
mod request_parts;
mod response_messages;
mod schema;
mod throttling;
mod time_zones;
mod xml;

pub(super) use endpoint::{impersonated_address, respond};
pub(super) use throttling::throttled;
