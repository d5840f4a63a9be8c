//! The room list of a tenant.

use serde::{Deserialize, Serialize};

use crate::terms::CheckId;

use super::Reply;

/// The code of the Places API for a missing permission, as JSON inside the message of its error.
const PERMISSION_MISSING: &str = "invalid_permissions";

/// Whether the room list of a tenant was requested, and the response.
#[expect(clippy::large_enum_variant, reason = "there is one of it in a run")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoomListing {
    /// It was not requested, because this check did not pass.
    #[serde(rename = "prevented")]
    Blocked(CheckId),
    /// It was requested.
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
    /// Whether the tenant denied the list because the permission is missing. The status of that response is not documented;
    /// a 401 shows it only with the code of Places, since a failing service behind Graph also responds with 401.
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
