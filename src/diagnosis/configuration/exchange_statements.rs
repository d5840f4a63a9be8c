//! What Entra ID and Exchange Online grant to an app: consent, access policies, Exchange roles, and the switches of EWS.

use crate::diagnosis::name_enumeration;
use crate::evidence::{
    ApplicationAccessPolicy, EwsSwitch, EwsUserAgentPolicy, GrantedPermission,
    MailboxAdministration, MailboxPurpose, RoleAuthorization, WorkloadPolicy,
};
use crate::knowledge::{self, Need, format_message};
use crate::terms::{ConfigurationFact, NeedId};

use super::statement::{Statement, Subject};

/// The app ID of a policy for every app.
const EVERY_APP: &str = "*";

/// How many policies a sentence names before it counts the others.
const NAMED: usize = 3;

/// The value of Conditional Access for all service principals of the tenant.
const ALL_SERVICE_PRINCIPALS: &str = "ServicePrincipalsInMyTenant";

impl Subject<'_> {
    /// What Entra ID and Exchange grant.
    pub(super) fn grant_statements(&self) -> Vec<Statement> {
        let Some(need) = self.need else {
            return Vec::new();
        };
        let consent = self.has_consent(need);
        let scope = self.scope_statement(need, consent);
        let grant = match (consent, scope.as_ref().map(|own| own.fact)) {
            (Some(true), _) => Some(self.state(ConfigurationFact::ConsentGiven, "")),
            // Exchange can grant it as well, so only both together show that nothing does.
            (Some(false), Some(ConfigurationFact::NoExchangeRole)) => {
                Some(self.state(ConfigurationFact::NotGranted, ""))
            }
            (Some(false), None) if need.exchange_rbac_role.is_none() => {
                Some(self.state(ConfigurationFact::NotGranted, ""))
            }
            _ => None,
        };
        grant.into_iter().chain(scope).collect()
    }

    /// Whether Entra ID lists consent for the permission; `None` if it was not read.
    fn has_consent(&self, need: &Need) -> Option<bool> {
        let granted = self.app()?.granted_application.as_ref()?;
        let satisfies = |own: &GrantedPermission| {
            let resource = own.resource_app_id.as_deref();
            resource.and_then(knowledge::api_by_resource) == Some(need.api)
                && own
                    .permission
                    .as_ref()
                    .is_some_and(|value| need.full.contains(value))
        };
        Some(granted.iter().any(satisfies))
    }

    fn scope_statement(&self, need: &Need, consent: Option<bool>) -> Option<Statement> {
        need.exchange_rbac_role.as_deref()?;
        let Some(entries) = self.role_entries(need) else {
            return self
                .is_unknown_to_exchange()
                .then(|| self.state(ConfigurationFact::NoExchangeRole, "Get-ServicePrincipal"));
        };
        let Some(first) = entries.first() else {
            let command = "Test-ServicePrincipalAuthorization";
            return Some(self.state(ConfigurationFact::NoExchangeRole, command));
        };
        // A row about the app needs every mailbox in the scope.
        let is_in_scope = |entry: &&&RoleAuthorization| entry.in_scope == Some(true);
        let is_inside = if self.address.is_some() {
            entries.iter().any(|entry| is_in_scope(&entry))
        } else {
            entries.iter().all(|entry| is_in_scope(&entry))
        };
        let role = entries.iter().find(is_in_scope).unwrap_or(first);
        if is_inside {
            return Some(self.state(ConfigurationFact::InScope, &role.role));
        }
        // Entra ID grants access to all mailboxes, so a scope of an Exchange role limits nothing then.
        let is_limited = consent != Some(true) && !self.is_declared;
        let is_outside = entries.iter().all(|entry| entry.in_scope == Some(false));
        (is_limited && is_outside).then(|| self.state(ConfigurationFact::OutsideScope, &first.role))
    }

    /// The roles that grant a permission on the mailbox, or on all mailboxes that need it if the row is about the app;
    /// `None` if they were not read.
    fn role_entries(&self, need: &Need) -> Option<Vec<&RoleAuthorization>> {
        if self.address.is_some() {
            let roles = self.access()?.exchange_roles.as_ref()?;
            return Some(granting(roles, need).collect());
        }
        let purpose = need_purpose(need.id)?;
        let of_purpose = self.roles_of_mailboxes(|mailbox| mailbox.purposes.contains(&purpose));
        let read = match of_purpose.as_slice() {
            [] => self.roles_of_mailboxes(|_| true),
            _ => of_purpose,
        };
        let all = || {
            read.iter()
                .flat_map(|roles| granting(roles, need))
                .collect()
        };
        (!read.is_empty()).then(all)
    }

    /// The roles of the app on the chosen mailboxes, as far as they were read.
    fn roles_of_mailboxes(
        &self,
        is_chosen: impl Fn(&MailboxAdministration) -> bool,
    ) -> Vec<&[RoleAuthorization]> {
        let mailboxes = self.configured.evidence.mailboxes.iter();
        mailboxes
            .filter(|mailbox| is_chosen(mailbox))
            .filter_map(|mailbox| mailbox.access_of(&self.connection.client_id))
            .filter_map(|access| access.exchange_roles.as_deref())
            .collect()
    }

    /// Whether the app is not registered in Exchange, so that it has no role there.
    fn is_unknown_to_exchange(&self) -> bool {
        let registered = self
            .configured
            .evidence
            .exchange_service_principals
            .as_ref();
        registered.is_some_and(|apps| {
            !apps
                .iter()
                .any(|app| app.app_id.eq_ignore_ascii_case(&self.connection.client_id))
        })
    }

    /// What the application access policies state about the mailbox.
    pub(super) fn policy_statement(&self) -> Option<Statement> {
        let result = self
            .access()
            .and_then(|access| access.access_policy.as_deref());
        match result {
            Some(denied) if denied.eq_ignore_ascii_case("Denied") => {
                let denied = self.state(ConfigurationFact::PolicyDenied, "");
                Some(denied.with(self.policies_of_app()))
            }
            Some(granted) if granted.eq_ignore_ascii_case("Granted") => {
                Some(self.state(ConfigurationFact::PolicyGranted, ""))
            }
            _ => {
                let policies = self.configured.access_policies()?;
                let has_one = policies.iter().any(|policy| self.is_about_the_app(policy));
                (!has_one).then(|| self.state(ConfigurationFact::NoPolicy, ""))
            }
        }
    }

    fn is_about_the_app(&self, policy: &ApplicationAccessPolicy) -> bool {
        let app_id = &self.connection.client_id;
        policy.app_id == EVERY_APP || policy.app_id.eq_ignore_ascii_case(app_id)
    }

    /// The policies of the app, with the groups that an administrator has to change.
    fn policies_of_app(&self) -> Option<String> {
        let policies = self.configured.access_policies()?.iter();
        let own = policies.filter(|policy| self.is_about_the_app(policy));
        let named: Vec<String> = own
            .filter_map(|policy| {
                let right = policy.access_right.as_deref()?;
                let group = policy.scope_name.as_deref()?;
                Some(format!("{right} '{group}'"))
            })
            .collect();
        let detail = name_enumeration::join_first(&named, NAMED);
        (!named.is_empty())
            .then(|| format_message("configuration.policies", &[("detail", detail.as_str())]))
    }

    /// What the switches of EWS state.
    pub(super) fn ews_statements(&self) -> Vec<Statement> {
        if !self.is_over_ews() {
            return Vec::new();
        }
        let organization = self.configured.evidence.organization.as_ref();
        let switch = organization.and_then(|own| own.ews_enabled);
        let of_organization = switch.map(|switch| match switch {
            EwsSwitch::Disabled => self.state(ConfigurationFact::EwsDisabled, ""),
            EwsSwitch::Enabled => self.state(ConfigurationFact::EwsNotDisabled, "True"),
            EwsSwitch::NotSet => self.state(ConfigurationFact::EwsNotDisabled, "not set"),
        });
        let of_mailbox = self.mailbox().and_then(|own| own.ews_enabled);
        let of_mailbox = of_mailbox.map(|switch| match switch {
            EwsSwitch::Disabled => self.state(ConfigurationFact::EwsDisabledForMailbox, ""),
            EwsSwitch::Enabled => self.state(ConfigurationFact::EwsNotDisabledForMailbox, "True"),
            EwsSwitch::NotSet => self.state(ConfigurationFact::EwsNotDisabledForMailbox, "not set"),
        });
        of_organization
            .into_iter()
            .chain(of_mailbox)
            .chain(self.app_list_statement(switch))
            .collect()
    }

    /// Whether the list of apps excludes this one. It applies only while EWS is enabled explicitly, and Microsoft does not
    /// document what an empty list means.
    fn app_list_statement(&self, switch: Option<EwsSwitch>) -> Option<Statement> {
        let list = self.configured.evidence.ews_allowed_app_ids.as_ref()?;
        if switch != Some(EwsSwitch::Enabled) || list.is_empty() {
            return None;
        }
        let is_listed = list
            .iter()
            .any(|id| id.eq_ignore_ascii_case(&self.connection.client_id));
        Some(if is_listed {
            self.state(ConfigurationFact::AppNotExcluded, "")
        } else {
            self.state(ConfigurationFact::AppNotOnList, "")
        })
    }

    /// Whether a User-Agent policy of the organization or of the mailbox blocks this program.
    pub(super) fn user_agent_statement(&self) -> Option<Statement> {
        let of_organization = self.configured.evidence.ews_user_agents.as_ref();
        let of_mailbox = self
            .mailbox()
            .and_then(|mailbox| mailbox.ews_user_agents.as_ref());
        let mut policies = of_organization.into_iter().chain(of_mailbox);
        match policies.find(|policy| blocks(policy, self.user_agent)) {
            Some(policy) => {
                let name = policy.policy.as_deref().unwrap_or_default();
                Some(self.state(ConfigurationFact::UserAgentBlocked, name))
            }
            None if of_organization.is_some_and(|policy| policy.policy.is_none()) => {
                Some(self.state(ConfigurationFact::NoUserAgentPolicy, ""))
            }
            None => None,
        }
    }

    /// Whether Conditional Access for workload identities can block the app.
    pub(super) fn workload_statement(&self) -> Option<Statement> {
        let policies = self.configured.evidence.workload_policies.as_ref()?;
        let service_principal = self.app()?.service_principal.as_ref()?;
        let object_id = service_principal.object_id.as_deref();
        let includes = |policy: &&WorkloadPolicy| {
            let lists = |ids: &[String]| {
                ids.iter().any(|id| {
                    object_id.is_some_and(|own| id.eq_ignore_ascii_case(own))
                        || id.eq_ignore_ascii_case(ALL_SERVICE_PRINCIPALS)
                })
            };
            let is_enabled = policy.state.as_deref() == Some("enabled");
            let excluded = policy
                .exclude_service_principals
                .iter()
                .any(|id| object_id.is_some_and(|own| id.eq_ignore_ascii_case(own)));
            is_enabled && lists(&policy.include_service_principals) && !excluded
        };
        Some(match policies.iter().find(includes) {
            Some(policy) => self.state(
                ConfigurationFact::WorkloadPolicy,
                policy.display_name.as_deref().unwrap_or_default(),
            ),
            None => self.state(ConfigurationFact::NoWorkloadPolicy, ""),
        })
    }
}

/// The roles that grant a permission: its own role, or a role with more permissions.
fn granting<'r>(
    roles: &'r [RoleAuthorization],
    need: &Need,
) -> impl Iterator<Item = &'r RoleAuthorization> {
    let grants = move |entry: &&RoleAuthorization| {
        let is_own_role = need
            .exchange_rbac_role
            .as_ref()
            .is_some_and(|role| entry.role.eq_ignore_ascii_case(role));
        let permissions = entry.granted_permissions.as_deref().unwrap_or_default();
        let mut permissions = permissions.split([',', ';', ' ']).map(str::trim);
        is_own_role || permissions.any(|own| need.full.iter().any(|value| value == own))
    };
    roles.iter().filter(grants)
}

/// The mailboxes that a permission is used for; `None` for one that is about no mailbox.
fn need_purpose(need: NeedId) -> Option<MailboxPurpose> {
    match need {
        NeedId::EwsCalendar | NeedId::GraphCalendar | NeedId::GraphCalendarRead => {
            Some(MailboxPurpose::Room)
        }
        NeedId::MailSend => Some(MailboxPurpose::Sender),
        NeedId::Users | NeedId::Groups | NeedId::RoomList => None,
    }
}

/// Whether a policy blocks a User-Agent. An entry can contain `*` as a wildcard, and matches the whole User-Agent otherwise.
fn blocks(policy: &EwsUserAgentPolicy, user_agent: &str) -> bool {
    let matches = |list: &[String]| list.iter().any(|entry| matches_wildcard(entry, user_agent));
    match policy.policy.as_deref() {
        Some("EnforceAllowList") => !matches(&policy.allow_list),
        Some("EnforceBlockList") => matches(&policy.block_list),
        _ => false,
    }
}

fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_matched_with_wildcards() {
        for pattern in ["rx-preflight/0.1", "RX-*", "*", "rx*/*", "*0.1"] {
            assert!(matches_wildcard(pattern, "rx-preflight/0.1"), "{pattern}");
        }
        for pattern in ["rx", "*rx", "other*", "rx*2", ""] {
            assert!(!matches_wildcard(pattern, "rx-preflight/0.1"), "{pattern}");
        }
    }

    #[test]
    fn a_policy_without_lists_blocks_only_as_an_allow_list() {
        let policy = |name: &str| EwsUserAgentPolicy {
            policy: Some(name.to_owned()),
            ..EwsUserAgentPolicy::default()
        };
        assert!(blocks(&policy("EnforceAllowList"), "rx"));
        assert!(!blocks(&policy("EnforceBlockList"), "rx"));
        assert!(!blocks(&EwsUserAgentPolicy::default(), "rx"));
    }
}
