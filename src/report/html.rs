//! The report as one page: no script, nothing remote, readable on paper and on a phone.
//!
//! First the head with the verdict, who fixes what and the end dates, then the problems as cards, then the rooms, then what
//! it rests on. Every text is escaped by the template library; the only style sheet is the one that the content security
//! policy names by its hash.

mod details;
pub(super) mod elements;
mod head;
mod migration;
mod part;
mod problem;
mod room_map;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

pub(super) use self::part::Part;
use super::cause_order::{self, NumberedCause};
use super::{Report, migration_view, sanitize, verdict_reason, wording};

const STYLE: &str = include_str!("html/page.css");

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let verdict = safe.migration.as_ref().map_or_else(
        || verdict_reason::verdict_label(&safe),
        |migration| migration_view::readiness_label(&safe, migration),
    );
    let title = wording::page_title(verdict);
    let parts = parts(&safe);
    let body = html! {
        main {
            @match &safe.migration {
                Some(migration) => (migration::head(&safe, migration)),
                None => (head::verdict(&safe)),
            }
            (draw_parts(&parts))
        }
        (footer(&safe))
    };
    page(&title, &body)
}

/// The parts of the page that have content, in order.
fn parts(report: &Report) -> Vec<Part> {
    let (notes, problems): (Vec<_>, Vec<_>) = cause_order::numbered_causes(report)
        .into_iter()
        .partition(NumberedCause::is_note);
    let rooms = || Part::new("rooms", wording::ROOMS, room_map::draw_rooms(report));
    let mut parts = Vec::new();
    if let Some(migration) = &report.migration {
        parts.push(rooms());
        parts.extend(migration::plan(migration));
        parts.push(Part::new(
            "today",
            wording::TODAY_OVER_EWS,
            head::verdict(report),
        ));
    }
    parts.extend([
        Part::new(
            "roles",
            wording::WHO_FIXES_WHAT,
            head::who_fixes_what(report),
        ),
        Part::new("dates", wording::END_DATES, head::dates(report)),
        Part::new(
            "permissions",
            wording::PERMISSIONS,
            details::permissions(report),
        ),
        Part::new("sections", wording::SECTIONS, head::section_list(report)),
        Part::new("problems", wording::PROBLEMS, cards(report, &problems)),
        Part::new("notes", wording::NOTES, cards(report, &notes)),
    ]);
    if report.migration.is_none() {
        parts.push(rooms());
    }
    parts.extend([
        Part::new(
            "checks",
            wording::CHECKS_NOT_PASSED,
            details::checks_not_passed(report),
        ),
        Part::new("target", wording::WHAT_WAS_TESTED, head::target(report)),
        Part::new("requests", wording::REQUESTS, details::requests(report)),
        Part::new(
            "not-covered",
            wording::NOT_COVERED,
            details::not_covered(report),
        ),
    ]);
    parts.retain(|part| !part.is_empty());
    parts
}

fn cards(report: &Report, causes: &[NumberedCause<'_>]) -> Markup {
    html! { @for numbered in causes { (problem::problem_card(&report.target, numbered)) } }
}

/// The parts of a page, behind links to them.
pub(super) fn draw_parts(parts: &[Part]) -> Markup {
    html! {
        (contents(parts))
        @for part in parts { section id=(part.id) { h2 { (part.title) } (part.body) } }
    }
}

fn contents(parts: &[Part]) -> Markup {
    html! {
        nav class="contents" aria-label=(wording::CONTENTS) {
            ul { @for part in parts { li { a href=(format!("#{}", part.id)) { (part.title) } } } }
        }
    }
}

/// A page of this program around a body.
pub(super) fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    // SMTP allows 998 characters a line; mail gateways break longer ones, and with them the markup.
    in_lines(&page.into_string()) + "\n"
}

/// Elements that may begin a line of the file without a change to the page.
const BEGIN_A_LINE: [&str; 17] = [
    "<article", "<section", "<header", "<nav", "<details", "<dl>", "<dt>", "<dd>", "<li", "<p>",
    "<pre", "<tr", "<table", "<svg", "<rect", "<text", "<footer",
];

/// The page in lines of a usual length: mail systems and editors break or refuse very long ones. Text is escaped, so that
/// only elements are met, and none of these is part of a line of text or of a `pre`.
fn in_lines(page: &str) -> String {
    // The style sheet in the head must stay as it is, because the policy names it by its hash.
    let Some((head, body)) = page.split_once("<body>") else {
        return page.to_owned();
    };
    let mut text = body.to_owned();
    for element in BEGIN_A_LINE {
        text = text.replace(element, &format!("\n{element}"));
    }
    format!("{head}<body>{text}")
}

/// Nothing may be loaded and nothing may run; the one style sheet is known by its hash.
fn policy() -> String {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn footer(report: &Report) -> Markup {
    let tool = &report.tool;
    html! {
        footer {
            p { (tool.name) " " (tool.version) ", " (wording::knowledge_base(&tool.knowledge_date)) ", report " code { (report.report_id) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;
    use crate::terms::Outcome;

    #[test]
    fn the_page_is_complete_and_loads_nothing() {
        let report = sample_report::report();
        let page = render(&report);
        for cause in &report.causes {
            assert!(page.contains(&cause.id), "{}", cause.id);
        }
        assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
        for loaded in [
            "<script", "<img", "<link", "<iframe", "src=", "@import", "url(",
        ] {
            assert!(!page.contains(loaded), "{loaded}");
        }
    }

    #[test]
    fn every_link_within_the_page_has_its_target_and_no_anchor_is_there_twice() {
        let values = |page: &str, attribute: &str| -> Vec<String> {
            let begin = format!(" {attribute}=\"");
            let pieces = page.split(&begin).skip(1);
            let value = |rest: &str| rest.split('"').next().unwrap_or_default().to_owned();
            pieces.map(value).collect()
        };
        for report in [
            sample_report::report(),
            sample_report::report_without_token(),
            sample_report::report_all_passed(),
        ] {
            let page = render(&report);
            let anchors = values(&page, "id");
            let links = values(&page, "href");
            let inner: Vec<&str> = links
                .iter()
                .filter_map(|link| link.strip_prefix('#'))
                .collect();
            assert!(!inner.is_empty());
            for link in inner {
                let targets = anchors.iter().filter(|anchor| *anchor == link).count();
                assert_eq!(targets, 1, "#{link}");
            }
            for cause in cause_order::numbered_causes(&report) {
                let anchor = elements::anchor_of_problem(cause.number);
                assert!(anchors.contains(&anchor), "{anchor}");
            }
        }
    }

    #[test]
    fn the_head_has_the_verdict_the_roles_the_dates_and_the_permissions() {
        let page = render(&sample_report::report());
        let (head, _) = page.split_once("id=\"problems\"").unwrap();
        for expected in [
            "<h1>Not ready</h1>",
            "Exchange Administrator",
            "2027-04-01",
            "EWS in Exchange Online ends: main connection",
            "Client secret expires: Berlin",
            "<code>full_access_as_app</code>",
        ] {
            assert!(head.contains(expected), "{expected}");
        }
    }

    #[test]
    fn a_page_of_five_thousand_rooms_names_all_of_them_and_stays_small() {
        let mut report = sample_report::report();
        let own = |row: &&crate::diagnosis::ResultRow| super::super::room_counts::is_room(row);
        let row = report.results.iter().find(own).unwrap().clone();
        let rooms: Vec<String> = (0..5_000)
            .map(|room| format!("room-{room}@contoso.com"))
            .collect();
        report.results.retain(|row| !own(&row));
        for (index, room) in rooms.iter().enumerate() {
            report.results.push(crate::diagnosis::ResultRow {
                subject: room.clone(),
                outcome: if index % 10 == 9 {
                    Outcome::Fail
                } else {
                    Outcome::Pass
                },
                ..row.clone()
            });
        }
        let page = render(&report);
        assert!(page.len() < 1_500_000, "{}", page.len());
        for room in &rooms {
            assert!(page.contains(&format!("<li>{room}</li>")), "{room}");
        }
        assert!(page.contains("500 rooms fail"));
    }

    #[test]
    fn the_policy_names_the_style_sheet_of_the_page() {
        let page = render(&sample_report::report());
        let style = page
            .split("<style>")
            .nth(1)
            .and_then(|rest| rest.split("</style>").next())
            .unwrap();
        let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
        assert!(page.contains(&format!("style-src 'sha256-{hash}'")));
        assert!(!page.contains("style="), "the policy would refuse it");
    }

    #[test]
    fn external_text_is_shown_and_never_interpreted() {
        let nasty = "<script>alert(1)</script>\"'><img src=x onerror=1>\u{1b}[31m\u{202e}";
        let mut report = sample_report::report();
        report.causes[0].title = nasty.to_owned();
        report.causes[0].remedy.links = vec!["javascript:alert(1)".to_owned()];
        report.causes[0].remedy.commands[0] = crate::diagnosis::Command::new("powershell", nasty);
        for row in &mut report.results {
            row.subject = nasty.to_owned();
            row.message = nasty.to_owned();
        }
        let page = render(&report);
        for harm in ["<script", "<img", "javascript:", "\u{1b}", "\u{202e}"] {
            assert!(!page.contains(harm), "{harm:?}");
        }
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }
}
