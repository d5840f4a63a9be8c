//! What the error codes of the sign-in service, Graph and Exchange mean.
//!
//! Codes are for people: a code without a row is shown verbatim and judged as unknown, never guessed.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use crate::terms::CauseId;

use super::table::{Embedded, Table};

/// The service a code comes from; the same word can mean different things in two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeSource {
    /// Numbers behind `AADSTS` of the sign-in service.
    SignIn,
    /// `error.code` of Microsoft Graph.
    Graph,
    /// Response codes of Exchange Web Services.
    Exchange,
    /// Numbers in the Exchange header `x-ms-diagnostics`.
    ExchangeDiagnostics,
}

/// What a code leads to. A code without a row means nothing to the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The code names this cause by itself.
    Cause(CauseId),
    /// Refused for want of a permission or by a scope; the token's roles and the pattern over the rooms decide.
    AccessRefused,
    /// Too many requests; waiting helps.
    Throttled,
    /// A passing fault of the service; trying again helps.
    Transient,
    /// What an authorized caller receives for a request about an item that does not exist.
    Accepted,
    /// No mailbox behind the address; the pattern across the rooms distinguishes a wrong address from a mailbox elsewhere.
    MailboxMissing,
    /// The request itself was wrong: a fault of this program, or of a proxy that changed it.
    InvalidRequest,
}

/// One code of one service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeEntry {
    /// The code as the service writes it, without the letters `AADSTS`.
    pub code: String,
    /// The service it comes from.
    pub service: CodeSource,
    /// What it leads to.
    pub meaning: Meaning,
    /// What it means, in plain words.
    pub text: String,
    /// Set where the meaning holds only when a token for this resource (`exchange`) was requested; for any other
    /// resource the code has no cause of its own.
    #[serde(default)]
    pub only_for: Option<String>,
    /// Set for a code of Exchange that is about a SOAP request and never comes through Graph.
    #[serde(default)]
    pub ews_only: bool,
    /// The most frequent reason with ResourceXpress.
    #[serde(default)]
    pub likeliest: Option<String>,
    /// What to do, in short; the cause has the steps.
    #[serde(default)]
    pub fix: Option<String>,
    /// What it means as the response to a request of this program; it does not apply to other products.
    #[serde(default)]
    pub own: Option<String>,
}

/// The meaning of the header `X-EWS-Policy-Reason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyReason {
    /// EWS is disabled for the organization or the mailbox; the header does not show which.
    Disabled,
    /// The client id list or a User-Agent policy blocks access; the header does not show which.
    Blocked,
}

/// One documented value of the header `X-EWS-Policy-Reason`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyHeader {
    /// The value as Microsoft documents it.
    pub value: String,
    /// What it means.
    pub reason: PolicyReason,
    /// What it means, in plain words.
    pub text: String,
}

/// The table of the codes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeTable {
    access_policy_markers: Vec<String>,
    left_out: Vec<u64>,
    policy_header: Vec<PolicyHeader>,
    code: Vec<CodeEntry>,
}

impl Table for CodeTable {
    const FILE: &'static str = "codes.toml";

    fn validated(self) -> Result<Self, String> {
        let mut seen = HashSet::new();
        for entry in &self.code {
            // Codes are looked up in any case, so rows that differ only in case would hide each other.
            if !seen.insert((entry.service, entry.code.to_ascii_lowercase())) {
                return Err(format!("the code `{}` has two rows; keep one", entry.code));
            }
            if entry.service == CodeSource::SignIn {
                self.validate_sign_in_code(&entry.code)?;
            }
        }
        Ok(self)
    }
}

impl CodeTable {
    fn validate_sign_in_code(&self, code: &str) -> Result<(), String> {
        let number: u64 = code.parse().map_err(|_| {
            format!("the code `{code}` must be a number without `AADSTS`, such as `7000215`")
        })?;
        if self.left_out.contains(&number) {
            return Err(format!(
                "the code `{code}` is also in `left_out`; remove it from one of the two"
            ));
        }
        Ok(())
    }
}

static CODES: Embedded<CodeTable> = Embedded::new();

/// Every code of every service, in the order of the file.
pub fn all() -> &'static [CodeEntry] {
    &CODES.get().code
}

/// The meaning of an `AADSTS` number.
pub fn aadsts(code: u64) -> Option<&'static CodeEntry> {
    find(CodeSource::SignIn, &code.to_string())
}

/// The meaning of an `error.code` or inner code of Graph, compared without regard to case. A code of Exchange, which
/// is behind Graph, means the same there unless Graph has a row of its own for it.
pub fn graph(code: &str) -> Option<&'static CodeEntry> {
    find(CodeSource::Graph, code)
        .or_else(|| find(CodeSource::Exchange, code).filter(|entry| !entry.ews_only))
}

/// The meaning of an EWS response code, compared without regard to case.
pub fn exchange(code: &str) -> Option<&'static CodeEntry> {
    find(CodeSource::Exchange, code)
}

/// The meaning of the number at the start of an `x-ms-diagnostics` header.
pub fn diagnostics(code: u64) -> Option<&'static CodeEntry> {
    find(CodeSource::ExchangeDiagnostics, &code.to_string())
}

/// Microsoft's page for looking up an `AADSTS` number.
pub const LOOKUP_PAGE: &str = "https://login.microsoftonline.com/error";

/// Microsoft's page that explains an `AADSTS` number.
pub fn aadsts_lookup_url(aadsts: u64) -> String {
    format!("{LOOKUP_PAGE}?code={aadsts}")
}

/// The documented values of the header `X-EWS-Policy-Reason`.
pub fn policy_headers() -> &'static [PolicyHeader] {
    &CODES.get().policy_header
}

/// The meaning of a value of the header `X-EWS-Policy-Reason`; `None` for an undocumented value.
pub fn policy_reason(value: &str) -> Option<PolicyReason> {
    policy_headers()
        .iter()
        .find(|header| header.value.eq_ignore_ascii_case(value.trim()))
        .map(|header| header.reason)
}

/// Whether a Graph message names an Application Access Policy as the reason of a refusal.
pub fn names_access_policy(message: &str) -> bool {
    ACCESS_POLICY_MARKERS
        .as_ref()
        .is_some_and(|markers| markers.is_match(message))
}

/// A search for the markers of the table. It is made once, because every refusal of every room is searched.
static ACCESS_POLICY_MARKERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(&CODES.get().access_policy_markers)
        .ok()
});

fn find(service: CodeSource, code: &str) -> Option<&'static CodeEntry> {
    all()
        .iter()
        .find(|entry| entry.service == service && entry.code.eq_ignore_ascii_case(code))
}

/// The codes of Graph and Exchange after which the same request is worth another try.
pub fn transient_codes() -> BTreeSet<String> {
    codes_that_mean(
        &[CodeSource::Graph, CodeSource::Exchange],
        &[Meaning::Throttled, Meaning::Transient],
    )
}

/// The codes of Graph and Exchange that require fewer requests.
pub fn throttle_codes() -> BTreeSet<String> {
    codes_that_mean(
        &[CodeSource::Graph, CodeSource::Exchange],
        &[Meaning::Throttled],
    )
}

/// The codes with which Graph refuses an item, and not the caller.
pub fn refused_item_codes() -> BTreeSet<String> {
    codes_that_mean(&[CodeSource::Graph], &[Meaning::Accepted])
}

fn codes_that_mean(services: &[CodeSource], meanings: &[Meaning]) -> BTreeSet<String> {
    let wanted = all()
        .iter()
        .filter(|entry| services.contains(&entry.service) && meanings.contains(&entry.meaning));
    wanted.map(|entry| entry.code.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn cause_of(entry: Option<&CodeEntry>) -> Option<CauseId> {
        match &entry?.meaning {
            Meaning::Cause(id) => Some(*id),
            _ => None,
        }
    }

    #[test]
    fn every_code_is_unique_per_service_and_has_texts() {
        let mut seen = HashSet::new();
        for entry in all() {
            assert!(
                seen.insert((entry.service, entry.code.to_lowercase())),
                "{} twice",
                entry.code
            );
            assert!(!entry.code.is_empty());
            for text in [
                Some(&entry.text),
                entry.likeliest.as_ref(),
                entry.fix.as_ref(),
                entry.own.as_ref(),
            ]
            .into_iter()
            .flatten()
            {
                assert!(!text.trim().is_empty(), "{}", entry.code);
            }
        }
    }

    /// Codes that public logs carry and that had no row once.
    #[test]
    fn codes_with_a_known_meaning_lead_to_their_cause() {
        for (code, id) in [
            (90_112, CauseId::SettingsClientIdMalformed),
            (70_001, CauseId::SignInAppNotFound),
            (700_011, CauseId::SignInAppNotFound),
            (700_038, CauseId::SignInAppNotFound),
            (700_025, CauseId::SignInUnrecognized),
            (500_113, CauseId::SignInUnrecognized),
            (50_131, CauseId::SignInConditionalAccess),
        ] {
            assert_eq!(cause_of(aadsts(code)), Some(id), "{code}");
        }
        for code in [28_002, 28_003] {
            assert_eq!(
                aadsts(code).map(|row| &row.meaning),
                Some(&Meaning::InvalidRequest),
                "{code}"
            );
        }
        assert_eq!(
            cause_of(graph("InvalidAudienceForResource")),
            Some(CauseId::SignInTokenRefused)
        );
        assert_eq!(
            cause_of(graph("MailboxNotSupportedForRESTAPI")),
            Some(CauseId::MailboxNotInExchangeOnline)
        );
        assert_eq!(
            graph("ErrorServerBusy").map(|row| &row.meaning),
            Some(&Meaning::Throttled)
        );
        assert_eq!(
            graph("DelegatedCalendarAccessDenied").map(|row| &row.meaning),
            Some(&Meaning::AccessRefused)
        );
    }

    /// A row may only lack a specific cause where its text names the next step.
    #[test]
    fn a_number_without_a_specific_cause_has_a_fix() {
        for entry in all()
            .iter()
            .filter(|entry| cause_of(Some(entry)) == Some(CauseId::SignInUnrecognized))
        {
            assert!(
                entry.service != CodeSource::SignIn || entry.fix.is_some(),
                "{}",
                entry.code
            );
        }
    }

    #[test]
    fn sign_in_codes_lead_to_the_causes_of_the_contract() {
        for (code, id) in [
            (90_002, CauseId::TenantNotFound),
            (900_021, CauseId::TenantNotFound),
            (900_023, CauseId::TenantNotFound),
            (900_382, CauseId::TenantWrongCloud),
            (900_432, CauseId::TenantWrongCloud),
            (90_038, CauseId::TenantWrongCloud),
            (7_000_215, CauseId::SignInSecretWrong),
            (7_000_222, CauseId::SignInSecretExpired),
            (7_000_216, CauseId::SignInSecretMissing),
            (7_000_218, CauseId::SignInSecretMissing),
            (700_016, CauseId::SignInAppNotFound),
            (7_000_229, CauseId::SignInServicePrincipalMissing),
            (7_000_112, CauseId::SignInAppDisabled),
            (53_003, CauseId::SignInConditionalAccess),
            (530_032, CauseId::SignInConditionalAccess),
            (50_002, CauseId::SignInTenantRestricted),
            (500_021, CauseId::SignInTenantRestricted),
            (500_022, CauseId::SignInTenantRestricted),
            (500_011, CauseId::SignInExchangeNotProvisioned),
            (500_014, CauseId::SignInExchangeDisabled),
            (501_051, CauseId::SignInAssignmentRequired),
            (5_000_225, CauseId::SignInTenantInactive),
            (650_054, CauseId::SignInUnrecognized),
        ] {
            assert_eq!(cause_of(aadsts(code)), Some(id), "{code}");
        }
        assert_eq!(
            aadsts(500_011).and_then(|row| row.only_for.as_deref()),
            Some("exchange")
        );
        assert_eq!(
            aadsts(500_014).and_then(|row| row.only_for.as_deref()),
            Some("exchange")
        );
    }

    #[test]
    fn graph_and_exchange_codes_lead_to_the_causes_of_the_contract() {
        for (code, id) in [
            (
                "Authorization_IdentityNotFound",
                CauseId::SignInServicePrincipalMissing,
            ),
            ("InvalidAuthenticationToken", CauseId::SignInTokenRefused),
            ("insufficient_claims", CauseId::SignInConditionalAccess),
            ("InvalidCloudInstance", CauseId::TenantWrongCloud),
            ("ErrorInvalidUser", CauseId::MailboxNotFound),
            ("Request_ResourceNotFound", CauseId::MailboxNotFound),
            ("ResourceNotFound", CauseId::MailboxNotFound),
            (
                "MailboxNotEnabledForRESTAPI",
                CauseId::MailboxNotInExchangeOnline,
            ),
            (
                "MailboxNotHostedInExchangeOnline",
                CauseId::MailboxNotInExchangeOnline,
            ),
            (
                "OrganizationFromTenantGuidNotFound",
                CauseId::MailboxNotInExchangeOnline,
            ),
        ] {
            assert_eq!(cause_of(graph(code)), Some(id), "{code}");
        }
        for (code, id) in [
            (
                "ErrorOrganizationAccessBlocked",
                CauseId::TenantAccessBlocked,
            ),
            (
                "ErrorImpersonateUserDenied",
                CauseId::EwsImpersonationDenied,
            ),
            ("ErrorImpersonationDenied", CauseId::EwsImpersonationDenied),
            ("ErrorImpersonationFailed", CauseId::EwsImpersonationDenied),
            ("ErrorNonPrimarySmtpAddress", CauseId::MailboxAliasUsed),
            ("ErrorInvalidLicense", CauseId::MailboxLicenseMissing),
            ("ErrorAccountDisabled", CauseId::MailboxAccountDisabled),
            ("ErrorMailboxMoveInProgress", CauseId::MailboxMoving),
            ("ErrorFolderNotFound", CauseId::MailboxCalendarMissing),
        ] {
            assert_eq!(cause_of(exchange(code)), Some(id), "{code}");
        }
    }

    #[test]
    fn responses_to_requests_for_nonexistent_items() {
        for code in [
            "ErrorInvalidIdMalformed",
            "ErrorItemNotFound",
            "ErrorInvalidRecipients",
        ] {
            assert_eq!(
                graph(code).map(|row| &row.meaning),
                Some(&Meaning::Accepted),
                "{code}"
            );
        }
        for code in ["ErrorAccessDenied", "Authorization_RequestDenied"] {
            assert_eq!(
                graph(code).map(|row| &row.meaning),
                Some(&Meaning::AccessRefused),
                "{code}"
            );
        }
        assert!(
            exchange("ErrorItemNotFound").is_some_and(|row| row.meaning != Meaning::Accepted),
            "EWS requests never use an item that does not exist"
        );
    }

    #[test]
    fn throttling_and_missing_mailboxes_keep_their_own_meaning() {
        for code in ["ErrorServerBusy", "ErrorExceededConnectionCount"] {
            assert_eq!(
                exchange(code).map(|row| &row.meaning),
                Some(&Meaning::Throttled)
            );
        }
        assert_eq!(
            graph("ApplicationThrottled").map(|row| &row.meaning),
            Some(&Meaning::Throttled)
        );
        for row in [
            exchange("ErrorNonExistentMailbox"),
            graph("errornonexistentmailbox"),
        ] {
            assert_eq!(row.map(|row| &row.meaning), Some(&Meaning::MailboxMissing));
        }
    }

    #[test]
    fn diagnostic_numbers_of_exchange() {
        for code in [
            2_000_000, 2_000_001, 2_000_002, 2_000_003, 2_000_004, 2_000_006, 2_000_009,
        ] {
            assert_eq!(
                cause_of(diagnostics(code)),
                Some(CauseId::SignInTokenRefused),
                "{code}"
            );
        }
        assert_eq!(
            diagnostics(2_000_008).map(|row| &row.meaning),
            Some(&Meaning::AccessRefused)
        );
        assert_eq!(
            cause_of(diagnostics(2_000_020)),
            Some(CauseId::SignInTenantRestricted)
        );
        assert_eq!(
            diagnostics(2_000_007).map(|row| &row.meaning),
            Some(&Meaning::Transient)
        );
        assert!(diagnostics(2_000_005).is_some() && diagnostics(4_000_000).is_some());
    }

    #[test]
    fn an_unknown_code_has_no_meaning() {
        assert!(aadsts(1).is_none() && graph("NewCode").is_none());
        assert!(exchange("ErrorNewCode").is_none() && diagnostics(1).is_none());
        assert!(
            graph("ErrorImpersonateUserDenied").is_none(),
            "codes belong to their service"
        );
    }

    #[test]
    fn policy_header_values() {
        assert_eq!(
            policy_reason("EWS is disabled for this user or tenant"),
            Some(PolicyReason::Disabled)
        );
        assert_eq!(
            policy_reason(" ews is blocked by policy for this user or tenant "),
            Some(PolicyReason::Blocked)
        );
        assert_eq!(policy_reason("EWS is tired"), None);
        assert_eq!(policy_headers().len(), 2);
    }

    #[test]
    fn access_policy_messages() {
        assert!(names_access_policy(
            "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
        ));
        assert!(names_access_policy(
            "blocked by tenant configured apponly accesspolicy settings"
        ));
        assert!(!names_access_policy("Access to OData is disabled."));
        assert!(!names_access_policy(
            "Access is denied. Check credentials and try again."
        ));
    }

    #[test]
    fn codes_of_exchange_count_at_graph_unless_they_are_about_soap() {
        let outside_soap = all()
            .iter()
            .filter(|entry| entry.service == CodeSource::Exchange && !entry.ews_only);
        for entry in outside_soap {
            assert!(graph(&entry.code).is_some(), "{}", entry.code);
        }
        for (code, id) in [
            ("ErrorInvalidLicense", CauseId::MailboxLicenseMissing),
            ("ErrorAccountDisabled", CauseId::MailboxAccountDisabled),
            ("ErrorFolderNotFound", CauseId::MailboxCalendarMissing),
            ("ErrorNoCalendar", CauseId::MailboxCalendarMissing),
            ("ErrorNonPrimarySmtpAddress", CauseId::MailboxAliasUsed),
            (
                "ErrorOrganizationAccessBlocked",
                CauseId::TenantAccessBlocked,
            ),
            ("ErrorMessageSubmissionBlocked", CauseId::MailSenderUnusable),
            ("ErrorMailboxMoveInProgress", CauseId::MailboxMoving),
        ] {
            assert_eq!(cause_of(graph(code)), Some(id), "{code}");
            assert_eq!(cause_of(exchange(code)), Some(id), "{code}");
        }
        for (code, meaning) in [
            ("ErrorServerBusy", Meaning::Throttled),
            ("ErrorExceededConnectionCount", Meaning::Throttled),
            ("ErrorMailboxStoreUnavailable", Meaning::Transient),
            ("ErrorMailboxFailover", Meaning::Transient),
            ("ErrorTimeoutExpired", Meaning::Transient),
        ] {
            assert_eq!(
                graph(code).map(|row| &row.meaning),
                Some(&meaning),
                "{code}"
            );
        }
        assert!(
            exchange("ErrorInvalidIdMalformed").is_none(),
            "codes of Graph do not count at EWS"
        );
    }

    #[test]
    fn the_lookup_address_carries_the_number() {
        assert_eq!(
            aadsts_lookup_url(7_000_222),
            "https://login.microsoftonline.com/error?code=7000222"
        );
    }
}
