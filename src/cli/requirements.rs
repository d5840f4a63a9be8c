//! `requirements`: permissions that a configuration needs, who can grant them, and how to limit them to rooms.

use std::fmt::Write as _;

use crate::diagnosis::Command;
use crate::knowledge::{self, Need, quote_powershell, recipient_filter, requirements};
use crate::report::sanitize::sanitize;
use crate::report::wording;
use crate::settings::{MailboxAddress, quotable};
use crate::terms::{NeedId, Requirement, Resource};

use super::args::{ApiArgument, FeatureArgument, RequirementsArguments};
use super::{CliError, Exit, cloud_endpoints, output, session};

pub(super) fn run(arguments: &RequirementsArguments) -> Result<Exit, CliError> {
    if knowledge::cloud(&arguments.cloud).is_none() {
        let hint = cloud_endpoints::reference().cloud_hint(&arguments.cloud);
        return Err(CliError::Usage(format!(
            "--cloud {}: this is not a cloud; {hint}",
            arguments.cloud
        )));
    }
    check_ids(arguments)?;
    check_addresses(arguments)?;
    let mut text = String::new();
    write_permissions(&mut text, arguments);
    write_consent(&mut text, arguments);
    write_narrower_access(&mut text, arguments);
    output::document(&text)?;
    Ok(Exit::Success)
}

/// Validates the ids: with an invalid one, such as the name of the app, the printed commands would fail.
fn check_ids(arguments: &RequirementsArguments) -> Result<(), CliError> {
    let is_guid = |text: &str| uuid::Uuid::parse_str(text.trim()).is_ok();
    // A domain has no parser of its own, so it is tested as a part of an address.
    let is_domain = |text: &str| MailboxAddress::parse(&format!("x@{text}")).is_ok();
    if let Some(id) = arguments.client_id.as_deref().filter(|id| !is_guid(id)) {
        return Err(CliError::Usage(format!(
            "--client-id {id}: this is not an Application (client) ID (for example, 9a41d1a0-0000-4000-8000-000000000000)"
        )));
    }
    match arguments
        .tenant_id
        .as_deref()
        .filter(|id| !is_guid(id) && !is_domain(id))
    {
        Some(id) => Err(CliError::Usage(format!(
            "--tenant-id {id}: this is neither a Directory (tenant) ID nor a domain (for example, contoso.com)"
        ))),
        None => Ok(()),
    }
}

/// Validates the addresses, because they are copied into commands.
fn check_addresses(arguments: &RequirementsArguments) -> Result<(), CliError> {
    let given = [
        ("--room", &arguments.room),
        ("--service-account", &arguments.service_account),
        ("--mail-from", &arguments.mail_from),
    ];
    for (option, text) in given {
        if let Some(text) = text {
            session::address(option, text)?;
        }
    }
    Ok(())
}

/// The needs of the chosen variant, with whether they are required.
fn needs(arguments: &RequirementsArguments) -> Vec<(&'static Need, bool)> {
    let calendar = NeedId::calendar(arguments.api.into());
    let requires = |feature| arguments.require.contains(&feature);
    let (mail, sync) = (
        requires(FeatureArgument::Mail),
        requires(FeatureArgument::UserSync),
    );
    let all = [
        (calendar, true),
        (NeedId::MailSend, mail),
        (NeedId::Users, sync),
        (NeedId::Groups, sync),
    ];
    all.into_iter()
        .map(|(id, required)| (knowledge::need(id), required))
        .collect()
}

fn write_permissions(text: &mut String, arguments: &RequirementsArguments) {
    for (need, required) in needs(arguments) {
        let word = wording::requirement(if required {
            Requirement::Required
        } else {
            Requirement::Optional
        });
        let consent = match need.api {
            Resource::Graph => &requirements().graph_consent,
            Resource::Exchange => &requirements().exchange_consent,
        };
        let _ = writeln!(text, "[{word}] {}", need.value);
        for (label, value) in wording::permission_details(need, consent) {
            let _ = writeln!(text, "  {label:<9}  {value}");
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}\n", requirements().not_needed);
}

fn write_consent(text: &mut String, arguments: &RequirementsArguments) {
    let host = cloud_endpoints::sign_in_host(&arguments.cloud);
    let tenant = value_or_placeholder(arguments.tenant_id.as_deref(), "<tenant id>");
    let client = value_or_placeholder(arguments.client_id.as_deref(), "<client id>");
    let _ = writeln!(
        text,
        "{}: https://{host}/{tenant}/adminconsent?client_id={client}",
        wording::CONSENT
    );
    let _ = writeln!(text, "  {}\n", requirements().consent_note);
}

fn write_narrower_access(text: &mut String, arguments: &RequirementsArguments) {
    let texts = requirements();
    let command = Command::from_catalog("powershell", &rbac_commands(arguments));
    let _ = writeln!(text, "{}\n\n{}", texts.rbac_intro, indent(command.text()));
    let _ = writeln!(text, "\n{}", texts.rbac_order);
    if arguments.api == ApiArgument::Ews {
        let _ = writeln!(text, "{}", texts.rbac_doubt);
    }
    let _ = writeln!(text, "{}", texts.rbac_none);
}

/// Commands that limit the app to the rooms with RBAC for Applications, as one script.
fn rbac_commands(arguments: &RequirementsArguments) -> String {
    let texts = requirements();
    let mut lines = vec![fill(arguments, &texts.rbac_app, "", "")];
    let required: Vec<&Need> = needs(arguments)
        .into_iter()
        .filter(|(_, required)| *required)
        .map(|(need, _)| need)
        .collect();
    for scope in &texts.rbac_scopes {
        let served = required
            .iter()
            .filter(|need| scope.needs.contains(&need.id));
        let roles: Vec<&str> = served
            .filter_map(|need| need.exchange_rbac_role.as_deref())
            .collect();
        // A scope for which no needed permission has a role in Exchange would only add commands without effect.
        if roles.is_empty() {
            continue;
        }
        lines.push(fill(arguments, &scope.commands, "", &scope.test));
        lines.extend(
            roles
                .iter()
                .map(|role| fill(arguments, &scope.assignment(), role, &scope.test)),
        );
        lines.push(fill(arguments, &scope.test_command(), "", &scope.test));
    }
    lines.join("\n")
}

/// `mailbox` is the placeholder of the mailbox that a scope is for.
fn fill(arguments: &RequirementsArguments, template: &str, role: &str, mailbox: &str) -> String {
    let account = arguments.service_account.as_deref();
    let address = |name: &str| match name {
        "room" => value_or_placeholder(arguments.room.as_deref(), "<room address>"),
        "service_account" => value_or_placeholder(account, "<Resource Login User ID>"),
        _ => value_or_placeholder(
            arguments.mail_from.as_deref().or(account),
            "<sender of the mail>",
        ),
    };
    // Values from the command line are quoted, so that they cannot become PowerShell code.
    knowledge::fill(template, &|name| match name {
        "client_id" => Some(quote_powershell(&value_or_placeholder(
            arguments.client_id.as_deref(),
            "<client id>",
        ))),
        // No option provides this id, and this command sends no request that could look it up.
        "object_id" => Some("'<object id of the enterprise application>'".to_owned()),
        "room" | "service_account" | "sender" => Some(quote_powershell(&address(name))),
        "scope_filter" => Some(recipient_filter([address(
            mailbox.trim_matches(['{', '}']),
        )
        .as_str()])),
        "role" => Some(quote_powershell(role)),
        _ => None,
    })
}

fn indent(commands: &str) -> String {
    commands
        .lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn value_or_placeholder(given: Option<&str>, marker: &str) -> String {
    // A secret that was typed into the wrong option must not be printed.
    given.map_or_else(|| marker.to_owned(), |text| sanitize(&quotable(text)))
}
