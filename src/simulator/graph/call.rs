//! One authenticated call.

use serde_json::Value;

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::scenario::App;
use crate::simulator::tenant::Tenant;
use crate::simulator::tokens::IssuedToken;

use super::error::GraphRefusal;
use super::query::Query;

/// What a handler gives back.
pub(crate) type Outcome = Result<SimulatedResponse, GraphRefusal>;

/// A call whose token is good.
pub(crate) struct GraphCall<'call> {
    pub(crate) tenant: &'call Tenant,
    pub(crate) request: &'call SimulatedRequest,
    pub(crate) token: IssuedToken,
    pub(crate) app: &'call App,
    pub(crate) query: Query,
}

impl GraphCall<'_> {
    /// Whether the token carries any of these app roles.
    pub(crate) fn holds_any(&self, roles: &[&str]) -> bool {
        self.token
            .roles
            .iter()
            .any(|held| roles.contains(&held.as_str()))
    }

    /// The body as a JSON object of a type with these properties; another property is refused. Names of action parameters
    /// are compared without case, and so are these.
    pub(crate) fn typed_body(
        &self,
        kind: &str,
        properties: &[&str],
    ) -> Result<Value, GraphRefusal> {
        let body = self.json_body()?;
        let stranger = body
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .find(|name| {
                // Names with an at sign are OData annotations, not properties.
                !name.contains('@')
                    && !properties
                        .iter()
                        .any(|known| known.eq_ignore_ascii_case(name))
            });
        match stranger {
            Some(name) => {
                let message = format!("The property '{name}' does not exist on type '{kind}'.");
                Err(GraphRefusal::new(400, "RequestBodyRead", message))
            }
            None => Ok(body),
        }
    }

    /// The body as a JSON object.
    pub(crate) fn json_body(&self) -> Result<Value, GraphRefusal> {
        let is_json = self
            .request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"));
        let body: Option<Value> = if is_json {
            serde_json::from_slice(&self.request.body).ok()
        } else {
            None
        };
        body.filter(Value::is_object).ok_or_else(|| {
            GraphRefusal::new(
                400,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is \
                 set and payload is of valid JSON format.",
            )
        })
    }
}
