//! The words of `requirements`: who may consent, and the narrower way inside Exchange.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

/// The texts and command templates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// Who may consent to application permissions of Microsoft Graph.
    pub graph_consent: String,
    /// Who may consent to permissions of Exchange Online.
    pub exchange_consent: String,
    /// What the consent address does.
    pub consent_note: String,
    /// What the portal adds without need.
    pub not_needed: String,
    /// What RBAC for Applications is.
    pub rbac_intro: String,
    /// What it cannot do.
    pub rbac_none: String,
    /// In which order to change over.
    pub rbac_order: String,
    /// Commands in front of the assignments; placeholders `{client_id}` and `{object_id}`.
    pub rbac_head: String,
    /// One assignment; placeholders `{client_id}` and `{role}`.
    pub rbac_assign: String,
    /// What is special about sending mail.
    pub rbac_sender: String,
    /// How to test; placeholders `{client_id}` and `{room}`.
    pub rbac_test: String,
}

static REQUIREMENTS: LazyLock<Requirements> = LazyLock::new(|| embedded::parse(include_str!("requirements.toml")));

/// The texts and command templates.
pub fn requirements() -> &'static Requirements {
    &REQUIREMENTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_names_the_app() {
        let texts = requirements();
        for command in [&texts.rbac_head, &texts.rbac_assign, &texts.rbac_test] {
            assert!(command.contains("{client_id}"), "{command}");
        }
    }
}
