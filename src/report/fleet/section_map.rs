//! A picture of the sections of all customers: a line for the verdict and for each section, in which every customer has the
//! same place. Its height does not grow with the number of customers.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::knowledge::checks::{self, Section};
use crate::report::sections::SectionStatus;
use crate::report::wording;

use super::model::{Customer, CustomerState, FleetReport};

/// The width of the names of the sections.
const NAMES: usize = 115;
/// The width of the places of all customers.
const PLACES: usize = 560;
/// The width of the numbers of customers.
const NUMBERS: usize = 285;
/// The height of a line, with the gap to the next one.
const LINE: usize = 20;
/// The height of the bar of what fails.
const BAR: usize = 14;
/// Up to so many customers, each has a bar of its own. With more, neighbors with the same status share one.
const MOST_SINGLE: usize = 80;
/// So many numbers have room beside a line.
const MOST_NUMBERS: usize = 3;

/// A line of the picture.
struct Line<'f> {
    title: &'f str,
    /// The status of each customer; `None` where a section has nothing.
    marks: Vec<Option<Mark>>,
}

/// What a customer has in a line. The order is from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    State(Reverse<CustomerState>),
    Section(SectionStatus),
}

/// How a bar looks: a class of the style sheet, and a height, which is read without color.
struct Look {
    class: &'static str,
    height: usize,
}

const FAILS: Look = Look {
    class: "fail",
    height: BAR,
};
const OPEN: Look = Look {
    class: "unknown",
    height: BAR * 2 / 3,
};
const NOT_CHECKED: Look = Look {
    class: "skipped",
    height: BAR / 3,
};
const WORKS: Look = Look {
    class: "pass",
    height: BAR / 3,
};

/// Neighbors in a line with the same mark.
struct Run<'f> {
    mark: Mark,
    first: usize,
    customers: &'f [&'f Customer],
}

/// Draws the picture; nothing without customers.
pub(super) fn draw(fleet: &FleetReport) -> Markup {
    let customers = in_order(fleet);
    let lines = lines(&customers);
    let height = lines.len() * LINE;
    html! {
        @if !customers.is_empty() {
            svg viewBox=(format!("0 0 {} {height}", NAMES + PLACES + NUMBERS)) role="img" aria-label=(wording::picture_of_sections(customers.len())) {
                @for (number, line) in lines.iter().enumerate() {
                    (draw_line(line, number * LINE, &customers))
                }
            }
        }
    }
}

/// The customers, those that need attention first; among them, those with the same result beside each other.
fn in_order(fleet: &FleetReport) -> Vec<&Customer> {
    let mut customers: Vec<&Customer> = fleet.customers.iter().collect();
    // The sort is stable: customers with the same result keep the order of their names.
    customers.sort_by_cached_key(|customer| {
        let statuses = checks::sections()
            .iter()
            .map(|section| Reverse(customer.sections.get(&section.id).copied()));
        (customer.state, statuses.collect::<Vec<_>>())
    });
    customers
}

fn lines(customers: &[&Customer]) -> Vec<Line<'static>> {
    let of_section = |section: Section| {
        let marks = customers
            .iter()
            .map(|customer| customer.sections.get(&section).copied().map(Mark::Section));
        marks.collect::<Vec<_>>()
    };
    let verdict = Line {
        title: wording::VERDICT,
        marks: customers
            .iter()
            .map(|customer| Some(Mark::State(Reverse(customer.state))))
            .collect(),
    };
    let sections = checks::sections().iter().map(|section| Line {
        title: &section.title,
        marks: of_section(section.id),
    });
    let shown = sections.filter(|line| line.marks.iter().any(Option::is_some));
    std::iter::once(verdict).chain(shown).collect()
}

fn draw_line(line: &Line<'_>, top: usize, customers: &[&Customer]) -> Markup {
    let (bottom, text) = (top + BAR, top + BAR - 3);
    let mut runs = runs(&line.marks, customers);
    // Where many customers share a pixel, the worst one is drawn last.
    runs.sort_by_key(|run| run.mark);
    let gap = usize::from(customers.len() <= MOST_SINGLE);
    html! {
        text x="0" y=(text) font-size="12" fill="currentColor" { (line.title) }
        @for run in &runs {
            @let left = place(run.first, customers.len());
            @let width = (place(run.first + run.customers.len(), customers.len()) - left).max(1);
            @let look = run.mark.look();
            rect class=(look.class) x=(NAMES + left) y=(bottom - look.height) width=(width.saturating_sub(gap).max(1)) height=(look.height) {
                title { (run.describe(line.title)) }
            }
        }
        text x=(NAMES + PLACES + 8) y=(text) font-size="12" fill="currentColor" { (numbers(&line.marks)) }
    }
}

/// Where the customer of this number begins.
fn place(number: usize, customers: usize) -> usize {
    number * PLACES / customers.max(1)
}

fn runs<'f>(marks: &[Option<Mark>], customers: &'f [&'f Customer]) -> Vec<Run<'f>> {
    let is_single = customers.len() <= MOST_SINGLE;
    let mut first = 0;
    let mut runs = Vec::new();
    for marks in marks.chunk_by(|one, next| !is_single && one == next) {
        if let Some(Some(mark)) = marks.first() {
            runs.push(Run {
                mark: *mark,
                first,
                customers: &customers[first..first + marks.len()],
            });
        }
        first += marks.len();
    }
    runs
}

/// How many customers have which status, from the worst one on, without those that need nothing. The verdicts are counted above
/// the picture.
fn numbers(marks: &[Option<Mark>]) -> String {
    let mut counts: BTreeMap<Reverse<SectionStatus>, usize> = BTreeMap::new();
    for mark in marks.iter().flatten() {
        if let Mark::Section(status) = mark
            && !matches!(status, SectionStatus::Ok | SectionStatus::Skipped)
        {
            *counts.entry(Reverse(*status)).or_default() += 1;
        }
    }
    let counts = counts.into_iter().take(MOST_NUMBERS);
    wording::counted_labels(
        counts.map(|(Reverse(status), count)| (count, wording::section_status(status))),
    )
}

impl Run<'_> {
    fn describe(&self, title: &str) -> String {
        let names: Vec<String> = self
            .customers
            .iter()
            .map(|customer| customer.name.clone())
            .collect();
        wording::mark_of_customers(title, self.mark.label(), &names)
    }
}

impl Mark {
    fn label(self) -> &'static str {
        match self {
            Self::State(Reverse(state)) => wording::customer_state(state),
            Self::Section(status) => wording::section_status(status),
        }
    }

    fn look(self) -> Look {
        match self {
            Self::State(Reverse(CustomerState::NotReady))
            | Self::Section(SectionStatus::Fail | SectionStatus::Error) => FAILS,
            Self::State(Reverse(CustomerState::Inconclusive | CustomerState::ReadyLimited))
            | Self::Section(SectionStatus::Unknown | SectionStatus::Warn | SectionStatus::Part) => {
                OPEN
            }
            Self::State(Reverse(CustomerState::NotChecked))
            | Self::Section(SectionStatus::Skipped) => NOT_CHECKED,
            Self::State(Reverse(CustomerState::Ready)) | Self::Section(SectionStatus::Ok) => WORKS,
        }
    }
}
