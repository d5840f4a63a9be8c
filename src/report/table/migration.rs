//! The comparison of EWS and Graph, and the plan of the move.

use crate::diagnosis::{ConsoleValues, Migration, MigrationConnection, PlanStep};
use crate::report::migration_view::{self, PlanPart, RoomGroup};
use crate::report::{Report, display_names, long_command, verdict_reason, wording};
use crate::terms::{Parity, Readiness};

use super::page::{Page, widest};
use super::tone::Tone;

const INDENT: usize = 3;
const LABEL: usize = wording::TAKES_EFFECT.len() + 2;

/// Draws the rooms over both APIs, and the plan.
pub fn draw_migration(page: &mut Page, report: &Report, migration: &Migration) {
    page.heading(wording::MIGRATION);
    page.paragraph(
        1,
        &wording::today_over_ews(
            verdict_reason::verdict_label(report),
            &verdict_reason::verdict_reason(report),
        ),
    );
    for sentence in &migration.schedule {
        page.paragraph(1, sentence);
    }
    for connection in &migration.connections {
        page.gap();
        draw_connection(page, connection);
    }
    for part in migration_view::plan_parts(migration) {
        draw_part(page, migration, &part);
    }
}

/// Draws the readiness, in one line that is never broken.
pub fn draw_readiness(page: &mut Page, report: &Report, migration: &Migration) {
    page.gap();
    let word = page.paint(
        migration_view::readiness_label(report, migration),
        tone(migration.readiness),
    );
    page.line(wording::verdict_line(
        &word,
        report.summary.exit_code,
        report.interrupted,
        &migration_view::readiness_sentence(report, migration),
    ));
}

fn draw_connection(page: &mut Page, connection: &MigrationConnection) {
    let word = format!("[{}]", wording::readiness(connection.readiness));
    let mark = format!(" {} ", page.paint(&word, tone(connection.readiness)));
    let name = display_names::connection_in_list(&connection.name);
    page.marked(&mark, word.len() + 2, &name, Tone::Strong);
    for group in migration_view::room_groups(connection) {
        draw_group(page, &group);
    }
}

fn draw_group(page: &mut Page, group: &RoomGroup<'_>) {
    page.paragraph(INDENT, &group.title());
    if group.parity == Parity::WorksOnBoth {
        return;
    }
    page.paragraph(2 * INDENT, &group.named_rooms(usize::MAX));
    if let Some(difference) = group.difference {
        page.paragraph(
            2 * INDENT,
            &format!("{}. {}", difference.title, difference.text),
        );
    }
}

fn draw_part(page: &mut Page, migration: &Migration, part: &PlanPart<'_>) {
    page.heading(&part.text.title);
    page.paragraph(1, &part.sentence);
    for (index, step) in part.steps.iter().enumerate() {
        page.gap();
        draw_step(page, migration, part.first + index, step);
    }
}

fn draw_step(page: &mut Page, migration: &Migration, number: usize, step: &PlanStep) {
    let mark = format!("{number}. ");
    page.marked(&mark, mark.len(), &step.title, Tone::Strong);
    let connections = migration_view::connections_of_step(step, migration)
        .map_or_else(String::new, |names| format!(", {names}"));
    let facts = page.paint(&format!("{}{connections}", step.id), Tone::Quiet);
    page.line(format!("{}{facts}", " ".repeat(INDENT)));
    page.labeled(INDENT, wording::WHO, LABEL, wording::who(&step.remedy.who));
    for (index, text) in step.remedy.steps.iter().enumerate() {
        let label = if index == 0 { wording::FIX } else { "" };
        page.numbered(INDENT, label, LABEL, index + 1, text);
    }
    for values in &step.console {
        draw_console(page, values);
    }
    for command in &step.remedy.commands {
        page.line(format!(
            "{}{}",
            " ".repeat(INDENT),
            wording::in_shell(command.shell_name())
        ));
        for line in long_command::for_a_page(command).lines() {
            page.line(format!("{}{line}", " ".repeat(INDENT)));
        }
        page.gap();
    }
    page.labeled(INDENT, wording::VERIFY, LABEL, &step.remedy.verify);
    page.labeled(INDENT, wording::TAKES_EFFECT, LABEL, &step.remedy.takes);
}

/// Draws the values to enter in the console.
fn draw_console(page: &mut Page, values: &ConsoleValues) {
    page.gap();
    page.paragraph(INDENT, &format!("{}:", migration_view::places(values)));
    let names = values.fields.iter().map(|field| field.name.as_str());
    let width = widest(names) + 2;
    for field in &values.fields {
        page.labeled(
            2 * INDENT,
            &field.name,
            width,
            &wording::console_value(field),
        );
    }
    page.gap();
}

/// The tone of a readiness.
pub fn tone(readiness: Readiness) -> Tone {
    match readiness {
        Readiness::ReadyToSwitch => Tone::Good,
        Readiness::WorkToDo => Tone::Bad,
        Readiness::Inconclusive => Tone::Doubtful,
    }
}
