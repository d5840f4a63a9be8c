//! The report in at most twelve lines, to be pasted into a chat.

use super::page::Page;
use crate::report::order::{self, Numbered};
use crate::report::{Report, section, wording};

/// How many causes are told; with the other lines that makes twelve.
const CAUSES: usize = 6;

/// Draws who was asked, the causes without their remedies, and the counts.
pub fn draw(page: &mut Page, report: &Report) {
    let tool = &report.tool;
    page.line(format!(
        "{} {}, knowledge of {}, report {}",
        tool.name, tool.version, tool.knowledge_date, report.report_id
    ));
    let connections = wording::number(report.target.connections.len(), "connection");
    page.line(format!("Tenant {}, {connections}, {}", report.target.tenant_id, report.started_at));
    let causes: Vec<_> = order::causes(report).into_iter().filter(|cause| !cause.is_note()).collect();
    for cause in causes.iter().take(CAUSES) {
        page.line(line(cause));
    }
    if causes.len() > CAUSES {
        page.line(format!("and {}", wording::number(causes.len() - CAUSES, "more cause")));
    }
    page.line(section::totals(&report.results));
}

fn line(numbered: &Numbered<'_>) -> String {
    let cause = numbered.cause;
    let word = wording::requirement(cause.requirement);
    let number = numbered.number;
    format!("{number} [{word}] {} ({}; {})", cause.title, cause.id, wording::who(&cause.remedy.who))
}
