//! The Server Host Name: whether the product can work with it, and what kind of address it is where it cannot.

use std::net::IpAddr;

use url::{Host, Url};

use crate::evidence::SettingsFaultKind;
use crate::terms::Api;

use super::Reference;
use super::lint::stray;

const EWS_PATH: &str = "/EWS/Exchange.asmx";
const GRAPH_PATH: &str = "/v1.0";
/// Names that differ from a right one in so few letters are taken for it, mistyped.
const MISTYPED_LETTERS: usize = 3;

/// What a Server Host Name turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HostName {
    /// The address of the chosen API in the chosen cloud, or a host that an option names.
    Right(Url),
    /// Something else.
    Wrong(WrongHostName),
}

/// Why a Server Host Name cannot work.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongHostName {
    pub(super) kind: SettingsFaultKind,
    /// In sentences, without the value itself.
    pub(super) detail: String,
    /// The ids of the clouds it belongs to, for one of another cloud.
    pub(super) other_cloud: Option<String>,
}

/// What a Server Host Name is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) api: Api,
    pub(super) cloud: &'a str,
    pub(super) reference: &'a Reference,
    /// The hosts that `--ews-url` and `--graph-url` name, with their ports.
    pub(super) given_hosts: &'a [String],
}

impl Expected<'_> {
    /// The right hosts, the usual one first.
    fn hosts(&self) -> Vec<&str> {
        self.reference
            .cloud_hosts
            .get(self.cloud)
            .map_or_else(Vec::new, |hosts| match self.api {
                Api::Ews => hosts.exchange.iter().map(String::as_str).collect(),
                Api::Graph => vec![hosts.graph.as_str()],
            })
    }

    /// The usual Server Host Name.
    pub(super) fn right_value(&self) -> Option<String> {
        let host = *self.hosts().first()?;
        Some(match self.api {
            Api::Ews => format!("https://{host}{EWS_PATH}"),
            Api::Graph => format!("https://{host}{GRAPH_PATH}"),
        })
    }

    fn wrong(&self, kind: SettingsFaultKind, what: &str) -> HostName {
        let right = self.right_value().map_or_else(String::new, |right| {
            format!(" The correct value is {right}.")
        });
        HostName::Wrong(WrongHostName {
            kind,
            detail: format!("{what}{right}"),
            other_cloud: None,
        })
    }
}

/// Judges a Server Host Name as typed.
pub(super) fn judge(typed: &str, expected: &Expected<'_>) -> HostName {
    let address = Address::read(typed);
    let Some((url, host)) = address.parsed() else {
        return expected.wrong(
            SettingsFaultKind::HostNameForm,
            "The Server Host Name is not a web address.",
        );
    };
    // Before all other rules, because an option can point to a test tenant or a gateway.
    if expected.given_hosts.contains(&with_port(&url)) {
        return HostName::Right(url);
    }
    let reference = expected.reference;
    let is_of_the_api = expected
        .hosts()
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&host));
    let (other_api, other_api_is) = match expected.api {
        Api::Ews => (
            reference.is_graph_host(&host),
            "Use Graph API is No, but the Server Host Name is the address of Microsoft Graph.",
        ),
        Api::Graph => (
            reference.is_exchange_host(&host),
            "Use Graph API is Yes, but the Server Host Name is the address of Exchange Web Services.",
        ),
    };
    if other_api {
        return expected.wrong(SettingsFaultKind::HostNameMismatch, other_api_is);
    }
    if is_of_the_api {
        return match address.fault_of_form(&url, expected.api) {
            Some(fault) => expected.wrong(SettingsFaultKind::HostNameForm, &fault),
            None => HostName::Right(normalized(url, &host)),
        };
    }
    let clouds = reference.clouds_of_host(&host);
    if !clouds.is_empty() {
        return of_another_cloud(expected, &clouds);
    }
    expected.wrong(
        SettingsFaultKind::HostNameForeign,
        &foreign(&address, &url, &host, expected),
    )
}

fn of_another_cloud(expected: &Expected<'_>, clouds: &[&str]) -> HostName {
    let clouds = clouds.join(" or ");
    let what = format!(
        "The Server Host Name is an address of the cloud {clouds}, and the cloud of these settings is {}.",
        expected.cloud
    );
    match expected.wrong(SettingsFaultKind::HostNameOtherCloud, &what) {
        HostName::Wrong(wrong) => HostName::Wrong(WrongHostName {
            other_cloud: Some(clouds),
            ..wrong
        }),
        right @ HostName::Right(_) => right,
    }
}

/// The same address with the host name as certificates and services spell it.
fn normalized(mut url: Url, host: &str) -> Url {
    if url.host_str() != Some(host) {
        // A name that is written with the final dot of the DNS; the services do not expect it.
        let _ = url.set_host(Some(host));
    }
    url
}

/// The address to use for a Server Host Name that was judged right.
pub(super) fn usable_address(typed: &str) -> Option<Url> {
    let (url, host) = Address::read(typed).parsed()?;
    let mut url = normalized(url, &host);
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Some(url)
}

/// Host and port as the options and the settings are compared.
pub(super) fn with_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    url.port_or_known_default()
        .map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}

/// An address as typed.
struct Address<'t> {
    typed: &'t str,
    scheme: Option<&'t str>,
    rest: &'t str,
}

impl<'t> Address<'t> {
    fn read(typed: &'t str) -> Self {
        let mut address = Self {
            typed,
            scheme: None,
            rest: typed.trim(),
        };
        // A scheme that was typed twice is taken off twice, so that the host is found behind it.
        for _ in 0..2 {
            let found = address
                .rest
                .split_once("://")
                .or_else(|| address.rest.split_once(":\\\\"));
            match found {
                Some((scheme, rest)) if !scheme.contains(['/', '?', '#', '@', '.', ':']) => {
                    let scheme = if address.scheme.is_some() {
                        "twice"
                    } else {
                        scheme
                    };
                    address = Self {
                        typed,
                        scheme: Some(scheme),
                        rest,
                    };
                }
                _ => break,
            }
        }
        address
    }

    /// The address and its host in lowercase, without a final dot. It is read as https, whatever scheme was typed: other
    /// schemes are read by other rules.
    fn parsed(&self) -> Option<(Url, String)> {
        let url = Url::parse(&format!("https://{}", self.rest)).ok()?;
        let host = url.host_str()?.trim_end_matches('.').to_ascii_lowercase();
        (!host.is_empty()).then_some((url, host))
    }

    /// What is wrong around a right host.
    fn fault_of_form(&self, url: &Url, api: Api) -> Option<String> {
        if let Some(stray) = stray::find(self.typed).0.into_iter().next() {
            return Some(format!(
                "The Server Host Name contains a {} at position {}.",
                stray.name, stray.position
            ));
        }
        if self.typed.contains('\\') {
            return Some("The Server Host Name is written with backslashes.".to_owned());
        }
        match self.scheme {
            Some(scheme) if scheme.eq_ignore_ascii_case("https") => {}
            Some(scheme) if scheme.eq_ignore_ascii_case("http") => {
                return Some(
                    "The Server Host Name starts with http://; Microsoft 365 accepts only https://.".to_owned(),
                );
            }
            Some(_) => {
                return Some("The Server Host Name does not start with https://.".to_owned());
            }
            None => return Some("The Server Host Name does not start with https://.".to_owned()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Some("The Server Host Name contains a user name before an @.".to_owned());
        }
        if url.port().is_some() {
            return Some(
                "The Server Host Name contains a port; the service uses the default HTTPS port."
                    .to_owned(),
            );
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Some("The Server Host Name contains a query (?) or a fragment (#).".to_owned());
        }
        match api {
            Api::Ews => fault_of_ews_path(url.path()),
            Api::Graph => fault_of_graph_path(url.path()),
        }
        .map(|fault| format!("The Server Host Name has the correct host, but {fault}."))
    }
}

fn fault_of_ews_path(path: &str) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    let first = path
        .split('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    if path == EWS_PATH.to_ascii_lowercase() {
        return None;
    }
    Some(match first {
        "" => "the path is missing",
        "ews" => "the path is not complete",
        "owa" => "the path is that of Outlook on the web",
        "api" => "the path is that of the Outlook REST API, which has ended",
        "autodiscover" => "the path is that of Autodiscover",
        "ecp" | "mapi" | "rpc" | "powershell" | "microsoft-server-activesync" => {
            "the path is that of another Exchange service"
        }
        _ => "the path is not that of Exchange Web Services",
    })
}

fn fault_of_graph_path(path: &str) -> Option<&'static str> {
    let path = path.trim_end_matches('/').to_ascii_lowercase();
    match path.as_str() {
        GRAPH_PATH => None,
        "" => Some("the version is missing"),
        "/beta" => Some("the version is beta, which Microsoft does not support in production"),
        _ if path.starts_with("/v1.0/") => Some("something follows the version"),
        _ => Some("the version is not v1.0"),
    }
}

/// Names of Microsoft that are hosts of other services, with what they are.
const OTHER_SERVICES: [(&str, &str); 12] = [
    (
        "graph.windows.net",
        "Azure AD Graph, which Microsoft has retired",
    ),
    ("login.microsoftonline.com", "the sign-in service"),
    (
        "login.microsoftonline.us",
        "the sign-in service of the US government clouds",
    ),
    (
        "login.partner.microsoftonline.cn",
        "the sign-in service in China",
    ),
    ("login.windows.net", "the sign-in service"),
    ("outlook.live.com", "Outlook.com, for personal accounts"),
    ("smtp.office365.com", "the mail submission service"),
    ("autodiscover-s.outlook.com", "Autodiscover"),
    ("autodiscover.outlook.com", "Autodiscover"),
    (
        "mail.protection.outlook.com",
        "the mail routing of Exchange Online",
    ),
    ("admin.exchange.microsoft.com", "the Exchange admin center"),
    ("outlook.cloud.microsoft", "Outlook on the web"),
];
/// First labels under which companies publish an Exchange Server of their own.
const OWN_SERVER_LABELS: [&str; 9] = [
    "mail",
    "webmail",
    "owa",
    "exchange",
    "ews",
    "autodiscover",
    "hybrid",
    "legacy",
    "outlook",
];
/// Last labels that the public DNS does not have.
const INTERNAL_DOMAINS: [&str; 8] = [
    "local",
    "lan",
    "internal",
    "intern",
    "corp",
    "intra",
    "home",
    "localdomain",
];

/// What a host is that belongs to no cloud, in sentences.
fn foreign(address: &Address<'_>, url: &Url, host: &str, expected: &Expected<'_>) -> String {
    let service = match expected.api {
        Api::Ews => "Exchange Online",
        Api::Graph => "Microsoft Graph",
    };
    // A deceptive address must not be reported as a typing error.
    let what = tricked(address, url, host, expected)
        .or_else(|| other_service(host))
        .or_else(|| mistyped(host, expected))
        .or_else(|| own_server(url, host))
        .unwrap_or_default();
    format!("The host in the Server Host Name does not belong to {service} in this cloud.{what}")
}

/// Addresses with characters that resemble those of a correct one.
fn tricked(
    address: &Address<'_>,
    url: &Url,
    host: &str,
    expected: &Expected<'_>,
) -> Option<String> {
    if !url.username().is_empty() || url.password().is_some() {
        return Some(" What is written before the @ is a user name, not the host.".to_owned());
    }
    let authority = address
        .rest
        .split(['/', '?', '#', '\\'])
        .next()
        .unwrap_or_default();
    if let Some((at, letter)) = authority
        .chars()
        .enumerate()
        .find(|(_, letter)| !letter.is_ascii())
    {
        return Some(format!(
            " The letter at position {} of the host (U+{:04X}) resembles a Latin letter, or is invisible.",
            at + 1,
            u32::from(letter)
        ));
    }
    let known = expected
        .hosts()
        .into_iter()
        .find(|known| host.starts_with(&format!("{known}.")))?;
    Some(format!(
        " It begins like {known}, but the end of a host name decides whose it is."
    ))
}

fn other_service(host: &str) -> Option<String> {
    let is_or_below = |name: &str| host == name || host.ends_with(&format!(".{name}"));
    let (_, what) = OTHER_SERVICES.iter().find(|(name, _)| is_or_below(name))?;
    Some(format!(" It is the address of {what}."))
}

fn mistyped(host: &str, expected: &Expected<'_>) -> Option<String> {
    let hosts = expected.hosts();
    let distance = |known: &&str| strsim::damerau_levenshtein(host, known);
    let nearest = hosts.into_iter().min_by_key(distance)?;
    (distance(&nearest) <= MISTYPED_LETTERS).then(|| format!(" Did you mean {nearest}?"))
}

/// Exchange servers in the customer's own network, on-premises or in a hybrid.
fn own_server(url: &Url, host: &str) -> Option<String> {
    let labels: Vec<&str> = host.split('.').collect();
    let first = labels.first().copied().unwrap_or_default();
    let is_internal = match url.host()? {
        Host::Ipv4(address) => is_internal(IpAddr::V4(address)),
        Host::Ipv6(address) => is_internal(IpAddr::V6(address)),
        Host::Domain(_) => {
            labels.len() < 2
                || labels
                    .last()
                    .is_some_and(|last| INTERNAL_DOMAINS.contains(last))
        }
    };
    let path = url.path().to_ascii_lowercase();
    // Numbers at the end of the label are ignored, because servers have names such as `mail2`.
    let is_exchange = ["/ews", "/owa", "/autodiscover"]
        .iter()
        .any(|known| path.starts_with(known))
        || OWN_SERVER_LABELS
            .contains(&first.trim_end_matches(|letter: char| letter.is_ascii_digit()));
    if is_internal {
        return Some(
            " It is a name or address inside a company network, such as that of an Exchange Server (on-premises or hybrid); \
             the app registration signs in to Microsoft 365 only."
                .to_owned(),
        );
    }
    is_exchange.then(|| {
        " It looks like the address of your own Exchange Server (on-premises or hybrid); the app registration signs in \
         to Microsoft 365 only."
            .to_owned()
    })
}

fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private() || address.is_loopback() || address.is_link_local()
        }
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}
