//! The table "from evidence to outcome" of the design, row by row, on hand-made evidence.

use crate::evidence::{
    ConnectionFacts, ConnectionKind, Diagnostics, EffectiveRights, Evidence, Execution, Failure,
    Finding, FolderFacts, Layer, Observation, PasswordCredential, Refusal, RegistrationFacts,
    Reply, RequestedPermission, TokenFacts,
};
use crate::terms::{Api, CauseId, CheckId, Confidence, Outcome, Requirement, SkipReason};

use super::{Diagnosis, EndDateKind, diagnose};

const CLIENT: &str = "9a41d1a0-0000-4000-8000-000000000001";
const TENANT: &str = "5f3cd1a0-0000-4000-8000-000000000002";
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const FULL_ACCESS: &str = "dc890d15-9560-4a4c-9b7f-a736ec74ec40";

pub(super) fn row(check: CheckId, subject: &str, execution: Execution) -> Observation {
    Observation {
        check,
        connection: Some("system".into()),
        subject: subject.into(),
        credentials: None,
        certificate: None,
        requirement: Requirement::Required,
        execution,
        withheld: false,
        requests: Vec::new(),
        duration_ms: 0,
    }
}

pub(super) fn open() -> Reply<FolderFacts> {
    let rights = EffectiveRights {
        create: true,
        modify: true,
        delete: true,
        read: true,
    };
    Reply::Success(FolderFacts {
        rights: Some(rights),
    })
}

pub(super) fn refused(status: u16) -> Reply<FolderFacts> {
    Reply::Refused(Refusal {
        status,
        ..Refusal::default()
    })
}

pub(super) fn coded(code: &str) -> Reply<FolderFacts> {
    Reply::Refused(Refusal {
        status: 200,
        code: Some(code.into()),
        ..Refusal::default()
    })
}

pub(super) fn silent() -> Reply<FolderFacts> {
    Reply::Unreachable(Failure {
        layer: Layer::ResponseTimeout,
        host: "outlook.office365.com:443".into(),
        detail: "timed out".into(),
        limit_ms: Some(20_000),
        issuer: None,
        certificate: None,
    })
}

pub(super) fn token(roles: &[&str]) -> TokenFacts {
    TokenFacts {
        readable: true,
        tenant_id: Some(TENANT.into()),
        client_id: Some(CLIENT.into()),
        audience: Some("https://outlook.office365.com".into()),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..TokenFacts::default()
    }
}

/// An EWS connection with one token and rooms with these replies.
pub(super) fn evidence(token: TokenFacts, rooms: Vec<Reply<FolderFacts>>) -> Evidence {
    let count = rooms.len();
    let mut observations = vec![
        row(
            CheckId::SignInExchange,
            "system",
            Execution::completed(Finding::SignIn(Reply::Success(token))),
        ),
        row(CheckId::GrantFullAccessAsApp, CLIENT, Execution::Derived),
    ];
    if rooms.is_empty() {
        let execution = Execution::Skipped {
            reason: SkipReason::NeedsInput,
            blocked_by: None,
        };
        observations.push(row(
            CheckId::MailboxImpersonation,
            "no room given",
            execution,
        ));
    }
    for (number, reply) in rooms.into_iter().enumerate() {
        let room = format!("room{number}@contoso.com");
        observations.push(row(
            CheckId::MailboxImpersonation,
            &room,
            Execution::completed(Finding::Folder(reply)),
        ));
    }
    Evidence {
        deadline: None,
        warn_days: None,
        account: None,
        proxy: None,
        narrowed_by: Vec::new(),
        input_notes: Vec::new(),
        started_at: "2026-11-23T08:00:00Z".parse().unwrap(),
        finished_at: "2026-11-23T08:00:01Z".parse().unwrap(),
        interrupted: false,
        cloud: "global".into(),
        sign_in_host: "login.microsoftonline.com".into(),
        user_agent: "test".into(),
        product_version: None,
        connections: vec![ConnectionFacts {
            name: "system".into(),
            kind: ConnectionKind::System,
            api: Some(Api::Ews),
            tenant_id: TENANT.into(),
            client_id: CLIENT.into(),
            credentials: 0,
            rooms: count,
            service_account: None,
            sender: None,
            certificate: None,
        }],
        observations,
        controls: Vec::new(),
        requests: Vec::new(),
    }
}

/// The outcome and the cause of the grant, and those of the first room.
fn grant_and_room(evidence: &Evidence) -> [(Outcome, Option<String>); 2] {
    let diagnosis = diagnose(evidence);
    [CheckId::GrantFullAccessAsApp, CheckId::MailboxImpersonation].map(|check| {
        let row = diagnosis
            .rows
            .iter()
            .find(|row| row.check == check)
            .unwrap();
        (row.outcome, row.cause.clone())
    })
}

fn expected(outcome: Outcome, cause: &str) -> (Outcome, Option<String>) {
    (outcome, Some(cause.to_owned()))
}

const YES: &[&str] = &["full_access_as_app"];
const NO: &[&str] = &[];

#[test]
fn role_and_success_pass() {
    let found = grant_and_room(&evidence(token(YES), vec![open(), open()]));
    assert_eq!(found, [(Outcome::Pass, None), (Outcome::Pass, None)]);
}

#[test]
fn no_role_and_success_pass_with_a_note_and_never_request_consent() {
    let diagnosis = diagnose(&evidence(token(NO), vec![open(), open()]));
    assert!(
        diagnosis
            .rows
            .iter()
            .all(|row| row.outcome == Outcome::Pass)
    );
    let ids: Vec<&str> = diagnosis
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    assert_eq!(ids, ["grant.by-exchange-rbac"]);
    assert_eq!(diagnosis.causes[0].requirement, Requirement::Advisory);
}

#[test]
fn role_and_refusal_is_granted_but_blocked() {
    let found = grant_and_room(&evidence(token(YES), vec![refused(403), refused(403)]));
    assert_eq!(
        found,
        [
            expected(Outcome::Fail, "mailbox.access-blocked"),
            expected(Outcome::Fail, "mailbox.access-blocked")
        ]
    );
}

#[test]
fn no_role_and_refusal_is_the_missing_grant_confirmed() {
    let diagnosis = diagnose(&evidence(token(NO), vec![refused(403), refused(403)]));
    assert_eq!(diagnosis.causes.len(), 1);
    assert_eq!(diagnosis.causes[0].id, "grant.full-access-as-app-missing");
    assert_eq!(diagnosis.causes[0].confidence, Confidence::Confirmed);
    assert_eq!(diagnosis.causes[0].explains, [2, 3, 4]);
}

#[test]
fn no_response_leaves_the_grant_undecided_with_and_without_the_role() {
    for roles in [YES, NO] {
        let found = grant_and_room(&evidence(token(roles), vec![silent(), silent()]));
        assert_eq!(
            found,
            [
                expected(Outcome::Unknown, "network.timeout"),
                expected(Outcome::Unknown, "network.timeout")
            ]
        );
    }
}

#[test]
fn no_role_and_no_room_to_check_is_a_likely_missing_grant() {
    let diagnosis = diagnose(&evidence(token(NO), Vec::new()));
    assert_eq!(diagnosis.causes[0].id, "grant.full-access-as-app-missing");
    assert_eq!(diagnosis.causes[0].confidence, Confidence::Likely);
}

#[test]
fn an_unreadable_token_leaves_the_verdict_to_the_live_response() {
    let unreadable = || TokenFacts {
        readable: false,
        ..TokenFacts::default()
    };
    let [grant, _] = grant_and_room(&evidence(unreadable(), vec![open()]));
    assert_eq!(grant, (Outcome::Pass, None));
    let [grant, _] = grant_and_room(&evidence(unreadable(), Vec::new()));
    assert_eq!(grant, (Outcome::Unknown, None));
}

#[test]
fn some_refused_rooms_are_outside_the_scope_and_the_grant_passes() {
    let found = grant_and_room(&evidence(token(YES), vec![refused(403), open()]));
    assert_eq!(
        found,
        [
            (Outcome::Pass, None),
            expected(Outcome::Fail, "mailbox.outside-scope")
        ]
    );
}

#[test]
fn one_missing_mailbox_is_a_typo_and_all_of_several_are_elsewhere() {
    let [_, room] = grant_and_room(&evidence(
        token(YES),
        vec![coded("ErrorNonExistentMailbox"), open()],
    ));
    assert_eq!(room, expected(Outcome::Fail, "mailbox.not-found"));
    let [_, room] = grant_and_room(&evidence(
        token(YES),
        vec![coded("ErrorNonExistentMailbox")],
    ));
    assert_eq!(room, expected(Outcome::Fail, "mailbox.not-found"));
    let missing = || coded("ErrorNonExistentMailbox");
    let [_, room] = grant_and_room(&evidence(token(YES), vec![missing(), missing()]));
    assert_eq!(
        room,
        expected(Outcome::Fail, "mailbox.not-in-exchange-online")
    );
}

#[test]
fn a_code_that_no_table_knows_is_unknown() {
    let [_, room] = grant_and_room(&evidence(
        token(YES),
        vec![coded("ErrorOfTheFuture"), open()],
    ));
    assert_eq!(
        room,
        expected(Outcome::Unknown, "service.unexpected-answer")
    );
}

#[test]
fn a_requested_permission_without_consent_replaces_the_missing_grant() {
    let mut evidence = evidence(token(NO), vec![refused(403)]);
    let requested = RequestedPermission {
        resource_app_id: EXCHANGE.into(),
        permission_id: FULL_ACCESS.into(),
        kind: "Role".into(),
    };
    let facts = RegistrationFacts {
        requested: vec![requested],
        ..RegistrationFacts::default()
    };
    let execution = Execution::completed(Finding::Registration(Reply::Success(facts)));
    evidence
        .observations
        .push(row(CheckId::RegistrationConsent, CLIENT, execution));
    let diagnosis = diagnose(&evidence);
    let ids: Vec<&str> = diagnosis
        .causes
        .iter()
        .map(|cause| cause.id.as_str())
        .collect();
    assert_eq!(ids, ["registration.consent-missing"]);
}

#[test]
fn a_wrong_tenant_of_two_apps_is_two_causes_and_of_one_app_one() {
    let count = |clients: [&str; 2]| {
        let mut evidence = evidence(token(YES), Vec::new());
        let elsewhere = TokenFacts {
            tenant_id: Some("0b0d6f4e-0d52-4f0e-8a8f-0e8f8c5f5a11".into()),
            ..token(YES)
        };
        let system = evidence.connections.remove(0);
        evidence.observations.clear();
        for (name, client) in ["system", "Berlin"].into_iter().zip(clients) {
            evidence.connections.push(ConnectionFacts {
                name: name.into(),
                client_id: client.into(),
                ..system.clone()
            });
            let execution =
                Execution::completed(Finding::SignIn(Reply::Success(elsewhere.clone())));
            evidence.observations.push(Observation {
                connection: Some(name.into()),
                ..row(CheckId::SignInExchange, name, execution)
            });
        }
        let causes = diagnose(&evidence).causes.into_iter();
        causes
            .filter(|cause| cause.id == CauseId::SignInWrongTenant.as_str())
            .count()
    };
    let other = "77b0d1a0-0000-4000-8000-000000000003";
    assert_eq!((count([CLIENT, CLIENT]), count([CLIENT, other])), (1, 2));
}

#[test]
fn after_the_end_of_ews_every_refusal_is_the_retirement() {
    let mut late = evidence(token(YES), vec![refused(403), refused(403)]);
    late.started_at = "2027-04-01T00:00:00Z".parse().unwrap();
    assert_eq!(
        grant_and_room(&late)[1],
        expected(Outcome::Fail, "ews.retired")
    );
    late.started_at = "2027-03-31T23:59:59Z".parse().unwrap();
    assert_eq!(
        grant_and_room(&late)[1],
        expected(Outcome::Fail, "mailbox.access-blocked")
    );
}

fn five_thousand(reply: impl Fn(usize) -> Reply<FolderFacts>) -> Diagnosis {
    diagnose(&evidence(token(YES), (0..5_000).map(reply).collect()))
}

#[test]
fn five_thousand_refused_rooms_are_one_finding() {
    let diagnosis = five_thousand(|number| if number == 0 { open() } else { refused(403) });
    assert_eq!(diagnosis.causes.len(), 1);
    assert_eq!(diagnosis.causes[0].subjects.len(), 4_999);
    assert!(
        diagnosis.causes[0]
            .because
            .iter()
            .all(|sentence| sentence.len() < 500)
    );
}

/// The diagnosis of a registration whose secret in use ends at `ends`.
fn diagnosis_of_secret(ends: &str) -> Diagnosis {
    let mut evidence = evidence(token(YES), vec![open()]);
    let secret = PasswordCredential {
        key_id: "k".into(),
        display_name: None,
        ends_at: Some(ends.parse().unwrap()),
        fits_secret_in_use: true,
    };
    let facts = RegistrationFacts {
        secrets: vec![secret],
        ..RegistrationFacts::default()
    };
    let execution = Execution::completed(Finding::Registration(Reply::Success(facts)));
    evidence
        .observations
        .push(row(CheckId::RegistrationSecretExpiry, CLIENT, execution));
    diagnose(&evidence)
}

/// The notes of a registration whose secret in use ends at `ends`.
fn notes_of_secret(ends: &str) -> Vec<String> {
    let causes = diagnosis_of_secret(ends).causes.into_iter();
    causes.map(|cause| cause.id).collect()
}

#[test]
fn end_dates_are_stated_whether_they_are_near_or_far() {
    let ends = |secret: &str| -> Vec<(EndDateKind, String, i64)> {
        let dates = diagnosis_of_secret(secret).end_dates.into_iter();
        dates
            .inspect(|end| assert_eq!(end.connections, ["system"]))
            .map(|end| (end.kind, end.date.to_string(), end.days))
            .collect()
    };
    let ews = (EndDateKind::Ews, "2027-04-01".to_owned(), 129);
    let secret = |date: &str, days| (EndDateKind::ClientSecret, date.to_owned(), days);
    assert_eq!(
        ends("2026-12-23T23:59:59Z"),
        [secret("2026-12-23", 30), ews.clone()]
    );
    assert_eq!(
        ends("2028-05-02T00:00:00Z"),
        [ews, secret("2028-05-02", 526)]
    );
}

#[test]
fn a_secret_is_mentioned_from_thirty_days_before_its_end() {
    assert_eq!(
        notes_of_secret("2026-12-23T23:59:59Z"),
        ["registration.secret-expiring"]
    );
    assert!(notes_of_secret("2026-12-24T00:00:00Z").is_empty());
}

#[test]
fn a_working_ews_connection_carries_the_days_left_until_its_last() {
    let notes = |now: &str| {
        let mut evidence = evidence(token(YES), vec![open()]);
        evidence.started_at = now.parse().unwrap();
        evidence.observations.push(row(
            CheckId::ExchangeEwsRetirement,
            "system",
            Execution::Derived,
        ));
        let diagnosis = diagnose(&evidence);
        let title = diagnosis
            .causes
            .first()
            .map(|cause| cause.title.clone())
            .unwrap_or_default();
        (diagnosis.causes.len(), title)
    };
    let (count, title) = notes("2027-03-31T12:00:00Z");
    assert!(count == 1 && title.contains("1 day"), "{title}");
    assert_eq!(notes("2027-04-01T00:00:00Z").0, 0);
}

/// A 401 of Exchange with a header that rejects the audience of the token.
fn wrong_audience() -> Reply<FolderFacts> {
    let diagnostics = Diagnostics {
        code: 2_000_003,
        reason: None,
        category: Some("invalid_resource".into()),
    };
    Reply::Refused(Refusal {
        status: 401,
        diagnostics: Some(diagnostics),
        ..Refusal::default()
    })
}

/// The outcome of the sign-in, and the causes with how much depends on each.
fn sign_in_and_causes(evidence: &Evidence) -> (Outcome, Vec<(String, Requirement)>) {
    let diagnosis = diagnose(evidence);
    let sign_in = diagnosis
        .rows
        .iter()
        .find(|row| row.check == CheckId::SignInExchange)
        .unwrap();
    let causes = diagnosis
        .causes
        .iter()
        .map(|cause| (cause.id.clone(), cause.requirement))
        .collect();
    (sign_in.outcome, causes)
}

#[test]
fn an_odd_claim_is_judged_by_what_the_services_make_of_the_token() {
    let odd_claims: [fn(&mut TokenFacts); 2] = [
        |token| token.audience = Some("https://graph.microsoft.com".into()),
        |token| token.client_id = Some("9a41d1a0-0000-4000-8000-00000000ffff".into()),
    ];
    let cause = |id: CauseId, requirement| vec![(id.to_string(), requirement)];
    for odd in odd_claims {
        let with = |rooms| {
            let mut token = token(YES);
            odd(&mut token);
            sign_in_and_causes(&evidence(token, rooms))
        };
        let note = cause(CauseId::ServiceUnexpectedResponse, Requirement::Advisory);
        assert_eq!(with(vec![open(), open()]), (Outcome::Pass, note.clone()));
        let (outcome, causes) = with(vec![refused(403), open()]);
        assert_eq!(
            outcome,
            Outcome::Pass,
            "one room outside the scope proves nothing about the claim: {causes:?}"
        );
        let refused = cause(CauseId::SignInTokenRefused, Requirement::Required);
        assert_eq!(
            with(vec![wrong_audience(), wrong_audience()]),
            (Outcome::Fail, refused)
        );
        let undecided = cause(CauseId::ServiceUnexpectedResponse, Requirement::Required);
        assert_eq!(with(Vec::new()), (Outcome::Unknown, undecided));
    }
}

#[test]
fn a_token_that_opened_one_room_is_not_refused_at_another() {
    let diagnosis = diagnose(&evidence(token(YES), vec![open(), wrong_audience()]));
    let cause = diagnosis
        .causes
        .iter()
        .find(|cause| cause.id == "mailbox.token-refused")
        .unwrap();
    assert_eq!(
        (cause.confidence, cause.subjects.as_slice()),
        (
            Confidence::Possible,
            ["room1@contoso.com".to_owned()].as_slice()
        )
    );
    assert!(
        cause
            .candidates
            .iter()
            .any(|id| id == "mailbox.not-in-exchange-online")
    );
    assert!(
        diagnosis
            .causes
            .iter()
            .all(|cause| cause.id != "sign-in.token-refused")
    );
}
