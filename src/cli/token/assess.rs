//! A token whose claims can be read, against what is needed of it.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::super::args::TokenArguments;
use super::classify::Claims;
use super::needs::TokenNeeds;
use crate::evidence::TokenFacts;
use crate::knowledge::{self, AccessLevel, Need};
use crate::report::sanitize::sanitize;
use crate::settings::Clock;
use crate::terms::{CauseId, NeedId, Resource};

/// The answer, and whether everything required is there.
pub(super) struct Assessment {
    /// The answer as a text.
    pub(super) text: String,
    /// Whether everything required is there.
    pub(super) has_all_required: bool,
}

impl Assessment {
    /// Judges a token at this moment. `claims_only`: only its claims were pasted.
    pub(super) fn new(claims: &Claims, arguments: &TokenArguments, claims_only: bool) -> Self {
        let mut assessment = Self {
            text: String::new(),
            has_all_required: true,
        };
        let facts = &claims.facts;
        if claims_only {
            assessment
                .write_line("note", "only the claims were pasted; without the token nothing shows that Microsoft issued them");
        }
        if claims.is_id_token {
            assessment.id_token(facts);
            return assessment;
        }
        let api = assessment.audience(facts);
        assessment.write_line("tenant", &shown_claim(facts.tenant_id.as_deref()));
        assessment.write_line("app", &app(facts));
        assessment.validity(claims, Clock::real().now());
        assessment.kind(facts);
        if let Some(api) = api {
            assessment.needs(facts, &TokenNeeds::new(arguments, api), api);
        }
        assessment
    }

    fn write_line(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.text, "{label:<10} {text}");
    }

    /// Something is not there: what that is called, who mends it and where the steps stand.
    fn report_gap(&mut self, label: &str, text: &str, causes: &[CauseId]) {
        self.write_line(label, text);
        for cause in causes.iter().map(|id| knowledge::cause(*id)) {
            self.write_line("", &format!("cause {}, mended by: {}", cause.id, cause.who));
            self.write_line("", &format!("rx-preflight explain {}", cause.id));
        }
    }

    fn report_failure(&mut self, text: &str, causes: &[CauseId]) {
        self.has_all_required = false;
        self.report_gap("[FAIL]", text, causes);
    }

    /// An ID token is no access token, whatever it lacks; permissions are not its subject.
    fn id_token(&mut self, facts: &TokenFacts) {
        self.has_all_required = false;
        self.write_line("audience", &shown_claim(facts.audience.as_deref()));
        self.write_line(
            "[FAIL]",
            "this is an ID token: it names a signed-in person to an app and opens neither Graph nor EWS",
        );
        self.write_line("", "Paste the value of access_token instead.");
    }

    fn audience(&mut self, facts: &TokenFacts) -> Option<Resource> {
        let api = facts
            .audience
            .as_deref()
            .and_then(knowledge::api_by_resource);
        let title = api.map_or(String::new(), |api| format!(" ({})", api.title()));
        self.write_line(
            "audience",
            &format!("{}{title}", shown_claim(facts.audience.as_deref())),
        );
        if api.is_none() {
            let text = "the audience is neither Microsoft Graph nor Exchange Online, and ResourceXpress uses no other API";
            self.report_failure(text, &[CauseId::SignInTokenRefused]);
        }
        api
    }

    fn validity(&mut self, claims: &Claims, now: Timestamp) {
        if let Some(begins) = claims.not_before.filter(|begins| *begins > now) {
            self.report_failure(
                &format!(
                    "not valid before {begins}, and this machine's clock says {now:.0}: one of the clocks is wrong"
                ),
                &[CauseId::NetworkClockSkew],
            );
        }
        match claims.facts.expires_at {
            None => self.write_line("expires", "not told"),
            Some(ends) if ends <= now => {
                let text = format!(
                    "expired at {ends}; a token lives for little more than an hour, so take a new one"
                );
                self.report_failure(&text, &[CauseId::SignInTokenRefused]);
            }
            Some(ends) => self.write_line("expires", &ends.to_string()),
        }
    }

    /// Whether it speaks for an app at all.
    fn kind(&mut self, facts: &TokenFacts) {
        if let Some(scopes) = &facts.scopes {
            let scopes = sanitize(scopes);
            self.report_failure(
                &format!("a delegated token (scopes: {scopes}); ResourceXpress signs in as an app, without a user"),
                &[CauseId::SignInDelegatedToken],
            );
        } else if facts.roles.is_empty() {
            self.report_failure(
                "no roles and no scp: nothing was consented, or only delegated permissions were",
                &[
                    CauseId::RegistrationConsentMissing,
                    CauseId::RegistrationDelegatedInsteadOfApplication,
                ],
            );
        }
    }

    fn needs(&mut self, facts: &TokenFacts, needs: &TokenNeeds, api: Resource) {
        self.wrong_token(needs, api);
        let mut used = Vec::new();
        for (need, required) in &needs.here {
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
            self.write_line("[SURPLUS]", &format!("{}{allows}", sanitize(role)));
        }
        for need in &needs.unverifiable {
            let (value, purpose) = (&need.value, &need.purpose);
            self.write_line(
                "[UNKNOWN]",
                &format!(
                    "{value}: only a token for {} can tell: {purpose}",
                    need.api.title()
                ),
            );
        }
    }

    /// Needs of the other API that were asked for: its service would refuse this token.
    fn wrong_token(&mut self, needs: &TokenNeeds, api: Resource) {
        for need in &needs.wrong_token {
            let (value, purpose) = (&need.value, &need.purpose);
            let (wanted, given) = (need.api.title(), api.title());
            let text = format!(
                "{value} needs a token for {wanted}, and this one is for {given}: {purpose}"
            );
            self.report_failure(&text, &[CauseId::SignInTokenRefused]);
        }
        if !needs.wrong_token.is_empty() {
            self.write_line("", &use_of(needs, api));
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
                return self.write_line("[PASS]", &format!("{by}: {purpose}"));
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
            self.report_failure(&text, &[cause])
        } else {
            self.report_gap("[MISSING]", &text, &[cause])
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
fn use_of(needs: &TokenNeeds, api: Resource) -> String {
    let (variant, title) = (needs.variant, api.title());
    if needs.here.is_empty() {
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

fn shown_claim(text: Option<&str>) -> String {
    text.map_or_else(|| "not told".to_owned(), sanitize)
}

fn app(facts: &TokenFacts) -> String {
    let id = shown_claim(facts.client_id.as_deref());
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
    fn the_roles_present_decide_the_cause() {
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
    fn a_token_is_assessed_at_the_current_time() {
        let moment = |second| Timestamp::from_second(second).unwrap();
        let assessment = |now: i64| {
            let facts = TokenFacts {
                expires_at: Some(moment(200)),
                ..TokenFacts::default()
            };
            let mut assessment = Assessment {
                text: String::new(),
                has_all_required: true,
            };
            assessment.validity(
                &Claims {
                    facts,
                    not_before: Some(moment(100)),
                    is_id_token: false,
                },
                moment(now),
            );
            assessment
        };
        assert!(
            assessment(99).text.contains("not valid before") && !assessment(99).has_all_required
        );
        assert!(assessment(100).has_all_required && assessment(199).has_all_required);
        assert!(assessment(200).text.contains("expired at") && !assessment(200).has_all_required);
    }
}
