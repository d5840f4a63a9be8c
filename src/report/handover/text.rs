//! The labels, headings and sentences of a hand-over, the same in every format.

use crate::report::{Verdict, display_names, wording};

use super::tasks::{Handover, RoleTasks, Task};

/// The longest list of subjects that a task shows in full.
const LONGEST_FULL_LIST: usize = 40;
/// How many subjects a task names of a longer list. The commands name all of them.
const MAX_NAMES: usize = 8;

/// The paragraphs before the tasks.
pub(super) fn introduction(handover: &Handover) -> Vec<String> {
    let mut paragraphs = vec![summary(handover)];
    if handover.readiness.is_some() {
        let sentence = "The tasks are the plan of the move to Microsoft Graph. Complete each part before you start the next one.";
        paragraphs.push(sentence.to_owned());
    } else if handover.parts.len() > 1 {
        let sentence = "The tasks are grouped by administrator role. The numbers show their order across all groups.";
        paragraphs.push(sentence.to_owned());
    }
    if handover.redacted {
        paragraphs.push(wording::PSEUDONYMS_IN_COMMANDS.to_owned());
    }
    if handover.needs_evidence {
        paragraphs.push(wording::EVIDENCE_REQUEST.to_owned());
    }
    if handover.incomplete {
        let sentence =
            "The check covered only a part of the configuration, so there may be more to do.";
        paragraphs.push(sentence.to_owned());
    }
    paragraphs
}

/// The number of tasks, notes and items that only need time, with the verdict.
fn summary(handover: &Handover) -> String {
    let verdict = handover.label;
    let reason = handover
        .reason
        .as_ref()
        .map_or_else(String::new, |reason| format!(" {reason}"));
    if handover.parts.is_empty() {
        let is_decided = matches!(handover.verdict, Verdict::Ready | Verdict::ReadyLimited);
        return if is_decided {
            format!(
                "There is nothing to do: the report contains nothing that an administrator has to fix. Verdict: {verdict}."
            )
        } else {
            format!("The report contains no task. Verdict of the report: {verdict}.{reason}")
        };
    }
    let (mut tasks, mut notes, mut waits) = (0, 0, 0);
    // A way back is nothing to do.
    for part in handover.parts.iter().filter(|part| !part.is_fallback) {
        for task in &part.tasks {
            if part.needs_no_action() {
                waits += 1;
            } else if task.is_note() {
                notes += 1;
            } else {
                tasks += 1;
            }
        }
    }
    let mut counts = Vec::new();
    for (count, noun) in [(tasks, "task"), (notes, "note"), (waits, "item")] {
        if count > 0 {
            counts.push(wording::count_noun(count, noun));
        }
    }
    let mut counts = counts.join(", ");
    if waits > 0 {
        counts.push_str(" to wait for");
    }
    if tasks == 0 {
        let is_decided = handover.reason.is_none();
        let nothing = if is_decided {
            "; nothing must be fixed"
        } else {
            ""
        };
        format!("{counts}{nothing}. Verdict of the report: {verdict}.{reason}")
    } else {
        format!("{counts}. Verdict of the report: {verdict}.{reason}")
    }
}

/// The paragraph after the tasks.
pub(super) fn closing(handover: &Handover) -> Option<String> {
    if handover.blocked == 0 || handover.parts.is_empty() {
        return None;
    }
    let blocked = wording::count_noun(handover.blocked, "check");
    Some(format!(
        "{blocked} could not run because of a problem listed above. Have the check repeated after you fix it; it may then \
         find more problems."
    ))
}

/// What was checked, as pairs of a label and a value.
pub(super) fn tested_target(handover: &Handover) -> Vec<(&'static str, String)> {
    let target = &handover.target;
    let mut pairs = vec![(wording::TENANT, wording::tenant_with_cloud(target))];
    for connection in &target.connections {
        let rooms = wording::count_noun(connection.rooms, "room");
        let value = wording::target_connection(
            &display_names::connection_in_list(&connection.name),
            wording::api(connection.api),
            &connection.client_id,
            &rooms,
        );
        pairs.push((wording::CONNECTION, value));
    }
    pairs.push((wording::CHECKED, handover.tested_at.to_string()));
    pairs.push((wording::REPORT, handover.report_id.clone()));
    pairs
}

/// The heading of a group of tasks.
pub(super) fn role_heading(part: &RoleTasks) -> String {
    if part.needs_no_action() {
        wording::WAIT_THEN_REPEAT.to_owned()
    } else if part.is_notes {
        wording::NOTES_WITHOUT_FAILURES.to_owned()
    } else {
        wording::who(&part.who).to_owned()
    }
}

/// The details of a task before its steps, as pairs of a label and a value.
pub(super) fn task_details(task: &Task) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if let Some(who) = &task.who {
        pairs.push((wording::ROLE, wording::who(who).to_owned()));
    }
    match (&task.connection, task.connections.as_slice()) {
        (Some(connection), _) => pairs.push((wording::CONNECTION, connection.clone())),
        (None, [_, _, ..]) => pairs.push((wording::CONNECTIONS, name_list(&task.connections))),
        (None, _) => {}
    }
    if !task.subjects.is_empty() {
        pairs.push((wording::AFFECTS, name_list(&task.subjects)));
    }
    for sentence in &task.because {
        pairs.push((wording::EVIDENCE, sentence.clone()));
    }
    if let Some(note) = wording::confidence_note(task.confidence) {
        pairs.push((wording::CONFIDENCE, note.to_owned()));
    }
    pairs
}

fn name_list(names: &[String]) -> String {
    if names.len() > LONGEST_FULL_LIST {
        wording::list_up_to(names, MAX_NAMES)
    } else {
        wording::list_up_to(names, LONGEST_FULL_LIST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;
    use crate::terms::{Confidence, Requirement};

    #[test]
    fn the_summary_counts_tasks_notes_and_waits_apart() {
        let mut report = sample_report::report();
        assert_eq!(
            summary(&Handover::new(&report)),
            "2 tasks, 2 notes. Verdict of the report: Not ready."
        );
        report.causes[0].remedy.who = "nobody".into();
        assert_eq!(
            summary(&Handover::new(&report)),
            "1 task, 2 notes, 1 item to wait for. Verdict of the report: Not ready."
        );
        report
            .causes
            .retain(|cause| cause.requirement == crate::terms::Requirement::Advisory);
        assert_eq!(
            summary(&Handover::new(&report)),
            "2 notes. Verdict of the report: Not ready. 6 of 15 rooms fail: mailbox.impersonation. Have the person \
             who sent you this document repeat the check."
        );
        report.summary.verdict = Verdict::Ready;
        assert_eq!(
            summary(&Handover::new(&report)),
            "2 notes; nothing must be fixed. Verdict of the report: Ready."
        );
    }

    #[test]
    fn a_redacted_copy_and_a_narrowed_run_are_announced() {
        let mut report = sample_report::report();
        assert_eq!(introduction(&Handover::new(&report)).len(), 3);
        report.redaction.mode = "pseudonyms".into();
        report.redaction.key = Some("abc".into());
        report.interrupted = true;
        let text = introduction(&Handover::new(&report)).join(" ");
        assert!(
            text.contains("pseudonyms") && text.contains("only a part of the configuration"),
            "{text}"
        );
    }

    #[test]
    fn evidence_is_requested_only_where_it_can_settle_a_cause() {
        let mut report = sample_report::report();
        let requests = |report: &crate::report::Report| {
            introduction(&Handover::new(report)).contains(&wording::EVIDENCE_REQUEST.to_owned())
        };
        for cause in &mut report.causes {
            cause.confidence = Confidence::Confirmed;
        }
        assert!(!requests(&report), "nothing is in doubt");
        report.causes[0].confidence = Confidence::Likely;
        report.causes[0].id = "settings.secret-mistyped".into();
        report.causes[0].candidates = Vec::new();
        assert!(!requests(&report), "no configuration shows a typing error");
        report.causes[0].id = "mailbox.outside-access-policy".into();
        assert!(requests(&report));
        report.causes[0].requirement = Requirement::Advisory;
        assert!(!requests(&report), "a note is not urgent");
    }
}
