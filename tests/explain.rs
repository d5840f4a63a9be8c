//! `explain` end to end: pasted texts, typed names, and the printed explanation.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::time::{Duration, Instant};

use serde::Deserialize;
use support::program;
use tempfile::TempDir;

mod support;

/// Pasted texts with the expected explanation.
const TABLES: &[(&str, &str)] = &[
    ("texts.toml", include_str!("explain/texts.toml")),
    ("network.toml", include_str!("explain/network.toml")),
    ("narrowed.toml", include_str!("explain/narrowed.toml")),
    ("tables.toml", include_str!("explain/tables.toml")),
    ("denied.toml", include_str!("explain/denied.toml")),
    ("proxies.toml", include_str!("explain/proxies.toml")),
    ("boundaries.toml", include_str!("explain/boundaries.toml")),
];

/// Phrases about requests of this program, which the explanation of another product's log must not contain.
const OWN_PROGRAM_PHRASES: &[&str] = &[
    "fault of this program",
    "request of rx-preflight",
    "A probe",
    "a probe",
    "made-up id",
    "this program cannot interpret",
    "throttled this program",
    "error that this program does not know",
    "in the report under",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    paste: Vec<Paste>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paste {
    text: String,
    #[serde(default)]
    first: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    own: bool,
}

/// Runs `explain` and returns the exit code and the output.
fn explain(arguments: &[&str], pasted: &str) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let mut command = program(folder.path());
    let output = command
        .arg("explain")
        .args(arguments)
        .write_stdin(pasted.to_owned())
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

/// First cause that the output names for a finding.
fn first_cause(output: &str) -> Option<&str> {
    const LABELS: &[&str] = &[
        "Cause",
        "Likely cause: ",
        "Likely causes: ",
        "Possible causes: ",
    ];
    let line = output
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .find(|line| {
            LABELS.iter().any(|label| line.starts_with(label))
                && line.contains(": ")
                && !line.contains("`rx-preflight")
        })?;
    line.split_once(": ")?.1.split([',', ' ']).next()
}

fn read(name: &str, table: &str) -> Vec<Paste> {
    toml::from_str::<Table>(table)
        .unwrap_or_else(|error| panic!("{name}: {:?}: {}", error.span(), error.message()))
        .paste
}

fn problems(paste: &Paste) -> Vec<String> {
    let (exit, output) = explain(&[], &paste.text);
    let mut problems = Vec::new();
    if exit != Some(paste.exit) {
        problems.push(format!("exit code {exit:?}"));
    }
    if paste.first.is_some() && first_cause(&output) != paste.first.as_deref() {
        problems.push(format!(
            "first cause {:?} and not {:?}",
            first_cause(&output),
            paste.first
        ));
    }
    problems.extend(
        paste
            .also
            .iter()
            .filter(|text| !output.contains(*text))
            .map(|text| format!("without {text:?}")),
    );
    problems.extend(
        paste
            .lacks
            .iter()
            .filter(|text| output.contains(*text))
            .map(|text| format!("with {text:?}")),
    );
    let own = OWN_PROGRAM_PHRASES
        .iter()
        .filter(|text| !paste.own && output.contains(*text));
    problems.extend(own.map(|text| format!("mentions this program: {text:?}")));
    if !problems.is_empty() {
        problems.push(output);
    }
    problems
}

#[test]
fn every_pasted_text_is_explained_as_in_the_tables() {
    let mut wrong = Vec::new();
    for (name, table) in TABLES {
        for paste in read(name, table) {
            let problems = problems(&paste);
            if !problems.is_empty() {
                wrong.push(format!(
                    "{name}: {}\n-- {}",
                    paste.text.trim(),
                    problems.join("\n-- ")
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} pasted texts are explained incorrectly:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
}

/// Log of a .NET product: one room without access, then an expired secret, with temporary faults in between.
fn log(stamp: impl Fn(u32, u32) -> String) -> String {
    let rooms = [
        "boardroom@contoso.com",
        "studio@contoso.com",
        "lounge@contoso.com",
    ];
    let mut lines = vec![
        format!("{} INFO  Service started", stamp(27, 0)),
        format!(
            "{} ERROR The remote name could not be resolved: 'login.microsoftonline.com'",
            stamp(27, 1)
        ),
        format!(
            "{} ERROR huddle@contoso.com The remote server returned an error: (403) Forbidden.",
            stamp(27, 2)
        ),
        format!(
            r#"{} WARN  {{"error":{{"code":"ServiceNotAvailable"}}}}"#,
            stamp(27, 3)
        ),
    ];
    for number in 0..412_u32 {
        let room = rooms[number as usize % rooms.len()];
        lines.push(format!("{} INFO  Sync of {room}", stamp(28, number)));
        lines.push(format!(
            "{} ERROR AADSTS7000222: The provided client secret keys are expired.",
            stamp(28, number)
        ));
        lines.push("   at ResourceXpress.Sync.Run()".to_owned());
    }
    lines.join("\n")
}

#[test]
fn a_log_is_summarized_in_time_order_with_rooms_and_root_cause() {
    let clock = |minute: u32| format!("{:02}:{:02}:03", 7 + minute / 60, minute % 60);
    let iso = log(|day, minute| format!("2026-11-{day} {}", clock(minute)));
    let american = log(|day, minute| format!("11/{day}/2026 {}", clock(minute)));
    let german = log(|day, minute| format!("{day}.11.2026 {}", clock(minute)));
    let syslog = log(|day, minute| format!("Nov {day} {} rxserver rxsync[12]:", clock(minute)));
    let quoted = format!("> {}", iso.replace('\n', "\n> "));
    for (log, from, to) in [
        (&iso, "2026-11-28 07:00:03", "2026-11-28 13:51:03"),
        (&american, "11/28/2026 07:00:03", "11/28/2026 13:51:03"),
        (&german, "28.11.2026 07:00:03", "28.11.2026 13:51:03"),
        (&syslog, "Nov 28 07:00:03", "Nov 28 13:51:03"),
        (&quoted, "2026-11-28 07:00:03", "2026-11-28 13:51:03"),
    ] {
        let (exit, output) = explain(&[], log);
        assert_eq!(exit, Some(0));
        let expected = format!(
            "AADSTS7000222 (412 times, {from} to {to}, near 3 addresses: boardroom@contoso.com, "
        );
        assert!(output.contains(&expected), "{expected} is not in\n{output}");
        let place = |text: &str| {
            output
                .find(text)
                .unwrap_or_else(|| panic!("{text} is not in\n{output}"))
        };
        assert!(
            place("resolved\" (") < place("HTTP 403 (")
                && place("HTTP 403 (") < place("ServiceNotAvailable (")
        );
        assert!(place("ServiceNotAvailable (") < place(&expected));
        assert!(output.contains("near huddle@contoso.com"), "{output}");
        assert!(
            output.contains("Start with AADSTS7000222: sign-in.secret-expired. It persists"),
            "{output}"
        );
        assert!(
            output.contains("Earlier, and not explained by it: HTTP 403."),
            "{output}"
        );
        let passed = output
            .lines()
            .find(|line| line.starts_with("Temporary or already over"))
            .unwrap();
        assert!(
            passed.contains("ServiceNotAvailable") && passed.contains("resolved"),
            "{passed}"
        );
        assert!(
            output.contains("sign-in.secret-expired (cause)") && output.lines().count() <= 75,
            "{output}"
        );
    }
}

#[test]
fn a_log_with_the_newest_line_first_has_the_same_order_of_time() {
    let newest_first = "2026-11-28 09:00:00 ERROR AADSTS7000222: expired\n\
        2026-11-28 08:00:00 ERROR AADSTS7000222: expired\n\
        2026-11-28 07:00:00 ERROR (403) Forbidden for studio@contoso.com\n";
    let (_, output) = explain(&[], newest_first);
    assert!(
        output.contains("AADSTS7000222 (2 times, 2026-11-28 08:00:00 to 2026-11-28 09:00:00)"),
        "{output}"
    );
    assert!(
        output.find("HTTP 403 (") < output.find("AADSTS7000222 ("),
        "{output}"
    );
    assert!(
        output.contains("Earlier, and not explained by it: HTTP 403"),
        "{output}"
    );
}

#[test]
fn a_fault_that_ended_long_before_the_end_of_a_log_is_not_its_root_cause() {
    let renewed = "2026-11-27 07:00:00 ERROR AADSTS7000222: expired\n\
        2026-11-28 09:00:00 ERROR {\"error\":{\"code\":\"ErrorAccessDenied\"}} for studio@contoso.com\n\
        2026-11-28 09:01:00 ERROR {\"error\":{\"code\":\"ErrorAccessDenied\"}} for lounge@contoso.com\n";
    let (_, output) = explain(&[], renewed);
    assert!(output.contains("Start with ErrorAccessDenied"), "{output}");
    assert!(
        output.contains("already over, so it can wait: AADSTS7000222"),
        "{output}"
    );
}

#[test]
fn sentences_and_statuses_of_a_log_count_as_codes_do() {
    let log: String = (0..30)
        .map(|minute| {
            format!("2026-11-28 07:{minute:02}:00 ERROR studio@contoso.com: The SMTP address has no mailbox associated with it.\n")
        })
        .chain(["2026-11-28 08:00:00 ERROR <m:ResponseCode>ErrorNonExistentMailbox</m:ResponseCode>\n".to_owned()])
        .collect();
    let (_, output) = explain(&[], &log);
    assert!(
        output.contains(
            "ErrorNonExistentMailbox (31 times, 2026-11-28 07:00:00 to 2026-11-28 08:00:00"
        ),
        "{output}"
    );
}

#[test]
fn names_of_permissions_groups_and_words_are_explained() {
    for (name, expected) in [
        ("full_access_as_app", "grant.full-access-as-app-missing"),
        ("User.Read", "(delegated permission of"),
        ("Mail.Send", "grant.mail-send-missing"),
        ("impersonation", "ews.impersonation-denied (cause)"),
        ("mailbox.impersonation", "(check)"),
        ("ews.disabled", "(cause)"),
        ("mailbox", "mailbox.outside-scope (cause)"),
        ("network", "network.clock"),
        ("throttled", "service.throttled"),
        ("retir", "ews.retiring"),
    ] {
        let (exit, output) = explain(&[name], "");
        assert!(
            exit == Some(0) && output.contains(expected),
            "{name}: {output}"
        );
    }
}

#[test]
fn a_mistyped_name_is_exit_1_with_the_one_that_was_meant() {
    for (name, meant) in [
        ("mailbox.outside-scop", "mailbox.outside-scope"),
        ("ews.disabeld", "ews.disabled"),
        ("ErrorNonExistentMailbx1", "ErrorNonExistentMailbox"),
        ("full_acces_as_app", "full_access_as_app"),
    ] {
        let (exit, output) = explain(&[name], "");
        assert_eq!(exit, Some(1), "{name}: {output}");
        assert!(
            output.contains(&format!("Did you mean `{meant}`?")),
            "{name}: {output}"
        );
    }
    let (exit, output) = explain(&["unknown-entry"], "");
    assert!(
        exit == Some(1) && !output.contains("Did you mean"),
        "{output}"
    );
}

#[test]
fn every_entry_is_listed_by_kind() {
    let (exit, kinds) = explain(&["--list"], "");
    assert_eq!(exit, Some(0));
    for (kind, entry) in [
        ("causes", "mailbox.outside-scope"),
        ("checks", "mailbox.impersonation"),
        ("codes", "AADSTS7000222"),
        (
            "texts",
            "The SMTP address has no mailbox associated with it",
        ),
        ("permissions", "full_access_as_app"),
    ] {
        let (exit, list) = explain(&["--list", kind], "");
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(exit, Some(0));
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with(&format!("{entry}  "))),
            "{kind}: {entry} is not listed"
        );
        assert!(
            lines.is_sorted() && lines.iter().all(|line| line.contains("  ")),
            "{kind}"
        );
        let count = kinds.lines().find(|line| line.starts_with(kind)).unwrap();
        assert!(
            count.split_whitespace().nth(1) == Some(&lines.len().to_string()),
            "{count}"
        );
    }
    for cause in explain(&["--list", "causes"], "").1.lines() {
        let id = cause.split_whitespace().next().unwrap();
        assert!(id.contains('.'), "{cause}");
    }
    assert_eq!(explain(&["--list", "nothing"], "").0, Some(2));
}

#[test]
fn no_secret_of_a_pasted_text_is_repeated() {
    let secret = "abc8Q~Zy9xW8vU7tS6rQ5pO4nM3lK2jI1hG0fE9d";
    let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2dyYXBoLm1pY3Jvc29mdC5jb20ifQ.c2lnbmF0dXJl";
    for pasted in [
        format!(
            "client_id=x&client_secret={secret}&grant_type=client_credentials AADSTS7000215: Invalid client secret"
        ),
        format!("Authorization: Bearer {token}\nHTTP/1.1 401 Unauthorized"),
        format!("x-ms-diagnostics: 2000099;reason=\"client_secret={secret}\""),
        format!("X-EWS-Policy-Reason: {secret}"),
        format!(r#"{{"error":{{"code":"{secret}"}}}}"#),
        format!(
            "2026-11-28 07:03:37 {secret}@contoso.com (403) Forbidden\n2026-11-28 07:03:38 {secret}@contoso.com (403) Forbidden"
        ),
        secret.to_owned(),
        token.to_owned(),
    ] {
        let (_, output) = explain(&[], &pasted);
        assert!(
            !output.contains("8Q~Zy9") && !output.contains("eyJ"),
            "{output}"
        );
    }
    assert!(!explain(&[secret], "").1.contains("8Q~Zy9"));
}

#[test]
fn no_part_of_a_password_is_taken_for_an_address() {
    for secret in [
        "http://svc-proxy:WinterHidden@proxy.contoso.local:8080",
        "smtp://rx:Summer-Hidden@smtp.contoso.com",
        "amqp://rx:Hidden@mq.contoso.com",
        "http://CONTOSO\\svc:P%40ss-Hidden@proxy.contoso.com:8080",
        "http://svc:p@ss/Hidden@proxy.contoso.com",
        "svc:pw-Hidden@proxy.contoso.com:8080",
        "User Id=rx;Password=Hidden2026@sql.contoso.com;",
        "password Hidden@contoso.com",
        "pwd=Hidden@contoso.com",
        "secret: Hidden@contoso.com",
        "Kennwort: Hidden@contoso.com",
        "mot de passe Hidden@contoso.com",
    ] {
        for error in [
            "(403) Forbidden",
            "AADSTS7000222: expired",
            "ErrorAccessDenied",
            "Connection refused",
        ] {
            let pasted = format!(
                "2026-11-28 07:03:37 ERROR {secret} {error}\n2026-11-28 07:03:38 ERROR {secret} {error}\n\
                 2026-11-28 07:03:38 ERROR {error}"
            );
            let (_, output) = explain(&[], &pasted);
            assert!(!output.contains("Hidden"), "{secret}: {output}");
        }
        let (_, output) = explain(&[], &format!("X-EWS-Policy-Reason: {secret}"));
        assert!(
            !output.contains("://") || !output.contains("Hidden"),
            "{output}"
        );
    }
}

#[test]
fn a_report_of_this_program_is_recognized_in_every_format() {
    let folder = TempDir::new().unwrap();
    let mut demo = program(folder.path());
    demo.args(["demo", "contoso-go-live", "--quiet"]);
    for file in ["r.json", "r.txt", "r.md"] {
        demo.args(["--output", file]);
    }
    demo.output().unwrap();
    let read = |file: &str| std::fs::read_to_string(folder.path().join(file)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("r.json")).unwrap();
    let first = json["causes"][0]["id"].as_str().unwrap();
    for file in ["r.json", "r.txt", "r.md"] {
        let (exit, output) = explain(&[], &read(file));
        assert_eq!(exit, Some(0), "{file}");
        assert!(
            output.starts_with("This is a report of rx-preflight"),
            "{file}: {output}"
        );
        assert!(
            output.contains(&format!("{first} (cause)")),
            "{file}: {output}"
        );
        assert!(output.lines().count() < 90, "{file}: {output}");
    }
    for (scenario, cause) in [
        ("ews-disabled", "ews.disabled"),
        ("consent-missing", "registration.consent-missing"),
    ] {
        let screen = program(folder.path())
            .args(["demo", scenario])
            .output()
            .unwrap();
        let screen = String::from_utf8(screen.stdout).unwrap();
        let (exit, output) = explain(&[], &screen);
        assert_eq!(exit, Some(0), "{output}");
        assert!(
            output.starts_with("This is a report of rx-preflight")
                && output.contains(&format!("It reports one cause: {cause}."))
                && !output.contains("EwsEnabled : False\", from"),
            "{output}"
        );
    }
    let (_, whole) = explain(&[], &read("r.json"));
    assert!(
        whole.contains("not-ready") && whole.contains("Start with"),
        "{whole}"
    );
    let piece = serde_json::to_string_pretty(&json["causes"][0]).unwrap();
    let (exit, output) = explain(&[], &piece);
    assert!(
        exit == Some(0) && output.contains(&format!("Start with {first}"))
            || output.contains(&format!("one cause: {first}")),
        "{output}"
    );
}

/// An unoptimized build needs far less on an idle machine. Test machines are shared.
const TIME_LIMIT: Duration = Duration::from_secs(15);

/// Two megabytes of one repeated text.
fn two_megabytes_of(text: &str) -> String {
    text.repeat(2 * 1024 * 1024 / text.len())
}

#[test]
fn two_megabytes_of_worst_case_text_are_explained_quickly_and_briefly() {
    let numbered = |line: &dyn Fn(usize) -> String| (0..60_000).map(line).collect::<String>();
    let nested = (0..12).fold("AADSTS7000222: expired".to_owned(), |inner, _| {
        format!(
            "{{\"m\":\"{}\"}}",
            inner.replace('\\', "\\\\").replace('"', "\\\"")
        )
    });
    for (name, text) in [
        (
            "one line of a code with a sentence",
            two_megabytes_of("ErrorAccessDenied Access to OData is disabled. x@y.example "),
        ),
        (
            "one line of codes and statuses",
            two_megabytes_of("AADSTS7000222 AADSTS7000215 (403) Forbidden a@b.example "),
        ),
        (
            "different codes",
            numbered(&|number| format!("AADSTS{}: text (403) Forbidden\n", 8_000_000 + number)),
        ),
        (
            "different codes on one line",
            numbered(&|number| {
                format!(
                    "ErrorX{} code: The SMTP address has no mailbox associated with it. ",
                    number % 977
                )
            }),
        ),
        ("digits", two_megabytes_of("7000215")),
        ("digits and spaces", two_megabytes_of("7000215 ")),
        ("nested escapes", two_megabytes_of(&(nested + "\n"))),
        (
            "quoted-printable",
            two_megabytes_of("AADSTS70002=\n22: The provided client secret keys are exp=\nired.\n"),
        ),
        ("line breaks", two_megabytes_of("\n> ")),
        ("at signs", two_megabytes_of("a@b.c@")),
        ("arrows", two_megabytes_of("\"x\" => array:1 [\n 0 => ")),
        ("quotation marks", two_megabytes_of("\"code\":\"")),
        ("backslashes", two_megabytes_of("\\\\u0027")),
        (
            "a long log",
            numbered(&|number| {
                format!(
                    "2026-11-28 07:{:02}:{:02} ERROR room{number}@contoso.com (403) Forbidden\n",
                    number / 60 % 60,
                    number % 60
                )
            }),
        ),
        (
            "rows of a report",
            two_megabytes_of(
                "{\"check\": \"mailbox.impersonation\", \"cause\": \"mailbox.outside-scope\"},\n",
            ),
        ),
    ] {
        let started = Instant::now();
        let (exit, output) = explain(&[], &text);
        let took = started.elapsed();
        println!("{name}: {took:?}");
        assert!(matches!(exit, Some(0 | 1)), "{name}: {exit:?}");
        assert!(took < TIME_LIMIT, "{name} took {took:?}");
        assert!(output.len() < 20_000, "{} bytes for {name}", output.len());
    }
}
