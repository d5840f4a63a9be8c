//! The rooms as a picture: for each connection one small square for each room and check, so that holes are seen at a
//! glance. Squares that are all right are drawn in one stroke; every other one has a mark of its own and tells its room.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::diagnosis::ResultRow;
use crate::report::{Counts, Report, TargetConnection, wording};
use crate::terms::{CheckId, Outcome};

/// The checks that are asked about every room, in the order of the picture.
const CHECKS: [CheckId; 3] =
    [CheckId::MailboxImpersonation, CheckId::MailboxCalendarRead, CheckId::MailboxCalendarWrite];

/// The side of a square and the space behind it.
const SIDE: usize = 9;
const STEP: usize = 11;
/// How many rooms stand beside each other.
const ROOMS_IN_A_LINE: usize = 60;
/// The space on the left, for the names of the checks.
const MARGIN: usize = 70;

/// Draws the rooms of every connection that has any.
pub(super) fn draw(report: &Report) -> Markup {
    let pictures: Vec<Markup> =
        report.target.connections.iter().filter_map(|connection| picture(report, connection)).collect();
    html! {
        @if !pictures.is_empty() {
            section {
                h2 { "Rooms" }
                ul class="legend" {
                    @for outcome in wording::OUTCOMES { li { (sample(outcome)) (wording::outcome(outcome).to_ascii_lowercase()) } }
                }
                @for picture in pictures { (picture) }
            }
        }
    }
}

fn picture(report: &Report, connection: &TargetConnection) -> Option<Markup> {
    let of = |check: CheckId| -> Vec<&ResultRow> {
        let own = report.results.iter().filter(|row| row.connection.as_ref() == Some(&connection.name));
        own.filter(|row| row.check == check && row.subject.contains('@')).collect()
    };
    let asked: Vec<(CheckId, Vec<&ResultRow>)> =
        CHECKS.into_iter().map(|check| (check, of(check))).filter(|(_, rows)| !rows.is_empty()).collect();
    let rooms = asked.iter().map(|(_, rows)| rows.len()).max()?;
    let lines = rooms.div_ceil(ROOMS_IN_A_LINE);
    let band = asked.len() * STEP + STEP;
    let (width, height) = (MARGIN + ROOMS_IN_A_LINE.min(rooms) * STEP, lines * band);
    let counts = Counts::of(asked.iter().flat_map(|(_, rows)| rows.iter().copied()));
    let label = format!("{}, {}: {}", connection.name, wording::number(rooms, "room"), wording::tally(counts));
    let place =
        |line: usize, check: usize, room: usize| (MARGIN + (room % ROOMS_IN_A_LINE) * STEP, line * band + check * STEP);
    let squares = asked.iter().enumerate().flat_map(|(check, (_, rows))| {
        rows.iter().enumerate().map(move |(room, row)| (place(room / ROOMS_IN_A_LINE, check, room), *row))
    });
    let squares: Vec<((usize, usize), &ResultRow)> = squares.collect();
    Some(html! {
        h3 { (label) }
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-label=(label) {
            @for line in 0..lines {
                @for (check, (id, _)) in asked.iter().enumerate() {
                    text x="0" y=(line * band + check * STEP + SIDE) { (name(*id)) }
                }
            }
            path class="pass" d=(all_right(&squares)) {}
            @for (place, row) in squares.iter().filter(|(_, row)| row.outcome != Outcome::Pass) { (odd_one(*place, row)) }
        }
    })
}

fn name(check: CheckId) -> &'static str {
    check.as_str().rsplit('.').next().unwrap_or_default()
}

fn all_right(squares: &[((usize, usize), &ResultRow)]) -> String {
    let mut path = String::new();
    for ((x, y), _) in squares.iter().filter(|(_, row)| row.outcome == Outcome::Pass) {
        let _ = write!(path, "M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z");
    }
    path
}

fn odd_one((x, y): (usize, usize), row: &ResultRow) -> Markup {
    html! {
        g {
            title { (row.subject) ", " (row.check) ": " (wording::outcome(row.outcome)) }
            (square(x, y, row.outcome))
        }
    }
}

/// A square with a mark that is read without colour: a cross for what failed, a bar for what is open, hollow for what was
/// not asked.
fn square(x: usize, y: usize, outcome: Outcome) -> Markup {
    let class = wording::outcome(outcome).to_ascii_lowercase();
    let (near, far) = (2, SIDE - 2);
    let middle = SIDE / 2;
    html! {
        rect class=(class) x=(x) y=(y) width=(SIDE) height=(SIDE) {}
        @match outcome {
            Outcome::Fail | Outcome::Error => {
                path class="mark" d=(format!("M{} {}L{} {}M{} {}L{} {}", x + near, y + near, x + far, y + far, x + far, y + near, x + near, y + far)) {}
            }
            Outcome::Unknown => { path class="mark" d=(format!("M{} {}h{}", x + near, y + middle, far - near)) {} }
            Outcome::Pass | Outcome::Skipped => {}
        }
    }
}

fn sample(outcome: Outcome) -> Markup {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 11 11" width="12" height="12" aria-hidden="true" { (square(0, 0, outcome)) }
    }
}
