//! One run of the checks on an estate, from the settings to the report. `check` and `demo` share it.

use std::future::Future;
use std::num::NonZeroU8;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::evidence::{AdministratorEvidence, Evidence};
use crate::probe::{
    self, CheckOptions, ControlList, ControlRules, DeniedChoice, Journal, MigrationEvidence,
    RunContext, Selection, UNCHOSEN, UnknownSelector,
};
use crate::report::{self, FailOn, Report, ReportMetadata};
use crate::settings::{
    ClientSecret, Clock, ConnectionKeys, CredentialSource, DurationOption, Endpoints, Estate,
    FlagSettings, Limits, MailboxAddress, RequiredFeature, RetryPolicy, Sampled, Transport,
    nearest,
};
use crate::terms::NeedId;
use crate::wire::{TrustStores, Wire};
use crate::{diagnosis, knowledge};

use super::args::{FeatureArgument, RunArguments, SettingsArguments, WriteArgument};
use super::progress_display::ProgressDisplay;
use super::{CliError, cloud_endpoints};

/// How many mailboxes --expect-denied auto chooses for each app.
const USUAL_CHOICE: NonZeroU8 = NonZeroU8::new(3).expect("three is not zero");
/// The most that can be chosen. More would prove nothing further.
const MAX_CHOICE: NonZeroU8 = NonZeroU8::new(20).expect("twenty is not zero");

/// Input of a run.
pub struct Session {
    /// ResourceXpress settings.
    pub estate: Estate,
    /// Where the services are.
    pub endpoints: Endpoints,
    /// How they are reached.
    pub transport: Transport,
    /// How long and how often.
    pub limits: Limits,
    /// The clock of the run.
    pub clock: Clock,
    /// Checks and writes that the options select.
    pub extras: CheckOptions,
    /// Whether connections over EWS are also checked as they would be on Graph.
    pub migrates: bool,
    /// What makes the exit code differ from 0.
    pub fail_on: FailOn,
    /// The configuration that an administrator collected.
    pub administrator: Option<AdministratorEvidence>,
    /// The earlier report whose findings do not count for the exit code.
    pub baseline: Option<Report>,
    /// How many days ahead the user wants to be warned; `None` for the defaults.
    pub warn_days: Option<u16>,
    /// The account that runs the check; `None` in a simulated run.
    pub account: Option<String>,
    /// The certificates that are trusted; the sessions of a fleet share them.
    pub trust: Arc<TrustStores>,
    /// When the run began, reading the settings included; the time limit of the first round counts from here.
    pub(super) started: Option<Instant>,
    /// Progress display.
    pub(super) watch: Arc<ProgressDisplay>,
}

/// Runs the checks, diagnoses the evidence and assembles the report.
pub async fn examine(
    session: &Session,
    journal: &dyn Journal,
    interrupt: impl Future<Output = ()>,
) -> Result<Report, CliError> {
    let wire = Wire::with_trust(
        &session.trust,
        session.endpoints.clone(),
        &session.transport,
        session.limits.clone(),
        session.clock,
    )?;
    // Any service can quote a secret in its response, also one that is contacted before the sign-in.
    wire.hide_secrets(&secrets(&session.estate));
    let spent = session
        .started
        .map_or(Duration::ZERO, |started| started.elapsed());
    let controls = control_rules();
    let context = RunContext {
        endpoints: &session.endpoints,
        wire: &wire,
        extras: &session.extras,
        journal,
        clock: &session.clock,
        concurrency: session.limits.concurrency,
        deadline: Some(session.limits.run().saturating_sub(spent)),
        time_limit: session.limits.run(),
        progress: &*session.watch,
        controls: &controls,
        user_agent: &session.transport.user_agent,
    };
    if session.migrates {
        return Ok(compare_apis(session, context, interrupt).await);
    }
    let run = Box::pin(probe::run(&session.estate, context, interrupt));
    let evidence = completed(session.watch.during(run).await, session);
    let administrator = session.administrator.as_ref();
    let mut report = diagnose_check(evidence, administrator, session.fail_on);
    report::accept(&mut report, &session.estate.accepted);
    if let Some(earlier) = &session.baseline {
        report::set_baseline(&mut report, earlier);
    }
    Ok(report)
}

/// The report of a check.
pub(super) fn diagnose_check(
    evidence: Evidence,
    administrator: Option<&AdministratorEvidence>,
    fail_on: FailOn,
) -> Report {
    let diagnosis = diagnosis::diagnose_with(&evidence, administrator);
    report::assemble(evidence, diagnosis, about(fail_on))
}

/// Runs the checks of both APIs, and assembles the report of the comparison.
async fn compare_apis(
    session: &Session,
    context: RunContext<'_>,
    interrupt: impl Future<Output = ()>,
) -> Report {
    let run = Box::pin(probe::run_migration(&session.estate, context, interrupt));
    let MigrationEvidence { today, on_graph } = session.watch.during(run).await;
    let (today, on_graph) = (completed(today, session), completed(on_graph, session));
    let administrator = session.administrator.as_ref();
    diagnose_migration(today, on_graph, administrator, session.fail_on)
}

/// The report of a comparison of EWS and Graph.
pub(super) fn diagnose_migration(
    today: Evidence,
    on_graph: Evidence,
    administrator: Option<&AdministratorEvidence>,
    fail_on: FailOn,
) -> Report {
    let diagnosis = diagnosis::diagnose_with(&today, administrator);
    let diagnosis_on_graph = diagnosis::diagnose_with(&on_graph, administrator);
    report::assemble_migration(
        (today, diagnosis),
        (on_graph, diagnosis_on_graph),
        about(fail_on),
    )
}

/// The evidence with what only this room knows.
fn completed(mut evidence: Evidence, session: &Session) -> Evidence {
    evidence.sign_in_host = cloud_endpoints::sign_in_host(&session.estate.cloud);
    evidence.warn_days = session.warn_days;
    evidence.account.clone_from(&session.account);
    evidence
}

/// Control rules from the knowledge base.
fn control_rules() -> ControlRules {
    let full = |need: NeedId| knowledge::need(need).full.clone();
    let list = |list: &knowledge::ControlList| ControlList {
        name: list.list.clone(),
        roles: list.roles.clone(),
    };
    ControlRules {
        calendar_roles: full(NeedId::GraphCalendar),
        mail_roles: full(NeedId::MailSend),
        lists: knowledge::control_lists().iter().map(list).collect(),
        item_codes: knowledge::refused_item_codes(),
    }
}

fn about(fail_on: FailOn) -> ReportMetadata {
    ReportMetadata {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        knowledge_date: knowledge::dates().knowledge_date.to_string(),
        report_id: uuid::Uuid::new_v4(),
        fail_on,
    }
}

/// The flags about the settings, free of the command line library.
pub(super) fn given(arguments: &SettingsArguments) -> FlagSettings {
    FlagSettings {
        config: arguments.config.clone(),
        connection: ConnectionKeys {
            tenant_id: arguments.tenant_id.clone(),
            client_id: arguments.client_id.clone(),
            credential: credential_source(
                arguments.client_secret_file.as_deref(),
                arguments.client_certificate_file.as_deref(),
                arguments.client_certificate_password_file.as_deref(),
            ),
            use_oauth: None,
            api: arguments.api.map(Into::into),
            service_account: arguments.service_account.clone(),
            server_host_name: None,
        },
        rooms: arguments.room.clone(),
        rooms_file: arguments.rooms.clone(),
        rooms_from_tenant: arguments.rooms_from_tenant,
        service_urls: Vec::new(),
        accepted_file: None,
        require: required_features(&arguments.require),
    }
}

/// The file of the secret or of the certificate; the command line accepts only one of them.
pub(super) fn credential_source(
    secret: Option<&Path>,
    certificate: Option<&Path>,
    password: Option<&Path>,
) -> Option<CredentialSource> {
    secret.map(CredentialSource::of_secret_flag).or_else(|| {
        Some(CredentialSource::of_certificate_file(
            certificate?,
            password,
        ))
    })
}

/// The features of `--require`, free of the command line library.
pub(super) fn required_features(features: &[FeatureArgument]) -> Vec<RequiredFeature> {
    let required = |feature: &FeatureArgument| match feature {
        FeatureArgument::Mail => RequiredFeature::Mail,
        FeatureArgument::UserSync => RequiredFeature::UserSync,
    };
    features.iter().map(required).collect()
}

/// The limits that the options set, with the codes after which a request is worth another try.
pub(super) fn limits(arguments: &RunArguments) -> Result<Limits, CliError> {
    let defaults = Limits {
        retry: RetryPolicy {
            transient_codes: knowledge::transient_codes(),
            throttle_codes: knowledge::throttle_codes(),
            refused_item_codes: knowledge::refused_item_codes(),
            ..RetryPolicy::default()
        },
        ..Limits::default()
    };
    let request = duration(&DurationOption::TIMEOUT, arguments.timeout.as_deref())?
        .unwrap_or(defaults.request);
    Ok(Limits {
        // Connecting is a part of a request, so it must not take longer than the whole.
        connect: defaults.connect.min(request),
        request,
        deadline: duration(&DurationOption::DEADLINE, arguments.deadline.as_deref())?,
        concurrency: arguments
            .concurrency
            .map_or(defaults.concurrency, usize::from),
        ..defaults
    })
}

/// The duration that an option names.
pub(super) fn duration(
    option: &DurationOption,
    text: Option<&str>,
) -> Result<Option<Duration>, CliError> {
    Ok(text.map(|text| option.read(text)).transpose()?)
}

/// Checks and writes that the options select.
pub(super) fn extras(arguments: &RunArguments) -> Result<CheckOptions, CliError> {
    let (expect_denied, denied_choice) = denied_mailboxes(&arguments.expect_denied)?;
    let mail = arguments.allow_write.contains(&WriteArgument::Mail);
    let mail_to = match (mail, arguments.to.as_deref()) {
        (true, Some(to)) => Some(address("--to", to)?),
        (true, None) => {
            return Err(CliError::Usage(
                "--allow-write mail requires --to ADDRESS, the recipient of the test message"
                    .to_owned(),
            ));
        }
        (false, Some(_)) => {
            return Err(CliError::Usage(
                "--to requires --allow-write mail; without it, no message is sent".to_owned(),
            ));
        }
        (false, None) => None,
    };
    let write_calendar = arguments.allow_write.contains(&WriteArgument::Calendar);
    let selection = selection(arguments)?;
    Ok(CheckOptions {
        expect_denied,
        denied_choice,
        write_calendar,
        mail_to,
        selection,
        narrowed_by: narrowed_by(arguments),
    })
}

/// The mailboxes of --expect-denied, and how many the program is to choose itself.
fn denied_mailboxes(words: &[String]) -> Result<(Vec<MailboxAddress>, DeniedChoice), CliError> {
    let mut named = Vec::new();
    let mut choice = DeniedChoice::None;
    for word in words {
        match word.split_once(':').unwrap_or((word, "")) {
            (UNCHOSEN, "") if !word.ends_with(':') => choice = DeniedChoice::Wanted(USUAL_CHOICE),
            (UNCHOSEN, count) => choice = DeniedChoice::Wanted(chosen_count(count)?),
            _ => named.push(address("--expect-denied", word)?),
        }
    }
    Ok((named, choice))
}

fn chosen_count(text: &str) -> Result<NonZeroU8, CliError> {
    let count = text.parse().ok();
    count
        .filter(|count: &NonZeroU8| *count <= MAX_CHOICE)
        .ok_or_else(|| {
            CliError::Usage(format!(
                "--expect-denied auto:{text}: write a number from 1 to {MAX_CHOICE} after the colon, for example auto:3"
            ))
        })
}

fn selection(arguments: &RunArguments) -> Result<Selection, CliError> {
    Selection::read(&arguments.only, &arguments.skip).map_err(|UnknownSelector(word)| {
        if word.trim().is_empty() {
            return CliError::Usage(
                "--only and --skip accept ids or groups, separated by commas (for example, sign-in,mailbox); --only list shows \
                 all of them"
                    .to_owned(),
            );
        }
        let meant = nearest(&word, &probe::selectors());
        let meant = meant.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        CliError::Usage(format!("`{word}` is not a check or a group{meant} (--only list shows all of them)"))
    })
}

fn narrowed_by(arguments: &RunArguments) -> Vec<String> {
    let given = [("--only", &arguments.only), ("--skip", &arguments.skip)];
    let given = given.iter().filter(|(_, words)| !words.is_empty());
    given
        .map(|(option, words)| format!("{option} {}", words.join(",")))
        .collect()
}

/// Keeps a sample of the rooms, and notes this in the report.
pub(super) fn sample(arguments: &RunArguments, estate: &mut Estate, extras: &mut CheckOptions) {
    let Some(wanted) = arguments
        .sample
        .and_then(|wanted| usize::try_from(wanted).ok())
    else {
        return;
    };
    let sampled = estate.sample(wanted);
    if sampled.kept < sampled.given {
        let Sampled { kept, given } = sampled;
        extras.narrowed_by.push(format!(
            "--sample {wanted}: {kept} of {given} rooms, distributed across all connections"
        ));
    }
}

/// Refuses a selection without any check: an empty report would look like a good one.
pub(super) fn refuse_empty_plan(
    estate: &Estate,
    endpoints: &Endpoints,
    extras: &CheckOptions,
) -> Result<(), CliError> {
    // Only a selection can be wrong usage; settings that allow no check are a finding of the report.
    let narrowed = !extras.narrowed_by.is_empty();
    if !narrowed || probe::plan(estate, endpoints, extras).runs_anything(&extras.selection) {
        return Ok(());
    }
    let narrowed = extras.narrowed_by.join(" ");
    Err(CliError::Usage(format!(
        "{narrowed} leaves no check to run with these settings"
    )))
}

/// Validates the ids of options that are copied into commands: with the name of the app, the commands would fail.
pub(super) fn check_ids(tenant_id: Option<&str>, client_id: Option<&str>) -> Result<(), CliError> {
    let is_guid = |text: &str| uuid::Uuid::parse_str(text.trim()).is_ok();
    // A domain has no parser of its own, so it is tested as a part of an address.
    let is_domain = |text: &str| MailboxAddress::parse(&format!("x@{text}")).is_ok();
    if let Some(id) = client_id.filter(|id| !is_guid(id)) {
        return Err(CliError::Usage(format!(
            "--client-id {id}: this is not an Application (client) ID (for example, 9a41d1a0-0000-4000-8000-000000000000)"
        )));
    }
    match tenant_id.filter(|id| !is_guid(id) && !is_domain(id)) {
        Some(id) => Err(CliError::Usage(format!(
            "--tenant-id {id}: this is neither a Directory (tenant) ID nor a domain (for example, contoso.com)"
        ))),
        None => Ok(()),
    }
}

/// The mailbox address of an option.
pub(super) fn address(option: &str, text: &str) -> Result<MailboxAddress, CliError> {
    MailboxAddress::parse(text).map_err(|_| {
        CliError::Usage(format!(
            "{option} {text}: this is not an email address (for example, boardroom@contoso.com)"
        ))
    })
}

/// Secrets that must not appear in any document. An id that was pasted into the field of the secret is not a secret.
pub(super) fn secrets(estate: &Estate) -> Vec<ClientSecret> {
    let ids = |text: &str| {
        let known = estate
            .connections
            .iter()
            .flat_map(|own| [own.tenant_id.as_str(), own.client_id.as_str()]);
        known
            .into_iter()
            .any(|id| id.eq_ignore_ascii_case(text.trim()))
    };
    let secrets = estate
        .connections
        .iter()
        .map(|connection| connection.credential.hidden_text());
    secrets
        .filter(|secret| !ids(secret.expose()))
        .cloned()
        .collect()
}
