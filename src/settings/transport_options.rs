//! How this program gets out of the customer's network: certificate authority, proxy, and the name it goes by.

use std::fmt;
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::Url;

use super::{Environment, SettingsError, looks_like_a_secret};

const WHAT: &str = "the certificate file";
const NO_CERTIFICATE: &str = "it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----); export it as Base-64 encoded X.509";

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
    /// Reads what the flags name. A proxy without scheme is taken for an `http://` one, as everywhere.
    pub fn read(
        ca_file: Option<&Path>,
        proxy: Option<&str>,
        user_agent: Option<&str>,
        surroundings: &dyn Environment,
    ) -> Result<Self, SettingsError> {
        let default = Self::default();
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

/// The address of a proxy. It is never repeated in an error: it may hold a password.
pub(super) fn proxy_address(typed: &str) -> Result<Url, &'static str> {
    let typed = typed.trim();
    let whole = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("http://{typed}")
    };
    match Url::parse(&whole) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => Ok(url),
        Ok(url) if url.host().is_some() => Err("must begin with http:// or https://"),
        _ => Err("is no address; write it like http://proxy.contoso.com:8080"),
    }
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
    use crate::settings::SimulatedEnvironment;

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
