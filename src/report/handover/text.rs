//! The sentences of a hand-over, the same in every format.

use super::tasks::{Handover, RoleTasks, Task};
use crate::report::{display_names, wording};
use crate::terms::Confidence;

/// Up to so many subjects a task names all of them.
const LONGEST_FULL_LIST: usize = 40;
/// Of more it names so many and counts the rest: nobody reads hundreds, and the commands name them all.
const MAX_NAMES: usize = 8;

/// The heading.
pub(super) const TITLE: &str = "What is to be done for ResourceXpress in Microsoft 365";

/// Before a command.
pub(super) const COMMAND_NOTE: &str =
    "As printed, it changes nothing: lines that change something are comments.";

/// Before a command of another shell, in a script.
pub(super) const OTHER_SHELL_NOTE: &str = "not here. Lines with a second # change something:";

/// What is said before the tasks, a paragraph each.
pub(super) fn introduction(handover: &Handover) -> Vec<String> {
    let mut paragraphs = vec![summary(handover)];
    if handover.parts.len() > 1 {
        paragraphs.push(
            "Each part is for one role. The numbers say what comes first, over all parts."
                .to_owned(),
        );
    }
    if handover.redacted {
        paragraphs.push(
            "Names, addresses and ids are pseudonyms here. Put the real ones into the commands before you run them."
                .to_owned(),
        );
    }
    if handover.incomplete {
        paragraphs.push("Only a part was checked, so there may be more to do.".to_owned());
    }
    paragraphs
}

fn summary(handover: &Handover) -> String {
    let verdict = wording::verdict(handover.verdict);
    if handover.parts.is_empty() {
        return format!(
            "There is nothing to do: the report ({verdict}) names nothing that anyone has to fix."
        );
    }
    let (waits, own): (Vec<&RoleTasks>, Vec<&RoleTasks>) = handover
        .parts
        .iter()
        .partition(|part| part.needs_no_action());
    let count = |parts: &[&RoleTasks]| parts.iter().map(|part| part.tasks.len()).sum::<usize>();
    let tasks = own
        .iter()
        .flat_map(|part| &part.tasks)
        .filter(|task| !task.is_note())
        .count();
    let counts = [
        (tasks, "task"),
        (count(&own) - tasks, "note"),
        (count(&waits), "thing to wait for"),
    ];
    let counted: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| counted(*count, noun))
        .collect();
    let counted = counted.join(", ");
    match tasks {
        0 => {
            format!("{counted} below, and nothing that has to be fixed; the report says {verdict}.")
        }
        _ => format!("{counted} below; the report says {verdict}."),
    }
}

fn counted(count: usize, noun: &str) -> String {
    let (first, rest) = noun.split_once(' ').unwrap_or((noun, ""));
    format!("{} {rest}", wording::count_noun(count, first))
        .trim_end()
        .to_owned()
}

/// What is said behind the tasks.
pub(super) fn closing(handover: &Handover) -> Option<String> {
    let blocked = wording::count_noun(handover.blocked, "check");
    let told = format!(
        "{blocked} could not be run because of a problem above. Have the check run again when it is fixed; it may then \
         find more."
    );
    (handover.blocked > 0 && !handover.parts.is_empty()).then_some(told)
}

/// What was tested, as pairs of a name and a value.
pub(super) fn tested_target(handover: &Handover) -> Vec<(&'static str, String)> {
    let target = &handover.target;
    let mut pairs = vec![(
        "Tenant",
        format!("{} (cloud {})", target.tenant_id, target.cloud),
    )];
    for own in &target.connections {
        let rooms = wording::count_noun(own.rooms, "room");
        pairs.push((
            "Connection",
            format!(
                "{}: {}, app {}, {rooms}",
                display_names::connection_in_list(&own.name),
                wording::api(own.api),
                own.client_id
            ),
        ));
    }
    pairs.push(("Tested", handover.tested_at.to_string()));
    pairs.push(("Report", handover.report_id.clone()));
    pairs
}

/// The heading of a part.
pub(super) fn role_heading(part: &RoleTasks) -> String {
    match part {
        _ if part.needs_no_action() => "No action needed: wait and check again".to_owned(),
        _ if part.is_notes => "Notes: nothing fails because of these".to_owned(),
        _ => part.who.clone(),
    }
}

/// What there is to know about a task before its steps, as pairs of a name and a value.
pub(super) fn task_details(task: &Task) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    pairs.extend(task.who.iter().map(|who| ("Who", who.clone())));
    match (&task.connection, task.connections.as_slice()) {
        (Some(connection), _) => pairs.push(("Connection", connection.clone())),
        (None, [_, _, ..]) => pairs.push(("Connections", name_list(&task.connections))),
        (None, _) => {}
    }
    if !task.subjects.is_empty() {
        pairs.push(("Concerns", name_list(&task.subjects)));
    }
    if let Some(note) = confidence_note(task.confidence) {
        pairs.push(("How sure", note.to_owned()));
    }
    pairs
}

fn name_list(names: &[String]) -> String {
    wording::list_up_to(
        names,
        if names.len() > LONGEST_FULL_LIST {
            MAX_NAMES
        } else {
            LONGEST_FULL_LIST
        },
    )
}

fn confidence_note(confidence: Confidence) -> Option<&'static str> {
    match confidence {
        Confidence::Confirmed => None,
        Confidence::Likely => Some("likely; the answers point here and do not prove it"),
        Confidence::Possible => Some("possible; the answers cannot tell it from other causes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    #[test]
    fn the_summary_counts_tasks_notes_and_waits_apart() {
        let mut report = fixture::report();
        let said = |report: &crate::report::Report| summary(&Handover::new(report));
        assert_eq!(
            said(&report),
            "2 tasks, 2 notes below; the report says NOT READY."
        );
        report.causes[0].remedy.who = "nobody".into();
        assert_eq!(
            said(&report),
            "1 task, 2 notes, 1 thing to wait for below; the report says NOT READY."
        );
        report
            .causes
            .retain(|cause| cause.requirement == crate::terms::Requirement::Advisory);
        assert_eq!(
            said(&report),
            "2 notes below, and nothing that has to be fixed; the report says NOT READY."
        );
    }

    #[test]
    fn a_redacted_copy_and_a_narrowed_run_are_announced() {
        let mut report = fixture::report();
        assert_eq!(introduction(&Handover::new(&report)).len(), 2);
        report.redaction.mode = "pseudonyms".into();
        report.redaction.key = Some("abc".into());
        report.interrupted = true;
        let told = introduction(&Handover::new(&report)).join(" ");
        assert!(
            told.contains("pseudonyms") && told.contains("Only a part was checked"),
            "{told}"
        );
    }
}
