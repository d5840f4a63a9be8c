//! May this app do this to this mailbox? App roles of the token and roles assigned inside Exchange add up; application
//! access policies take away from the app roles only.

use super::scenario::{AccessPolicy, AccessRight, Api, App};
use super::tokens::IssuedToken;

/// What a call needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccessNeed<'words> {
    /// The service that receives the request.
    pub(crate) api: Api,
    /// App roles of which any one suffices.
    pub(crate) roles: &'words [&'words str],
    /// Roles of RBAC for Applications of which any one suffices.
    pub(crate) rbac: &'words [&'words str],
}

/// Who calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'call> {
    /// The app registration.
    pub(crate) app: &'call App,
    /// The token it presents.
    pub(crate) token: &'call IssuedToken,
    /// Whether the service has noticed by now what the app was granted.
    pub(crate) effective: bool,
}

/// Why access is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Neither an app role nor a role inside Exchange reaches the mailbox.
    NotGranted,
    /// An app role would, but an application access policy closes the mailbox.
    AccessPolicy,
}

/// Whether the caller may do what `need` describes to the mailbox with this primary address.
pub(crate) fn mailbox_access(
    caller: Caller<'_>,
    need: AccessNeed<'_>,
    address: &str,
) -> Result<(), Refusal> {
    let Caller {
        app,
        token,
        effective,
    } = caller;
    // Access policies restrict Entra app roles only, so a role inside Exchange is enough.
    if rbac_reaches(app, need, address) {
        return Ok(());
    }
    let granted = need
        .roles
        .iter()
        .any(|role| token.roles.iter().any(|held| held == role));
    if !granted || !effective {
        Err(Refusal::NotGranted)
    } else if policy_allows(app, address) {
        Ok(())
    } else {
        Err(Refusal::AccessPolicy)
    }
}

/// Whether any role inside Exchange could serve `need`, whatever the mailbox.
pub(crate) fn has_rbac(app: &App, need: AccessNeed<'_>) -> bool {
    app.exchange_rbac
        .iter()
        .any(|assigned| need.rbac.contains(&assigned.role.as_str()))
}

fn rbac_reaches(app: &App, need: AccessNeed<'_>, address: &str) -> bool {
    app.exchange_rbac.iter().any(|assigned| {
        need.rbac.contains(&assigned.role.as_str()) && assigned.mailboxes.holds(address)
    })
}

/// Whether the policies that the services apply allow access.
pub(crate) fn policy_allows(app: &App, address: &str) -> bool {
    allowed_by(app, |policy| !policy.pending, address)
}

/// Whether all policies allow access, including those that the services do not apply yet.
pub(crate) fn configured_policy_allows(app: &App, address: &str) -> bool {
    allowed_by(app, |_| true, address)
}

/// `DenyAccess` beats `RestrictAccess`; an app without a policy is not restricted.
fn allowed_by(app: &App, is_applied: impl Fn(&AccessPolicy) -> bool, address: &str) -> bool {
    let named = |right: AccessRight| {
        let policies = app.access_policy.iter();
        policies
            .filter(|policy| is_applied(policy))
            .filter(move |policy| policy.right == right)
            .map(|policy| {
                policy
                    .mailboxes
                    .iter()
                    .any(|one| one.eq_ignore_ascii_case(address))
            })
    };
    let denied = named(AccessRight::DenyAccess).any(|inside| inside);
    let restricted = named(AccessRight::RestrictAccess).next().is_some();
    !denied && (!restricted || named(AccessRight::RestrictAccess).any(|inside| inside))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::scenario::{ExchangeRbac, Reach};
    use crate::simulator::small_tenant::small;

    const NEED: AccessNeed<'_> = AccessNeed {
        api: Api::Graph,
        roles: &["Calendars.ReadWrite"],
        rbac: &["Application Calendars.ReadWrite"],
    };

    fn policy(right: AccessRight, address: &str) -> AccessPolicy {
        AccessPolicy {
            right,
            mailboxes: vec![address.to_owned()],
            pending: false,
        }
    }

    fn token(roles: &[&str]) -> IssuedToken {
        IssuedToken {
            api: Api::Graph,
            client_id: String::new(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            expires: 0,
            flaw: None,
        }
    }

    fn by<'call>(app: &'call App, token: &'call IssuedToken) -> Caller<'call> {
        Caller {
            app,
            token,
            effective: true,
        }
    }

    #[test]
    fn a_role_that_the_service_has_not_noticed_opens_nothing_yet() {
        let app = small().tenant.apps.remove(0);
        let held = token(&["Calendars.ReadWrite"]);
        let early = Caller {
            effective: false,
            ..by(&app, &held)
        };
        assert_eq!(
            mailbox_access(early, NEED, "a@contoso.com"),
            Err(Refusal::NotGranted)
        );
        assert_eq!(
            mailbox_access(by(&app, &held), NEED, "a@contoso.com"),
            Ok(())
        );
    }

    #[test]
    fn policies_restrict_app_roles_and_deny_beats_restrict() {
        let mut app = small().tenant.apps.remove(0);
        let held = token(&["Calendars.ReadWrite"]);
        assert_eq!(
            mailbox_access(by(&app, &held), NEED, "a@contoso.com"),
            Ok(())
        );
        app.access_policy
            .push(policy(AccessRight::RestrictAccess, "A@contoso.com"));
        assert_eq!(
            mailbox_access(by(&app, &held), NEED, "a@contoso.com"),
            Ok(())
        );
        assert_eq!(
            mailbox_access(by(&app, &held), NEED, "b@contoso.com"),
            Err(Refusal::AccessPolicy)
        );
        app.access_policy
            .push(policy(AccessRight::DenyAccess, "a@contoso.com"));
        assert_eq!(
            mailbox_access(by(&app, &held), NEED, "a@contoso.com"),
            Err(Refusal::AccessPolicy)
        );
    }

    #[test]
    fn roles_inside_exchange_need_no_role_in_the_token() {
        let mut app = small().tenant.apps.remove(0);
        let role = "Application Calendars.ReadWrite".to_owned();
        app.exchange_rbac.push(ExchangeRbac {
            role,
            mailboxes: Reach::Named(vec!["a@contoso.com".to_owned()]),
        });
        assert_eq!(
            mailbox_access(by(&app, &token(&[])), NEED, "a@contoso.com"),
            Ok(())
        );
        assert_eq!(
            mailbox_access(by(&app, &token(&[])), NEED, "b@contoso.com"),
            Err(Refusal::NotGranted)
        );
    }
}
