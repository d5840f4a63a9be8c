//! What the scan finds in a text, and what it ignores.

use crate::knowledge::{self, CodeSource};
use crate::terms::{CauseId, CheckId};

use super::super::findings::CodeFinding;
use super::*;

const LOG: &str = r#"2026-11-23T08:00:00Z ERROR {"error":"invalid_client","error_description":"AADSTS7000222: The provided client
    secret keys for app '9a41' are expired. Trace ID: 0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d Correlation ID:
    1f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d Timestamp: 2026-11-23 08:00:02Z","error_codes":[7000222]}
    <faultcode>a:ErrorServerBusy</faultcode> x-ms-diagnostics: 2000008;reason="no permissions"
    X-EWS-Policy-Reason: EWS is disabled for this user or tenant"#;

fn codes(findings: &Findings<'_>) -> Vec<(String, usize)> {
    findings
        .codes()
        .map(|code| (code.shown(), code.occurrences.times))
        .collect()
}

/// The codes of a text, once each, without regard to their services.
fn shown(text: &str) -> Vec<String> {
    let mut shown: Vec<String> = scan(text).codes().map(CodeFinding::shown).collect();
    shown.dedup();
    shown
}

fn services(text: &str) -> Vec<Option<CodeSource>> {
    scan(text).codes().map(|code| code.service).collect()
}

#[test]
fn every_code_id_and_time_of_a_log_is_found() {
    let findings = scan(LOG);
    // A fault that passes by itself comes after the lasting ones, wherever it appears in the log.
    let expected = [("AADSTS7000222", 2), ("2000008", 1), ("ErrorServerBusy", 1)];
    assert_eq!(
        codes(&findings),
        expected.map(|(code, times)| (code.to_owned(), times))
    );
    assert_eq!(findings.policies.len(), 1);
    assert_eq!(
        findings.ticket.ids["trace id"].first(),
        ["0f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d"]
    );
    assert_eq!(
        findings.ticket.ids["correlation id"].first(),
        ["1f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d"]
    );
    assert_eq!(
        findings.ticket.times.first(),
        ["2026-11-23T08:00:00Z", "2026-11-23 08:00:02Z"]
    );
}

#[test]
fn causes_and_checks_are_known_by_their_id() {
    for text in [
        "mailbox.outside-scope, mailbox.impersonation",
        "see mailbox.outside-scope and mailbox.impersonation.",
    ] {
        let findings = scan(text);
        assert_eq!(findings.causes[0].id, CauseId::MailboxOutsideScope);
        assert_eq!(findings.checks, [CheckId::MailboxImpersonation]);
    }
}

#[test]
fn every_code_of_every_table_is_found_by_its_own_name() {
    for entry in knowledge::codes() {
        let text = match entry.service {
            CodeSource::SignIn => format!("AADSTS{}", entry.code),
            _ => entry.code.clone(),
        };
        for text in [
            text.clone(),
            text.to_lowercase(),
            format!(r#"it returned "code": "{text}"."#),
        ] {
            let is_number_in_a_sentence =
                entry.service == CodeSource::ExchangeDiagnostics && text.len() > 10;
            let findings = scan(&text);
            let known = findings
                .codes()
                .filter_map(|code| code.entry)
                .any(|known| std::ptr::eq(known, entry));
            assert!(
                known || is_number_in_a_sentence || entry.service == CodeSource::Exchange,
                "{text} is not found"
            );
        }
    }
}

#[test]
fn every_code_of_exchange_is_found_in_its_tag() {
    for entry in knowledge::codes()
        .iter()
        .filter(|entry| entry.service == CodeSource::Exchange)
    {
        let text = format!("<m:ResponseCode>{}</m:ResponseCode>", entry.code);
        assert_eq!(services(&text), [Some(CodeSource::Exchange)], "{text}");
    }
}

#[test]
fn ordinary_numbers_and_words_are_not_codes() {
    for text in [
        "The panel on the wall stays dark since 12345 minutes.",
        "the response took 90002 ms",
        "listening on port 50002",
        "pid 50196 ended, exit code 50126",
        "HTTP/1.1 401 Unauthorized",
        "HTTP/1.1 403 Forbidden\nContent-Length: 50002",
        "StatusCode: 403, ReasonPhrase: 'Forbidden', status code: Unauthorized, StatusCode: Unauthorized",
        "Access is forbidden, by an unknownError; you are unauthorized",
        "2026-11-23 08:00:01,123 [50002] INFO 7000215 rooms",
        "room 7000215, code of the door: 90002",
        "access code: 90002, PIN code=50002",
        "ErrorCodes were thrown, ErrorHandler started, see Errors and ErrorLog",
        "<m:ResponseCode>NoError</m:ResponseCode> <faultcode>s:Client</faultcode>",
    ] {
        let findings = scan(text);
        assert!(
            codes(&findings).is_empty() && findings.sentences.is_empty(),
            "{text}: {:?}",
            codes(&findings)
        );
    }
}

#[test]
fn a_number_is_a_code_where_its_label_marks_it_as_one() {
    for text in [
        "7000215",
        " 7000215\n",
        "\"7000215\"",
        r#"{"error_codes":[7000215]}"#,
        "{\n  \"error_codes\": [\n    7000215\n  ]\n}",
        "error code 7000215",
        "Error code: 7000215",
        "errorCode=7000215",
        "?code=7000215&x",
        "https://login.microsoftonline.com/error?code=7000215",
        "AADSTS 7000215",
    ] {
        assert_eq!(shown(text), ["AADSTS7000215"], "{text}");
    }
    assert_eq!(
        shown(r#""error_codes":[7000215, 7000222],"timestamp":50002"#),
        ["AADSTS7000215", "AADSTS7000222"]
    );
    assert_eq!(
        shown("7000215 7000222, Forbidden"),
        ["AADSTS7000215", "AADSTS7000222", "Forbidden"]
    );
    assert_eq!(shown("x-ms-diagnostics:2000008;reason=\"x\""), ["2000008"]);
    assert_eq!(
        shown(r#"{"name":"x-ms-diagnostics","value":"2000008;reason"}"#),
        ["2000008"]
    );
}

#[test]
fn an_ordinary_word_is_a_code_where_its_label_marks_it_as_one() {
    for text in [
        "Forbidden",
        r#"{"error":{"code":"Forbidden","message":"x"}}"#,
        r#"{\"error\":{\"code\":\"Forbidden\"}}"#,
        "code: Forbidden",
        "Code : Forbidden",
        "ErrorCode=Forbidden",
        "&quot;code&quot;:&quot;Forbidden&quot;",
    ] {
        assert_eq!(shown(text), ["Forbidden"], "{text}");
    }
}

#[test]
fn codes_are_found_at_every_delimiter_and_in_any_case() {
    for text in [
        "MsalServiceException:AADSTS7000222:",
        "invalid_client:AADSTS7000222",
        r#"{"error_description":"x\nAADSTS7000222: y"}"#,
        r"x\\r\\nAADSTS7000222",
        "Aadsts7000222",
        "error=invalid_client&error_description=AADSTS7000222%3a+The+provided",
        "(AADSTS7000222)",
        "AADSTS7000222.",
        "Microsoft.Identity.AADSTS7000222-x",
        "„AADSTS7000222“",
    ] {
        assert_eq!(shown(text), ["AADSTS7000222"], "{text}");
    }
    for text in [
        "errornonexistentmailbox",
        "x:ErrorNonExistentMailbox;",
        "EWS_ErrorNonExistentMailbox failed",
    ] {
        assert_eq!(shown(text), ["ErrorNonExistentMailbox"], "{text}");
    }
    assert_eq!(
        scan("x-ews-policy-reason: ews is disabled for this user or tenant")
            .policies
            .len(),
        1
    );
}

#[test]
fn the_syntax_around_a_code_decides_its_service() {
    use CodeSource::{Exchange, Graph};
    assert_eq!(
        services(r#"{"error":{"code":"ErrorAccessDenied"}}"#),
        [Some(Graph)]
    );
    assert_eq!(
        services("<e:ResponseCode>ErrorAccessDenied</e:ResponseCode>"),
        [Some(Exchange)]
    );
    assert_eq!(
        services("ResponseCode: ErrorAccessDenied"),
        [Some(Exchange)]
    );
    assert_eq!(
        services("it was ErrorAccessDenied"),
        [Some(Graph), Some(Exchange)]
    );
    let fault = r#"<faultcode xmlns:a="http://schemas.microsoft.com/x">a:ErrorNonExistentMailbox</faultcode>"#;
    assert_eq!(services(fault), [Some(Exchange)]);
    assert_eq!(
        services("{\"code\":\"ErrorMailboxFailover\"}"),
        [Some(Exchange)],
        "passed on by Graph"
    );
}

#[test]
fn unknown_codes_are_kept_unchanged() {
    use CodeSource::{Exchange, ExchangeDiagnostics, Graph, SignIn};
    for (text, code, service) in [
        ("AADSTS123456789 x", "AADSTS123456789", Some(SignIn)),
        (
            "https://login.microsoftonline.com/error?code=424242",
            "AADSTS424242",
            Some(SignIn),
        ),
        ("424242", "AADSTS424242", Some(SignIn)),
        (
            "<m:ResponseCode>ErrorQuotaExceeded</m:ResponseCode>",
            "ErrorQuotaExceeded",
            Some(Exchange),
        ),
        (
            "<faultcode xmlns:a=\"http://x/y\">a:ErrorQuotaExceeded</faultcode>",
            "ErrorQuotaExceeded",
            Some(Exchange),
        ),
        (
            "ResponseCode = ErrorQuotaExceeded",
            "ErrorQuotaExceeded",
            Some(Exchange),
        ),
        (
            r#"{"error":{"code":"ErrorQuotaExceeded"}}"#,
            "ErrorQuotaExceeded",
            Some(Graph),
        ),
        (
            r#"{"error": {"code": "Request_BadRequest", "x": 1}}"#,
            "Request_BadRequest",
            Some(Graph),
        ),
        ("code: ErrorQuotaExceeded", "ErrorQuotaExceeded", None),
        ("ErrorQuotaExceeded", "ErrorQuotaExceeded", None),
        (
            "x-ms-diagnostics: 2000099;reason=\"What.\"",
            "2000099",
            Some(ExchangeDiagnostics),
        ),
    ] {
        let findings = scan(text);
        let kept: Vec<_> = findings
            .codes()
            .map(|code| (code.shown(), code.service, code.entry.is_none()))
            .collect();
        assert_eq!(kept, [(code.to_owned(), service, true)], "{text}");
    }
    assert_eq!(
        scan("x-ms-diagnostics: 2000099;reason=\"What.\"")
            .codes()
            .next()
            .unwrap()
            .reason,
        Some("What.")
    );
}

#[test]
fn ids_and_times_for_a_ticket_are_found_in_every_format() {
    let text = concat!(
        "[2026-11-23 08:00:01,123] Date: Mon, 23 Nov 2026 10:00:00 GMT at 11/23/2026 8:00:02 AM\n",
        "2026-11-23T09:00:00.5+01:00 request-id:4f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d\n",
        r#"{"error_description":"x\r\nTrace ID: 5f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d\r\nCorrelation ID: "#,
        "6f7b6f6e-35a5-4a5c-8d2f-4c9f0a1b2c3d\\r\\nTimestamp: 2026-11-23 08:00:02Z\"}",
    );
    let findings = scan(text);
    let expected = [
        "2026-11-23 08:00:01,123",
        "Mon, 23 Nov 2026 10:00:00 GMT",
        "11/23/2026 8:00:02 AM",
        "2026-11-23T09:00:00.5+01:00",
        "2026-11-23 08:00:02Z",
    ];
    assert_eq!(findings.ticket.times.first(), expected);
    let names: Vec<&str> = findings.ticket.ids.keys().copied().collect();
    assert_eq!(names, ["correlation id", "request id", "trace id"]);
}

#[test]
fn known_codes_come_before_unknown_ones() {
    assert_eq!(
        shown("AADSTS424242 then AADSTS7000215"),
        ["AADSTS7000215", "AADSTS424242"]
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "(\\PC|\n|\"code\":\"|AADSTS|Error[A-Z]|ResponseCode>|EWS |, |[0-9]{5}){0,40}") {
        let _ = scan(&text).codes().count();
    }
}
