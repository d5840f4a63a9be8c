//! What no app-only check can see, with who can look and where.

use crate::evidence::{CheckId, Evidence};
use crate::knowledge::{self, NotVisible};

/// More rooms than this are not listed in a command; the command asks Exchange for all rooms instead.
const LISTED_ROOMS: usize = 20;
/// All rooms of the tenant, for the pipelines of the knowledge.
const ALL_ROOMS: &str = "(Get-EXOMailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited).PrimarySmtpAddress";

/// One text for everything that stays out of sight: what it is and who can look in the first line, where and with which
/// command below it.
pub fn not_visible(evidence: &Evidence) -> Vec<String> {
    knowledge::not_visible().iter().map(|spot| line(evidence, spot)).collect()
}

fn line(evidence: &Evidence, spot: &NotVisible) -> String {
    let look = filled(evidence, &spot.look, false);
    let line = format!("{} Who can look: {}.\n{look}", spot.text, spot.who);
    match &spot.command {
        Some(command) => format!("{line}\n{}", filled(evidence, &command.text, true)),
        None => line,
    }
}

/// The commands that show and set how the rooms process bookings.
pub(super) fn calendar_processing_message(evidence: &Evidence) -> String {
    let knowledge = knowledge::calendar_processing();
    let spot = knowledge::skip_sentence("needs-permission");
    let show = filled(evidence, &knowledge.show.text, true);
    let set = filled(evidence, &knowledge.set.text, true);
    format!("{spot}\n{show}\n{set}\n# {}", knowledge.source)
}

fn filled(evidence: &Evidence, template: &str, command: bool) -> String {
    let quote = |text: &str| if command { super::values::quote_powershell(text) } else { text.to_owned() };
    let first = evidence.connections.first();
    knowledge::fill(template, &|name| match name {
        "rooms" => Some(rooms(evidence)),
        "client_id" => first.map(|facts| quote(&facts.client_id)),
        "app_name" => first.map(|facts| quote(&facts.client_id)),
        "sender" => evidence.connections.iter().find_map(|facts| facts.sender.as_deref()).map(quote),
        _ => None,
    })
}

fn rooms(evidence: &Evidence) -> String {
    let asked = |check| matches!(check, CheckId::MailboxImpersonation | CheckId::MailboxCalendarRead);
    let mut rooms: Vec<&str> = Vec::new();
    for row in evidence.observations.iter().filter(|row| asked(row.check) && row.subject.contains('@')) {
        if !rooms.contains(&row.subject.as_str()) {
            rooms.push(&row.subject);
        }
        if rooms.len() > LISTED_ROOMS {
            return ALL_ROOMS.to_owned();
        }
    }
    if rooms.is_empty() {
        return ALL_ROOMS.to_owned();
    }
    rooms.into_iter().map(super::values::quote_powershell).collect::<Vec<_>>().join(",")
}
