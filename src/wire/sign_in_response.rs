//! Reading the responses of Microsoft Entra sign-in: discovery documents and Entra's error form.

use std::fmt;

use oauth2::ErrorResponse;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use crate::evidence::{Refusal, Reply, TenantFacts};

use super::mask::SecretMask;
use super::odata::{aadsts_numbers, json};
use super::received_response::ReceivedResponse;

/// Entra's error response. Every field but `error` can be missing, and only `error` is relied on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SignInError {
    error: String,
    #[serde(default)]
    error_description: Value,
    #[serde(default)]
    error_codes: Value,
    #[serde(default)]
    suberror: Value,
    #[serde(default)]
    claims: Value,
    #[serde(default)]
    timestamp: Value,
    #[serde(default)]
    trace_id: Value,
    #[serde(default)]
    correlation_id: Value,
    #[serde(default)]
    error_uri: Value,
}

impl fmt::Display for SignInError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.error)
    }
}

impl ErrorResponse for SignInError {}

/// A response that is neither a token nor an error of Entra. A success is never quoted: it could contain a token.
pub(super) fn unreadable<T>(response: &ReceivedResponse, mask: &SecretMask) -> Reply<T> {
    let problem = json(response)
        .err()
        .unwrap_or("not in the form of a token response");
    if response.is_success() {
        Reply::Unexpected(response.unexpected(problem, false, mask))
    } else {
        response.undocumented(problem, mask)
    }
}

/// A refusal in Entra's error form.
pub(super) fn refusal(
    response: &ReceivedResponse,
    error: &SignInError,
    mask: &SecretMask,
) -> Refusal {
    let message = text(&error.error_description);
    let mut aadsts: Vec<u64> = numbers(&error.error_codes);
    // Only `error` is relied on to exist; the description contains the code as text, too.
    if aadsts.is_empty() {
        aadsts = message.as_deref().map(aadsts_numbers).unwrap_or_default();
    }
    let values = [
        ("suberror", &error.suberror),
        ("claims", &error.claims),
        ("timestamp", &error.timestamp),
        ("trace_id", &error.trace_id),
        ("correlation_id", &error.correlation_id),
        ("error_uri", &error.error_uri),
    ];
    Refusal {
        code: Some(mask.sanitize(&error.error)),
        aadsts,
        message: message.map(|message| mask.sanitize(&message)),
        values: values
            .iter()
            .filter_map(|(name, value)| Some(((*name).to_owned(), mask.sanitize(&text(value)?))))
            .collect(),
        ..response.refusal(mask)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// The numbers of an array, also where they are written as texts.
fn numbers(value: &Value) -> Vec<u64> {
    let number = |value: &Value| {
        value
            .as_u64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    };
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(number)
        .collect()
}

pub(super) fn read_discovery(response: &ReceivedResponse, mask: &SecretMask) -> Reply<TenantFacts> {
    let body = match json(response) {
        Ok(body) => body,
        Err(problem) => return response.undocumented(problem, mask),
    };
    if !response.is_success() {
        return match serde_json::from_value::<SignInError>(body) {
            Ok(error) => Reply::Refused(refusal(response, &error, mask)),
            Err(_) => response.undocumented("not in the form of an error", mask),
        };
    }
    tenant_facts(&body, mask).map_or_else(
        || response.incomplete("no tenant in it", mask),
        Reply::Success,
    )
}

/// The document of no particular tenant: its `issuer` holds the literal `{tenantid}` instead of a GUID, which proves as much
/// about the host (<https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>).
pub(super) fn read_any_discovery(response: &ReceivedResponse, mask: &SecretMask) -> Reply<()> {
    let body = match json(response) {
        Ok(body) => body,
        Err(problem) => return response.undocumented(problem, mask),
    };
    if !response.is_success() {
        return read_discovery(response, mask).map(|_| ());
    }
    let issuer = body
        .get("issuer")
        .and_then(Value::as_str)
        .and_then(|issuer| Url::parse(issuer).ok());
    match issuer {
        Some(issuer) if issuer.scheme() == "https" => Reply::Success(()),
        _ => response.incomplete("no issuer in it", mask),
    }
}

/// The tenant's GUID is in the path of `issuer`.
fn tenant_facts(body: &Value, mask: &SecretMask) -> Option<TenantFacts> {
    let issuer = Url::parse(body.get("issuer")?.as_str()?).ok()?;
    let tenant_id = issuer
        .path_segments()?
        // Issuers have several documented forms, so the position in the path is not relied on.
        .find(|segment| Uuid::try_parse(segment).is_ok())?
        .to_owned();
    let field = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .map(|value| mask.sanitize(value))
    };
    Some(TenantFacts {
        tenant_id,
        region: field("tenant_region_scope"),
        region_sub_scope: field("tenant_region_sub_scope"),
        cloud_instance: field("cloud_instance_name"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::received_response::tests::received;
    use crate::wire::url_path::below;

    const NOT_FOUND: &str = r#"{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'x' not found.\r\nTrace ID: t","error_codes":[90002],"timestamp":"2026-11-23 12:00:00Z","trace_id":"t","correlation_id":"c","error_uri":"https://login.microsoftonline.com/error?code=90002"}"#;

    fn discovered(status: u16, body: &str) -> Reply<TenantFacts> {
        read_discovery(&received(status, &[], body), &SecretMask::default())
    }

    #[test]
    fn the_tenant_is_read_out_of_the_issuer() {
        let body = r#"{"issuer":"https://login.microsoftonline.com/5f3c1a52-0000-4000-8000-000000000001/v2.0","tenant_region_scope":"EU","cloud_instance_name":"microsoftonline.com"}"#;
        let facts = discovered(200, body).success().cloned().unwrap();
        assert_eq!(facts.tenant_id, "5f3c1a52-0000-4000-8000-000000000001");
        assert_eq!(
            (facts.region.as_deref(), facts.region_sub_scope),
            (Some("EU"), None)
        );
    }

    #[test]
    fn an_unknown_tenant_is_a_refusal_with_its_number() {
        let Reply::Refused(refusal) = discovered(400, NOT_FOUND) else {
            panic!()
        };
        assert_eq!(refusal.code.as_deref(), Some("invalid_tenant"));
        assert_eq!(refusal.aadsts, [90_002]);
        assert_eq!(
            refusal.message.as_deref(),
            Some("AADSTS90002: Tenant 'x' not found. Trace ID: t")
        );
        assert_eq!(refusal.values["trace_id"], "t");
        assert!(!refusal.values.contains_key("suberror"));
    }

    #[test]
    fn a_document_without_a_tenant_is_unexpected() {
        for body in [
            "{}",
            r#"{"issuer":"https://x/{tenantid}/v2.0"}"#,
            "[]",
            r#"{"issuer":7}"#,
        ] {
            let Reply::Unexpected(unexpected) = discovered(200, body) else {
                panic!("{body}")
            };
            assert_eq!(
                (unexpected.problem.as_str(), unexpected.foreign),
                ("no tenant in it", false)
            );
        }
    }

    /// The parts of Microsoft's documents that matter here, as they are at the hosts of the clouds.
    const DOCUMENTS_OF_NO_TENANT: [&str; 5] = [
        r#"{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","tenant_region_scope":null,"cloud_instance_name":"microsoftonline.com"}"#,
        r#"{"issuer":"https://login.microsoftonline.us/{tenantid}/v2.0","tenant_region_scope":null}"#,
        r#"{"issuer":"https://login.partner.microsoftonline.cn/{tenantid}/v2.0"}"#,
        r#"{"issuer":"https://sts.windows.net/{tenantid}/"}"#,
        r#"{"issuer":"https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0","tenant_region_scope":null}"#,
    ];

    #[test]
    fn a_document_of_no_tenant_shows_that_the_host_is_reachable() {
        for body in DOCUMENTS_OF_NO_TENANT {
            let response = received(200, &[("content-type", "application/json")], body);
            assert_eq!(
                read_any_discovery(&response, &SecretMask::default()),
                Reply::Success(()),
                "{body}"
            );
        }
        for body in ["{}", "[]", r#"{"issuer":7}"#, r#"{"issuer":"login"}"#] {
            let reply = read_any_discovery(&received(200, &[], body), &SecretMask::default());
            assert!(matches!(reply, Reply::Unexpected(_)), "{body}");
        }
        assert!(matches!(
            read_any_discovery(&received(400, &[], NOT_FOUND), &SecretMask::default()),
            Reply::Refused(_)
        ));
    }

    #[test]
    fn every_documented_form_of_an_issuer_holds_the_tenant() {
        let id = "5f3c1a52-0000-4000-8000-000000000001";
        for issuer in [
            format!("https://login.microsoftonline.com/{id}/v2.0"),
            format!("https://login.microsoftonline.us/{id}/v2.0"),
            format!("https://login.partner.microsoftonline.cn/{id}/v2.0"),
            format!("https://sts.windows.net/{id}/"),
            format!("https://sts.chinacloudapi.cn/{id}/"),
            format!("https://contoso.b2clogin.com/{id}/v2.0/"),
            format!("https://{id}.ciamlogin.com/{id}/v2.0"),
        ] {
            for region in ["null", "\"EU\""] {
                let body = format!(
                    r#"{{"issuer":"{issuer}","tenant_region_scope":{region},"tenant_region_sub_scope":null}}"#
                );
                let facts = discovered(200, &body).success().cloned().unwrap();
                assert_eq!(
                    (facts.tenant_id.as_str(), facts.region_sub_scope),
                    (id, None),
                    "{body}"
                );
            }
        }
    }

    #[test]
    fn numbers_come_out_of_the_text_when_the_list_is_missing() {
        let error: SignInError = serde_json::from_str(
            r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired"}"#,
        )
        .unwrap();
        let refusal = refusal(&received(401, &[], ""), &error, &SecretMask::default());
        assert_eq!((refusal.status, refusal.aadsts), (401, vec![7_000_222]));
        let error: SignInError =
            serde_json::from_str(r#"{"error":"x","error_codes":["53003",7]}"#).unwrap();
        assert_eq!(numbers(&error.error_codes), [53_003, 7]);
    }

    #[test]
    fn a_malformed_success_is_never_quoted() {
        let reply: Reply<()> = unreadable(
            &received(200, &[], r#"{"access_token":"opaque-token"#),
            &SecretMask::default(),
        );
        let Reply::Unexpected(unexpected) = reply else {
            panic!()
        };
        assert_eq!(
            (unexpected.problem.as_str(), unexpected.excerpt.as_str()),
            ("cut off", "")
        );
    }

    #[test]
    fn a_tenant_cannot_leave_its_place_in_the_path() {
        let base = Url::parse("https://login.test/").unwrap();
        assert_eq!(
            below(&base, &["../x/y?z", "token"]).as_str(),
            "https://login.test/..%2Fx%2Fy%3Fz/token"
        );
        let nested = Url::parse("https://gate.test/v1.0").unwrap();
        assert_eq!(
            below(&nested, &["users"]).as_str(),
            "https://gate.test/v1.0/users"
        );
        let room = below(&nested, &["users", "o'neill+1@contoso.com"]);
        assert_eq!(
            room.as_str(),
            "https://gate.test/v1.0/users/o%27neill%2B1@contoso.com"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_response_is_read_without_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300), status in 100u16..600) {
            let response = received(status, &[], body);
            let _ = read_discovery(&response, &SecretMask::default());
            let _: Reply<()> = unreadable(&response, &SecretMask::default());
        }

        #[test]
        fn any_error_field_is_read_without_panic(text in "\\PC{0,60}", number in proptest::num::i64::ANY) {
            let body = serde_json::json!({"error": text, "error_description": text, "error_codes": [number, text, null], "claims": {"x": text}});
            let read = read_discovery(&received(400, &[], body.to_string()), &SecretMask::default());
            proptest::prop_assert!(matches!(read, Reply::Refused(_)));
        }
    }
}
