//! `init` as a user runs it: with options, with a pasted page, and at a terminal; and what `check` makes of its file.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use support::at_terminal::AtTerminal;
use support::{Tenant, program};
use tempfile::TempDir;

mod support;

/// The values of the scenario `graph-ready`.
const TENANT: &str = "53cd09dd-7814-4e32-8033-20cf6fb08e79";
const CLIENT: &str = "99bb4a57-5735-4b9a-af08-349015824e10";
const SECRET: &str = "EJC8Q~6zJYv7p5dmrgpYTQm2fnkbjWK9spVo9clR";
const FILE: &str = "rx-preflight.toml";
/// A port at which nothing listens.
const NOWHERE: &str = "--login-url http://127.0.0.1:9 --graph-url http://127.0.0.1:9/v1.0 --ews-url http://127.0.0.1:9/EWS/Exchange.asmx";

/// How a run ended.
struct Ended {
    exit: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The options that leave nothing to be entered.
fn complete() -> String {
    format!(
        "--api graph --tenant-id {TENANT} --client-id {CLIENT} --client-secret-env RX_SECRET --room aurora@contoso.com"
    )
}

fn init(folder: &Path, options: &str, stdin: &[u8]) -> Ended {
    let output = program(folder)
        .arg("init")
        .args(options.split_whitespace())
        .write_stdin(stdin)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ended = Ended {
        exit: output.status.code(),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    };
    assert!(
        !ended.stdout.contains(SECRET) && !ended.stderr.contains(SECRET),
        "{options}"
    );
    ended
}

fn written(folder: &Path) -> String {
    fs::read_to_string(folder.join(FILE)).unwrap()
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn a_file_from_options_leads_to_a_ready_tenant() {
    let tenant = Tenant::start("graph-ready", false);
    let folder = TempDir::new().unwrap();
    let addresses = tenant.addresses().join(" ");
    let options = format!(
        "{} --require mail --mail-from rx-service@contoso.com {addresses}",
        complete()
    );
    let ended = init(folder.path(), &options, b"");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("wrote rx-preflight.toml"),
        "{}",
        ended.stderr
    );
    assert!(
        !ended.stderr.contains("Could not check"),
        "{}",
        ended.stderr
    );
    let mut words = shlex::split(&ended.stdout)
        .unwrap()
        .into_iter()
        .skip(1)
        .collect::<Vec<_>>();
    assert_eq!(words[0], "check");
    assert_eq!(ended.stdout.lines().count(), 1);
    words.push("--brief".to_owned());
    let checked = program(folder.path())
        .args(words)
        .env("RX_SECRET", SECRET)
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert_eq!(checked.status.code(), Some(0), "{report}");
    assert!(report.to_lowercase().contains("ready"), "{report}");
    let mode = fs::metadata(folder.path().join(FILE))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "only this user can read it");
}

/// A PKCS #12 file of another app; its password is `päss word`.
const PROTECTED: &[u8] = include_bytes!("../src/settings/tests/key_files/aes.p12");

/// The options that leave nothing to be entered, with a certificate in the place of the secret.
fn with_certificate(file: &str) -> String {
    let secret = "--client-secret-env RX_SECRET";
    complete().replace(secret, &format!("--client-certificate-file {file}"))
}

#[test]
fn a_file_with_a_certificate_leads_to_a_ready_tenant() {
    let tenant = Tenant::start("certificate-ready", false);
    let settings = fs::read_to_string(tenant.folder.path().join(FILE)).unwrap();
    let settings: toml::Table = settings.parse().unwrap();
    let id = |key: &str| settings["system"][key].as_str().unwrap().to_owned();
    let folder = TempDir::new().unwrap();
    let nested = folder.path().join("berlin");
    fs::create_dir(&nested).unwrap();
    let pem = tenant.folder.path().join("certificate.pem");
    fs::copy(pem, nested.join("own.pem")).unwrap();
    let options = with_certificate("berlin/own.pem")
        .replace(TENANT, &id("oauth_tenant_id"))
        .replace(CLIENT, &id("oauth_client_id"));
    let addresses = tenant.addresses().join(" ");
    let options = format!("{options} -o berlin/{FILE} {addresses}");
    let ended = init(folder.path(), &options, b"");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    let text = written(&nested);
    assert!(
        text.contains("client_certificate_file = \"own.pem\"") && !text.contains("secret ="),
        "{text}"
    );
    let words = shlex::split(&ended.stdout).unwrap();
    let checked = program(folder.path())
        .args(&words[1..])
        .arg("--brief")
        .output()
        .unwrap();
    let report = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert_eq!(checked.status.code(), Some(0), "{report}");
}

#[test]
fn a_certificate_that_check_cannot_use_is_a_note() {
    let password = "--client-certificate-password-file password.txt";
    for (file, more, expected) in [
        ("none.pem", "", Some("none.pem")),
        ("own.p12", "", Some("--client-certificate-password-file")),
        ("own.p12", password, None),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("own.p12"), PROTECTED).unwrap();
        fs::write(folder.path().join("password.txt"), "päss word\n").unwrap();
        let options = format!("{} {more} --offline", with_certificate(file));
        let ended = init(folder.path(), &options, b"");
        assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
        let note = ended
            .stderr
            .lines()
            .find(|line| line.contains("before you run check"));
        assert_eq!(note.is_some(), expected.is_some(), "{}", ended.stderr);
        assert!(
            note.unwrap_or_default()
                .contains(expected.unwrap_or_default())
        );
        assert!(written(folder.path()).contains(file));
        assert!(!ended.stderr.contains("päss word"), "{}", ended.stderr);
    }
}

#[test]
fn the_certificate_of_the_environment_is_that_of_the_file() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path())
        .args(["init", "--offline", "--api", "graph"])
        .env("AZURE_TENANT_ID", TENANT)
        .env("AZURE_CLIENT_ID", CLIENT)
        .env("AZURE_CLIENT_CERTIFICATE_PATH", "certificate.pem")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = written(folder.path());
    assert!(
        text.contains("client_certificate_file = \"certificate.pem\""),
        "{text}"
    );
}

#[test]
fn a_tenant_that_does_not_exist_is_refused_and_nothing_is_written() {
    let tenant = Tenant::start("graph-ready", false);
    let folder = TempDir::new().unwrap();
    let addresses = tenant.addresses().join(" ");
    for id in ["fabrikam.com", "11111111-2222-4333-8444-555566667777"] {
        let options = format!("--api graph --tenant-id {id} --client-id {CLIENT} {addresses}");
        let ended = init(folder.path(), &options, b"");
        assert_eq!(ended.exit, Some(2), "{}", ended.stderr);
        assert!(
            ended
                .stderr
                .contains("'OAuth Tenant ID': This tenant does not exist in the cloud global"),
            "{}",
            ended.stderr
        );
        assert!(is_empty(folder.path()) && ended.stdout.is_empty());
    }
}

#[test]
fn a_sign_in_service_that_cannot_be_reached_is_a_note() {
    let folder = TempDir::new().unwrap();
    let ended = init(folder.path(), &format!("{} {NOWHERE}", complete()), b"");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    assert!(
        ended
            .stderr
            .contains("note: Could not check whether the tenant exists"),
        "{}",
        ended.stderr
    );
    let offline = init(
        folder.path(),
        &format!("{} {NOWHERE} --offline --force", complete()),
        b"",
    );
    assert!(
        offline.exit == Some(0) && !offline.stderr.contains("Could not check"),
        "{}",
        offline.stderr
    );
}

#[test]
fn every_missing_value_is_named_without_a_terminal() {
    let folder = TempDir::new().unwrap();
    for options in ["", "--yes", "--offline"] {
        let ended = init(folder.path(), options, b"Yes\n");
        assert_eq!(ended.exit, Some(2));
        for part in [
            "'Use Graph API' (--api graph or --api ews)",
            "'OAuth Tenant ID' (--tenant-id ID)",
            "'OAuth Client ID'",
        ] {
            assert!(ended.stderr.contains(part), "{options}: {}", ended.stderr);
        }
        assert!(is_empty(folder.path()));
    }
}

#[test]
fn wrong_values_are_refused_with_the_option_and_an_example() {
    let folder = TempDir::new().unwrap();
    for (replaced, by, expected) in [
        (
            TENANT,
            "contoso",
            "neither a GUID nor a domain. Example: 5f3c1b7e",
        ),
        (CLIENT, "ResourceXpress", "not a GUID. Example: 9a41d1a0"),
        (CLIENT, TENANT, "(--client-id ID)"),
        (
            "aurora@contoso.com",
            "aurora",
            "--room is not an email address",
        ),
        (
            "--room aurora@contoso.com",
            "--rooms none.csv",
            "cannot read the rooms file none.csv",
        ),
        (
            "--room aurora@contoso.com",
            "--rooms -",
            "--rooms -: a settings file cannot name standard input",
        ),
        (
            "--client-secret-env RX_SECRET",
            "--client-secret-file -",
            "cannot name standard input",
        ),
        (
            "--client-secret-env RX_SECRET",
            "--client-certificate-file -",
            "cannot name standard input",
        ),
        (
            "--client-secret-env RX_SECRET",
            "--client-certificate-file .",
            "This is a folder",
        ),
        (
            "--client-secret-env",
            "--client-certificate-file own.pem --client-secret-env",
            "cannot be used with",
        ),
        (
            "RX_SECRET",
            SECRET,
            "not the name of an environment variable",
        ),
        (
            "--room",
            "--cloud mars --room",
            "--cloud mars: this is not a cloud",
        ),
        (
            "--room",
            "--service-account CONTOSO\\rx --room",
            "Resource Login User ID is not a valid SMTP address",
        ),
        (
            "--room",
            "--mail-from x@ --room",
            "Sender of outgoing mail is not a valid SMTP address",
        ),
        (
            "--room",
            "--server-host-name tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS --room",
            "looks like a client secret",
        ),
    ] {
        let options = complete().replace(replaced, by);
        let ended = init(folder.path(), &format!("{options} --offline"), b"");
        assert_eq!(ended.exit, Some(2), "{by}: {}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{by}: {}", ended.stderr);
        assert!(is_empty(folder.path()), "{by}");
    }
}

#[test]
fn an_existing_file_is_replaced_only_with_force() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(FILE), "mine").unwrap();
    let options = format!("{} --offline", complete());
    let ended = init(folder.path(), &options, b"");
    assert_eq!(ended.exit, Some(2));
    assert!(
        ended.stderr.contains("already exists") && ended.stderr.contains("--force"),
        "{}",
        ended.stderr
    );
    assert_eq!(written(folder.path()), "mine");
    let other = init(folder.path(), &format!("{options} -o other.toml"), b"");
    assert_eq!(other.exit, Some(0), "{}", other.stderr);
    assert!(
        other.stdout.contains("check --config other.toml"),
        "{}",
        other.stdout
    );
    // A file that the new one would refer to is not replaced either.
    let rooms = folder.path().join("rooms.toml");
    fs::write(&rooms, "aurora@contoso.com\n").unwrap();
    let over = init(
        folder.path(),
        &format!("{options} --rooms rooms.toml -o rooms.toml --force"),
        b"",
    );
    assert_eq!(over.exit, Some(2), "{}", over.stderr);
    assert_eq!(fs::read_to_string(rooms).unwrap(), "aurora@contoso.com\n");
    assert_eq!(
        init(folder.path(), &format!("{options} --force"), b"").exit,
        Some(0)
    );
    assert!(written(folder.path()).contains(TENANT));
}

#[test]
fn paths_work_from_the_folder_of_the_settings_file() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("berlin")).unwrap();
    fs::write(
        folder.path().join("berlin/rooms.csv"),
        "aurora@contoso.com\n",
    )
    .unwrap();
    fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
    let options = format!(
        "--api graph --tenant-id {TENANT} --client-id {CLIENT} --client-secret-file secret.txt --rooms berlin/rooms.csv \
         --offline -o berlin/rx.toml"
    );
    let ended = init(folder.path(), &options, b"");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    let text = fs::read_to_string(folder.path().join("berlin/rx.toml")).unwrap();
    assert!(
        text.contains("rooms_file = \"rooms.csv\"") && !text.contains(SECRET),
        "{text}"
    );
    let checked = program(folder.path())
        .args("check --config berlin/rx.toml --only settings".split(' '))
        .args(NOWHERE.split(' '))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert_ne!(checked.status.code(), Some(2), "{stderr}");
}

fn page() -> String {
    format!(
        "Resource Server\r\nUse OAuth\tYes\r\nUse Graph API\t\u{2611}\r\nOAuth Tenant ID\t{TENANT}\r\nOAuth Client ID\r\n{CLIENT}\r\n\
         OAuth Client Secret: {SECRET}\r\nServer Host Name: https://graph.microsoft.com/v1.0\r\nSave\r\n"
    )
}

#[test]
fn a_pasted_page_becomes_a_settings_file_in_every_encoding() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(page().encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let marked = [b"\xef\xbb\xbf", page().as_bytes()].concat();
    for bytes in [page().into_bytes(), utf16, marked] {
        let folder = TempDir::new().unwrap();
        let ended = init(folder.path(), "--from-stdin --offline", &bytes);
        assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
        assert!(
            ended
                .stderr
                .contains("6 known fields; 2 other lines were ignored"),
            "{}",
            ended.stderr
        );
        let text = written(folder.path());
        for line in [
            format!("oauth_tenant_id = \"{TENANT}\""),
            format!("oauth_client_id = \"{CLIENT}\""),
            "use_graph_api = true".to_owned(),
            "server_host_name = \"https://graph.microsoft.com/v1.0\"".to_owned(),
            "oauth_client_secret = { prompt = true }".to_owned(),
        ] {
            assert!(text.lines().any(|own| own == line), "{line}: {text}");
        }
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn a_value_that_is_neither_yes_nor_no_is_named_with_its_line() {
    let folder = TempDir::new().unwrap();
    let text = page().replace("Use Graph API\t\u{2611}", "Use Graph API: Maybe");
    assert!(text.contains("Maybe"), "{text}");
    let ended = init(folder.path(), "--from-stdin --offline", text.as_bytes());
    assert_eq!(ended.exit, Some(2), "{}", ended.stderr);
    for part in [
        "'Use Graph API' is neither Yes nor No",
        ": Maybe)",
        "values are missing: 'Use Graph API'",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
}

#[test]
fn a_page_with_two_tenants_or_without_fields_is_refused() {
    let folder = TempDir::new().unwrap();
    let twice = format!("{}Tenant ID: contoso.com\n", page());
    let ended = init(folder.path(), "--from-stdin --offline", twice.as_bytes());
    assert_eq!(ended.exit, Some(2));
    assert!(
        ended.stderr.contains(TENANT) && ended.stderr.contains("contoso.com"),
        "{}",
        ended.stderr
    );
    let other = init(
        folder.path(),
        "--from-stdin --offline",
        b"Dear team,\nplease see below.\n",
    );
    assert_eq!(other.exit, Some(2));
    assert!(other.stderr.contains("no field"), "{}", other.stderr);
    assert!(is_empty(folder.path()));
}

#[test]
fn options_override_the_page_and_a_secret_id_on_it_is_reported() {
    let folder = TempDir::new().unwrap();
    let text = page()
        .replace(SECRET, CLIENT)
        .replace("Use OAuth\tYes", "Use OAuth\tNo");
    let ended = init(
        folder.path(),
        "--from-stdin --offline --tenant-id contoso.com",
        text.as_bytes(),
    );
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    for part in [
        "--tenant-id overrides 'OAuth Tenant ID'",
        "probably the Secret ID",
        "set Use OAuth to Yes",
    ] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    assert!(written(folder.path()).contains("oauth_tenant_id = \"contoso.com\""));
}

#[test]
fn the_next_command_contains_no_password_of_a_proxy() {
    let folder = TempDir::new().unwrap();
    let options = format!("{} --offline", complete());
    let proxy = "--proxy http://rx:hunter2hunter2@127.0.0.1:9";
    let ended = init(folder.path(), &format!("{options} {proxy}"), b"");
    assert_eq!(ended.exit, Some(0), "{}", ended.stderr);
    assert!(
        !ended.stdout.contains("hunter2") && ended.stdout.trim_end().ends_with("check"),
        "{}",
        ended.stdout
    );
    assert!(
        ended.stderr.contains("add --proxy") && !ended.stderr.contains("hunter2"),
        "{}",
        ended.stderr
    );
    let plain = "--proxy http://127.0.0.1:9 --force";
    let ended = init(folder.path(), &format!("{options} {plain}"), b"");
    assert!(
        ended.stdout.contains("check --proxy http://127.0.0.1:9"),
        "{}",
        ended.stdout
    );
}

#[cfg(unix)]
#[test]
fn the_next_command_does_not_steer_the_terminal() {
    let folder = TempDir::new().unwrap();
    let ended = program(folder.path())
        .args(["init", "--offline", "--yes"])
        .args(complete().split(' ').filter(|word| *word != "--yes"))
        .args(["--output", "a\nb\u{1b}[31m.toml"])
        .output()
        .unwrap();
    let stdout = String::from_utf8(ended.stdout).unwrap();
    assert!(
        stdout
            .trim_end()
            .ends_with(r"check --config $'a\012b\033[31m.toml'"),
        "{stdout} {}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(!stdout.trim_end().contains(char::is_control), "{stdout}");
}

#[test]
fn values_of_the_environment_are_used_and_named() {
    let folder = TempDir::new().unwrap();
    let output = program(folder.path())
        .args(["init", "--offline", "--api", "graph"])
        .env("AZURE_TENANT_ID", TENANT)
        .env("AZURE_CLIENT_ID", CLIENT)
        .env("AZURE_CLIENT_SECRET", SECRET)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(
        stderr.contains("'OAuth Tenant ID' is taken from the environment"),
        "{stderr}"
    );
    let text = written(folder.path());
    assert!(
        text.contains(TENANT)
            && text.contains("{ env = \"AZURE_CLIENT_SECRET\" }")
            && !text.contains(SECRET),
        "{text}"
    );
}

#[test]
fn at_a_terminal_every_value_is_entered_and_the_check_runs_at_the_end() {
    let tenant = Tenant::start("graph-ready", false);
    let folder = TempDir::new().unwrap();
    let mut session = AtTerminal::start(folder.path(), "init", &tenant.addresses().join(" "));
    session.enter("Use Graph API (Yes or No): ", "Yes\n");
    session.enter("OAuth Tenant ID: ", "fabrikam.com\n");
    session.wait_for("does not exist");
    session.enter("OAuth Tenant ID: ", &format!("{TENANT}\n"));
    session.enter("OAuth Client ID: ", &format!("{CLIENT}\n"));
    session.enter("[prompt]: ", "file\n");
    session.enter("[client-secret.txt]: ", "\n");
    session.enter(
        "(hidden; Enter: add the file later): ",
        &format!("{CLIENT}\n"),
    );
    session.wait_for("Secret ID");
    session.enter(
        "(hidden; Enter: add the file later): ",
        &format!("{SECRET}\n"),
    );
    session.enter(
        "Server Host Name [https://graph.microsoft.com/v1.0]: ",
        "\n",
    );
    session.enter("Resource Login User ID (Enter: none): ", "\n");
    session.enter(
        "(Enter: add them later): ",
        "aurora@contoso.com, boreal@contoso.com\n",
    );
    session.enter("keep its checks optional): ", "\n");
    session.enter("keep its checks optional): ", "\n");
    session.enter("Run the check now (Yes or No) [Yes]: ", "\n");
    let (exit, stdout, shown) = session.end();
    assert_eq!(exit, Some(0), "{stdout} {shown}");
    assert!(stdout.to_lowercase().contains("ready"), "{stdout}");
    let text = written(folder.path());
    assert!(
        text.contains("oauth_client_secret = { file = \"client-secret.txt\" }")
            && !text.contains(SECRET),
        "{text}"
    );
    let secret = folder.path().join("client-secret.txt");
    assert_eq!(fs::read_to_string(&secret).unwrap(), SECRET);
    assert_eq!(
        fs::metadata(secret).unwrap().permissions().mode() & 0o077,
        0
    );
}

#[test]
fn what_a_pasted_page_lacks_is_entered_at_the_terminal() {
    let folder = TempDir::new().unwrap();
    let mut session = AtTerminal::start(folder.path(), "init", "--from-stdin --offline");
    session.enter(
        "press Ctrl-D",
        &format!("Use Graph API\tNo\nTenant ID: {TENANT}\nClient ID: ResourceXpress\n\u{4}"),
    );
    session.wait_for("not a GUID");
    session.enter("OAuth Client ID: ", &format!("{CLIENT}\n"));
    session.enter("[prompt]: ", "env\n");
    session.enter("[AZURE_CLIENT_SECRET]: ", "\n");
    session.enter(
        "Server Host Name [https://outlook.office365.com/EWS/Exchange.asmx]: ",
        "\n",
    );
    session.enter(
        "Resource Login User ID (Enter: none): ",
        "rx-service@contoso.com\n",
    );
    session.enter("(Enter: add them later): ", "\n");
    session.enter("keep its checks optional): ", "Yes\n");
    session.enter("[rx-service@contoso.com]: ", "\n");
    session.enter("keep its checks optional): ", "No\n");
    session.enter("Run the check now (Yes or No) [Yes]: ", "No\n");
    let (exit, stdout, shown) = session.end();
    assert_eq!(exit, Some(0), "{shown}");
    assert!(
        stdout.ends_with("check\n") && stdout.lines().count() == 1,
        "{stdout}"
    );
    let text = written(folder.path());
    for line in [
        "use_graph_api = false".to_owned(),
        format!("oauth_client_id = \"{CLIENT}\""),
        "oauth_client_secret = { env = \"AZURE_CLIENT_SECRET\" }".to_owned(),
        "from = \"rx-service@contoso.com\"".to_owned(),
        "enabled = false".to_owned(),
    ] {
        assert!(text.lines().any(|own| own == line), "{line}: {text}");
    }
}

#[test]
fn after_the_file_is_written_ctrl_c_and_the_end_of_the_input_only_skip_the_check() {
    for key in ["\u{3}", "\u{4}"] {
        let folder = TempDir::new().unwrap();
        let options = format!(
            "{} --offline --server-host-name https://graph.microsoft.com/v1.0 --service-account rx@contoso.com",
            complete()
        );
        let mut session = AtTerminal::start(folder.path(), "init", &options);
        session.enter("keep its checks optional): ", "\n");
        session.enter("keep its checks optional): ", "\n");
        session.enter("Run the check now (Yes or No) [Yes]: ", key);
        let (exit, stdout, shown) = session.end();
        assert_eq!(exit, Some(0), "{shown}");
        assert!(stdout.ends_with("check\n"), "{stdout}");
        assert!(written(folder.path()).contains(TENANT));
    }
}

#[test]
fn ctrl_c_and_the_end_of_the_input_write_nothing_and_report_it() {
    let folder = TempDir::new().unwrap();
    let before_secret = format!("--offline --api graph --tenant-id {TENANT} --client-id {CLIENT}");
    for (key, exit) in [("\u{3}", 130), ("\u{4}", 2)] {
        let mut session = AtTerminal::start(folder.path(), "init", "--offline");
        session.enter("Use Graph API (Yes or No): ", key);
        let (ended, stdout, shown) = session.end();
        assert_eq!((ended, stdout.as_str()), (Some(exit), ""), "{shown}");
        assert!(shown.contains("nothing was written"), "{shown}");
        // The same at the hidden prompt, after the file for the secret was named.
        let mut session = AtTerminal::start(folder.path(), "init", &before_secret);
        session.enter("[prompt]: ", "file\n");
        session.enter("[client-secret.txt]: ", "\n");
        session.enter("(hidden; Enter: add the file later): ", key);
        let (ended, _, shown) = session.end();
        assert_eq!(ended, Some(exit), "{shown}");
        assert!(shown.contains("nothing was written"), "{shown}");
        assert!(is_empty(folder.path()));
    }
}
