//! The proxy settings of Windows, as text: which proxy they name, for which hosts, and what they hold besides.

use url::Url;

use crate::evidence::{InputNote, InputNoteKind};

/// The values of `Internet Settings` in the registry, as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct StoredSettings {
    /// `ProxyEnable`.
    pub(super) enabled: bool,
    /// `ProxyServer`.
    pub(super) server: String,
    /// `ProxyOverride`.
    pub(super) bypass: String,
    /// `AutoConfigURL`: the address of a proxy auto-configuration (PAC) script.
    pub(super) script: Option<String>,
    /// The proxy of `netsh winhttp`, which services use.
    pub(super) winhttp: Option<String>,
}

impl StoredSettings {
    /// The proxy that is in use by these settings.
    pub(super) fn proxy(&self) -> Option<SystemProxy> {
        parse_system_proxy(&self.server, &self.bypass).filter(|_| self.enabled)
    }

    /// What these settings hold, but this program does not follow.
    pub(super) fn not_followed(&self) -> Vec<InputNote> {
        let script = self.script.as_deref().map(str::trim);
        let script = script.filter(|address| !address.is_empty());
        let script = script.map(|address| {
            InputNote::new(InputNoteKind::ProxyScriptNotFollowed).about(&without_user(address))
        });
        // The same proxy in both places leaves nothing to add.
        let other = self.winhttp.as_deref().filter(|winhttp| {
            self.proxy().is_none_or(|own| {
                parse_system_proxy(winhttp, "").is_none_or(|other| own.https != other.https)
            })
        });
        let winhttp = other.map(|address| {
            InputNote::new(InputNoteKind::WinhttpProxyNotFollowed).about(&without_user(address))
        });
        script.into_iter().chain(winhttp).collect()
    }
}

/// An address without a user and a password, which a proxy can have.
fn without_user(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((before, host)) => match before.split_once("://") {
            Some((scheme, _)) => format!("{scheme}://{host}"),
            None => host.to_owned(),
        },
        None => address.to_owned(),
    }
}

/// The proxies of the system, by the scheme of the address that is requested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SystemProxy {
    /// For `http` addresses.
    pub(super) http: Option<Url>,
    /// For `https` addresses.
    pub(super) https: Option<Url>,
    bypass: Vec<String>,
}

/// Reads `ProxyServer` and `ProxyOverride`. The server is one address for everything (`proxy:8080`), or one for each protocol
/// (`http=proxy:8080;https=proxy:8443`). `None` if it names no proxy for HTTP or HTTPS; a SOCKS proxy is not supported.
pub(super) fn parse_system_proxy(server: &str, bypass: &str) -> Option<SystemProxy> {
    let (mut http, mut https) = (None, None);
    for entry in parts(server) {
        let (protocol, address) = entry.split_once('=').unwrap_or(("", entry));
        let (protocol, address) = (protocol.trim().to_ascii_lowercase(), address_of(address));
        let (for_http, for_https) = match protocol.as_str() {
            "" => (address.clone(), address),
            "http" => (address, None),
            "https" => (None, address),
            _ => (None, None),
        };
        (http, https) = (http.or(for_http), https.or(for_https));
    }
    if http.is_none() && https.is_none() {
        return None;
    }
    Some(SystemProxy {
        http,
        https,
        bypass: parts(bypass).map(str::to_ascii_lowercase).collect(),
    })
}

/// Windows accepts semicolons and spaces between entries.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter == ';' || letter.is_whitespace())
        .filter(|part| !part.is_empty())
}

/// An address of a proxy. Without a scheme it is an `http` one; an address with a scheme other than HTTP gives none.
fn address_of(text: &str) -> Option<Url> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    Url::parse(&whole)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

impl SystemProxy {
    /// Whether a host is reached without the proxy.
    pub(super) fn bypasses(&self, to: &Url) -> bool {
        let Some(host) = to.host_str() else {
            return true;
        };
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        self.bypass.iter().any(|entry| match entry.as_str() {
            // All names without a dot.
            "<local>" => !host.contains(['.', ':']),
            pattern => matches_host(pattern, &host, to),
        })
    }
}

/// Whether a pattern such as `*.contoso.com`, `10.*` or `https://graph.microsoft.com:443` matches an address.
fn matches_host(pattern: &str, host: &str, to: &Url) -> bool {
    let pattern = match pattern.split_once("://") {
        Some((scheme, _)) if scheme != to.scheme() => return false,
        Some((_, rest)) => rest,
        None => pattern,
    };
    let (pattern, port) = match pattern.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') => (name, Some(port)),
        _ => (pattern, None),
    };
    let port_matches = port.is_none_or(|port| {
        let own = to.port_or_known_default().map(|port| port.to_string());
        port == "*" || own.is_some_and(|own| own == port)
    });
    port_matches && matches_wildcards(pattern.trim_matches(['[', ']']), host)
}

/// Whether a text matches a pattern in which `*` means any characters, also none.
fn matches_wildcards(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

/// Reads `WinHttpSettings`, the value that `netsh winhttp set proxy` writes: three numbers (size, counter, flags), then the
/// length of the proxy and the proxy. `None` for a direct connection, and for anything of another form.
#[cfg_attr(
    not(any(windows, test)),
    expect(dead_code, reason = "only Windows has this setting")
)]
pub(super) fn winhttp_proxy(value: &[u8]) -> Option<String> {
    const NAMED_PROXY: u32 = 2;
    let number = |at: usize| {
        let bytes = value.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    };
    if number(8)? & NAMED_PROXY == 0 {
        return None;
    }
    let length = usize::try_from(number(12)?).ok()?;
    let text = value.get(16..)?.get(..length)?;
    let text = String::from_utf8_lossy(text).trim().to_owned();
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(server: &str, bypass: &str) -> SystemProxy {
        parse_system_proxy(server, bypass).unwrap_or_else(|| panic!("{server}"))
    }

    fn address(url: Option<&Url>) -> Option<&str> {
        url.map(Url::as_str)
    }

    #[test]
    fn one_address_is_for_all_protocols() {
        for server in [
            "127.0.0.1:9",
            " 127.0.0.1:9 ",
            "http://127.0.0.1:9",
            "http://127.0.0.1:9/",
            "127.0.0.1:9;",
        ] {
            let found = proxy(server, "");
            let expected = Some("http://127.0.0.1:9/");
            assert_eq!(address(found.http.as_ref()), expected, "{server}");
            assert_eq!(address(found.https.as_ref()), expected, "{server}");
        }
    }

    #[test]
    fn each_protocol_can_have_its_own_address() {
        for server in [
            "http=web:8080;https=secure.contoso.com:8443;ftp=files:21;socks=socks:1080",
            "http=web:8080; https=secure.contoso.com:8443",
            "HTTP=http://web:8080 HTTPS=http://secure.contoso.com:8443/",
        ] {
            let found = proxy(server, "");
            assert_eq!(address(found.http.as_ref()), Some("http://web:8080/"));
            assert_eq!(
                address(found.https.as_ref()),
                Some("http://secure.contoso.com:8443/")
            );
        }
        let only_http = proxy("http=web:8080", "");
        assert_eq!(only_http.https, None);
    }

    #[test]
    fn settings_without_an_http_proxy_name_none() {
        for server in [
            "",
            " ; ",
            "socks=socks:1080",
            "socks5://proxy:1080",
            "http=",
        ] {
            assert_eq!(parse_system_proxy(server, ""), None, "{server}");
        }
    }

    #[test]
    fn hosts_of_the_override_are_reached_without_the_proxy() {
        let found = proxy(
            "proxy:8080",
            "<local>;*.contoso.com; 10.* ;https://graph.microsoft.com;exact.test;intern*;server:8443;[::2]",
        );
        let bypasses = |address: &str| found.bypasses(&Url::parse(address).unwrap());
        for inside in [
            "https://intranet/",
            "https://rx.contoso.com/",
            "https://A.B.Contoso.com/",
            "https://10.1.2.3/",
            "https://graph.microsoft.com/v1.0",
            "https://exact.test/",
            "https://internal.test/",
            "https://server:8443/",
            "https://[::2]/",
        ] {
            assert!(bypasses(inside), "{inside}");
        }
        for outside in [
            "https://contoso.com/",
            "https://110.1.2.3/",
            "http://graph.microsoft.com/",
            "https://www.exact.test/",
            "https://exact.test.net/",
            "https://login.microsoftonline.com/",
            "https://[::3]/",
        ] {
            assert!(!bypasses(outside), "{outside}");
        }
        let named = proxy("proxy:8080", "server.test:8443");
        assert!(!named.bypasses(&Url::parse("https://server.test/").unwrap()));
    }

    #[test]
    fn a_disabled_proxy_is_not_in_use() {
        let stored = StoredSettings {
            server: "proxy:8080".to_owned(),
            ..StoredSettings::default()
        };
        assert_eq!(stored.proxy(), None);
        let enabled = StoredSettings {
            enabled: true,
            ..stored
        };
        assert!(enabled.proxy().is_some() && enabled.not_followed().is_empty());
    }

    #[test]
    fn a_script_and_another_winhttp_proxy_are_noted() {
        let stored = StoredSettings {
            enabled: true,
            server: "http=a:1;https=b:2".to_owned(),
            script: Some("http://rx:hunter2@wpad.contoso.com/proxy.pac".to_owned()),
            winhttp: Some("c:3".to_owned()),
            ..StoredSettings::default()
        };
        let notes: Vec<_> = stored
            .not_followed()
            .into_iter()
            .map(|note| (note.kind, note.about.unwrap_or_default()))
            .collect();
        assert_eq!(
            notes,
            [
                (
                    InputNoteKind::ProxyScriptNotFollowed,
                    "http://wpad.contoso.com/proxy.pac".to_owned()
                ),
                (InputNoteKind::WinhttpProxyNotFollowed, "c:3".to_owned()),
            ]
        );
        let same = StoredSettings {
            script: Some(" ".to_owned()),
            winhttp: Some("b:2".to_owned()),
            ..stored
        };
        assert_eq!(same.not_followed(), []);
    }

    #[test]
    fn the_proxy_of_winhttp_is_read_out_of_its_value() {
        let stored = |flags: u32, proxy: &str| {
            let length = u32::try_from(proxy.len()).unwrap();
            let numbers = [0x28, 0, flags, length].map(u32::to_le_bytes).concat();
            [numbers.as_slice(), proxy.as_bytes(), &[0; 4]].concat()
        };
        assert_eq!(
            winhttp_proxy(&stored(3, "proxy.contoso.com:8080")).as_deref(),
            Some("proxy.contoso.com:8080")
        );
        assert_eq!(winhttp_proxy(&stored(1, "")), None);
        assert_eq!(winhttp_proxy(&stored(3, "")), None);
        let cut = stored(3, "proxy:8080");
        for length in 0..cut.len() - 4 {
            assert_eq!(winhttp_proxy(&cut[..length]), None, "{length}");
        }
    }
}
