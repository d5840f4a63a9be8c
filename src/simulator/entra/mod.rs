//! Sign-in: discovery documents, the key set, and the token endpoint of Microsoft Entra ID.

mod discovery;
mod error;
mod form;
mod token;

pub(super) use discovery::{answer as discovery_answer, keys};
pub(super) use token::answer as token_answer;
