//! Changes of a response that the tenant itself gave.

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::simulator::clock;
use crate::simulator::message::SimulatedResponse;

use super::hostile_body;

/// How far ahead the wrong date is.
const DATE_ERROR: SignedDuration = SignedDuration::from_hours(1);

/// A change of a response.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ResponseChange {
    /// The body is a small gzip body that unpacks to 100 MiB.
    GzipBomb,
    /// The content coding is one that no client knows.
    UnknownEncoding,
    /// The body is the first half of the document.
    HalfDocument,
    /// The body has bytes that are not UTF-8.
    NotUtf8,
    /// The date is one hour ahead.
    WrongDate,
}

impl ResponseChange {
    /// The changed response. `now` is the time of the tenant.
    pub(crate) fn apply(
        self,
        mut response: SimulatedResponse,
        now: Timestamp,
    ) -> SimulatedResponse {
        match self {
            ResponseChange::GzipBomb => {
                response.body = hostile_body::gzip_bomb();
                response.with_header("content-encoding", "gzip")
            }
            ResponseChange::UnknownEncoding => {
                // No reader can make sense of the bytes without the coding.
                for byte in &mut response.body {
                    *byte = !*byte;
                }
                response.with_header("content-encoding", "x-contoso")
            }
            ResponseChange::HalfDocument => {
                response.body.truncate(response.body.len() / 2);
                response
            }
            ResponseChange::NotUtf8 => {
                let middle = response.body.len() / 2;
                response
                    .body
                    .splice(middle..middle, [0xff, 0xfe, 0xc3, 0x28]);
                response
            }
            ResponseChange::WrongDate => {
                response
                    .headers
                    .retain(|(name, _)| !name.eq_ignore_ascii_case("date"));
                let wrong = now.saturating_add(DATE_ERROR).unwrap_or(now);
                response.with_header("date", clock::http_date(wrong))
            }
        }
    }
}
