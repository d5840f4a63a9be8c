//! Every request that was sent.

use crate::report::{Report, wording};

use super::page::Page;
use super::tone::Tone;

/// Draws the ledger, two lines for each request. Addresses and ids are never broken, so that they can be copied.
pub fn draw_requests(page: &mut Page, report: &Report) {
    page.heading(wording::REQUESTS);
    if report.requests.is_empty() {
        page.line(format!(" {}", wording::NO_REQUESTS));
    }
    for request in &report.requests {
        page.line(format!(
            " {:>3}  {} {}",
            request.n, request.method, request.url
        ));
        let facts = page.paint(&wording::request_facts(request), Tone::Quiet);
        page.line(format!("      {facts}"));
    }
}
