//! Where codes hint that name no cause by themselves, and where to look up what no table knows.

use serde::Deserialize;

use crate::terms::CauseId;

use super::codes::{CodeEntry, CodeSource, Meaning, PolicyReason};
use super::table::{Embedded, Table};

/// What a code shows about the cause, and the possible causes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousCode {
    meaning: Meaning,
    #[serde(default)]
    service: Option<CodeSource>,
    #[serde(default)]
    codes: Vec<String>,
    /// What the code shows about the cause, in one line.
    pub text: String,
    /// Ids of the possible causes, the most likely first.
    pub causes: Vec<CauseId>,
}

impl AmbiguousCode {
    fn fits(&self, entry: &CodeEntry, meaning: &Meaning) -> bool {
        self.meaning == *meaning
            && self.service.is_none_or(|service| service == entry.service)
            // A hint without codes applies to every code with its meaning.
            && (self.codes.is_empty() || self.codes.contains(&entry.code))
    }
}

/// The causes behind a value of the header `X-EWS-Policy-Reason`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyHint {
    reason: PolicyReason,
    /// Id of the cause to look at first.
    pub cause: CauseId,
    /// Ids of the causes for which the header looks the same.
    #[serde(default)]
    pub or_perhaps: Vec<CauseId>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReferencePage {
    service: CodeSource,
    address: String,
}

/// The table of the hints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmbiguousCodeTable {
    ambiguous_code: Vec<AmbiguousCode>,
    policy_hint: Vec<PolicyHint>,
    page: Vec<ReferencePage>,
}

impl Table for AmbiguousCodeTable {
    const FILE: &'static str = "ambiguous_codes.toml";
}

static HINTS: Embedded<AmbiguousCodeTable> = Embedded::new();

/// What a code with this meaning shows about the cause; `None` for a meaning that names its cause by itself.
pub fn ambiguous_code(entry: &CodeEntry, meaning: &Meaning) -> Option<&'static AmbiguousCode> {
    HINTS
        .get()
        .ambiguous_code
        .iter()
        .find(|hint| hint.fits(entry, meaning))
}

/// The causes behind a reason of the header `X-EWS-Policy-Reason`.
pub fn policy_hint(reason: PolicyReason) -> Option<&'static PolicyHint> {
    HINTS
        .get()
        .policy_hint
        .iter()
        .find(|hint| hint.reason == reason)
}

/// Microsoft's page about the codes of a service. The sign-in has no such page but one for every number, see
/// [`super::aadsts_lookup_url`].
pub fn reference_page(service: CodeSource) -> Option<&'static str> {
    HINTS
        .get()
        .page
        .iter()
        .find(|page| page.service == service)
        .map(|page| page.address.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::codes;

    #[test]
    fn every_code_has_a_cause_or_a_hint() {
        for entry in codes() {
            let hint = ambiguous_code(entry, &entry.meaning);
            assert_eq!(
                hint.is_none(),
                matches!(entry.meaning, Meaning::Cause(_)),
                "{}",
                entry.code
            );
        }
        for hint in &HINTS.get().ambiguous_code {
            assert!(!hint.text.is_empty());
            assert!(
                codes().iter().any(|entry| hint.fits(entry, &entry.meaning)),
                "{:?} fits no code",
                hint.codes
            );
        }
    }

    #[test]
    fn a_fixable_or_passing_error_has_a_cause() {
        for hint in &HINTS.get().ambiguous_code {
            let needs_no_fix = matches!(hint.meaning, Meaning::Accepted | Meaning::InvalidRequest);
            assert_eq!(hint.causes.is_empty(), needs_no_fix, "{}", hint.text);
        }
    }

    #[test]
    fn every_code_of_a_hint_is_in_the_code_table() {
        for code in HINTS
            .get()
            .ambiguous_code
            .iter()
            .flat_map(|hint| &hint.codes)
        {
            assert!(codes().iter().any(|entry| entry.code == *code), "{code}");
        }
    }

    #[test]
    fn both_policy_reasons_have_causes() {
        let disabled = policy_hint(PolicyReason::Disabled).unwrap();
        assert_eq!(
            (disabled.cause, disabled.or_perhaps.len()),
            (CauseId::EwsDisabled, 1)
        );
        assert_eq!(
            policy_hint(PolicyReason::Blocked).unwrap().cause,
            CauseId::EwsAppNotAllowed
        );
    }

    #[test]
    fn every_service_but_the_sign_in_has_one_page() {
        assert_eq!(reference_page(CodeSource::SignIn), None);
        for service in [
            CodeSource::Graph,
            CodeSource::Exchange,
            CodeSource::ExchangeDiagnostics,
        ] {
            assert!(
                reference_page(service).is_some_and(|address| address.starts_with("https://")),
                "{service:?}"
            );
        }
    }
}
