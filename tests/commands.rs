//! Commands that people paste: in every format of every scenario, nothing that changes anything runs as it is printed, no
//! command reaches further than the mailboxes of its check, and no list is replaced without a guard.
//!
//! This reads the documents on its own and shares no code with what makes the commands safe.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::collections::BTreeSet;

use catalog_runs::{catalog_reports, report_of};
use rx_preflight::diagnosis::Command;
use rx_preflight::knowledge;
use rx_preflight::report::table::{Detail, TableOptions};
use rx_preflight::report::{Format, HandoverFormat, Report, handover, write};
use rx_preflight::simulator::catalog;
use serde_json::Value;
use support::program;
use tempfile::TempDir;

#[path = "support/catalog_runs.rs"]
mod catalog_runs;
mod support;

const CHANGING_VERBS: &[&str] = &[
    "Set",
    "New",
    "Add",
    "Remove",
    "Update",
    "Enable",
    "Disable",
    "Grant",
    "Revoke",
    "Install",
    "Import",
    "Export",
    "Out",
    "Start",
    "Stop",
    "Restart",
    "Invoke",
    "Send",
    "Move",
    "Clear",
    "Rename",
    "Copy",
    "Register",
    "Publish",
    "Reset",
    "Restore",
    "Suspend",
    "Resume",
    "Convert",
    "Approve",
    "Deny",
    "Unregister",
];
/// Programs of other shells, with what makes them change something.
const CHANGING_PROGRAMS: &[&str] = &[
    "az ad sp create",
    "az ad app update",
    "az ad app delete",
    "az rest",
    "w32tm /resync",
    "curl -X",
    "mgc ",
    "ReadWrite.All",
];
/// A step may name a cmdlet with its parameter, as long as that is not a whole command.
const IN_PROSE: &[&str] = &["(Set-Mailbox -Type Room)"];
/// What takes mailboxes from the whole tenant.
const WIDE: &[&str] = &[
    "-ResultSize",
    "-All",
    "RecipientTypeDetails",
    "Get-EXOMailbox",
];
const LISTS: &[&str] = &[
    "-EwsAllowedAppIDs",
    "-EwsAllowList",
    "-EwsBlockList",
    "-RequiredResourceAccess",
    "-Members",
];

/// A text to copy: where it was printed, and its lines.
struct Printed {
    place: String,
    text: String,
}

fn drawn(report: &Report, format: Format, detail: Detail) -> String {
    let options = TableOptions {
        width: 100,
        color: false,
        unicode: true,
        plain: false,
        detail,
    };
    let mut bytes = Vec::new();
    write(report, format, &options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn handed_over(report: &Report, format: HandoverFormat) -> String {
    let mut bytes = Vec::new();
    handover::write(report, format, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    text.split(open)
        .skip(1)
        .filter_map(|part| part.split(close).next())
        .collect()
}

fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The fenced blocks of Markdown; they end with their own fence.
fn fenced(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut fence = None;
    for line in text.lines() {
        let mark = line
            .chars()
            .take_while(|character| *character == '`')
            .count();
        match fence {
            None if mark >= 3 => {
                fence = Some(mark);
                blocks.push(String::new());
            }
            Some(open) if mark == open && line.len() == open => fence = None,
            Some(_) => {
                let block = blocks.last_mut().unwrap();
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// Every text of a report that a reader could copy, in every format.
fn everything(name: &str, report: &Report) -> Vec<Printed> {
    let mut all = Vec::new();
    let mut add = |place: &str, text: String| {
        all.push(Printed {
            place: format!("{name}, {place}"),
            text,
        });
    };
    for detail in [Detail::Brief, Detail::Normal, Detail::Verbose] {
        add("table", drawn(report, Format::Table, detail));
    }
    add(
        "junit",
        unescaped(&drawn(report, Format::Junit, Detail::Normal)),
    );
    for page in [
        drawn(report, Format::Html, Detail::Normal),
        handed_over(report, HandoverFormat::Html),
    ] {
        for code in between(&page, "<pre>", "</pre>") {
            add("html", unescaped(code));
        }
    }
    for page in [
        drawn(report, Format::Markdown, Detail::Normal),
        handed_over(report, HandoverFormat::Markdown),
    ] {
        for block in fenced(&page) {
            add("markdown", block);
        }
    }
    add(
        "powershell",
        handed_over(report, HandoverFormat::PowerShell),
    );
    let json: Value = serde_json::from_str(&drawn(report, Format::Json, Detail::Normal)).unwrap();
    for cause in json["causes"].as_array().unwrap() {
        for command in cause["remedy"]["commands"].as_array().unwrap() {
            add("json", command["text"].as_str().unwrap().to_owned());
        }
    }
    json["results"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|row| add("message", row["message"].as_str().unwrap().to_owned()));
    json["not_visible"]
        .as_array()
        .unwrap()
        .iter()
        .for_each(|text| add("not_visible", text.as_str().unwrap().to_owned()));
    all
}

/// Every cmdlet of a line that changes something: a changing verb, and a parameter behind it.
fn changing_cmdlets(line: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for word in line.split(|character: char| !character.is_ascii_alphanumeric() && character != '-')
    {
        let is_changing = CHANGING_VERBS
            .iter()
            .any(|verb| word.starts_with(&format!("{verb}-")));
        let at = word.as_ptr().addr() - line.as_ptr().addr();
        let rest = &line[at + word.len()..];
        let runs = rest.starts_with(" -")
            || rest.starts_with(" '")
            || rest.starts_with(" $")
            || rest.starts_with(" (");
        if is_changing
            && !IN_PROSE.iter().any(|prose| line.contains(prose))
            && (runs || line.trim_start_matches(['#', ' ']) == word)
        {
            found.push((at, word));
        }
    }
    found
}

/// A line of code that is there as a comment, or the code itself.
fn code(line: &str) -> &str {
    line.trim_start().trim_start_matches(['#', ' '])
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn changes(line: &str) -> bool {
    !changing_cmdlets(line).is_empty()
        || CHANGING_PROGRAMS
            .iter()
            .any(|program| code(line).starts_with(program))
}

/// Lines that would change something when the text is pasted as it is.
fn uncommented(text: &str) -> Vec<&str> {
    let runs = |line: &&str| {
        let is_previewed =
            |(at, word): &(usize, &str)| line[at + word.len()..].starts_with(" -WhatIf");
        let cmdlets = changing_cmdlets(line);
        let programs = CHANGING_PROGRAMS
            .iter()
            .any(|program| line.contains(program) && !line.contains(" > "));
        !is_comment(line)
            && (!cmdlets.iter().all(is_previewed)
                || (cmdlets.is_empty() && programs && is_code(line)))
    };
    text.lines().filter(runs).collect()
}

/// Not the sentence of a step that names a permission or a program.
fn is_code(line: &str) -> bool {
    CHANGING_PROGRAMS
        .iter()
        .any(|program| line.trim_start().starts_with(program))
        || line.trim_start().starts_with("Connect-")
}

/// Lines with a change that reaches further than `mailboxes`, whether they are comments or not.
fn too_wide<'t>(text: &'t str, mailboxes: &BTreeSet<String>) -> Vec<&'t str> {
    let affects_all_mailboxes = |line: &&str| {
        let saves_a_file = changing_cmdlets(line)
            .iter()
            .all(|(_, word)| *word == "Export-Csv");
        let foreign = addresses(line)
            .into_iter()
            .any(|address| !mailboxes.contains(&address));
        changes(line) && !saves_a_file && (WIDE.iter().any(|wide| line.contains(wide)) || foreign)
    };
    text.lines().filter(affects_all_mailboxes).collect()
}

fn addresses(line: &str) -> Vec<String> {
    let is_inside =
        |character: char| character.is_ascii_alphanumeric() || "@.-_+'".contains(character);
    let words = line
        .split(move |character| !is_inside(character))
        .map(|word| word.trim_matches('\''));
    words
        .filter(|word| word.contains('@'))
        .flat_map(|word| word.split("','"))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// A list is written only if an ID must be added or removed.
const WRITE_CONDITIONS: [&str; 2] = ["if ($missing.Count -gt 0)", "if ($found.Count -gt 0)"];

/// Whether a text that replaces a whole list does so behind its guard.
fn unguarded(text: &str) -> Option<&str> {
    let sets = |line: &&str| {
        let cmdlets = changing_cmdlets(line);
        !cmdlets.is_empty()
            && LISTS.iter().any(|list| line.contains(list))
            && !line.contains("@{Add=")
    };
    let line = text.lines().find(sets)?;
    let before = &text[..text.find(line).unwrap()];
    let block = &before[before.rfind("& {").unwrap_or_default()..];
    let guards = [
        "& {",
        "$ErrorActionPreference = 'Stop'",
        "throw ",
        "if ($null -eq ",
        "-notcontains",
        "'Before: '",
        "'After:  '",
    ];
    let is_guarded = guards.iter().all(|guard| block.contains(guard));
    let writes = text
        .lines()
        .filter(sets)
        .filter(|line| !line.contains("Set-OrganizationConfig -WhatIf"));
    let mut writes = writes.peekable();
    let is_whole = writes.peek().is_some()
        && writes.all(|line| {
            let place = |part: &str| line.find(part);
            is_comment(line)
                && WRITE_CONDITIONS
                    .iter()
                    .any(|condition| code(line).starts_with(condition))
                && place("Out-File") < place("Set-OrganizationConfig")
                && line.rfind("Get-OrganizationConfig") > place("Set-OrganizationConfig")
                && place("Out-File").is_some()
        });
    (!(is_guarded && is_whole)).then_some(line)
}

/// The mailboxes that a check was about.
fn mailboxes(report: &Report) -> BTreeSet<String> {
    let json = serde_json::to_value(report).unwrap();
    let subjects = report.results.iter().map(|row| row.subject.clone());
    let connections = json["evidence"]["connections"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let given = connections
        .iter()
        .flat_map(|own| [own["service_account"].clone(), own["sender"].clone()]);
    let given: Vec<String> = given
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect();
    subjects
        .chain(given)
        .filter(|text| text.contains('@'))
        .map(|text| text.to_ascii_lowercase())
        .collect()
}

async fn played(name: &str) -> Report {
    report_of(catalog::load(name).unwrap()).await
}

/// Commands of a finding about one connection that give the Exchange role of the API that it does not use.
fn roles_of_the_other_api(report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    for cause in &report.causes {
        let json = serde_json::to_value(&report.target.connections).unwrap();
        let own = json
            .as_array()
            .unwrap()
            .iter()
            .find(|own| own["name"].as_str() == cause.connection.as_deref());
        let other = match own.map(|own| own["api"].as_str().unwrap()) {
            Some("ews") => "Application Calendars",
            Some("graph") => "Application EWS",
            _ => continue,
        };
        let commands = cause.remedy.commands.iter().map(Command::text);
        wrong.extend(
            commands
                .filter(|text| text.contains(other))
                .map(|_| format!("{} gives {other}", cause.id)),
        );
    }
    wrong
}

fn hold(printed: &Printed, mailboxes: &BTreeSet<String>, wrong: &mut BTreeSet<String>) {
    let Printed { place, text } = printed;
    wrong.extend(
        uncommented(text)
            .into_iter()
            .map(|line| format!("{place}: not a comment: {line}")),
    );
    wrong.extend(
        too_wide(text, mailboxes)
            .into_iter()
            .map(|line| format!("{place}: too wide: {line}")),
    );
    wrong.extend(unguarded(text).map(|line| format!("{place}: not guarded: {line}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_of_any_scenario_is_harmful() {
    let mut wrong = BTreeSet::new();
    let mut changing = 0;
    for (name, report) in catalog_reports().await {
        let mailboxes = mailboxes(report);
        wrong.extend(
            roles_of_the_other_api(report)
                .into_iter()
                .map(|text| format!("{name}: {text}")),
        );
        for printed in everything(name, report) {
            changing += printed.text.lines().filter(|line| changes(line)).count();
            hold(&printed, &mailboxes, &mut wrong);
        }
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
    assert!(changing > 500, "only {changing} changing lines were seen");
}

fn output(arguments: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    String::from_utf8(
        program(folder.path())
            .args(arguments)
            .output()
            .unwrap()
            .stdout,
    )
    .unwrap()
}

#[test]
fn explain_requirements_and_guide_print_no_harmful_command() {
    let mut wrong = BTreeSet::new();
    let mut changing = 0;
    let mut all = Vec::new();
    for cause in knowledge::causes() {
        all.push(Printed {
            place: format!("explain {}", cause.id),
            text: output(&["explain", cause.id.as_str()]),
        });
    }
    for api in ["ews", "graph"] {
        let named = [
            "--room",
            "a@contoso.com",
            "--service-account",
            "rx@contoso.com",
            "--mail-from",
            "m@contoso.com",
        ];
        for options in [&[][..], &named[..]] {
            let arguments = [
                &["requirements", "--api", api, "--require", "mail,user-sync"],
                options,
            ]
            .concat();
            all.push(Printed {
                place: arguments.join(" "),
                text: output(&arguments),
            });
            let of_guide = [
                &["guide", "--api", api, "--require", "mail,user-sync"],
                options,
            ]
            .concat();
            all.push(Printed {
                place: of_guide.join(" "),
                text: output(&of_guide),
            });
        }
    }
    let mailboxes = ["a@contoso.com", "rx@contoso.com", "m@contoso.com"]
        .map(str::to_owned)
        .into();
    for printed in all {
        assert!(!printed.text.is_empty(), "{}", printed.place);
        changing += printed.text.lines().filter(|line| changes(line)).count();
        hold(&printed, &mailboxes, &mut wrong);
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
    assert!(changing > 40, "only {changing} changing lines were seen");
}

/// What version 0.1 printed, in the fields in which it printed it.
const OF_VERSION_0_1: &str = "Connect-ExchangeOnline
(Get-EXOMailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited).PrimarySmtpAddress | ForEach-Object { Set-CalendarProcessing -Identity $_ -AutomateProcessing AutoAccept }
$merged -join ','    # look at it before writing
Set-OrganizationConfig -EwsAllowedAppIDs ($merged -join ',')
Set-OrganizationConfig -EwsEnabled $true
'a@contoso.com' | ForEach-Object { Remove-Mailbox -Identity $_ }";

#[tokio::test(flavor = "multi_thread")]
async fn commands_in_an_older_saved_report_are_made_safe() {
    let mut json = serde_json::to_value(played("ews-disabled").await).unwrap();
    json["causes"][0]["remedy"]["commands"] = serde_json::json!([{ "shell": "powershell", "text": OF_VERSION_0_1 }, { "shell": "bash", "text": "az ad sp create --id 'a'" }]);
    for row in json["results"].as_array_mut().unwrap() {
        if row["check"] == "room.calendar-processing" {
            row["message"] = format!("A sentence.\n{OF_VERSION_0_1}").into();
        }
    }
    json["not_visible"] =
        serde_json::json!([format!("A sentence.\nWhere to look.\n{OF_VERSION_0_1}")]);
    let report = Report::from_json(json.to_string().as_bytes()).unwrap();
    let mailboxes = mailboxes(&report)
        .into_iter()
        .chain(["a@contoso.com".to_owned()])
        .collect();
    let mut wrong = BTreeSet::new();
    let all = everything("an old report", &report);
    assert!(all.iter().any(|printed| {
        printed
            .text
            .contains("# Left out: a command that would change every mailbox")
    }));
    assert!(all.iter().any(|printed| {
        printed
            .text
            .contains("# Left out: a command that would replace the whole list")
    }));
    for printed in &all {
        hold(printed, &mailboxes, &mut wrong);
    }
    assert!(
        wrong.is_empty(),
        "{}",
        wrong.into_iter().collect::<Vec<_>>().join("\n")
    );
}

/// The reader of this test notices what it has to notice.
#[test]
fn the_check_detects_harmful_commands() {
    let rooms: BTreeSet<String> = ["a@contoso.com".to_owned()].into();
    for line in OF_VERSION_0_1
        .lines()
        .filter(|line| line.contains("Set-") || line.contains("Remove-"))
    {
        assert_eq!(uncommented(line), [line]);
        assert_eq!(uncommented(&format!("#   {line}")), Vec::<&str>::new());
    }
    assert_eq!(too_wide(OF_VERSION_0_1, &rooms).len(), 1);
    assert_eq!(
        too_wide(
            "# Set-CASMailbox -Identity 'b@contoso.com' -EwsEnabled $true",
            &rooms
        )
        .len(),
        1
    );
    assert!(unguarded(OF_VERSION_0_1).is_some());
    assert_eq!(uncommented("az ad sp create --id 'a'").len(), 1);
    assert_eq!(
        uncommented("Connect-MgGraph -Scopes Application.ReadWrite.All").len(),
        1
    );
}

fn texts(report: &Report, id: &str) -> Vec<String> {
    let cause = report.causes.iter().find(|cause| cause.id == id).unwrap();
    cause
        .remedy
        .commands
        .iter()
        .map(|command| command.text().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_report_shows_no_command_that_changes_rooms() {
    for name in ["graph-ready", "ews-ready"] {
        let report = played(name).await;
        let shown = [Format::Html, Format::Markdown, Format::Table]
            .map(|format| drawn(&report, format, Detail::Normal));
        let handed = HandoverFormat::ALL
            .iter()
            .map(|format| handed_over(&report, *format));
        for text in shown.into_iter().chain(handed) {
            assert!(!text.lines().any(changes), "{name}: {text}");
        }
        let row = report
            .results
            .iter()
            .find(|row| row.check.as_str() == "room.calendar-processing")
            .unwrap();
        assert!(
            row.message.contains("Get-CalendarProcessing"),
            "{}",
            row.message
        );
        assert!(
            !row.message.contains("-AutomateProcessing AutoAccept"),
            "{}",
            row.message
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exchange_role_is_the_one_of_the_api() {
    for (name, role, other) in [
        (
            "mailbox-reachable-but-should-not-be",
            "Application Calendars.ReadWrite",
            "Application EWS.AccessAsApp",
        ),
        (
            "mailbox-reachable-over-ews",
            "Application EWS.AccessAsApp",
            "Application Calendars.ReadWrite",
        ),
    ] {
        let report = played(name).await;
        let text = texts(&report, "mailbox.reachable-but-should-not-be").join("\n");
        assert!(
            text.contains(role) && !text.contains(other),
            "{name}: {text}"
        );
        let cause = report
            .causes
            .iter()
            .find(|cause| cause.id == "mailbox.reachable-but-should-not-be")
            .unwrap();
        let denied = &cause.subjects[0];
        let scope = text
            .lines()
            .find(|line| line.contains("New-ManagementScope -WhatIf"))
            .unwrap();
        assert!(
            !scope.contains(denied.as_str()),
            "{name}: the scope must not hold {denied}: {scope}"
        );
        assert!(cause.remedy.steps.join("\n").contains(role), "{name}");
    }
}
