//! What no app-only check can see, with who can look and where.

use crate::evidence::{Api, Asked, CheckId, Evidence, Observation, SkipReason};
use crate::knowledge::{self, Concern, NotVisible};

/// More rooms than this are not listed in a command; the command asks Exchange for all rooms instead.
const LISTED_ROOMS: usize = 20;
/// All rooms of the tenant, for the pipelines of the knowledge.
const ALL_ROOMS: &str = "(Get-EXOMailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited).PrimarySmtpAddress";

/// One text for everything that stays out of sight: what it is and who can look in the first line, where and with which
/// command below it.
pub fn not_visible(evidence: &Evidence) -> Vec<String> {
    let spots = knowledge::not_visible().iter();
    let relevant = spots.filter(|spot| spot.concerns.is_none_or(|concern| is_about(evidence, concern)));
    relevant.map(|spot| line(evidence, spot)).collect()
}

/// Whether the run is about what a line concerns. That a check was left out by `--only` or `--skip` says nothing about
/// how ResourceXpress sends mail; that the settings switch the feature off does.
fn is_about(evidence: &Evidence, concern: Concern) -> bool {
    let mut mail = evidence.observations.iter().filter(|row| row.check == CheckId::MailSend).peekable();
    match concern {
        Concern::Ews => evidence.connections.iter().any(|facts| facts.api == Some(Api::Ews)),
        Concern::Mail => mail.any(|row| !is_deselected(row)),
        Concern::NoMail => evidence.narrowed_by.is_empty() && mail.peek().is_some() && mail.all(is_deselected),
    }
}

fn is_deselected(row: &Observation) -> bool {
    matches!(row.asked, Asked::Skipped { reason: SkipReason::Deselected, .. })
}

fn line(evidence: &Evidence, spot: &NotVisible) -> String {
    let look = filled(evidence, &spot.look, false);
    let line = format!("{} Who can look: {}.\n{look}", spot.line(), spot.who);
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

#[cfg(test)]
mod tests {
    use super::super::tests::{evidence, row, token};
    use super::*;

    fn lines_of(api: Api, mail: Option<Asked>, narrowed: bool) -> String {
        let mut evidence = evidence(token(&[]), Vec::new());
        evidence.connections[0].api = Some(api);
        evidence.observations.extend(mail.map(|asked| row(CheckId::MailSend, "rx@contoso.com", asked)));
        evidence.narrowed_by.extend(narrowed.then(|| "--skip mail".to_owned()));
        not_visible(&evidence).join("\n")
    }

    const DESELECTED: Asked = Asked::Skipped { reason: SkipReason::Deselected, blocked_by: None };

    #[test]
    fn a_graph_only_run_lists_nothing_about_the_switches_of_ews() {
        let switches = "EwsEnabled";
        assert!(lines_of(Api::Ews, None, false).contains(switches));
        assert!(!lines_of(Api::Graph, None, false).contains(switches));
    }

    #[test]
    fn mail_that_was_not_checked_has_no_line_about_its_delivery() {
        let delivery = "is delivered";
        assert!(lines_of(Api::Graph, Some(Asked::Derived), false).contains(delivery));
        for mail in [None, Some(DESELECTED)] {
            assert!(!lines_of(Api::Graph, mail, false).contains(delivery));
        }
    }

    #[test]
    fn mail_outside_graph_is_warned_about_the_end_of_passwords_over_smtp() {
        let lines = lines_of(Api::Graph, Some(DESELECTED), false);
        for phase in &knowledge::dates().smtp_auth_phases {
            assert!(lines.contains(&phase.text), "{}", phase.date);
        }
        assert!(lines.contains("End of December 2026: "));
        let narrowed = lines_of(Api::Graph, Some(DESELECTED), true);
        assert!(!narrowed.contains("SMTP"), "a check left out by --skip says nothing about the settings");
        assert!(!lines_of(Api::Graph, Some(Asked::Derived), false).contains("SMTP"));
    }
}
