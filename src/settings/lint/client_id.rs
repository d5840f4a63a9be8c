//! The OAuth Client ID: the GUID of the customer's own app registration.

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::settings::{ClientId, Reference, TenantId};

use super::guid::{is_all_zero, is_guid, near_miss};

/// What is wrong with the client id, alone or beside the tenant id.
pub(super) fn fault(
    client_id: &ClientId,
    tenant_id: &TenantId,
    reference: &Reference,
) -> Option<SettingsFault> {
    let text = client_id.as_str();
    if text.trim().is_empty() {
        return Some(new(
            SettingsFaultKind::ClientIdMalformed,
            None,
            "The client ID is missing.".to_owned(),
        ));
    }
    if !is_guid(text) || is_all_zero(text) {
        let complaint = near_miss(text).unwrap_or("is not a GUID".into());
        let detail = format!("The client ID {complaint}.");
        return Some(new(
            SettingsFaultKind::ClientIdMalformed,
            Some(text),
            detail,
        ));
    }
    if let Some(name) = reference.first_party_api(text) {
        let detail = format!("This is the ID of {name}, not of your app registration.");
        return Some(new(SettingsFaultKind::ClientIdIsAnApi, Some(text), detail));
    }
    if text.eq_ignore_ascii_case(tenant_id.as_str()) {
        let detail =
            "Tenant ID and client ID are identical; one of them was pasted twice.".to_owned();
        return Some(new(SettingsFaultKind::IdsIdentical, Some(text), detail));
    }
    None
}

fn new(kind: SettingsFaultKind, subject: Option<&str>, detail: String) -> SettingsFault {
    SettingsFault {
        kind,
        subject: subject.map(str::to_owned),
        detail,
        other_cloud: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
    const OWN: &str = "9a410000-1111-4222-8333-444455556666";

    fn kind(client: &str, tenant: &str) -> Option<SettingsFaultKind> {
        let reference = Reference {
            first_party_apis: vec![(GRAPH.to_owned(), "Microsoft Graph".to_owned())],
            ..Reference::default()
        };
        fault(&ClientId::new(client), &TenantId::new(tenant), &reference).map(|fault| fault.kind)
    }

    #[test]
    fn only_a_guid_of_ones_own_is_right() {
        assert_eq!(kind(OWN, "contoso.com"), None);
        for text in [
            "",
            "contoso.com",
            "rx-app",
            " 9a410000-1111-4222-8333-444455556666",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(
                kind(text, "contoso.com"),
                Some(SettingsFaultKind::ClientIdMalformed),
                "{text}"
            );
        }
        assert_eq!(
            kind(&GRAPH.to_uppercase(), "contoso.com"),
            Some(SettingsFaultKind::ClientIdIsAnApi)
        );
    }

    #[test]
    fn the_same_id_in_both_fields_is_seen_whatever_its_case() {
        assert_eq!(
            kind(OWN, &OWN.to_uppercase()),
            Some(SettingsFaultKind::IdsIdentical)
        );
    }
}
