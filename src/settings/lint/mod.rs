//! What cannot be right in a connection's settings, or looks wrong, before any request is made.

mod certificate;
mod checksum;
mod client_id;
mod connection;
mod guid;
mod host_name;
mod secret;
mod service_account;
pub(super) mod stray;
mod tenant_id;
mod use_oauth;

pub(super) use connection::{Rules, faults, without_secrets};
pub(super) use service_account::fault as service_account_fault;
pub use tenant_id::fault as tenant_id_fault;
pub(super) use use_oauth::fault as use_oauth_fault;
