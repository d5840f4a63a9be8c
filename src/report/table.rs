//! The report for people, on a terminal or in a log.

mod brief;
mod check_rows;
mod first_screen;
mod header;
mod migration;
mod migration_lines;
mod next_step;
pub(super) mod page;
mod permission_table;
mod problem_lines;
mod problems;
mod request_list;
mod section_lines;
mod table_options;
mod target_lines;
pub(super) mod tone;
mod unexplained_rows;
mod verdict_line;
pub(super) mod wrap;

use self::page::Page;
use super::{Report, sanitize};

pub use self::section_lines::section_line;
pub use self::table_options::{Detail, TableOptions};

/// Draws a report that is in no file.
pub fn render(report: &Report, options: &TableOptions) -> String {
    render_saved(report, options, None)
}

/// Draws a report that is also in the JSON file `saved`, written as in a command line. External text is sanitized for a
/// terminal first; the verdict is the last line.
pub fn render_saved(report: &Report, options: &TableOptions, saved: Option<&str>) -> String {
    let mut page = Page::new(options);
    let safe = sanitize::sanitize_report(report, options.unicode);
    match options.detail {
        Detail::Brief => brief::draw_brief(&mut page, &safe),
        Detail::Normal => first_screen::draw_first_screen(&mut page, &safe, saved),
        Detail::Verbose => draw_full_report(&mut page, &safe),
        Detail::Problem(number) => problems::draw_problem(&mut page, &safe, number),
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
        migration::draw_migration(page, safe, migration);
    }
    problems::draw_problems(page, safe);
    permission_table::draw_permissions(page, safe);
    check_rows::draw_rows_not_passed(page, safe);
    check_rows::draw_all_rows(page, safe);
    request_list::draw_requests(page, safe);
    header::draw_not_covered(page, safe);
}

#[cfg(test)]
mod tests;
