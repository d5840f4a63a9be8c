//! A token whose claims can be read, against what is needed of it.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::super::args::TokenArguments;
use super::form::Claims;
use super::plan::Plan;
use crate::evidence::TokenFacts;
use crate::knowledge::{self, AccessLevel, Need};
use crate::report::sanitize::sanitize;
use crate::settings::Clock;
use crate::terms::{CauseId, NeedId, Resource};

/// The answer, and whether everything required is there.
pub(super) struct Judged {
    /// The answer as a text.
    pub(super) text: String,
    /// Whether everything required is there.
    pub(super) good: bool,
}

impl Judged {
    /// Judges a token at this moment. `claims_only`: only its claims were pasted.
    pub(super) fn new(claims: &Claims, arguments: &TokenArguments, claims_only: bool) -> Self {
        let mut judged = Self {
            text: String::new(),
            good: true,
        };
        let facts = &claims.facts;
        if claims_only {
            judged
                .say("note", "only the claims were pasted; without the token nothing shows that Microsoft issued them");
        }
        if claims.is_id_token {
            judged.id_token(facts);
            return judged;
        }
        let api = judged.audience(facts);
        judged.say("tenant", &told(facts.tenant_id.as_deref()));
        judged.say("app", &app(facts));
        judged.validity(claims, Clock::real().now());
        judged.kind(facts);
        if let Some(api) = api {
            judged.needs(facts, &Plan::new(arguments, api), api);
        }
        judged
    }

    fn say(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.text, "{label:<10} {text}");
    }

    /// Something is not there: what that is called, who mends it and where the steps stand.
    fn lacks(&mut self, label: &str, text: &str, causes: &[CauseId]) {
        self.say(label, text);
        for cause in causes.iter().map(|id| knowledge::cause(*id)) {
            self.say("", &format!("cause {}, mended by: {}", cause.id, cause.who));
            self.say("", &format!("rx-preflight explain {}", cause.id));
        }
    }

    fn wrong(&mut self, text: &str, causes: &[CauseId]) {
        self.good = false;
        self.lacks("[FAIL]", text, causes);
    }

    /// An ID token is no access token, whatever it lacks; permissions are not its subject.
    fn id_token(&mut self, facts: &TokenFacts) {
        self.good = false;
        self.say("audience", &told(facts.audience.as_deref()));
        self.say(
            "[FAIL]",
            "this is an ID token: it names a signed-in person to an app and opens neither Graph nor EWS",
        );
        self.say("", "Paste the value of access_token instead.");
    }

    fn audience(&mut self, facts: &TokenFacts) -> Option<Resource> {
        let api = facts
            .audience
            .as_deref()
            .and_then(knowledge::api_by_resource);
        let title = api.map_or(String::new(), |api| format!(" ({})", api.title()));
        self.say(
            "audience",
            &format!("{}{title}", told(facts.audience.as_deref())),
        );
        if api.is_none() {
            let text = "the audience is neither Microsoft Graph nor Exchange Online, and ResourceXpress uses no other API";
            self.wrong(text, &[CauseId::SignInTokenRefused]);
        }
        api
    }

    fn validity(&mut self, claims: &Claims, now: Timestamp) {
        if let Some(begins) = claims.not_before.filter(|begins| *begins > now) {
            self.wrong(
                &format!(
                    "not valid before {begins}, and this machine's clock says {now:.0}: one of the clocks is wrong"
                ),
                &[CauseId::NetworkClockSkew],
            );
        }
        match claims.facts.expires_at {
            None => self.say("expires", "not told"),
            Some(ends) if ends <= now => {
                let text = format!(
                    "expired at {ends}; a token lives for little more than an hour, so take a new one"
                );
                self.wrong(&text, &[CauseId::SignInTokenRefused]);
            }
            Some(ends) => self.say("expires", &ends.to_string()),
        }
    }

    /// Whether it speaks for an app at all.
    fn kind(&mut self, facts: &TokenFacts) {
        if let Some(scopes) = &facts.scopes {
            let scopes = sanitize(scopes);
            self.wrong(
                &format!("a delegated token (scopes: {scopes}); ResourceXpress signs in as an app, without a user"),
                &[CauseId::SignInDelegatedToken],
            );
        } else if facts.roles.is_empty() {
            self.wrong(
                "no roles and no scp: nothing was consented, or only delegated permissions were",
                &[
                    CauseId::RegistrationConsentMissing,
                    CauseId::RegistrationDelegatedInsteadOfApplication,
                ],
            );
        }
    }

    fn needs(&mut self, facts: &TokenFacts, plan: &Plan, api: Resource) {
        self.wrong_token(plan, api);
        let mut used = Vec::new();
        for (need, required) in &plan.here {
            let satisfaction = knowledge::match_roles(need, &facts.roles);
            used.extend(satisfaction.by.clone());
            self.need(
                need,
                *required,
                satisfaction.level,
                satisfaction.by.as_deref(),
                facts,
            );
        }
        for role in facts.roles.iter().filter(|role| !used.contains(role)) {
            let allows = knowledge::role(api, role)
                .map_or(String::new(), |known| format!(": {}", known.allows));
            self.say("[SURPLUS]", &format!("{}{allows}", sanitize(role)));
        }
        for need in &plan.untold {
            let (value, purpose) = (&need.value, &need.purpose);
            self.say(
                "[UNKNOWN]",
                &format!(
                    "{value}: only a token for {} can tell: {purpose}",
                    need.api.title()
                ),
            );
        }
    }

    /// Needs of the other API that were asked for: its service would refuse this token.
    fn wrong_token(&mut self, plan: &Plan, api: Resource) {
        for need in &plan.wrong_token {
            let (value, purpose) = (&need.value, &need.purpose);
            let (wanted, given) = (need.api.title(), api.title());
            let text = format!(
                "{value} needs a token for {wanted}, and this one is for {given}: {purpose}"
            );
            self.wrong(&text, &[CauseId::SignInTokenRefused]);
        }
        if !plan.wrong_token.is_empty() {
            self.say("", &use_of(plan, api));
        }
    }

    fn need(
        &mut self,
        need: &Need,
        required: bool,
        level: AccessLevel,
        by: Option<&str>,
        facts: &TokenFacts,
    ) {
        let purpose = &need.purpose;
        let text = match (level, by) {
            (AccessLevel::Full, Some(by)) => {
                return self.say("[PASS]", &format!("{by}: {purpose}"));
            }
            (_, Some(by)) => format!("{by} serves only a part of {}: {purpose}", need.value),
            (_, None) => {
                let elsewhere = need
                    .exchange_rbac_role
                    .as_ref()
                    .map_or(String::new(), |role| {
                        format!(" (Exchange could grant it as '{role}', which no token shows)")
                    });
                format!("{} is not in the token: {purpose}{elsewhere}", need.value)
            }
        };
        let cause = cause_of(need, level, facts);
        if required {
            self.wrong(&text, &[cause])
        } else {
            self.lacks("[MISSING]", &text, &[cause])
        }
    }
}

/// The cause of a need that the roles do not satisfy: a part of it is there, a namesake is there, or nothing.
fn cause_of(need: &Need, level: AccessLevel, facts: &TokenFacts) -> CauseId {
    let holds = |value: &String| facts.roles.contains(value);
    match level {
        AccessLevel::ReadOnly => CauseId::GrantCalendarsReadOnly,
        AccessLevel::Basic if need.id == NeedId::Users => CauseId::GrantUserReadBasicOnly,
        AccessLevel::None
            if need
                .same_name_elsewhere
                .iter()
                .any(|other| other.api == need.api && holds(&other.value)) =>
        {
            CauseId::RegistrationWrongApi
        }
        _ => need.missing_cause,
    }
}

/// What a token for this API is good for in the chosen variant.
fn use_of(plan: &Plan, api: Resource) -> String {
    let (variant, title) = (plan.variant, api.title());
    if plan.here.is_empty() {
        format!("With {variant}, ResourceXpress has no use for a token for {title}")
    } else if api == Resource::Graph {
        format!(
            "With {variant}, ResourceXpress needs a token for {title} only for mail and user sync; \
             --require mail,user-sync judges it for these"
        )
    } else {
        format!("With {variant}, ResourceXpress uses a token for {title} for bookings alone")
    }
}

fn told(text: Option<&str>) -> String {
    text.map_or_else(|| "not told".to_owned(), sanitize)
}

fn app(facts: &TokenFacts) -> String {
    let id = told(facts.client_id.as_deref());
    facts
        .app_name
        .as_deref()
        .map_or_else(|| id.clone(), |name| format!("{id} ({})", sanitize(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(need_id: NeedId, roles: &[&str]) -> CauseId {
        let facts = TokenFacts {
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            ..TokenFacts::default()
        };
        let need = knowledge::need(need_id);
        cause_of(
            need,
            knowledge::match_roles(need, &facts.roles).level,
            &facts,
        )
    }

    #[test]
    fn what_is_there_instead_decides_the_cause() {
        for (need, roles, id) in [
            (
                NeedId::GraphCalendar,
                ["Calendars.Read"].as_slice(),
                CauseId::GrantCalendarsReadOnly,
            ),
            (
                NeedId::GraphCalendar,
                &["Calendars.ReadWrite.All"],
                CauseId::RegistrationWrongApi,
            ),
            (
                NeedId::GraphCalendar,
                &["Mail.Send"],
                CauseId::GrantCalendarsReadWriteMissing,
            ),
            (
                NeedId::Users,
                &["User.ReadBasic.All"],
                CauseId::GrantUserReadBasicOnly,
            ),
            (
                NeedId::Groups,
                &["Group.ReadBasic.All"],
                CauseId::GrantGroupReadAllMissing,
            ),
            (NeedId::MailSend, &[], CauseId::GrantMailSendMissing),
            (
                NeedId::EwsCalendar,
                &[],
                CauseId::GrantFullAccessAsAppMissing,
            ),
        ] {
            assert_eq!(cause(need, roles), id, "{need}: {roles:?}");
        }
    }

    #[test]
    fn a_token_is_judged_at_its_moment() {
        let moment = |second| Timestamp::from_second(second).unwrap();
        let judged = |now: i64| {
            let facts = TokenFacts {
                expires_at: Some(moment(200)),
                ..TokenFacts::default()
            };
            let mut judged = Judged {
                text: String::new(),
                good: true,
            };
            judged.validity(
                &Claims {
                    facts,
                    not_before: Some(moment(100)),
                    is_id_token: false,
                },
                moment(now),
            );
            judged
        };
        assert!(judged(99).text.contains("not valid before") && !judged(99).good);
        assert!(judged(100).good && judged(199).good);
        assert!(judged(200).text.contains("expired at") && !judged(200).good);
    }
}
