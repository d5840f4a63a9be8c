//! `requirements`: permissions that a configuration needs, who can grant them, and how to limit them to rooms.

use std::fmt::Write as _;

use crate::diagnosis::Command;
use crate::knowledge::{self, Need, RbacValues, requirements};
use crate::report::sanitize::sanitize;
use crate::report::wording;
use crate::settings::quotable;
use crate::terms::{NeedId, Requirement, Resource};

use super::args::{ApiArgument, FeatureArgument, RequirementsArguments};
use super::{CliError, Exit, cloud_endpoints, output, session};

pub(super) fn run(arguments: &RequirementsArguments) -> Result<Exit, CliError> {
    cloud_endpoints::refuse_unknown_cloud(&arguments.cloud)?;
    session::check_ids(
        arguments.tenant_id.as_deref(),
        arguments.client_id.as_deref(),
    )?;
    check_addresses(arguments)?;
    let mut text = String::new();
    write_permissions(&mut text, arguments);
    write_consent(&mut text, arguments);
    write_narrower_access(&mut text, arguments);
    output::document(&text)?;
    Ok(Exit::Success)
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
    let needs: Vec<&Need> = needs(arguments)
        .into_iter()
        .filter(|(_, required)| *required)
        .map(|(need, _)| need)
        .collect();
    // A secret that was typed into the wrong option must not be printed.
    let safe = |given: &Option<String>| given.as_deref().map(|text| sanitize(&quotable(text)));
    let rooms: Vec<String> = safe(&arguments.room).into_iter().collect();
    knowledge::rbac_commands(
        &needs,
        &RbacValues {
            client_id: safe(&arguments.client_id).as_deref(),
            rooms: &rooms,
            service_account: safe(&arguments.service_account).as_deref(),
            sender: safe(&arguments.mail_from).as_deref(),
            scope_suffix: None,
        },
    )
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
