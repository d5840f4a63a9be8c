//! Reading the responses of Microsoft Graph: lists, single objects and Graph's error form.

use serde_json::Value;

use crate::evidence::{Refusal, Reply};

use super::mask::SecretMask;
use super::received_response::ReceivedResponse;

/// Inner errors are followed no deeper than this.
const DEEPEST_INNER_ERROR: usize = 16;

/// A success is any response with a status of success whose body `wanted` accepts; the rest is refused or unexpected.
pub(super) fn read<T>(
    response: &ReceivedResponse,
    mask: &SecretMask,
    wanted: impl FnOnce(&Value) -> Result<T, &'static str>,
) -> Reply<T> {
    match (json(response), response.is_success()) {
        (Ok(body), true) => match wanted(&body) {
            Ok(facts) => Reply::Success(facts),
            Err(problem) => response.incomplete(problem, mask),
        },
        (Ok(body), false) => match refusal(response, &body, mask) {
            Some(refusal) => Reply::Refused(refusal),
            None => response.undocumented("not in the form of an error", mask),
        },
        (Err(problem), _) => response.undocumented(problem, mask),
    }
}

/// Success without a body worth reading, such as 204 after a deletion.
pub(super) fn read_done(response: &ReceivedResponse, mask: &SecretMask) -> Reply<()> {
    // A web page with a status of success comes from a portal on the network path, not from Graph.
    if response.is_success() && !response.is_web_page() && !response.too_large {
        return Reply::Success(());
    }
    read(response, mask, |_| Ok(()))
}

/// Success with a list in it, of whatever length.
pub(super) fn read_list(response: &ReceivedResponse, mask: &SecretMask) -> Reply<()> {
    read(response, mask, |body| {
        body.get("value")
            .and_then(Value::as_array)
            .map(|_| ())
            .ok_or("no list in it")
    })
}

/// The body as JSON, or what is wrong with it in a few words.
pub(super) fn json(response: &ReceivedResponse) -> Result<Value, &'static str> {
    serde_json::from_str(&response.text()).map_err(|error| {
        if error.is_eof() {
            "cut off"
        } else {
            "not JSON"
        }
    })
}

/// Graph's error form: `{"error": {"code", "message", "innerError": {…}}}`. A gateway may send an OAuth error.
fn refusal(response: &ReceivedResponse, body: &Value, mask: &SecretMask) -> Option<Refusal> {
    let error = body.get("error")?;
    let (code, message) = match error {
        Value::Object(_) => (text(error, "code"), text(error, "message")),
        Value::String(code) => (Some(code.clone()), text(body, "error_description")),
        _ => return None,
    };
    let mut inner_codes = inner_codes(error);
    inner_codes.extend(message.as_deref().and_then(code_in_message));
    let code = code.filter(|code| !code.is_empty());
    inner_codes.retain(|inner| Some(inner) != code.as_ref());
    Some(Refusal {
        aadsts: message.as_deref().map(aadsts_numbers).unwrap_or_default(),
        code: code.map(|code| mask.sanitize(&code)),
        inner_codes: inner_codes.iter().map(|code| mask.sanitize(code)).collect(),
        message: message
            .filter(|message| !message.is_empty())
            .map(|message| mask.sanitize(&message)),
        ..response.refusal(mask)
    })
}

/// The codes of the inner errors, outermost first. Microsoft writes `innerError` and `innererror`.
fn inner_codes<'e>(error: &'e Value) -> Vec<String> {
    let below = |error: &&'e Value| error.get("innerError").or_else(|| error.get("innererror"));
    std::iter::successors(below(&error), below)
        .take(DEEPEST_INNER_ERROR)
        .filter_map(|inner| text(inner, "code"))
        .filter(|code| !code.is_empty())
        .collect()
}

/// Places and Reports put JSON into the message; its code counts as an inner one.
fn code_in_message(message: &str) -> Option<String> {
    if !message.trim_start().starts_with('{') {
        return None;
    }
    let body: Value = serde_json::from_str(message).ok()?;
    text(&body, "code").or_else(|| text(body.get("error")?, "code"))
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}

/// Every number after `AADSTS`, each once, in order.
pub(super) fn aadsts_numbers(text: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    for after in text.split("AADSTS").skip(1) {
        let digits = after
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(after.len());
        if let Ok(number) = after[..digits].parse()
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::received_response::tests::received;

    fn refused(status: u16, body: &str) -> Refusal {
        match read_list(
            &received(status, &[("content-type", "application/json")], body),
            &SecretMask::default(),
        ) {
            Reply::Refused(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }

    fn problem(status: u16, body: &str) -> String {
        match read_list(&received(status, &[], body), &SecretMask::default()) {
            Reply::Unexpected(unexpected) => unexpected.problem,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_oauth_error_of_a_gateway_is_a_refusal_with_its_code() {
        let body = r#"{"error":"invalid_token","error_description":"AADSTS50173: The grant has expired."}"#;
        let refusal = refused(401, body);
        assert_eq!(refusal.code.as_deref(), Some("invalid_token"));
        assert_eq!(refusal.aadsts, [50_173]);
        assert!(!problem(401, r#"{"error":42}"#).is_empty());
    }

    #[test]
    fn a_success_without_a_list_is_not_a_refusal_whatever_its_headers_are() {
        let headers = [("x-ms-diagnostics", "2000008;reason=\"x\"")];
        let read =
            |status, body| read_list(&received(status, &headers, body), &SecretMask::default());
        assert!(matches!(read(200, "{}"), Reply::Unexpected(_)));
        assert!(matches!(read(200, ""), Reply::Refused(_)));
        assert!(matches!(read(403, "{}"), Reply::Refused(_)));
    }

    #[test]
    fn a_list_is_a_success_even_when_empty() {
        let full = received(200, &[], r#"{"value":[{"id":"1"}]}"#);
        assert_eq!(read_list(&full, &SecretMask::default()), Reply::Success(()));
        assert_eq!(
            read_list(
                &received(200, &[], r#"{"value":[]}"#),
                &SecretMask::default()
            ),
            Reply::Success(())
        );
    }

    #[test]
    fn an_error_keeps_its_codes_from_the_outermost_to_the_innermost() {
        let body = r#"{"error":{"code":"generalException","message":"m","innerError":{"code":"outer","innererror":{"code":"inner","date":"x"}}}}"#;
        let refusal = refused(403, body);
        assert_eq!(refusal.code.as_deref(), Some("generalException"));
        assert_eq!(refusal.inner_codes, ["outer", "inner"]);
        assert_eq!(refusal.message.as_deref(), Some("m"));
    }

    #[test]
    fn inner_errors_are_followed_to_the_deepest_level_and_not_beyond() {
        let followed = |levels: usize| {
            let inner = (0..levels).rev().fold("{}".to_owned(), |inner, level| {
                format!(r#"{{"code":"c{level}","innerError":{inner}}}"#)
            });
            let body = format!(r#"{{"error":{{"code":"outer","innerError":{inner}}}}}"#);
            refused(403, &body).inner_codes.len()
        };
        assert_eq!(followed(DEEPEST_INNER_ERROR), DEEPEST_INNER_ERROR);
        assert_eq!(followed(DEEPEST_INNER_ERROR + 1), DEEPEST_INNER_ERROR);
    }

    #[test]
    fn json_inside_the_message_yields_its_code() {
        let body = r#"{"error":{"code":"UnknownError","message":"{\"error\":{\"code\":\"S2SUnauthorized\",\"message\":\"Invalid permission.\"}}"}}"#;
        assert_eq!(refused(403, body).inner_codes, ["S2SUnauthorized"]);
        let places = r#"{"error":{"code":"UnknownError","message":"{\"code\":\"invalid_permissions\",\"message\":\"x\"}"}}"#;
        assert_eq!(refused(403, places).inner_codes, ["invalid_permissions"]);
    }

    #[test]
    fn sign_in_codes_inside_a_message_are_found() {
        let body = r#"{"error":{"code":"AuthenticationError","message":"AADSTS500014: disabled. See AADSTS500014 or AADSTS53003."}}"#;
        assert_eq!(refused(400, body).aadsts, [500_014, 53_003]);
        assert_eq!(
            aadsts_numbers("AADSTS AADSTSx AADSTS99999999999999999999999"),
            Vec::<u64>::new()
        );
    }

    #[test]
    fn an_empty_code_is_not_a_code() {
        let refusal = refused(401, r#"{"error":{"code":"","message":""}}"#);
        assert_eq!((refusal.code, refusal.message), (None, None));
    }

    #[test]
    fn other_bodies_are_named_by_their_fault() {
        assert_eq!(problem(200, r#"{"value":[{"#), "cut off");
        assert_eq!(problem(200, "hello"), "not JSON");
        assert_eq!(problem(200, ""), "empty");
        assert_eq!(problem(200, r#"{"values":[]}"#), "no list in it");
        assert_eq!(
            problem(404, r#"{"detail":"no"}"#),
            "not in the form of an error"
        );
        assert_eq!(problem(200, "<html></html>"), "a web page");
    }

    #[test]
    fn a_deletion_needs_no_body_but_a_portal_page_is_not_a_deletion() {
        assert_eq!(
            read_done(&received(204, &[], ""), &SecretMask::default()),
            Reply::Success(())
        );
        assert!(matches!(
            read_done(&received(200, &[], "<html>"), &SecretMask::default()),
            Reply::Unexpected(_)
        ));
    }

    proptest::proptest! {
        #[test]
        fn any_body_is_read_without_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300), status in 100u16..600) {
            let response = received(status, &[], body);
            let _ = read_list(&response, &SecretMask::default());
            let _ = read_done(&response, &SecretMask::default());
        }

        #[test]
        fn any_error_object_is_read_without_panic(code in "\\PC{0,30}", message in ".{0,60}") {
            let body = serde_json::json!({"error": {"code": code, "message": message, "innerError": {"code": message}}});
            let read = read_list(&received(403, &[], body.to_string()), &SecretMask::default());
            proptest::prop_assert!(matches!(read, Reply::Refused(_)));
        }
    }
}
