//! `$batch`: up to twenty requests in one.

use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::error::GraphRefusal;
use super::routes;
use crate::simulator::message::{SimulatedAnswer, SimulatedRequest};

/// Answers each inner request as if it had come alone.
pub(crate) fn answer(call: &Call<'_>) -> Outcome {
    let body = call.json_body()?;
    let requests = body["requests"].as_array().ok_or_else(|| GraphRefusal::bad_request("'requests' is missing."))?;
    if requests.is_empty() || requests.len() > 20 {
        return Err(GraphRefusal::bad_request("A batch holds between 1 and 20 requests."));
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut responses = Vec::new();
    for inner in requests {
        let id = inner["id"].as_str().ok_or_else(|| GraphRefusal::bad_request("A batched request has no id."))?;
        if !seen.insert(id.to_lowercase()) {
            return Err(GraphRefusal::bad_request(format!("The id '{id}' is not unique.")));
        }
        responses.push(response(call, id, inner)?);
    }
    Ok(SimulatedAnswer::json(200, &json!({ "responses": responses })))
}

fn response(call: &Call<'_>, id: &str, inner: &Value) -> Result<Value, GraphRefusal> {
    let request = inner_request(call, inner)?;
    let answer = routes::answer(call.tenant, &request);
    let headers: serde_json::Map<String, Value> =
        answer.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    Ok(json!({"id": id, "status": answer.status, "headers": headers, "body": body}))
}

fn inner_request(call: &Call<'_>, inner: &Value) -> Result<SimulatedRequest, GraphRefusal> {
    let url = inner["url"].as_str().filter(|url| !url.contains("$batch"));
    let url = url.ok_or_else(|| GraphRefusal::bad_request("A batched request has no usable url."))?;
    let mut headers: Vec<(String, String)> = inner["headers"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| value.as_str().map(|value| (name.clone(), value.to_owned())))
        .collect();
    headers.extend(call.request.header("authorization").map(|value| ("authorization".to_owned(), value.to_owned())));
    Ok(SimulatedRequest {
        method: inner["method"].as_str().unwrap_or("GET").to_uppercase(),
        target: format!("/v1.0/{}", url.trim_start_matches('/')),
        headers,
        body: if inner["body"].is_null() { Vec::new() } else { inner["body"].to_string().into_bytes() },
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
        assert_eq!(answer["responses"][1]["body"]["error"]["code"], "Request_ResourceNotFound");
    }

    #[test]
    fn ids_are_unique() {
        let one = json!({"id": "1", "method": "GET", "url": "/users"});
        let batch = json!({"requests": [one, one]});
        assert_eq!(ask_graph(&small_tenant(), "POST", "/$batch", Some(&batch)).status, 400);
    }
}
