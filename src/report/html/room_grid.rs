//! The rooms as a picture: one small square for each connection, room and check, so that failures show at a glance.
//!
//! Squares of passed checks are one path, which keeps the page small. Every other square has a mark and a title.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use maud::{Markup, html};

use crate::diagnosis::ResultRow;
use crate::report::room_counts::RoomCounts;
use crate::report::{Report, TargetConnection, display_names, wording};
use crate::terms::{CheckId, Outcome};

/// The side of a square and the space behind it.
const SIDE: usize = 9;
const STEP: usize = 11;
/// How many rooms are in one line of squares.
const ROOMS_IN_A_LINE: usize = 60;
/// How many rooms are in one picture, which is about a quarter of a printed page.
const ROOMS_IN_A_PICTURE: usize = 6 * ROOMS_IN_A_LINE;
/// The space on the left, for the names of the checks.
const MARGIN: usize = 70;
/// How many rooms are named below a picture before the rest is counted.
const NAMED: usize = 40;

/// Draws the rooms of every connection that has any.
pub(super) fn draw_rooms(report: &Report) -> Markup {
    let pictures: Vec<Markup> = report
        .target
        .connections
        .iter()
        .filter_map(|connection| picture(report, connection))
        .collect();
    html! {
        @if !pictures.is_empty() {
            section {
                h2 { (wording::ROOMS) }
                ul class="legend" {
                    @for outcome in wording::OUTCOMES { li { (sample(outcome)) (sign(outcome)) " " (wording::outcome_in_legend(outcome)) } }
                }
                @for picture in pictures { (picture) }
            }
        }
    }
}

/// The results of one check, a square for each room.
struct Band<'r> {
    label: String,
    rows: Vec<&'r ResultRow>,
}

fn picture(report: &Report, connection: &TargetConnection) -> Option<Markup> {
    let mut bands = bands(&report.results, &connection.name, "");
    let rooms = bands.iter().map(|band| band.rows.len()).max()?;
    let all: Vec<&ResultRow> = bands
        .iter()
        .flat_map(|band| band.rows.iter().copied())
        .collect();
    let counted = wording::describe_rooms(RoomCounts::of(all.iter().copied()))
        .unwrap_or_else(|| wording::rooms_left_out(rooms));
    let label = format!(
        "{}: {counted}",
        display_names::connection_in_list(&connection.name)
    );
    let named = by_name(&all);
    bands.extend(bands_on_graph(report, &connection.name));
    let parts = (0..rooms).step_by(ROOMS_IN_A_PICTURE);
    Some(html! {
        h3 { (label) }
        @for first in parts { (part(&bands, first..rooms.min(first + ROOMS_IN_A_PICTURE), &label)) }
        @for (outcome, rooms) in &named {
            p { (sign(*outcome)) " " (wording::outcome(*outcome)) ": " (wording::list_up_to(rooms, NAMED)) }
        }
    })
}

/// The checks of a connection over Graph, if it uses EWS and the report compares both.
fn bands_on_graph<'r>(report: &'r Report, connection: &str) -> Vec<Band<'r>> {
    let Some(migration) = &report.migration else {
        return Vec::new();
    };
    let switches = migration
        .connections
        .iter()
        .any(|own| own.name == connection);
    if switches {
        bands(&migration.results, connection, wording::ON_GRAPH)
    } else {
        Vec::new()
    }
}

/// A band for each check that the rooms of a connection have.
fn bands<'r>(rows: &'r [ResultRow], connection: &str, api: &str) -> Vec<Band<'r>> {
    let of = |check: CheckId| -> Vec<&'r ResultRow> {
        let own = rows
            .iter()
            .filter(|row| row.connection.as_deref() == Some(connection));
        // A row about all mailboxes has a word as its subject and is not a room.
        own.filter(|row| row.check == check && row.subject.contains('@'))
            .collect()
    };
    CheckId::OF_A_ROOM
        .into_iter()
        .map(|check| Band {
            label: label_of(check, api),
            rows: of(check),
        })
        .filter(|band| !band.rows.is_empty())
        .collect()
}

/// The squares of some of the rooms. A picture cannot continue on the next printed page, so a large estate has several.
fn part(bands: &[Band<'_>], rooms: Range<usize>, label: &str) -> Markup {
    let lines = rooms.len().div_ceil(ROOMS_IN_A_LINE);
    let height_of_line = bands.len() * STEP + STEP;
    let (width, height) = (
        MARGIN + ROOMS_IN_A_LINE.min(rooms.len()) * STEP,
        lines * height_of_line,
    );
    let place = |check: usize, room: usize| {
        (
            MARGIN + (room % ROOMS_IN_A_LINE) * STEP,
            (room / ROOMS_IN_A_LINE) * height_of_line + check * STEP,
        )
    };
    let mut squares: Vec<((usize, usize), &ResultRow)> = Vec::new();
    for (check, band) in bands.iter().enumerate() {
        let own = band
            .rows
            .iter()
            .skip(rooms.start)
            .take(rooms.len())
            .enumerate();
        squares.extend(own.map(|(room, row)| (place(check, room), *row)));
    }
    let label = wording::room_range(label, rooms.start + 1, rooms.end);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-label=(label) {
            @for line in 0..lines {
                @for (check, band) in bands.iter().enumerate() {
                    text x="0" y=(line * height_of_line + check * STEP + SIDE) { (band.label) }
                }
            }
            path class="pass" d=(passed_squares(&squares)) {}
            @for (place, row) in squares.iter().filter(|(_, row)| row.outcome != Outcome::Pass) { (marked_square(*place, row)) }
        }
    }
}

/// The rooms that failed or have no clear result, by name: a square shows its room on a screen with a pointer only.
fn by_name(rows: &[&ResultRow]) -> Vec<(Outcome, Vec<String>)> {
    let of = |outcome: Outcome| {
        let mut seen = HashSet::new();
        let rooms = rows
            .iter()
            .filter(|row| row.outcome == outcome && seen.insert(row.subject.as_str()));
        (
            outcome,
            rooms.map(|row| row.subject.clone()).collect::<Vec<_>>(),
        )
    };
    let listed = [Outcome::Fail, Outcome::Error, Outcome::Unknown]
        .into_iter()
        .map(of);
    listed.filter(|(_, rooms)| !rooms.is_empty()).collect()
}

/// The sign of an outcome in text, the same shape as the mark in its square.
fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "■",
        Outcome::Fail => "✕",
        Outcome::Error => "!",
        Outcome::Unknown => "–",
        Outcome::Skipped => "□",
    }
}

/// The name of a check, short enough for the space on the left.
fn label_of(check: CheckId, api: &str) -> String {
    let name = check.as_str().rsplit('.').next().unwrap_or_default();
    if api.is_empty() {
        return name.to_owned();
    }
    format!("{api}{}", name.trim_start_matches("calendar-"))
}

fn passed_squares(squares: &[((usize, usize), &ResultRow)]) -> String {
    let mut path = String::new();
    let passed = squares
        .iter()
        .filter(|(_, row)| row.outcome == Outcome::Pass);
    for (count, ((x, y), _)) in passed.enumerate() {
        let gap = if count > 0 && count.is_multiple_of(ROOMS_IN_A_LINE) {
            "\n"
        } else {
            ""
        };
        let _ = write!(path, "{gap}M{x} {y}h{SIDE}v{SIDE}h-{SIDE}z");
    }
    path
}

fn marked_square((x, y): (usize, usize), row: &ResultRow) -> Markup {
    html! {
        g {
            title { (row.subject) ", " (row.check) ": " (wording::outcome(row.outcome)) }
            (square(x, y, row.outcome))
        }
    }
}

/// A square with a mark that is read without color: a cross for what failed, an exclamation mark for an internal error, a
/// bar for what is unknown, hollow for what was not checked.
fn square(x: usize, y: usize, outcome: Outcome) -> Markup {
    let class = outcome.as_str();
    let (near, far) = (2, SIDE - 2);
    let middle = SIDE / 2;
    html! {
        rect class=(class) x=(x) y=(y) width=(SIDE) height=(SIDE) {}
        @match outcome {
            Outcome::Error => { path class="mark" d=(format!("M{} {}v4M{} {}v1.2", x + middle, y + 1, x + middle, y + far - 1)) {} }
            Outcome::Fail => {
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
