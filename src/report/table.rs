//! The report for people, on a terminal or in a log.

mod brief;
mod causes;
mod compact;
mod header;
mod options;
mod page;
mod permissions;
mod requests;
mod rows;
mod sections;
mod style;
#[cfg(test)]
mod tests;
mod verdict;
pub(super) mod wrap;

pub use self::options::{Detail, TableOptions};
use self::page::{Length, Page};
use super::{Report, harmless};

/// Draws a report. Whatever came from outside is made harmless for a terminal first; the verdict is the last line.
pub fn render(report: &Report, options: &TableOptions) -> String {
    let mut page = Page::new(options);
    let safe = harmless::report(report, options.unicode);
    match options.detail {
        Detail::Brief => brief::draw(&mut page, &safe),
        Detail::Normal | Detail::Verbose => {
            if compact::is_large(&safe) && !page.is_verbose() {
                page.length = Length::Compact;
            }
            whole(&mut page, &safe);
        }
    }
    verdict::draw(&mut page, &safe);
    page.finish()
}

/// The whole report, which must be a harmless copy.
fn whole(page: &mut Page, safe: &Report) {
    header::draw(page, safe);
    sections::draw(page, safe);
    causes::draw(page, safe);
    permissions::draw(page, safe);
    if page.is_verbose() {
        rows::draw_all(page, safe);
        requests::draw(page, safe);
    } else {
        rows::draw(page, safe);
    }
    header::draw_not_visible(page, safe);
}
