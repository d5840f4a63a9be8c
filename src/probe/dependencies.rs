//! The dependency graph between checks.
//!
//! A check *needs* another one when it cannot run without it. It *uses* another one when the result of that check is part
//! of its assessment or separates a cause from a symptom. The stages of a run follow this order.

use CheckId::{
    DirectoryGroups, DirectoryUsers, ExchangeEwsRetirement, GrantCalendarsReadWrite,
    GrantFullAccessAsApp, GrantGroupReadAll, GrantMailSend, GrantUserReadAll, MailSend,
    MailboxCalendarRead, MailboxCalendarWrite, MailboxExpectDenied, MailboxImpersonation,
    MailboxServiceAccount, NetworkExchange, NetworkGraph, NetworkSignIn, RegistrationConsent,
    RegistrationSecretExpiry, SettingsClientId, SettingsClientSecret, SettingsRooms,
    SettingsServerHostName, SettingsServiceAccount, SettingsTenantId, SignInExchange, SignInGraph,
    TenantDiscovery,
};

use crate::terms::{Api, CheckGroup, CheckId};

/// The checks that must pass before `check` can run on a connection over `api`.
pub(super) fn needs(check: CheckId, api: Option<Api>) -> &'static [CheckId] {
    match (check, api) {
        (MailboxCalendarRead | MailboxCalendarWrite | ExchangeEwsRetirement, Some(Api::Ews)) => {
            &[MailboxImpersonation]
        }
        (MailboxCalendarWrite, _) => &[MailboxCalendarRead],
        (MailboxImpersonation | GrantFullAccessAsApp, _)
        | (MailboxServiceAccount | MailboxExpectDenied, Some(Api::Ews)) => &[SignInExchange],
        (check, _) if requires_graph_token(check) => &[SignInGraph],
        _ => &[],
    }
}

/// Whether a check requires a Graph token, unless the connection books over EWS.
fn requires_graph_token(check: CheckId) -> bool {
    let of_a_connection = matches!(
        check,
        MailboxCalendarRead | MailboxServiceAccount | MailboxExpectDenied
    );
    let grant = check.group() == CheckGroup::Grant && check != GrantFullAccessAsApp;
    of_a_connection
        || grant
        || matches!(
            check.group(),
            CheckGroup::Mail | CheckGroup::Directory | CheckGroup::Registration
        )
}

/// The checks whose results influence the assessment of `check`.
pub(super) fn uses(check: CheckId, api: Option<Api>) -> &'static [CheckId] {
    match (check, api) {
        (TenantDiscovery, _) => &[SettingsTenantId, NetworkSignIn],
        (SignInGraph | SignInExchange, _) => &[
            SettingsTenantId,
            SettingsClientId,
            SettingsClientSecret,
            NetworkSignIn,
            TenantDiscovery,
        ],
        (GrantFullAccessAsApp, _) => &[
            RegistrationConsent,
            MailboxImpersonation,
            MailboxServiceAccount,
        ],
        (GrantCalendarsReadWrite, _) => &[
            RegistrationConsent,
            MailboxCalendarRead,
            MailboxCalendarWrite,
        ],
        (GrantMailSend, _) => &[RegistrationConsent, MailSend],
        (GrantUserReadAll, _) => &[RegistrationConsent, DirectoryUsers],
        (GrantGroupReadAll, _) => &[RegistrationConsent, DirectoryGroups],
        (MailSend | DirectoryUsers | DirectoryGroups, _) => &[RegistrationConsent, NetworkGraph],
        (RegistrationConsent | RegistrationSecretExpiry, _) => &[NetworkGraph],
        (MailboxServiceAccount, Some(Api::Ews)) => &[
            SettingsServiceAccount,
            SettingsServerHostName,
            NetworkExchange,
        ],
        (MailboxServiceAccount, _) => {
            &[SettingsServiceAccount, SettingsServerHostName, NetworkGraph]
        }
        (MailboxImpersonation | MailboxCalendarRead | MailboxExpectDenied, Some(Api::Ews)) => &[
            RegistrationConsent,
            SettingsRooms,
            SettingsServerHostName,
            NetworkExchange,
        ],
        (MailboxCalendarRead | MailboxExpectDenied, _) => &[
            RegistrationConsent,
            SettingsRooms,
            SettingsServerHostName,
            NetworkGraph,
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The depth of a check, over everything that it needs and uses.
    fn depth(check: CheckId, api: Option<Api>, seen: &mut Vec<CheckId>) -> usize {
        assert!(!seen.contains(&check), "{check} rests on itself: {seen:?}");
        seen.push(check);
        let below = needs(check, api).iter().chain(uses(check, api));
        let deepest = below
            .map(|other| depth(*other, api, seen) + 1)
            .max()
            .unwrap_or_default();
        seen.pop();
        deepest
    }

    #[test]
    fn nothing_rests_on_itself() {
        for api in [None, Some(Api::Ews), Some(Api::Graph)] {
            for check in CheckId::ALL {
                assert!(depth(*check, api, &mut Vec::new()) < 12, "{check}");
            }
        }
    }

    #[test]
    fn what_a_check_needs_comes_before_it_in_the_report_but_for_the_grants() {
        for api in [Some(Api::Ews), Some(Api::Graph)] {
            for check in CheckId::ALL {
                assert!(
                    needs(*check, api).iter().all(|needed| needed < check),
                    "{check}"
                );
            }
        }
    }
}
