//! How this program gets out of the customer's network: certificate authority, proxy, and the name it goes by.

use std::fmt;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use super::{Environment, SettingsError, looks_like_a_secret};

const WHAT: &str = "the certificate file";
const NO_CERTIFICATE: &str = "it holds no certificate in PEM form, which has a line with BEGIN CERTIFICATE; export it as Base-64 encoded X.509";

const SECRET_AS_PROXY: &str = "looks like a secret and is not repeated; write the address of the proxy, such as http://proxy.contoso.com:8080";

/// The environment variables that name the proxy for `https` addresses; the first that is set and not empty counts.
pub const PROXY_VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// `--ca-file`, `--proxy` and `--user-agent`.
#[derive(Clone, PartialEq, Eq)]
pub struct Transport {
    /// Certificate authorities to trust besides those of this machine.
    pub ca_file: Option<CaFile>,
    /// The proxy; may hold a user name and a password.
    pub proxy: Option<Url>,
    /// The value of the `User-Agent` header.
    pub user_agent: String,
    /// The certificate authorities of this machine do not count: a simulated machine that has none.
    pub without_system_roots: bool,
}

/// A file of certificates, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaFile {
    /// Its path.
    pub path: PathBuf,
    /// Its bytes: PEM with at least one certificate.
    pub pem: Vec<u8>,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            ca_file: None,
            proxy: None,
            user_agent: format!("rx-preflight/{}", env!("CARGO_PKG_VERSION")),
            without_system_roots: false,
        }
    }
}

impl Transport {
    /// Reads what the flags name. A proxy without scheme is taken for an `http://` one, as everywhere. Without a flag, the
    /// proxy of the environment is checked: with one that cannot be used, the run would take another path than the product.
    pub fn read(
        ca_file: Option<&Path>,
        proxy: Option<&str>,
        user_agent: Option<&str>,
        surroundings: &dyn Environment,
    ) -> Result<Self, SettingsError> {
        let default = Self::default();
        if proxy.is_none() {
            check_proxy_of_environment(surroundings)?;
        }
        Ok(Self {
            ca_file: ca_file
                .map(|path| read_certificates(path, surroundings))
                .transpose()?,
            proxy: proxy.map(proxy_of_option).transpose()?,
            user_agent: user_agent
                .map(header_value)
                .transpose()?
                .unwrap_or(default.user_agent),
            without_system_roots: default.without_system_roots,
        })
    }
}

fn read_certificates(path: &Path, surroundings: &dyn Environment) -> Result<CaFile, SettingsError> {
    let pem = match surroundings.read_file(path) {
        Ok(pem) => pem,
        Err(error) => return Err(SettingsError::unreadable(None, WHAT, path, &error)),
    };
    let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    if certificates.is_ok_and(|certificates| !certificates.is_empty()) {
        Ok(CaFile {
            path: path.to_owned(),
            pem,
        })
    } else {
        Err(SettingsError::not_usable(None, WHAT, path, NO_CERTIFICATE))
    }
}

fn proxy_of_option(typed: &str) -> Result<Url, SettingsError> {
    proxy_address(typed).map_err(|problem| SettingsError::option("--proxy", problem))
}

fn check_proxy_of_environment(surroundings: &dyn Environment) -> Result<(), SettingsError> {
    let first = PROXY_VARIABLES.iter().find_map(|name| {
        let value = surroundings.variable(name)?;
        (!value.is_empty()).then_some((name, value))
    });
    let Some((name, value)) = first else {
        return Ok(());
    };
    let option = format!("the environment variable {name}");
    proxy_address(&value)
        .map(drop)
        .map_err(|problem| SettingsError::option(&option, problem))
}

/// The address of a proxy. It is never repeated in an error: it may hold a password.
pub fn proxy_address(typed: &str) -> Result<Url, &'static str> {
    let typed = typed.trim();
    let whole = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("http://{typed}")
    };
    if holds_a_secret(&whole) {
        return Err(SECRET_AS_PROXY);
    }
    match Url::parse(&whole) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(url),
        Ok(url) if url.host().is_some() => Err("must begin with http:// or https://"),
        _ => Err("is no address; write it like http://proxy.contoso.com:8080"),
    }
}

/// Whether an address names a secret instead of a host, as it was typed or as it is parsed. Not every secret is recognized in
/// the lowercase of a parsed host. A password is allowed to look like a secret.
pub(super) fn holds_a_secret(address: &str) -> bool {
    let parsed = Url::parse(address).ok();
    let host = parsed.as_ref().and_then(Url::host_str);
    looks_like_a_secret(without_credentials(address)) || host.is_some_and(looks_like_a_secret)
}

/// What follows the scheme, the user and the password, and without the port, whose colon could be taken for an assignment.
fn without_credentials(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let credentials = rest.get(..end).and_then(|authority| authority.rfind('@'));
    let rest = credentials.map_or(rest, |at| rest.get(at + 1..).unwrap_or(rest));
    let port = rest.rsplit_once(':');
    port.filter(|(_, port)| {
        let digits = port.trim_end_matches('/');
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
    .map_or(rest, |(host, _)| host)
}

fn header_value(typed: &str) -> Result<String, SettingsError> {
    if looks_like_a_secret(typed) {
        let problem = "looks like a secret and is not repeated; it is sent to every service and appears in the report";
        return Err(SettingsError::option("--user-agent", problem));
    }
    // Line breaks and other control characters would break the request.
    let visible =
        !typed.trim().is_empty() && typed.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if visible {
        Ok(typed.to_owned())
    } else {
        Err(SettingsError::option(
            "--user-agent",
            "must be visible ASCII characters",
        ))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address of a proxy can contain a password.
        let proxy = self
            .proxy
            .as_ref()
            .map(|url| (url.scheme(), url.host_str(), url.port_or_known_default()));
        formatter
            .debug_struct("Transport")
            .field("ca_file", &self.ca_file.as_ref().map(|file| &file.path))
            .field("proxy", &proxy)
            .field("without_system_roots", &self.without_system_roots)
            .field("user_agent", &self.user_agent)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{SimulatedEnvironment, quotable};

    fn machine(path: &str, bytes: &[u8]) -> SimulatedEnvironment {
        SimulatedEnvironment {
            files: [(PathBuf::from(path), bytes.to_vec())].into(),
            ..SimulatedEnvironment::default()
        }
    }

    fn proxy(typed: &str) -> Result<Transport, SettingsError> {
        Transport::read(None, Some(typed), None, &SimulatedEnvironment::default())
    }

    #[test]
    fn certificates_are_read_and_looked_at() {
        let pem = rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .unwrap()
            .cert
            .pem();
        let read = |bytes: &[u8]| {
            Transport::read(
                Some(Path::new("ca.pem")),
                None,
                None,
                &machine("ca.pem", bytes),
            )
        };
        assert_eq!(
            read(pem.as_bytes()).unwrap().ca_file.unwrap().pem,
            pem.as_bytes()
        );
        // No part of the message looks like a certificate or key, which would be masked.
        assert_eq!(quotable(NO_CERTIFICATE), NO_CERTIFICATE);
        for wrong in [
            &b""[..],
            b"\x30\x82\x01\x0a",
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        ] {
            assert!(
                read(wrong)
                    .unwrap_err()
                    .to_string()
                    .contains("ca.pem: it holds no certificate")
            );
        }
        let missing = Transport::read(
            Some(Path::new("ca.pem")),
            None,
            None,
            &SimulatedEnvironment::default(),
        );
        assert!(
            missing
                .unwrap_err()
                .to_string()
                .contains("there is no such file")
        );
    }

    #[test]
    fn proxies_are_http() {
        assert_eq!(
            proxy("proxy:8080").unwrap().proxy.unwrap().as_str(),
            "http://proxy:8080/"
        );
        assert_eq!(
            proxy("https://p.contoso.com")
                .unwrap()
                .proxy
                .unwrap()
                .scheme(),
            "https"
        );
        assert!(proxy("socks5://p:1080").is_err());
        assert!(proxy("").is_err());
    }

    const PASTED: &str = "Zq98Q~FAKEsecretFAKEsecret1234567890abcd";

    #[test]
    fn a_secret_in_place_of_a_proxy_is_refused_in_any_case() {
        let lower = PASTED.to_lowercase();
        for typed in [
            PASTED.to_owned(),
            lower.clone(),
            format!("http://{PASTED}:8080"),
            format!("https://{lower}/"),
            format!("socks5://{PASTED}"),
            format!("http://rx:hunter2@{PASTED}:8080/"),
            "pK7+wQ2/vRtX9zLm4bNc+Y6hGsJ3dF8u".to_owned(),
        ] {
            let error = proxy(&typed).unwrap_err().to_string();
            assert!(error.contains("looks like a secret"), "{typed}: {error}");
            assert!(!error.to_lowercase().contains("fakesecret"), "{error}");
        }
        for usual in [
            &format!("http://rx:{PASTED}@proxy:8080"),
            "http://MAIL01.Contoso.com:8080/",
            "http://proxy-secret:8080",
        ] {
            assert!(proxy(usual).is_ok(), "{usual}");
        }
    }

    #[test]
    fn the_variable_that_names_the_proxy_is_checked_as_the_option_is() {
        let read = |variables: &[(&str, &str)]| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            let machine = SimulatedEnvironment {
                variables: variables.iter().map(owned).collect(),
                ..SimulatedEnvironment::default()
            };
            let read = Transport::read(None, None, None, &machine);
            read.map_err(|error| error.to_string())
        };
        for name in PROXY_VARIABLES {
            for value in [
                "ftp://127.0.0.1:1",
                "socks5://127.0.0.1:1",
                "http://[::1",
                "javascript:alert(1)",
                "http://u:pa/ss@127.0.0.1:1",
                "http://u:hunter2@127.0.0.1:99999",
                "http://",
                PASTED,
            ] {
                let error = read(&[(name, value)]).unwrap_err();
                let named = format!("the value of the environment variable {name} ");
                assert!(
                    error.starts_with(&named) && error.contains("http://"),
                    "{error}"
                );
                assert!(
                    (value == "http://" || !error.contains(value)) && !error.contains("hunter2"),
                    "{error}"
                );
            }
        }
        assert!(
            read(&[
                ("HTTPS_PROXY", ""),
                ("https_proxy", "proxy:1"),
                ("ALL_PROXY", "ftp://x")
            ])
            .is_ok()
        );
        assert!(read(&[("HTTPS_PROXY", ""), ("https_proxy", "")]).is_ok());
        assert!(read(&[("HTTP_PROXY", "ftp://x")]).is_ok());
        let machine = SimulatedEnvironment {
            variables: [("HTTPS_PROXY".to_owned(), "ftp://x".to_owned())].into(),
            ..SimulatedEnvironment::default()
        };
        assert!(Transport::read(None, Some("proxy:1"), None, &machine).is_ok());
    }

    #[test]
    fn the_password_of_a_proxy_is_not_shown() {
        let transport = proxy("http://rx:hunter2@proxy:8080").unwrap();
        assert!(!format!("{transport:?}").contains("hunter2"));
        let error = proxy("socks5://rx:hunter2@proxy").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn the_user_agent_fits_into_a_header() {
        let read = |typed| {
            Transport::read(None, None, typed, &SimulatedEnvironment::default())
                .map(|transport| transport.user_agent)
        };
        assert!(read(None).unwrap().starts_with("rx-preflight/"));
        assert_eq!(
            read(Some("ResourceXpress/2024.1")).unwrap(),
            "ResourceXpress/2024.1"
        );
        assert!(read(Some("a\r\nb")).is_err());
        assert!(read(Some("")).is_err());
    }
}
