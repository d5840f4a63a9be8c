//! Connectivity against real software: tinyproxy, mitmproxy and `openssl s_server`, started on loopback.
//!
//! These tests need that software, so they are ignored by default: `.ci/network` installs it and runs
//! `cargo test --test network -- --ignored`. The same layers are played without it in `fixtures/scenarios`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::Value;
use software::{Software, mitmproxy, tinyproxy, web_server};
use support::{Tenant, program};
use tempfile::TempDir;

#[path = "support/software.rs"]
mod software;
mod support;

/// The user and the password of every proxy here that wants them.
const CREDENTIALS: &str = "rx:hunter2-Proxy";

/// How a check went.
struct Checked {
    exit: Option<i32>,
    report: Value,
    /// Everything that was printed, for the search for what must not be there.
    printed: String,
}

/// Options of a check besides its settings: the network path to the tenant.
#[derive(Default)]
struct NetworkPath {
    options: Vec<String>,
    variables: Vec<(&'static str, String)>,
    /// Addresses in place of the tenant's own.
    addresses: Vec<(&'static str, String)>,
    ca_files: Vec<PathBuf>,
}

impl NetworkPath {
    fn option(mut self, name: &str, value: impl Into<String>) -> Self {
        self.options.extend([name.to_owned(), value.into()]);
        self
    }

    fn proxy(self, address: String) -> Self {
        self.option("--proxy", address)
    }

    fn variable(mut self, name: &'static str, value: String) -> Self {
        self.variables.push((name, value));
        self
    }

    fn to(mut self, option: &'static str, address: impl Into<String>) -> Self {
        self.addresses.push((option, address.into()));
        self
    }

    fn trusting(mut self, ca_file: PathBuf) -> Self {
        self.ca_files.push(ca_file);
        self
    }
}

/// Checks a tenant over TLS, on a network path with or without a fault.
fn check(tenant: &Tenant, path: &NetworkPath) -> Checked {
    let folder = TempDir::new().unwrap();
    let authorities: Vec<String> = path
        .ca_files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    fs::write(folder.path().join("trusted.pem"), authorities.concat()).unwrap();
    let mut command = program(folder.path());
    command
        .args(["check", "--format", "json", "--config"])
        .arg(tenant.folder.path().join("rx-preflight.toml"));
    for option in ["--login-url", "--graph-url", "--ews-url"] {
        let own = path
            .addresses
            .iter()
            .find(|(name, _)| *name == option)
            .map(|(_, address)| address.clone());
        command.args([
            option.to_owned(),
            own.unwrap_or_else(|| tenant.option(option)),
        ]);
    }
    if !authorities.is_empty() {
        command.args(["--ca-file", "trusted.pem"]);
    }
    command.args(&path.options);
    command.envs(path.variables.iter().cloned());
    let output = command.output().unwrap();
    let printed =
        String::from_utf8_lossy(&[output.stdout.clone(), output.stderr].concat()).into_owned();
    let report =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {printed}"));
    Checked {
        exit: output.status.code(),
        report,
        printed,
    }
}

impl Checked {
    /// Nothing is wrong.
    fn is_ready(&self) -> &Self {
        assert_eq!(self.exit, Some(0), "{}", self.summary());
        assert_eq!(
            self.report["summary"]["verdict"],
            "ready",
            "{}",
            self.summary()
        );
        self
    }

    /// Nothing could be decided, for this one reason, and no remedy is about anything but the network.
    fn is_cut_off_by(&self, cause: &str) -> &Self {
        assert_eq!(self.exit, Some(3), "{}", self.summary());
        assert_eq!(
            self.report["summary"]["verdict"],
            "inconclusive",
            "{}",
            self.summary()
        );
        let causes = self.causes();
        let required: Vec<&str> = causes
            .iter()
            .filter(|cause| cause["requirement"] != "advisory")
            .map(|cause| text(&cause["id"]))
            .collect();
        assert!(
            !required.is_empty() && required.iter().all(|id| *id == cause),
            "{}",
            self.summary()
        );
        for found in causes {
            assert!(
                text(&found["id"]).starts_with("network."),
                "{} is not a cause of the network",
                found["id"]
            );
            let advice = found["remedy"].to_string();
            for credential in [
                "Certificates & secrets",
                "New client secret",
                "admin consent",
                "OAuth Client",
            ] {
                assert!(
                    !advice.contains(credential),
                    "{credential} in the advice about {}",
                    found["id"]
                );
            }
        }
        self
    }

    fn shows(&self, sign: &str) -> &Self {
        let causes = self.report["causes"].to_string();
        assert!(causes.contains(sign), "{sign} is not in {causes}");
        self
    }

    fn hides(&self, secret: &str) -> &Self {
        assert!(!self.printed.contains(secret), "{secret} was printed");
        self
    }

    fn causes(&self) -> &[Value] {
        self.report["causes"].as_array().unwrap()
    }

    fn summary(&self) -> String {
        format!("{} {:#}", self.report["summary"], self.report["causes"])
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn tenant() -> Tenant {
    Tenant::start("ews-ready", true)
}

fn ca_of(tenant: &Tenant) -> PathBuf {
    tenant.folder.path().join("ca.pem")
}

fn ca_of_proxy(proxy: &Software) -> PathBuf {
    proxy.folder.path().join("mitmproxy-ca-cert.pem")
}

fn port_of(tenant: &Tenant) -> u16 {
    let address = tenant.option("--graph-url");
    let port = address
        .rsplit(':')
        .next()
        .and_then(|rest| rest.split('/').next());
    port.and_then(|port| port.parse().ok()).unwrap()
}

/// Names that only the proxy can resolve.
fn by_name(path: NetworkPath) -> NetworkPath {
    path.to("--login-url", "https://login.contoso.test")
        .to("--graph-url", "https://graph.contoso.test/v1.0")
        .to(
            "--ews-url",
            "https://outlook.contoso.test/EWS/Exchange.asmx",
        )
}

/// A web server with further options, whose certificate is of the authority in `ca.pem` of the folder, with what `change`
/// does to it.
fn faulty_server(
    options: &[&str],
    change: impl FnOnce(&mut CertificateParams),
) -> (Software, TempDir) {
    let (authority_key, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let mut authority = CertificateParams::default();
    authority
        .distinguished_name
        .push(DnType::CommonName, "Contoso Root CA");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("ca.pem"),
        authority.self_signed(&authority_key).unwrap().pem(),
    )
    .unwrap();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    change(&mut params);
    let certificate = params
        .signed_by(&key, &Issuer::new(authority, authority_key))
        .unwrap();
    (
        web_server(&certificate.pem(), &key.serialize_pem(), options),
        folder,
    )
}

#[test]
#[ignore = "needs tinyproxy; .ci/network installs it"]
fn a_proxy_that_tunnels_lets_the_check_through() {
    let (tenant, proxy) = (tenant(), tinyproxy(&[]));
    check(
        &tenant,
        &NetworkPath::default()
            .proxy(proxy.as_proxy(""))
            .trusting(ca_of(&tenant)),
    )
    .is_ready();
    assert!(
        proxy
            .log()
            .contains(&format!("CONNECT 127.0.0.1:{}", port_of(&tenant))),
        "{}",
        proxy.log()
    );
}

#[test]
#[ignore = "needs tinyproxy; .ci/network installs it"]
fn a_proxy_with_a_password_is_recognized_by_407_and_passed_with_the_right_password() {
    let (user, password) = CREDENTIALS.split_once(':').unwrap();
    let (tenant, proxy) = (
        tenant(),
        tinyproxy(&[&format!("BasicAuth {user} {password}")]),
    );
    let through = |credentials: &str| {
        check(
            &tenant,
            &NetworkPath::default()
                .proxy(proxy.as_proxy(credentials))
                .trusting(ca_of(&tenant)),
        )
    };
    through("").is_cut_off_by("network.proxy-authentication-required");
    through("rx:wrong-word@")
        .is_cut_off_by("network.proxy-authentication-required")
        .shows("rejected the credentials (401 Unauthorized)")
        .hides("wrong-word");
    through(&format!("{CREDENTIALS}@"))
        .is_ready()
        .hides(password);
}

#[test]
#[ignore = "needs tinyproxy; .ci/network installs it"]
fn a_proxy_that_allows_other_ports_only_refuses_the_tunnel() {
    let (tenant, proxy) = (tenant(), tinyproxy(&["ConnectPort 443"]));
    let checked = check(
        &tenant,
        &NetworkPath::default()
            .proxy(proxy.as_proxy(""))
            .trusting(ca_of(&tenant)),
    );
    checked
        .is_cut_off_by("network.proxy-refused")
        .shows("with 403 Forbidden");
}

#[test]
#[ignore = "needs tinyproxy; .ci/network installs it"]
fn a_proxy_that_is_gone_is_the_proxy_and_not_the_service() {
    let (tenant, proxy) = (tenant(), tinyproxy(&[]));
    let address = proxy.as_proxy("");
    drop(proxy);
    let path = NetworkPath::default()
        .proxy(address)
        .trusting(ca_of(&tenant));
    check(&tenant, &path).is_cut_off_by("network.proxy-unreachable");
    let path = NetworkPath::default()
        .proxy("http://no-such-proxy.invalid:8080".to_owned())
        .trusting(ca_of(&tenant));
    check(&tenant, &path).is_cut_off_by("network.proxy-unreachable");
}

#[test]
#[ignore = "needs mitmproxy; .ci/network installs it"]
fn an_inspecting_proxy_is_refused_until_its_authority_is_named() {
    let tenant = tenant();
    let proxy = mitmproxy(port_of(&tenant), None);
    let path = || NetworkPath::default().proxy(proxy.as_proxy(""));
    check(&tenant, &path().trusting(ca_of(&tenant)))
        .is_cut_off_by("network.tls-untrusted")
        .shows("mitmproxy")
        .shows("--ca-file");
    check(&tenant, &path().trusting(ca_of_proxy(&proxy))).is_ready();
}

#[test]
#[ignore = "needs mitmproxy; .ci/network installs it"]
fn the_proxy_of_the_environment_is_used_for_names_and_left_for_those_of_no_proxy() {
    let (_, password) = CREDENTIALS.split_once(':').unwrap();
    let tenant = tenant();
    let proxy = mitmproxy(port_of(&tenant), Some(CREDENTIALS));
    let path = |credentials: &str| {
        let address = proxy.as_proxy(credentials);
        by_name(NetworkPath::default())
            .variable("HTTPS_PROXY", address)
            .trusting(ca_of_proxy(&proxy))
    };
    check(&tenant, &path(&format!("{CREDENTIALS}@")))
        .is_ready()
        .hides(password);
    check(&tenant, &path("")).is_cut_off_by("network.proxy-authentication-required");
    check(&tenant, &path("rx:wrong-word@"))
        .is_cut_off_by("network.proxy-authentication-required")
        .shows("rejected the credentials");
    let around = path(&format!("{CREDENTIALS}@")).variable("NO_PROXY", "contoso.test".to_owned());
    check(&tenant, &around)
        .is_cut_off_by("network.dns-failed")
        .hides(password);
}

#[test]
#[ignore = "needs openssl; .ci/network installs it"]
fn an_expired_certificate_is_reported_as_expired_and_not_as_untrusted() {
    let tenant = tenant();
    let (server, authority) = faulty_server(&[], |params| {
        (params.not_before, params.not_after) =
            (date_time_ymd(2024, 1, 1), date_time_ymd(2025, 1, 1));
    });
    for (option, path) in [("--login-url", ""), ("--ews-url", "EWS/Exchange.asmx")] {
        let path = NetworkPath::default()
            .to(option, server.https(path))
            .trusting(ca_of(&tenant));
        check(&tenant, &path.trusting(authority.path().join("ca.pem")))
            .is_cut_off_by("network.tls-untrusted")
            .shows("expired on 2025-01-01")
            .shows("Contoso Root CA");
    }
}

#[test]
#[ignore = "needs openssl; .ci/network installs it"]
fn a_certificate_for_another_name_is_reported_with_both_names() {
    let tenant = tenant();
    let (server, authority) = faulty_server(&[], |params| {
        *params = CertificateParams::new(vec!["blockpage.contoso.com".to_owned()]).unwrap();
    });
    let path = NetworkPath::default()
        .to("--ews-url", server.https("EWS/Exchange.asmx"))
        .trusting(ca_of(&tenant));
    check(&tenant, &path.trusting(authority.path().join("ca.pem")))
        .is_cut_off_by("network.tls-untrusted")
        .shows("the certificate is for blockpage.contoso.com, not for 127.0.0.1");
}

#[test]
#[ignore = "needs openssl; .ci/network installs it"]
fn a_web_page_behind_a_right_certificate_is_not_microsoft() {
    let tenant = Tenant::start("graph-ready", true);
    let (server, authority) = faulty_server(&[], |_| {});
    for (option, path) in [("--login-url", ""), ("--graph-url", "v1.0")] {
        let path = NetworkPath::default()
            .to(option, server.https(path))
            .trusting(ca_of(&tenant));
        check(&tenant, &path.trusting(authority.path().join("ca.pem")))
            .is_cut_off_by("network.not-microsoft");
    }
}

#[test]
#[ignore = "needs openssl; .ci/network installs it"]
fn a_port_that_never_responds_is_reported_with_the_time_limit() {
    let tenant = tenant();
    let (server, authority) = faulty_server(&[], |_| {});
    server.freeze();
    for (option, path) in [("--login-url", ""), ("--ews-url", "EWS/Exchange.asmx")] {
        let path = NetworkPath::default()
            .to(option, server.https(path))
            .option("--timeout", "1s")
            .trusting(ca_of(&tenant));
        let checked = check(&tenant, &path.trusting(authority.path().join("ca.pem")));
        checked.is_cut_off_by("network.timeout").shows("within 1 s");
    }
}

#[test]
#[ignore = "needs openssl; .ci/network installs it"]
fn a_server_with_outdated_tls_is_distinguished_from_an_untrusted_one() {
    let tenant = tenant();
    let (server, authority) = faulty_server(&["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], |_| {});
    let path = NetworkPath::default()
        .to("--login-url", server.https(""))
        .trusting(ca_of(&tenant));
    check(&tenant, &path.trusting(authority.path().join("ca.pem")))
        .is_cut_off_by("network.tls-failed");
}

#[test]
#[ignore = "belongs to the tests of .ci/network"]
fn a_refused_connection_and_an_unknown_name() {
    let tenant = tenant();
    // Bound without listening: it refuses connections, and no other test gets its port.
    let refusing = tokio::net::TcpSocket::new_v4().unwrap();
    refusing.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let refused = format!("https://{}/", refusing.local_addr().unwrap());
    let path = |address: &str| {
        NetworkPath::default()
            .to("--login-url", address)
            .trusting(ca_of(&tenant))
    };
    check(&tenant, &path(&refused)).is_cut_off_by("network.connection-refused");
    check(&tenant, &path("https://login.contoso.invalid/")).is_cut_off_by("network.dns-failed");
}
