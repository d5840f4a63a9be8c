//! A picture of the end dates on a line of time.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::diagnosis::days_from;
use crate::report::wording;

use super::model::FleetReport;

/// Columns of the picture of time.
const WIDTH: i64 = 960;
/// Days that the picture shows.
const DAYS: i64 = 365;
/// The height of the tallest column.
const TALLEST: usize = 120;

/// The end dates of a year from today, one column for each week and as high as there are dates. Empty without any.
pub(super) fn end_dates(fleet: &FleetReport, today: Date) -> Markup {
    let mut weeks: Vec<usize> = vec![0; usize::try_from(DAYS / 7 + 1).unwrap_or(53)];
    for end in fleet
        .customers
        .iter()
        .flat_map(|customer| &customer.end_dates)
    {
        let days = days_from(today, end.date);
        // What has ended needs attention now, so it is in the first column.
        let week = usize::try_from(days.max(0) / 7).unwrap_or(usize::MAX);
        if let Some(count) = weeks.get_mut(week) {
            *count += 1;
        }
    }
    let most = weeks.iter().copied().max().unwrap_or(0);
    let total: usize = weeks.iter().sum();
    let column = usize::try_from(WIDTH).unwrap_or(960) / weeks.len();
    html! {
        @if most > 0 {
            svg viewBox=(format!("0 0 {WIDTH} {}", TALLEST + 30)) role="img" aria-label=(wording::picture_of_end_dates(total)) {
                @for (week, count) in weeks.iter().enumerate().filter(|(_, count)| **count > 0) {
                    @let height = (count * TALLEST / most).max(4);
                    rect class=(if week <= 4 { "fail" } else { "unknown" }) x=(week * column) y=(TALLEST - height) width=(column.saturating_sub(2)) height=(height) {}
                    text x=(week * column) y=(TALLEST + 12) font-size="10" fill="currentColor" { (wording::format_count(*count)) }
                }
                text x="0" y=(TALLEST + 27) font-size="11" fill="currentColor" { (today) }
                text x=(WIDTH) y=(TALLEST + 27) font-size="11" fill="currentColor" text-anchor="end" { (today.saturating_add(jiff::Span::new().days(DAYS))) }
            }
        }
    }
}
