//! Exchange Web Services, as far as a room-booking product and its checks use it.

mod answer;
mod authentication;
mod extended_property;
mod fault;
mod field_order;
mod find;
mod folder;
mod gate;
mod item;
mod operation;
mod reader;
mod response;
mod schema;
mod throttling;
mod time_zones;
mod xml;

pub(super) use answer::{answer, impersonated_address};
pub(super) use throttling::throttled;
