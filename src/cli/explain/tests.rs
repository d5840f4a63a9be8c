//! Every row of the tables as the log of another product.

use super::*;
use crate::knowledge::{self, CodeSource};

/// What speaks of requests that this program made.
const OF_THIS_PROGRAM: &[&str] = &[
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
    let (answer, _) = of_pasted(text);
    for phrase in OF_THIS_PROGRAM {
        assert!(
            !answer.contains(phrase),
            "{phrase:?} in the answer to {text}:\n{answer}"
        );
    }
}

#[test]
fn no_code_in_the_log_of_another_product_speaks_of_this_program() {
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
fn no_sentence_in_the_log_of_another_product_speaks_of_this_program() {
    for row in knowledge::texts() {
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
    for row in knowledge::sentences() {
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
fn what_this_program_wrote_gets_its_own_reading() {
    for entry in knowledge::codes()
        .iter()
        .filter(|entry| entry.own.is_some())
    {
        let letters = if entry.service == CodeSource::SignIn {
            "AADSTS"
        } else {
            ""
        };
        let (answer, _) = of_pasted(&format!(
            "rx-preflight/0.1.0 \"code\": \"{letters}{}\"",
            entry.code
        ));
        assert!(
            answer.contains("As the response to a request of rx-preflight"),
            "{answer}"
        );
    }
}

/// The rows that Graph and Exchange share are told apart by host, namespace and library.
#[test]
fn the_service_of_every_shared_code_is_decided_by_what_the_text_names() {
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
                "a code of Exchange",
            ),
            (
                "Microsoft.Graph.ServiceException",
                "Microsoft Graph",
                "a code of Exchange",
            ),
            (
                "exchangelib.errors",
                "a code of Exchange",
                "a code of Microsoft Graph",
            ),
            (
                "Microsoft.Exchange.WebServices",
                "a code of Exchange",
                "a code of Microsoft Graph",
            ),
            (
                "https://outlook.office365.com/EWS/Exchange.asmx",
                "a code of Exchange",
                "a code of Microsoft Graph",
            ),
        ] {
            let (answer, _) = of_pasted(&format!("{context} failed with {}", entry.code));
            assert!(
                answer.contains(service) && !answer.contains(other),
                "{context} {}: {answer}",
                entry.code
            );
        }
        let (both, _) = of_pasted(&format!("it failed with {}", entry.code));
        assert!(
            both.contains("a code of Microsoft Graph") && both.contains("a code of Exchange"),
            "{both}"
        );
    }
    assert!(count >= 5);
}
