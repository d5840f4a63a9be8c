//! The OAuth Tenant ID: a GUID or a domain of the tenant.

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::settings::TenantId;
use crate::settings::address::is_domain;

use super::guid::{is_guid, near_miss};

/// Words that Entra reads as "any tenant"; an app with its own credentials needs one tenant.
const RESERVED: [&str; 3] = ["common", "organizations", "consumers"];

/// The tenant of all personal Microsoft accounts, in which `consumers` ends.
/// (<https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>)
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// What is wrong with the tenant id.
pub fn fault(tenant_id: &TenantId) -> Option<SettingsFault> {
    let text = tenant_id.as_str();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Some(reserved(None, "The tenant ID is missing.".to_owned()));
    }
    if RESERVED
        .iter()
        .any(|word| word.eq_ignore_ascii_case(trimmed))
    {
        return Some(reserved(
            Some(text),
            format!("\"{trimmed}\" means any tenant; enter the ID of one tenant."),
        ));
    }
    if trimmed.eq_ignore_ascii_case(PERSONAL_ACCOUNTS) {
        let detail = "This is the ID of the tenant for personal Microsoft accounts; enter the ID of your tenant.";
        return Some(reserved(Some(text), detail.to_owned()));
    }
    let complaint = match near_miss(text) {
        Some(miss) => miss,
        // Entra accepts a domain of the tenant in place of its id.
        None if is_guid(text) || is_domain(text) => return None,
        None if trimmed != text => "has spaces around it".into(),
        None => "is neither a GUID nor a domain".into(),
    };
    Some(SettingsFault {
        kind: SettingsFaultKind::TenantIdMalformed,
        subject: Some(text.to_owned()),
        detail: format!("The tenant ID {complaint}."),
        other_cloud: None,
    })
}

fn reserved(subject: Option<&str>, detail: String) -> SettingsFault {
    SettingsFault {
        kind: SettingsFaultKind::TenantIdReserved,
        subject: subject.map(str::to_owned),
        detail,
        other_cloud: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<SettingsFaultKind> {
        fault(&TenantId::new(text)).map(|fault| fault.kind)
    }

    #[test]
    fn guids_and_domains_are_right() {
        for text in [
            "5f3c0000-1111-4222-8333-444455556666",
            "contoso.onmicrosoft.com",
            "sub.contoso.co.uk",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn reserved_words_and_nothing_are_reserved() {
        for text in [
            "",
            "  ",
            "common",
            "Organizations",
            "consumers",
            "9188040D-6c67-4c5b-b112-36a304b66dad",
        ] {
            assert_eq!(
                kind(text),
                Some(SettingsFaultKind::TenantIdReserved),
                "{text}"
            );
        }
    }

    #[test]
    fn everything_else_is_malformed() {
        let texts = [
            "admin@contoso.com",
            "${TENANT_ID}",
            "<tenant id>",
            "{5f3c0000-1111-4222-8333-444455556666}",
            "00000000-0000-0000-0000-000000000000",
            "5f3c0000-1111-4222-8333-44445555666",
            "contoso",
            "contoso.com ",
            "https://login.microsoftonline.com/contoso.com",
            "\u{200b}contoso.com",
        ];
        for text in texts {
            assert_eq!(
                kind(text),
                Some(SettingsFaultKind::TenantIdMalformed),
                "{text}"
            );
        }
    }
}
