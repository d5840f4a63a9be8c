//! Validation of a settings file that needs more than one key or knowledge from outside.

use std::collections::BTreeMap;

use super::settings_file::SettingsFile;
use super::suggestion::{self, quoted};
use super::toml_document::{Document, Placed};
use super::{MailboxAddress, Place, ProductVersion, Reference, looks_like_a_secret};

const RESERVED_NAMES: [&str; 3] = ["system", "mail", "user-sync"];

/// The id of the cloud, the first known one where the file is silent.
pub(super) fn cloud(
    document: &mut Document<'_>,
    typed: Option<&Placed<String>>,
    reference: &Reference,
) -> String {
    let Some(typed) = typed else {
        return default_cloud(reference);
    };
    if let Some(known) = reference
        .cloud_ids
        .iter()
        .find(|known| known.eq_ignore_ascii_case(&typed.value))
    {
        return known.clone();
    }
    let hint = reference.cloud_hint(&typed.value);
    document.complain_at(
        typed.place.clone(),
        format!("{} is not a cloud; {hint}", quoted(&typed.value)),
    );
    // The problem was noted above; reading goes on so that all problems are reported together.
    default_cloud(reference)
}

/// The first cloud of the reference.
pub(super) fn default_cloud(reference: &Reference) -> String {
    reference
        .cloud_ids
        .first()
        .cloned()
        .unwrap_or_else(|| "global".to_owned())
}

/// The version of ResourceXpress.
pub(super) fn product_version(
    document: &mut Document<'_>,
    typed: Option<&Placed<String>>,
) -> Option<ProductVersion> {
    let typed = typed?;
    match typed.value.parse() {
        Ok(version) => Some(version),
        Err(reason) => {
            let message = format!(
                "product_version {} is not valid; {reason}",
                quoted(&typed.value)
            );
            document.complain_at(typed.place.clone(), message);
            None
        }
    }
}

/// Names of locations and profiles: there, unique, and not taken by this program.
pub(super) fn names(document: &mut Document<'_>, file: &SettingsFile) {
    let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
    for section in file.locations.iter().chain(&file.profiles) {
        let Some(name) = &section.name else {
            document.complain_at(
                section.place.clone(),
                "this section requires its own name, for example name = \"Berlin\"",
            );
            continue;
        };
        let text = name.value.as_str();
        if text.trim().is_empty() {
            document.complain_at(name.place.clone(), "the name is empty");
        } else if looks_like_a_secret(text) {
            let message = "this name looks like a secret and is not repeated; names appear in every report, so choose another";
            document.complain_at(name.place.clone(), message);
        } else if RESERVED_NAMES.contains(&text) {
            document.complain_at(
                name.place.clone(),
                format!("the name `{text}` is used by this program itself; choose another"),
            );
        } else if let Some(first) = seen.get(text) {
            let message = format!(
                "the name {} is already used in line {}; names must be unique",
                quoted(text),
                first.line
            );
            document.complain_at(name.place.clone(), message);
        } else {
            seen.insert(text, &name.place);
        }
    }
}

/// The locations that profiles name.
pub(super) fn locations(document: &mut Document<'_>, file: &SettingsFile) {
    let names = file.locations.iter().filter_map(|own| own.name.as_ref());
    let known: Vec<&str> = names.map(|name| name.value.as_str()).collect();
    for location in file.profiles.iter().filter_map(|own| own.location.as_ref()) {
        if known.contains(&location.value.as_str()) {
            continue;
        }
        let hint = match suggestion::nearest(&location.value, &known) {
            Some(name) => format!("did you mean {}?", quoted(name)),
            None if known.is_empty() => "the file has no [[location]]".to_owned(),
            None => format!(
                "valid values: {}",
                known
                    .iter()
                    .map(|name| quoted(name))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        document.complain_at(
            location.place.clone(),
            format!("there is no location {}; {hint}", quoted(&location.value)),
        );
    }
}

/// The sender of mail.
pub(super) fn sender(document: &mut Document<'_>, file: &SettingsFile) {
    if let Some(from) = file.mail.as_ref().and_then(|mail| mail.from.as_ref())
        && let Err(fault) = MailboxAddress::parse(&from.value)
    {
        let message = format!(
            "from {} is not a valid SMTP address: {fault}; example: from = \"rooms@contoso.com\"",
            quoted(&from.value)
        );
        document.complain_at(from.place.clone(), message);
    }
}
