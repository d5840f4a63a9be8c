//! Two pictures of the page: the end dates on a line of time, and the customers as squares by state.

use jiff::civil::Date;
use maud::{Markup, html};

use crate::diagnosis::days_from;
use crate::report::wording;

use super::model::{CustomerState, FleetReport};

/// Columns of the picture of time.
const WIDTH: i64 = 960;
/// Days that the picture shows.
const DAYS: i64 = 365;
/// The height of the tallest column.
const TALLEST: usize = 120;
/// The side of a customer's square, with the gap.
const SQUARE: usize = 12;
/// Squares in a line.
const IN_A_LINE: usize = 80;

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

/// One square for each customer, those that need attention first.
pub(super) fn customers(fleet: &FleetReport) -> Markup {
    let mut states: Vec<CustomerState> = fleet
        .customers
        .iter()
        .map(|customer| customer.state)
        .collect();
    states.sort_unstable();
    let lines = states.len().div_ceil(IN_A_LINE);
    html! {
        @if !states.is_empty() {
            svg viewBox=(format!("0 0 {} {}", IN_A_LINE * SQUARE, lines * SQUARE)) role="img" aria-label=(wording::fleet_counts(fleet.counts)) {
                @for (index, state) in states.iter().enumerate() {
                    rect class=(class_of(*state)) x=(index % IN_A_LINE * SQUARE + 1) y=(index / IN_A_LINE * SQUARE + 1) width=(SQUARE - 2) height=(SQUARE - 2) {}
                }
            }
        }
    }
}

/// The class of the style sheet for a state; the words beside the picture carry the meaning.
pub(super) fn class_of(state: CustomerState) -> &'static str {
    match state {
        CustomerState::NotReady => "fail",
        CustomerState::Inconclusive | CustomerState::ReadyLimited => "unknown",
        CustomerState::NotChecked => "skipped",
        CustomerState::Ready => "pass",
    }
}
