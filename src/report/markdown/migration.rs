//! The comparison of EWS and Graph, and the plan of the move.

use std::fmt::Write as _;

use crate::diagnosis::{Migration, MigrationConnection, PlanStep};
use crate::report::migration_view;
use crate::report::{Report, display_names, wording};

use super::escape::{escape, prose};
use super::parts::{bullet, console_values, draw_command, heading, is_full};

/// How many rooms of a group are named before the rest is counted.
const NAMED: usize = 5;

/// Draws the readiness as the title.
pub(super) fn draw_title(page: &mut String, report: &Report, migration: &Migration) {
    let title = wording::verdict_title(
        &format!(
            "{}: {}",
            wording::MIGRATION,
            migration_view::readiness_label(report, migration)
        ),
        report.summary.exit_code,
    );
    let _ = writeln!(page, "## {title}\n");
    let sentence = migration_view::readiness_sentence(report, migration);
    let _ = writeln!(page, "{}\n", prose(&sentence));
    for sentence in &migration.schedule {
        let _ = writeln!(page, "{}\n", prose(sentence));
    }
}

/// Draws the rooms over both APIs, and the plan.
pub(super) fn draw_migration(page: &mut String, migration: &Migration) {
    heading(page, wording::ROOMS);
    for connection in &migration.connections {
        draw_rooms(page, connection);
    }
    page.push('\n');
    for part in migration_view::plan_parts(migration) {
        heading(page, &part.text.title);
        let _ = writeln!(page, "{}\n", prose(&part.sentence));
        for (index, step) in part.steps.iter().enumerate() {
            draw_step(page, migration, part.first + index, step);
        }
    }
}

fn draw_rooms(page: &mut String, connection: &MigrationConnection) {
    let name = escape(&display_names::connection_in_list(&connection.name));
    let readiness = wording::readiness(connection.readiness);
    let _ = writeln!(page, "- **{readiness}** {name}");
    for group in migration_view::room_groups(connection) {
        let title = escape(&group.title());
        let rooms = escape(&group.named_rooms(NAMED));
        let _ = writeln!(page, "    - {title}: {rooms}");
        if let Some(difference) = group.difference {
            let _ = writeln!(
                page,
                "    - {}: {}",
                wording::EXPLANATION,
                prose(&difference.text)
            );
        }
    }
}

fn draw_step(page: &mut String, migration: &Migration, number: usize, step: &PlanStep) {
    if is_full(page) {
        return;
    }
    let _ = writeln!(page, "**{number}. {}**\n", prose(&step.title));
    if let Some(names) = migration_view::connections_of_step(step, migration) {
        bullet(page, wording::CONNECTIONS, &escape(&names));
    }
    let who = escape(wording::who(&step.remedy.who));
    // The empty line ends this list, so that the steps become a numbered list of their own.
    bullet(page, wording::WHO_CAN_FIX_IT, &format!("**{who}**\n"));
    for (index, text) in step.remedy.steps.iter().enumerate() {
        let _ = writeln!(page, "{}. {}", index + 1, prose(text));
    }
    page.push('\n');
    page.push_str(&console_values(&step.console));
    for command in &step.remedy.commands {
        draw_command(page, command);
    }
    bullet(page, wording::VERIFY, &prose(&step.remedy.verify));
    bullet(page, wording::TAKES_EFFECT, &prose(&step.remedy.takes));
    page.push('\n');
}
