//! Every request that was made.

use super::page::Page;
use super::tone::Tone;
use crate::evidence::RequestRecord;
use crate::report::Report;

/// Draws the ledger, two lines for each request. Addresses and ids are never broken, so that they can be copied.
pub fn draw_requests(page: &mut Page, report: &Report) {
    page.heading("WHAT THIS PROGRAM DID IN THE TENANT");
    if report.requests.is_empty() {
        page.line(" No request was made.");
    }
    for request in &report.requests {
        page.line(format!(
            " {:>3}  {} {}",
            request.n, request.method, request.url
        ));
        let facts = page.paint(&facts(request), Tone::Quiet);
        page.line(format!("      {facts}"));
    }
}

fn facts(request: &RequestRecord) -> String {
    let mut facts = vec![
        response(request),
        format!("{} ms", request.ms),
        request.purpose.to_string(),
    ];
    if request.attempts != 1 {
        facts.push(format!("{} attempts", request.attempts));
    }
    if request.writes {
        facts.push("can write".to_owned());
    }
    facts.push(request.at.to_string());
    facts.extend(
        request
            .request_id
            .iter()
            .map(|id| format!("request-id {id}")),
    );
    facts.extend(
        request
            .client_request_id
            .iter()
            .map(|id| format!("client-request-id {id}")),
    );
    facts.extend(
        request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}")),
    );
    facts.join(", ")
}

fn response(request: &RequestRecord) -> String {
    match (request.status, &request.failure) {
        (Some(status), _) => status.to_string(),
        (None, Some(failure)) => format!("no answer ({failure})"),
        (None, None) => "no answer".to_owned(),
    }
}
