//! The settings file, section by section, as typed.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::terms::Api;

use super::connection_keys::ConnectionKeys;
use super::toml_document::{Document, Placed, Section};
use super::{
    CertificateSource, CredentialSource, FileEndpoints, NamedFile, Place, ProductVersion,
    SecretSource, file_endpoints,
};

const TOP: [&str; 9] = [
    "cloud",
    "product_version",
    "accepted_file",
    "system",
    "location",
    "profile",
    "mail",
    "user_sync",
    "endpoints",
];
const SECRET: &str = "oauth_client_secret";
const CERTIFICATE: &str = "client_certificate_file";
const PASSWORD: &str = "client_certificate_password_file";
const OAUTH: [&str; 5] = [
    "oauth_tenant_id",
    "oauth_client_id",
    SECRET,
    CERTIFICATE,
    PASSWORD,
];
const SERVER: [&str; 4] = [
    "use_oauth",
    "use_graph_api",
    "server_host_name",
    "resource_login_user_id",
];
const SYSTEM: [&str; 3] = ["rooms", "rooms_file", "rooms_from_tenant"];
const LOCATION: [&str; 3] = ["name", "rooms", "rooms_file"];
const PROFILE: [&str; 5] = ["name", "location", "room", "rooms", "rooms_file"];
const SECRET_FORMS: &str = "write oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }, { file = \"secret.txt\" } or { prompt = true }";

/// A settings file, understood but not yet inherited.
#[derive(Debug, Default)]
pub(super) struct SettingsFile {
    pub(super) origin: String,
    pub(super) cloud: Option<Placed<String>>,
    pub(super) product_version: Option<Placed<String>>,
    pub(super) accepted_file: Option<NamedFile>,
    pub(super) system: Option<ConnectionSection>,
    pub(super) locations: Vec<ConnectionSection>,
    pub(super) profiles: Vec<ConnectionSection>,
    pub(super) mail: Option<FeatureSection>,
    pub(super) user_sync: Option<FeatureSection>,
    pub(super) endpoints: FileEndpoints,
}

/// `[system]`, a `[[location]]` or a `[[profile]]`.
#[derive(Debug)]
pub(super) struct ConnectionSection {
    pub(super) place: Place,
    /// Absent on `[system]`.
    pub(super) name: Option<Placed<String>>,
    /// The location of a profile, from which it inherits.
    pub(super) location: Option<Placed<String>>,
    pub(super) keys: ConnectionKeys,
    pub(super) rooms: RoomSources,
}

/// `[mail]` or `[user_sync]`.
#[derive(Debug)]
pub(super) struct FeatureSection {
    pub(super) enabled: Option<Placed<bool>>,
    pub(super) from: Option<Placed<String>>,
    pub(super) keys: ConnectionKeys,
}

/// Where a connection's rooms are named.
#[derive(Debug, Clone, Default)]
pub(super) struct RoomSources {
    pub(super) listed: Vec<String>,
    /// The position of the list, if it is in a file; used only to report that it is empty.
    pub(super) listed_at: Option<Place>,
    pub(super) file: Option<PathBuf>,
    pub(super) file_at: Option<Place>,
    /// Whether a list was named at all, an empty one included.
    pub(super) has_list: bool,
    /// Whether the list was typed on the command line, not in the settings file.
    pub(super) is_typed_here: bool,
    /// Whether the tenant is to list its rooms in addition. Only `[system]` can request it.
    pub(super) from_tenant: bool,
}

impl RoomSources {
    /// Whether any source was named that needs no tenant.
    pub(super) fn given(&self) -> bool {
        self.has_list || self.file.is_some()
    }
}

/// What the text as a whole means together with flags and reference.
pub(super) struct ParsedFile {
    pub(super) file: SettingsFile,
    pub(super) cloud: String,
    pub(super) product_version: Option<ProductVersion>,
}

/// Reads the sections.
pub(super) fn read(
    document: &mut Document<'_>,
    root: &Spanned<DeTable<'_>>,
    origin: &str,
    base: &Path,
) -> SettingsFile {
    let table = root.get_ref();
    let top = Section {
        table,
        span: root.span(),
        title: "a settings file",
    };
    document.only_known_keys(&top, &TOP, advice_for_top);
    let system = document.section(table, "system", "[system]");
    let mail = document.section(table, "mail", "[mail]");
    let user_sync = document.section(table, "user_sync", "[user_sync]");
    SettingsFile {
        origin: origin.to_owned(),
        cloud: document.string(&top, "cloud"),
        product_version: document.string(&top, "product_version"),
        accepted_file: document.path(&top, "accepted_file").map(|file| NamedFile {
            path: base.join(file.value),
            place: Some(file.place),
        }),
        system: system.map(|section| connection(document, &section, base, &SYSTEM)),
        locations: connections(
            document,
            table,
            base,
            ("location", "[[location]]", &LOCATION),
        ),
        profiles: connections(document, table, base, ("profile", "[[profile]]", &PROFILE)),
        mail: mail.map(|section| feature(document, &section, base, &["enabled", "from"])),
        user_sync: user_sync.map(|section| feature(document, &section, base, &["enabled"])),
        endpoints: file_endpoints::read(document, table, base),
    }
}

/// All sections of one kind: their key, their title in messages, and the keys that only they have.
fn connections(
    document: &mut Document<'_>,
    root: &DeTable<'_>,
    base: &Path,
    (key, title, own): (&str, &'static str, &[&str]),
) -> Vec<ConnectionSection> {
    let sections = document.sections(root, key, title);
    sections
        .iter()
        .map(|section| connection(document, section, base, own))
        .collect()
}

fn connection(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    base: &Path,
    own: &[&str],
) -> ConnectionSection {
    document.only_known_keys(
        section,
        &[own, &SERVER, &OAUTH].concat(),
        advice_for_section,
    );
    ConnectionSection {
        place: document.place(section.span.clone()),
        name: own_string(document, section, own, "name"),
        location: own_string(document, section, own, "location"),
        keys: ConnectionKeys {
            use_oauth: document
                .boolean(section, "use_oauth")
                .map(|oauth| oauth.value),
            api: document
                .boolean(section, "use_graph_api")
                .map(|graph| if graph.value { Api::Graph } else { Api::Ews }),
            server_host_name: text(document, section, "server_host_name"),
            service_account: text(document, section, "resource_login_user_id"),
            ..oauth(document, section, base)
        },
        rooms: rooms(document, section, base, own),
    }
}

fn feature(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    base: &Path,
    own: &[&str],
) -> FeatureSection {
    document.only_known_keys(section, &[own, &OAUTH].concat(), advice_for_section);
    FeatureSection {
        enabled: document.boolean(section, "enabled"),
        from: if own.contains(&"from") {
            document.string(section, "from")
        } else {
            None
        },
        keys: oauth(document, section, base),
    }
}

fn text(document: &mut Document<'_>, section: &Section<'_, '_>, key: &str) -> Option<String> {
    document.string(section, key).map(|text| text.value)
}

fn oauth(document: &mut Document<'_>, section: &Section<'_, '_>, base: &Path) -> ConnectionKeys {
    ConnectionKeys {
        tenant_id: text(document, section, "oauth_tenant_id"),
        client_id: text(document, section, "oauth_client_id"),
        credential: credential(document, section, base),
        ..ConnectionKeys::default()
    }
}

/// The source of the secret or of the certificate. One section has at most one of them; which one would count is not
/// obvious to a reader.
fn credential(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    base: &Path,
) -> Option<CredentialSource> {
    let secret = section
        .table
        .get(SECRET)
        .map(|value| secret(document, value, base));
    let mut file = |key| {
        document.path(section, key).map(|file| NamedFile {
            path: base.join(file.value),
            place: Some(file.place),
        })
    };
    match (secret, file(CERTIFICATE), file(PASSWORD)) {
        (Some(_), Some(NamedFile { place, .. }), _) => {
            let problem = format!(
                "{CERTIFICATE} cannot be combined with {SECRET}: a connection signs in with one of them; remove the other"
            );
            document.complain_at(place?, problem);
            None
        }
        (_, None, Some(NamedFile { place, .. })) => {
            let problem = format!("{PASSWORD} requires {CERTIFICATE} in the same section");
            document.complain_at(place?, problem);
            None
        }
        (_, Some(file), password) => Some(CredentialSource::Certificate(CertificateSource {
            file,
            password,
        })),
        (secret, None, None) => secret.flatten().map(CredentialSource::Secret),
    }
}

fn rooms(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    base: &Path,
    own: &[&str],
) -> RoomSources {
    let list = document.strings(section, "rooms");
    let one = own_string(document, section, own, "room");
    let from_tenant = own
        .contains(&"rooms_from_tenant")
        .then(|| document.boolean(section, "rooms_from_tenant"));
    let file = document.path(section, "rooms_file");
    let listed_at = list
        .as_ref()
        .map(|list| list.place.clone())
        .or_else(|| one.as_ref().map(|one| one.place.clone()));
    RoomSources {
        has_list: listed_at.is_some(),
        listed: one_and_list(one, list),
        listed_at,
        is_typed_here: false,
        file_at: file.as_ref().map(|file| file.place.clone()),
        file: file.map(|file| base.join(file.value)),
        from_tenant: from_tenant.flatten().is_some_and(|flag| flag.value),
    }
}

/// The rooms of `room` and `rooms`.
fn one_and_list(one: Option<Placed<String>>, list: Option<Placed<Vec<String>>>) -> Vec<String> {
    let mut rooms: Vec<String> = one.map(|one| one.value).into_iter().collect();
    rooms.extend(list.into_iter().flat_map(|list| list.value));
    rooms
}

/// A text whose key only some sections have.
fn own_string(
    document: &mut Document<'_>,
    section: &Section<'_, '_>,
    own: &[&str],
    key: &str,
) -> Option<Placed<String>> {
    if own.contains(&key) {
        document.string(section, key)
    } else {
        None
    }
}

/// `{ env = … }`, `{ file = … }` or `{ prompt = true }`. Neither keys nor values of a wrong form are repeated.
fn secret(
    document: &mut Document<'_>,
    value: &Spanned<DeValue<'_>>,
    base: &Path,
) -> Option<SecretSource> {
    let DeValue::Table(table) = value.get_ref() else {
        let found = if value.get_ref().is_str() {
            "a settings file must not contain the secret itself"
        } else {
            "this is not a source of a secret"
        };
        document.complain(value.span(), format!("{found}; {SECRET_FORMS}"));
        return None;
    };
    let section = Section {
        table,
        span: value.span(),
        title: "oauth_client_secret",
    };
    let known = table
        .keys()
        .filter(|key| ["env", "file", "prompt"].contains(&key.get_ref().as_ref()))
        .count();
    if known != 1 || table.len() != 1 {
        document.complain(
            value.span(),
            format!("oauth_client_secret needs exactly one source; {SECRET_FORMS}"),
        );
        return None;
    }
    if let Some(name) = document.string(&section, "env") {
        return Some(SecretSource::Variable {
            name: name.value,
            place: Some(name.place),
        });
    }
    if let Some(file) = document.path(&section, "file") {
        return Some(SecretSource::File {
            path: base.join(file.value),
            place: Some(file.place),
        });
    }
    let prompt = document.boolean(&section, "prompt")?;
    if prompt.value {
        return Some(SecretSource::Prompt {
            place: prompt.place,
        });
    }
    document.complain_at(
        prompt.place,
        format!("prompt can only be true; {SECRET_FORMS}"),
    );
    None
}

fn advice_for_top(key: &str) -> Option<String> {
    let inside = OAUTH
        .iter()
        .chain(&SERVER)
        .chain(&["rooms", "rooms_file", "rooms_from_tenant"])
        .any(|known| *known == key);
    inside.then(|| "it belongs under [system], [[location]] or [[profile]]".to_owned())
}

fn advice_for_section(key: &str) -> Option<String> {
    match key {
        "cloud" | "product_version" => {
            Some("it belongs at the top of the file, before the first [section]".to_owned())
        }
        "rooms_from_tenant" => {
            Some("it belongs under [system]: it covers all rooms of the tenant".to_owned())
        }
        _ => None,
    }
}
