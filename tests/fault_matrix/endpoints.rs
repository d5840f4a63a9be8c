//! The endpoints of a run: every kind of request that a healthy run sends, read from the recording of the tenant.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use regex::Regex;
use rx_preflight::evidence::RequestRecord;
use rx_preflight::report::Report;
use serde_json::Value;
use tempfile::TempDir;

use crate::judge::{Place, place};
use crate::support::Tenant;

/// A kind of request, the filter of a fault that strikes it, and the rows that rest on it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub name: String,
    /// `at` and the filters, as lines of a fault.
    pub filter: String,
    /// The rows whose own requests are of this kind.
    pub rows: BTreeSet<Place>,
}

impl Endpoint {
    /// Whether a row can pass although this request failed: what a batch leaves is requested again without it, and the
    /// effect of a request that creates or deletes the test event is looked up afterwards.
    fn is_settled_elsewhere(&self) -> bool {
        let parts = [
            "$batch",
            "CreateItem",
            "DeleteItem",
            "POST v1.0/users/events",
            "DELETE",
        ];
        parts.iter().any(|part| self.name.contains(part))
    }

    /// Whether it belongs to a service.
    pub fn is_at(&self, at: &str) -> bool {
        self.filter.starts_with(&format!("at = '{at}'"))
    }
}

/// The endpoints of a check of a scenario.
pub fn recorded(scenario: &str, simulate: &[&str], check: &[&str]) -> Vec<Endpoint> {
    let tenant = Tenant::start_with(scenario, false, simulate);
    let folder = TempDir::new().unwrap();
    let mut command = tenant.check(folder.path());
    let output = command
        .args(["--format", "json"])
        .args(check)
        .output()
        .unwrap();
    let report =
        Report::from_json(&output.stdout).unwrap_or_else(|error| panic!("{scenario}: {error}"));
    let traffic = fs::read_to_string(tenant.folder.path().join("traffic.jsonl")).unwrap();
    let mut endpoints: BTreeMap<String, Endpoint> = BTreeMap::new();
    for line in traffic.lines() {
        let request: Value = serde_json::from_str(line).unwrap();
        let rows = rows_of(&report, request["headers"]["client-request-id"].as_str());
        for found in [Some(endpoint(&request)), in_batch(&request)]
            .into_iter()
            .flatten()
        {
            let endpoint = endpoints.entry(found.name.clone()).or_insert(found);
            if !endpoint.is_settled_elsewhere() {
                endpoint.rows.extend(rows.iter().cloned());
            }
        }
    }
    assert!(
        endpoints.values().any(|endpoint| !endpoint.rows.is_empty()),
        "{scenario}"
    );
    endpoints.into_values().collect()
}

/// The rows that rest on the request with this id.
fn rows_of(report: &Report, id: Option<&str>) -> BTreeSet<Place> {
    let is_it =
        |request: &&RequestRecord| id.is_some() && request.client_request_id.as_deref() == id;
    let numbers: BTreeSet<u32> = report
        .requests
        .iter()
        .filter(is_it)
        .map(|request| request.n)
        .collect();
    let rows = report.results.iter();
    rows.filter(|row| row.requests.iter().any(|n| numbers.contains(n)))
        .map(place)
        .collect()
}

/// The endpoint of the requests within a batch, which are all of one kind.
fn in_batch(request: &Value) -> Option<Endpoint> {
    let body: Value = serde_json::from_str(request["body"].as_str()?).ok()?;
    let inner = body["requests"].get(0)?;
    let path = inner["url"].as_str()?.split('?').next()?;
    let mut endpoint = graph_endpoint(inner["method"].as_str()?, &format!("/v1.0{path}"));
    endpoint.name.push_str(" in a batch");
    Some(endpoint)
}

fn endpoint(request: &Value) -> Endpoint {
    let url = url::Url::parse(request["url"].as_str().unwrap()).unwrap();
    let path = url.path();
    let body = request["body"].as_str().unwrap_or_default();
    if path.contains("openid-configuration") {
        return named("discovery", "discovery", "");
    }
    if path.ends_with("/token") {
        let host = ["graph.microsoft.com", "outlook.office365.com"]
            .into_iter()
            .find(|host| body.contains(host));
        let key = format!("containing = '{}'", host.unwrap_or_default());
        return named(
            &format!("token {}", host.unwrap_or_default()),
            "sign-in",
            &key,
        );
    }
    if path.starts_with("/EWS/") {
        let operation = Regex::new(r"Body[^>]*>\s*<(?:\w+:)?(\w+)").unwrap();
        return match operation.captures(body) {
            Some(found) => {
                let name = &found[1];
                named(
                    &format!("EWS {name}"),
                    "exchange",
                    &format!("containing = '{name}'"),
                )
            }
            None => named("EWS", "exchange", ""),
        };
    }
    graph_endpoint(request["method"].as_str().unwrap(), path)
}

/// A Graph path without what differs from mailbox to mailbox.
fn graph_endpoint(method: &str, path: &str) -> Endpoint {
    let kept: Vec<&str> = path
        .split('/')
        .filter(|part| {
            !part.is_empty() && part.len() < 30 && !part.contains('@') && !part.contains("%40")
        })
        .collect();
    let last = kept.last().copied().unwrap_or_default();
    named(
        &format!("Graph {method} {}", kept.join("/")),
        "graph",
        &format!("path = '/{last}'"),
    )
}

fn named(name: &str, at: &str, filter: &str) -> Endpoint {
    Endpoint {
        name: name.to_owned(),
        filter: format!("at = '{at}'\n{filter}"),
        rows: BTreeSet::new(),
    }
}
