//! Wrong usage of every kind, with what it must lead to: the exit code, what is wrong, what is accepted, and nothing that
//! does not help or that must not be shown. The rows come from people who tried the program, and from variants of theirs.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::OnceLock;

use support::program;
use tempfile::TempDir;

mod support;

/// Made up, in the form of a real one.
const SECRET: &str = "tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS";
/// Options that describe a connection whose services are a port at which nothing listens.
const CONNECTION: &str = "--tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 \
                          --client-secret-file secret.txt --api graph {nowhere}";
const NOWHERE: &str = "--login-url http://127.0.0.1:9 --graph-url http://127.0.0.1:9/v1.0 --ews-url http://127.0.0.1:9/EWS/Exchange.asmx";
/// A settings file without a fault.
const SETTINGS: &str = "[system]\nuse_graph_api = true\noauth_tenant_id = \"contoso.com\"\n\
                        oauth_client_id = \"9a41d1a0-0000-4000-8000-000000000000\"\n\
                        oauth_client_secret = { file = \"secret.txt\" }\nrooms = [\"aurora@contoso.com\"]\n";

/// One wrong (or odd) way to use the program.
struct Row {
    arguments: String,
    exit: i32,
    expected: Vec<&'static str>,
    hides: Vec<&'static str>,
    files: Vec<(&'static str, Vec<u8>)>,
    variables: Vec<(&'static str, &'static str)>,
    stdin: &'static str,
}

/// A row that is refused with exit code 2. Arguments are separated by spaces; inside one of them `_` is a space, U+0001 is
/// `_`, and two single quotes are an empty one.
fn row(arguments: &str) -> Row {
    let arguments = arguments
        .replace("{connection}", CONNECTION)
        .replace("{nowhere}", NOWHERE);
    let (expected, hides, files, variables) = (vec![], vec![], vec![], vec![]);
    Row {
        arguments,
        exit: 2,
        expected,
        hides,
        files,
        variables,
        stdin: "",
    }
}

/// A check with a settings file of this text.
fn toml(text: &str) -> Row {
    row("check {nowhere}").file("rx-preflight.toml", text)
}

/// A check with a setting of this text under `[system]`.
fn system(line: &str) -> Row {
    toml(&format!("[system]\n{line}\n"))
}

impl Row {
    fn exit(mut self, exit: i32) -> Self {
        self.exit = exit;
        self
    }

    fn expects(mut self, texts: &[&'static str]) -> Self {
        self.expected.extend(texts);
        self
    }

    fn hides(mut self, texts: &[&'static str]) -> Self {
        self.hides.extend(texts);
        self
    }

    fn file(mut self, name: &'static str, text: impl AsRef<[u8]>) -> Self {
        self.files.push((name, text.as_ref().to_vec()));
        self
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    fn stdin(mut self, text: &'static str) -> Self {
        self.stdin = text;
        self
    }

    fn run(&self) -> Output {
        let folder = prepared_folder();
        for (name, text) in &self.files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let words = self
            .arguments
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| word.replace('_', " "));
        let mut command = program(folder.path());
        command.args(words.map(|word| {
            if word == "''" {
                String::new()
            } else {
                word.replace('\u{1}', "_")
            }
        }));
        command
            .envs(self.variables.iter().copied())
            .write_stdin(self.stdin)
            .output()
            .unwrap()
    }

    fn check(&self) -> Result<(), String> {
        let output = self.run();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let about = format!(
            "{} (files {:?})\n{stderr}\n{stdout}",
            self.arguments,
            self.files.first()
        );
        if output.status.code() != Some(self.exit) {
            return Err(format!(
                "exit code {:?}, expected {}: {about}",
                output.status.code(),
                self.exit
            ));
        }
        if self.exit == 2 && !(stdout.is_empty() && stderr.lines().count() > 0) {
            return Err(format!(
                "a refusal belongs on standard error alone: {about}"
            ));
        }
        let whole = format!("{stderr}\n{stdout}");
        let never = [
            "os error",
            ".tmp",
            "panicked",
            "RUST_BACKTRACE",
            SECRET,
            "Q~b9",
        ];
        let shown = never
            .iter()
            .chain(&self.hides)
            .find(|text| whole.contains(**text));
        if let Some(shown) = shown {
            return Err(format!("shows {shown:?}: {about}"));
        }
        match self.expected.iter().find(|text| !whole.contains(**text)) {
            Some(missing) => Err(format!("does not contain {missing:?}: {about}")),
            None => Ok(()),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A folder with a secret and with reports in every format.
fn prepared_folder() -> TempDir {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    let files = FILES.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        for line in [
            "demo graph-ready -q -o ready.json -o ready.html -o ready.txt -o ready.md -o ready.xml",
            "demo ews-disabled -q -o not-ready.json",
        ] {
            program(folder.path())
                .args(line.split(' '))
                .output()
                .unwrap();
        }
        let entries = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                (
                    entry.file_name().into_string().unwrap(),
                    fs::read(entry.path()).unwrap(),
                )
            })
            .collect()
    });
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::write(folder.path().join("secret.txt"), SECRET).unwrap();
    fs::write(folder.path().join("empty.txt"), "").unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    restrict(&folder.path().join("secret.txt"), 0o600);
    folder
}

fn restrict(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn hold(rows: &[Row]) {
    let failures: Vec<String> = rows.iter().filter_map(|row| row.check().err()).collect();
    assert!(
        failures.is_empty(),
        "{} of {}\n\n{}",
        failures.len(),
        rows.len(),
        failures.join("\n\n")
    );
}

/// The words of the message where a file is not there, for every command.
const NO_SUCH_FILE: &str = "there is no such file";

#[test]
fn misspelt_words_are_refused_with_the_nearest_right_one() {
    hold(&[
        row("check --tenatn-id x").expects(&["--tenant-id"]),
        row("check --rediect").expects(&["--re"]),
        row("report ready.json --redcat").expects(&["--redact"]),
        row("chekc").expects(&["check"]),
        row("reprot ready.json").expects(&["report"]),
        row("simulat").expects(&["simulate"]),
        row("demo contoso-golive").expects(&["Did you mean `contoso-go-live`?", "demo --list"]),
        row("demo ews-disable").expects(&["`ews-disabled`"]),
        row("simulate graph-redy").expects(&["`graph-ready`"]),
        row("simulate nothing-like-it")
            .expects(&["demo --list"])
            .hides(&["Did you mean"]),
        row("check --only mailbx").expects(&["did you mean `mailbox`?", "--only list"]),
        row("check --skip grant.mail-sent")
            .expects(&["did you mean `grant.mail-send`?", "--only list"]),
        row("check --only zzz").expects(&["`zzz` is not a check or a group", "--only list"]),
        row("check --only ''").expects(&["separated by commas", "--only list"]),
        row("check --skip mailbox,").expects(&["separated by commas"]),
        row("check --skip mailbox,!zzz").expects(&["`zzz`"]),
        row("check --api grahp").expects(&["ews", "graph"]),
        row("check --format jsn").expects(&["json"]),
        row("check --fail-on optionl").expects(&["optional"]),
        row("check --require mial").expects(&["mail"]),
        row("check --color allways").expects(&["always"]),
        row("completions tcsh").expects(&["bash", "zsh"]),
        row("completions").expects(&["<SHELL>"]),
        row("man chekc").expects(&["check"]),
        row("report ready.json --for boss").expects(&["admin"]),
        row("diff ready.json not-ready.json --format html").expects(&["table", "json", "markdown"]),
        row("requirements --require sync").expects(&["user-sync"]),
        row("token --api soap").expects(&["ews", "graph"]),
    ]);
}

#[test]
fn what_is_missing_or_too_much_is_named() {
    hold(&[
        row("").expects(&["Usage: rx-preflight <COMMAND>"]),
        row("check").expects(&["rx-preflight.toml", "--tenant-id", "rx-preflight demo"]),
        row("check stray").expects(&["'stray'"]),
        row("report").expects(&["<FILE>"]),
        row("diff ready.json").expects(&["<AFTER>"]),
        row("diff ready.json not-ready.json ready.json").expects(&["'ready.json'"]),
        row("demo graph-ready ews-ready").expects(&["'ews-ready'"]),
        row("schema stray").expects(&["'stray'"]),
        row("requirements stray").expects(&["'stray'"]),
        row("init stray").expects(&["'stray'"]),
        row("init --output -").expects(&["enter a file name"]),
        row("init --client-secret-env A --client-secret-file b").expects(&["cannot be used with"]),
        row("explain").expects(&["enter a code"]),
        row("token").expects(&["standard input contains no token"]),
        row("token token.txt").expects(&["standard input", "token < token.txt"]),
        row("check --to a@contoso.com {connection}").expects(&["--to requires --allow-write mail"]),
        row("check --allow-write mail {connection}")
            .expects(&["--allow-write mail requires --to ADDRESS"]),
        row("check --allow-write mail --to a@contoso.com --wait 2h {connection}")
            .expects(&["--wait cannot be combined with --allow-write mail"]),
        row("check --brief --verbose").expects(&["--brief", "cannot be used with", "--verbose"]),
        row("report ready.json --quiet --verbose").expects(&["--quiet", "--verbose"]),
        row("demo --brief --format json").expects(&["--brief", "--format"]),
        row("demo --list -o list.json").expects(&["--list", "--output"]),
        row("demo --list --format json").expects(&["--list", "--format"]),
        row("demo --list graph-ready").expects(&["--list", "cannot be used with"]),
        row("demo --redaction-map m.json").expects(&["--redact"]),
        row("demo --wait-pause 1s").expects(&["--wait"]),
        row("simulate --ca-out ca.pem").expects(&["--tls"]),
        row("simulate --tls").expects(&["--tls requires --ca-out FILE"]),
        row("check --only mailbox --skip mailbox {connection}")
            .expects(&["leaves no check to run"]),
        row("report ready.json --for admin --brief").expects(&["--for", "--brief"]),
        row("report ready.json --for admin --plain").expects(&["--for", "--plain"]),
    ]);
}

#[test]
fn a_duration_out_of_range_or_form_is_refused_with_the_range_and_an_example() {
    let options = [
        (
            "check {connection} --timeout",
            "from 100ms to 1h (for example, 20s)",
        ),
        (
            "check {connection} --deadline",
            "from 1s to 7d (for example, 5m)",
        ),
        (
            "check {connection} --wait",
            "from 1s to 7d (for example, 2h)",
        ),
        ("demo --wait", "from 1s to 7d (for example, 2h)"),
    ];
    let values = [
        ("0s", "too short"),
        ("0", "too short"),
        ("-1s", "cannot be negative"),
        ("-5", "cannot be negative"),
        ("99999999999h", "too long"),
        ("9999h", "too long"),
        ("1h30", "needs a unit"),
        ("soon", "not a duration"),
        ("5x", "not a duration"),
        ("''", "not a duration"),
    ];
    let mut rows = Vec::new();
    for (option, range) in options {
        let name = option.split(' ').next_back().unwrap();
        rows.extend(values.map(|(value, reason)| {
            row(&format!("{option} {value}")).expects(&[name, reason, range])
        }));
    }
    rows.push(
        row("simulate --latency soon")
            .expects(&["--latency soon", "from 0ms to 1h (for example, 50ms)"]),
    );
    rows.push(row("simulate --latency 2h").expects(&["too long"]));
    rows.push(row("demo --wait 2h --wait-pause 0").expects(&["--wait-pause 0", "too short"]));
    hold(&rows);
    let accepted = [
        "30s",
        "2m",
        "1h30m",
        "90",
        "2500ms",
        "1_hour",
        "2_hours,_5_minutes",
        "1.5h",
        "1d",
    ];
    let accepted =
        accepted.map(|value| format!("check --only settings {{nowhere}} -q --deadline {value}"));
    hold(&accepted.map(|line| row(&line).file("rx-preflight.toml", SETTINGS).exit(0)));
}

#[test]
fn the_largest_numbers_are_accepted() {
    let accepted = [
        "--concurrency 256",
        "--sample 1000000",
        "--expect-denied auto:20",
    ];
    let accepted = accepted.map(|option| format!("check --only settings {{nowhere}} -q {option}"));
    hold(&accepted.map(|line| row(&line).file("rx-preflight.toml", SETTINGS).exit(0)));
}

#[test]
fn a_number_out_of_range_is_refused_with_the_range() {
    hold(&[
        row("check --sample -1").expects(&["--sample", "-1", "1..="]),
        row("check --sample 0").expects(&["--sample", "1..="]),
        row("check --sample many").expects(&["--sample"]),
        row("check --concurrency 0").expects(&["1..=256"]),
        row("check --concurrency 257").expects(&["257", "1..=256"]),
        row("check --sample 1000001").expects(&["1000001", "1..=1000000"]),
        row("check {connection} --expect-denied auto:21").expects(&["auto:21", "from 1 to 20"]),
        row("check --concurrency -8").expects(&["--concurrency", "1..=256"]),
        row("check --concurrency 1000").expects(&["1..=256"]),
        row("simulate --rooms -1").expects(&["--rooms", "0..=1000000"]),
        row("simulate --rooms 99999999999").expects(&["--rooms", "0..=1000000"]),
        row("simulate --throttle-every 0").expects(&["1..="]),
        row("simulate --throttle-in-flight -2").expects(&["--throttle-in-flight"]),
        row("simulate --listen nowhere").expects(&["--listen", "127.0.0.1:8080"]),
        row("simulate --listen 0.0.0.0:0").expects(&["not a loopback address", "127.0.0.1:8080"]),
        row("simulate --listen 192.168.1.5:80").expects(&["not a loopback address"]),
    ]);
}

#[test]
fn formats_and_extensions_are_listed_and_outputs_are_checked_in_advance() {
    hold(&[
        row("check -o r.pdf {connection}")
            .expects(&["-output r.pdf", ".txt, .json, .md, .xml, .html"]),
        row("demo -o -").expects(&["enter a file name"]),
        row("report ready.json -o ''").expects(&["--output", "enter a file name"]),
        row("simulate --record -").expects(&["--record", "enter a file name"]),
        row("demo -o report").expects(&["the extension selects the format", "report.json"]),
        row("demo -o report.").expects(&["the extension selects the format"]),
        row("report ready.json -o r.docx").expects(&[".txt, .json, .md, .xml, .html"]),
        row("diff ready.json not-ready.json -o d.html")
            .expects(&["valid extensions for diff: .txt, .json, .md"]),
        row("diff ready.json not-ready.json -o d").expects(&["valid extensions for diff"]),
        row("diff ready.json not-ready.json -o d.xml").expects(&["valid extensions for diff"]),
        row("report ready.json --for admin -o h.json")
            .expects(&["valid extensions with --for admin: .md, .html, .ps1"]),
        row("report ready.json --for admin --format json").expects(&["markdown, html, powershell"]),
        row("check -o r.ps1 {connection}").expects(&["report FILE --for admin"]),
        row("demo --format powershell").expects(&["report FILE --for admin"]),
        row("demo --format pdf").expects(&["table, json, markdown, junit, html"]),
        row("check -o nofolder/x.json {connection}").expects(&["folder nofolder does not exist"]),
        row("diff ready.json not-ready.json -o nofolder/x.md")
            .expects(&["folder nofolder does not exist"]),
        row("report ready.json --for admin -o nofolder/h.md")
            .expects(&["folder nofolder does not exist"]),
        row("check -o /proc/x.json {connection}").expects(&["in folder /proc"]),
        row("demo -o /proc/self/x.json").expects(&["in folder /proc/self"]),
        row("diff ready.json not-ready.json -o /proc/x.md").expects(&["in folder /proc"]),
        row("simulate --record /proc/x.jsonl")
            .expects(&["--record /proc/x.jsonl", "in folder /proc"]),
        row("simulate --settings-out /proc/x").expects(&["--settings-out", "in folder /proc"]),
        row("check -o folder {connection}").expects(&["the extension selects the format"]),
        row("simulate --record folder").expects(&["this is a folder"]),
        row("simulate --settings-out ready.json").expects(&["this is a file; enter a folder"]),
        row("simulate --settings-out .")
            .file("rx-preflight.toml", SETTINGS)
            .expects(&["this file already exists and `simulate` did not write it"]),
        row("simulate graph-ready --settings-out out --record out/rx-preflight.toml")
            .expects(&["--settings-out writes a file with this name"]),
        row("simulate graph-ready --settings-out folder --record folder/rx-preflight.toml")
            .expects(&["--settings-out writes a file with this name"]),
        row("report ready.json -o ready.json").expects(&["overwrite a file that this run reads"]),
        row("diff ready.json not-ready.json -o ./ready.json")
            .expects(&["overwrite a file that this run reads"]),
        row("check -o secret.txt {connection}").expects(&["overwrite a file that this run reads"]),
    ]);
}

#[test]
fn a_secret_in_the_wrong_place_or_none_at_all() {
    let named = "[system]\nuse_graph_api = true\noauth_tenant_id = \"contoso.com\"\noauth_client_id = \"9a41d1a0-0000-4000-8000-000000000000\"\n";
    let with = |source: &str| toml(&format!("{named}oauth_client_secret = {source}\n"));
    let flags = "check --tenant-id contoso.com --client-id 9a41d1a0-0000-4000-8000-000000000000 --api graph {nowhere}";
    hold(&[
        row(&format!("check --client-secret {SECRET}")).expects(&["--client-secret-file"]),
        row(&format!("check --client-secret={SECRET}")).expects(&["--client-secret-file"]),
        row(&format!("check --password {SECRET}")),
        row(&format!(
            "check --client-secret-file {SECRET} --tenant-id a --client-id b --api graph"
        ))
        .expects(&[NO_SUCH_FILE, "not repeated"]),
        row(&format!("token {SECRET}")).expects(&["standard input"]),
        row(&format!("demo -o {SECRET}.json")).expects(&["looks like a secret"]),
        row(&format!("{flags} --client-secret-file -")).expects(&["on standard input is empty"]),
        row(&format!("{flags} --client-secret-file -"))
            .stdin("\n")
            .expects(&["on standard input is empty"]),
        row(&format!("{flags} --client-secret-file -"))
            .stdin("  \r\n")
            .expects(&["on standard input is empty"]),
        row(&format!("{flags} --client-secret-file empty.txt"))
            .expects(&["in the file empty.txt is empty"]),
        row(&format!("{flags} --client-secret-file none.txt"))
            .expects(&["cannot read the secret file none.txt", NO_SUCH_FILE]),
        row(&format!("{flags} --client-secret-file folder")).expects(&["it is a folder"]),
        row(flags).expects(&["no terminal", "--client-secret-file"]),
        with("{ env = \"VAULT_SECRET\" }")
            .variable("VAULT_SECRET", "")
            .expects(&["in the environment variable VAULT_SECRET is empty"]),
        with("{ env = \"VAULT_SECRET\" }").expects(&["VAULT_SECRET is not set"]),
        with("{ file = \"empty.txt\" }").expects(&["empty.txt is empty", ":5:"]),
        with("{ file = \"none.txt\" }").expects(&[NO_SUCH_FILE, ":5:"]),
        with("{ prompt = true }").expects(&["no terminal"]),
        with("{ prompt = false }").expects(&["prompt can only be true"]),
        with("{ env = \"A\", file = \"secret.txt\" }").expects(&["exactly one source"]),
        with(&format!("\"{SECRET}\"")).expects(&[
            "must not contain the secret itself",
            "{ file = \"secret.txt\" }",
        ]),
        with(&format!("{{ env = \"{SECRET}\" }}")).expects(&["not repeated"]),
        with(SECRET).expects(&["must be in quotes"]),
        row("check {nowhere}")
            .file("rx-preflight.toml", named)
            .variable("AZURE_CLIENT_SECRET", " ")
            .expects(&["in the environment variable AZURE_CLIENT_SECRET is empty"]),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
fn mistakes_in_a_settings_file_are_explained_by_what_to_write() {
    let path = "write a Windows path in single quotes, like 'C:\\rooms\\list.csv'";
    let boolean = "write true or false, in lowercase and without quotes";
    let mut rows = vec![
        row("check --config none.toml").expects(&["none.toml", NO_SUCH_FILE]),
        row("check --config folder").expects(&["it is a folder"]),
        toml("").expects(&["describes no connection", "[system]"]),
        toml("# nothing\n").expects(&["describes no connection"]),
        system("oauth_tenat_id = \"x\"").expects(&[":2:1", "did you mean `oauth_tenant_id`?"]),
        system("UseGraphApi = true").expects(&["`use_graph_api`"]),
        toml("[locations]\nname = \"x\"\n").expects(&["`location`"]),
        toml("[[locations]]\nname = \"x\"\n").expects(&["`location`"]),
        toml("[location]\nname = \"x\"\n").expects(&["two brackets", "[[location]]"]),
        toml("[location]\nname = \"x\"\n[[location]]\nname = \"y\"\n")
            .expects(&["line 1", "two brackets"]),
        toml("oauth_tenant_id = \"x\"\n").expects(&["under [system]"]),
        system("cloud = \"global\"").expects(&["at the top of the file"]),
        // A key or a section twice.
        system("use_graph_api = true\nuse_graph_api = false").expects(&[
            ":3:1",
            "duplicate key: `use_graph_api` is already in line 2",
        ]),
        toml("cloud = \"gcc\"\n\ncloud = \"dod\"\n")
            .expects(&[":3:1", "duplicate key: `cloud` is already in line 1"]),
        toml("[system]\n[mail]\n[system]\n")
            .expects(&["the section `system` is already in line 1"]),
        toml("[[location]]\nname = \"a\"\n[[location]]\nname = \"b\"\nname = \"c\"\n")
            .expects(&["`name` is already in line 4"]),
        system("oauth_client_secret = { env = \"A\", env = \"B\" }")
            .expects(&["`env` is already in line 2"]),
        // What the parser of TOML cannot read.
        system("name: Berlin").expects(&["equals sign instead of the colon"]),
        system("use_graph_api true").expects(&["write `key = value`"]),
        system("use_graph_api =").expects(&["`use_graph_api` has no value"]),
        toml("// a comment\n").expects(&["a comment begins with #"]),
        toml("; a comment\n").expects(&["a comment begins with #"]),
        toml("[system\n").expects(&["the closing bracket"]),
        system("oauth_tenant_id = \"x").expects(&["closing double quote"]),
        system("rooms = [\"a@contoso.com\"").expects(&["closing bracket"]),
        system("rooms = [a@contoso.com]").expects(&["`rooms`", "must be in quotes"]),
        system("oauth_tenant_id = 5f3c0000-1111-4222-8333-444455556666")
            .expects(&["`oauth_tenant_id`: the value must be in quotes"]),
        system("oauth_tenant_id = \u{201c}x\u{201d}").expects(&["typographic"]),
        toml("{\"system\": {}}").expects(&["JSON"]),
        toml("<html></html>").expects(&["HTML"]),
        // Values of the wrong kind.
        toml("product_version = 2024.1\n").expects(&["`product_version` must be a text in quotes"]),
        system("oauth_tenant_id = 5").expects(&["must be a text in quotes"]),
        system("server_host_name = true").expects(&["must be a text in quotes"]),
        system("rooms = \"aurora@contoso.com\"")
            .expects(&["`rooms` must be a list", "[\"boardroom@contoso.com\"]"]),
        system("rooms = [1, 2]").expects(&["must be a list of texts"]),
        system("rooms_file = [\"rooms.csv\"]").expects(&["`rooms_file` must be a text"]),
        system("rooms_file = \"\"").expects(&["`rooms_file` is empty; name a file"]),
        system("oauth_client_secret = { file = \" \" }").expects(&["`file` is empty; name a file"]),
        toml("[[system]]\nuse_graph_api = true\n")
            .expects(&["`system` must be a section [system]"]),
        toml("[system]\n[[mail]]\n").expects(&["`mail` must be a section [mail]"]),
        toml("location = \"Berlin\"\n").expects(&["two brackets"]),
        toml("[[location]]\nrooms = [\"a@contoso.com\"]\n")
            .expects(&["requires its own name", "name = \"Berlin\""]),
        toml("[[location]]\nname = \"a\"\n[[location]]\nname = \"a\"\n")
            .expects(&["`a` is already used in line 2"]),
        toml("product_version = \"twenty\"\n").expects(&["\"2024.1\""]),
        toml("[mail]\nfrom = \"front-desk\"\n").expects(&["`front-desk`", "@"]),
        system("oauth_client_secret = 5").expects(&["{ file = \"secret.txt\" }"]),
        toml("cloud = [\"gcc\"]\n").expects(&["`cloud` must be a text"]),
    ];
    for word in [
        "Yes", "No", "yes", "on", "off", "TRUE", "True", "FALSE", "Y", "enabled",
    ] {
        rows.push(
            system(&format!("use_graph_api = {word}")).expects(&["`use_graph_api`", boolean]),
        );
        rows.push(toml(&format!("[mail]\nenabled = {word}\n")).expects(&["`enabled`", boolean]));
    }
    for word in ["1", "0", "\"yes\"", "\"true\"", "\"No\""] {
        rows.push(
            system(&format!("rooms_from_tenant = {word}"))
                .expects(&["must be true or false, without quotes"]),
        );
        rows.push(
            toml(&format!("[user_sync]\nenabled = {word}\n"))
                .expects(&["must be true or false, without quotes"]),
        );
    }
    for typed in [
        r"C:\rooms\list.csv",
        r"C:\users\kim\list.csv",
        r"C:\xampp\list.csv",
        r"D:\temp\new.csv",
        r"\\srv\share\list.csv",
        r"\\srv\rooms\bern.csv",
        r"..\rooms\",
    ] {
        rows.push(system(&format!("rooms_file = \"{typed}\"")).expects(&["`rooms_file`", path]));
        rows.push(
            system(&format!("oauth_client_secret = {{ file = \"{typed}\" }}"))
                .expects(&["`file`", path]),
        );
        rows.push(
            toml(&format!(
                "[[location]]\nname = \"x\"\nrooms_file = \"{typed}\""
            ))
            .expects(&[":3:", path]),
        );
        rows.push(
            toml(&format!("[mail]\noauth_client_secret={{file=\"{typed}\"}}"))
                .expects(&["`file`", path]),
        );
    }
    hold(&rows);
}

#[test]
fn right_paths_of_windows_are_read() {
    for typed in [
        r"'C:\temp\list.csv'",
        "\"C:/temp/list.csv\"",
        r#""C:\\temp\\list.csv""#,
        r"'\\srv\rooms\bern.csv'",
    ] {
        let settings = SETTINGS.replace(
            "rooms = [\"aurora@contoso.com\"]",
            &format!("rooms_file = {typed}"),
        );
        hold(&[toml(&settings).expects(&["cannot read the rooms file", NO_SUCH_FILE])]);
    }
}

#[test]
fn an_unknown_cloud_gets_the_right_one_and_one_list() {
    let list = "global, gcc, gcc-high, dod, china, bleu, delos";
    for (typed, meant) in [
        ("usgov", "gcc-high"),
        ("us-gov", "gcc-high"),
        ("gcchigh", "gcc-high"),
        ("GCC High", "gcc-high"),
        ("gcc_high", "gcc-high"),
        ("AzureUSGovernment", "gcc-high"),
        ("O365USGovGCCHigh", "gcc-high"),
        ("USGovDoD", "dod"),
        ("worldwide", "global"),
        ("commercial", "global"),
        ("Public", "global"),
        ("AzureCloud", "global"),
        ("21vianet", "china"),
        ("Gallatin", "china"),
        ("AzureChinaCloud", "china"),
        ("BleuCloud", "bleu"),
        ("germany", "delos"),
    ] {
        let meant = format!("did you mean `{meant}`? Valid values: {list}");
        let option = typed.replace('_', "\u{1}").replace(' ', "_");
        for row in [
            toml(&format!("cloud = \"{typed}\"\n")),
            row(&format!("requirements --cloud {option}")),
        ] {
            let output = row.run();
            let message = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{typed}: {message}");
            assert!(message.contains(&meant), "{typed}: {message}");
            assert_eq!(message.matches("gcc-high, dod").count(), 1, "{message}");
        }
    }
    hold(&[
        toml("cloud = \"mars\"\n")
            .expects(&["`mars` is not a cloud; Valid values: global"])
            .hides(&["did you mean"]),
        toml("cloud = \"\"\n")
            .expects(&["Valid values: global"])
            .hides(&["did you mean"]),
        row("init --yes --cloud mars").expects(&["--cloud mars: this is not a cloud", "gcc-high"]),
        row("init --yes --offline").expects(&["'OAuth Tenant ID' (--tenant-id ID)"]),
        row("requirements --cloud mars")
            .expects(&["Valid values: global"])
            .hides(&["did you mean"]),
    ]);
}

#[test]
fn what_is_not_a_report_is_named_by_what_it_is() {
    let cut = |length: usize| {
        let folder = prepared_folder();
        fs::read(folder.path().join("ready.json")).unwrap()[..length].to_vec()
    };
    let wanted = "rx-preflight check --output report.json";
    let files: Vec<(&'static str, Vec<u8>, &'static [&'static str])> = vec![
        (
            "none.json",
            vec![],
            &["cannot read none.json: there is no such file"],
        ),
        ("folder", vec![], &["cannot read folder: it is a folder"]),
        ("empty.txt", vec![], &["this file is empty"]),
        ("spaces.json", b" \n".to_vec(), &["this file is empty"]),
        (
            "a.toml",
            b"[system]\n".to_vec(),
            &["this is not JSON but TOML"],
        ),
        ("ready.html", vec![], &["this is not JSON but HTML"]),
        ("ready.xml", vec![], &["this is not JSON but XML"]),
        ("ready.md", vec![], &["this is not JSON"]),
        (
            "ready.txt",
            vec![],
            &["this is not JSON but a report as text"],
        ),
        (
            "words.json",
            b"hello".to_vec(),
            &["this is not JSON (line 1, column 1)"],
        ),
        ("object.json", b"{}".to_vec(), &["JSON, but not a report"]),
        ("array.json", b"[1]".to_vec(), &["JSON, but not a report"]),
        ("null.json", b"null".to_vec(), &["JSON, but not a report"]),
        (
            "other.json",
            b"{\"name\": \"x\", \"version\": 3}".to_vec(),
            &["JSON, but not a report"],
        ),
        (
            "quoted.json",
            format!("\"{SECRET}\"").into_bytes(),
            &["JSON, but not a report"],
        ),
        (
            "bare.json",
            b"{\"schema_version\": \"1.0\"}".to_vec(),
            &["this report is damaged", "the field `tool` is missing"],
        ),
        (
            "newer.json",
            b"{\"schema_version\": \"9.0\"}".to_vec(),
            &["format version 9.0", "current version of rx-preflight"],
        ),
        ("cut.json", cut(700), &["this JSON is incomplete"]),
        ("latin.json", vec![0xe4, 0xf6], &["this is not JSON"]),
    ];
    let mut rows = Vec::new();
    for (name, content, expected) in files {
        let made =
            !matches!(name, "none.json" | "folder" | "empty.txt") && !name.starts_with("ready");
        for command in [
            "report FILE",
            "report FILE --for admin",
            "diff ready.json FILE",
            "diff FILE not-ready.json",
        ] {
            let row = row(&command.replace("FILE", name)).expects(expected);
            rows.push(if made { row.file(name, &content) } else { row });
        }
        let names_the_way = ["JSON but", "JSON (", "JSON,", "empty"]
            .iter()
            .any(|part| expected[0].contains(part));
        if names_the_way && made {
            rows.push(
                row(&format!("report {name}"))
                    .file(name, &content)
                    .expects(&[wanted]),
            );
        }
    }
    hold(&rows);
}

#[test]
fn addresses_and_rooms() {
    hold(&[
        row("check --tenant-id a --client-id b --client-secret-file secret.txt --api graph --login-url http://login.contoso.com")
            .expects(&["--login-url", "https://"]),
        row("check --tenant-id a --client-id b --client-secret-file secret.txt --api graph --graph-url nonsense")
            .expects(&["--graph-url"]),
        row("check --tenant-id a --client-id b --client-secret-file secret.txt --api ews --ews-url ftp://x")
            .expects(&["--ews-url"]),
        row("check {connection} --proxy socks5://proxy").expects(&["--proxy", "http://"]),
        row("check {connection} --ca-file none.pem").expects(&["none.pem", NO_SUCH_FILE]),
        row("check {connection} --ca-file empty.txt").expects(&["empty.txt", "no certificate"]),
        row("check {connection} --expect-denied ceo").expects(&["--expect-denied ceo: this is not an email address"]),
        row("check {connection} --allow-write mail --to ceo").expects(&["--to ceo: this is not an email address"]),
        row("requirements --room boardroom").expects(&["--room boardroom: this is not an email address"]),
        row("requirements --tenant-id Contoso_Ltd").expects(&["--tenant-id Contoso Ltd", "(for example, contoso.com)"]),
        row("requirements --client-id ResourceXpress").expects(&["--client-id ResourceXpress", "Application (client) ID"]),
        row("requirements --tenant-id contoso.com --room a@contoso.com").exit(0).expects(&["contoso.com/adminconsent"]),
        row("requirements --mail-from x@").expects(&["--mail-from"]),
        row("check {connection} --rooms none.csv").expects(&["the rooms file none.csv", NO_SUCH_FILE]),
        row("check {connection} --rooms folder").expects(&["it is a folder"]),
        row("check {connection} --rooms empty.txt").expects(&["empty.txt"]),
        row("check {connection} --rooms rooms.csv").file("rooms.csv", "mail\n").expects(&["rooms.csv"]),
        row("check {connection} --rooms rooms.csv").file("rooms.csv", "name,size\nBerlin,8\n").expects(&["rooms.csv"]),
        row("check {connection} --room ''").expects(&["contains no room"]),
    ]);
}

#[test]
fn odd_but_right_ways_are_accepted() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(SETTINGS.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let run = "check --only settings {nowhere} -q";
    hold(&[
        row(run).file("rx-preflight.toml", SETTINGS).exit(0),
        row(run)
            .file("rx-preflight.toml", format!("\u{feff}{SETTINGS}"))
            .exit(0),
        row(run)
            .file("rx-preflight.toml", SETTINGS.replace('\n', "\r\n"))
            .exit(0),
        row(run).file("rx-preflight.toml", utf16).exit(0),
        row("check --only list")
            .exit(0)
            .expects(&["mailbox.calendar-write", "group of"]),
        row("check --skip list {nowhere}")
            .exit(0)
            .expects(&["grant.mail-send"]),
        row("check --only list,mailbox --config none.toml")
            .exit(0)
            .expects(&["network.clock"]),
        row("check --only list -q")
            .exit(0)
            .hides(&["network.clock"]),
        row("demo --list -q").exit(0).hides(&["graph-ready"]),
        row("diff ready.json not-ready.json -q")
            .exit(1)
            .hides(&["fixed"]),
        row("report ready.json -q").exit(0).hides(&["Ready"]),
    ]);
}

#[test]
fn poor_surroundings_change_nothing() {
    let folder = prepared_folder();
    fs::write(folder.path().join("rx-preflight.toml"), SETTINGS).unwrap();
    let line = format!("check --only settings -q {NOWHERE}");
    // As cron starts it: no HOME, no PATH, no TERM, no locale.
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rx-preflight"));
    let output = command
        .current_dir(folder.path())
        .env_clear()
        .args(line.split(' '))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"r\xe4ume.txt");
    fs::write(folder.path().join(odd), "aurora@contoso.com\n").unwrap();
    let output = program(folder.path())
        .args(line.split(' '))
        .arg("--rooms")
        .arg(odd)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let output = program(folder.path())
        .args(["report", "-q"])
        .arg(odd)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
}

#[test]
fn a_reader_that_leaves_is_no_error_and_a_full_disk_is_exit_5() {
    // A closed standard output (`>&-`) cannot be distinguished from one that goes nowhere: before `main` begins, the standard library
    // of Rust opens /dev/null in the place of each closed one of the three streams, and to find that out afterward takes
    // `fcntl` on a raw descriptor. The exit code is then that of the check. The full disk represents it here.
    let run = |redirection: &str| {
        let script = format!(
            "{} demo graph-ready {redirection}",
            env!("CARGO_BIN_EXE_rx-preflight")
        );
        std::process::Command::new("bash")
            .args(["-o", "pipefail", "-c", &script])
            .output()
            .unwrap()
    };
    let full = run("> /dev/full");
    assert_eq!(full.status.code(), Some(5));
    assert!(
        text(&full.stderr).contains("cannot write standard output"),
        "{}",
        text(&full.stderr)
    );
    assert!(
        !text(&full.stderr).contains("os error"),
        "{}",
        text(&full.stderr)
    );
    let gone = run("| head -1");
    assert_eq!(
        (gone.status.code(), text(&gone.stderr)),
        (Some(0), String::new())
    );
    assert_eq!(run(">&-").status.code(), Some(0));
}

#[test]
fn a_command_line_that_is_refused_leaves_no_earlier_report_in_its_place() {
    for line in [
        "check --no-such-option -o ready.json",
        "check -o ready.json --brief --verbose",
        "check --output=ready.json --sample 0",
        "check -qo ready.json stray",
        "check -o ready.json --deadline 0s {connection}",
        "check -o ready.json --only zzz",
    ] {
        let folder = prepared_folder();
        let path = |name: &str| folder.path().join(name);
        let yesterday = fs::read(path("ready.json")).unwrap();
        let line = line
            .replace("{connection}", CONNECTION)
            .replace("{nowhere}", NOWHERE);
        let output = program(folder.path())
            .args(line.split(' '))
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}");
        assert!(
            text(&output.stderr).contains("ready.previous.json"),
            "{line}: {}",
            text(&output.stderr)
        );
        assert!(!path("ready.json").exists(), "{line}");
        assert_eq!(
            fs::read(path("ready.previous.json")).unwrap(),
            yesterday,
            "{line}"
        );
    }
    // Other commands, help, inputs, and files that are not reports stay.
    for line in [
        "check -o ready.json --help",
        "report ready.json --no-such-option",
        "diff ready.json not-ready.json -o ready.json --no-such-option",
        "check --no-such-option -o secret.txt",
        "check --rooms ready.json -o ready.json --no-such-option",
        "check --no-such-option --brief ready.json",
    ] {
        let folder = prepared_folder();
        program(folder.path())
            .args(line.split(' '))
            .output()
            .unwrap();
        assert!(
            ["ready.json", "secret.txt"]
                .iter()
                .all(|name| folder.path().join(name).exists()),
            "{line}"
        );
    }
}

#[test]
fn a_secret_file_that_others_can_read_gets_a_note() {
    let folder = prepared_folder();
    fs::write(folder.path().join("rx-preflight.toml"), SETTINGS).unwrap();
    restrict(&folder.path().join("secret.txt"), 0o644);
    let line = format!("check --only settings -q {NOWHERE}");
    let output = program(folder.path())
        .args(line.split(' '))
        .output()
        .unwrap();
    assert!(
        text(&output.stderr)
            .contains("other users of this machine can read the secret file secret.txt")
    );
}
