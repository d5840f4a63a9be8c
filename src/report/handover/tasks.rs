//! What an administrator has to do, as data.

use jiff::Timestamp;

use crate::diagnosis::{Cause, Command, ResultRow};
use crate::knowledge;
use crate::report::cause_order::{self, NumberedCause};
use crate::report::{Report, Target, Verdict, display_names, sanitize, wording};
use crate::terms::{Confidence, Outcome, Requirement};

/// Everything that a report asks somebody to do, and nothing else of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The tenant and the connections that were tested.
    pub target: Target,
    /// When they were tested.
    pub tested_at: Timestamp,
    /// The verdict of the report.
    pub verdict: Verdict,
    /// The name of the report, for questions back.
    pub report_id: String,
    /// Names and addresses are pseudonyms, so the commands have to be filled in again.
    pub redacted: bool,
    /// Only a part was looked at, because the run was narrowed or interrupted.
    pub incomplete: bool,
    /// How many checks could not be asked because something else stood in their way.
    pub blocked: usize,
    /// The tasks, by who can do them: first who has the most urgent one, then what only takes waiting, then the notes.
    pub parts: Vec<RoleTasks>,
}

/// What one role has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTasks {
    /// The role.
    pub who: String,
    /// What is to be done, in the order of the report.
    pub tasks: Vec<Task>,
    /// Nothing is broken by what this part holds; each note names its role.
    pub is_notes: bool,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The number of the cause in every other format of the report. Over all parts it says what comes first.
    pub number: usize,
    /// How much depends on it.
    pub requirement: Requirement,
    /// The role, in the part with the notes of every role.
    pub who: Option<String>,
    /// How sure the cause is.
    pub confidence: Confidence,
    /// What is wrong, in a line.
    pub title: String,
    /// The connection that it concerns, if it is only one.
    pub connection: Option<String>,
    /// Every connection that it concerns.
    pub connections: Vec<String>,
    /// What it concerns.
    pub subjects: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<String>,
    /// The commands, filled in; lines that change something are comments.
    pub commands: Vec<Command>,
    /// Where the consent is given, if a step names the address.
    pub consent: Option<String>,
    /// How to see that it worked.
    pub verify: String,
    /// How long it takes to be effective.
    pub takes: String,
    /// Where to read more.
    pub links: Vec<String>,
}

impl Handover {
    /// Takes out of a report what somebody has to do, with every text made harmless.
    ///
    /// Of the notes those are kept that somebody can act on: a secret that ends soon is still time to renew, permissions
    /// beyond need can be taken back. They are the last part. A note that asks nothing of anyone is left out. What fails or
    /// is undecided for a cause that no one can fix stays in, since the answer to it is to wait.
    pub fn new(report: &Report) -> Self {
        let safe = sanitize::sanitize_report(report, true);
        let is_blocked =
            |row: &&ResultRow| row.outcome == Outcome::Skipped && row.blocked_by.is_some();
        Self {
            tested_at: safe.started_at,
            verdict: safe.summary.verdict,
            redacted: safe.redaction.is_redacted(),
            incomplete: safe.interrupted || !safe.target.narrowed_by.is_empty(),
            blocked: safe.results.iter().filter(is_blocked).count(),
            parts: parts(&safe),
            report_id: safe.report_id,
            target: safe.target,
        }
    }
}

impl RoleTasks {
    /// Whether waiting is all there is to do.
    pub fn needs_no_action(&self) -> bool {
        wording::needs_no_action(&self.who)
    }
}

impl Task {
    /// Whether nothing is broken by it.
    pub fn is_note(&self) -> bool {
        self.requirement == Requirement::Advisory
    }
}

/// One part for each role, then what only has to be waited for, then the notes of all roles in the order of the report.
fn parts(report: &Report) -> Vec<RoleTasks> {
    let mut parts: Vec<RoleTasks> = Vec::new();
    let mut notes: Vec<Task> = Vec::new();
    for numbered in cause_order::numbered_causes(report)
        .iter()
        .filter(|numbered| is_actionable(numbered))
    {
        let who = &numbered.cause.remedy.who;
        let task = task(numbered, &report.target);
        match parts.iter_mut().find(|part| part.who == *who) {
            _ if task.is_note() => notes.push(Task {
                who: Some(who.clone()),
                ..task
            }),
            Some(part) => part.tasks.push(task),
            None => parts.push(RoleTasks {
                who: who.clone(),
                tasks: vec![task],
                is_notes: false,
            }),
        }
    }
    parts.sort_by_key(RoleTasks::needs_no_action);
    if !notes.is_empty() {
        parts.push(RoleTasks {
            who: "Notes".to_owned(),
            tasks: notes,
            is_notes: true,
        });
    }
    parts
}

fn is_actionable(numbered: &NumberedCause<'_>) -> bool {
    !(numbered.is_note() && wording::needs_no_action(&numbered.cause.remedy.who))
}

fn task(numbered: &NumberedCause<'_>, target: &Target) -> Task {
    let cause = numbered.cause;
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
        steps: remedy.steps.clone(),
        commands: remedy.commands.clone(),
        consent: remedy.steps.iter().find_map(|step| consent_address(step)),
        verify: verify(cause),
        takes: remedy.takes.clone(),
        links: remedy
            .links
            .iter()
            .filter(|link| is_link(link))
            .cloned()
            .collect(),
    }
}

/// How to see that it worked, for a reader who does not have this program.
fn verify(cause: &Cause) -> String {
    let own = &cause.remedy.verify;
    match cause.id.parse().ok().and_then(knowledge::admin_verify) {
        Some(look) if own.contains("rx-preflight") => {
            format!(
                "{look} Then ask the person who sent this page to run `rx-preflight check` again."
            )
        }
        _ => own.clone(),
    }
}

/// The consent address at the end of a step. It is only shown to be followed when it leads to Microsoft's own sign-in
/// host and is whole.
fn consent_address(step: &str) -> Option<String> {
    let address = step.get(step.find("https://")?..)?;
    let hosts = || {
        knowledge::clouds()
            .iter()
            .map(|cloud| cloud.sign_in_host.as_str())
    };
    let is_microsofts = hosts().any(|host| address.starts_with(&format!("https://{host}/")));
    (is_microsofts && address.contains("/adminconsent?") && is_link(address))
        .then(|| address.to_owned())
}

/// Whether a text is one address and nothing else, made of characters that no format takes for its own.
fn is_link(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@&+,;=%".contains(&byte);
    text.starts_with("https://") && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;

    fn tasks(handover: &Handover) -> usize {
        handover.parts.iter().map(|part| part.tasks.len()).sum()
    }

    #[test]
    fn tasks_are_grouped_by_who_and_notes_come_last() {
        let mut report = fixture::report();
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
        let mut report = fixture::report();
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
        let mut report = fixture::report();
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
            "Then ask the person who sent this page to run `rx-preflight check` again."
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
        let mut report = fixture::report();
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
