//! The fleet report for people, on a terminal or in a log.

use crate::report::sanitize::to_ascii;
use crate::report::table::TableOptions;
use crate::report::table::page::{Page, widest};
use crate::report::table::tone::Tone;
use crate::report::wording;

use super::model::{Customer, CustomerState, FleetReport};

/// Draws a fleet report: what needs a person first, then every customer.
pub(super) fn render(fleet: &FleetReport, options: &TableOptions) -> String {
    let mut page = Page::new(options);
    let title = page.paint(wording::FLEET, Tone::Strong);
    page.line(format!("{title}  {}", wording::minute(fleet.created_at)));
    counts(&mut page, fleet);
    broken(&mut page, fleet);
    ends(&mut page, fleet);
    worse(&mut page, fleet);
    missing(&mut page, fleet);
    without_verdict(&mut page, fleet);
    customers(&mut page, fleet);
    // The beginning of a long report has left the screen when its end is shown.
    if fleet.customers.len() > FEW_CUSTOMERS {
        page.gap();
        counts(&mut page, fleet);
    }
    let text = page.finish();
    if options.unicode {
        text
    } else {
        to_ascii(&text)
    }
}

/// Beyond so many customers, the numbers are repeated at the end.
const FEW_CUSTOMERS: usize = 20;

fn counts(page: &mut Page, fleet: &FleetReport) {
    page.paragraph(0, &wording::fleet_counts(fleet.counts));
    if let Some(narrowed) = wording::customers_checked_in_part(fleet.checked_in_part()) {
        page.paragraph(0, &narrowed);
    }
}

/// A heading with the number of its items. `false` if there are none.
fn part(page: &mut Page, heading: &str, count: usize) -> bool {
    if count > 0 {
        page.heading(&wording::heading_with_count(heading, count));
    }
    count > 0
}

fn broken(page: &mut Page, fleet: &FleetReport) {
    if !part(page, wording::BROKEN_NOW, fleet.broken.len()) {
        return;
    }
    for problem in &fleet.broken {
        let count = wording::count_noun(problem.customers.len(), "customer");
        let requirement = wording::requirement(problem.requirement);
        page.labeled(
            1,
            &format!("{count}  "),
            16,
            &format!("{requirement}: {} ({})", problem.title, problem.cause),
        );
        page.labeled(1, "", 16, wording::who(&problem.who));
        page.labeled(1, "", 16, &wording::customer_names(&problem.customers));
    }
}

fn ends(page: &mut Page, fleet: &FleetReport) {
    if !part(page, wording::ENDS_SOON, fleet.ends_soon.len()) {
        return;
    }
    for ends in fleet.ends_by_day() {
        if let [end, ..] = ends {
            let days = wording::days_until(end.days);
            let text = format!("{days}: {}", wording::upcoming_ends(ends));
            page.labeled(1, &end.date.to_string(), 12, &text);
        }
    }
}

fn worse(page: &mut Page, fleet: &FleetReport) {
    let changes = fleet.worse.as_deref().unwrap_or_default();
    if !part(page, wording::WORSE_THAN_BEFORE, changes.len()) {
        return;
    }
    let width = label_width(changes.iter().map(|change| change.customer.as_str()));
    for change in changes {
        let text = wording::customer_change(change.before, change.now, &change.new_causes);
        page.labeled(1, &change.customer, width, &text);
    }
}

fn missing(page: &mut Page, fleet: &FleetReport) {
    let names = fleet.missing.as_deref().unwrap_or_default();
    if part(page, wording::MISSING_CUSTOMERS, names.len()) {
        page.paragraph(1, &names.join(", "));
    }
}

fn without_verdict(page: &mut Page, fleet: &FleetReport) {
    if !part(page, wording::WITHOUT_VERDICT, fleet.not_checked.len()) {
        return;
    }
    let width = label_width(fleet.not_checked.iter().map(|own| own.customer.as_str()));
    for own in &fleet.not_checked {
        let state = wording::customer_state(own.state);
        page.labeled(1, &own.customer, width, &format!("{state}: {}", own.reason));
    }
}

/// Every customer, from those that need attention first, with a line for each connection.
fn customers(page: &mut Page, fleet: &FleetReport) {
    part(page, wording::CUSTOMERS, fleet.customers.len());
    let mut customers: Vec<&Customer> = fleet.customers.iter().collect();
    // The sort is stable: customers in one state keep the order of their names.
    customers.sort_by_key(|customer| customer.state);
    let states = CustomerState::ALL.map(wording::customer_state);
    let state_width = widest(states) + 2;
    for customer in customers {
        let state = wording::customer_state(customer.state);
        let text = wording::customer_with_note(customer);
        page.labeled(1, state, state_width, &text);
        for location in &customer.locations {
            let text = format!(
                "{}: {}",
                wording::connection(&location.name),
                wording::location_summary(location)
            );
            page.labeled(1, "", state_width, &format!("  {text}"));
        }
    }
}

/// The most columns of a name before its text; a longer name moves its own text only.
const WIDEST_NAME: usize = 24;

fn label_width<'a>(names: impl IntoIterator<Item = &'a str>) -> usize {
    widest(names).min(WIDEST_NAME) + 2
}
