//! The picture of a report in README.md: it shows what the program prints today.
//!
//! `RX_BLESS=1 cargo test --test picture` (or `just picture`) writes it. Look at the picture before you commit it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on panics with the reason"
)]

use std::fs;

use anstyle::{AnsiColor, Color, RgbColor};
use anstyle_svg::{Palette, Term, WIN10_CONSOLE};
use regex::{Captures, Regex};
use rx_preflight::report::table::{self, Detail, TableOptions};

mod support;

const FILE: &str = "docs/report.svg";
const SCENARIO: &str = "contoso-go-live";
const COLUMNS: usize = 100;
/// More lines cannot be read in the width of a page.
const MOST_LINES: usize = 48;

/// What a terminal shows: the command and the report.
async fn screen() -> String {
    let scenario = support::scenario(SCENARIO, "");
    let clock = "2026-11-28T08:00:00Z".parse().unwrap();
    let played = Box::pin(rx_preflight::cli::play(
        scenario,
        Some(clock),
        std::future::pending(),
    ));
    let options = TableOptions {
        width: COLUMNS,
        color: true,
        unicode: true,
        plain: false,
        detail: Detail::Normal,
    };
    let text = table::render(&played.await.unwrap().report, &options);
    let (shown, verdict) = text.trim_end().rsplit_once('\n').unwrap();
    let screen = format!("$ rx-preflight demo\n{shown}\n{}\n", wrapped(verdict));
    same_in_every_run(&screen)
}

/// Breaks a long line where a terminal does.
fn wrapped(line: &str) -> String {
    let (mut text, mut column, mut in_escape) = (String::new(), 0, false);
    for character in line.chars() {
        in_escape |= character == '\u{1b}';
        if !in_escape {
            if column == COLUMNS {
                text.push('\n');
                column = 0;
            }
            column += 1;
        }
        in_escape &= character != 'm';
        text.push(character);
    }
    text
}

/// Replaces what differs from run to run: ids of reports and requests, times, and the duration.
fn same_in_every_run(screen: &str) -> String {
    let scenario = format!("fixtures/scenarios/{SCENARIO}.toml");
    let scenario = fs::read_to_string(support::folder(&scenario)).unwrap();
    let id = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let mut count = 0;
    let screen = id.replace_all(screen, |found: &Captures<'_>| {
        if scenario.contains(&found[0]) {
            return found[0].to_owned();
        }
        count += 1;
        format!("5b1f7c20-3d64-4e8a-9c11-0000000000{count:02}")
    });
    let time = Regex::new("T08:0[0-9]:[0-9]{2}Z|( )08:0[0-9]:[0-9]{2} UTC").unwrap();
    let screen = time.replace_all(&screen, |found: &Captures<'_>| {
        let is_sentence = found.get(1).is_some();
        if is_sentence {
            " 08:00:00 UTC"
        } else {
            "T08:00:00Z"
        }
    });
    let duration = Regex::new(r"UTC, [0-9.]+ m?s, ").unwrap();
    duration.replace(&screen, "UTC, 1 s, ").into_owned()
}

/// The picture, with a title and a description for screen readers.
fn svg(screen: &str) -> String {
    let picture = Term::new()
        .palette(readable_colors())
        .fg_color(Color::Rgb(RgbColor(0xe6, 0xed, 0xf3)))
        .bg_color(Color::Rgb(RgbColor(0x0d, 0x11, 0x17)))
        .render_svg(screen);
    let size = Regex::new(r#"^<svg width="([0-9]+)px" height="([0-9]+)px" "#).unwrap();
    let picture = size.replace(
        &picture,
        r#"<svg viewBox="0 0 $1 $2" width="$1" height="$2" role="img" aria-labelledby="title description" "#,
    );
    let (head, rest) = picture.split_once('\n').unwrap();
    format!(
        "{head}\n  <title id=\"title\">The report of rx-preflight demo in a terminal</title>\n  \
         <desc id=\"description\">The verdict, the result of each section, each problem with the rooms that it affects \
         and its first step, and what to do next: not ready.</desc>\n{rest}"
    )
}

/// Colors with enough contrast on the dark background.
fn readable_colors() -> Palette {
    let mut palette = WIN10_CONSOLE;
    for (name, color) in [
        (AnsiColor::Red, RgbColor(0xff, 0x7b, 0x72)),
        (AnsiColor::Green, RgbColor(0x56, 0xd3, 0x64)),
        (AnsiColor::Yellow, RgbColor(0xe3, 0xb3, 0x41)),
        (AnsiColor::Cyan, RgbColor(0x56, 0xd4, 0xdd)),
        (AnsiColor::BrightBlack, RgbColor(0x9a, 0xa4, 0xaf)),
    ] {
        palette.0[name as usize] = color;
    }
    palette
}

#[tokio::test]
async fn the_picture_shows_what_the_program_prints_today() {
    let screen = screen().await;
    assert!(screen.lines().count() <= MOST_LINES, "{screen}");
    let picture = svg(&screen);
    let file = support::folder(FILE);
    if std::env::var_os("RX_BLESS").is_some() {
        fs::write(&file, &picture).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == picture,
        "{FILE} is not what the program prints today; write it with `just picture` and look at it"
    );
}

#[test]
fn the_picture_can_be_read_by_programs_and_screen_readers() {
    let picture = fs::read_to_string(support::folder(FILE)).unwrap();
    let document = roxmltree::Document::parse(&picture).unwrap();
    let root = document.root_element();
    for (name, id) in [("title", "title"), ("desc", "description")] {
        let element = root
            .children()
            .find(|child| child.has_tag_name(("http://www.w3.org/2000/svg", name)));
        assert_eq!(element.unwrap().attribute("id"), Some(id));
    }
    assert_eq!(root.attribute("role"), Some("img"));
    assert!(!picture.contains("<script") && !picture.contains("href"));
    let readme = fs::read_to_string(support::folder("README.md")).unwrap();
    let shown = Regex::new(r"!\[([^\]]{40,})\]\(docs/report\.svg\)").unwrap();
    assert!(
        shown.is_match(&readme),
        "README.md shows no picture with a description"
    );
}
