//! `token`: a pasted access token against what a variant needs. Offline; the token is never echoed.

use std::fmt::Write as _;

use super::args::{ApiArgument, FeatureArgument, TokenArguments};
use super::{CliError, Exit, input, output};
use crate::evidence::TokenFacts;
use crate::knowledge::{self, ApiName, Level, Need};
use crate::report::harmless::harmless;
use crate::settings::Clock;
use crate::wire;

/// The longest token that is read; Entra's are a few kilobytes.
const LONGEST: u64 = 256 * 1024;

pub(super) fn run(arguments: &TokenArguments) -> Result<Exit, CliError> {
    let token = pasted()?;
    let facts = wire::read_token(&token);
    if !facts.readable {
        let why = facts.unreadable_because.unwrap_or_default();
        return Err(CliError::Usage(format!(
            "this is no access token that can be decoded ({why}); a token of Microsoft may be encrypted, then only a live check can tell"
        )));
    }
    let judged = Judged::new(&facts, arguments);
    output::document(&judged.text)?;
    Ok(if judged.good { Exit::Fine } else { Exit::NotReady })
}

fn pasted() -> Result<String, CliError> {
    let text = input::pasted("the access token", LONGEST)?;
    let text = text.trim().trim_matches('"');
    let token = text.strip_prefix("Bearer ").unwrap_or(text).trim().to_owned();
    if token.is_empty() {
        return Err(CliError::Usage("no token on standard input".to_owned()));
    }
    Ok(token)
}

/// The answer, and whether everything required is there.
struct Judged {
    text: String,
    good: bool,
}

impl Judged {
    fn new(facts: &TokenFacts, arguments: &TokenArguments) -> Self {
        let mut judged = Self { text: String::new(), good: true };
        let audience = facts.audience.as_deref().unwrap_or_default();
        let api = knowledge::api_by_resource(audience);
        judged.say(
            "audience",
            &format!("{}{}", harmless(audience), api.map_or(String::new(), |api| format!(" ({})", api.title()))),
        );
        judged.say("tenant", &told(facts.tenant_id.as_deref()));
        judged.say("app", &app(facts));
        judged.expiry(facts);
        if let Some(scopes) = &facts.scopes {
            judged.wrong(&format!(
                "a delegated token (scopes: {}); ResourceXpress signs in as an app, without a user",
                harmless(scopes)
            ));
        }
        match api {
            Some(api) => judged.needs(facts, arguments, api),
            None => judged.wrong("the audience is neither Microsoft Graph nor Exchange Online"),
        }
        judged
    }

    fn say(&mut self, label: &str, text: &str) {
        let _ = writeln!(self.text, "{label:<10} {text}");
    }

    fn wrong(&mut self, text: &str) {
        self.good = false;
        self.say("[FAIL]", text);
    }

    fn expiry(&mut self, facts: &TokenFacts) {
        let Some(expires) = facts.expires_at else { return self.say("expires", "not told") };
        if expires <= Clock::real().now() {
            self.wrong(&format!("expired at {expires}"));
        } else {
            self.say("expires", &expires.to_string());
        }
    }

    fn needs(&mut self, facts: &TokenFacts, arguments: &TokenArguments, api: ApiName) {
        let wanted = wanted(arguments, api);
        if wanted.is_empty() {
            self.wrong(&format!("a token for {} serves nothing that the chosen variant needs", api.title()));
        }
        let mut used = Vec::new();
        for (need, required) in wanted {
            let satisfaction = knowledge::satisfies(need, &facts.roles);
            used.extend(satisfaction.by.clone());
            self.need(need, required, satisfaction.level, satisfaction.by.as_deref());
        }
        for role in facts.roles.iter().filter(|role| !used.contains(role)) {
            let allows = knowledge::role(api, role).map_or(String::new(), |known| format!(": {}", known.allows));
            self.say("[SURPLUS]", &format!("{}{allows}", harmless(role)));
        }
    }

    fn need(&mut self, need: &Need, required: bool, level: Level, by: Option<&str>) {
        let purpose = &need.purpose;
        match (level, by) {
            (Level::Full, Some(by)) => self.say("[PASS]", &format!("{by}: {purpose}")),
            (_, Some(by)) => self.lacking(required, &format!("{by} serves only a part of {}: {purpose}", need.value)),
            (_, None) => {
                let elsewhere = need.exchange_rbac_role.as_ref().map_or(String::new(), |role| {
                    format!(" (Exchange could grant it as '{role}', which no token shows)")
                });
                self.lacking(required, &format!("{} is not in the token: {purpose}{elsewhere}", need.value));
            }
        }
    }

    fn lacking(&mut self, required: bool, text: &str) {
        if required { self.wrong(text) } else { self.say("[MISSING]", text) }
    }
}

fn told(text: Option<&str>) -> String {
    text.map_or_else(|| "not told".to_owned(), harmless)
}

fn app(facts: &TokenFacts) -> String {
    let id = told(facts.client_id.as_deref());
    facts.app_name.as_deref().map_or_else(|| id.clone(), |name| format!("{id} ({})", harmless(name)))
}

/// What the chosen variant needs from an API, and whether it cannot do without.
fn wanted(arguments: &TokenArguments, api: ApiName) -> Vec<(&'static Need, bool)> {
    let variant = arguments.api.unwrap_or(match api {
        ApiName::Exchange => ApiArgument::Ews,
        ApiName::Graph => ApiArgument::Graph,
    });
    let calendar = match variant {
        ApiArgument::Ews => "ews-calendar",
        ApiArgument::Graph => "graph-calendar",
    };
    let requires = |feature| arguments.require.contains(&feature);
    let needs = [
        (calendar, true),
        ("mail-send", requires(FeatureArgument::Mail)),
        ("users", requires(FeatureArgument::UserSync)),
        ("groups", requires(FeatureArgument::UserSync)),
    ];
    let known = needs.into_iter().filter_map(|(id, required)| Some((knowledge::need(id)?, required)));
    known.filter(|(need, _)| need.api == api).collect()
}
