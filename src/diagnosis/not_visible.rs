//! Settings that no app-only check covers, with the role that can check them and where.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::evidence::{ConnectionFacts, Evidence, Execution, Observation};
use crate::knowledge::{self, Concern, NotCovered, RoomSetting, quote_powershell};
use crate::terms::{Api, CheckId, SkipReason, format_count};

use super::configuration;
use super::diagnosis_context::Context;
use super::result::Command;

/// Maximum number of rooms in a command; a comment gives the number of the others.
const LISTED_ROOMS: usize = 20;

/// One text for each setting that the check does not cover: the setting and the role in the first line, the location in the
/// second, and the command below them.
pub(super) fn not_visible(context: &Context<'_>) -> Vec<String> {
    let evidence = context.evidence;
    let spots = knowledge::not_visible().iter();
    let relevant = spots.filter(|spot| {
        spot.concerns
            .is_none_or(|concern| is_about(evidence, concern))
            && !configuration::covers(context, spot)
    });
    relevant.map(|spot| line(evidence, spot)).collect()
}

/// Whether a setting is relevant to the run. A feature that the settings disable is not relevant; a check that `--only` or
/// `--skip` excludes can be.
fn is_about(evidence: &Evidence, concern: Concern) -> bool {
    let mut mail = evidence
        .observations
        .iter()
        .filter(|row| row.check == CheckId::MailSend)
        .peekable();
    match concern {
        Concern::Ews => evidence
            .connections
            .iter()
            .any(|facts| facts.api == Some(Api::Ews)),
        Concern::Rooms => evidence.connections.iter().any(|facts| facts.api.is_some()),
        Concern::Certificate => evidence
            .connections
            .iter()
            .any(|facts| facts.certificate.is_some()),
        Concern::ServiceAccount => evidence.connections.iter().any(uses_service_account),
        Concern::Mail => mail.any(|row| !is_deselected(row)),
        Concern::NoMail => {
            evidence.narrowed_by.is_empty() && mail.peek().is_some() && mail.all(is_deselected)
        }
    }
}

/// Whether a connection uses a service account. It is required over EWS and optional over Graph.
fn uses_service_account(facts: &ConnectionFacts) -> bool {
    facts.api == Some(Api::Ews) || (facts.api.is_some() && facts.service_account.is_some())
}

fn is_deselected(row: &Observation) -> bool {
    matches!(
        row.execution,
        Execution::Skipped {
            reason: SkipReason::Deselected,
            ..
        }
    )
}

fn line(evidence: &Evidence, spot: &NotCovered) -> String {
    let look = filled(evidence, &spot.look, None);
    let line = format!(
        "{} Who can check: {}.\n{look}",
        spot.line(),
        spot.who.label()
    );
    match &spot.command {
        Some(command) => format!(
            "{line}\n{}",
            printed(evidence, &command.shell, &command.text)
        ),
        None => line,
    }
}

/// The commands that show the calendar processing of the rooms and set it for the rooms of this check.
pub(super) fn calendar_processing_message(evidence: &Evidence) -> String {
    let knowledge = knowledge::calendar_processing();
    let spot = knowledge::skip_sentence(SkipReason::NeedsPermission);
    let mut lines = vec![knowledge.show.text.clone()];
    let shown_only = knowledge.setting.iter().filter(|setting| !setting.set);
    lines.extend(shown_only.map(expectation));
    if !rooms_of_run(evidence).is_empty() {
        lines.push(knowledge.set.text.clone());
    }
    lines.push(format!("# {}", knowledge.source));
    format!(
        "{spot}\n{}",
        printed(evidence, &knowledge.show.shell, &lines.join("\n"))
    )
}

/// A comment about a setting that the commands show but do not set.
fn expectation(setting: &RoomSetting) -> String {
    format!(
        "# {}: ResourceXpress expects {}. {}",
        setting.property, setting.wanted, setting.effect
    )
}

fn printed(evidence: &Evidence, shell: &str, template: &str) -> String {
    let mut text = filled(evidence, template, Some(quote_powershell));
    // Most templates name no rooms, and a large estate has thousands of them to count.
    let left_out = if template.contains("{rooms}") {
        rooms_of_run(evidence).len().saturating_sub(LISTED_ROOMS)
    } else {
        0
    };
    // A shortened list must not look complete, or the administrator omits rooms.
    if left_out > 0 {
        let _ = write!(
            text,
            "\n# These lines name {LISTED_ROOMS} rooms; repeat them for the other {} rooms of this check.",
            format_count(left_out)
        );
    }
    Command::from_catalog(shell, &text).text().to_owned()
}

/// Fills in a template. In a command each value is quoted, including the marker of a missing value, because PowerShell
/// would interpret its angle brackets as code.
fn filled(evidence: &Evidence, template: &str, quote: Option<fn(&str) -> String>) -> String {
    let first = evidence.connections.first();
    knowledge::fill(template, &|name| {
        let value = match name {
            "rooms" if quote.is_some() => return Some(listed_rooms(evidence)),
            "client_id" | "app_name" => first.map(|facts| facts.client_id.clone()),
            "sender" => evidence
                .connections
                .iter()
                .find_map(|facts| facts.sender.clone()),
            _ => None,
        };
        match quote {
            Some(quote) => Some(quote(&value.unwrap_or_else(|| knowledge::marker(name)))),
            None => value,
        }
    })
}

/// The rooms of this check only, because a command must not change other mailboxes of the tenant.
fn listed_rooms(evidence: &Evidence) -> String {
    let rooms = rooms_of_run(evidence);
    if rooms.is_empty() {
        return quote_powershell(&knowledge::marker("room_address"));
    }
    rooms
        .into_iter()
        .take(LISTED_ROOMS)
        .map(quote_powershell)
        .collect::<Vec<_>>()
        .join(",")
}

/// The distinct rooms of the run, in their order.
pub(super) fn rooms_of_run(evidence: &Evidence) -> Vec<&str> {
    let mut seen = HashSet::new();
    let rows = evidence.observations.iter();
    rows.filter(|row| row.is_about_a_room())
        .map(|row| row.subject.as_str())
        .filter(|room| seen.insert(*room))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{evidence, row, token};
    use super::*;

    fn lines_of(api: Api, mail: Option<Execution>, narrowed: bool) -> String {
        let mut evidence = evidence(token(&[]), Vec::new());
        evidence.connections[0].api = Some(api);
        evidence
            .observations
            .extend(mail.map(|execution| row(CheckId::MailSend, "rx@contoso.com", execution)));
        evidence
            .narrowed_by
            .extend(narrowed.then(|| "--skip mail".to_owned()));
        not_visible(&Context::new(&evidence)).join("\n")
    }

    const DESELECTED: Execution = Execution::Skipped {
        reason: SkipReason::Deselected,
        blocked_by: None,
    };

    #[test]
    fn a_graph_only_run_lists_nothing_about_the_switches_of_ews() {
        let switches = "EwsEnabled";
        assert!(lines_of(Api::Ews, None, false).contains(switches));
        assert!(!lines_of(Api::Graph, None, false).contains(switches));
    }

    #[test]
    fn lines_about_rooms_and_accounts_need_a_connection_that_has_them() {
        let without = |change: fn(&mut ConnectionFacts)| {
            let mut evidence = evidence(token(&[]), Vec::new());
            change(&mut evidence.connections[0]);
            not_visible(&Context::new(&evidence)).join("\n")
        };
        let (licenses, processing) = ("Which licenses", "How the rooms process bookings");
        let graph = without(|facts| (facts.api, facts.service_account) = (Some(Api::Graph), None));
        assert!(
            !graph.contains(licenses) && graph.contains(processing),
            "{graph}"
        );
        let ews = without(|facts| facts.api = Some(Api::Ews));
        assert!(ews.contains(licenses) && ews.contains(processing), "{ews}");
        let mail_only = without(|facts| facts.api = None);
        for line in [licenses, processing, "Push Service", "User-Agent"] {
            assert!(!mail_only.contains(line), "{line}");
        }
    }

    #[test]
    fn mail_that_was_not_checked_has_no_line_about_its_delivery() {
        let delivery = "is delivered";
        assert!(lines_of(Api::Graph, Some(Execution::Derived), false).contains(delivery));
        for mail in [None, Some(DESELECTED)] {
            assert!(!lines_of(Api::Graph, mail, false).contains(delivery));
        }
    }

    #[test]
    fn mail_outside_graph_gets_a_warning_about_the_end_of_smtp_passwords() {
        let lines = lines_of(Api::Graph, Some(DESELECTED), false);
        for phase in &knowledge::dates().smtp_auth_phases {
            assert!(lines.contains(&phase.text), "{}", phase.date);
        }
        assert!(lines.contains("End of December 2026: "));
        let narrowed = lines_of(Api::Graph, Some(DESELECTED), true);
        assert!(
            !narrowed.contains("SMTP"),
            "--skip does not mean that the settings disable mail"
        );
        assert!(!lines_of(Api::Graph, Some(Execution::Derived), false).contains("SMTP"));
    }
}
