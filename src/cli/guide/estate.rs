//! The estate of a guide: the connections of a settings file, of a report, or of the options. Nothing is requested.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::cli::args::GuideValues;
use crate::cli::input_files::InputFiles;
use crate::cli::{CliError, cloud_endpoints, session};
use crate::evidence::{ConnectionFacts, ConnectionKind, Evidence, Execution, Observation};
use crate::report::Report;
use crate::report::sanitize::sanitize;
use crate::settings::{self, Feature, FlagSettings, MailboxAddress, WithoutSecrets, quotable};
use crate::terms::{Api, CheckId, NeedId, Requirement, SkipReason};

/// The estate of a settings file, and the features that it enables. Every file that is read is added to `inputs`.
pub(super) fn of_settings_file(
    path: &Path,
    inputs: &mut Vec<PathBuf>,
) -> Result<(Evidence, Vec<NeedId>), CliError> {
    let given = FlagSettings {
        config: Some(path.to_owned()),
        ..FlagSettings::default()
    };
    let machine = InputFiles::default();
    let reference = cloud_endpoints::reference();
    let estate = settings::load(&given, &WithoutSecrets(&machine), &reference)?;
    inputs.extend(machine.paths());
    let mut required = Vec::new();
    let mut evidence = without_a_run(&estate.cloud);
    evidence.product_version = estate.product_version.as_ref().map(ToString::to_string);
    for connection in &estate.connections {
        let mail = connection.mail.as_ref().map(|mail| mail.feature);
        if mail == Some(Feature::Enabled) {
            required.push(NeedId::MailSend);
        }
        if connection.user_sync == Some(Feature::Enabled) {
            required.push(NeedId::Users);
        }
        let addresses = connection.rooms.addresses.iter();
        let rooms = addresses.map(ToString::to_string).collect();
        add(&mut evidence, connection.facts(), rooms);
    }
    Ok((evidence, required))
}

/// One connection for each API of the options.
pub(super) fn of_values(values: &GuideValues, apis: &[Api]) -> Result<Evidence, CliError> {
    let cloud = values.cloud.as_deref().unwrap_or("global");
    cloud_endpoints::refuse_unknown_cloud(cloud)?;
    check(values)?;
    let mut evidence = without_a_run(cloud);
    let apis = if apis.is_empty() { &[Api::Graph] } else { apis };
    for api in Api::ALL.iter().filter(|api| apis.contains(api)) {
        let name = match (apis.len(), api) {
            (1, _) => "system",
            (_, Api::Ews) => "system (EWS)",
            (_, Api::Graph) => "system (Graph)",
        };
        let facts = ConnectionFacts {
            name: name.to_owned(),
            kind: ConnectionKind::System,
            api: Some(*api),
            tenant_id: safe(values.tenant_id.as_deref()).unwrap_or_default(),
            client_id: safe(values.client_id.as_deref()).unwrap_or_default(),
            credentials: 0,
            rooms: values.room.len(),
            service_account: safe(values.service_account.as_deref()),
            sender: safe(values.mail_from.as_deref()),
            certificate: None,
        };
        let rooms = values.room.iter().map(String::as_str).map(Some);
        add(&mut evidence, facts, rooms.filter_map(safe).collect());
    }
    Ok(evidence)
}

/// A secret that was typed into the wrong option must not be printed.
fn safe(given: Option<&str>) -> Option<String> {
    given.map(|text| sanitize(&quotable(text)))
}

/// Validates the values, because they are copied into commands.
fn check(values: &GuideValues) -> Result<(), CliError> {
    session::check_ids(values.tenant_id.as_deref(), values.client_id.as_deref())?;
    let given = [
        ("--service-account", &values.service_account),
        ("--mail-from", &values.mail_from),
    ];
    let given = given
        .into_iter()
        .filter_map(|(option, text)| Some((option, text.as_ref()?)));
    for (option, text) in given.chain(values.room.iter().map(|room| ("--room", room))) {
        session::address(option, text)?;
    }
    Ok(())
}

/// The estate of a report from which the evidence was taken out.
pub(super) fn of_target(report: &Report) -> Evidence {
    let mut evidence = without_a_run(&report.target.cloud);
    for connection in &report.target.connections {
        let is_own = |name: &Option<String>| name.as_ref() == Some(&connection.name);
        let rows = report.results.iter().filter(|row| is_own(&row.connection));
        let rooms = rows.filter(|row| CheckId::OF_A_ROOM.contains(&row.check));
        let rooms = rooms
            .filter(|row| MailboxAddress::parse(&row.subject).is_ok())
            .map(|row| row.subject.clone())
            .collect();
        let facts = ConnectionFacts {
            name: connection.name.clone(),
            kind: kind_of(&connection.name),
            api: connection.api,
            tenant_id: connection.tenant_id.clone(),
            client_id: connection.client_id.clone(),
            credentials: 0,
            rooms: connection.rooms,
            service_account: None,
            sender: None,
            certificate: None,
        };
        add(&mut evidence, facts, rooms);
    }
    evidence
}

/// The kind of a connection by its name. Whether another one is a location or a profile is not known here.
fn kind_of(name: &str) -> ConnectionKind {
    match name {
        "system" => ConnectionKind::System,
        "mail" => ConnectionKind::Mail,
        "user-sync" => ConnectionKind::UserSync,
        _ => ConnectionKind::Location,
    }
}

/// Evidence of no run at all, for the addresses of a cloud.
fn without_a_run(cloud: &str) -> Evidence {
    Evidence {
        started_at: Timestamp::UNIX_EPOCH,
        finished_at: Timestamp::UNIX_EPOCH,
        interrupted: false,
        cloud: cloud.to_owned(),
        sign_in_host: cloud_endpoints::sign_in_host(cloud),
        user_agent: String::new(),
        product_version: None,
        narrowed_by: Vec::new(),
        input_notes: Vec::new(),
        deadline: None,
        warn_days: None,
        account: None,
        proxy: None,
        connections: Vec::new(),
        observations: Vec::new(),
        controls: Vec::new(),
        requests: Vec::new(),
    }
}

/// Adds a connection with its rooms, each as a check that did not run.
fn add(evidence: &mut Evidence, facts: ConnectionFacts, rooms: Vec<String>) {
    let name = facts.name.clone();
    evidence.connections.push(facts);
    let rows = rooms.into_iter().map(|subject| Observation {
        check: CheckId::MailboxCalendarRead,
        connection: Some(name.clone()),
        subject,
        credentials: None,
        requirement: Requirement::Required,
        certificate: None,
        execution: Execution::Skipped {
            reason: SkipReason::Deselected,
            blocked_by: None,
        },
        withheld: false,
        requests: Vec::new(),
        duration_ms: 0,
    });
    evidence.observations.extend(rows);
}
