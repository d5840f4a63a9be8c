//! The recording: one JSON object a line for every request and its response. Secrets and tokens are never recorded.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use super::echo;
use super::lock::lock;
use super::message::{SimulatedRequest, SimulatedResponse};

const HIDDEN: &str = "***";
const SECRET_FIELDS: &[&str] = &[
    "client_secret",
    "client_assertion",
    "password",
    "refresh_token",
];

/// Writes the recording.
#[derive(Debug)]
pub(crate) struct Recorder {
    file: Mutex<File>,
}

impl Recorder {
    /// Begins a recording; an existing file is replaced.
    pub(crate) fn create(path: &Path) -> std::io::Result<Recorder> {
        Ok(Recorder {
            file: Mutex::new(File::create(path)?),
        })
    }

    /// Adds one exchange; `response` is absent where a fault gave none.
    pub(crate) fn note(
        &self,
        url: &str,
        request: &SimulatedRequest,
        response: Option<&SimulatedResponse>,
    ) {
        let line = format!("{}\n", line(url, request, response));
        // The file is gone or the disk is full: the simulation itself goes on.
        let _ = lock(&self.file).write_all(line.as_bytes());
    }
}

fn line(url: &str, request: &SimulatedRequest, response: Option<&SimulatedResponse>) -> Value {
    let mut entry = json!({
        "method": request.method,
        "url": url,
        "headers": headers(&request.headers),
        "body": if request.body.is_empty() { Value::Null } else { json!(without_secrets(request)) },
    });
    if let Some(response) = response {
        let body = without_token(response);
        let headers = headers(&response.headers);
        let repeats = |text: &str| echo::is_repeated_in(text, request);
        entry["response"] = if repeats(&body) || repeats(&headers.to_string()) {
            json!({"status": response.status, "headers": HIDDEN, "body": HIDDEN})
        } else {
            json!({"status": response.status, "headers": headers, "body": body})
        };
    }
    entry
}

fn headers(headers: &[(String, String)]) -> Value {
    let mut shown = Map::new();
    for (name, value) in headers {
        // These headers contain tokens and passwords.
        let hide = name.eq_ignore_ascii_case("authorization")
            || name.eq_ignore_ascii_case("proxy-authorization");
        let value = if hide { HIDDEN } else { value.as_str() };
        // A header can repeat, but a name in a JSON object cannot.
        let joined = match shown.get(name).and_then(Value::as_str) {
            Some(before) => format!("{before}, {value}"),
            None => value.to_owned(),
        };
        shown.insert(name.clone(), json!(joined));
    }
    Value::Object(shown)
}

/// The body; in forms the values of secret fields are hidden.
fn without_secrets(request: &SimulatedRequest) -> String {
    let kind = request
        .header("content-type")
        .unwrap_or_default()
        .to_lowercase();
    let text = request.text();
    let mentions_secret = SECRET_FIELDS.iter().any(|field| text.contains(field));
    if !kind.starts_with("application/x-www-form-urlencoded") {
        // A secret in a body of another kind cannot be cut out safely.
        return if mentions_secret {
            HIDDEN.to_owned()
        } else {
            text
        };
    }
    let hidden = |name: &str, value: &str| {
        if SECRET_FIELDS.contains(&name) {
            HIDDEN.to_owned()
        } else {
            value.to_owned()
        }
    };
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(
            url::form_urlencoded::parse(text.as_bytes()).map(|(name, value)| {
                let shown = hidden(&name, &value);
                (name.into_owned(), shown)
            }),
        )
        .finish()
}

/// The body; the token of a token response is hidden.
fn without_token(response: &SimulatedResponse) -> String {
    let text = response.text();
    match serde_json::from_str::<Value>(&text) {
        Ok(mut body) if body.get("access_token").is_some() => {
            body["access_token"] = json!(HIDDEN);
            body.to_string()
        }
        // A body that is not valid JSON can still contain a token, so it is hidden as a whole.
        _ if text.contains("access_token") => HIDDEN.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::{
        APP, GRAPH_SCOPE, SECRET, TENANT, authorized, get, small_tenant, token_request,
    };

    #[test]
    fn neither_secret_nor_token_is_written() {
        let tenant = small_tenant();
        let send = token_request(TENANT, APP, SECRET, GRAPH_SCOPE);
        let response = tenant.respond(&send);
        let token = serde_json::from_str::<Value>(&response.text()).unwrap()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        let call = authorized(&tenant, GRAPH_SCOPE, get("/v1.0/users"));
        let recorded = format!(
            "{}{}",
            line("u", &send, Some(&response)),
            line("u", &call, Some(&tenant.respond(&call)))
        );
        assert!(
            !recorded.contains("8Q~") && !recorded.contains("8Q%7E") && !recorded.contains(&token)
        );
        assert!(!recorded.contains("Bearer ey"));
        assert!(
            recorded.contains("grant_type=client_credentials")
                && recorded.contains("boardroom@contoso.com")
        );
    }

    #[test]
    fn a_response_that_repeats_the_secret_is_hidden() {
        let send = token_request(TENANT, APP, SECRET, GRAPH_SCOPE);
        let echo = SimulatedResponse::empty(400).with_header("x-echo", SECRET);
        let recorded = line("u", &send, Some(&echo));
        assert_eq!(recorded["response"]["headers"], HIDDEN);
        assert_eq!(recorded["response"]["status"], 400);
    }

    #[test]
    fn a_secret_in_an_odd_place_hides_the_whole_body() {
        let mut request = token_request(TENANT, APP, SECRET, GRAPH_SCOPE);
        request.headers[0].1 = "text/plain".to_owned();
        assert_eq!(line("u", &request, None)["body"], HIDDEN);
    }
}
