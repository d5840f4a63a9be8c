//! Refusals in the error form of `OData`.

use serde_json::json;
use uuid::Uuid;

use crate::simulator::clock;
use crate::simulator::message::{SimulatedRequest, SimulatedResponse};

/// The value of `x-ms-ags-diagnostic`.
pub(crate) const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"003","RoleInstance":"AM0SIMULATED0001"}}"#;

/// A refusal of Microsoft Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GraphRefusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl GraphRefusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> GraphRefusal {
        GraphRefusal {
            status,
            code: code.to_owned(),
            message: message.into(),
            headers: Vec::new(),
        }
    }

    /// The same refusal with one more header.
    #[must_use]
    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> GraphRefusal {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// 403 of the directory: a role is missing.
    pub(crate) fn insufficient_privileges() -> GraphRefusal {
        GraphRefusal::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    /// 403 of Exchange: a role is missing, or the mailbox is out of scope.
    pub(crate) fn access_denied() -> GraphRefusal {
        GraphRefusal::new(
            403,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    /// 404 of the directory.
    pub(crate) fn resource_not_found(id: &str) -> GraphRefusal {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        GraphRefusal::new(404, "Request_ResourceNotFound", message)
    }

    /// 400 of the service itself.
    pub(crate) fn bad_request(message: impl Into<String>) -> GraphRefusal {
        GraphRefusal::new(400, "BadRequest", message)
    }

    /// The response, with the ids of the request repeated inside as Graph does.
    pub(crate) fn to_response(
        &self,
        request: &SimulatedRequest,
        now: jiff::Timestamp,
    ) -> SimulatedResponse {
        let id = Uuid::new_v4().to_string();
        let client_id = request
            .header("client-request-id")
            .unwrap_or(&id)
            .to_owned();
        let date = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        let body = json!({"error": {
            "code": self.code,
            "message": self.message,
            "innerError": {"date": date, "request-id": id, "client-request-id": client_id},
        }});
        let mut response =
            SimulatedResponse::json(self.status, &body).with_header("request-id", id);
        response.headers.extend(self.headers.iter().cloned());
        response.with_header("date", clock::http_date(now))
    }
}
