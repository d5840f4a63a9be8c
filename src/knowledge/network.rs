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

static NETWORK: LazyLock<File> = LazyLock::new(|| embedded::parse(include_str!("network.toml")));

/// Whether an organisation is one whose certificates Microsoft's hosts show. Microsoft may change its authorities, so a
/// "no" is only ever a likely sign of an inspecting proxy.
pub fn issues_for_microsoft(organisation: &str) -> bool {
    NETWORK
        .authority_organisations
        .iter()
        .any(|known| known.eq_ignore_ascii_case(organisation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_authorities_are_told_from_those_of_a_company() {
        assert!(
            issues_for_microsoft("DigiCert Inc") && issues_for_microsoft("microsoft corporation")
        );
        assert!(
            !issues_for_microsoft("Contoso")
                && !issues_for_microsoft("")
                && !issues_for_microsoft("DigiCert")
        );
    }
}
