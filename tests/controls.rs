//! Write access without a role in the token: proven by a control, ruled out, or left open; over single requests and in
//! batches.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use rx_preflight::diagnosis::{Cause, ResultRow, diagnose};
use rx_preflight::evidence::{Purpose, RequestRecord};
use rx_preflight::report::{Report, Verdict};
use rx_preflight::simulator::Scenario;
use rx_preflight::terms::{CheckId, Confidence, Outcome, Requirement};
use support::{report_of, scenario, scenario_with};

mod support;

const IDS_FIRST: &str = "graph_checks_first = \"ids\"";
const MANY_ROOMS: &str = "more_rooms = { count = 120 }";

/// A scenario with other words in its file.
fn altered(name: &str, tenant: &str, more: &str, changes: &[(&str, &str)]) -> Scenario {
    let file = support::folder("fixtures/scenarios").join(format!("{name}.toml"));
    let mut text = std::fs::read_to_string(file).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} does not hold {from}");
        text = text.replacen(from, to, 1);
    }
    let text = text.replacen("[tenant]\n", &format!("[tenant]\n{tenant}\n"), 1);
    Scenario::parse(name, &format!("{text}\n{more}")).unwrap()
}

/// A fault that strikes controls and nothing else.
fn on_the_control(what: &str) -> String {
    format!("[[fault]]\nat = \"graph\"\npath = \"no-such-item?$select=id\"\n{what}\n")
}

fn controls(report: &Report) -> Vec<&RequestRecord> {
    report
        .requests
        .iter()
        .filter(|request| request.purpose == Purpose::Control)
        .collect()
}

fn rows(report: &Report, check: CheckId) -> Vec<&ResultRow> {
    report
        .results
        .iter()
        .filter(|row| row.check == check)
        .collect()
}

fn cause<'r>(report: &'r Report, id: &str) -> &'r Cause {
    let ids: Vec<&str> = report
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    report
        .causes
        .iter()
        .find(|cause| cause.id == id)
        .unwrap_or_else(|| panic!("{id} is not among {ids:?}"))
}

/// Every row of both checks ended like this.
fn all_are(
    report: &Report,
    checks: [CheckId; 2],
    outcome: Outcome,
    confidence: Option<Confidence>,
    id: &str,
) {
    for row in checks.iter().flat_map(|check| rows(report, *check)) {
        let found = (row.outcome, row.confidence, row.cause.as_deref());
        assert_eq!(
            found,
            (outcome, confidence, Some(id)),
            "{} {}: {}",
            row.check,
            row.subject,
            row.message
        );
    }
}

const CALENDAR: [CheckId; 2] = [
    CheckId::MailboxCalendarWrite,
    CheckId::GrantCalendarsReadWrite,
];
const MAIL: [CheckId; 2] = [CheckId::MailSend, CheckId::GrantMailSend];

fn batches(report: &Report) -> usize {
    report
        .requests
        .iter()
        .filter(|request| request.url.ends_with("/$batch"))
        .count()
}

/// The one control of a report: it changes nothing and has its own purpose in the ledger.
fn the_control(report: &Report) -> &RequestRecord {
    let [control] = controls(report)[..] else {
        panic!("{:?}", controls(report))
    };
    assert_eq!(
        (
            control.method.as_str(),
            control.writes,
            control.purpose.as_str()
        ),
        ("GET", false, "control")
    );
    control
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_role_alone_is_inconclusive_where_ids_are_checked_first() {
    for rooms in ["", MANY_ROOMS] {
        let report = report_of(scenario("grant-write-unproven", rooms)).await;
        assert_eq!(
            (report.summary.verdict, report.summary.exit_code),
            (Verdict::Inconclusive, 3)
        );
        assert_eq!(batches(&report) > 0, !rooms.is_empty());
        all_are(
            &report,
            CALENDAR,
            Outcome::Unknown,
            None,
            "grant.write-unproven",
        );
        let cause = cause(&report, "grant.write-unproven");
        assert_eq!(cause.confidence, Confidence::Possible);
        assert_eq!(
            cause.candidates,
            ["grant.calendars-read-only", "grant.by-exchange-rbac"]
        );
        let control = the_control(&report);
        for row in rows(&report, CheckId::MailboxCalendarWrite) {
            assert!(row.requests.contains(&control.n), "{row:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_role_alone_fails_where_access_is_checked_first() {
    for rooms in ["", MANY_ROOMS] {
        let report = report_of(scenario("grant-calendars-read-only", rooms)).await;
        assert_eq!(report.summary.verdict, Verdict::NotReady);
        assert_eq!(batches(&report) > 0, !rooms.is_empty());
        all_are(
            &report,
            CALENDAR,
            Outcome::Fail,
            Some(Confidence::Confirmed),
            "grant.calendars-read-only",
        );
        assert_eq!(controls(&report).len(), 0, "a refusal needs no control");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn access_granted_inside_exchange_passes_with_the_note_once_a_control_is_refused() {
    let everyone = [(
        "mailboxes = [\"aurora@contoso.com\", \"boreal@contoso.com\", \"cirrus@contoso.com\"] }",
        "mailboxes = \"all\" }",
    )];
    for rooms in ["", MANY_ROOMS] {
        let report = report_of(altered(
            "graph-granted-inside-exchange",
            rooms,
            "",
            &everyone,
        ))
        .await;
        assert_eq!(
            report.summary.verdict,
            Verdict::Ready,
            "{:?}",
            report.summary
        );
        assert_eq!(batches(&report) > 0, !rooms.is_empty());
        all_are(
            &report,
            CALENDAR,
            Outcome::Pass,
            Some(Confidence::Likely),
            "grant.by-exchange-rbac",
        );
        let note = cause(&report, "grant.by-exchange-rbac");
        assert_eq!(
            (note.requirement, note.confidence),
            (Requirement::Advisory, Confidence::Likely)
        );
        let control = the_control(&report);
        assert_eq!(control.status, Some(403));
        assert!(control.url.contains("/messages/"), "{}", control.url);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_mail_is_judged_by_the_same_rule() {
    for rooms in ["", MANY_ROOMS] {
        let open = report_of(scenario("grant-write-unproven-for-mail", rooms)).await;
        assert_eq!(open.summary.verdict, Verdict::Inconclusive);
        all_are(&open, MAIL, Outcome::Unknown, None, "grant.write-unproven");
        let candidates = &cause(&open, "grant.write-unproven").candidates;
        assert_eq!(
            *candidates,
            ["grant.mail-send-missing", "grant.by-exchange-rbac"]
        );
        the_control(&open);

        let missing = report_of(scenario("grant-mail-send-missing", rooms)).await;
        all_are(
            &missing,
            MAIL,
            Outcome::Fail,
            Some(Confidence::Confirmed),
            "grant.mail-send-missing",
        );
        assert_eq!(controls(&missing).len(), 0);

        let granted = report_of(scenario("mail-granted-inside-exchange", rooms)).await;
        assert_eq!(granted.summary.verdict, Verdict::Ready);
        all_are(
            &granted,
            MAIL,
            Outcome::Pass,
            Some(Confidence::Likely),
            "grant.by-exchange-rbac",
        );
        assert!(
            the_control(&granted)
                .url
                .contains("/users/rx-service@contoso.com/messages/")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_without_a_refusal_of_the_service_proves_nothing() {
    let denied = r#"{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}"#;
    let not_found = r#"{"error":{"code":"ErrorItemNotFound","message":"The specified object was not found in the store."}}"#;
    let new_code = r#"{"error":{"code":"ErrorOfTheFuture","message":"x"}}"#;
    let status =
        |status: u16, body: &str| format!("do = \"status\"\nstatus = {status}\nbody = '{body}'");
    for (what, is_proof) in [
        (status(403, denied), true),
        (status(404, not_found), false),
        (status(403, new_code), false),
        (status(403, ""), false),
        (status(401, ""), false),
        (
            "do = \"status\"\nstatus = 429\nheaders = { Retry-After = \"60\" }".to_owned(),
            false,
        ),
        (status(503, ""), false),
        (status(200, r#"{"id":"x"}"#), false),
        ("do = \"html\"\nstatus = 403".to_owned(), false),
        ("do = \"reset\"".to_owned(), false),
        ("do = \"cut-off\"".to_owned(), false),
    ] {
        let report = report_of(scenario_with(
            "graph-granted-inside-exchange",
            "",
            &on_the_control(&what),
        ))
        .await;
        if is_proof {
            all_are(
                &report,
                CALENDAR,
                Outcome::Pass,
                Some(Confidence::Likely),
                "grant.by-exchange-rbac",
            );
        } else {
            all_are(
                &report,
                CALENDAR,
                Outcome::Unknown,
                None,
                "grant.write-unproven",
            );
            assert_eq!(report.summary.verdict, Verdict::Inconclusive, "{what}");
        }
        the_control(&report);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_control_that_times_out_proves_nothing() {
    let hang = on_the_control("do = \"hang\"");
    let mut scenario = scenario_with("graph-granted-inside-exchange", "", &hang);
    scenario.options.timeout_seconds = Some(1);
    let report = report_of(scenario).await;
    all_are(
        &report,
        CALENDAR,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_requests_items_for_which_the_token_holds_no_role() {
    let with = |roles: &str| {
        let granted = format!("granted = [{roles}]");
        altered(
            "graph-granted-inside-exchange",
            "",
            "",
            &[("granted = []", &granted)],
        )
    };
    let report = report_of(with("\"graph/Mail.Read\"")).await;
    assert!(the_control(&report).url.contains("/contacts/"));
    all_are(
        &report,
        CALENDAR,
        Outcome::Pass,
        Some(Confidence::Likely),
        "grant.by-exchange-rbac",
    );
    let report = report_of(with("\"graph/Mail.ReadWrite\", \"graph/Contacts.Read\"")).await;
    assert_eq!(controls(&report).len(), 0, "no control is possible");
    all_are(
        &report,
        CALENDAR,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_role_that_allows_the_control_item_is_inconclusive() {
    let with_mail = [(
        "exchange_rbac = [\n",
        "exchange_rbac = [\n  { role = \"Application Mail.Read\", mailboxes = \"all\" },\n",
    )];
    let report = report_of(altered("graph-granted-inside-exchange", "", "", &with_mail)).await;
    all_are(
        &report,
        CALENDAR,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_in_a_readable_room_is_a_control_as_well() {
    // One room is in the scope of reading only. No control gets through.
    let changes = [(
        "\"boreal@contoso.com\", \"cirrus@contoso.com\"] },\n]",
        "\"boreal@contoso.com\"] },\n  { role = \"Application Calendars.Read\", mailboxes = \"all\" },\n]",
    )];
    let blocked = on_the_control("do = \"status\"\nstatus = 503");
    let report = report_of(altered(
        "graph-granted-inside-exchange",
        "",
        &blocked,
        &changes,
    ))
    .await;
    let outcomes: Vec<_> = rows(&report, CheckId::MailboxCalendarWrite)
        .iter()
        .map(|row| (row.outcome, row.confidence))
        .collect();
    assert_eq!(outcomes[0], (Outcome::Pass, Some(Confidence::Likely)));
    assert_eq!(outcomes[2].0, Outcome::Fail);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_in_the_token_needs_no_control_whatever_is_checked_first() {
    let report = report_of(scenario("graph-ready", IDS_FIRST)).await;
    assert_eq!(
        (report.summary.verdict, controls(&report).len()),
        (Verdict::Ready, 0)
    );
    let written = rows(&report, CheckId::MailboxCalendarWrite);
    assert!(
        written
            .iter()
            .all(|row| row.confidence == Some(Confidence::Confirmed))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_token_is_at_most_likely() {
    let opaque = [("granted = []", "granted = []\ntoken = \"opaque\"")];
    let report = report_of(altered("graph-granted-inside-exchange", "", "", &opaque)).await;
    assert_eq!(
        (report.summary.verdict, controls(&report).len()),
        (Verdict::Ready, 0)
    );
    for row in CALENDAR.iter().flat_map(|check| rows(&report, *check)) {
        assert_eq!(
            (row.outcome, row.confidence),
            (Outcome::Pass, Some(Confidence::Likely)),
            "{}",
            row.check
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_of_an_ews_connection_has_its_control_at_the_sender() {
    let no_mail = [
        ("\"graph/Mail.Send\"", "\"graph/Organization.Read.All\""),
        ("[settings.mail]\nenabled = true\n", "[settings.mail]\n"),
    ];
    let report = report_of(altered("ews-ready", IDS_FIRST, "", &no_mail)).await;
    all_are(
        &report,
        MAIL,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
    assert_eq!(
        report.summary.verdict,
        Verdict::ReadyLimited,
        "mail is optional here"
    );
    let sender = &rows(&report, CheckId::MailSend)[0].subject;
    assert!(
        the_control(&report)
            .url
            .contains(&format!("/users/{sender}/messages/"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_connection_has_one_control_at_most() {
    let granted = (
        "granted = [\"graph/Calendars.ReadWrite\"",
        "granted = [\"graph/Calendars.Read\"",
    );
    let requested = (
        "permission = \"Calendars.ReadWrite\"",
        "permission = \"Calendars.Read\"",
    );
    let report = report_of(altered(
        "grant-write-unproven-for-mail",
        "",
        "",
        &[granted, requested],
    ))
    .await;
    all_are(
        &report,
        MAIL,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
    all_are(
        &report,
        CALENDAR,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
    // Each permission has its own cause, with its own candidates and verification.
    let unproven: Vec<&Cause> = report
        .causes
        .iter()
        .filter(|cause| cause.id == "grant.write-unproven")
        .collect();
    let expected = [
        ("Calendars.ReadWrite", "grant.calendars-read-only"),
        ("Mail.Send", "grant.mail-send-missing"),
    ];
    assert_eq!(unproven.len(), expected.len());
    for (permission, likeliest) in expected {
        let own = unproven
            .iter()
            .find(|cause| cause.title.contains(permission))
            .unwrap();
        assert_eq!(own.candidates, [likeliest, "grant.by-exchange-rbac"]);
    }
    the_control(&report);
    // What the registration shows is a better candidate than the grant that it explains.
    let report = report_of(altered("grant-write-unproven-for-mail", "", "", &[granted])).await;
    let candidates = &cause(&report, "grant.write-unproven").candidates;
    assert!(
        candidates
            .iter()
            .any(|id| id == "registration.consent-missing"),
        "{candidates:?}"
    );
    assert!(
        !candidates
            .iter()
            .any(|id| id == "grant.calendars-read-only"),
        "{candidates:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_report_without_a_control_stays_inconclusive() {
    let report = report_of(scenario("graph-granted-inside-exchange", "")).await;
    let mut evidence = report.evidence().unwrap();
    assert_eq!(
        diagnose(&evidence).rows,
        report.results,
        "a second diagnosis with its control gives the same result"
    );
    evidence.controls.clear();
    let again = diagnose(&evidence);
    assert_eq!(again.causes[0].id, "grant.write-unproven");
    let grant = again
        .rows
        .iter()
        .find(|row| row.check == CheckId::GrantCalendarsReadWrite)
        .unwrap();
    assert_eq!(grant.outcome, Outcome::Unknown);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_without_any_role_is_judged_by_the_control_too() {
    // Reading is granted inside Exchange, writing is not.
    let reading = [(
        "Application Calendars.ReadWrite",
        "Application Calendars.Read",
    )];
    let open = report_of(altered(
        "graph-granted-inside-exchange",
        IDS_FIRST,
        "",
        &reading,
    ))
    .await;
    all_are(
        &open,
        CALENDAR,
        Outcome::Unknown,
        None,
        "grant.write-unproven",
    );
    let refused = report_of(altered("graph-granted-inside-exchange", "", "", &reading)).await;
    assert_eq!(refused.summary.verdict, Verdict::NotReady);
    assert_eq!(
        rows(&refused, CheckId::MailboxCalendarWrite)[0].outcome,
        Outcome::Fail
    );
}
