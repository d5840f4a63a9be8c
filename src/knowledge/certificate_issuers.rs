//! What is known of the path to Microsoft's hosts.

use serde::Deserialize;

use super::table::{Embedded, Table};

/// The table of the certificate issuers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssuerTable {
    /// What is uncertain about the list, for whoever edits it.
    #[serde(rename = "doubt")]
    _doubt: String,
    authority_organisations: Vec<String>,
}

impl Table for IssuerTable {
    const FILE: &'static str = "certificate_issuers.toml";
}

static ISSUERS: Embedded<IssuerTable> = Embedded::new();

/// Whether an organisation is one whose certificates Microsoft's hosts show. Microsoft may change its authorities, so a
/// "no" is only ever a likely sign of an inspecting proxy.
pub fn is_microsoft_issuer(organisation: &str) -> bool {
    ISSUERS
        .get()
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
