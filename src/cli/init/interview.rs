//! The fields of the settings file, one after the other: what is given is validated, and what is missing is entered.

use crate::cli::CliError;
use crate::settings::{
    ClientSecret, DraftField, Environment, MailboxAddress, Reference, SettingsDraft, quotable,
    read_yes_no,
};
use crate::terms::Api;

use super::dialog::{Prompt, Terminal, prompt_until, prompt_yes_no};
use super::secret_step::{self, SecretToStore};
use super::tenant_directory::{TenantDirectory, TenantStatus};
use super::wording;

/// What the values are validated with.
pub(super) struct Interview<'a> {
    pub(super) draft: SettingsDraft,
    pub(super) terminal: &'a mut dyn Terminal,
    pub(super) tenants: &'a dyn TenantDirectory,
    pub(super) environment: &'a dyn Environment,
    pub(super) reference: &'a Reference,
}

/// A complete draft, and the secret that was pasted for a file.
#[derive(Debug)]
pub(super) struct Completed {
    pub(super) draft: SettingsDraft,
    pub(super) secret_to_store: Option<SecretToStore>,
    /// Secrets that were seen on the way, for the last check of the text.
    pub(super) secrets: Vec<ClientSecret>,
}

impl Interview<'_> {
    /// Goes through all fields.
    pub(super) fn complete(mut self) -> Result<Completed, CliError> {
        self.refuse_incomplete()?;
        self.api()?;
        self.text(DraftField::TenantId, None, true)?;
        self.text(DraftField::ClientId, None, true)?;
        let mut secret = secret_step::SecretStep {
            draft: &mut self.draft,
            terminal: &mut *self.terminal,
            environment: self.environment,
            reference: self.reference,
        };
        let (secret_to_store, secrets) = secret.complete()?;
        let usual = self.draft.usual_server_host_name(self.reference);
        self.text(DraftField::ServerHostName, usual.as_deref(), false)?;
        self.text(DraftField::ServiceAccount, None, false)?;
        self.rooms()?;
        self.features()?;
        Ok(Completed {
            draft: self.draft,
            secret_to_store,
            secrets,
        })
    }

    /// Without a terminal, reports all missing values together.
    fn refuse_incomplete(&self) -> Result<(), CliError> {
        let required = [
            (DraftField::UseGraphApi, self.draft.api.is_none()),
            (DraftField::TenantId, self.draft.tenant_id.is_none()),
            (DraftField::ClientId, self.draft.client_id.is_none()),
        ];
        let missing: Vec<DraftField> = required
            .into_iter()
            .filter_map(|(field, is_missing)| is_missing.then_some(field))
            .collect();
        if missing.is_empty() || self.terminal.is_interactive() {
            return Ok(());
        }
        Err(CliError::Usage(wording::missing(&missing)))
    }

    fn api(&mut self) -> Result<(), CliError> {
        if self.draft.api.is_some() {
            return Ok(());
        }
        let prompt = Prompt {
            label: wording::USE_GRAPH_API,
            default: None,
            example: DraftField::UseGraphApi.example(),
        };
        let api = prompt_until(self.terminal, &prompt, |_, text| {
            read_api(text).ok_or_else(|| wording::API_IS_NOT_KNOWN.to_owned())
        })?;
        self.draft.api = Some(api);
        Ok(())
    }

    /// A field with a text. A value that was given is validated; one that was not is entered at a terminal.
    fn text(
        &mut self,
        field: DraftField,
        default: Option<&str>,
        required: bool,
    ) -> Result<(), CliError> {
        if self.draft.value(field).is_some() {
            match self.problem(field)? {
                None => {
                    self.print_notes(field);
                    return Ok(());
                }
                Some(why) if !self.terminal.is_interactive() => {
                    return Err(CliError::Usage(wording::refused(field, &why)));
                }
                Some(why) => self.terminal.print(&why),
            }
            set(&mut self.draft, field, None);
        }
        if self.terminal.is_interactive() {
            self.enter(field, default, required)?;
        }
        self.print_notes(field);
        Ok(())
    }

    fn enter(
        &mut self,
        field: DraftField,
        default: Option<&str>,
        required: bool,
    ) -> Result<(), CliError> {
        let label = wording::label(field, required || default.is_some());
        for _ in 0..super::dialog::MOST_ATTEMPTS {
            let prompt = Prompt {
                label: &label,
                default: default.map(str::to_owned),
                example: field.example(),
            };
            let value = prompt_until(self.terminal, &prompt, |_, text| {
                if text.is_empty() && required {
                    Err(wording::VALUE_REQUIRED.to_owned())
                } else {
                    Ok(text.to_owned())
                }
            })?;
            if value.is_empty() {
                return Ok(());
            }
            set(&mut self.draft, field, Some(value));
            match self.problem(field)? {
                None => return Ok(()),
                Some(why) => {
                    let example = field.example();
                    self.terminal.print(&format!("{why} Example: {example}"));
                }
            }
            set(&mut self.draft, field, None);
        }
        Err(super::dialog::no_value(field.label()))
    }

    /// Why the value of a field cannot be used.
    fn problem(&mut self, field: DraftField) -> Result<Option<String>, CliError> {
        let refusal = self.draft.refusal(field, self.reference);
        if refusal.is_some() || field != DraftField::TenantId {
            return Ok(refusal);
        }
        self.tenant_problem()
    }

    fn tenant_problem(&mut self) -> Result<Option<String>, CliError> {
        let tenant = self.draft.tenant_id.clone().unwrap_or_default();
        let cloud = self.draft.cloud_id(self.reference);
        // A client ID that is not valid cannot be a tenant either.
        let client_id = self.draft.client_id.clone().filter(|_| {
            self.draft
                .refusal(DraftField::ClientId, self.reference)
                .is_none()
        });
        if self.terminal.is_interactive() && self.tenants.sends_requests() {
            self.terminal.print(wording::CHECKING_TENANT);
        }
        match self.tenants.find(&cloud, &tenant, client_id.as_deref())? {
            TenantStatus::Exists | TenantStatus::Skipped => Ok(None),
            TenantStatus::NotChecked(why) => {
                self.terminal.print(&wording::tenant_not_checked(&why));
                Ok(None)
            }
            TenantStatus::Unknown {
                client_id_is_a_tenant,
            } => {
                let clouds = self.reference.other_clouds_of_domain(&tenant, &cloud);
                if clouds.is_empty() {
                    Ok(Some(wording::unknown_tenant(&cloud, client_id_is_a_tenant)))
                } else {
                    Ok(Some(wording::domain_of_elsewhere(&cloud, &clouds)))
                }
            }
            TenantStatus::Elsewhere(clouds) => self.other_cloud(&cloud, &clouds),
        }
    }

    /// Takes over the cloud in which the tenant was found, if the user agrees.
    fn other_cloud(&mut self, cloud: &str, found: &[String]) -> Result<Option<String>, CliError> {
        let why = wording::tenant_elsewhere(cloud, found);
        let Some(other) = found.first().filter(|_| self.terminal.is_interactive()) else {
            return Ok(Some(why));
        };
        self.terminal.print(&why);
        if prompt_yes_no(self.terminal, &format!("Use the cloud {other}"), true)? {
            self.draft.cloud = Some(other.clone());
            return Ok(None);
        }
        Ok(Some(wording::ANOTHER_TENANT.to_owned()))
    }

    /// Prints what `check` will report about a value that is accepted.
    fn print_notes(&mut self, field: DraftField) {
        for fault in self.draft.faults_of(field, None, self.reference) {
            self.terminal
                .print(&format!("{} {}", fault.detail, wording::CHECK_REPORTS));
        }
    }

    fn rooms(&mut self) -> Result<(), CliError> {
        if self.draft.has_rooms() || !self.terminal.is_interactive() {
            self.draft.count_rooms(self.environment)?;
        } else {
            let prompt = Prompt {
                label: wording::ROOMS,
                default: None,
                example: DraftField::Rooms.example(),
            };
            let (draft, environment) = (self.draft.clone(), self.environment);
            self.draft = prompt_until(self.terminal, &prompt, |_, text| {
                with_rooms(&draft, text, environment)
            })?;
        }
        if !self.draft.has_rooms() {
            self.terminal.print(wording::NO_ROOMS);
        }
        Ok(())
    }

    /// Mail and user sync. What is not entered stays optional.
    fn features(&mut self) -> Result<(), CliError> {
        if self.draft.mail.is_none() && self.draft.mail_from.is_none() {
            self.draft.mail = self.optional_yes_no(DraftField::Mail)?;
        }
        if self.draft.mail == Some(true) || self.draft.mail_from.is_some() {
            // Only an address can be the default.
            let account = self.draft.service_account.clone();
            let default = account.filter(|text| MailboxAddress::parse(text).is_ok());
            self.text(DraftField::MailFrom, default.as_deref(), false)?;
        }
        if self.draft.user_sync.is_none() {
            self.draft.user_sync = self.optional_yes_no(DraftField::UserSync)?;
        }
        Ok(())
    }

    fn optional_yes_no(&mut self, field: DraftField) -> Result<Option<bool>, CliError> {
        if !self.terminal.is_interactive() {
            return Ok(None);
        }
        let prompt = Prompt {
            label: &wording::optional_feature(field),
            default: None,
            example: field.example(),
        };
        prompt_until(self.terminal, &prompt, |_, text| match read_yes_no(text) {
            Some(value) => Ok(Some(value)),
            None if text.is_empty() => Ok(None),
            None => Err(wording::YES_NO_OR_NOTHING.to_owned()),
        })
    }
}

/// The API that a word means: the value of 'Use Graph API', or the word of `--api`.
fn read_api(text: &str) -> Option<Api> {
    match text.to_ascii_lowercase().as_str() {
        "graph" => Some(Api::Graph),
        "ews" => Some(Api::Ews),
        _ => read_yes_no(text).map(|graph| if graph { Api::Graph } else { Api::Ews }),
    }
}

fn set(draft: &mut SettingsDraft, field: DraftField, value: Option<String>) {
    match field {
        DraftField::ServerHostName => draft.server_host_name = value,
        DraftField::ServiceAccount => draft.service_account = value,
        DraftField::TenantId => draft.tenant_id = value,
        DraftField::ClientId => draft.client_id = value,
        DraftField::MailFrom => draft.mail_from = value,
        _ => {}
    }
}

/// The draft with the rooms that were entered: addresses, or the path of a file.
fn with_rooms(
    draft: &SettingsDraft,
    text: &str,
    environment: &dyn Environment,
) -> Result<SettingsDraft, String> {
    let mut draft = draft.clone();
    if text.is_empty() {
        return Ok(draft);
    }
    if text.contains('@') {
        let separators = [',', ';', ' ', '\t'];
        let entries = text.split(separators).filter(|entry| !entry.is_empty());
        for entry in entries {
            MailboxAddress::parse(entry).map_err(|fault| {
                format!("{} is not a valid SMTP address: {fault}.", quotable(entry))
            })?;
            draft.rooms.push(entry.to_owned());
        }
        return Ok(draft);
    }
    draft.rooms_file = Some(text.into());
    match draft.count_rooms(environment) {
        Ok(_) => Ok(draft),
        Err(error) => Err(format!("{error}.")),
    }
}
