//! The ledger: every request that was made.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Purpose;

/// One request as it stands in the report. It holds no secret, no token and no body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequestRecord {
    /// The number by which results refer to it, from 1.
    pub n: u32,
    /// When it was sent first, UTC.
    #[schemars(with = "String")]
    pub at: Timestamp,
    /// The check that wanted it, or `control`.
    #[schemars(with = "String")]
    pub purpose: Purpose,
    /// The HTTP method.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Whether it could change anything in the tenant.
    pub writes: bool,
    /// The HTTP status of the last attempt; `null` when no answer came.
    pub status: Option<u16>,
    /// How long all attempts took together, in milliseconds.
    pub ms: u64,
    /// How often it was sent.
    pub attempts: u32,
    /// The service's id of the request.
    pub request_id: Option<String>,
    /// Our id of the request.
    pub client_request_id: Option<String>,
    /// The answer's headers that help to diagnose; names in lower case.
    pub headers: BTreeMap<Cow<'static, str>, String>,
    /// Why no answer came, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
