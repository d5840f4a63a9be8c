//! Which connections share tenant, client and credential, and with them the tokens.

use super::Connection;

/// The number of the set of tenant, client and credential: that of an earlier connection with the same set, else the next
/// one.
pub(super) fn credentials_number(earlier: &[Connection], connection: &Connection) -> usize {
    let same = |other: &&Connection| {
        other
            .tenant_id
            .as_str()
            .eq_ignore_ascii_case(connection.tenant_id.as_str())
            && other
                .client_id
                .as_str()
                .eq_ignore_ascii_case(connection.client_id.as_str())
            && other.credential.same_as(&connection.credential)
    };
    let next = earlier
        .iter()
        .map(|other| other.credentials + 1)
        .max()
        .unwrap_or_default();
    earlier
        .iter()
        .find(same)
        .map_or(next, |other| other.credentials)
}
