//! Hand-made rows and a realistic report for the tests of this room.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::{Report, ReportMetadata, assemble};
use crate::diagnosis::{Cause, Command, Diagnosis, Observed, Remedy, ResultRow};
use crate::evidence::{
    ConnectionFacts, ConnectionKind, DiscoveryFacts, Evidence, Execution, Finding, Observation,
    Reply, RequestRecord, TenantFacts, TokenFacts,
};
use crate::terms::CheckId::*;
use crate::terms::{Api, CheckId, Confidence, Outcome, Requirement, SkipReason};
use Requirement::{Advisory, Optional, Required};

pub const TENANT: &str = "5f3c0d2e-77aa-4c1b-9b60-0f1d2c3b4a59";
const APP: &str = "9a41b7c8-1f2e-4d3c-8b5a-6d7e8f901234";
const APP_BERLIN: &str = "77b0c1d2-e3f4-4a5b-9c6d-7e8f90a1b2c3";

/// A row without anything special.
pub fn row(check: CheckId, requirement: Requirement, outcome: Outcome) -> ResultRow {
    ResultRow {
        n: 1,
        check,
        connection: None,
        subject: String::new(),
        outcome,
        requirement,
        confidence: Some(Confidence::Confirmed),
        declared: Vec::new(),
        observed: None,
        message: String::new(),
        cause: None,
        skip_reason: None,
        blocked_by: None,
        requests: Vec::new(),
        duration_ms: 0,
    }
}

/// A row that was not asked.
pub fn skipped(check: CheckId, requirement: Requirement, reason: SkipReason) -> ResultRow {
    ResultRow {
        skip_reason: Some(reason),
        confidence: None,
        ..row(check, requirement, Outcome::Skipped)
    }
}

/// A row that another check prevented.
pub fn blocked(check: CheckId, requirement: Requirement, by: CheckId) -> ResultRow {
    ResultRow {
        blocked_by: Some(by),
        ..skipped(check, requirement, SkipReason::Blocked)
    }
}

/// Rows of every kind, over a few checks and connections so that they meet.
pub fn any_rows() -> impl Strategy<Value = Vec<ResultRow>> {
    prop::collection::vec(any_row(), 0..12).prop_map(|mut rows| {
        (1..).zip(&mut rows).for_each(|(n, row)| row.n = n);
        rows
    })
}

fn any_row() -> impl Strategy<Value = ResultRow> {
    (
        any_check(),
        any_requirement(),
        any_result(),
        prop::option::of(prop::sample::select(vec!["system", "Berlin"])),
    )
        .prop_map(|(check, requirement, result, connection)| ResultRow {
            connection: connection.map(str::to_owned),
            ..row_with_result(check, requirement, result)
        })
}

fn any_check() -> impl Strategy<Value = CheckId> {
    prop::sample::select(vec![
        NetworkSignIn,
        NetworkGraph,
        SignInGraph,
        GrantMailSend,
        MailboxCalendarRead,
        MailSend,
    ])
}

fn any_requirement() -> impl Strategy<Value = Requirement> {
    prop::sample::select(vec![Required, Optional, Advisory])
}

/// How a row of [`any_rows`] ends.
#[derive(Debug, Clone, Copy)]
enum RowResult {
    Ran(Outcome),
    Skipped(SkipReason),
    BlockedBy(CheckId),
}

fn any_result() -> impl Strategy<Value = RowResult> {
    use SkipReason::{Deselected, NeedsInput, NeedsPermission, NotApplicable, OutOfTime};
    let outcomes = vec![
        Outcome::Pass,
        Outcome::Fail,
        Outcome::Unknown,
        Outcome::Error,
    ];
    let reasons = vec![
        Deselected,
        NeedsInput,
        NeedsPermission,
        NotApplicable,
        OutOfTime,
    ];
    prop_oneof![
        4 => prop::sample::select(outcomes).prop_map(RowResult::Ran),
        2 => prop::sample::select(reasons).prop_map(RowResult::Skipped),
        2 => any_check().prop_map(RowResult::BlockedBy),
    ]
}

fn row_with_result(check: CheckId, requirement: Requirement, result: RowResult) -> ResultRow {
    match result {
        RowResult::Ran(outcome) => row(check, requirement, outcome),
        RowResult::Skipped(reason) => skipped(check, requirement, reason),
        RowResult::BlockedBy(by) => blocked(check, requirement, by),
    }
}

/// The report that the snapshots show.
pub fn report() -> Report {
    assemble(evidence(), diagnosis(), about())
}

/// A report in which everything is as it should be.
pub fn report_all_passed() -> Report {
    let mut diagnosis = diagnosis();
    diagnosis.causes.clear();
    diagnosis.rows.retain(|row| row.outcome == Outcome::Pass);
    diagnosis.rows.iter_mut().for_each(|row| row.cause = None);
    assemble(evidence(), diagnosis, about())
}

/// A report of a run that got no token: everything behind it is blocked.
pub fn report_without_token() -> Report {
    let mut diagnosis = diagnosis();
    let cut = diagnosis
        .rows
        .iter()
        .position(|row| row.check == SignInExchange)
        .unwrap();
    let (_, behind) = diagnosis.rows.split_at_mut(cut + 1);
    for row in behind
        .iter_mut()
        .filter(|row| row.check.group() != "exchange")
    {
        let message = "Not asked, because no token was issued.".to_owned();
        *row = ResultRow {
            n: row.n,
            connection: row.connection.clone(),
            subject: row.subject.clone(),
            message,
            ..blocked(row.check, row.requirement, SignInExchange)
        };
    }
    let refused = &mut diagnosis.rows[cut];
    refused.outcome = Outcome::Fail;
    refused.cause = Some("sign-in.secret-expired".into());
    refused.message = "Entra refuses the client secret: AADSTS7000222.".into();
    diagnosis.causes = vec![secret_expired(refused.n)];
    assemble(evidence(), diagnosis, about())
}

pub fn about() -> ReportMetadata {
    ReportMetadata {
        tool_version: "0.1.0".into(),
        knowledge_date: "2026-11-23".into(),
        report_id: Uuid::from_u128(0x4e6f_1d9a_2b7c_4d51_8e90_a1b2_c3d4_e5f6),
        fail_on: crate::report::FailOn::Required,
        not_visible: vec![
            "Conditional Access policies for workload identities: ask a Conditional Access Administrator.".into(),
            "How the rooms process bookings (Get-CalendarProcessing): ask an Exchange Administrator.".into(),
        ],
    }
}

pub fn evidence() -> Evidence {
    Evidence {
        narrowed_by: Vec::new(),
        input_notes: Vec::new(),
        deadline: None,
        warn_days: None,
        started_at: "2026-11-23T09:15:02Z".parse().unwrap(),
        finished_at: "2026-11-23T09:15:31Z".parse().unwrap(),
        interrupted: false,
        cloud: "global".into(),
        sign_in_host: "https://login.microsoftonline.com".into(),
        user_agent: "rx-preflight/0.1.0".into(),
        product_version: Some("2024.1".into()),
        connections: vec![
            connection("system", ConnectionKind::System, Api::Ews, APP, 12),
            connection(
                "Berlin",
                ConnectionKind::Location,
                Api::Graph,
                APP_BERLIN,
                3,
            ),
        ],
        controls: Vec::new(),
        observations: vec![
            observed(
                TenantDiscovery,
                None,
                "contoso.onmicrosoft.com",
                Finding::Discovery(discovery()),
            ),
            observed(
                SignInExchange,
                Some("system"),
                APP,
                token(&["full_access_as_app"]),
            ),
            observed(
                SignInGraph,
                Some("system"),
                APP,
                token(&["User.Read.All", "Directory.ReadWrite.All"]),
            ),
            observed(
                SignInGraph,
                Some("Berlin"),
                APP_BERLIN,
                token(&["Calendars.ReadWrite"]),
            ),
        ],
        requests: vec![
            request(
                1,
                SignInExchange,
                "POST",
                "https://login.microsoftonline.com/5f3c0d2e/oauth2/v2.0/token",
                200,
            ),
            request(
                2,
                MailboxImpersonation,
                "POST",
                "https://outlook.office365.com/EWS/Exchange.asmx",
                403,
            ),
            request(
                3,
                MailSend,
                "POST",
                "https://graph.microsoft.com/v1.0/users/rx-service@contoso.com/sendMail",
                403,
            ),
        ],
    }
}

fn connection(
    name: &str,
    kind: ConnectionKind,
    api: Api,
    client_id: &str,
    rooms: usize,
) -> ConnectionFacts {
    ConnectionFacts {
        name: name.into(),
        kind,
        api: Some(api),
        tenant_id: "contoso.onmicrosoft.com".into(),
        client_id: client_id.into(),
        credentials: usize::from(name != "system"),
        rooms,
        service_account: Some("rx-service@contoso.com".into()),
        sender: None,
    }
}

fn discovery() -> DiscoveryFacts {
    let here = Reply::Success(TenantFacts {
        tenant_id: TENANT.into(),
        region: Some("EU".into()),
        region_sub_scope: None,
        cloud_instance: Some("microsoftonline.com".into()),
    });
    DiscoveryFacts {
        here,
        elsewhere: Vec::new(),
        client_id_is_a_tenant: false,
        domain_clouds: Vec::new(),
    }
}

fn token(roles: &[&str]) -> Finding {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    Finding::SignIn(Reply::Success(TokenFacts {
        readable: true,
        roles,
        ..TokenFacts::default()
    }))
}

fn observed(
    check: CheckId,
    connection: Option<&str>,
    subject: &str,
    finding: Finding,
) -> Observation {
    Observation {
        check,
        connection: connection.map(str::to_owned),
        subject: subject.into(),
        credentials: None,
        certificate: None,
        requirement: Required,
        execution: Execution::completed(finding),
        withheld: false,
        requests: vec![1],
        duration_ms: 120,
    }
}

fn request(n: u32, purpose: CheckId, method: &str, url: &str, status: u16) -> RequestRecord {
    RequestRecord {
        n,
        at: "2026-11-23T09:15:03Z".parse().unwrap(),
        purpose: purpose.into(),
        method: method.into(),
        url: url.into(),
        writes: false,
        status: Some(status),
        ms: 180,
        attempts: 1,
        request_id: Some("0c7bd1c2-5a0f-4a8e-9c1d-2f3e4a5b6c7d".into()),
        client_request_id: None,
        headers: BTreeMap::new(),
        failure: None,
    }
}

/// Numbers rows as they are added.
struct Rows(Vec<ResultRow>);

impl Rows {
    fn add(
        &mut self,
        connection: Option<&str>,
        subject: &str,
        message: &str,
        row: ResultRow,
    ) -> u32 {
        let n = u32::try_from(self.0.len()).unwrap() + 1;
        let (connection, subject) = (connection.map(str::to_owned), subject.to_owned());
        self.0.push(ResultRow {
            n,
            connection,
            subject,
            message: message.to_owned(),
            ..row
        });
        n
    }

    fn pass(
        &mut self,
        connection: Option<&str>,
        subject: &str,
        check: CheckId,
        requirement: Requirement,
    ) -> u32 {
        self.add(
            connection,
            subject,
            "As it should be.",
            row(check, requirement, Outcome::Pass),
        )
    }
}

fn with_response(row: ResultRow, declared: &[&str], status: u16, code: Option<&str>) -> ResultRow {
    ResultRow {
        declared: declared.iter().map(|role| (*role).to_owned()).collect(),
        observed: Some(Observed {
            status: Some(status),
            code: code.map(str::to_owned),
            detail: None,
        }),
        ..row
    }
}

fn caused(row: ResultRow, cause: &str, confidence: Confidence) -> ResultRow {
    ResultRow {
        cause: Some(cause.into()),
        confidence: Some(confidence),
        ..row
    }
}

pub fn diagnosis() -> Diagnosis {
    let mut rows = Rows(Vec::new());
    chain(&mut rows);
    let surplus = grants(&mut rows);
    let outside = mailboxes(&mut rows);
    let mail = features(&mut rows);
    let retiring = caused(
        row(ExchangeEwsRetirement, Advisory, Outcome::Pass),
        "ews.retiring",
        Confidence::Confirmed,
    );
    let retiring = rows.add(
        Some("system"),
        "system",
        "EWS answers today and ends on 2027-04-01.",
        retiring,
    );
    let hidden = skipped(
        RoomCalendarProcessing,
        Advisory,
        SkipReason::NeedsPermission,
    );
    rows.add(
        None,
        "estate",
        "An app cannot see how rooms process bookings.",
        hidden,
    );
    let causes = vec![
        outside_scope(&outside),
        ews_retiring(retiring),
        mail_send_missing(&mail),
        surplus_note(surplus),
    ];
    Diagnosis {
        rows: rows.0,
        causes,
    }
}

fn chain(rows: &mut Rows) {
    for connection in ["system", "Berlin"] {
        for check in [
            SettingsTenantId,
            SettingsClientId,
            SettingsClientSecret,
            SettingsServerHostName,
            SettingsRooms,
        ] {
            rows.pass(Some(connection), connection, check, Required);
        }
    }
    rows.pass(None, "login.microsoftonline.com", NetworkSignIn, Required);
    rows.pass(None, "graph.microsoft.com", NetworkGraph, Required);
    rows.pass(None, "outlook.office365.com", NetworkExchange, Required);
    rows.pass(None, "contoso.onmicrosoft.com", TenantDiscovery, Required);
    rows.pass(Some("system"), APP, SignInExchange, Required);
    rows.pass(Some("system"), APP, SignInGraph, Optional);
    rows.pass(Some("Berlin"), APP_BERLIN, SignInGraph, Required);
    rows.pass(Some("system"), APP, RegistrationSecretExpiry, Advisory);
}

fn grants(rows: &mut Rows) -> u32 {
    let pass = |check, requirement| row(check, requirement, Outcome::Pass);
    let full = with_response(
        pass(GrantFullAccessAsApp, Required),
        &["full_access_as_app"],
        200,
        None,
    );
    rows.add(Some("system"), APP, "In the token, and it works.", full);
    let send = with_response(
        row(GrantMailSend, Optional, Outcome::Fail),
        &[],
        403,
        Some("ErrorAccessDenied"),
    );
    let send = caused(send, "grant.mail-send-missing", Confidence::Confirmed);
    rows.add(
        Some("system"),
        APP,
        "Mail.Send is not in the token, and Graph refuses to send.",
        send,
    );
    let users = with_response(
        pass(GrantUserReadAll, Optional),
        &["User.Read.All"],
        200,
        None,
    );
    rows.add(Some("system"), APP, "In the token, and it works.", users);
    let calendars = with_response(
        pass(GrantCalendarsReadWrite, Required),
        &["Calendars.ReadWrite"],
        200,
        None,
    );
    rows.add(
        Some("Berlin"),
        APP_BERLIN,
        "In the token, and it works.",
        calendars,
    );
    let surplus = caused(
        pass(GrantSurplus, Advisory),
        "grant.surplus",
        Confidence::Confirmed,
    );
    rows.add(
        Some("system"),
        APP,
        "Directory.ReadWrite.All is granted and nobody needs it.",
        surplus,
    )
}

fn mailboxes(rows: &mut Rows) -> Vec<u32> {
    rows.pass(
        Some("system"),
        "rx-service@contoso.com",
        MailboxServiceAccount,
        Required,
    );
    let mut outside = Vec::new();
    for number in 1..=12 {
        let room = format!("room{number:02}@contoso.com");
        if number % 2 == 1 {
            rows.pass(Some("system"), &room, MailboxImpersonation, Required);
            rows.pass(Some("system"), &room, MailboxCalendarWrite, Required);
            continue;
        }
        let refused = row(MailboxImpersonation, Required, Outcome::Fail);
        let refused = with_response(
            refused,
            &["full_access_as_app"],
            403,
            Some("ErrorAccessDenied"),
        );
        let refused = caused(refused, "mailbox.outside-scope", Confidence::Likely);
        let message = format!("Exchange refuses {room} although the role is in the token.");
        outside.push(rows.add(Some("system"), &room, &message, refused));
        let behind = blocked(MailboxCalendarWrite, Required, MailboxImpersonation);
        rows.add(
            Some("system"),
            &room,
            "Not asked, because the calendar of the room is not reached.",
            behind,
        );
    }
    for number in 1..=3 {
        let room = format!("berlin-{number}@contoso.com");
        rows.pass(Some("Berlin"), &room, MailboxCalendarRead, Required);
        rows.pass(Some("Berlin"), &room, MailboxCalendarWrite, Required);
    }
    outside
}

fn features(rows: &mut Rows) -> Vec<u32> {
    let send = with_response(
        row(MailSend, Optional, Outcome::Fail),
        &[],
        403,
        Some("ErrorAccessDenied"),
    );
    let send = caused(send, "grant.mail-send-missing", Confidence::Confirmed);
    let mail = rows.add(
        Some("system"),
        "rx-service@contoso.com",
        "Graph refuses to send from this mailbox.",
        send,
    );
    let throttled = with_response(
        row(DirectoryUsers, Optional, Outcome::Unknown),
        &["User.Read.All"],
        429,
        None,
    );
    let throttled = ResultRow {
        confidence: None,
        ..throttled
    };
    rows.add(
        Some("system"),
        TENANT,
        "Graph asked to come back later (429) after three attempts.",
        throttled,
    );
    let left = skipped(DirectoryGroups, Optional, SkipReason::Deselected);
    rows.add(Some("system"), TENANT, "Left out with --skip.", left);
    let grant = rows
        .0
        .iter()
        .find(|row| row.check == GrantMailSend)
        .map(|row| row.n);
    grant.into_iter().chain([mail]).collect()
}

fn outside_scope(explains: &[u32]) -> Cause {
    Cause {
        id: "mailbox.outside-scope".into(),
        connection: Some("system".into()),
        connections: vec!["system".into()],
        confidence: Confidence::Likely,
        requirement: Required,
        title: "The app may open some rooms and not others".into(),
        impact: "The panels of these rooms stay empty: ResourceXpress can neither show nor make bookings there.".into(),
        because: vec![
            "6 of 12 rooms are refused with 403 ErrorAccessDenied, the other 6 answer.".into(),
            "The answers name no access policy, which a policy would usually do.".into(),
        ],
        due: None,
        asks_for_action: false,
        explains: explains.to_vec(),
        subjects: (1..=6).map(|number| format!("room{:02}@contoso.com", number * 2)).collect(),
        candidates: vec!["mailbox.outside-access-policy".into()],
        remedy: Remedy {
            who: "Exchange Administrator".into(),
            steps: vec![
                "Find the management scope that limits the app.".into(),
                "Widen its filter so that it takes in the rooms above, or add the rooms to the group that it names."
                    .into(),
            ],
            commands: vec![Command::new(
                "powershell",
                &format!(
                    "Test-ServicePrincipalAuthorization -Identity {APP} -Resource 'room02@contoso.com'\nGet-ManagementScope | Format-List Name, RecipientFilter"
                ),
            )],
            verify: "Run rx-preflight check again: mailbox.impersonation passes for every room.".into(),
            takes: "30 minutes to 2 hours".into(),
            links: vec!["https://learn.microsoft.com/exchange/permissions-exo/application-rbac".into()],
        },
    }
}

fn mail_send_missing(explains: &[u32]) -> Cause {
    Cause {
        id: "grant.mail-send-missing".into(),
        connection: Some("system".into()),
        connections: vec!["system".into()],
        confidence: Confidence::Confirmed,
        requirement: Optional,
        title: "The app may not send mail".into(),
        impact: "ResourceXpress cannot send notifications to organisers.".into(),
        because: vec!["Mail.Send is not among the roles of the token, and Graph answered 403.".into()],
        due: None,
        asks_for_action: false,
        explains: explains.to_vec(),
        subjects: vec!["rx-service@contoso.com".into()],
        candidates: Vec::new(),
        remedy: Remedy {
            who: "Privileged Role Administrator".into(),
            steps: vec![
                "Entra admin center > App registrations > the app > API permissions > Add a permission.".into(),
                "Microsoft Graph > Application permissions > Mail.Send, then grant admin consent.".into(),
            ],
            commands: Vec::new(),
            verify: "rx-preflight check --only mail.send".into(),
            takes: "a few minutes, and a new token".into(),
            links: Vec::new(),
        },
    }
}

fn ews_retiring(explains: u32) -> Cause {
    let impact = "This connection works today and stops then; move it to Microsoft Graph in time.";
    let step = "Create an app registration with Calendars.ReadWrite and set Use Graph API to Yes.";
    note(
        "ews.retiring",
        "EWS ends on 2027-04-01, in 129 days",
        impact,
        step,
        explains,
    )
}

fn surplus_note(explains: u32) -> Cause {
    let impact = "Whoever has the client secret may change every user of the tenant.";
    let step = "Remove Directory.ReadWrite.All from the API permissions of the app.";
    note(
        "grant.surplus",
        "The app has a role that nobody needs: Directory.ReadWrite.All",
        impact,
        step,
        explains,
    )
}

fn note(id: &str, title: &str, impact: &str, step: &str, explains: u32) -> Cause {
    Cause {
        id: id.into(),
        connection: Some("system".into()),
        connections: vec!["system".into()],
        confidence: Confidence::Confirmed,
        requirement: Advisory,
        title: title.into(),
        impact: impact.into(),
        because: Vec::new(),
        due: None,
        asks_for_action: false,
        explains: vec![explains],
        subjects: Vec::new(),
        candidates: Vec::new(),
        remedy: Remedy {
            who: "ResourceXpress administrator".into(),
            steps: vec![step.into(), "Then check again.".into()],
            commands: Vec::new(),
            verify: "rx-preflight check".into(),
            takes: "at once".into(),
            links: Vec::new(),
        },
    }
}

fn secret_expired(explains: u32) -> Cause {
    Cause {
        id: "sign-in.secret-expired".into(),
        title: "The client secret has ended".into(),
        impact: "Every panel of this connection loses its bookings.".into(),
        because: vec!["Entra answered AADSTS7000222.".into()],
        due: None,
        asks_for_action: false,
        explains: vec![explains],
        subjects: Vec::new(),
        requirement: Required,
        remedy: Remedy {
            who: "Cloud Application Administrator".into(),
            steps: vec![
                "Entra admin center > App registrations > the app > Certificates & secrets > New client secret.".into(),
                "Copy its Value at once, and enter it as OAuth Client Secret in ResourceXpress.".into(),
            ],
            commands: Vec::new(),
            verify: "rx-preflight check --only sign-in".into(),
            takes: "at once".into(),
            links: Vec::new(),
        },
        ..mail_send_missing(&[])
    }
}
