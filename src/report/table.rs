//! The report for people, on a terminal or in a log.

mod brief;
mod check_rows;
mod compact;
mod header;
mod migration;
pub(super) mod page;
mod permission_table;
mod problems;
mod request_list;
mod section_lines;
mod table_options;
pub(super) mod tone;
mod verdict_line;
pub(super) mod wrap;

use self::page::{Length, Page};
use super::{Report, sanitize};

pub use self::table_options::{Detail, TableOptions};

/// Draws a report. External text is sanitized for a terminal first; the verdict is the last line.
pub fn render(report: &Report, options: &TableOptions) -> String {
    let mut page = Page::new(options);
    let safe = sanitize::sanitize_report(report, options.unicode);
    match options.detail {
        Detail::Brief => brief::draw_brief(&mut page, &safe),
        Detail::Normal | Detail::Verbose => {
            if compact::is_large(&safe) && !page.is_verbose() {
                page.length = Length::Compact;
            }
            draw_full_report(&mut page, &safe);
        }
    }
    // Last, so that it is on the screen after any length of report, and `tail -1` of a log finds it.
    match &safe.migration {
        Some(migration) => migration::draw_readiness(&mut page, &safe, migration),
        None => verdict_line::draw_verdict(&mut page, &safe),
    }
    page.finish()
}

/// Draws every part of a report, which must be a sanitized copy.
fn draw_full_report(page: &mut Page, safe: &Report) {
    header::draw_header(page, safe);
    section_lines::draw_sections(page, safe);
    if let Some(migration) = &safe.migration {
        if !page.is_verbose() {
            // The notes of today are about the end of EWS, and the plan contains their steps.
            problems::draw_problems_only(page, safe);
            return migration::draw_migration(page, safe, migration);
        }
        migration::draw_migration(page, safe, migration);
    }
    problems::draw_problems(page, safe);
    permission_table::draw_permissions(page, safe);
    if page.is_verbose() {
        check_rows::draw_all_rows(page, safe);
        request_list::draw_requests(page, safe);
    } else {
        check_rows::draw_rows_not_passed(page, safe);
    }
    header::draw_not_covered(page, safe);
}

#[cfg(test)]
mod tests;
