//! Permissions in words: what the token declares and what the service returned.

use crate::diagnosis::AdministratorSummary;
use crate::knowledge::Need;
use crate::report::counting::{count_noun, format_count};
use crate::report::room_counts::RoomCounts;

use super::room_phrases::{rooms_not_checked, share_of_rooms};

/// The token contains the permission itself.
pub const IN_TOKEN: &str = "yes";
/// The token was read and does not contain the permission.
pub const NOT_IN_TOKEN: &str = "no";
/// No token was issued, or the token cannot be read.
pub const TOKEN_NOT_KNOWN: &str = "not known";
/// No request was sent that needs the permission.
pub const NOT_REQUESTED: &str = "not requested";
/// The service accepted a request that needs the permission.
pub const ACCESS_ALLOWED: &str = "access allowed";
/// The service returned neither a status nor a code.
pub const NO_STATUS: &str = "none";

/// Label of how consent is granted.
pub const CONSENT: &str = "Consent";

/// A permission as `requirements` lists it, in pairs of a label and a value.
pub fn permission_details<'n>(need: &'n Need, consent: &'n str) -> [(&'static str, &'n str); 5] {
    [
        ("API", need.api.title()),
        ("Type", "Application"),
        ("ID", &need.guid),
        ("Purpose", &need.purpose),
        (CONSENT, consent),
    ]
}

/// A permission that is not required.
pub fn optional_permission(permission: &str) -> String {
    format!("{permission} (optional)")
}

/// The token contains other permissions that include the needed one.
pub fn through_roles(roles: &[String]) -> String {
    format!("through {}", roles.join(", "))
}

/// Token and response of a permission in one line.
pub fn permission_line(permission: &str, declared: &str, observed: &str) -> String {
    format!("{permission}: in token: {declared}; live response: {observed}")
}

/// The evidence of an administrator, and its limits.
pub fn describe_administrator(summary: &AdministratorSummary) -> String {
    let mut text = format!("collected by an administrator at {}", summary.collected_at);
    for limit in &summary.limits {
        text.push_str(". ");
        text.push_str(limit);
    }
    text
}

/// The live response, and what the configuration states that an administrator collected.
pub fn with_configuration(live: &str, configured: &[String]) -> String {
    format!("{live}; configured: {}", configured.join("; "))
}

/// What a permission allows in fact: how many rooms can be read and written. Rooms without a clear result are not counted as
/// denied.
pub fn accessible_rooms(reading: RoomCounts, writing: RoomCounts) -> String {
    let mut parts = Vec::new();
    if writing.work < reading.work {
        parts.push(format!(
            "{} readable",
            share_of_rooms(reading, reading.work)
        ));
        if writing.work > 0 || writing.fail > 0 {
            parts.push(format!("{} writable", format_count(writing.work)));
        }
        push_unknown(&mut parts, writing.unknown, "write access unknown for");
    } else {
        if writing.work > 0 || reading.fail > 0 {
            parts.push(format!(
                "{} accessible",
                share_of_rooms(reading, writing.work)
            ));
        }
        push_unknown(&mut parts, reading.unknown, "access unknown for");
    }
    if reading.not_checked > 0 {
        parts.push(rooms_not_checked(reading.not_checked));
    }
    if parts.is_empty() {
        return String::new();
    }
    format!("; {}", parts.join(", "))
}

fn push_unknown(parts: &mut Vec<String>, rooms: usize, lead: &str) {
    if rooms > 0 {
        parts.push(format!("{lead} {}", count_noun(rooms, "room")));
    }
}
