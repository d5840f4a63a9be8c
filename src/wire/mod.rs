//! Talking to Microsoft Entra sign-in, Microsoft Graph and Exchange Online.
//!
//! Every call of [`Wire`] is one request to one service. It returns a [`ServiceResponse`]: the reply in one of four forms,
//! and the numbers of its HTTP requests, which are in the [`Ledger`]. Nothing here judges a reply, and no secret
//! and no token leaves this room but in the request it is for.
//!
//! This room may know `evidence` and `settings`.

mod adaptive_limit;
mod admission;
mod batch;
mod breaker;
mod claims;
mod client;
mod client_assertion;
mod connector;
mod error;
mod ews;
mod failure;
mod graph;
mod graph_writes;
mod headers;
mod ledger;
mod limiter;
pub(crate) mod lock;
mod marker;
mod mask;
mod odata;
mod proxy;
mod proxy_finder;
mod received_response;
mod replay;
mod request;
mod resolver;
mod response;
mod retry;
mod room_list;
mod route;
mod secret;
mod sign_in;
mod sign_in_response;
mod soap;
mod system_proxy;
mod test_event;
mod token_response;
mod trust;
mod url_path;
#[cfg(windows)]
mod windows_settings;

pub use batch::{BATCH_PERMITS, BatchFeedback, Batched, MOST_IN_BATCH, SendAlone};
pub use claims::{is_id_token, not_before, read_token};
pub use client::Wire;
pub use error::WireError;
pub use ledger::Ledger;
pub use mask::{mask_secret, sanitize};
pub(crate) use proxy_finder::unused_proxy_settings;
pub use replay::StoredResponse;
pub use response::{EarlierAttempts, ResponseOrigin, ServiceResponse};
pub use room_list::RoomList;
pub use secret::AccessToken;
pub use test_event::{EventMailbox, EventWritten, Removal, TEST_SUBJECT, TestEvent};
pub use trust::{Issuer, TrustStores};

#[cfg(test)]
mod tests;
