//! The move to Graph on one screen: the readiness of each connection, and the steps before the switch.

use crate::diagnosis::{Migration, MigrationConnection};
use crate::report::migration_view::{self, PlanPart};
use crate::report::{Report, display_names, verdict_reason, wording};
use crate::terms::{MigrationPhase, Parity, Readiness};

use super::migration::tone;
use super::page::Page;
use super::tone::Tone;
use super::verdict_line;

/// How many connections of a readiness are shown one by one.
const LISTED: usize = 6;
const READINESSES: [Readiness; 3] = [
    Readiness::WorkToDo,
    Readiness::Inconclusive,
    Readiness::ReadyToSwitch,
];

/// Draws the readiness at the top.
pub fn draw_headline(page: &mut Page, report: &Report, migration: &Migration) {
    let label = migration_view::readiness_label(report, migration);
    let sentence = migration_view::readiness_sentence(report, migration);
    let label = (label, tone(migration.readiness));
    verdict_line::draw_above(page, label, report.interrupted, &sentence);
}

/// Draws the installation as it is, the connections, and the plan without its details.
pub fn draw_migration(page: &mut Page, report: &Report, migration: &Migration) {
    page.gap();
    let label = verdict_reason::verdict_label(report);
    let reason = verdict_reason::verdict_reason(report);
    page.paragraph(1, &wording::today_over_ews(label, &reason));
    // The first sentence names the day on which EWS ends.
    if let Some(sentence) = migration.schedule.first() {
        page.paragraph(1, sentence);
    }
    for readiness in READINESSES {
        draw_readiness(page, migration, readiness);
    }
    page.gap();
    for part in migration_view::plan_parts(migration) {
        draw_part(page, &part);
    }
}

fn draw_readiness(page: &mut Page, migration: &Migration, readiness: Readiness) {
    let same: Vec<&MigrationConnection> = migration
        .connections
        .iter()
        .filter(|own| own.readiness == readiness)
        .collect();
    for connection in same.iter().take(LISTED) {
        let name = display_names::connection_in_list(&connection.name);
        let groups: Vec<String> = migration_view::room_groups(connection)
            .iter()
            .filter(|group| {
                group.parity != Parity::WorksOnBoth || readiness == Readiness::ReadyToSwitch
            })
            .map(migration_view::RoomGroup::title)
            .collect();
        draw_marked(
            page,
            readiness,
            &wording::connection_with_rooms(&name, &groups),
        );
    }
    if same.len() > LISTED {
        let more = wording::more_connections(same.len() - LISTED);
        draw_marked(page, readiness, &more);
    }
}

fn draw_marked(page: &mut Page, readiness: Readiness, text: &str) {
    let word = format!("[{}]", wording::readiness(readiness));
    let mark = format!(" {} ", page.paint(&word, tone(readiness)));
    page.marked(&mark, word.len() + 2, text, Tone::Normal);
}

/// The steps before the switch are for now; the others are counted.
fn draw_part(page: &mut Page, part: &PlanPart<'_>) {
    if part.phase != MigrationPhase::Before {
        let text = wording::steps_of_part(&part.text.title, part.first, part.steps.len());
        return page.paragraph(1, &text);
    }
    page.line(format!(" {}:", part.text.title));
    for (index, step) in part.steps.iter().enumerate() {
        let mark = format!("{:>4}. ", part.first + index);
        let text = wording::step_with_role(&step.title, &step.remedy.who);
        page.marked(&mark, mark.len(), &text, Tone::Normal);
    }
}
