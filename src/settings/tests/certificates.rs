//! A certificate in the place of the client secret.

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};

use crate::evidence::SettingsFaultKind;
use crate::settings::{Credential, CredentialSource};

use super::certificate_files::{certificate_of, rsa_key};
use super::stage::{EWS, SECRET, Stage, kinds};

/// Files that OpenSSL 3 wrote with the key of `rsa_key(0)`; the password is PASSWORD.
const AES: &[u8] = include_bytes!("key_files/aes.p12");
const TRIPLE_DES: &[u8] = include_bytes!("key_files/triple-des.p12");
const RC2: &[u8] = include_bytes!("key_files/rc2.p12");
const NO_PASSWORD: &[u8] = include_bytes!("key_files/no-password.p12");
const ENCRYPTED_PEM: &[u8] = include_bytes!("key_files/encrypted.pem");
const PASSWORD: &str = "päss word";

/// `[system]` that signs in with `certificate.pem`.
fn settings() -> String {
    EWS.replace(
        "oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }",
        "client_certificate_file = \"certificate.pem\"",
    )
}

/// Certificate and private key in one file, in PEM format.
fn pem(certificate: &KeyPair, key: &KeyPair) -> String {
    certificate_of(certificate) + &key.serialize_pem()
}

fn with_file(content: impl AsRef<[u8]>) -> Stage {
    Stage::default()
        .settings(&settings())
        .file("certificate.pem", content)
}

fn fault_kinds(content: &str) -> Vec<SettingsFaultKind> {
    let estate = with_file(content).load();
    let mut kinds = kinds(&estate.connections[0]);
    kinds.retain(|kind| kind.check() == crate::terms::CheckId::SettingsClientSecret);
    kinds
}

#[test]
fn a_certificate_with_its_key_is_read_and_has_no_fault() {
    let key = rsa_key(0);
    let estate = with_file(pem(&key, &key)).load();
    let connection = &estate.connections[0];
    let facts = connection.facts().certificate.unwrap();
    assert_eq!(facts.starts_at.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(facts.ends_at.to_string(), "2027-12-31T00:00:00Z");
    assert_eq!(fault_kinds(&pem(&key, &key)), []);
    let certificate = connection.credential.certificate().unwrap();
    assert_eq!(certificate.flaw(), None);
    assert_eq!(certificate.sign(b"text").unwrap().len(), 256);
}

#[test]
fn the_key_may_come_first_and_the_certificate_may_be_one_of_a_chain() {
    let (key, authority) = (rsa_key(0), rsa_key(1));
    let chain = certificate_of(&authority) + &key.serialize_pem() + &certificate_of(&key);
    assert_eq!(fault_kinds(&chain), []);
}

#[test]
fn a_key_of_another_certificate_and_a_key_that_is_not_rsa_are_faults() {
    let (own, other) = (rsa_key(0), rsa_key(1));
    assert_eq!(
        fault_kinds(&pem(&own, &other)),
        [SettingsFaultKind::CertificateKeyMismatch]
    );
    let elliptic = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    for file in [pem(&elliptic, &elliptic), pem(&elliptic, &own)] {
        assert_eq!(fault_kinds(&file), [SettingsFaultKind::CertificateNotRsa]);
    }
}

#[test]
fn a_file_that_is_not_usable_is_an_error_with_its_place_and_the_way_out() {
    let key = rsa_key(0);
    let certificate = certificate_of(&key);
    let old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n";
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (content, part) in [
        (b"\x30\x82\x01\x00".to_vec(), "it is damaged"),
        (AES[..1000].to_vec(), "it is damaged"),
        (AES.to_vec(), "--client-certificate-password-file FILE"),
        (TRIPLE_DES.to_vec(), "client_certificate_password_file"),
        (ENCRYPTED_PEM.to_vec(), "client_certificate_password_file"),
        (key.serialize_pem().into_bytes(), "contains no certificate"),
        (certificate.clone().into_bytes(), "contains no private key"),
        ((certificate + old).into_bytes(), "openssl pkcs12 -legacy"),
        (
            (damaged.to_owned() + &key.serialize_pem()).into_bytes(),
            "it is damaged",
        ),
        (b"nothing".to_vec(), "contains no certificate"),
    ] {
        let message = with_file(content).error();
        assert!(
            message.starts_with(
                "rx-preflight.toml:6:27: cannot read the certificate file certificate.pem: "
            ),
            "{message}"
        );
        assert!(message.contains(part), "{message}");
    }
    let missing = Stage::default().settings(&settings()).error();
    assert!(missing.contains("there is no such file"), "{missing}");
}

#[test]
fn secret_and_certificate_of_one_section_exclude_each_other() {
    let both = format!("{EWS}client_certificate_file = \"certificate.pem\"\n");
    let message = Stage::new().settings(&both).error();
    assert_eq!(
        message,
        "rx-preflight.toml:7:27: client_certificate_file cannot be combined with oauth_client_secret: a connection signs in \
         with one of them; remove the other"
    );
}

#[test]
fn a_location_inherits_the_certificate_or_has_a_credential_of_its_own() {
    let key = rsa_key(0);
    let text = format!(
        "{}[[location]]\nname = \"Berlin\"\nrooms = [\"b@contoso.com\"]\n\
         [[location]]\nname = \"Oslo\"\noauth_client_secret = {{ env = \"RX_CLIENT_SECRET\" }}\nrooms = [\"o@contoso.com\"]\n",
        settings() + "rooms = [\"a@contoso.com\"]\n"
    );
    let estate = Stage::new()
        .settings(&text)
        .file("certificate.pem", pem(&key, &key))
        .load();
    let [system, berlin, oslo] = &estate.connections[..] else {
        panic!("three connections")
    };
    assert!(system.credential.certificate().is_some());
    assert!(berlin.credential.certificate().is_some());
    assert!(matches!(&oslo.credential, Credential::Secret(secret) if secret.expose() == SECRET));
    let numbers = [system, berlin, oslo].map(|connection| connection.credentials);
    assert_eq!(numbers, [0, 0, 1]);
}

#[test]
fn a_flag_or_a_variable_replaces_the_secret_of_the_file() {
    let key = rsa_key(0);
    let file = |stage: Stage| stage.settings(EWS).file("own.pem", pem(&key, &key));
    let by_flag = file(Stage::new()).given(|given| {
        given.connection.credential = Some(CredentialSource::of_certificate_file(
            "own.pem".as_ref(),
            None,
        ));
    });
    assert!(
        by_flag.load().connections[0]
            .credential
            .certificate()
            .is_some()
    );
    let by_variable = file(Stage::new()).variable("AZURE_CLIENT_CERTIFICATE_PATH", "own.pem");
    assert!(
        by_variable.load().connections[0]
            .credential
            .certificate()
            .is_some()
    );
    // Azure tools prefer the secret as well.
    let both = by_variable.variable("AZURE_CLIENT_SECRET", SECRET);
    assert!(
        both.load().connections[0]
            .credential
            .certificate()
            .is_none()
    );
}

#[test]
fn no_debug_output_and_no_field_shows_the_private_key() {
    let (key, other) = (rsa_key(0), rsa_key(1));
    for private in [&key, &other] {
        let estate = with_file(pem(&key, private)).load();
        let shown = format!("{estate:?} {:?}", estate.connections[0].facts());
        let lines = private.serialize_pem();
        let mut lines = lines.lines().filter(|line| !line.starts_with("-----"));
        assert!(lines.all(|line| !shown.contains(line)), "{shown}");
        // A list of the bytes would show it as well.
        assert!(shown.contains("ClientCertificate([hidden])"), "{shown}");
    }
    let hidden = with_file(pem(&key, &key)).load().connections[0]
        .credential
        .hidden_text()
        .expose()
        .to_owned();
    assert!(key.serialize_pem().lines().any(|line| line == hidden));
}

/// A machine with a protected file and this password.
fn with_password(content: &[u8], password: &str) -> Stage {
    let text = settings() + "client_certificate_password_file = \"password.txt\"\n";
    Stage::default()
        .settings(&text)
        .file("certificate.pem", content)
        .file("password.txt", password)
}

#[test]
fn a_protected_file_is_opened_with_its_password() {
    for content in [AES, TRIPLE_DES, ENCRYPTED_PEM] {
        let estate = with_password(content, &format!("{PASSWORD}\r\n")).load();
        let credential = &estate.connections[0].credential;
        assert_eq!(credential.certificate().unwrap().flaw(), None);
        let own = credential.hidden_text().expose();
        assert!(rsa_key(0).serialize_pem().lines().any(|line| line == own));
    }
    let unprotected = with_file(NO_PASSWORD).load();
    assert!(
        unprotected.connections[0]
            .credential
            .certificate()
            .is_some()
    );
}

#[test]
fn a_wrong_password_and_an_old_encryption_are_errors() {
    for content in [AES, TRIPLE_DES, ENCRYPTED_PEM] {
        let message = with_password(content, "pass word").error();
        assert!(
            message.contains("the password does not open it"),
            "{message}"
        );
        assert!(!message.contains("pass word"), "{message}");
    }
    let message = with_password(RC2, PASSWORD).error();
    assert!(
        message.contains("its encryption is not supported"),
        "{message}"
    );
    let missing = Stage::default()
        .settings(&(settings() + "client_certificate_password_file = \"password.txt\"\n"))
        .file("certificate.pem", AES)
        .error();
    assert_eq!(
        missing,
        "rx-preflight.toml:7:36: cannot read the password file of the certificate password.txt: there is no such file"
    );
}

#[test]
fn a_password_requires_a_certificate() {
    let text = format!("{EWS}client_certificate_password_file = \"password.txt\"\n");
    assert_eq!(
        Stage::new().settings(&text).error(),
        "rx-preflight.toml:7:36: client_certificate_password_file requires client_certificate_file in the same section"
    );
}

#[test]
fn no_change_of_a_protected_file_ends_the_program() {
    let fits = |content: &[u8]| with_password(content, PASSWORD).try_load().is_ok();
    assert!(fits(AES));
    for at in (0..AES.len()).step_by(37) {
        let mut changed = AES.to_vec();
        changed[at] ^= 0x55;
        // Whether a name in the file is changed does not matter; only a panic would.
        let _ = fits(&changed);
        let _ = fits(&AES[..at]);
    }
}
