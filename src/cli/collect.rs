//! `collect`: writes the script with which an administrator collects evidence for the diagnosis.

use std::path::{Path, PathBuf};

use crate::evidence::{ConnectionFacts, Evidence, MailboxPurpose};
use crate::knowledge;
use crate::report::collect::{
    CollectCloud, CollectSubjects, render, rooms_of_connection, sends_mail,
};
use crate::report::wording;
use crate::settings::{
    self, Connection, ConnectionKeys, Estate, Feature, FlagSettings, MailboxAddress, SettingsError,
    TenantId, WithoutSecrets, quotable,
};
use crate::simulator::catalog;
use crate::terms::Api;

use super::args::{CollectArguments, CollectSettingsArguments};
use super::files::{self, Unmoved, display_path};
use super::input_files::InputFiles;
use super::report::read_report;
use super::{CliError, Exit, cloud_endpoints, connection_choice, output, scenario_choice, session};

/// How many values or tenants a message names before it counts the others.
const NAMED: usize = 3;

/// The message if nothing describes what the script is for.
const NOTHING_GIVEN: &str = "nothing describes the installation: name a saved report with --report, a settings file with --config, or \
     give --tenant-id, --client-id and --room";

/// What the script can be written for: the connections of the settings, of a scenario, or of a report.
struct Source {
    cloud: String,
    connections: Vec<SourceConnection>,
}

/// The values of one connection, as typed.
struct SourceConnection {
    name: String,
    tenant_id: String,
    client_id: String,
    service_account: Option<String>,
    sender: Option<String>,
    rooms: Vec<String>,
    /// The tenant is to list further rooms, which only a run of the check does.
    has_unlisted_rooms: bool,
}

pub(super) fn run(arguments: &CollectArguments) -> Result<Exit, CliError> {
    let inputs = InputFiles::default();
    inputs.remember(arguments.report.as_deref());
    check_output(arguments.output.as_deref())?;
    let mut source = read_source(arguments, &inputs)?;
    keep_connections(&mut source, &arguments.connection)?;
    let subjects = subjects(&source, arguments.settings.mail_from.as_deref())?;
    let cloud = knowledge::cloud(&source.cloud).and_then(CollectCloud::of);
    let cloud = cloud.ok_or_else(|| no_names_error(&source.cloud))?;
    let script = render(&subjects, cloud, env!("CARGO_PKG_VERSION"));
    let Some(path) = &arguments.output else {
        output::document(&script)?;
        return Ok(Exit::Success);
    };
    files::refuse_input("--output", path, &inputs.paths())?;
    files::write(path, script.as_bytes(), Unmoved::Discard)?;
    output::message(&format!(
        "rx-preflight: wrote {}; an administrator runs it in PowerShell and returns the JSON file that it writes",
        display_path(path)
    ));
    Ok(Exit::Success)
}

/// Refuses a file name with another extension than `.ps1`: PowerShell would not run it.
fn check_output(path: Option<&Path>) -> Result<(), CliError> {
    let Some(path) = path else {
        return Ok(());
    };
    let is_script = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("ps1"));
    if !is_script {
        return Err(CliError::Usage(format!(
            "--output {}: the script needs the extension .ps1 (for example, collect.ps1)",
            display_path(path)
        )));
    }
    files::check_target("--output", path)
}

fn no_names_error(cloud: &str) -> CliError {
    CliError::Usage(format!(
        "there is no script for the cloud {cloud}: Microsoft does not document how its PowerShell modules connect to it"
    ))
}

fn read_source(arguments: &CollectArguments, inputs: &InputFiles) -> Result<Source, CliError> {
    if let Some(path) = &arguments.report {
        return source_of_report(path);
    }
    if let Some(name) = &arguments.scenario {
        let scenario = catalog::load(name)?;
        return Ok(source_of_estate(&scenario_choice::customer_estate(
            &scenario,
        )?));
    }
    let given = given(&arguments.settings)?;
    let reference = cloud_endpoints::reference();
    let estate =
        settings::load(&given, &WithoutSecrets(inputs), &reference).map_err(
            |error| match error {
                SettingsError::Nothing => CliError::Usage(NOTHING_GIVEN.to_owned()),
                other => other.into(),
            },
        )?;
    Ok(source_of_estate(&estate))
}

/// The flags about the settings.
fn given(arguments: &CollectSettingsArguments) -> Result<FlagSettings, CliError> {
    if let Some(sender) = &arguments.mail_from {
        session::address("--mail-from", sender)?;
    }
    let connection = ConnectionKeys {
        tenant_id: arguments.tenant_id.clone(),
        client_id: arguments.client_id.clone(),
        service_account: arguments.service_account.clone(),
        ..ConnectionKeys::default()
    };
    let flags = FlagSettings {
        config: arguments.config.clone(),
        rooms: arguments.room.clone(),
        rooms_file: arguments.rooms.clone(),
        connection,
        ..FlagSettings::default()
    };
    let describes_a_connection = flags
        != FlagSettings {
            config: arguments.config.clone(),
            ..FlagSettings::default()
        };
    // The script is the same for both APIs, but settings without an API would be refused.
    let api = describes_a_connection.then_some(Api::Graph);
    Ok(FlagSettings {
        connection: ConnectionKeys {
            api,
            ..flags.connection
        },
        ..flags
    })
}

fn source_of_estate(estate: &Estate) -> Source {
    Source {
        cloud: estate.cloud.clone(),
        connections: estate.connections.iter().map(of_settings).collect(),
    }
}

fn of_settings(connection: &Connection) -> SourceConnection {
    let is_disabled = connection
        .mail
        .as_ref()
        .is_some_and(|mail| mail.feature == Feature::Disabled);
    let rooms = &connection.rooms;
    let addresses = rooms.addresses.iter().map(MailboxAddress::as_str);
    SourceConnection {
        name: connection.name.clone(),
        tenant_id: connection.tenant_id.as_str().to_owned(),
        client_id: connection.client_id.as_str().to_owned(),
        service_account: connection.service_account.clone(),
        sender: connection
            .sender()
            .filter(|_| !is_disabled)
            .map(str::to_owned),
        // A malformed address is only named in the note about what the script does not contain.
        rooms: addresses
            .chain(rooms.malformed.iter().map(String::as_str))
            .map(str::to_owned)
            .collect(),
        has_unlisted_rooms: rooms.from_tenant,
    }
}

/// The connections of a saved report. A redacted report has no addresses.
fn source_of_report(path: &Path) -> Result<Source, CliError> {
    let report = read_report(path)?;
    if report.redaction.is_redacted() {
        return Err(CliError::Usage(format!(
            "--report {}: this report is redacted, so the script would contain pseudonyms instead of the addresses; use the \
             original report",
            display_path(path)
        )));
    }
    let evidence = report.evidence().ok_or_else(|| CliError::NotAReport {
        path: PathBuf::from(path),
        reason: "it contains no evidence with the settings of the run".to_owned(),
    })?;
    // A report of a sample does not list all rooms, and the script would look complete.
    if let Some(sample) = report.target.sample() {
        output::message(&format!(
            "rx-preflight: note: the report was written with {sample}; the script covers only these rooms"
        ));
    }
    let connections = evidence.connections.iter();
    Ok(Source {
        connections: connections.map(|facts| of_run(&evidence, facts)).collect(),
        cloud: evidence.cloud.clone(),
    })
}

fn of_run(evidence: &Evidence, facts: &ConnectionFacts) -> SourceConnection {
    let rooms = rooms_of_connection(evidence, &facts.name);
    SourceConnection {
        name: facts.name.clone(),
        tenant_id: facts.tenant_id.clone(),
        client_id: facts.client_id.clone(),
        service_account: facts.service_account.clone(),
        sender: facts
            .sender
            .clone()
            .filter(|_| sends_mail(evidence, &facts.name)),
        rooms: rooms.into_iter().map(str::to_owned).collect(),
        has_unlisted_rooms: false,
    }
}

/// Keeps the connections that `--connection` names.
fn keep_connections(source: &mut Source, names: &[String]) -> Result<(), CliError> {
    if names.is_empty() {
        return Ok(());
    }
    let known: Vec<&str> = source
        .connections
        .iter()
        .map(|own| own.name.as_str())
        .collect();
    connection_choice::refuse_unknown(names, &known)?;
    source.connections.retain(|own| names.contains(&own.name));
    Ok(())
}

/// The one tenant of all connections: an administrator signs in to one.
fn tenant_of(connections: &[SourceConnection]) -> Result<&str, CliError> {
    let mut tenants: Vec<&SourceConnection> = Vec::new();
    for connection in connections {
        if let Some(fault) = settings::tenant_id_fault(&TenantId::new(&*connection.tenant_id)) {
            return Err(CliError::Usage(format!(
                "the tenant ID of \"{}\" cannot be used: {}",
                quotable(&connection.name),
                quotable(&fault.detail)
            )));
        }
        let is_known = tenants
            .iter()
            .any(|own| own.tenant_id.eq_ignore_ascii_case(&connection.tenant_id));
        if !is_known {
            tenants.push(connection);
        }
    }
    match tenants.as_slice() {
        [] => Err(CliError::Usage(
            "the settings have no connection, so there is no tenant to write a script for"
                .to_owned(),
        )),
        [only] => Ok(&only.tenant_id),
        several => Err(CliError::Usage(format!(
            "the settings have {} tenant IDs, and one script is for one tenant: {}; add --connection NAME for the connections of \
             one tenant",
            several.len(),
            named(
                several
                    .iter()
                    .map(|own| format!("{} ({})", own.tenant_id, quotable(&own.name)))
            )
        ))),
    }
}

/// What the script is about. Values that cannot be an ID or an address are named in a message and left out.
fn subjects(source: &Source, mail_from: Option<&str>) -> Result<CollectSubjects, CliError> {
    let mut subjects = CollectSubjects::of_tenant(tenant_of(&source.connections)?);
    let mut left_out: Vec<&str> = Vec::new();
    for connection in &source.connections {
        if knowledge::is_guid(&connection.client_id) {
            subjects.add_app(&connection.client_id);
        } else {
            left_out.push(&connection.client_id);
        }
        let rooms = connection
            .rooms
            .iter()
            .map(|room| (room, MailboxPurpose::Room));
        let account = connection.service_account.iter();
        let account = account.map(|account| (account, MailboxPurpose::ServiceAccount));
        let sender = connection.sender.iter();
        let sender = sender.map(|sender| (sender, MailboxPurpose::Sender));
        for (address, purpose) in rooms.chain(account).chain(sender) {
            if is_one_address(address) {
                subjects.add_mailbox(address, purpose);
            } else {
                left_out.push(address);
            }
        }
    }
    if let Some(sender) = mail_from {
        subjects.add_mailbox(sender, MailboxPurpose::Sender);
    }
    print_notes(source, &left_out);
    Ok(subjects)
}

/// Whether Exchange finds at most one recipient by this text. It reads an asterisk as a wildcard.
fn is_one_address(text: &str) -> bool {
    MailboxAddress::parse(text).is_ok() && !text.contains('*')
}

fn print_notes(source: &Source, left_out: &[&str]) {
    let values: Vec<String> = left_out
        .iter()
        .filter(|value| !value.is_empty())
        .map(|value| format!("\"{}\"", quotable(value)))
        .collect();
    if !values.is_empty() {
        output::message(&format!(
            "rx-preflight: note: the script does not contain {}, because each of these must be an application ID (GUID) or an \
             email address without *",
            named(values.into_iter())
        ));
    }
    if source.connections.iter().any(|own| own.has_unlisted_rooms) {
        output::message(
            "rx-preflight: note: the script does not contain the rooms that the tenant lists; run the check first, and use \
             --report with its report",
        );
    }
}

/// The first values, and the number of the others.
fn named(values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.collect();
    let shown: Vec<&str> = values.iter().take(NAMED).map(String::as_str).collect();
    wording::first_and_more(&shown, ", ", values.len() - shown.len())
}
