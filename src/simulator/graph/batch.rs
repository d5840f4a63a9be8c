//! `$batch`: up to twenty requests in one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::error::GraphRefusal;
use crate::simulator::message::{SimulatedAnswer, SimulatedRequest};

/// Microsoft takes no more requests in one batch.
const MOST: usize = 20;
/// Outlook works on so many requests of a batch at a time, whatever their mailboxes.
const AT_ONCE: usize = 4;

/// A batch in its right form, each request as it would be if it had come alone.
pub(crate) struct Batch {
    ids: Vec<String>,
    requests: Vec<SimulatedRequest>,
    in_turn: bool,
}

impl Batch {
    /// The requests, in their order.
    pub(crate) fn requests(&self) -> &[SimulatedRequest] {
        &self.requests
    }

    /// How many of them are worked on at a time. Requests that depend on one another are answered in turn.
    pub(crate) fn at_once(&self) -> usize {
        if self.in_turn { 1 } else { AT_ONCE }
    }

    /// The answer to the batch: the answers to its requests, each with the place of its request, in whatever order.
    pub(crate) fn answer(
        &self,
        answers: impl IntoIterator<Item = (usize, SimulatedAnswer)>,
    ) -> SimulatedAnswer {
        let responses: Vec<Value> = answers
            .into_iter()
            .filter_map(|(place, answer)| self.ids.get(place).map(|id| response(id, &answer)))
            .collect();
        SimulatedAnswer::json(200, &json!({ "responses": responses }))
    }
}

/// Answers each request of a batch in turn, by `respond`.
pub(crate) fn answer(
    call: &Call<'_>,
    respond: impl Fn(&SimulatedRequest) -> SimulatedAnswer,
) -> Outcome {
    let batch = read(call)?;
    Ok(batch.answer(batch.requests().iter().map(respond).enumerate()))
}

/// The batch of a call.
pub(crate) fn read(call: &Call<'_>) -> Result<Batch, GraphRefusal> {
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
    let in_turn = inner.iter().any(|request| request["dependsOn"].is_array());
    Ok(Batch {
        ids,
        requests,
        in_turn,
    })
}

fn response(id: &str, answer: &SimulatedAnswer) -> Value {
    let headers: serde_json::Map<String, Value> = answer
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    json!({"id": id, "status": answer.status, "headers": headers, "body": body})
}

fn inner_request(call: &Call<'_>, inner: &Value) -> Result<SimulatedRequest, GraphRefusal> {
    let url = inner["url"].as_str().filter(|url| !url.contains("$batch"));
    let url =
        url.ok_or_else(|| GraphRefusal::bad_request("A batched request has no usable url."))?;
    let mut headers: Vec<(String, String)> = inner["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| value.as_str().map(|value| (name.clone(), value.to_owned())))
        .collect();
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

    use crate::simulator::fixtures::{ask_graph, json_of, small_tenant};

    #[test]
    fn each_request_has_its_own_answer() {
        let batch = json!({"requests": [
            {"id": "1", "method": "GET", "url": "/users?$top=1"}, {"id": "2", "method": "GET", "url": "/users/nobody@contoso.com"},
        ]});
        let answer = json_of(&ask_graph(&small_tenant(), "POST", "/$batch", Some(&batch)));
        assert_eq!(answer["responses"][0]["status"], 200);
        assert_eq!(
            answer["responses"][1]["body"]["error"]["code"],
            "Request_ResourceNotFound"
        );
    }

    #[test]
    fn ids_are_unique() {
        let one = json!({"id": "1", "method": "GET", "url": "/users"});
        let batch = json!({"requests": [one, one]});
        assert_eq!(
            ask_graph(&small_tenant(), "POST", "/$batch", Some(&batch)).status,
            400
        );
    }
}
