//! Hand-over for the customer's administrator: every scenario in every format, and the command line.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::{Path, PathBuf};

use catalog_runs::{catalog_reports, report_of};
use rx_preflight::diagnosis::{Cause, Command};
use rx_preflight::knowledge;
use rx_preflight::report::handover::{HandoverFormat, write};
use rx_preflight::report::{Format, Report, wording};
use rx_preflight::simulator::catalog;
use rx_preflight::terms::Requirement;
use shown::{assert_contains, is_read_only, run_lines, shown_html, shown_markdown};
use support::program;
use tempfile::TempDir;

#[path = "support/catalog_runs.rs"]
mod catalog_runs;
#[path = "support/shown.rs"]
mod shown;
mod support;

fn rendered(report: &Report, format: HandoverFormat) -> String {
    let mut bytes = Vec::new();
    write(report, format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn simulated_report(name: &str) -> Report {
    report_of(catalog::load(name).unwrap()).await
}

/// A line of a command as the hand-over shows it: a list of more than 20 rooms is an array of its own, which the rest of
/// the line uses. The result is the rest of the line, followed by each room.
fn split_script_line(line: &str) -> Vec<String> {
    match line
        .split_once(" | ")
        .filter(|(list, _)| list.matches("','").count() >= 20)
    {
        None => vec![line.to_owned()],
        Some((list, rest)) => std::iter::once(format!("$rooms | {rest}"))
            .chain(
                list.trim_start_matches("#   ")
                    .split(',')
                    .map(str::to_owned),
            )
            .collect(),
    }
}

/// The causes that a hand-over contains. That of a comparison of EWS and Graph contains its plan instead.
fn actionable_causes(report: &Report) -> impl Iterator<Item = &Cause> {
    report
        .causes
        .iter()
        .filter(|_| report.migration.is_none())
        .filter(|cause| cause.requirement != Requirement::Advisory)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_lists_its_tasks_and_nothing_else() {
    for (name, report) in catalog_reports().await {
        let html = rendered(report, HandoverFormat::Html);
        let markdown = rendered(report, HandoverFormat::Markdown);
        let script = rendered(report, HandoverFormat::PowerShell);
        for text in [shown_html(&html), shown_markdown(&markdown)] {
            for cause in actionable_causes(report) {
                let remedy = &cause.remedy;
                let who = if remedy.who == "nobody" {
                    "No action needed: wait, then repeat the check"
                } else {
                    wording::who(&remedy.who)
                };
                // An administrator does not have this program. Where the report contains an rx-preflight command, the
                // hand-over contains a place to check instead.
                let look = knowledge::admin_verify(cause.id.parse().unwrap())
                    .filter(|_| remedy.verify.contains("rx-preflight"));
                let verify = look.unwrap_or(&remedy.verify);
                let steps = remedy.steps.iter().map(String::as_str);
                for wanted in [&cause.title, who, verify, &remedy.takes]
                    .into_iter()
                    .chain(steps)
                {
                    assert_contains(&text, wanted, name);
                }
                assert!(
                    look.is_none() || text.contains("the person who sent you this document repeat"),
                    "{name}"
                );
                for line in remedy
                    .commands
                    .iter()
                    .flat_map(|command| command.text().lines())
                {
                    for part in split_script_line(line) {
                        assert_contains(&text, &part, name);
                    }
                }
            }
        }
        for text in [&html, &markdown, &script] {
            let ids = report
                .requests
                .iter()
                .flat_map(|request| [&request.request_id, &request.client_request_id]);
            for id in ids.flatten() {
                assert!(
                    !text.contains(id.as_str()),
                    "{name}: the request ID {id} is internal"
                );
            }
            assert!(
                !text.contains("HTTP ") && !text.contains("x-ms-diagnostics:"),
                "{name}"
            );
        }
        for line in run_lines(&script) {
            assert!(
                is_read_only(line),
                "{name}: the unedited script would run {line}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_script_is_complete() {
    for (name, report) in catalog_reports().await {
        let script = rendered(report, HandoverFormat::PowerShell);
        for line in actionable_causes(report)
            .flat_map(|cause| &cause.remedy.commands)
            .flat_map(|command| command.text().lines())
        {
            let parts = split_script_line(line);
            let (line, rooms) = (parts[0].as_str(), &parts[1..]);
            assert!(
                rooms.iter().all(|room| script.contains(room.as_str())),
                "{name}: {line}"
            );
            let is_line = script
                .lines()
                .any(|own| own == line || own.trim_start_matches("#   ") == line);
            assert!(is_line || script.contains(line), "{name}: {line}");
        }
    }
}

const HOSTILE: &str = "<script>alert(1)</script> | `a` **b** [x](http://evil) \u{1b}[31m \u{202e}moc \u{2028} \u{85}\r\nRemove-Mailbox 'x' #> @team ${x} $(Remove-Mailbox)";

/// A report in which every text is hostile; its commands hold the text as the program would quote it.
async fn hostile_report() -> Report {
    let mut report = simulated_report("mailbox-outside-access-policy").await;
    let quoted = format!("'{}'", HOSTILE.replace('\'', "''"));
    for cause in &mut report.causes {
        let remedy = &mut cause.remedy;
        for text in [
            &mut cause.title,
            &mut cause.impact,
            &mut remedy.who,
            &mut remedy.verify,
            &mut remedy.takes,
        ] {
            HOSTILE.clone_into(text);
        }
        remedy.steps = vec![
            HOSTILE.to_owned(),
            format!("https://login.microsoftonline.com/adminconsent?{HOSTILE}"),
        ];
        remedy.links = vec![
            "javascript:alert(1)".to_owned(),
            format!("https://{HOSTILE}"),
        ];
        cause.subjects = vec![HOSTILE.to_owned()];
        cause.connection = Some(HOSTILE.to_owned());
        remedy.commands = vec![
            Command::new(
                "powershell",
                &format!("Get-Mailbox -Identity {quoted}\nSet-CASMailbox {quoted}"),
            ),
            Command::new("powershell", HOSTILE),
            Command::new("bash", HOSTILE),
            Command::new(HOSTILE, HOSTILE),
        ];
    }
    HOSTILE.clone_into(&mut report.target.tenant_id);
    HOSTILE.clone_into(&mut report.target.cloud);
    HOSTILE.clone_into(&mut report.target.connections[0].name);
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_are_shown_and_never_executed() {
    let report = hostile_report().await;
    for format in HandoverFormat::ALL {
        let text = rendered(&report, *format);
        for harm in ['\u{1b}', '\u{202e}', '\u{2028}', '\u{85}'] {
            assert!(!text.contains(harm), "{}: {harm:?}", format.name());
        }
    }
    let page = rendered(&report, HandoverFormat::Html);
    for harm in ["<script", "href=\"javascript", "href=\"https://<"] {
        assert!(!page.contains(harm), "{harm}");
    }
    let shown = shown_markdown(&rendered(&report, HandoverFormat::Markdown));
    assert!(
        shown.contains("<script>alert(1)</script> | `a` **b** [x](http://evil)"),
        "{shown}"
    );
    for line in run_lines(&rendered(&report, HandoverFormat::PowerShell)) {
        assert!(is_read_only(line), "the unedited script would run {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_names_stay_inside_their_literals() {
    let mut report = simulated_report("mailbox-outside-access-policy").await;
    report.causes.truncate(1);
    let rooms = "'o''neill@contoso.com','a`b','$(Remove-Mailbox x)','\u{2019}\u{2019}; Remove-Mailbox x','a\"b'";
    let text = format!("{rooms} | ForEach-Object {{ Get-Mailbox -Identity $_ }}");
    report.causes[0].remedy.commands = vec![Command::new("powershell", &text)];
    assert_eq!(
        run_lines(&rendered(&report, HandoverFormat::PowerShell)),
        [text]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_five_thousand_rooms_is_never_shortened() {
    let mut report = simulated_report("mailbox-outside-access-policy").await;
    report.causes.truncate(1);
    let rooms: Vec<String> = (0..5_000)
        .map(|number| format!("'room{number}@contoso.com'"))
        .collect();
    let change = "ForEach-Object { Set-CASMailbox -Identity $_ -EwsEnabled $true }";
    let text = format!("{} | {change}", rooms.join(","));
    report.causes[0].subjects = rooms.clone();
    report.causes[0].remedy.commands = vec![Command::new("powershell", &text)];
    let change = format!("$rooms | {change}");
    let preview = change.replace("Set-CASMailbox", "Set-CASMailbox -WhatIf");
    let script = rendered(&report, HandoverFormat::PowerShell);
    let array: Vec<String> = rooms.iter().map(|room| format!("  {room}")).collect();
    let run: Vec<&str> = ["$rooms = @("]
        .into_iter()
        .chain(array.iter().map(String::as_str))
        .chain([")", &preview])
        .collect();
    assert_eq!(run_lines(&script), run, "one room in a line");
    assert!(script.contains(&format!("#   {change}")));
    for shown in [
        shown_markdown(&rendered(&report, HandoverFormat::Markdown)),
        shown_html(&rendered(&report, HandoverFormat::Html)),
    ] {
        assert!(shown.contains(&change) && shown.contains(&preview));
        let (_, array) = shown.split_once("$rooms = @(").unwrap();
        let array: Vec<&str> = array
            .split_once(')')
            .unwrap()
            .0
            .split([',', '\n'])
            .map(str::trim)
            .collect();
        assert_eq!(
            array
                .into_iter()
                .filter(|room| !room.is_empty())
                .collect::<Vec<_>>(),
            rooms
        );
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A saved report in a folder, with the exit code that it holds.
fn save_report(folder: &Path, scenario: &str) -> (PathBuf, Option<i32>) {
    let file = folder.join("saved.json");
    let output = program(folder)
        .args(["demo", scenario, "--quiet", "--output"])
        .arg(&file)
        .output()
        .unwrap();
    (file, output.status.code())
}

#[test]
fn the_handover_is_written_in_the_requested_place_and_format() {
    let folder = TempDir::new().unwrap();
    let (file, code) = save_report(folder.path(), catalog::DEFAULT);
    let run = |options: &[&str]| {
        let output = program(folder.path())
            .arg("report")
            .arg(&file)
            .args(["--for", "admin"])
            .args(options)
            .output()
            .unwrap();
        assert_eq!(
            (output.status.code(), text(&output.stderr).as_str()),
            (code, ""),
            "{options:?}"
        );
        text(&output.stdout)
    };
    let markdown = run(&[]);
    assert!(markdown.starts_with("## Microsoft 365 tasks"), "{markdown}");
    assert_eq!(run(&["--format", "markdown"]), markdown);
    assert!(run(&["--format", "html"]).starts_with("<!DOCTYPE html>"));
    assert!(run(&["--format", "powershell"]).starts_with("\u{feff}# Microsoft 365 tasks"));
    let files = ["a.md", "a.HTML", "a.ps1"];
    assert_eq!(
        run(&[
            "--quiet", "--output", files[0], "--output", files[1], "-o", files[2]
        ]),
        ""
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("a.md")).unwrap(),
        markdown
    );
    assert!(
        fs::read_to_string(folder.path().join("a.ps1"))
            .unwrap()
            .starts_with('\u{feff}')
    );
    assert!(folder.path().join("a.HTML").exists());
}

#[test]
fn the_report_can_be_rediagnosed_before_the_handover() {
    let folder = TempDir::new().unwrap();
    let (file, code) = save_report(folder.path(), catalog::DEFAULT);
    let mut command = program(folder.path());
    let output = command
        .arg("report")
        .arg(&file)
        .args(["--rediagnose", "--for", "admin"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), code);
    assert!(
        text(&output.stderr).contains("diagnosed again")
            && text(&output.stdout).starts_with("## Microsoft 365 tasks")
    );
}

#[test]
fn options_that_cannot_be_combined_exit_with_2_and_name_what_is_valid() {
    let folder = TempDir::new().unwrap();
    let (file, _) = save_report(folder.path(), catalog::DEFAULT);
    let file = file.to_str().unwrap();
    let refused = |arguments: &[&str], expected: &str| {
        let output = program(folder.path()).args(arguments).output().unwrap();
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(message.contains(expected), "{arguments:?}: {message}");
    };
    for format in Format::ALL
        .iter()
        .filter(|format| HandoverFormat::from_name(format.name()).is_none())
    {
        refused(
            &["report", file, "--for", "admin", "--format", format.name()],
            "markdown, html, powershell",
        );
        let output = format!("a.{}", format.extension());
        refused(
            &["report", file, "--for", "admin", "--output", &output],
            ".md, .html, .ps1",
        );
    }
    for option in ["--brief", "--verbose", "--plain"] {
        refused(&["report", file, "--for", "admin", option], option);
    }
    refused(&["report", file, "--for", "everyone"], "admin");
    refused(&["report", file, "--format", "powershell"], "--for admin");
    refused(&["report", file, "--output", "a.ps1"], "--for admin");
    refused(&["demo", "--format", "powershell"], "--for admin");
}
