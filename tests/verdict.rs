//! The verdict's sentence, the marks of sections and the names in every format, over every scenario of the catalog and in
//! situations that no scenario holds.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use catalog_runs::{catalog_reports, report_of};
use rx_preflight::cli::play;
use rx_preflight::diagnosis::ResultRow;
use rx_preflight::report::room_counts::{self, RoomCounts};
use rx_preflight::report::sections::{self, SectionStatus};
use rx_preflight::report::table::{self, Detail, TableOptions};
use rx_preflight::report::{self, Format, Report, Verdict, cause_order, wording};
use rx_preflight::simulator::{Scenario, catalog};
use rx_preflight::terms::{CheckGroup, CheckId, Outcome, Requirement, SkipReason};
use tempfile::TempDir;

#[path = "support/catalog_runs.rs"]
mod catalog_runs;
mod support;

const BRIEF: TableOptions = TableOptions {
    width: 100,
    color: false,
    unicode: true,
    plain: false,
    detail: Detail::Brief,
};
const NORMAL: TableOptions = TableOptions {
    detail: Detail::Normal,
    ..BRIEF
};

/// What a verdict may rest on where no problem explains it.
const REASONS: &[&str] = &[
    "no rooms are configured",
    "no sender is configured",
    "no usable Resource Login User ID",
    "the tenant did not list its rooms",
    "the deadline of ",
    "the time limit ended the run",
    "the run was interrupted",
    "requires an input that is missing",
    "requires a permission",
    "`: ",
    "internal error in `",
];

fn drawn(report: &Report, format: Format) -> String {
    let mut bytes = Vec::new();
    report::write(report, format, &NORMAL, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The sentence behind the exit code in the last line.
fn sentence(report: &Report) -> String {
    let text = table::render(report, &BRIEF);
    let reason_text = text.lines().last().unwrap().split_once("): ").unwrap().1;
    // The notes that follow are not part of the reason.
    let notes = [" 1 note: ", " 2 notes: "]
        .iter()
        .find_map(|notes| reason_text.find(notes));
    reason_text[..notes.unwrap_or(reason_text.len())].to_owned()
}

/// The number of the problem to which a sentence points.
fn problem_number(sentence: &str, verb: &str) -> Option<usize> {
    let rest = sentence.split(verb).nth(1)?;
    rest.split(' ').next()?.parse().ok()
}

/// Whether a row is of the kind that makes this verdict, or is behind such a row.
fn is_decisive(report: &Report, row: &ResultRow) -> bool {
    let required = row.requirement == Requirement::Required;
    let is_network = row.check.group() == CheckGroup::Network;
    match report.summary.verdict {
        Verdict::NotReady => required && row.outcome == Outcome::Fail && !is_network,
        Verdict::Inconclusive => {
            let blocked = row.skip_reason == Some(SkipReason::Blocked);
            required && row.outcome != Outcome::Pass && (row.outcome != Outcome::Skipped || blocked)
        }
        _ => {
            row.requirement == Requirement::Optional
                && !matches!(row.outcome, Outcome::Pass | Outcome::Skipped)
        }
    }
}

fn faults_of_verdict(name: &str, report: &Report) -> Vec<String> {
    let (verdict, reason_text) = (report.summary.verdict, sentence(report));
    let verb = if verdict == Verdict::ReadyLimited {
        "see problem "
    } else {
        "start with problem "
    };
    let has_reason = REASONS.iter().any(|reason| reason_text.contains(reason));
    let mut wrong = Vec::new();
    match problem_number(&reason_text, verb) {
        Some(number) => {
            let causes = cause_order::numbered_causes(report);
            let cause = causes[number - 1].cause;
            let explained = report
                .results
                .iter()
                .filter(|row| cause.explains.contains(&row.n));
            let decisive = explained.into_iter().any(|row| is_decisive(report, row));
            if !decisive || !reason_text.contains(cause.title.trim_end_matches('.')) {
                wrong.push(format!(
                    "{name}: problem {number} ({}) does not explain: {reason_text}",
                    cause.id
                ));
            }
        }
        None if !has_reason && matches!(verdict, Verdict::NotReady | Verdict::Inconclusive) => {
            wrong.push(format!("{name}: no reason in: {reason_text}"));
        }
        None => {}
    }
    if reason_text.contains("begin with")
        || reason_text.contains(": .")
        || reason_text.contains("  ")
    {
        wrong.push(format!("{name}: {reason_text}"));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verdict_names_its_reason_or_the_problem_that_explains_it() {
    let wrong: Vec<String> = catalog_reports()
        .await
        .iter()
        // The last line of a comparison of EWS and Graph is its readiness.
        .filter(|(_, report)| report.migration.is_none())
        .flat_map(|(name, report)| faults_of_verdict(name, report))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_has_the_verdict_reason_and_the_section_status() {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, report) in catalog_reports().await {
        let words = |text: &str| {
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
        };
        let reason_text = words(&sentence(report)[1..]);
        for format in [Format::Table, Format::Html, Format::Markdown, Format::Junit] {
            let mut text = squeezed(&drawn(report, format));
            if format == Format::Html {
                // The names of options and keys are elements of their own.
                text = text.replace("<code>", "").replace("</code>", "");
            }
            text = text.replace("&apos;", "'");
            // Other entities of HTML and XML add letters, so sentences with quotation marks are compared up to the first one.
            let plain = reason_text.split("quot").next().unwrap();
            let head: String = plain.chars().take(40).collect();
            assert!(
                words(&text).contains(&head),
                "{name}: {format:?} lacks the reason: {head}"
            );
        }
        for (section, rows) in sections::sections_with_rows(&report.results) {
            let label = sections::section_label(&rows);
            let (html, markdown) = (drawn(report, Format::Html), drawn(report, Format::Markdown));
            assert!(
                html.contains(&format!(
                    "<strong>{}</strong> <span class=\"state\">{label}</span>",
                    section.title
                )),
                "{name}"
            );
            assert!(
                markdown.contains(&format!("- **{}** {}: ", label, section.title)),
                "{name}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_section_never_looks_complete() {
    for (name, report) in catalog_reports().await {
        for (section, rows) in sections::sections_with_rows(&report.results) {
            let required = || {
                rows.iter()
                    .filter(|row| row.requirement == Requirement::Required)
            };
            let missing = required().any(|row| {
                row.outcome == Outcome::Skipped
                    && row.skip_reason != Some(SkipReason::NotApplicable)
            });
            let failed = required().any(|row| row.outcome == Outcome::Fail);
            let mark = sections::section_status(&rows);
            assert!(
                !(missing && mark == SectionStatus::Ok),
                "{name}: {} is {mark:?}",
                section.title
            );
            assert_eq!(
                failed,
                mark == SectionStatus::Fail,
                "{name}: {} is {mark:?}",
                section.title
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_are_ordered_by_severity_in_every_report() {
    for (name, report) in catalog_reports().await {
        let shown: Vec<&str> = cause_order::numbered_causes(report)
            .iter()
            .map(|own| own.cause.id.as_str())
            .collect();
        let stored: Vec<&str> = report
            .causes
            .iter()
            .map(|cause| cause.id.as_str())
            .collect();
        assert_eq!(shown, stored, "{name}: JSON and renderers have one order");
        let rooms_of = |explains: &[u32]| {
            let rows = report
                .results
                .iter()
                .filter(|row| explains.contains(&row.n) && room_counts::is_room(row));
            let subjects: std::collections::BTreeSet<_> =
                rows.map(|row| (&row.connection, &row.subject)).collect();
            subjects.len()
        };
        let hit: Vec<usize> = report
            .causes
            .iter()
            .filter(|cause| cause.requirement == Requirement::Required)
            .map(|cause| rooms_of(&cause.explains))
            .collect();
        assert!(
            hit.is_sorted_by(|one, other| one >= other),
            "{name}: rooms hit {hit:?} by {stored:?}"
        );
    }
}

/// Words for what people notice: each problem names at least one of them.
const FEATURES: &[&str] = &[
    "panel",
    "Panel",
    "booking",
    "mail",
    "user sync",
    "Check-in",
    "ResourceXpress",
    "rooms",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_problem_names_the_feature_that_fails() {
    for (name, report) in catalog_reports().await {
        for cause in report
            .causes
            .iter()
            .filter(|cause| cause.requirement != Requirement::Advisory)
        {
            let impact = &cause.impact;
            let is_service = cause.id.starts_with("service.");
            assert!(
                is_service || FEATURES.iter().any(|word| impact.contains(word)),
                "{name}: {}: {impact}",
                cause.id
            );
            assert!(
                !impact.contains("does with it") && !impact.contains('{'),
                "{name}: {}: {impact}",
                cause.id
            );
        }
    }
    let groups = report_of(catalog::load("consent-missing-for-groups").unwrap()).await;
    assert!(
        groups.causes[0]
            .impact
            .contains("user sync cannot be limited to selected groups"),
        "{:?}",
        groups.causes[0]
    );
}

/// The sentences about a report. Ids, addresses and what a person typed are not among them.
fn sentences(report: &Report) -> Vec<&str> {
    let mut texts: Vec<&str> = Vec::new();
    for cause in &report.causes {
        texts.extend([cause.title.as_str(), &cause.impact, &cause.remedy.verify]);
        texts.extend(
            cause
                .remedy
                .steps
                .iter()
                .chain(&cause.because)
                .map(String::as_str),
        );
    }
    texts.extend(report.results.iter().map(|row| row.message.as_str()));
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_apps_and_tenants_have_their_display_names() {
    for (name, report) in catalog_reports().await {
        for text in sentences(report) {
            for bare in [" system ", "system has", "of system", "system signs"] {
                let text = text
                    .replace("operating system", "")
                    .replace("system settings", "");
                let is_about_it = text.contains(bare);
                assert!(!is_about_it, "{name}: {text}");
            }
        }
        let ids: Vec<&str> = report
            .target
            .connections
            .iter()
            .flat_map(|own| [own.client_id.as_str(), own.tenant_id.as_str()])
            .filter(|id| id.len() == 36)
            .collect();
        for format in [Format::Table, Format::Html, Format::Markdown] {
            for line in drawn(report, format).lines() {
                let Some((_, affects)) = line.split_once("Affects") else {
                    continue;
                };
                let affects = affects.split("</dd>").next().unwrap();
                assert!(
                    !ids.iter().any(|id| affects.contains(id)),
                    "{name}: {format:?}: {affects}"
                );
            }
        }
        for format in [Format::Table, Format::Html, Format::Markdown, Format::Junit] {
            let text = drawn(report, format);
            for jargon in [
                "; nobody)",
                ">nobody<",
                "**nobody**",
                "In powershell",
                "in powershell",
                "not decided",
                "mend it",
            ] {
                assert!(
                    !text.contains(jargon),
                    "{name}: {format:?} contains {jargon:?}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_confirmed_by_a_response_is_not_listed_as_not_requested() {
    for (name, report) in catalog_reports().await {
        let markdown = drawn(report, Format::Markdown);
        let (html, junit) = (drawn(report, Format::Html), drawn(report, Format::Junit));
        let grants = [
            CheckId::GrantFullAccessAsApp,
            CheckId::GrantCalendarsReadWrite,
        ];
        let checked = report
            .results
            .iter()
            .any(|row| grants.contains(&row.check) && row.outcome != Outcome::Skipped);
        assert_eq!(
            html.contains("<h2>Permissions</h2>"),
            checked || html.contains("<th>Live response"),
            "{name}"
        );
        assert_eq!(
            markdown.contains("### Permissions"),
            html.contains("<h2>Permissions</h2>"),
            "{name}"
        );
        assert_eq!(
            junit.contains("name=\"permission "),
            html.contains("<h2>Permissions</h2>"),
            "{name}"
        );
        for row in report
            .results
            .iter()
            .filter(|row| row.check.group() == CheckGroup::Grant)
        {
            let confirmed = row.confidence == Some(rx_preflight::terms::Confidence::Confirmed);
            let of_permission =
                row.check != CheckId::GrantSurplus && row.outcome == Outcome::Pass && confirmed;
            assert!(
                !of_permission || row.observed.is_some(),
                "{name}: {} is confirmed and not requested",
                row.check
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn raw_markdown_can_be_copied() {
    for (name, report) in catalog_reports().await {
        let mut handover = Vec::new();
        report::handover::write(report, report::HandoverFormat::Markdown, &mut handover).unwrap();
        for text in [
            drawn(report, Format::Markdown),
            String::from_utf8(handover).unwrap(),
        ] {
            for line in text.lines() {
                assert!(!line.contains("client\\_id"), "{name}: {line}");
                assert!(
                    !line.contains("rx-preflight check\\`") && !line.contains("\\`rx-preflight"),
                    "{name}: {line}"
                );
                assert!(!line.contains("full\\_access"), "{name}: {line}");
            }
        }
    }
}

/// A simulated tenant with this many rooms, and the program pointed at it.
fn large(rooms: usize) -> (support::Tenant, TempDir) {
    let tenant = support::Tenant::start_with("ews-ready", false, &["--rooms", &rooms.to_string()]);
    (tenant, TempDir::new().unwrap())
}

fn last_line(output: &std::process::Output) -> String {
    String::from_utf8(output.stdout.clone())
        .unwrap()
        .trim_end()
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

fn check(tenant: &support::Tenant, folder: &Path, options: &[&str]) -> std::process::Output {
    tenant.check(folder).args(options).output().unwrap()
}

#[test]
fn a_deadline_is_named_with_the_rooms_that_it_left_out() {
    let (tenant, folder) = large(4_000);
    let begun = Instant::now();
    let output = check(
        &tenant,
        folder.path(),
        &[
            "--deadline",
            "1s",
            "--brief",
            "-o",
            "r.json",
            "-o",
            "r.html",
        ],
    );
    assert!(begun.elapsed() < Duration::from_mins(1));
    let reason_text = last_line(&output);
    assert_eq!(output.status.code(), Some(3), "{reason_text}");
    assert!(
        reason_text.contains("the deadline of 1s ended the run, ")
            && reason_text.contains("rooms not checked"),
        "{reason_text}"
    );
    let report = Report::from_json(&fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!(report.target.deadline.as_deref(), Some("1s"));
    let counted = RoomCounts::of(&report.results);
    if counted.work > 0 {
        let mailboxes = sections::sections_with_rows(&report.results);
        let (_, rows) = mailboxes
            .iter()
            .find(|(section, _)| section.title == "Mailboxes")
            .unwrap();
        assert!(
            [SectionStatus::Part, SectionStatus::Unknown].contains(&sections::section_status(rows)),
            "requests that were under way are unknown"
        );
        let html = fs::read_to_string(folder.path().join("r.html")).unwrap();
        assert!(
            html.contains(&format!(
                "{} checked: ",
                wording::share_of_rooms(counted, counted.total() - counted.not_checked)
            )),
            "{html}"
        );
    }
    // A saved report has the same sentence.
    let again = support::program(folder.path())
        .args(["report", "r.json", "--brief"])
        .output()
        .unwrap();
    assert_eq!(last_line(&again), reason_text);
}

#[test]
fn a_run_without_rooms_or_with_some_checks_names_what_is_missing() {
    let tenant = support::Tenant::start("graph-ready", false);
    let folder = TempDir::new().unwrap();
    for (options, word, reason) in [
        (
            &["--only", "settings"][..],
            "Ready (partial check)",
            "only the settings were checked",
        ),
        (
            &["--skip", "mailbox"],
            "Ready (partial check)",
            "including all of Mailboxes",
        ),
        (
            &["--skip", "mailbox.calendar-write"],
            "Ready ",
            "rooms passed",
        ),
        (
            &["--sample", "1"],
            "Ready ",
            "not every room was checked (`--sample 1: 1 of ",
        ),
    ] {
        let options: Vec<&str> = options.iter().copied().chain(["--brief"]).collect();
        let reason_text = last_line(&check(&tenant, folder.path(), &options));
        assert!(
            reason_text.starts_with(word) && reason_text.contains(reason),
            "{options:?}: {reason_text}"
        );
    }
    let settings = fs::read_to_string(tenant.folder.path().join("rx-preflight.toml")).unwrap();
    let without: Vec<&str> = settings
        .lines()
        .filter(|line| !line.starts_with("rooms"))
        .collect();
    fs::write(
        tenant.folder.path().join("rx-preflight.toml"),
        without.join("\n"),
    )
    .unwrap();
    let reason_text = last_line(&check(&tenant, folder.path(), &["--brief"]));
    assert!(
        reason_text.starts_with("Inconclusive") && reason_text.contains("no rooms are configured"),
        "{reason_text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_estate_counts_rooms_as_rooms_in_every_format() {
    let mut report = report_of(catalog::load("mailbox-outside-scope").unwrap()).await;
    let refused = report
        .results
        .iter()
        .find(|row| room_counts::is_room(row) && row.outcome == Outcome::Fail)
        .unwrap()
        .clone();
    let cause = report
        .causes
        .iter()
        .position(|cause| cause.explains.contains(&refused.n))
        .unwrap();
    let first = u32::try_from(report.results.len()).unwrap() + 1;
    for n in first..first + 1_000 {
        report.results.push(ResultRow {
            n,
            subject: format!("more{n}@contoso.com"),
            ..refused.clone()
        });
        report.causes[cause].explains.push(n);
    }
    assert!(
        sentence(&report).starts_with("1,001 of 1,003 rooms fail; start with problem 1 ("),
        "{}",
        sentence(&report)
    );
    for format in [Format::Table, Format::Html, Format::Markdown, Format::Junit] {
        let text = drawn(&report, format);
        assert!(
            text.contains("2 of 1,003 rooms work, 1,001 fail"),
            "{format:?}"
        );
    }
    let html = drawn(&report, Format::Html);
    for (sign, state) in [("✕", "fails"), ("■", "works")] {
        assert!(
            html.contains(&format!("{sign}</span> {state}</li>")),
            "{state} has no sign in the legend"
        );
    }
    assert!(
        html.contains("<strong>1,001 rooms fail: ") && html.contains("Show 961 more"),
        "rooms are named, the first of them on paper as well"
    );
}

/// The causes and candidates of a scenario after some text of it was replaced.
async fn causes_after(name: &str, replace: &str, by: &str) -> Vec<(String, String, Vec<String>)> {
    let file = support::folder("fixtures/scenarios").join(format!("{name}.toml"));
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(replace), "{name} has changed");
    let report = report_of(Scenario::parse(name, &text.replacen(replace, by, 1)).unwrap()).await;
    let causes = report
        .causes
        .into_iter()
        .filter(|cause| cause.requirement == Requirement::Required);
    causes
        .map(|cause| {
            (
                cause.id,
                wording::confidence(cause.confidence).to_owned(),
                cause.candidates,
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_service_account_is_named_once_and_not_as_a_missing_mailbox() {
    let held =
        r#"mailboxes = ["rx-service@contoso.com", "aurora@contoso.com", "boreal@contoso.com"]"#;
    let with_rooms = r#"mailboxes = ["aurora@contoso.com", "boreal@contoso.com"]"#;
    let both = causes_after("mailbox-outside-scope", held, with_rooms).await;
    assert_eq!(
        both.len(),
        1,
        "the policy that keeps a room out explains the account as well: {both:?}"
    );
    assert_eq!(both[0].0, "mailbox.outside-scope");
    let all_rooms =
        r#"mailboxes = ["aurora@contoso.com", "boreal@contoso.com", "cirrus@contoso.com"]"#;
    for causes in [
        causes_after("mailbox-outside-scope", held, all_rooms).await,
        causes_after(
            "mailbox-service-account-outside-scope",
            "kind = \"user\"",
            "kind = \"user\"",
        )
        .await,
    ] {
        let [(id, confidence, candidates)] = causes.as_slice() else {
            panic!("{causes:?}")
        };
        assert_eq!(
            (id.as_str(), confidence.as_str()),
            ("mailbox.service-account-unusable", "possible")
        );
        assert_eq!(
            candidates[0], "mailbox.outside-scope",
            "the scope is the first candidate"
        );
        assert!(
            candidates
                .iter()
                .position(|id| id == "mailbox.license-missing")
                == Some(candidates.len() - 1)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_is_marked_in_its_verdict() {
    let scenario = catalog::load("graph-ready").unwrap();
    let interrupt = std::future::ready(());
    let report = Box::pin(play(scenario, None, interrupt))
        .await
        .unwrap()
        .report;
    let reason_text = sentence(&report);
    assert!(
        reason_text.contains("the run was interrupted, ") && reason_text.contains("not checked"),
        "{reason_text}"
    );
    assert_eq!(report.target.deadline, None);
}
