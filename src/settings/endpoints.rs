//! Where the services are: the addresses of a cloud, or those that the user points to.

use url::{Host, Url};

use crate::evidence::SettingsFault;
use crate::terms::{Api, CheckId};

use super::host_name::usable_address;
use super::transport_options::holds_a_secret;
use super::{Connection, EndpointOverrides, Estate, SettingsError};

/// The path that every Graph address ends in.
const GRAPH_VERSION: &str = "/v1.0";

/// The addresses of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The sign-in host; the tenant is appended to its path.
    pub sign_in: Endpoint,
    /// Graph with its version, such as `https://graph.microsoft.com/v1.0`.
    pub graph: Endpoint,
    /// The whole EWS address.
    pub exchange: Endpoint,
    /// The resource identifier of Graph, such as `https://graph.microsoft.com`; it stays that of the cloud whatever the address.
    pub graph_resource: String,
    /// The resource identifier of Exchange, such as `https://outlook.office365.com`.
    pub exchange_resource: String,
    /// Where a tenant that is unknown here may live instead.
    pub other_clouds: Vec<OtherCloud>,
}

/// The address of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Without user info, query and fragment where the user gave it.
    pub url: Url,
    /// Whether the user points there, so that Microsoft's certificates are not to be expected.
    pub given_by_user: bool,
}

/// A cloud that was not chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherCloud {
    /// Its id, as in the settings file.
    pub id: String,
    /// Its name for people.
    pub title: String,
    /// Its sign-in host.
    pub sign_in: Url,
}

impl Endpoint {
    /// The address of the cloud.
    pub fn of_cloud(url: Url) -> Self {
        Self {
            url,
            given_by_user: false,
        }
    }
}

impl Endpoints {
    /// Every address that may receive requests.
    pub fn urls(&self) -> impl Iterator<Item = &Url> {
        let own = [&self.sign_in.url, &self.graph.url, &self.exchange.url];
        own.into_iter()
            .chain(self.other_clouds.iter().map(|cloud| &cloud.sign_in))
    }

    /// Takes over the addresses that the settings name as Server Host Name: a cloud can have more than one. Connections that
    /// name different ones are checked at the usual address of the cloud.
    #[must_use]
    pub fn configured_by(mut self, estate: &Estate) -> Self {
        if let Some(url) = configured_address(estate, Api::Ews) {
            self.exchange.url = url;
        }
        if let Some(url) = configured_address(estate, Api::Graph) {
            self.graph.url = url;
        }
        self
    }

    /// Points the services elsewhere. With a sign-in host of the user's the other clouds are not searched.
    pub fn apply(mut self, overrides: &EndpointOverrides) -> Result<Self, SettingsError> {
        if let Some(typed) = &overrides.login_url {
            self.sign_in = GivenAddress::SignIn.of_option(typed)?;
            self.other_clouds.clear();
        }
        if let Some(typed) = &overrides.graph_url {
            self.graph = GivenAddress::Graph.of_option(typed)?;
        }
        if let Some(typed) = &overrides.ews_url {
            self.exchange = GivenAddress::Exchange.of_option(typed)?;
        }
        Ok(self)
    }
}

/// The one address that the faultless connections over an API name.
fn configured_address(estate: &Estate, api: Api) -> Option<Url> {
    let is_judged_right = |connection: &&Connection| {
        let at_fault =
            |fault: &SettingsFault| fault.kind.check() == CheckId::SettingsServerHostName;
        connection.api == Some(api) && !connection.faults.iter().any(at_fault)
    };
    let own = estate.connections.iter().filter(is_judged_right);
    let mut urls =
        own.filter_map(|connection| usable_address(connection.server_host_name.as_deref()?));
    let first = urls.next()?;
    urls.all(|other| other == first).then_some(first)
}

/// An address that replaces the one of the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivenAddress {
    SignIn,
    Graph,
    Exchange,
}

impl GivenAddress {
    /// The option that names it.
    pub(super) const fn option(self) -> &'static str {
        match self {
            Self::SignIn => "--login-url",
            Self::Graph => "--graph-url",
            Self::Exchange => "--ews-url",
        }
    }

    /// Parses an address; an error states what is wrong and does not repeat the text.
    pub(super) fn read(self, typed: &str) -> Result<Url, &'static str> {
        match self {
            Self::SignIn => address(typed),
            Self::Graph => graph_address(typed),
            Self::Exchange => ews_address(typed),
        }
    }

    fn of_option(self, typed: &str) -> Result<Endpoint, SettingsError> {
        match self.read(typed) {
            Ok(url) => Ok(Endpoint {
                url,
                given_by_user: true,
            }),
            Err(problem) => Err(SettingsError::option(self.option(), problem)),
        }
    }
}

fn graph_address(typed: &str) -> Result<Url, &'static str> {
    let mut url = address(typed)?;
    let path = url.path().trim_end_matches('/').to_owned();
    if path.is_empty() {
        url.set_path(GRAPH_VERSION);
    } else if path.ends_with(GRAPH_VERSION) {
        url.set_path(&path);
    } else {
        return Err("must end in /v1.0, like https://localhost:8443/v1.0");
    }
    Ok(url)
}

fn ews_address(typed: &str) -> Result<Url, &'static str> {
    let url = address(typed)?;
    if url.path().trim_matches('/').is_empty() {
        return Err("must be the whole address, like https://localhost:8443/EWS/Exchange.asmx");
    }
    Ok(url)
}

/// An address a token may be sent to: https, or http to this machine. What was typed is not repeated, it may hold a password.
fn address(typed: &str) -> Result<Url, &'static str> {
    if holds_a_secret(typed.trim()) {
        return Err(
            "looks like a secret and is not repeated; write an address like https://host:port",
        );
    }
    let Ok(url) = Url::parse(typed.trim()) else {
        return Err("is no address; write it like https://host:port");
    };
    // A token in plain text must not leave this machine.
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_on_this_machine(&url));
    if !secure {
        return Err(
            "must begin with https:// (http:// only for this machine itself: 127.0.0.1, [::1], localhost)",
        );
    }
    // Addresses appear in reports, so they must not contain a password.
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not hold a user name or a password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not hold a ? or a #");
    }
    Ok(url)
}

/// Whether an address leads to this machine and nowhere else.
pub(super) fn is_on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud() -> Endpoints {
        let at = |text: &str| Endpoint::of_cloud(Url::parse(text).unwrap());
        Endpoints {
            sign_in: at("https://login.microsoftonline.com"),
            graph: at("https://graph.microsoft.com/v1.0"),
            exchange: at("https://outlook.office365.com/EWS/Exchange.asmx"),
            graph_resource: "https://graph.microsoft.com".to_owned(),
            exchange_resource: "https://outlook.office365.com".to_owned(),
            other_clouds: vec![OtherCloud {
                id: "china".to_owned(),
                title: "China".to_owned(),
                sign_in: Url::parse("https://login.partner.microsoftonline.cn").unwrap(),
            }],
        }
    }

    fn graph(typed: &str) -> Result<String, String> {
        let overrides = EndpointOverrides {
            graph_url: Some(typed.to_owned()),
            ..EndpointOverrides::default()
        };
        cloud()
            .apply(&overrides)
            .map(|applied| applied.graph.url.to_string())
            .map_err(|error| error.to_string())
    }

    fn login(typed: &str) -> Result<Endpoints, SettingsError> {
        cloud().apply(&EndpointOverrides {
            login_url: Some(typed.to_owned()),
            ..EndpointOverrides::default()
        })
    }

    fn ews(typed: &str) -> Result<Endpoints, SettingsError> {
        cloud().apply(&EndpointOverrides {
            ews_url: Some(typed.to_owned()),
            ..EndpointOverrides::default()
        })
    }

    #[test]
    fn nothing_given_changes_nothing() {
        assert_eq!(
            cloud().apply(&EndpointOverrides::default()).unwrap(),
            cloud()
        );
    }

    #[test]
    fn a_sign_in_host_of_ones_own_ends_the_search_in_other_clouds() {
        let applied = login("https://localhost:8443").unwrap();
        assert!(applied.sign_in.given_by_user && applied.other_clouds.is_empty());
        assert_eq!(applied.graph, cloud().graph);
        assert_eq!(applied.graph_resource, cloud().graph_resource);
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for typed in [
            "http://127.0.0.1:1",
            "http://127.9.8.7",
            "http://[::1]:80",
            "http://localhost:5",
            "https://any.host",
        ] {
            assert!(login(typed).is_ok(), "{typed}");
        }
        for typed in [
            "http://10.0.0.1",
            "http://localhost.evil.com",
            "http://[::2]",
            "ftp://localhost",
            "localhost:8443",
            "",
        ] {
            assert!(login(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let error = login("https://user:hunter2@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        assert!(login("https://host/?a=b").is_err());
        assert!(login("https://host/#x").is_err());
    }

    #[test]
    fn graph_ends_in_its_version() {
        assert_eq!(graph("https://h:1").unwrap(), "https://h:1/v1.0");
        assert_eq!(graph("https://h:1/v1.0/").unwrap(), "https://h:1/v1.0");
        assert_eq!(
            graph("https://h:1/proxy/v1.0").unwrap(),
            "https://h:1/proxy/v1.0"
        );
        assert!(
            graph("https://h:1/beta")
                .unwrap_err()
                .contains("--graph-url")
        );
    }

    #[test]
    fn ews_is_given_whole() {
        let applied = ews("https://h/EWS/Exchange.asmx").unwrap();
        assert_eq!(applied.exchange.url.as_str(), "https://h/EWS/Exchange.asmx");
        assert!(applied.exchange.given_by_user && !applied.graph.given_by_user);
        assert!(ews("https://h").is_err());
        assert!(ews("https://h/").is_err());
    }

    #[test]
    fn a_secret_in_place_of_a_host_is_refused_in_any_case() {
        let secret = "Zq98Q~FAKEsecretFAKEsecret1234567890abcd";
        let kinds = [
            GivenAddress::SignIn,
            GivenAddress::Graph,
            GivenAddress::Exchange,
        ];
        for kind in kinds {
            for host in [secret, &secret.to_lowercase()] {
                let problem = kind.read(&format!("https://{host}/v1.0")).unwrap_err();
                assert!(problem.contains("looks like a secret"), "{problem}");
            }
        }
    }
}
