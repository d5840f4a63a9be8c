//! `[endpoints]`: a simulated tenant on this machine, and nothing else.

use super::stage::{EWS, Stage};

const HERE: [(&str, &str); 3] = [
    ("login_url", "http://127.0.0.1:8443"),
    ("graph_url", "http://127.0.0.1:8443/v1.0"),
    ("ews_url", "http://127.0.0.1:8443/EWS/Exchange.asmx"),
];

/// A settings file with these endpoints; one of them replaced, or left out where the value is empty.
fn settings(changed: &str, value: &str) -> String {
    let own = HERE
        .iter()
        .map(|(key, usual)| (*key, if *key == changed { value } else { *usual }));
    let further = (!HERE.iter().any(|(key, _)| *key == changed)).then_some((changed, value));
    let lines = own.chain(further).filter(|(_, value)| !value.is_empty());
    let lines: Vec<String> = lines
        .map(|(key, value)| format!("{key} = \"{value}\""))
        .collect();
    format!("{EWS}\n[endpoints]\n{}\n", lines.join("\n"))
}

#[test]
fn addresses_of_this_machine_are_taken() {
    let estate = Stage::new().settings(&settings("ca_file", "ca.pem")).load();
    let own = &estate.endpoints;
    assert!(own.are_given());
    assert_eq!(own.addresses.graph_url.as_deref(), Some(HERE[1].1));
    assert!(
        own.ca_file
            .as_ref()
            .is_some_and(|path| path.ends_with("ca.pem"))
    );
    for local in ["https://localhost:1", "http://[::1]:80", "http://127.9.8.7"] {
        assert!(
            Stage::new()
                .settings(&settings("login_url", local))
                .load()
                .endpoints
                .are_given(),
            "{local}"
        );
    }
    assert!(!Stage::new().settings(EWS).load().endpoints.are_given());
}

/// A simulated tenant whose name does not resolve has a name that no host can have.
#[test]
fn a_reserved_host_name_is_accepted_without_a_certificate() {
    let nowhere = "https://login.microsoftonline.com.invalid";
    assert!(
        Stage::new()
            .settings(&settings("login_url", nowhere))
            .load()
            .endpoints
            .are_given()
    );
    for (other, words) in [
        ("http://login.invalid", "must begin with https://"),
        (
            "https://login.invalid.evil.example",
            "address of this machine",
        ),
        ("https://evil-invalid", "address of this machine"),
    ] {
        let message = Stage::new().settings(&settings("login_url", other)).error();
        assert!(message.contains(words), "{other}: {message}");
    }
    let own_authority = format!("{}ca_file = \"ca.pem\"\n", settings("login_url", nowhere));
    assert!(
        Stage::new()
            .settings(&own_authority)
            .error()
            .contains("address of this machine")
    );
}

/// A file that someone else wrote must not decide who gets the client secret.
#[test]
fn another_host_is_refused_and_the_option_for_it_named() {
    for (key, value, option) in [
        ("login_url", "https://login.contoso.example", "--login-url"),
        ("login_url", "https://localhost.evil.example", "--login-url"),
        (
            "login_url",
            "https://login.microsoftonline.com",
            "--login-url",
        ),
        ("graph_url", "https://10.0.0.1/v1.0", "--graph-url"),
        (
            "ews_url",
            "https://mail.contoso.com/EWS/Exchange.asmx",
            "--ews-url",
        ),
        ("proxy", "http://proxy.contoso.com:8080", "--proxy"),
        ("proxy", "proxy.contoso.com", "--proxy"),
    ] {
        let message = Stage::new().settings(&settings(key, value)).error();
        assert!(
            message.contains("address of this machine") && message.contains(option),
            "{value}: {message}"
        );
    }
}

#[test]
fn what_cannot_be_an_address_or_is_missing_is_named_with_its_line() {
    for (key, value, words) in [
        ("login_url", "", "login_url is missing"),
        ("ews_url", "", "ews_url is missing"),
        ("graph_url", "http://127.0.0.1/beta", "must end in /v1.0"),
        ("ews_url", "http://127.0.0.1", "must be the whole address"),
        (
            "login_url",
            "http://user:hunter2@127.0.0.1",
            "must not hold a user name",
        ),
        ("login_url", "127.0.0.1:80", "write it like"),
        (
            "proxy",
            "ftp://127.0.0.1",
            "must begin with http:// or https://",
        ),
        ("loginurl", "http://127.0.0.1", "`login_url`"),
    ] {
        let message = Stage::new().settings(&settings(key, value)).error();
        assert!(
            message.starts_with("rx-preflight.toml:") && message.contains(words),
            "{value}: {message}"
        );
        assert!(!message.contains("hunter2"));
    }
}
