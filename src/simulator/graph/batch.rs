//! `$batch`: up to twenty requests in one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};

use super::call::{GraphCall, Outcome};
use super::error::GraphRefusal;

/// Microsoft takes no more requests in one batch.
const MOST: usize = 20;
/// Outlook works on so many requests of a batch at a time, whatever their mailboxes.
const CONCURRENT_REQUESTS: usize = 4;

/// A batch in its right form, each request as it would be if it had come alone.
pub(crate) struct Batch {
    ids: Vec<String>,
    requests: Vec<SimulatedRequest>,
    is_ordered: bool,
}

impl Batch {
    /// The requests, in their order.
    pub(crate) fn requests(&self) -> &[SimulatedRequest] {
        &self.requests
    }

    /// How many of them run at the same time. Requests with `dependsOn` run in order.
    pub(crate) fn concurrency(&self) -> usize {
        if self.is_ordered {
            1
        } else {
            CONCURRENT_REQUESTS
        }
    }

    /// The response to the batch: the responses to its requests, each with the index of its request, in any order.
    pub(crate) fn to_response(
        &self,
        responses: impl IntoIterator<Item = (usize, SimulatedResponse)>,
    ) -> SimulatedResponse {
        let responses: Vec<Value> = responses
            .into_iter()
            .filter_map(|(place, response)| {
                self.ids.get(place).map(|id| inner_response(id, &response))
            })
            .collect();
        SimulatedResponse::json(200, &json!({ "responses": responses }))
    }
}

/// Responds to each request of a batch in order, by `respond`.
pub(crate) fn respond(
    call: &GraphCall<'_>,
    respond: impl Fn(&SimulatedRequest) -> SimulatedResponse,
) -> Outcome {
    let batch = read(call)?;
    Ok(batch.to_response(batch.requests().iter().map(respond).enumerate()))
}

/// The batch of a call.
pub(crate) fn read(call: &GraphCall<'_>) -> Result<Batch, GraphRefusal> {
    let body = call.json_body()?;
    let inner = body["requests"]
        .as_array()
        .ok_or_else(|| GraphRefusal::bad_request("'requests' is missing."))?;
    if inner.is_empty() || inner.len() > MOST {
        return Err(GraphRefusal::bad_request(format!(
            "A batch holds between 1 and {MOST} requests."
        )));
    }
    let (mut ids, mut seen) = (Vec::new(), BTreeSet::new());
    for request in inner {
        let id = request["id"]
            .as_str()
            .ok_or_else(|| GraphRefusal::bad_request("A batched request has no id."))?;
        if !seen.insert(id.to_lowercase()) {
            return Err(GraphRefusal::bad_request(format!(
                "The id '{id}' is not unique."
            )));
        }
        ids.push(id.to_owned());
    }
    let requests = inner
        .iter()
        .map(|request| inner_request(call, request))
        .collect::<Result<_, _>>()?;
    let is_ordered = inner.iter().any(|request| request["dependsOn"].is_array());
    Ok(Batch {
        ids,
        requests,
        is_ordered,
    })
}

fn inner_response(id: &str, response: &SimulatedResponse) -> Value {
    let headers: serde_json::Map<String, Value> = response
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let body: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    json!({"id": id, "status": response.status, "headers": headers, "body": body})
}

fn inner_request(call: &GraphCall<'_>, inner: &Value) -> Result<SimulatedRequest, GraphRefusal> {
    // Otherwise a batch could contain further batches without end.
    let url = inner["url"].as_str().filter(|url| !url.contains("$batch"));
    let url =
        url.ok_or_else(|| GraphRefusal::bad_request("A batched request has no usable url."))?;
    let mut headers: Vec<(String, String)> = inner["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| value.as_str().map(|value| (name.clone(), value.to_owned())))
        .collect();
    // The requests of a batch carry no token of their own.
    headers.extend(
        call.request
            .header("authorization")
            .map(|value| ("authorization".to_owned(), value.to_owned())),
    );
    Ok(SimulatedRequest {
        method: inner["method"].as_str().unwrap_or("GET").to_uppercase(),
        target: format!("/v1.0/{}", url.trim_start_matches('/')),
        headers,
        body: if inner["body"].is_null() {
            Vec::new()
        } else {
            inner["body"].to_string().into_bytes()
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::simulator::small_tenant::{json_of, send_to_graph, small_tenant};

    #[test]
    fn each_request_has_its_own_response() {
        let batch = json!({"requests": [
            {"id": "1", "method": "GET", "url": "/users?$top=1"}, {"id": "2", "method": "GET", "url": "/users/missing@contoso.com"},
        ]});
        let response = json_of(&send_to_graph(
            &small_tenant(),
            "POST",
            "/$batch",
            Some(&batch),
        ));
        assert_eq!(response["responses"][0]["status"], 200);
        assert_eq!(
            response["responses"][1]["body"]["error"]["code"],
            "Request_ResourceNotFound"
        );
    }

    #[test]
    fn ids_are_unique() {
        let one = json!({"id": "1", "method": "GET", "url": "/users"});
        let batch = json!({"requests": [one, one]});
        assert_eq!(
            send_to_graph(&small_tenant(), "POST", "/$batch", Some(&batch)).status,
            400
        );
    }
}
