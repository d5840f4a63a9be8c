//! What came of asking a tenant for its rooms.

use serde::{Deserialize, Serialize};

use super::Reply;
use crate::terms::CheckId;

/// The code with which Places says that the permission is missing, as JSON inside the message of its error.
const PERMISSION_MISSING: &str = "invalid_permissions";

/// Whether a tenant was asked for its rooms, and what it said.
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoomListing {
    /// It was not asked, because this check did not pass.
    #[serde(rename = "prevented")]
    Blocked(CheckId),
    /// It was asked.
    #[serde(rename = "asked")]
    Requested(Reply<RoomListFacts>),
}

/// A list of rooms, without the rooms: their addresses are the subjects of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoomListFacts {
    /// The number of distinct addresses.
    pub rooms: usize,
    /// The names of rooms that are listed without an address that can be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_address: Vec<String>,
    /// Why the list is not whole, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_short: Option<String>,
}

impl RoomListing {
    /// Whether the tenant refused the list for want of the permission. The status of that answer is not documented; a
    /// 401 says so only with the code of Places, since a failing service behind Graph answers 401 as well.
    pub fn lacks_permission(&self) -> bool {
        let Self::Requested(Reply::Refused(refusal)) = self else {
            return false;
        };
        let named = refusal
            .inner_codes
            .iter()
            .any(|code| code == PERMISSION_MISSING);
        let challenged = refusal
            .challenge
            .as_ref()
            .is_some_and(|challenge| challenge.error.is_some());
        named || (refusal.status == 403 && !challenged && refusal.aadsts.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Challenge, Refusal};
    use super::*;

    fn refused(status: u16, inner: &[&str], challenge: Option<&str>) -> RoomListing {
        let challenge = challenge.map(|error| Challenge {
            error: Some(error.to_owned()),
            ..Challenge::default()
        });
        let inner_codes = inner.iter().map(|code| (*code).to_owned()).collect();
        RoomListing::Requested(Reply::Refused(Refusal {
            status,
            inner_codes,
            challenge,
            ..Refusal::default()
        }))
    }

    #[test]
    fn a_missing_permission_is_distinguished_from_other_refusals() {
        assert!(refused(403, &[], None).lacks_permission());
        assert!(refused(401, &["invalid_permissions"], None).lacks_permission());
        assert!(!refused(401, &["Unauthorized"], None).lacks_permission());
        assert!(!refused(403, &[], Some("insufficient_claims")).lacks_permission());
        assert!(!refused(503, &[], None).lacks_permission());
        assert!(
            !RoomListing::Requested(Reply::Success(RoomListFacts::default())).lacks_permission()
        );
        assert!(!RoomListing::Blocked(CheckId::SignInGraph).lacks_permission());
    }
}
