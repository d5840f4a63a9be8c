//! What is known of the path to Microsoft's hosts.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What is uncertain about the list, for whoever edits it.
    #[serde(rename = "doubt")]
    _doubt: String,
    authority_organisations: Vec<String>,
}

static NETWORK: LazyLock<File> =
    LazyLock::new(|| embedded::parse(include_str!("certificate_issuers.toml")));

/// Whether an organisation is one whose certificates Microsoft's hosts show. Microsoft may change its authorities, so a
/// "no" is only ever a likely sign of an inspecting proxy.
pub fn is_microsoft_issuer(organisation: &str) -> bool {
    NETWORK
        .authority_organisations
        .iter()
        .any(|known| known.eq_ignore_ascii_case(organisation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_issuers_differ_from_company_issuers() {
        assert!(
            is_microsoft_issuer("DigiCert Inc") && is_microsoft_issuer("microsoft corporation")
        );
        assert!(
            !is_microsoft_issuer("Contoso")
                && !is_microsoft_issuer("")
                && !is_microsoft_issuer("DigiCert")
        );
    }
}
