//! Sign-in: discovery documents, the key set, and the token endpoint of Microsoft Entra ID.

mod assertion;
mod discovery;
mod error;
mod form;
mod token;

pub(super) use discovery::{keys, respond as discovery_response};
pub(super) use token::respond as token_response;
