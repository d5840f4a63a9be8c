//! Tasks of a report for administrators, as data.

use jiff::Timestamp;

use crate::diagnosis::{Cause, Command, ConsoleValues, ResultRow};
use crate::knowledge;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::roles::by_role;
use crate::report::{Report, Target, Verdict, display_names, wording};
use crate::terms::{Confidence, Outcome, Readiness, Requirement};

/// How many sentences of evidence a task contains.
const MAX_SENTENCES: usize = 6;

/// Every task in a report, and nothing else of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The tenant and the connections that were tested.
    pub target: Target,
    /// When they were tested.
    pub tested_at: Timestamp,
    /// The verdict of the report.
    pub verdict: Verdict,
    /// The label of the verdict or of the readiness.
    pub label: &'static str,
    /// Why the label is what it is, where the tasks do not show it.
    pub reason: Option<String>,
    /// Whether the connections over EWS can switch to Graph; the tasks are then the plan of the move.
    pub readiness: Option<Readiness>,
    /// The ID of the report, for follow-up with the person who sent it.
    pub report_id: String,
    /// Whether names and addresses are pseudonyms, so that the commands need the real values again.
    pub redacted: bool,
    /// Whether the run was narrowed or interrupted, so that it covers only a part.
    pub incomplete: bool,
    /// Whether evidence that an administrator collects could decide about a cause that is in doubt.
    pub needs_evidence: bool,
    /// How many checks did not run because another check did not pass.
    pub blocked: usize,
    /// The tasks by role: the role with the most urgent task first, then what only needs time, then the notes.
    pub parts: Vec<RoleTasks>,
}

/// The tasks of one role, or of one part of the move to Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTasks {
    /// The role, or the heading of the part.
    pub who: String,
    /// The tasks, in the order of the report.
    pub tasks: Vec<Task>,
    /// Whether this part contains the notes, which cause no failure; each note names its role.
    pub is_notes: bool,
    /// When the tasks are to be done, for a part of the move to Graph.
    pub introduction: Option<String>,
    /// Whether the tasks are done only if others fail, such as the return to EWS.
    pub is_fallback: bool,
}

/// A task: the remedy of one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The number of the cause, the same in every format of the report. It gives the order across all parts.
    pub number: usize,
    /// Whether the cause is a required or optional problem, or a note.
    pub requirement: Requirement,
    /// The role, where the part contains tasks for several roles.
    pub who: Option<String>,
    /// The confidence in the cause.
    pub confidence: Confidence,
    /// The problem, in one line.
    pub title: String,
    /// The affected connection, if there is only one.
    pub connection: Option<String>,
    /// All affected connections.
    pub connections: Vec<String>,
    /// The affected rooms, hosts or apps.
    pub subjects: Vec<String>,
    /// What was observed, in sentences.
    pub because: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// The values to enter in the ResourceXpress console.
    pub console: Vec<ConsoleValues>,
    /// The commands with the customer's values; lines that change settings are comments.
    pub commands: Vec<Command>,
    /// The address at which consent is granted, if a step contains one.
    pub consent: Option<String>,
    /// How to verify the fix.
    pub verify: String,
    /// How long the fix takes to become effective.
    pub takes: String,
    /// Links to Microsoft's documentation.
    pub links: Vec<String>,
}

impl RoleTasks {
    /// Whether the only remedy is to wait.
    pub fn needs_no_action(&self) -> bool {
        wording::needs_no_action(&self.who)
    }
}

impl Task {
    /// The text of a step before the consent address at its end, and the address; `None` for any other step.
    pub(super) fn split_consent<'s>(&'s self, step: &'s str) -> Option<(&'s str, &'s str)> {
        let address = self.consent.as_deref()?;
        Some((step.strip_suffix(address)?, address))
    }

    /// Whether the task is a note, which causes no failure.
    pub fn is_note(&self) -> bool {
        self.requirement == Requirement::Advisory
    }
}

/// Whether a check did not run because another check did not pass.
pub(super) fn is_blocked(row: &ResultRow) -> bool {
    row.outcome == Outcome::Skipped && row.blocked_by.is_some()
}

/// One part for each role, then what only needs time, then the notes of all roles in the order of the report.
pub(super) fn group_by_role(report: &Report) -> Vec<RoleTasks> {
    let (notes, problems): (Vec<_>, Vec<_>) = cause_order::numbered_causes(report)
        .into_iter()
        .filter(is_actionable)
        .partition(NumberedCause::is_note);
    let mut parts: Vec<RoleTasks> = by_role(problems)
        .into_iter()
        .map(|role| RoleTasks {
            who: role.who.to_owned(),
            tasks: role
                .causes
                .iter()
                .map(|numbered| task_of_cause(numbered, report))
                .collect(),
            is_notes: false,
            introduction: None,
            is_fallback: false,
        })
        .collect();
    let notes: Vec<Task> = notes
        .iter()
        .map(|numbered| Task {
            who: Some(numbered.cause.remedy.who.clone()),
            ..task_of_cause(numbered, report)
        })
        .collect();
    if !notes.is_empty() {
        parts.push(RoleTasks {
            who: "Notes".to_owned(),
            tasks: notes,
            is_notes: true,
            introduction: None,
            is_fallback: false,
        });
    }
    parts
}

pub(super) fn is_actionable(numbered: &NumberedCause<'_>) -> bool {
    // What is accepted is left as it is.
    numbered.cause.accepted.is_none()
        && !(numbered.is_note() && wording::needs_no_action(&numbered.cause.remedy.who))
}

pub(super) fn task_of_cause(numbered: &NumberedCause<'_>, report: &Report) -> Task {
    let cause = numbered.cause;
    let target = &report.target;
    let remedy = &cause.remedy;
    Task {
        number: numbered.number,
        who: None,
        requirement: cause.requirement,
        confidence: cause.confidence,
        title: cause.title.clone(),
        connection: cause
            .connection
            .as_deref()
            .map(display_names::connection_in_list),
        connections: cause
            .connections
            .iter()
            .map(|name| display_names::connection_in_list(name))
            .collect(),
        subjects: display_names::subjects(target, &cause.subjects),
        because: evidence(cause, report),
        steps: remedy.steps.clone(),
        console: Vec::new(),
        commands: remedy.commands.clone(),
        consent: consent_in(&remedy.steps),
        verify: how_to_verify(&cause.id, &remedy.verify),
        takes: remedy.takes.clone(),
        links: printable_links(&remedy.links),
    }
}

/// The evidence that is of use to an administrator: the configuration that another one collected. The responses to the app
/// are for support.
fn evidence(cause: &Cause, report: &Report) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    let rows = cause.explained(&report.results);
    for sentence in rows.flat_map(|row| &row.configured) {
        if sentences.len() < MAX_SENTENCES && !sentences.contains(sentence) {
            sentences.push(sentence.clone());
        }
    }
    sentences
}

/// How to verify the fix, for an administrator who does not have this program.
pub(super) fn how_to_verify(cause: &str, own: &str) -> String {
    match cause.parse().ok().and_then(knowledge::admin_verify) {
        Some(place) if own.contains("rx-preflight") => {
            let command = if own.contains("rx-preflight migrate") {
                "migrate"
            } else {
                "check"
            };
            format!(
                "{place} Then have the person who sent you this document repeat `rx-preflight {command}`."
            )
        }
        _ => own.to_owned(),
    }
}

/// The consent address, if a step contains one.
pub(super) fn consent_in(steps: &[String]) -> Option<String> {
    steps.iter().find_map(|step| consent_address(step))
}

/// The links that a page may contain.
pub(super) fn printable_links(links: &[String]) -> Vec<String> {
    links.iter().filter(|link| is_link(link)).cloned().collect()
}

/// The consent address at the end of a step. It becomes a link only if it is complete and belongs to one of Microsoft's
/// sign-in hosts, because a saved report can contain any address.
fn consent_address(step: &str) -> Option<String> {
    let address = step.get(step.find("https://")?..)?;
    let is_of_microsoft = knowledge::clouds()
        .iter()
        .any(|cloud| address.starts_with(&format!("https://{}/", cloud.sign_in_host)));
    (is_of_microsoft && address.contains("/adminconsent?") && is_link(address))
        .then(|| address.to_owned())
}

/// Whether a text is exactly one address, without characters that a format could interpret as markup.
fn is_link(text: &str) -> bool {
    text.starts_with("https://")
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#@&+,;=%".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    fn tasks(handover: &Handover) -> usize {
        handover.parts.iter().map(|part| part.tasks.len()).sum()
    }

    #[test]
    fn tasks_are_grouped_by_who_and_notes_come_last() {
        let mut report = sample_report::report();
        report.causes[1].remedy.who = "nobody".into();
        let handover = Handover::new(&report);
        let numbers = |handover: &Handover| -> Vec<usize> {
            let parts = handover.parts.iter().filter(|part| part.is_notes);
            parts
                .flat_map(|part| part.tasks.iter().map(|task| task.number))
                .collect()
        };
        assert!(numbers(&handover).is_sorted() && handover.parts.last().unwrap().is_notes);
        assert!(
            handover
                .parts
                .last()
                .unwrap()
                .tasks
                .iter()
                .all(|task| task.who.is_some())
        );
        for part in &handover.parts {
            assert!(part.tasks.is_sorted_by_key(|task| task.number));
            assert!(part.tasks.is_sorted_by_key(|task| task.requirement));
        }
        let order = cause_order::numbered_causes(&report);
        assert_eq!(handover.parts[0].who, order[0].cause.remedy.who);
        let mut names: Vec<&str> = handover
            .parts
            .iter()
            .map(|part| part.who.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), handover.parts.len());
    }

    #[test]
    fn notes_of_several_roles_are_in_ascending_order() {
        let mut report = sample_report::report();
        let note = report
            .causes
            .iter()
            .find(|cause| cause.requirement == Requirement::Advisory)
            .cloned()
            .unwrap();
        let failed = report
            .causes
            .iter()
            .find(|cause| cause.requirement != Requirement::Advisory)
            .cloned()
            .unwrap();
        let of = |cause: &Cause, who: &str| {
            let mut cause = cause.clone();
            cause.remedy.who = who.into();
            cause
        };
        report.causes = vec![
            of(&failed, "A"),
            of(&failed, "B"),
            of(&note, "B"),
            of(&note, "A"),
            of(&note, "B"),
        ];
        let handover = Handover::new(&report);
        let notes = handover.parts.last().unwrap();
        assert_eq!(
            notes
                .tasks
                .iter()
                .map(|task| task.number)
                .collect::<Vec<_>>(),
            [3, 4, 5]
        );
        assert_eq!(
            handover
                .parts
                .iter()
                .map(|part| part.tasks.len())
                .collect::<Vec<_>>(),
            [1, 1, 3]
        );
    }

    #[test]
    fn the_fix_can_be_verified_without_this_program() {
        let mut report = sample_report::report();
        report.causes[0].id = "registration.consent-missing".into();
        report.causes[0].remedy.verify = "Run `rx-preflight check` again: the row passes.".into();
        let handover = Handover::new(&report);
        let tasks: Vec<&Task> = handover.parts.iter().flat_map(|part| &part.tasks).collect();
        let verify = &tasks
            .iter()
            .find(|task| task.verify.contains("API permissions"))
            .unwrap()
            .verify;
        assert!(verify.ends_with(
            "Then have the person who sent you this document repeat `rx-preflight check`."
        ));
        report.causes[0].remedy.verify = "InScope is True.".into();
        let handover = Handover::new(&report);
        assert!(
            handover
                .parts
                .iter()
                .flat_map(|part| &part.tasks)
                .any(|task| task.verify == "InScope is True.")
        );
    }

    #[test]
    fn only_a_note_that_needs_no_action_is_left_out() {
        let mut report = sample_report::report();
        let (notes, others): (Vec<_>, Vec<_>) = report
            .causes
            .iter()
            .partition(|cause| cause.requirement == Requirement::Advisory);
        let (notes, others) = (notes.len(), others.len());
        assert_eq!(tasks(&Handover::new(&report)), notes + others);
        report
            .causes
            .iter_mut()
            .for_each(|cause| cause.remedy.who = "nobody".into());
        let handover = Handover::new(&report);
        assert_eq!(tasks(&handover), others);
        assert!(handover.parts.iter().all(RoleTasks::needs_no_action));
    }

    #[test]
    fn a_consent_address_is_complete_and_belongs_to_microsoft() {
        let good = "https://login.microsoftonline.com/contoso.com/adminconsent?client_id=9a41";
        assert_eq!(
            consent_address(&format!("Give it here: {good}")).as_deref(),
            Some(good)
        );
        for step in [
            "Give it here: https://evil.example/x/adminconsent?client_id=1",
            "Give it here: https://login.microsoftonline.com.evil.example/x/adminconsent?client_id=1",
            "Give it here: https://login.microsoftonline.com/x/adminconsent?client_id=1 2",
            "Give it here: https://login.microsoftonline.com/x/adminconsent?client_id=1)",
            "Look at https://learn.microsoft.com/x",
            "no address",
        ] {
            assert_eq!(consent_address(step), None, "{step}");
        }
    }
}
