//! Explains every row of the tables as another product's log.

use crate::knowledge::{self, CodeSource};

use super::*;

/// Phrases about requests of this program, which another product's log must not lead to.
const OWN_PROGRAM_PHRASES: &[&str] = &[
    "fault of this program",
    "probe",
    "made-up id",
    "request of rx-preflight",
    "this program cannot",
    "throttled this program",
    "block only this program",
    "the User-Agent of this check",
    "only this check does",
    "no known fix",
    "in the report under",
];

fn assert_foreign(text: &str) {
    let (output, _) = explain_pasted(text);
    for phrase in OWN_PROGRAM_PHRASES {
        assert!(
            !output.contains(phrase),
            "{phrase:?} in the explanation of {text}:\n{output}"
        );
    }
}

#[test]
fn codes_in_another_products_log_are_explained_without_this_program() {
    for entry in knowledge::codes() {
        let text = match entry.service {
            CodeSource::SignIn => format!("2026-11-28 07:03:37 ERROR AADSTS{}: x", entry.code),
            CodeSource::Graph => {
                format!(r#"{{"error":{{"code":"{}","message":"x"}}}}"#, entry.code)
            }
            CodeSource::Exchange => format!("<m:ResponseCode>{}</m:ResponseCode>", entry.code),
            CodeSource::ExchangeDiagnostics => {
                format!("x-ms-diagnostics: {};reason=\"x\"", entry.code)
            }
        };
        assert_foreign(&text);
    }
}

#[test]
fn sentences_in_another_products_log_are_explained_without_this_program() {
    for row in knowledge::code_texts() {
        for code in &row.codes {
            for sentence in &row.sentences {
                let letters = if row.service == CodeSource::SignIn {
                    "AADSTS"
                } else {
                    ""
                };
                assert_foreign(&format!(
                    r#""code": "{letters}{code}", "message": "{sentence} 'x'""#
                ));
            }
        }
    }
    for row in knowledge::known_sentences() {
        assert_foreign(&row.parts.join(" x "));
    }
    for row in knowledge::statuses() {
        assert_foreign(&format!("HTTP/1.1 {} x", row.status));
    }
    for header in knowledge::policy_headers() {
        assert_foreign(&format!("X-EWS-Policy-Reason: {}", header.value));
    }
}

#[test]
fn own_output_is_explained_as_a_request_of_this_program() {
    for entry in knowledge::codes()
        .iter()
        .filter(|entry| entry.own.is_some())
    {
        let letters = if entry.service == CodeSource::SignIn {
            "AADSTS"
        } else {
            ""
        };
        let (output, _) = explain_pasted(&format!(
            "rx-preflight/0.1.0 \"code\": \"{letters}{}\"",
            entry.code
        ));
        assert!(
            output.contains("In response to a request of rx-preflight"),
            "{output}"
        );
    }
}

/// Host, namespace and library decide between the rows that Graph and Exchange share.
#[test]
fn the_named_host_or_library_decides_the_service_of_a_shared_code() {
    let shared = knowledge::codes().iter().filter(|entry| {
        entry.service == CodeSource::Graph && knowledge::exchange(&entry.code).is_some()
    });
    let mut count = 0;
    for entry in shared {
        count += 1;
        for (context, service, other) in [
            (
                "https://graph.microsoft.com/v1.0",
                "Microsoft Graph",
                "code of Exchange",
            ),
            (
                "Microsoft.Graph.ServiceException",
                "Microsoft Graph",
                "code of Exchange",
            ),
            (
                "exchangelib.errors",
                "code of Exchange",
                "code of Microsoft Graph",
            ),
            (
                "Microsoft.Exchange.WebServices",
                "code of Exchange",
                "code of Microsoft Graph",
            ),
            (
                "https://outlook.office365.com/EWS/Exchange.asmx",
                "code of Exchange",
                "code of Microsoft Graph",
            ),
        ] {
            let (output, _) = explain_pasted(&format!("{context} failed with {}", entry.code));
            assert!(
                output.contains(service) && !output.contains(other),
                "{context} {}: {output}",
                entry.code
            );
        }
        let (both, _) = explain_pasted(&format!("it failed with {}", entry.code));
        assert!(
            both.contains("code of Microsoft Graph") && both.contains("code of Exchange"),
            "{both}"
        );
    }
    assert!(count >= 5);
}

#[test]
fn a_row_added_to_the_table_is_explained_with_its_cause() {
    let row = "\n[[code]]\ncode = \"7000999\"\nservice = \"sign-in\"\n\
               meaning = { cause = \"sign-in.secret-expired\" }\ntext = \"The added text.\"\n";
    let explain = || explain_typed("AADSTS7000999");
    assert!(!explain().0.contains("sign-in.secret-expired"));
    let (response, exit) = knowledge::changed_copy::with::<knowledge::CodeTable, _>(
        |text| format!("{text}{row}"),
        explain,
    )
    .unwrap();
    assert!(response.contains("The added text."), "{response}");
    assert!(response.contains("sign-in.secret-expired"), "{response}");
    assert!(matches!(exit, Exit::Success));
}
