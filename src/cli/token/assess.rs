//! Assessment of a readable token: its claims compared with what ResourceXpress needs.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::evidence::TokenFacts;
use crate::knowledge::{self, AccessLevel, Need};
use crate::report::sanitize::sanitize;
use crate::settings::Clock;
use crate::terms::{CauseId, NeedId, Resource};

use super::super::args::TokenArguments;
use super::classify::Claims;
use super::needs::TokenNeeds;

/// Result of the assessment.
pub(super) struct Assessment {
    /// The text to print.
    pub(super) text: String,
    /// Whether the token meets all requirements.
    pub(super) has_all_required: bool,
}

impl Assessment {
    /// Assesses a token at the current time. `claims_only` is set if only its claims were pasted.
    pub(super) fn new(claims: &Claims, arguments: &TokenArguments, claims_only: bool) -> Self {
        let mut assessment = Self {
            text: String::new(),
            has_all_required: true,
        };
        let facts = &claims.facts;
        if claims_only {
            assessment.write_line(
                "note",
                "only the claims were pasted; without the token, nothing proves that Microsoft issued them",
            );
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
        // A role counts only for its own API, so without a known API nothing can be compared.
        if let Some(api) = api {
            assessment.needs(facts, &TokenNeeds::new(arguments, api), api);
        }
        assessment
    }

    fn write_line(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.text, "{label:<10} {text}");
    }

    /// Reports a gap with its causes, who can fix them, and the command that shows the steps.
    fn report_gap(&mut self, label: &str, text: &str, causes: &[CauseId]) {
        self.write_line(label, text);
        for cause in causes.iter().map(|id| knowledge::cause(*id)) {
            self.write_line(
                "",
                &format!("cause: {}; who can fix it: {}", cause.id, cause.who.label()),
            );
            self.write_line("", &format!("steps: rx-preflight explain {}", cause.id));
        }
    }

    fn report_failure(&mut self, text: &str, causes: &[CauseId]) {
        self.has_all_required = false;
        self.report_gap("[Failed]", text, causes);
    }

    /// An ID token carries no permissions, so its other claims are not assessed.
    fn id_token(&mut self, facts: &TokenFacts) {
        self.has_all_required = false;
        self.write_line("audience", &shown_claim(facts.audience.as_deref()));
        self.write_line(
            "[Failed]",
            "this is an ID token: it identifies a signed-in user to an app and gives no access to Graph or EWS",
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
            let text = "the token is for neither Microsoft Graph nor Exchange Online, and ResourceXpress uses no other API";
            self.report_failure(text, &[CauseId::SignInTokenRefused]);
        }
        api
    }

    fn validity(&mut self, claims: &Claims, now: Timestamp) {
        if let Some(begins) = claims.not_before.filter(|begins| *begins > now) {
            self.report_failure(
                &format!(
                    "not valid before {begins}, but the clock of this machine shows {now:.0}: one of the clocks is wrong"
                ),
                &[CauseId::NetworkClockSkew],
            );
        }
        match claims.facts.expires_at {
            None => self.write_line("expires", NOT_INCLUDED),
            Some(ends) if ends <= now => {
                let text = format!(
                    "expired at {ends}; a token is valid for little more than an hour, so paste a new one"
                );
                self.report_failure(&text, &[CauseId::SignInTokenRefused]);
            }
            Some(ends) => self.write_line("expires", &ends.to_string()),
        }
    }

    /// Reports a token that was not issued to an app by itself, or that grants nothing.
    fn kind(&mut self, facts: &TokenFacts) {
        // A token with scopes is a delegated one, whether or not it also carries roles.
        if let Some(scopes) = &facts.scopes {
            let scopes = sanitize(scopes);
            self.report_failure(
                &format!("this is a delegated token (scopes: {scopes}), but ResourceXpress signs in as an app, without a user"),
                &[CauseId::SignInDelegatedToken],
            );
        } else if facts.roles.is_empty() {
            self.report_failure(
                "no roles and no scp: no permission was granted consent, or only delegated permissions were",
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
            self.write_line("[Unused]", &format!("{}{allows}", sanitize(role)));
        }
        for need in &needs.unverifiable {
            let (value, purpose) = (&need.value, &need.purpose);
            self.write_line(
                "[Unknown]",
                &format!(
                    "{value}: only a token for {} can show it: {purpose}",
                    need.api.title()
                ),
            );
        }
    }

    /// Reports required permissions of the other API, whose service would reject this token.
    fn wrong_token(&mut self, needs: &TokenNeeds, api: Resource) {
        for need in &needs.wrong_token {
            let (value, purpose) = (&need.value, &need.purpose);
            let (wanted, given) = (need.api.title(), api.title());
            let text = format!(
                "{value} needs a token for {wanted}, but this one is for {given}: {purpose}"
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
                return self.write_line("[Passed]", &format!("{by}: {purpose}"));
            }
            (_, Some(by)) => format!("{by} covers only a part of {}: {purpose}", need.value),
            (_, None) => {
                let elsewhere = need
                    .exchange_rbac_role
                    .as_ref()
                    .map_or(String::new(), |role| {
                        format!(" (Exchange may grant it as '{role}', which no token shows)")
                    });
                format!("{} is not in the token: {purpose}{elsewhere}", need.value)
            }
        };
        let cause = cause_of(need, level, facts);
        if required {
            self.report_failure(&text, &[cause]);
        } else {
            self.report_gap("[Missing]", &text, &[cause]);
        }
    }
}

/// Cause of an unmet need: the token has a part of it, a namesake on this API, or nothing.
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

/// What ResourceXpress uses a token for this API for, in the chosen variant.
fn use_of(needs: &TokenNeeds, api: Resource) -> String {
    let (variant, title) = (needs.variant, api.title());
    if needs.here.is_empty() {
        format!("With {variant}, ResourceXpress has no use for a token for {title}.")
    } else if api == Resource::Graph {
        format!(
            "With {variant}, ResourceXpress needs a token for {title} only for mail and user sync; \
             run it with `--require mail,user-sync` to check it for these."
        )
    } else {
        format!("With {variant}, ResourceXpress uses a token for {title} for bookings only.")
    }
}

/// Shown for a claim that the token does not include.
const NOT_INCLUDED: &str = "not included";

fn shown_claim(text: Option<&str>) -> String {
    text.map_or_else(|| NOT_INCLUDED.to_owned(), sanitize)
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
