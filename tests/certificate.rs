//! Sign-in with a certificate, from the command line to the files that are left.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

/// The lines of the private key in the certificate file of a tenant.
fn key_lines(tenant: &Tenant) -> Vec<String> {
    let pem = fs::read_to_string(tenant.folder.path().join("certificate.pem")).unwrap();
    let (_, key) = pem.split_once("-----BEGIN PRIVATE KEY-----").unwrap();
    let lines = key.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("-----"))
        .map(str::to_owned)
        .collect()
}

fn printed(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output, text)
}

/// Everything that a check of a scenario printed, wrote and had recorded, and the lines of the private key.
fn traces(scenario: &str) -> (Option<i32>, String, Vec<String>) {
    let tenant = Tenant::start(scenario, false);
    let folder = TempDir::new().unwrap();
    let (output, mut all) = printed(tenant.check(folder.path()).args([
        "--verbose",
        "-o",
        "r.json",
        "-o",
        "r.html",
        "-o",
        "r.md",
        "-o",
        "r.txt",
    ]));
    for file in fs::read_dir(folder.path()).unwrap() {
        all += &fs::read_to_string(file.unwrap().path()).unwrap();
    }
    all += &fs::read_to_string(tenant.folder.path().join("traffic.jsonl")).unwrap();
    (output.status.code(), all, key_lines(&tenant))
}

#[test]
fn no_output_holds_the_private_key_or_an_assertion() {
    for (scenario, exit) in [
        ("certificate-ready", 0),
        ("certificate-not-registered", 1),
        ("certificate-key-mismatch", 1),
    ] {
        let (code, all, key) = traces(scenario);
        assert_eq!(code, Some(exit), "{scenario}: {all}");
        assert!(key.len() > 20);
        for line in &key {
            assert!(!all.contains(line.as_str()), "{scenario}");
        }
        assert!(!all.contains("PRIVATE KEY"), "{scenario}");
        // Every JWT begins with these letters.
        assert!(!all.contains("eyJ"), "{scenario}");
    }
}

#[test]
fn the_report_states_what_the_certificate_does_not_prove_and_when_it_ends() {
    let tenant = Tenant::start("certificate-ready", false);
    let folder = TempDir::new().unwrap();
    let (output, _) = printed(tenant.check(folder.path()).args(["--format", "json"]));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["results"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["check"] == "settings.client-secret")
        .unwrap();
    let message = row["message"].as_str().unwrap();
    assert!(
        message.contains("ResourceXpress signs in with a client secret"),
        "{message}"
    );
    let not_visible = report["not_visible"].to_string();
    assert!(
        not_visible.contains("This check signed in with a certificate"),
        "{not_visible}"
    );
    let ends = &report["end_dates"][0];
    assert_eq!(ends["kind"], "client-certificate");
    assert_eq!(ends["connections"], serde_json::json!(["system"]));
}

#[test]
fn secret_and_certificate_on_the_command_line_exclude_each_other() {
    let folder = TempDir::new().unwrap();
    let (output, text) = printed(program(folder.path()).args([
        "check",
        "--client-secret-file",
        "secret.txt",
        "--client-certificate-file",
        "certificate.pem",
    ]));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.contains("--client-certificate-file") && text.contains("cannot be used with"),
        "{text}"
    );
}

#[test]
fn a_flag_for_a_certificate_replaces_the_secret_of_the_settings_file() {
    let tenant = Tenant::start("sign-in-secret-expired", false);
    let own = Tenant::start("certificate-ready", false);
    let folder = TempDir::new().unwrap();
    fs::copy(
        own.folder.path().join("certificate.pem"),
        folder.path().join("own.pem"),
    )
    .unwrap();
    let (output, text) = printed(tenant.check(folder.path()).args([
        "--client-certificate-file",
        "own.pem",
        "--verbose",
    ]));
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("sign-in.certificate-not-registered"),
        "{text}"
    );
}

/// A PKCS#12 file that OpenSSL wrote; its password is `päss word`.
const PROTECTED: &[u8] = include_bytes!("../src/settings/tests/key_files/aes.p12");

#[test]
fn a_protected_file_needs_its_password() {
    let tenant = Tenant::start("certificate-ready", false);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("own.pfx"), PROTECTED).unwrap();
    fs::write(folder.path().join("password.txt"), "päss word\n").unwrap();
    let check = |more: &[&str]| {
        let mut command = tenant.check(folder.path());
        command
            .args(["--client-certificate-file", "own.pfx", "--verbose"])
            .args(more);
        let (output, text) = printed(&mut command);
        (output.status.code(), text)
    };
    let (code, text) = check(&[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(
        text.contains("--client-certificate-password-file FILE"),
        "{text}"
    );
    // The certificate is another one than that of the app, so the sign-in fails and not the file.
    let (code, text) = check(&["--client-certificate-password-file", "password.txt"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("sign-in.certificate-not-registered"),
        "{text}"
    );
    assert!(!text.contains("päss word"), "{text}");
}

#[test]
fn a_guide_and_a_script_need_no_certificate() {
    let tenant = Tenant::start("certificate-ready", false);
    fs::remove_file(tenant.folder.path().join("certificate.pem")).unwrap();
    let folder = TempDir::new().unwrap();
    for command in ["guide", "collect"] {
        let (output, text) = printed(
            program(folder.path())
                .arg(command)
                .arg("--config")
                .arg(tenant.folder.path().join("rx-preflight.toml")),
        );
        assert_eq!(output.status.code(), Some(0), "{text}");
    }
}
