//! The text of a settings file from its values, with a comment above each key.

use std::fmt::Write as _;
use std::path::Path;

use toml::Value;

use crate::settings::parse_file::parse_settings_file;
use crate::settings::{Reference, SettingsError};
use crate::terms::Api;

use super::draft_field::DraftField;
use super::settings_draft::{DraftCredential, SettingsDraft};

const HEADER: &str = "\
# Settings of rx-preflight. The keys are the field names of the ResourceXpress console.
# This file contains no client secret. Written by: rx-preflight init
";
const SYSTEM: &str = "# The main connection: System Settings > Resource Server\n[system]\n";
const MAIL: &str = "# Outgoing mail\n[mail]\n";
const USER_SYNC: &str =
    "# User sync: System Settings > User Settings > Azure Active Directory\n[user_sync]\n";
/// The value of the key of the secret for a hidden prompt.
const PROMPT: &str = "{ prompt = true }";
/// What a file of more connections contains, for people who add them by hand.
const MORE: &str = "\
# More connections, each with its own values; what is absent is taken from [system]:
# [[location]] with name and rooms_file, [[profile]] with name and room
";

impl SettingsDraft {
    /// The text of the settings file. It is read back before it is returned, and what the reader does not accept is an error;
    /// `origin` is the name of the file in its messages.
    pub fn to_text(&self, origin: &str, reference: &Reference) -> Result<String, SettingsError> {
        let text = self.unchecked_text(reference);
        parse_settings_file(&text, origin, Path::new(""), reference)?;
        Ok(text)
    }

    fn unchecked_text(&self, reference: &Reference) -> String {
        let usual_host_name = self.usual_server_host_name(reference);
        let mut file = Lines {
            text: HEADER.to_owned(),
            usual_host_name: usual_host_name.unwrap_or_default(),
        };
        file.section("");
        file.entry(DraftField::Cloud, Some(&text(&self.cloud_id(reference))));
        file.section(SYSTEM);
        self.write_connection(&mut file);
        self.write_rooms(&mut file);
        file.section(MAIL);
        file.entry(DraftField::Mail, self.mail.map(boolean).as_deref());
        file.entry(
            DraftField::MailFrom,
            self.mail_from.as_deref().map(text).as_deref(),
        );
        file.section(USER_SYNC);
        file.entry(DraftField::UserSync, self.user_sync.map(boolean).as_deref());
        file.section(MORE);
        file.text
    }

    fn write_connection(&self, file: &mut Lines) {
        let api = self.api.map(|api| boolean(api == Api::Graph));
        file.entry(DraftField::UseGraphApi, api.as_deref());
        for field in [
            DraftField::ServerHostName,
            DraftField::ServiceAccount,
            DraftField::TenantId,
            DraftField::ClientId,
        ] {
            file.entry(field, self.value(field).as_deref().map(text).as_deref());
        }
        self.write_credential(file);
    }

    /// The secret or the certificate: a section has one of them, so the other one has no line.
    fn write_credential(&self, file: &mut Lines) {
        let Some(DraftCredential::Certificate {
            file: path,
            password,
        }) = &self.credential
        else {
            let secret = self.credential.as_ref().and_then(DraftCredential::table);
            return file.entry(DraftField::ClientSecret, secret.as_deref());
        };
        file.entry(DraftField::ClientCertificate, Some(&path_text(path)));
        if let Some(path) = password {
            file.entry(DraftField::CertificatePassword, Some(&path_text(path)));
        }
    }

    /// Rooms have three keys under one comment, because any of them is enough.
    fn write_rooms(&self, file: &mut Lines) {
        file.comment(DraftField::Rooms);
        if !self.has_rooms() {
            file.line("# rooms = [\"boardroom@contoso.com\"]");
        }
        if !self.rooms.is_empty() {
            file.line("rooms = [");
            for room in &self.rooms {
                file.line(&format!("    {},", text(room)));
            }
            file.line("]");
        }
        if let Some(path) = &self.rooms_file {
            file.line(&format!("rooms_file = {}", path_text(path)));
        }
        if self.rooms_from_tenant {
            file.line("rooms_from_tenant = true");
        }
    }
}

impl DraftCredential {
    /// The value of the key of the secret; a certificate has keys of its own.
    fn table(&self) -> Option<String> {
        match self {
            Self::Variable(name) => Some(format!("{{ env = {} }}", text(name))),
            Self::File(path) => Some(format!("{{ file = {} }}", path_text(path))),
            Self::Prompt => Some(PROMPT.to_owned()),
            Self::Certificate { .. } => None,
        }
    }
}

/// The lines of the file so far.
struct Lines {
    text: String,
    /// The usual Server Host Name of the API.
    usual_host_name: String,
}

impl Lines {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{line}");
    }

    /// An empty line and the head of a section.
    fn section(&mut self, head: &str) {
        let _ = write!(self.text, "\n{head}");
    }

    fn comment(&mut self, field: DraftField) {
        if let Some(texts) = field.texts() {
            self.line(&format!("# {}", texts.comment));
        }
    }

    /// The example of a field as a value of TOML.
    fn example(&self, field: DraftField) -> String {
        match field {
            DraftField::UseGraphApi | DraftField::Mail | DraftField::UserSync => boolean(true),
            DraftField::ClientSecret => PROMPT.to_owned(),
            DraftField::ServerHostName => text(&self.usual_host_name),
            _ => text(field.example()),
        }
    }

    /// A key below its comment; without a value, the line is a comment with an example.
    fn entry(&mut self, field: DraftField, value: Option<&str>) {
        let Some(texts) = field.texts() else { return };
        self.comment(field);
        match value {
            Some(value) => self.line(&format!("{} = {value}", texts.key)),
            None => self.line(&format!("# {} = {}", texts.key, self.example(field))),
        }
    }
}

fn boolean(value: bool) -> String {
    Value::Boolean(value).to_string()
}

fn text(value: &str) -> String {
    Value::String(value.to_owned()).to_string()
}

/// A path, without escape sequences where it has backslashes: the reader of settings files refuses them in paths.
fn path_text(path: &Path) -> String {
    let path = path.display().to_string();
    let is_literal =
        path.contains('\\') && !path.contains(|letter: char| letter == '\'' || letter.is_control());
    if is_literal {
        format!("'{path}'")
    } else {
        text(&path)
    }
}
