//! What is wrong with the values of a draft, by the rules for a settings file.

use crate::evidence::{ConnectionKind, SettingsFault, SettingsFaultKind};
use crate::settings::credential_source::CredentialReader;
use crate::settings::lint::{self, Rules};
use crate::settings::rooms::gather;
use crate::settings::settings_file::RoomSources;
use crate::settings::{
    CertificateSource, ClientId, ClientSecret, Connection, Credential, Environment, MailboxAddress,
    Reference, Rooms, SettingsError, TenantId, looks_like_a_secret,
};
use crate::terms::CheckId;

use super::{DraftCredential, DraftField, SettingsDraft};

const LOOKS_LIKE_A_SECRET: &str = "This looks like a client secret. It is not repeated and not used; \
     the secret is never a part of the settings file.";

const HOLDS_A_PASSWORD: &str = "The Server Host Name contains a password. It is not repeated and not used; enter the address \
     without the part before the @.";

impl SettingsDraft {
    /// The faults of one field, as `check` would report them. A field that is not filled in has none, except a missing Resource
    /// Login User ID where the API requires it.
    pub fn faults_of(
        &self,
        field: DraftField,
        credential: Option<&Credential>,
        reference: &Reference,
    ) -> Vec<SettingsFault> {
        let Some(check) = field.check().filter(|_| self.is_judged(field, credential)) else {
            return Vec::new();
        };
        let cloud = self.cloud_id(reference);
        let rules = Rules {
            version: None,
            cloud: &cloud,
            reference,
            given_hosts: &[],
        };
        let mut faults = lint::faults(&self.connection(credential), &rules);
        faults.retain(|fault| fault.kind.check() == check);
        faults
    }

    /// Why the value of a field cannot be used, as a sentence.
    pub fn refusal(&self, field: DraftField, reference: &Reference) -> Option<String> {
        // A valid address of random letters is not a secret, and the rules for addresses recognize a certain one.
        if !field.is_address()
            && self
                .value(field)
                .is_some_and(|text| looks_like_a_secret(&text))
        {
            return Some(LOOKS_LIKE_A_SECRET.to_owned());
        }
        if let (true, Some(text)) = (field.is_address(), self.value(field)) {
            return refused_address(field, &text);
        }
        if field == DraftField::ServerHostName
            && self
                .value(field)
                .is_some_and(|text| holds_a_password(&text))
        {
            return Some(HOLDS_A_PASSWORD.to_owned());
        }
        self.faults_of(field, None, reference)
            .into_iter()
            .find(|fault| is_refused(fault.kind))
            .map(|fault| fault.detail)
    }

    /// Reads the certificate as `check` does, if the draft names one.
    pub fn read_certificate(
        &self,
        environment: &dyn Environment,
    ) -> Option<Result<Credential, SettingsError>> {
        let DraftCredential::Certificate { file, password } = self.credential.as_ref()? else {
            return None;
        };
        let source = CertificateSource::of_files(file, password.as_deref());
        Some(CredentialReader::new(environment).certificate(&source))
    }

    /// Counts the rooms of the list and the file; a list or a file without a valid room is an error.
    pub fn count_rooms(&self, environment: &dyn Environment) -> Result<usize, SettingsError> {
        let sources = RoomSources {
            is_typed_here: true,
            has_list: !self.rooms.is_empty(),
            listed: self.rooms.clone(),
            file: self.rooms_file.clone(),
            ..RoomSources::default()
        };
        Ok(gather(&sources, environment)?.rooms.addresses.len())
    }

    /// The text of a field, where it has one.
    pub fn value(&self, field: DraftField) -> Option<String> {
        match field {
            DraftField::ServerHostName => self.server_host_name.clone(),
            DraftField::ServiceAccount => self.service_account.clone(),
            DraftField::TenantId => self.tenant_id.clone(),
            DraftField::ClientId => self.client_id.clone(),
            DraftField::MailFrom => self.mail_from.clone(),
            _ => None,
        }
    }

    fn is_judged(&self, field: DraftField, credential: Option<&Credential>) -> bool {
        match field {
            DraftField::TenantId => self.tenant_id.is_some(),
            DraftField::ClientId => self.client_id.is_some(),
            DraftField::ClientSecret => credential.is_some(),
            DraftField::ServiceAccount => self.api.is_some(),
            _ => true,
        }
    }

    /// The connection of the draft, with empty texts where it has no value.
    fn connection(&self, credential: Option<&Credential>) -> Connection {
        Connection {
            name: "system".to_owned(),
            kind: ConnectionKind::System,
            api: self.api,
            tenant_id: TenantId::new(self.tenant_id.clone().unwrap_or_default()),
            domain_clouds: Vec::new(),
            client_id: ClientId::new(self.client_id.clone().unwrap_or_default()),
            credential: credential
                .cloned()
                .unwrap_or_else(|| Credential::Secret(ClientSecret::default())),
            credentials: 0,
            use_oauth: None,
            server_host_name: self.server_host_name.clone(),
            service_account: self.service_account.clone(),
            rooms: Rooms {
                expected: true,
                ..Rooms::default()
            },
            mail: None,
            user_sync: None,
            faults: Vec::new(),
        }
    }
}

/// Whether an address contains `user:password@`, in whatever form, which a settings file must not contain.
fn holds_a_password(address: &str) -> bool {
    let address = address.trim();
    // Behind the scheme, which ends with a colon itself. A user name with a backslash or a slash makes the URL invalid.
    let rest = address.split_once("//").map_or(address, |(_, rest)| rest);
    rest.rsplit_once('@')
        .is_some_and(|(before, _)| before.contains(':'))
}

fn refused_address(field: DraftField, text: &str) -> Option<String> {
    let fault = MailboxAddress::parse(text).err()?;
    Some(format!(
        "{} is not a valid SMTP address: {fault}.",
        field.label()
    ))
}

/// Whether a value with this fault is certainly wrong. A Server Host Name is not refused: the file contains what the product
/// uses, and `check` reports what is wrong with it.
fn is_refused(kind: SettingsFaultKind) -> bool {
    let is_of_a_note = kind.check() == CheckId::SettingsServerHostName
        || kind == SettingsFaultKind::ServiceAccountMissing;
    !is_of_a_note && !kind.is_suspicion() && !kind.is_advice()
}
