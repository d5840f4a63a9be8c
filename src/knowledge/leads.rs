//! Where codes lead that name no cause by themselves, and where to look up what no table knows.

use std::sync::LazyLock;

use serde::Deserialize;

use super::codes::{CodeEntry, CodeSource, Meaning, PolicyReason};
use super::embedded;
use crate::terms::CauseId;

/// What a code says about the cause, and the causes that can stand behind it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lead {
    meaning: Meaning,
    #[serde(default)]
    service: Option<CodeSource>,
    #[serde(default)]
    codes: Vec<String>,
    /// What the code says about the cause, in one line.
    pub text: String,
    /// Ids of the causes that can stand behind it, the likeliest first.
    pub causes: Vec<CauseId>,
}

impl Lead {
    fn fits(&self, entry: &CodeEntry, meaning: &Meaning) -> bool {
        self.meaning == *meaning
            && self.service.is_none_or(|service| service == entry.service)
            && (self.codes.is_empty() || self.codes.contains(&entry.code))
    }
}

/// The causes behind a value of the header `X-EWS-Policy-Reason`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyLead {
    reason: PolicyReason,
    /// Id of the cause to look at first.
    pub cause: CauseId,
    /// Ids of the causes that the header cannot tell from it.
    #[serde(default)]
    pub or_perhaps: Vec<CauseId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    service: CodeSource,
    address: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lead: Vec<Lead>,
    policy_lead: Vec<PolicyLead>,
    page: Vec<Page>,
}

static FILE: LazyLock<File> = LazyLock::new(|| embedded::parse(include_str!("leads.toml")));

/// Where a code with this meaning leads; `None` for a meaning that names its cause by itself.
pub fn lead(entry: &CodeEntry, meaning: &Meaning) -> Option<&'static Lead> {
    FILE.lead.iter().find(|lead| lead.fits(entry, meaning))
}

/// The causes behind a reason of the header `X-EWS-Policy-Reason`.
pub fn policy_lead(reason: PolicyReason) -> Option<&'static PolicyLead> {
    FILE.policy_lead.iter().find(|lead| lead.reason == reason)
}

/// Microsoft's page about the codes of a service. The sign-in has no such page but one for every number, see
/// [`super::lookup_address`].
pub fn page(service: CodeSource) -> Option<&'static str> {
    FILE.page
        .iter()
        .find(|page| page.service == service)
        .map(|page| page.address.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::codes;

    #[test]
    fn every_code_leads_somewhere_and_only_to_causes_that_exist() {
        for entry in codes() {
            let lead = lead(entry, &entry.meaning);
            assert_eq!(
                lead.is_none(),
                matches!(entry.meaning, Meaning::Cause(_)),
                "{}",
                entry.code
            );
        }
        for lead in &FILE.lead {
            assert!(!lead.text.is_empty());
            assert!(
                codes().iter().any(|entry| lead.fits(entry, &entry.meaning)),
                "{:?} fits no code",
                lead.codes
            );
        }
    }

    #[test]
    fn what_can_be_mended_or_waited_for_has_a_cause() {
        for lead in &FILE.lead {
            let nothing_to_mend = matches!(lead.meaning, Meaning::Accepted | Meaning::OurFault);
            assert_eq!(lead.causes.is_empty(), nothing_to_mend, "{}", lead.text);
        }
    }

    #[test]
    fn every_single_code_of_a_row_is_one_of_the_table() {
        for code in FILE.lead.iter().flat_map(|lead| &lead.codes) {
            assert!(codes().iter().any(|entry| entry.code == *code), "{code}");
        }
    }

    #[test]
    fn both_policy_reasons_have_their_causes() {
        let disabled = policy_lead(PolicyReason::Disabled).unwrap();
        assert_eq!(
            (disabled.cause, disabled.or_perhaps.len()),
            (CauseId::EwsDisabled, 1)
        );
        assert_eq!(
            policy_lead(PolicyReason::Blocked).unwrap().cause,
            CauseId::EwsAppNotAllowed
        );
    }

    #[test]
    fn every_service_but_the_sign_in_has_one_page() {
        assert_eq!(page(CodeSource::SignIn), None);
        for service in [
            CodeSource::Graph,
            CodeSource::Exchange,
            CodeSource::ExchangeDiagnostics,
        ] {
            assert!(
                page(service).is_some_and(|address| address.starts_with("https://")),
                "{service:?}"
            );
        }
    }
}
