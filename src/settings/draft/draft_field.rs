//! The fields of the ResourceXpress console that a settings file contains, with their texts from `fields.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::terms::CheckId;

/// A field, in the order of the settings file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DraftField {
    /// The cloud of the tenant.
    Cloud,
    /// 'Use OAuth', which has no key: Exchange Online requires it.
    UseOauth,
    /// 'Use Graph API'.
    UseGraphApi,
    /// 'Server Host Name'.
    ServerHostName,
    /// 'Resource Login User ID'.
    ServiceAccount,
    /// 'OAuth Tenant ID'.
    TenantId,
    /// 'OAuth Client ID'.
    ClientId,
    /// 'OAuth Client Secret'.
    ClientSecret,
    /// The certificate in its place, which the console does not have.
    ClientCertificate,
    /// The password of the certificate file.
    CertificatePassword,
    /// The rooms.
    Rooms,
    /// Outgoing mail.
    Mail,
    /// The sender of outgoing mail.
    MailFrom,
    /// User sync.
    UserSync,
}

/// The texts of one field.
#[derive(Debug, Deserialize)]
pub(super) struct FieldTexts {
    pub(super) field: DraftField,
    /// The name in the console.
    pub(super) label: String,
    /// The key of the settings file; empty where there is none.
    #[serde(default)]
    pub(super) key: String,
    /// The comment above the key.
    #[serde(default)]
    pub(super) comment: String,
    /// A value as an administrator would enter it.
    pub(super) example: String,
    /// The flags of `init` that provide the value.
    #[serde(default)]
    pub(super) flags: String,
    /// Names of the field in the console, in lowercase.
    #[serde(default)]
    pub(super) names: Vec<String>,
}

#[derive(Deserialize)]
struct Table {
    field: Vec<FieldTexts>,
}

const TABLE: &str = include_str!("fields.toml");

static FIELDS: LazyLock<Vec<FieldTexts>> = LazyLock::new(|| {
    toml::from_str::<Table>(TABLE)
        .map(|table| table.field)
        .unwrap_or_default()
});

/// The texts of all fields.
pub(super) fn fields() -> &'static [FieldTexts] {
    &FIELDS
}

impl DraftField {
    /// Its name in the console.
    pub fn label(self) -> &'static str {
        self.texts().map_or("", |texts| texts.label.as_str())
    }

    /// A value as an administrator would enter it.
    pub fn example(self) -> &'static str {
        self.texts().map_or("", |texts| texts.example.as_str())
    }

    /// The flags of `init` that provide the value.
    pub fn flags(self) -> &'static str {
        self.texts().map_or("", |texts| texts.flags.as_str())
    }

    pub(super) fn texts(self) -> Option<&'static FieldTexts> {
        fields().iter().find(|texts| texts.field == self)
    }

    /// The check that judges the value.
    pub(super) fn check(self) -> Option<CheckId> {
        match self {
            Self::ServerHostName => Some(CheckId::SettingsServerHostName),
            Self::ServiceAccount => Some(CheckId::SettingsServiceAccount),
            Self::TenantId => Some(CheckId::SettingsTenantId),
            Self::ClientId => Some(CheckId::SettingsClientId),
            Self::ClientSecret => Some(CheckId::SettingsClientSecret),
            _ => None,
        }
    }

    /// Whether the value is an email address.
    pub(super) fn is_address(self) -> bool {
        matches!(self, Self::ServiceAccount | Self::MailFrom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_texts() {
        for field in [
            DraftField::Cloud,
            DraftField::UseOauth,
            DraftField::UseGraphApi,
            DraftField::ServerHostName,
            DraftField::ServiceAccount,
            DraftField::TenantId,
            DraftField::ClientId,
            DraftField::ClientSecret,
            DraftField::ClientCertificate,
            DraftField::CertificatePassword,
            DraftField::Rooms,
            DraftField::Mail,
            DraftField::MailFrom,
            DraftField::UserSync,
        ] {
            assert!(
                !field.label().is_empty() && !field.example().is_empty(),
                "{field:?}"
            );
        }
        assert_eq!(fields().len(), 14);
    }

    #[test]
    fn names_and_comments_are_in_their_form() {
        for texts in fields() {
            for name in &texts.names {
                assert_eq!(*name, name.to_lowercase(), "{name}");
            }
            assert!(
                texts.comment.len() <= 118 && !texts.comment.contains('\n'),
                "{}",
                texts.comment
            );
            assert_eq!(
                texts.key.is_empty(),
                texts.comment.is_empty(),
                "{}",
                texts.label
            );
        }
    }
}
