//! The values that the command line, a pasted page and the environment provide.

use std::path::Path;

use crate::cli::args::{InitArguments, InitValueArguments};
use crate::cli::{CliError, cloud_endpoints, session, stdin};
use crate::settings::{
    ClientSecret, ConnectionKeys, ConsolePage, DraftCredential, DraftField, Environment,
    FlagSettings, Reference, SettingsDraft,
};

use super::dialog::Terminal;
use super::{secret_step, wording};

/// A page has a few kilobytes; more than this is another file.
const LONGEST_PAGE: u64 = 1024 * 1024;

/// Reads all values that need no prompt. Options override the page, and the page overrides the environment. The secret of a
/// page is returned apart.
pub(super) fn read(
    arguments: &InitArguments,
    terminal: &mut dyn Terminal,
    environment: &dyn Environment,
    reference: &Reference,
) -> Result<(SettingsDraft, Option<ClientSecret>), CliError> {
    let options = of_options(&arguments.values, reference)?;
    let (page, secret) = if arguments.from_stdin {
        read_page(terminal, &options, reference)?
    } else {
        (SettingsDraft::default(), None)
    };
    let given = options.or(page);
    let environment = SettingsDraft::of_environment(environment);
    for field in [DraftField::TenantId, DraftField::ClientId] {
        if given.value(field).is_none() && environment.value(field).is_some() {
            terminal.print(&wording::of_environment(field.label()));
        }
    }
    Ok((given.or(environment), secret))
}

fn of_options(
    values: &InitValueArguments,
    reference: &Reference,
) -> Result<SettingsDraft, CliError> {
    refuse_standard_input("--rooms", values.rooms.as_deref())?;
    for (option, path) in [
        ("--client-secret-file", &values.client_secret_file),
        ("--client-certificate-file", &values.client_certificate_file),
        (
            "--client-certificate-password-file",
            &values.client_certificate_password_file,
        ),
    ] {
        refuse_standard_input(option, path.as_deref())?;
    }
    let cloud = values.cloud.as_ref().map(|id| id.to_ascii_lowercase());
    if let (Some(typed), Some(id)) = (&values.cloud, &cloud)
        && !reference.cloud_ids.contains(id)
    {
        // The message quotes what was typed, because a secret is not recognized in lowercase.
        cloud_endpoints::refuse_unknown_cloud(typed)?;
    }
    let draft = SettingsDraft::of_flags(&FlagSettings {
        connection: ConnectionKeys {
            tenant_id: trimmed(values.tenant_id.as_ref()),
            client_id: trimmed(values.client_id.as_ref()),
            credential: session::credential_source(
                values.client_secret_file.as_deref(),
                values.client_certificate_file.as_deref(),
                values.client_certificate_password_file.as_deref(),
            ),
            use_oauth: None,
            api: values.api.map(Into::into),
            service_account: trimmed(values.service_account.as_ref()),
            server_host_name: None,
        },
        rooms: values.room.clone(),
        rooms_file: values.rooms.clone(),
        rooms_from_tenant: values.rooms_from_tenant,
        require: session::required_features(&values.require),
        ..FlagSettings::default()
    });
    let variable = values
        .client_secret_env
        .clone()
        .map(DraftCredential::Variable);
    let prompt = values
        .client_secret_prompt
        .then_some(DraftCredential::Prompt);
    Ok(SettingsDraft {
        cloud,
        server_host_name: trimmed(values.server_host_name.as_ref()),
        mail_from: trimmed(values.mail_from.as_ref()),
        credential: draft.credential.clone().or(variable).or(prompt),
        ..draft
    })
}

fn trimmed(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
}

/// A later run cannot read what this run read from standard input.
fn refuse_standard_input(option: &str, path: Option<&Path>) -> Result<(), CliError> {
    if path == Some(Path::new("-")) {
        return Err(CliError::Usage(format!(
            "{option} -: a settings file cannot name standard input; enter a file name"
        )));
    }
    Ok(())
}

fn read_page(
    terminal: &mut dyn Terminal,
    options: &SettingsDraft,
    reference: &Reference,
) -> Result<(SettingsDraft, Option<ClientSecret>), CliError> {
    let what = "the text of the page System Settings > Resource Server";
    let pasted = stdin::read_pasted(what, LONGEST_PAGE)?;
    let text = pasted.whole(LONGEST_PAGE, &format!("paste only {what}"))?;
    let page = ConsolePage::read(&text).map_err(|error| CliError::Usage(error.to_string()))?;
    terminal.print(&wording::page_read(page.fields, page.ignored_lines));
    for unclear in &page.unclear {
        terminal.print(&wording::unclear(unclear));
    }
    if page.use_oauth == Some(false) {
        terminal.print(wording::OAUTH_IS_OFF);
    }
    for (option, field) in [
        ("--tenant-id", DraftField::TenantId),
        ("--client-id", DraftField::ClientId),
        ("--server-host-name", DraftField::ServerHostName),
        ("--service-account", DraftField::ServiceAccount),
    ] {
        let values = (options.value(field), page.draft.value(field));
        if matches!(values, (Some(option), Some(page)) if option != page) {
            terminal.print(&wording::overridden(option, field.label()));
        }
    }
    let why = page
        .secret
        .as_ref()
        .and_then(|secret| secret_step::judge(&page.draft, secret, reference));
    if let Some(why) = why {
        terminal.print(&why);
    }
    Ok((page.draft, page.secret))
}
