//! The Resource Login User ID: needed for EWS, and for Graph up to v2021.5 HF2.

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::settings::{MailboxAddress, ProductVersion};
use crate::terms::Api;

/// A service account that is needed and missing, or no address.
pub(in crate::settings) fn fault(
    account: Option<&str>,
    api: Api,
    version: Option<ProductVersion>,
) -> Option<SettingsFault> {
    let reason = need(api, version)?;
    let typed = account.filter(|account| !account.trim().is_empty());
    let (kind, detail) = match typed.map(|text| (text, MailboxAddress::parse(text))) {
        Some((_, Ok(_))) => return None,
        Some((text, Err(fault))) => {
            let fault = if text.contains('\\') {
                "it has the format DOMAIN\\user".to_owned()
            } else {
                fault.to_string()
            };
            let detail = format!(
                "The Resource Login User ID is not a valid SMTP address: {fault}. {reason}"
            );
            (SettingsFaultKind::ServiceAccountMalformed, detail)
        }
        None => (
            SettingsFaultKind::ServiceAccountMissing,
            format!("The Resource Login User ID is missing. {reason}"),
        ),
    };
    Some(SettingsFault {
        kind,
        subject: typed.map(str::to_owned),
        detail,
        other_cloud: None,
    })
}

/// Why the account is required; `None` if it is not, or if the version is unknown.
fn need(api: Api, version: Option<ProductVersion>) -> Option<String> {
    match (api, version) {
        (Api::Ews, _) => Some("An EWS connection requires it.".to_owned()),
        (Api::Graph, Some(version)) if version.graph_needs_service_account() => Some(format!(
            "ResourceXpress {version} requires it for Graph too; from 2021.6 on, it may be empty."
        )),
        (Api::Graph, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(account: Option<&str>, api: Api, version: Option<&str>) -> bool {
        fault(account, api, version.map(|text| text.parse().unwrap())).is_some()
    }

    #[test]
    fn ews_always_needs_an_address() {
        assert!(found(None, Api::Ews, Some("2024.1")));
        assert!(found(Some(" "), Api::Ews, None));
        assert!(found(Some("CONTOSO\\rx"), Api::Ews, None));
        assert!(!found(Some("rx@contoso.com"), Api::Ews, None));
    }

    #[test]
    fn graph_needs_it_in_old_versions_only() {
        assert!(found(None, Api::Graph, Some("2021.5 HF2")));
        assert!(!found(None, Api::Graph, Some("2021.6")));
        assert!(!found(None, Api::Graph, None));
    }

    #[test]
    fn a_malformed_address_is_reported() {
        let fault = fault(Some("rx-service"), Api::Ews, None).unwrap();
        assert!(fault.detail.contains("not a valid SMTP address"));
        assert_eq!(fault.subject.as_deref(), Some("rx-service"));
    }
}
