//! Finds the proxy of an address: the one that the user names, else that of the environment, else that of the system.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::evidence::{InputNote, ProxyInUse, ProxySource};
use crate::settings::{PROXY_VARIABLES, looks_like_a_secret, proxy_address};

use super::proxy::Proxy;
use super::system_proxy::{StoredSettings, SystemProxy};

/// The variables that name a proxy for `http` and for `https` addresses, the first that is set counts.
const FOR_HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const FOR_HTTPS: [&str; 4] = PROXY_VARIABLES;

/// The proxies of a run.
pub(super) struct ProxyFinder {
    matcher: Matcher,
    /// Where the proxy for `http` and for `https` addresses comes from.
    sources: [Source; 2],
    /// The settings of Windows; `None` on other systems.
    system: Option<SystemProxy>,
    /// The variables of the environment for `http` and for `https`, where they have precedence over `system`.
    variables: [Option<Url>; 2],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Settings,
    Variable(&'static str),
    System,
}

impl ProxyFinder {
    /// The proxy that the user named, for every address.
    pub(super) fn named(proxy: &Url) -> Self {
        Self {
            matcher: Matcher::builder().all(proxy.as_str()).build(),
            sources: [Source::Settings; 2],
            system: None,
            variables: [None, None],
        }
    }

    /// The proxies of the environment and of the system.
    pub(super) fn of_surroundings() -> Self {
        Self::found(&variable, stored_settings().as_ref())
    }

    fn found(
        variable: &dyn Fn(&'static str) -> Option<String>,
        stored: Option<&StoredSettings>,
    ) -> Self {
        let named = [FOR_HTTP, FOR_HTTPS].map(|names| first_of(&names, variable));
        let sources = named.each_ref().map(|found| {
            found
                .as_ref()
                .map_or(Source::System, |(name, _)| Source::Variable(name))
        });
        let Some(stored) = stored else {
            return Self {
                // Reads the same variables, and on macOS the settings of the system.
                matcher: Matcher::from_system(),
                sources,
                system: None,
                variables: [None, None],
            };
        };
        let system = stored.proxy().unwrap_or_default();
        let variables = named.map(|found| proxy_address(&found?.1).ok());
        let address = |named: &Option<Url>, system: &Option<Url>| {
            let url = named.as_ref().or(system.as_ref());
            url.map(ToString::to_string).unwrap_or_default()
        };
        let matcher = Matcher::builder()
            .http(address(&variables[0], &system.http))
            .https(address(&variables[1], &system.https))
            .no(first_of(&["NO_PROXY", "no_proxy"], variable)
                .map_or_else(String::new, |(_, list)| list))
            .build();
        Self {
            matcher,
            sources,
            system: Some(system),
            variables,
        }
    }

    /// The proxy to `url`, if there is one.
    pub(super) fn proxy_to(&self, url: &Url) -> Option<Proxy> {
        if self.is_bypassed(url) {
            return None;
        }
        Proxy::of(&self.matcher.intercept(&url.as_str().parse().ok()?)?)
    }

    /// The proxy to `url` and where it was configured. An address that cannot be one of a host is not repeated: it could be
    /// a secret that was pasted into the wrong place.
    pub(super) fn in_use(&self, url: &Url) -> Option<ProxyInUse> {
        let (source, variable) = match self.source(url) {
            Source::Settings => (ProxySource::Settings, None),
            Source::Variable(name) => (ProxySource::Environment, Some(name.to_owned())),
            Source::System => (ProxySource::System, None),
        };
        Some(ProxyInUse {
            host: Some(self.proxy_to(url)?.host()).filter(|host| is_host(host))?,
            source,
            variable,
        })
    }

    /// The same rules for the HTTP client; `None` where the client finds the same proxies itself.
    pub(super) fn for_client(self: &Arc<Self>) -> Option<reqwest::Proxy> {
        self.system.as_ref()?;
        let finder = Arc::clone(self);
        Some(reqwest::Proxy::custom(move |url| finder.address_to(url)))
    }

    /// The address of the proxy to `url`, with its user and password.
    fn address_to(&self, url: &Url) -> Option<Url> {
        self.proxy_to(url)?;
        let system = self.system.as_ref();
        match url.scheme() {
            "http" => self.variables[0].clone().or_else(|| system?.http.clone()),
            _ => self.variables[1].clone().or_else(|| system?.https.clone()),
        }
    }

    fn source(&self, url: &Url) -> Source {
        self.sources[usize::from(url.scheme() != "http")]
    }

    /// The list of exceptions in the settings of the system is for the proxy of the system.
    fn is_bypassed(&self, url: &Url) -> bool {
        self.source(url) == Source::System
            && self
                .system
                .as_ref()
                .is_some_and(|system| system.bypasses(url))
    }
}

/// Proxy settings of the system that no request follows. With a proxy in a variable, they do not matter.
pub(crate) fn unused_proxy_settings() -> Vec<InputNote> {
    if first_of(&FOR_HTTPS, &variable).is_some() {
        return Vec::new();
    }
    stored_settings().map_or_else(Vec::new, |stored| stored.not_followed())
}

fn first_of(
    names: &[&'static str],
    variable: &dyn Fn(&'static str) -> Option<String>,
) -> Option<(&'static str, String)> {
    names
        .iter()
        .find_map(|name| Some((*name, variable(name).filter(|value| !value.is_empty())?)))
}

fn is_host(text: &str) -> bool {
    let is_usual = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':' | '[' | ']')
    };
    text.chars().all(is_usual) && !looks_like_a_secret(text)
}

fn variable(name: &'static str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(windows)]
fn stored_settings() -> Option<StoredSettings> {
    Some(super::windows_settings::read())
}

/// Only macOS and Windows have settings of the system. Elsewhere the variables are read here, and as strictly as `--proxy`: the
/// client would ignore an address that it cannot read.
#[cfg(not(windows))]
fn stored_settings() -> Option<StoredSettings> {
    (!cfg!(target_os = "macos")).then(StoredSettings::default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(server: &str, bypass: &str) -> StoredSettings {
        StoredSettings {
            enabled: true,
            server: server.to_owned(),
            bypass: bypass.to_owned(),
            ..StoredSettings::default()
        }
    }

    fn finder(variables: &'static [(&str, &str)], stored: &StoredSettings) -> Arc<ProxyFinder> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Arc::new(ProxyFinder::found(&variable, Some(stored)))
    }

    fn in_use(finder: &ProxyFinder, url: &str) -> Option<(String, ProxySource, Option<String>)> {
        let found = finder.in_use(&Url::parse(url).unwrap())?;
        Some((found.host, found.source, found.variable))
    }

    const GRAPH: &str = "https://graph.microsoft.com/v1.0";

    #[test]
    fn the_proxy_of_windows_is_that_of_the_protocol() {
        let finder = finder(
            &[],
            &windows("http=web:8080;https=secure:8443", "*.contoso.com"),
        );
        let system = |host: &str| Some((host.to_owned(), ProxySource::System, None));
        assert_eq!(in_use(&finder, GRAPH), system("secure:8443"));
        assert_eq!(in_use(&finder, "http://graph.test/"), system("web:8080"));
        assert_eq!(in_use(&finder, "https://rx.contoso.com/"), None);
        let to = |url: &str| finder.address_to(&Url::parse(url).unwrap());
        assert_eq!(to(GRAPH), Some(Url::parse("http://secure:8443").unwrap()));
        assert_eq!(to("https://rx.contoso.com/"), None);
        assert!(finder.for_client().is_some());
    }

    #[test]
    fn a_variable_has_precedence_over_the_settings_of_windows() {
        let stored = windows("secure:8443", "graph.microsoft.com;*.test");
        let finder = finder(
            &[
                ("HTTPS_PROXY", "rx:hunter2@own:3128"),
                ("NO_PROXY", "contoso.com"),
            ],
            &stored,
        );
        assert_eq!(
            in_use(&finder, GRAPH),
            Some((
                "own:3128".to_owned(),
                ProxySource::Environment,
                Some("HTTPS_PROXY".to_owned())
            ))
        );
        assert_eq!(in_use(&finder, "https://rx.contoso.com/"), None);
        assert_eq!(in_use(&finder, "http://graph.test/"), None);
        let address = finder.address_to(&Url::parse(GRAPH).unwrap()).unwrap();
        assert_eq!(address.password(), Some("hunter2"));
    }

    #[test]
    fn settings_of_windows_without_a_proxy_lead_to_a_direct_connection() {
        let disabled = StoredSettings {
            enabled: false,
            ..windows("secure:8443", "")
        };
        let finder = finder(&[], &disabled);
        assert_eq!(in_use(&finder, GRAPH), None);
        // Without rules of its own, the client would read the settings itself.
        assert!(finder.for_client().is_some());
    }

    #[test]
    fn a_proxy_that_the_user_names_is_for_every_address() {
        let named = Arc::new(ProxyFinder::named(&Url::parse("http://own:3128").unwrap()));
        assert_eq!(
            in_use(&named, GRAPH),
            Some(("own:3128".to_owned(), ProxySource::Settings, None))
        );
        assert!(named.for_client().is_none());
        let pasted = Url::parse("http://client_secret=hunter2").unwrap();
        assert_eq!(in_use(&ProxyFinder::named(&pasted), GRAPH), None);
    }
}
