//! Talking to Microsoft Entra sign-in, Microsoft Graph and Exchange Online.
//!
//! Every call of [`Wire`] is one question to one service. It comes back as [`Exchanged`]: the reply in one of four forms,
//! and the numbers of the requests it took, which stand in the [`Ledger`]. Nothing here judges a reply, and no secret
//! and no token leaves this room but in the request it is for.
//!
//! This room may know `evidence` and `settings`.

mod admission;
mod answer;
mod batch;
mod breaker;
mod claims;
mod error;
mod ews;
mod exchange;
mod exchanged;
mod failure;
mod graph;
mod graph_writes;
mod harmless;
mod headers;
mod heard;
mod ledger;
mod marker;
mod odata;
mod pace;
mod places;
mod proxy;
mod request;
mod retry;
mod rhythm;
mod route;
mod secret;
mod sign_in;
mod soap;
mod test_event;
mod token_response;
mod trust;

#[cfg(test)]
mod tests;

pub use batch::{AskAlone, BATCH_PLACES, Batched, Lesson, MOST_IN_BATCH};
pub use claims::{is_id_token, not_before, read_token};
pub use error::WireError;
pub use exchange::Wire;
pub use exchanged::{Earlier, Exchanged, Standing};
pub use harmless::harmless;
pub use heard::Heard;
pub use ledger::Ledger;
pub use places::RoomList;
pub use secret::AccessToken;
pub use test_event::{EventMailbox, EventWritten, Removal, TEST_SUBJECT, TestEvent};
pub use trust::Issuer;
