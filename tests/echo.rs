//! A secret that is pasted into the wrong place is never repeated: every kind, at every place where something can be
//! typed, in every format.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Mutex;
use std::{fs, thread};

use canaries::{Canary, TOKEN_CANARY, documents};
use clap::Parser;
use rx_preflight::cli::{Arguments, play, usage_message};
use rx_preflight::settings::{FlagSettings, SimulatedEnvironment, load_text};
use rx_preflight::simulator::{RunningSimulator, Scenario, SimulatorOptions, catalog};
use support::program;
use support::secret_kinds::{KINDS, SecretKind, shown_part};
use tempfile::TempDir;

#[path = "support/canaries.rs"]
mod canaries;
mod support;

/// `check` with settings that are complete, so that only what is added can be wrong. `--only settings` sends no request.
const COMPLETE_ARGUMENTS: &[&str] = &[
    "check",
    "--only",
    "settings",
    "--api",
    "ews",
    "--tenant-id",
    "contoso.com",
    "--client-id",
    "9a410000-1111-4222-8333-444455556666",
    "--client-secret-file",
    "right.txt",
    "--service-account",
    "rx@contoso.com",
];

/// What is typed after a command, with `SECRET` where the secret is pasted. `+` means a complete `check`.
const TYPED_ARGUMENTS: &[&str] = &[
    "SECRET",
    "--SECRET",
    "check SECRET",
    "check --SECRET",
    "check --SECRET=x",
    "check --client-secret SECRET",
    "check --client-secret=SECRET",
    "check --config SECRET",
    "check -c SECRET",
    "+ --config SECRET",
    "+ --tenant-id SECRET",
    "+ --tenant-id=SECRET",
    "+ --client-id SECRET",
    "+ --client-secret-file SECRET",
    "+ --api SECRET",
    "+ --service-account SECRET",
    "+ --room SECRET",
    "+ --room a@contoso.com --room=SECRET",
    "+ --rooms SECRET",
    "+ --require SECRET",
    "+ --require mail,SECRET",
    "+ --login-url SECRET",
    "+ --login-url https://SECRET",
    "+ --graph-url SECRET",
    "+ --ews-url SECRET",
    "+ --ca-file SECRET",
    "+ --proxy SECRET",
    "+ --proxy http://SECRET",
    "+ --proxy http://SECRET:8080",
    "+ --user-agent SECRET",
    "+ --expect-denied SECRET",
    "+ --allow-write SECRET",
    "+ --to SECRET",
    "+ --allow-write mail --to SECRET",
    "+ --only SECRET",
    "+ --only settings,SECRET",
    "+ --skip SECRET",
    "+ --skip !SECRET",
    "+ --sample SECRET",
    "+ --concurrency SECRET",
    "+ --timeout SECRET",
    "+ --deadline SECRET",
    "+ --wait SECRET",
    "+ --wait 1s --wait-pause SECRET",
    "+ --format SECRET",
    "+ --output SECRET",
    "+ --output SECRET.json",
    "+ --output reports/SECRET.json",
    "+ -o SECRET",
    "+ --redact --redaction-map SECRET",
    "+ --redaction-map SECRET",
    "+ --color SECRET",
    "+ --fail-on SECRET",
    "demo SECRET",
    "demo --list SECRET",
    "demo graph-ready --format SECRET",
    "demo graph-ready --output SECRET.json",
    "simulate SECRET",
    "simulate --listen SECRET",
    "simulate --record SECRET --listen 127.0.0.1:x",
    "simulate --tls --ca-out SECRET",
    "simulate --settings-out SECRET",
    "simulate --rooms SECRET",
    "simulate --latency SECRET",
    "simulate --throttle-in-flight SECRET",
    "simulate --throttle-every SECRET",
    "simulate --throttle-retry-after SECRET",
    "report SECRET",
    "report missing.json SECRET",
    "report missing.json --for SECRET",
    "report missing.json --output SECRET.html",
    "diff SECRET missing.json",
    "diff missing.json SECRET",
    "diff missing.json missing.json --output SECRET",
    "diff missing.json missing.json --format SECRET",
    "explain SECRET",
    "explain AADSTS7000215 SECRET",
    "token SECRET",
    "token --api SECRET",
    "token --require SECRET",
    "migrate SECRET",
    "migrate --connection SECRET",
    "migrate --connection SECRET --api ews --tenant-id contoso.com --client-id 9a410000-1111-4222-8333-444455556666 --client-secret-file right.txt",
    "init SECRET",
    "init --api SECRET",
    "init --output SECRET",
    "init --offline --yes --api graph --tenant-id SECRET --client-id 9a41d1a0-0000-4000-8000-000000000000",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --client-secret-file SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --client-secret-env SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --server-host-name SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --service-account SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --room SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --rooms SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --mail-from SECRET",
    "init --cloud SECRET",
    "init --offline --yes --api graph --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --proxy http://SECRET:8080",
    "init --require SECRET",
    "requirements --api SECRET",
    "requirements --require SECRET",
    "requirements --cloud SECRET",
    "requirements --tenant-id SECRET",
    "requirements --client-id SECRET",
    "requirements --room SECRET",
    "requirements --service-account SECRET",
    "requirements --mail-from SECRET",
    "guide --api SECRET",
    "guide --require SECRET",
    "guide --report SECRET",
    "guide --config SECRET",
    "guide --cloud SECRET",
    "guide --tenant-id SECRET",
    "guide --client-id SECRET",
    "guide --room SECRET",
    "guide --service-account SECRET",
    "guide --mail-from SECRET",
    "guide --format SECRET",
    "guide -o SECRET",
    "schema SECRET",
    "completions SECRET",
    "man SECRET",
    "help SECRET",
];

/// Environment variables that a complete `check` reads.
const ENVIRONMENT_VARIABLES: &[&str] = &[
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "NO_PROXY",
    "NO_COLOR",
];

/// A line of the settings file, with `SECRET` where the secret is pasted.
const SETTINGS_LINES: &[&str] = &[
    "SECRET",
    "\"SECRET\"",
    "\"SECRET\" = 1",
    "cloud = \"SECRET\"",
    "product_version = \"SECRET\"",
    "cloud = SECRET",
    "[SECRET]",
    "[\"SECRET\"]\nx = 1",
    "[[\"SECRET\"]]\nx = 1",
    "[system]\n\"SECRET\" = 1",
    "[system]\noauth_client_secret = \"SECRET\"",
    "[system]\noauth_client_secret = SECRET",
    "[system]\noauth_client_secret = { env = \"SECRET\" }",
    "[system]\noauth_client_secret = { file = \"SECRET\" }",
    "[system]\noauth_client_secret = { \"SECRET\" = true }",
    "[system]\noauth_client_secret = { env = \"A\", file = \"SECRET\" }",
    "[system]\noauth_client_secret = { prompt = \"SECRET\" }",
    "[system]\nuse_graph_api = \"SECRET\"",
    "[system]\nrooms = \"SECRET\"",
    "[system]\nrooms_file = \"SECRET\"",
    "[system]\nrooms_from_tenant = \"SECRET\"",
    "[[location]]\nname = \"SECRET\"",
    "[[location]]\nname = \"SECRET\"\nrooms = [\"a@contoso.com\"]",
    "[[location]]\nname = \"A\"\nrooms_file = \"SECRET\"",
    "[[location]]\nname = \"A\"\n\"SECRET\" = 1",
    "[[profile]]\nname = \"SECRET\"\nroom = \"a@contoso.com\"",
    "[[profile]]\nname = \"A\"\nroom = [\"SECRET\"]",
    "[mail]\nfrom = \"SECRET\"",
    "[mail]\nenabled = \"SECRET\"",
    "[mail]\n\"SECRET\" = 1",
    "[user_sync]\nenabled = \"SECRET\"",
    "[user_sync]\n\"SECRET\" = 1",
    "mail = \"SECRET\"",
    "[endpoints]\nproxy = \"SECRET\"",
    "[endpoints]\nproxy = \"http://SECRET:8080\"",
    "system = \"SECRET\"",
    "location = \"SECRET\"",
];

/// The text of a TOML string that is quoted already.
fn toml_string(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// The output for a command line. One that is rejected immediately needs no process.
fn printed(arguments: &[String]) -> String {
    let line = std::iter::once("rx-preflight").chain(arguments.iter().map(String::as_str));
    match Arguments::try_parse_from(line) {
        Err(error) => usage_message(&error),
        Ok(_) => run(arguments, None),
    }
}

/// Runs the program in a folder of its own and returns everything that it printed, with the names of the files that it left.
fn run(arguments: &[String], variable: Option<(&str, &str)>) -> String {
    let folder = TempDir::new().unwrap();
    fs::write(
        folder.path().join("right.txt"),
        "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP",
    )
    .unwrap();
    let mut command = program(folder.path());
    command.args(arguments).write_stdin("");
    if let Some((name, value)) = variable {
        command.env(name, value);
    }
    command.timeout(std::time::Duration::from_secs(20));
    let output = started(&mut command);
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    collect_file_names(folder.path(), &mut printed);
    printed
}

/// Runs a command. Wine 8 under load sometimes does not start a process (`ERROR_INTERNAL_ERROR`), and starts it on the next
/// attempt.
fn started(command: &mut assert_cmd::Command) -> std::process::Output {
    const NOT_STARTED_BY_WINE: i32 = 1359;
    for _ in 0..5 {
        match command.output() {
            Err(error) if cfg!(windows) && error.raw_os_error() == Some(NOT_STARTED_BY_WINE) => {
                thread::sleep(std::time::Duration::from_millis(200));
            }
            result => return result.unwrap(),
        }
    }
    panic!("Wine did not start the program five times");
}

fn collect_file_names(folder: &Path, printed: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        printed.push_str(&path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            collect_file_names(&path, printed);
        } else if path.extension().is_some() {
            printed.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

fn arguments(typed: &str, secret: &str) -> Vec<String> {
    let words = typed.split(' ').flat_map(|word| match word {
        "+" => COMPLETE_ARGUMENTS
            .iter()
            .map(|word| (*word).to_owned())
            .collect(),
        _ => vec![word.replace("SECRET", secret)],
    });
    words.collect()
}

/// Does `work` for every item on a few threads.
fn for_each<T: Sync>(items: &[T], work: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(item) =
                    items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    wrong.lock().unwrap().extend(work(item));
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

#[test]
fn nothing_that_is_typed_on_the_command_line_repeats_a_secret() {
    let places: Vec<(&SecretKind, &str)> = KINDS
        .iter()
        .flat_map(|kind| TYPED_ARGUMENTS.iter().map(move |typed| (kind, *typed)))
        .collect();
    let wrong = for_each(&places, |(kind, typed)| {
        let printed = printed(&arguments(typed, kind.pasted));
        shown_part(&printed, kind.core)
            .map(|part| format!("{} at {typed}: {part} in {printed}", kind.name))
    });
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        places.len(),
        wrong.join("\n")
    );
}

#[test]
fn no_environment_variable_repeats_a_secret() {
    let places: Vec<(&SecretKind, &str)> = KINDS
        .iter()
        .flat_map(|kind| ENVIRONMENT_VARIABLES.iter().map(move |name| (kind, *name)))
        .collect();
    let wrong = for_each(&places, |(kind, name)| {
        let complete = COMPLETE_ARGUMENTS.iter().map(|word| (*word).to_owned());
        let ids = [
            "--tenant-id",
            "contoso.com",
            "--client-id",
            "9a410000-1111-4222-8333-444455556666",
        ];
        let kept: Vec<String> = complete
            .filter(|word| !name.starts_with("AZURE") || !ids.contains(&word.as_str()))
            .collect();
        let printed = run(&kept, Some((name, kind.pasted)));
        shown_part(&printed, kind.core)
            .map(|part| format!("{} in {name}: {part} in {printed}", kind.name))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_line_of_a_settings_file_repeats_a_secret() {
    let reference = rx_preflight::settings::Reference {
        cloud_ids: vec!["global".to_owned()],
        ..Default::default()
    };
    let mut wrong = Vec::new();
    for kind in KINDS {
        for line in SETTINGS_LINES {
            let text = line.replace("SECRET", &toml_string(kind.pasted));
            let shown = match load_text(
                &text,
                "rx.toml",
                &FlagSettings::default(),
                &SimulatedEnvironment::default(),
                &reference,
            ) {
                Ok(estate) => format!("{estate:?}"),
                Err(error) => rx_preflight::settings::quotable(&error.to_string()).into_owned(),
            };
            wrong.extend(
                shown_part(&shown, kind.core)
                    .map(|part| format!("{} in {line}: {part} in {shown}", kind.name)),
            );
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The keys of a connection whose value becomes a finding, and a location, a profile and a file with a secret as a room.
fn scenario_with(kind: &SecretKind, graph: bool) -> Scenario {
    let mut scenario = catalog::load(if graph { "graph-ready" } else { "ews-ready" }).unwrap();
    let secret = kind.pasted;
    let table = |text: String| toml::Value::Table(text.parse().unwrap());
    let text = toml_string(secret);
    scenario.files.insert(
        "rooms.txt".to_owned(),
        format!("a@contoso.com\n{secret}\n\"{secret}\"\n"),
    );
    scenario.files.insert(
        "rooms.csv".to_owned(),
        format!("Name,mail\nA,\"{secret}\"\n\"{secret}\",\nB,x@contoso.com,{secret}\n"),
    );
    scenario.settings["system"].as_table_mut().unwrap().insert(
        "rooms".to_owned(),
        toml::Value::Array(vec![secret.into(), "a@contoso.com".into()]),
    );
    let location = |name: &str, more: &str| table(format!("name = \"{name}\"\n{more}"));
    let locations = vec![
        location(
            "A",
            &format!("rooms = [\"b@contoso.com\"]\noauth_tenant_id = \"{text}\""),
        ),
        location(
            "B",
            &format!("rooms = [\"b@contoso.com\"]\noauth_client_id = \"{text}\""),
        ),
        location(
            "C",
            &format!("rooms = [\"b@contoso.com\"]\nresource_login_user_id = \"{text}\""),
        ),
        location(
            "D",
            &format!("rooms = [\"b@contoso.com\"]\nserver_host_name = \"{text}\""),
        ),
        location(
            "E",
            &format!(
                "rooms = [\"b@contoso.com\"]\nserver_host_name = \"https://{}/EWS/Exchange.asmx\"",
                text.replace("\\n", "")
            ),
        ),
        location("F", "rooms_file = \"rooms.txt\""),
        location("G", "rooms_file = \"rooms.csv\""),
    ];
    scenario
        .settings
        .insert("location".to_owned(), toml::Value::Array(locations));
    scenario.settings.insert(
        "profile".to_owned(),
        toml::Value::Array(vec![location("P", &format!("room = \"{text}\""))]),
    );
    scenario
}

#[tokio::test(flavor = "multi_thread")]
async fn no_format_of_a_report_repeats_a_secret() {
    let mut wrong = Vec::new();
    for kind in KINDS {
        for graph in [false, true] {
            let played = Box::pin(play(
                scenario_with(kind, graph),
                None,
                std::future::pending(),
            ))
            .await;
            let report = match played {
                Ok(played) => played.report,
                Err(error) => panic!("{}: {error}", kind.name),
            };
            for (format, document) in documents(&report) {
                wrong.extend(shown_part(&document, kind.core).map(|part| {
                    let line = document
                        .lines()
                        .find(|line| line.contains(&part))
                        .unwrap_or_default();
                    format!("{} in {format}: {line}", kind.name)
                }));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_texts_of_this_program_contain_nothing_like_a_secret() {
    for cause in rx_preflight::knowledge::causes() {
        let commands = cause.commands.iter().map(|command| &command.text);
        let own = [&cause.title, &cause.impact, &cause.evidence, &cause.verify];
        for text in own
            .into_iter()
            .chain(&cause.steps)
            .chain(&cause.links)
            .chain(commands)
        {
            assert_eq!(
                rx_preflight::settings::quotable(text),
                text.as_str(),
                "{}",
                cause.id
            );
        }
    }
    for name in catalog::names() {
        let scenario = catalog::load(name).unwrap();
        assert_eq!(
            rx_preflight::settings::quotable(&scenario.about),
            scenario.about,
            "{name}"
        );
    }
}

/// A client secret that is in no scenario, so that it is found only where this run wrote it.
const SECRET_CANARY: &str = "Qz78Q~canaryB7dEFGhiJKLmNopQrstuVwXyZ012";
const PASSWORD_CANARY: &str = "pw-canary-&-7fGhJkLmNpQr";
/// A line of a private key.
const KEY_CANARY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCanaryKeyLine0";

/// A tenant whose services repeat what they receive, in one encoding.
async fn echoing_tenant(
    name: &str,
    at: &str,
    encoding: &str,
    record: &Path,
) -> (Scenario, RunningSimulator) {
    let mut scenario = catalog::load(name).unwrap();
    scenario
        .environment
        .insert("RX_CLIENT_SECRET".to_owned(), SECRET_CANARY.to_owned());
    let fault = format!("at = '{at}'\ndo = 'echo'\nencoding = '{encoding}'");
    scenario.faults = vec![toml::from_str(&fault).unwrap()];
    let options = SimulatorOptions {
        record: Some(record.to_owned()),
        ..SimulatorOptions::default()
    };
    let running = RunningSimulator::start(scenario.clone(), options)
        .await
        .unwrap();
    (scenario, running)
}

/// Everything that a check writes: standard output and error, and the files of every format.
fn check_outputs(folder: &Path, arguments: &[String]) -> Vec<(String, String)> {
    let mut command = program(folder);
    command
        .env("RX_CLIENT_SECRET", SECRET_CANARY)
        .env("RUST_BACKTRACE", "1")
        .args(["check", "--verbose", "--timeout", "5s"])
        .args(arguments);
    for extension in ["json", "html", "md", "xml", "txt"] {
        command.args(["-o", &format!("report.{extension}")]);
    }
    let output = started(&mut command);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        matches!(output.status.code(), Some(1 | 3)),
        "the report is masked, not missing: {}",
        text(&output.stderr)
    );
    let mut outputs = vec![
        ("standard output".to_owned(), text(&output.stdout)),
        ("standard error".to_owned(), text(&output.stderr)),
    ];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension != "toml" && extension != "pem")
        {
            outputs.push((path.display().to_string(), text(&fs::read(&path).unwrap())));
        }
    }
    outputs
}

fn hits(name: &str, canaries: &[Canary], outputs: &[(String, String)]) -> Vec<String> {
    let found = outputs.iter().flat_map(|(output, text)| {
        canaries
            .iter()
            .filter_map(move |canary| canary.find_in(text))
            .map(move |form| format!("{name}: {output} contains {form}"))
    });
    found.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_repeats_is_masked_in_every_output_file_and_log() {
    let canaries = [SECRET_CANARY, TOKEN_CANARY].map(Canary::new);
    let (mut searched, mut wrong) = (0, Vec::new());
    for encoding in ["plain", "url", "base64", "hex", "json"] {
        for (scenario, at) in [
            ("graph-ready", "discovery"),
            ("graph-ready", "sign-in"),
            ("graph-ready", "graph"),
            ("ews-ready", "exchange"),
        ] {
            let folder = TempDir::new().unwrap();
            let record = folder.path().join("traffic.jsonl");
            let (played, running) = echoing_tenant(scenario, at, encoding, &record).await;
            fs::write(
                folder.path().join("rx-preflight.toml"),
                toml::to_string(&played.settings).unwrap(),
            )
            .unwrap();
            let urls = [
                ("--login-url", running.sign_in_url()),
                ("--graph-url", running.graph_url()),
                ("--ews-url", running.ews_url()),
            ];
            let arguments: Vec<String> = urls
                .iter()
                .flat_map(|(name, url)| [(*name).to_owned(), url.to_string()])
                .collect();
            let outputs = tokio::task::block_in_place(|| check_outputs(folder.path(), &arguments));
            assert!(outputs.len() >= 8, "{outputs:?}");
            searched += outputs.len();
            wrong.extend(hits(&format!("{at}, {encoding}"), &canaries, &outputs));
        }
    }
    println!("canary search: {searched} outputs, {} hits", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A proxy that refuses every request and repeats the password in its response, as it is and in Base64.
fn echoing_proxy() -> std::net::SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let repeated = head
                .lines()
                .find(|line| line.to_ascii_lowercase().starts_with("proxy-authorization"))
                .unwrap_or_default();
            let body = format!("{repeated} {PASSWORD_CANARY}");
            let response = format!(
                "HTTP/1.1 407 {PASSWORD_CANARY}\r\nProxy-Authenticate: Basic realm=\"{repeated} \
                 {PASSWORD_CANARY}\"\r\nX-Echo: {repeated}\r\nContent-Length: {}\r\nConnection: \
                 close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(response.as_bytes());
        }
    });
    address
}

#[test]
fn the_password_of_a_proxy_and_a_private_key_are_in_no_output() {
    let canaries = [PASSWORD_CANARY, SECRET_CANARY, KEY_CANARY].map(Canary::new);
    let folder = TempDir::new().unwrap();
    let settings = catalog::load("graph-ready").unwrap().settings;
    fs::write(
        folder.path().join("rx-preflight.toml"),
        toml::to_string(&settings).unwrap(),
    )
    .unwrap();
    let proxy = echoing_proxy();
    let password: String =
        url::form_urlencoded::byte_serialize(PASSWORD_CANARY.as_bytes()).collect();
    let arguments = [
        "--proxy".to_owned(),
        format!("http://rx:{password}@{proxy}"),
    ];
    let mut outputs = check_outputs(folder.path(), &arguments);
    // A file with a key in place of a certificate.
    let key = format!("-----BEGIN PRIVATE KEY-----\n{KEY_CANARY}\n-----END PRIVATE KEY-----\n");
    fs::write(folder.path().join("key.pem"), &key).unwrap();
    for option in ["--ca-file", "--client-secret-file", "--config", "--rooms"] {
        let mut command = program(folder.path());
        let output = started(command.args(["check", "--only", "settings", option, "key.pem"]));
        let printed = [output.stdout, output.stderr].concat();
        outputs.push((
            option.to_owned(),
            String::from_utf8_lossy(&printed).into_owned(),
        ));
    }
    println!("canary search: {} outputs", outputs.len());
    let wrong = hits("proxy and key", &canaries, &outputs);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
