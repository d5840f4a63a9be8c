//! The rooms as a map: for each connection the groups with the same result by name, those that need attention first, and
//! for many rooms a picture with a square for each of them in the same order.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::report::room_counts::RoomState;
use crate::report::room_map::{ConnectionRooms, MappedRoom, RoomGroup, room_map};
use crate::report::{Report, display_names, wording};

use super::elements::{problem_link, prose};

/// A connection with more rooms than this has a picture beside the names.
const ROOMS_WITHOUT_PICTURE: usize = 24;
/// How many rooms of a group are listed before the rest is folded.
const LISTED: usize = 40;
/// How many rooms that work are listed; a longer list is folded completely.
const LISTED_IF_WORKING: usize = 24;
/// More rooms than this stay folded on paper: they would fill pages, and the JSON report contains them.
const PRINTED: usize = 400;
/// The side of a square and the space behind it.
const SIDE: usize = 10;
const STEP: usize = 12;
/// How many rooms are in one line of squares.
const ROOMS_IN_A_LINE: usize = 72;
/// How many lines are in one picture, which cannot continue on the next printed page.
const LINES_IN_A_PICTURE: usize = 36;

/// Draws the rooms of every connection that has any.
pub(super) fn draw_rooms(report: &Report) -> Markup {
    let connections = room_map(report);
    html! { @for rooms in &connections { (connection(rooms)) } }
}

fn connection(rooms: &ConnectionRooms<'_>) -> Markup {
    let name = display_names::connection_in_list(&rooms.connection.name);
    let counts = wording::describe_rooms(rooms.counts)
        .unwrap_or_else(|| wording::rooms_left_out(rooms.counts.left_out));
    html! {
        div class="connection" {
            h3 { (name) " (" (wording::api(rooms.connection.api)) "): " (counts) }
            (picture(rooms, &name))
            @for own in &rooms.groups { (group(own)) }
        }
    }
}

fn group(group: &RoomGroup<'_>) -> Markup {
    let state = group.state();
    let class = format!("group {}", class_of(state));
    let listed = match state {
        RoomState::Works | RoomState::LeftOut if group.rooms.len() > LISTED_IF_WORKING => 0,
        _ => LISTED,
    };
    let (first, rest) = group.rooms.split_at(listed.min(group.rooms.len()));
    html! {
        div class=(class) {
            p class="group-title" {
                span class="sign" aria-hidden="true" { (sign_of(state)) } " " strong { (group.title) }
                @if let Some(number) = group.problem { ", " (problem_link(number)) }
            }
            @if let Some((title, text)) = group.difference { p { (title) ". " (prose(text)) } }
            (names(first))
            @if !rest.is_empty() {
                details class=[(rest.len() > PRINTED).then_some("long")] {
                    summary {
                        @if first.is_empty() { (wording::show_rooms(rest.len())) } @else { (wording::show_more(rest.len())) }
                    }
                    (names(rest))
                }
            }
        }
    }
}

fn names(rooms: &[MappedRoom<'_>]) -> Markup {
    html! {
        @if !rooms.is_empty() {
            ul class="rooms" { @for room in rooms { li { (room.address) } } }
        }
    }
}

/// A square for each room, in the order of the groups.
fn picture(rooms: &ConnectionRooms<'_>, name: &str) -> Markup {
    let all: Vec<MappedRoom<'_>> = rooms
        .groups
        .iter()
        .flat_map(|group| group.rooms.iter().copied())
        .collect();
    if all.len() <= ROOMS_WITHOUT_PICTURE {
        return html! {};
    }
    let label = wording::picture_of_rooms(name, rooms.counts);
    html! {
        ul class="legend" {
            @for state in states_of(&all) {
                li { span class=(format!("sample {}", class_of(state))) aria-hidden="true" { (sign_of(state)) } " " (wording::room_state(state)) }
            }
        }
        @if rooms.compares_apis { p class="quiet" { (wording::UPPER_AND_LOWER) } }
        @for part in all.chunks(ROOMS_IN_A_LINE * LINES_IN_A_PICTURE) { (squares(part, &label)) }
    }
}

fn states_of(rooms: &[MappedRoom<'_>]) -> Vec<RoomState> {
    let has = |state: &RoomState| {
        rooms
            .iter()
            .any(|room| room.today == *state || room.on_graph == Some(*state))
    };
    RoomState::ALL.into_iter().filter(has).collect()
}

/// One path for all squares in one state, and one for their marks, which keeps a page of thousands of rooms small.
fn squares(rooms: &[MappedRoom<'_>], label: &str) -> Markup {
    let width = ROOMS_IN_A_LINE.min(rooms.len()) * STEP;
    let height = rooms.len().div_ceil(ROOMS_IN_A_LINE) * STEP;
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) role="img" aria-label=(label) {
            @for state in states_of(rooms) {
                @let paths = StatePaths::of(rooms, state);
                path class=(class_of(state)) d=(paths.squares) {}
                @if !paths.marks.is_empty() { path class="mark" d=(paths.marks) {} }
            }
        }
    }
}

/// The squares in one state as the data of two SVG paths.
#[derive(Default)]
struct StatePaths {
    squares: String,
    marks: String,
}

impl StatePaths {
    fn of(rooms: &[MappedRoom<'_>], state: RoomState) -> Self {
        let mut paths = Self::default();
        for (index, room) in rooms.iter().enumerate() {
            let (x, y) = (
                index % ROOMS_IN_A_LINE * STEP,
                index / ROOMS_IN_A_LINE * STEP,
            );
            // SMTP allows 998 characters a line.
            if index > 0 && index.is_multiple_of(ROOMS_IN_A_LINE / 2) {
                paths.squares.push('\n');
                paths.marks.push('\n');
            }
            match room.on_graph {
                None if room.today == state => paths.add(x, y, SIDE, state),
                Some(_) if room.today == state && room.on_graph == Some(state) => {
                    paths.add(x, y, SIDE, state);
                }
                Some(_) if room.today == state => paths.add(x, y, SIDE / 2, state),
                Some(on_graph) if on_graph == state => {
                    paths.add(x, y + SIDE / 2, SIDE / 2, state);
                }
                _ => {}
            }
        }
        paths
    }

    /// Adds a square, or half of one, with a mark that is read without color: a cross for what fails, a bar for what is
    /// unknown, hollow for what was not checked.
    fn add(&mut self, x: usize, y: usize, height: usize, state: RoomState) {
        let _ = write!(self.squares, "M{x} {y}h{SIDE}v{height}h-{SIDE}z");
        let (left, right) = (x + 2, x + SIDE - 2);
        let (top, bottom) = (y + 1, y + height - 1);
        let _ = match state {
            RoomState::Fails => write!(
                self.marks,
                "M{left} {top}L{right} {bottom}M{right} {top}L{left} {bottom}"
            ),
            RoomState::Unknown => write!(self.marks, "M{left} {}H{right}", y + height / 2),
            RoomState::NotChecked | RoomState::Works | RoomState::LeftOut => Ok(()),
        };
    }
}

fn class_of(state: RoomState) -> &'static str {
    match state {
        RoomState::Fails => "fail",
        RoomState::Unknown => "unknown",
        RoomState::NotChecked | RoomState::LeftOut => "skipped",
        RoomState::Works => "pass",
    }
}

/// The sign of a state in text, the same shape as the mark in its square.
fn sign_of(state: RoomState) -> &'static str {
    match state {
        RoomState::Works => "■",
        RoomState::Fails => "✕",
        RoomState::Unknown => "–",
        RoomState::NotChecked | RoomState::LeftOut => "□",
    }
}
