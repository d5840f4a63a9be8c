//! Phrases of the first screen of a report: headline, short lines, details and the next step.

use crate::report::TargetConnection;
use crate::report::counting::{count_noun, format_count};
use crate::terms::{Api, Confidence};

use super::labels::{api, confidence, needs_no_action, who};

/// Label of what the report does not cover, in a column of labels.
pub const NOT_COVERED_LABEL: &str = "Not covered";
/// Label of how to see more.
pub const DETAILS: &str = "Details";
/// Label of the one thing to do next.
pub const NEXT: &str = "Next";

/// The next step where an input is missing.
pub const ADD_MISSING_INPUT: &str =
    "Add the missing setting that is named above, then run the check again.";
/// The next step after an interrupted run.
pub const RUN_TO_THE_END: &str = "Run the check again and let it end.";
/// The next step after a run that reached its time limit.
pub const RUN_WITH_MORE_TIME: &str = "Run the check again with a longer `--deadline`.";
/// The next step after an internal error.
pub const REPORT_INTERNAL_ERROR: &str = "Run the check again. If the internal error repeats, report it with the redacted copy: `--redact -o report.json`.";
/// The next step where a response has no clear meaning.
pub const RUN_AGAIN: &str = "Run the check again. If the result is the same, `--verbose` shows every request and its response.";

/// `Not ready:`, with the end of the run where it was interrupted.
pub fn headline_lead(label: &str, interrupted: bool) -> String {
    if interrupted {
        format!("{label} (interrupted):")
    } else {
        format!("{label}:")
    }
}

/// A connection among others: name, API and rooms.
pub fn connection_in_short(name: &str, connection: &TargetConnection) -> String {
    let rooms = count_noun(connection.rooms, "room");
    format!("{name}: {}, {rooms}", api(connection.api))
}

/// The only connection: name, API, app and rooms.
pub fn connection_with_app(name: &str, connection: &TargetConnection) -> String {
    let rooms = count_noun(connection.rooms, "room");
    let app = &connection.client_id;
    format!("{name}: {}, app {app}, {rooms}", api(connection.api))
}

/// `12 over EWS, 8 over Graph; 340 rooms`.
pub fn connections_counted(by_api: &[(Option<Api>, usize)], rooms: usize) -> String {
    let counted: Vec<String> = by_api
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(of, number)| match of {
            Some(_) => format!("{} over {}", format_count(*number), api(*of)),
            None => format!("{} for user sync only", format_count(*number)),
        })
        .collect();
    format!("{}; {}", counted.join(", "), count_noun(rooms, "room"))
}

/// Notes about the inputs that are not listed.
pub fn more_input_notes(count: usize) -> String {
    format!("and {} with `--verbose`", count_noun(count, "more note"))
}

/// Sections of which nothing was checked, with their counts.
pub fn sections_with_counts(titles: &[&str], counts: &str) -> String {
    format!("{}: {counts}", titles.join(", "))
}

/// A title that is not certain.
pub fn title_with_confidence(title: &str, how: Confidence) -> String {
    format!("{title} ({})", confidence(how))
}

/// What a problem affects, with its connections.
pub fn affected_in(counted: &str, connections: &str) -> String {
    format!("{counted} of {connections}")
}

/// Who can fix a problem, and the first step.
pub fn first_step_of(role: &str, step: Option<&str>) -> String {
    match step {
        None => who(role).to_owned(),
        Some(step) if needs_no_action(role) => step.to_owned(),
        Some(step) => format!("{}: {step}", who(role)),
    }
}

/// Checks with the reason for which they did not pass.
pub fn unexplained_checks(checks: &str, message: &str, other_reasons: usize) -> String {
    match other_reasons {
        0 => format!("{checks}: {message}"),
        others => format!(
            "{checks} ({} more in `--verbose`): {message}",
            count_noun(others, "message")
        ),
    }
}

/// How many points of what the report does not cover there are.
pub fn not_covered_in_short(points: usize) -> String {
    format!(
        "{} that the app cannot check, listed with `--verbose`",
        count_noun(points, "point")
    )
}

/// The same for a report without problems, whose details need no line of their own.
pub fn not_covered_and_details(points: usize, saved: Option<&str>) -> String {
    let points = count_noun(points, "point");
    let verbose = with_option(saved, "`--verbose`");
    format!("{points} that the app cannot check; all details: {verbose}")
}

/// How to see one problem in full, or everything.
pub fn how_to_see_details(saved: Option<&str>, problems: usize) -> String {
    let options = match problems {
        0 => "`--verbose`".to_owned(),
        1 => "`--problem 1` or `--verbose`".to_owned(),
        last => format!("`--problem N` (1 to {}) or `--verbose`", format_count(last)),
    };
    with_option(saved, &options)
}

/// How to see the plan of a move with its values and commands.
pub fn how_to_see_plan(saved: Option<&str>) -> String {
    let verbose = with_option(saved, "`--verbose`");
    format!("{verbose} for the plan with every value and command")
}

fn with_option(saved: Option<&str>, options: &str) -> String {
    match saved {
        Some(file) => format!("`rx-preflight report {file}` with {options}"),
        None => format!("repeat the command with {options}"),
    }
}

/// The next step for a note about a date or a danger.
pub fn plan_note(number: usize, saved: Option<&str>) -> String {
    format!("Plan note {number}: {}", steps_of(number, saved))
}

/// The next step for a problem that the reader can fix.
pub fn fix_problem(number: usize, saved: Option<&str>) -> String {
    format!("Fix problem {number}: {}", steps_of(number, saved))
}

fn steps_of(number: usize, saved: Option<&str>) -> String {
    match saved {
        Some(file) => format!("`rx-preflight report {file} --problem {number}`"),
        None => format!("repeat the command with `--problem {number}` for every step"),
    }
}

/// The next step for a problem that the administrator of another system can fix.
pub fn hand_over_problem(number: usize, role: &str, saved: Option<&str>) -> String {
    let role = who(role);
    match saved {
        Some(file) => format!(
            "Hand problem {number} over to the {role}: `rx-preflight report {file} --for admin -o tasks.md`"
        ),
        None => format!(
            "Hand problem {number} over to the {role}: repeat the command with `-o report.json`, then `rx-preflight report report.json --for admin -o tasks.md`"
        ),
    }
}

/// The first step of a plan.
pub fn first_step_of_plan(title: &str, role: &str) -> String {
    format!(
        "Start with step 1 of the plan: {}",
        step_with_role(title, role)
    )
}

/// A step with the role that can do it.
pub fn step_with_role(title: &str, role: &str) -> String {
    format!("{title} ({})", who(role))
}

/// `Switch: steps 3 to 4`.
pub fn steps_of_part(title: &str, first: usize, steps: usize) -> String {
    match steps {
        1 => format!("{title}: step {first}"),
        _ => format!("{title}: steps {first} to {}", first + steps - 1),
    }
}

/// A connection with its groups of rooms.
pub fn connection_with_rooms(name: &str, groups: &[String]) -> String {
    if groups.is_empty() {
        name.to_owned()
    } else {
        format!("{name}. {}", groups.join("; "))
    }
}

/// Connections that are not listed.
pub fn more_connections(count: usize) -> String {
    format!("and {}", count_noun(count, "more connection"))
}

/// The role that can act, and for which connections if there are several in the report.
pub fn who_for(role: &str, connections: Option<&str>) -> String {
    match connections {
        Some(connections) => format!("{} ({connections})", who(role)),
        None => who(role).to_owned(),
    }
}
