//! Labels and phrases of the setup guide.

use crate::diagnosis::{FieldValue, GuideConnection, GuidePermission};
use crate::report::Tool;
use crate::report::counting::count_noun;
use crate::report::display_names;
use crate::terms::GuideState;

use super::labels::api;

/// Title of the guide.
pub const GUIDE_TITLE: &str = "Set up ResourceXpress on Microsoft 365";
/// Label of the state of a step.
pub const STATE: &str = "State";
/// Label of the place of a step.
pub const WHERE: &str = "Where";
/// Label of the APIs of a step.
pub const FOR_API: &str = "For";
/// Label of the checks that show a step as done.
pub const SHOWN_BY: &str = "Shown by";
/// Label of a permission that a step adds.
pub const PERMISSION: &str = "Permission";
/// Label of the page that a step was compared with.
pub const SOURCE: &str = "Source";
/// Label of a sentence of the vendor's guide that is no longer correct.
pub const VENDORS_GUIDE: &str = "Vendor's guide";
/// Label of what is correct instead.
pub const CORRECT_TODAY: &str = "Correct today";
/// Column of the value of a field.
pub const COLUMN_VALUE: &str = "Value";
/// Column of what else applies to a value.
pub const COLUMN_NOTE: &str = "Note";

/// Label of what a report shows about a step.
pub fn guide_state(state: GuideState) -> &'static str {
    match state {
        GuideState::Done => "Done",
        GuideState::Open => "To do",
        GuideState::NotShown => "Not shown by the report",
    }
}

/// The box in front of a step: ticked off, or not.
pub fn tick(state: GuideState) -> &'static str {
    match state {
        GuideState::Done => "[x]",
        GuideState::Open | GuideState::NotShown => "[ ]",
    }
}

/// `8 of 20 steps are ticked off; 2 are to do.`
pub fn count_of_done(done: usize, open: usize, all: usize) -> String {
    let verb = if done == 1 { "is" } else { "are" };
    let open = match open {
        0 => String::new(),
        1 => "; the report shows that 1 is to do".to_owned(),
        more => format!("; the report shows that {more} are to do"),
    };
    format!(
        "{done} of {} {verb} ticked off{open}.",
        count_noun(all, "step")
    )
}

/// A permission with its API, type and ID.
pub fn permission_to_add(permission: &GuidePermission) -> String {
    let GuidePermission {
        permission,
        api,
        kind,
        id,
        purpose,
    } = permission;
    format!("{permission} ({api}, {kind}, {id}): {purpose}")
}

/// A value, with what else applies to it in parentheses, so that it is not copied.
pub fn field_value(field: &FieldValue) -> String {
    match &field.note {
        Some(note) => format!("{} ({note})", field.value),
        None => field.value.clone(),
    }
}

/// A connection of the guide.
pub fn guide_connection(connection: &GuideConnection) -> String {
    let name = display_names::connection_in_list(&connection.name);
    let app = match connection.client_id.as_str() {
        "" => "app not registered yet".to_owned(),
        id => format!("app {id}"),
    };
    let rooms = count_noun(connection.rooms, "room");
    format!("{name}: {}, {app}, {rooms}", api(connection.api))
}

/// The program that wrote a guide.
pub fn written_by(tool: &Tool) -> String {
    let Tool {
        name,
        version,
        knowledge_date,
    } = tool;
    format!("Written by {name} {version}, knowledge base {knowledge_date}.")
}

/// The page that a step was compared with, and when.
pub fn source_and_day(source: &str, day: &str) -> String {
    format!("{source} (compared on {day})")
}
