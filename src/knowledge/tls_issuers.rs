//! What is known of the path to Microsoft's hosts.

use serde::Deserialize;

use super::table::{Embedded, Table};

/// The table of the certificate issuers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsIssuerTable {
    /// What is uncertain about the list, for editors of the file.
    #[serde(rename = "doubt")]
    _doubt: String,
    authority_organizations: Vec<String>,
}

impl Table for TlsIssuerTable {
    const FILE: &'static str = "tls_issuers.toml";
}

static ISSUERS: Embedded<TlsIssuerTable> = Embedded::new();

/// Whether Microsoft's hosts use certificates of this organization. Microsoft may change its authorities, so a
/// "no" is only ever a likely sign of an inspecting proxy.
pub fn is_microsoft_issuer(organization: &str) -> bool {
    ISSUERS
        .get()
        .authority_organizations
        .iter()
        .any(|known| known.eq_ignore_ascii_case(organization))
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
