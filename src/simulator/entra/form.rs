//! The form of a token request, and the client's credentials in either of their two places.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::simulator::message::SimulatedRequest;

use super::assertion::ASSERTION_TYPE;
use super::error::EntraError;

/// A token request whose form could be read.
#[derive(Debug, Default)]
pub(crate) struct TokenForm {
    pub(crate) client_id: String,
    pub(crate) secret: Option<String>,
    pub(crate) assertion: Option<String>,
    pub(crate) scope: String,
}

/// Reads the request; what is missing is refused with the codes of Entra ID.
pub(crate) fn read(request: &SimulatedRequest) -> Result<TokenForm, EntraError> {
    if request.method != "POST" {
        let text = format!(
            "The endpoint only accepts POST requests. Received a {} request.",
            request.method
        );
        return Err(EntraError::new(900_561, text));
    }
    let field = |name: &str| form_field(request, name);
    match field("grant_type")
        .ok_or_else(|| missing("grant_type"))?
        .as_str()
    {
        "client_credentials" => {}
        other => {
            return Err(EntraError::new(
                70_003,
                format!("The app requested an unsupported grant type '{other}'."),
            ));
        }
    }
    // Entra accepts the credentials in the form and as HTTP Basic.
    let basic = basic_credentials(request);
    let client_id = field("client_id").or_else(|| basic.as_ref().map(|(id, _)| id.clone()));
    Ok(TokenForm {
        client_id: client_id.ok_or_else(|| missing("client_id"))?,
        secret: field("client_secret")
            .or_else(|| basic.map(|(_, secret)| secret))
            .filter(|secret| !secret.is_empty()),
        assertion: field("client_assertion")
            .filter(|_| field("client_assertion_type").as_deref() == Some(ASSERTION_TYPE)),
        scope: field("scope").ok_or_else(|| missing("scope"))?,
    })
}

fn missing(field: &str) -> EntraError {
    EntraError::new(
        900_144,
        format!("The request body must contain the following parameter: '{field}'."),
    )
}

fn form_field(request: &SimulatedRequest, name: &str) -> Option<String> {
    let is_form = request.header("content-type").is_some_and(|kind| {
        kind.to_lowercase()
            .starts_with("application/x-www-form-urlencoded")
    });
    if !is_form {
        return None;
    }
    url::form_urlencoded::parse(&request.body)
        .find(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

/// RFC 6749, section 2.3.1: both halves are form-encoded before they are joined.
fn basic_credentials(request: &SimulatedRequest) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |half: &str| {
        percent_decode_str(&half.replace('+', " "))
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((decoded(id), decoded(secret)))
}
