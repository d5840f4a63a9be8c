//! From flags, environment and file to connections, each with what it inherits.

use crate::evidence::{ConnectionKind, InputNote, InputNoteKind};

use super::accepted_file::read_accepted;
use super::connection_keys::ConnectionKeys;
use super::credential_source::CredentialReader;
use super::credentials_number::credentials_number;
use super::features::{feature, file_name, hand_out, has_own_credentials, overruled};
use super::lint::{self, Rules};
use super::replaced_keys::replaced_by_environment;
use super::rooms::gather;
use super::secret_source::Owner;
use super::settings_file::{
    ConnectionSection, FeatureSection, ParsedFile, RoomSources, SettingsFile,
};
use super::{
    ClientId, Connection, Environment, Estate, Feature, FlagSettings, MailSettings, Reference,
    RequiredFeature, SettingsError, TenantId, quotable,
};

/// What every step needs.
pub(super) struct Context<'a> {
    pub(super) given: &'a FlagSettings,
    pub(super) surroundings: &'a dyn Environment,
    pub(super) reference: &'a Reference,
}

/// A connection before its credential and its rooms were read.
struct UnresolvedConnection {
    name: String,
    kind: ConnectionKind,
    keys: ConnectionKeys,
    rooms: RoomSources,
    expects_rooms: bool,
}

/// Builds all connections. Credentials and rooms are read here, each source once.
pub(super) fn resolve(
    understood: ParsedFile,
    context: &Context<'_>,
) -> Result<Estate, SettingsError> {
    let ParsedFile {
        file,
        cloud,
        product_version,
    } = understood;
    let system = system_keys(&file, context);
    let mail = mail_settings(&file, context.given);
    let user_sync = feature(
        file.user_sync.as_ref(),
        RequiredFeature::UserSync,
        context.given,
    );
    let mut input_notes = override_notes(&file, context);
    let drafts = unresolved_connections(&file, &system, (mail.feature, user_sync), context)?;

    let given_hosts = context.given.service_hosts();
    let rules = Rules {
        version: product_version,
        cloud: &cloud,
        reference: context.reference,
        given_hosts: &given_hosts,
    };
    let accepted = read_accepted(
        file.accepted_file.as_ref(),
        context.given.accepted_file.as_deref(),
        context.surroundings,
    )?;
    let mut connections = finish_all(drafts, &rules, context, &mut input_notes)?;
    if connections.is_empty() {
        return Err(SettingsError::NoConnection {
            origin: file.origin,
        });
    }
    hand_out(
        &mut connections,
        mail,
        user_sync,
        system.service_account.as_deref(),
    );
    Ok(Estate {
        cloud,
        product_version,
        connections,
        input_notes,
        accepted,
        endpoints: file.endpoints,
    })
}

/// The state of the mail feature, and the sender of `[mail]`.
fn mail_settings(file: &SettingsFile, given: &FlagSettings) -> MailSettings {
    let sender = file.mail.as_ref().and_then(|mail| mail.from.as_ref());
    MailSettings {
        feature: feature(file.mail.as_ref(), RequiredFeature::Mail, given),
        from: sender.map(|sender| sender.value.clone()),
    }
}

/// Notes about settings of the file that flags or the environment override.
fn override_notes(file: &SettingsFile, context: &Context<'_>) -> Vec<InputNote> {
    let given = context.given;
    let notes = [
        overruled(file.mail.as_ref(), RequiredFeature::Mail, given),
        overruled(file.user_sync.as_ref(), RequiredFeature::UserSync, given),
        rooms_replaced(file, given),
    ];
    let variables = file.system.as_ref().map(|system| {
        replaced_by_environment(
            &system.keys,
            &given.connection,
            context.surroundings,
            &file_name(&file.origin),
        )
    });
    let notes = notes.into_iter().flatten();
    notes.chain(variables.into_iter().flatten()).collect()
}

/// Every connection before its credential and its rooms are read: the system first, then locations and profiles, then mail and
/// user sync. `features` are the states of mail and user sync.
fn unresolved_connections(
    file: &SettingsFile,
    system: &ConnectionKeys,
    features: (Feature, Feature),
    context: &Context<'_>,
) -> Result<Vec<UnresolvedConnection>, SettingsError> {
    let mut drafts = unresolved_booking_connections(file, system, context.reference);
    let unresolved_system = unresolved_system(file, system, &drafts, context);
    drafts.splice(0..0, unresolved_system);
    drafts.extend(unresolved_features(file, system, features, context));
    if drafts.is_empty() && system.has_credentials() {
        drafts.push(UnresolvedConnection::of_system(
            system.clone(),
            RoomSources::default(),
            true,
        ));
    }
    if lists_rooms(file, context.given) {
        list_rooms(&mut drafts)?;
    }
    Ok(drafts)
}

/// Flags over environment over `[system]`.
fn system_keys(file: &SettingsFile, context: &Context<'_>) -> ConnectionKeys {
    let typed = file
        .system
        .as_ref()
        .map(|section| section.keys.clone())
        .unwrap_or_default();
    let environment =
        ConnectionKeys::of_environment(context.surroundings).over(&typed, context.reference);
    context
        .given
        .connection
        .clone()
        .over(&environment, context.reference)
}

/// Rooms of the flags replace those of `[system]`.
fn system_rooms(file: &SettingsFile, given: &FlagSettings) -> RoomSources {
    let flags = RoomSources {
        is_typed_here: true,
        listed: given.rooms.clone(),
        has_list: !given.rooms.is_empty(),
        file: given.rooms_file.clone(),
        ..RoomSources::default()
    };
    if flags.given() {
        return flags;
    }
    file.system
        .as_ref()
        .map(|section| section.rooms.clone())
        .unwrap_or_default()
}

/// Notes that rooms of the flags override those of the settings file.
fn rooms_replaced(file: &SettingsFile, given: &FlagSettings) -> Option<InputNote> {
    let option = match (given.rooms.is_empty(), given.rooms_file.is_some()) {
        (true, false) => return None,
        (true, true) => "--rooms",
        (false, false) => "--room",
        (false, true) => "--room and --rooms",
    };
    let rooms = &file.system.as_ref()?.rooms;
    if !rooms.given() && !rooms.from_tenant {
        return None;
    }
    let note = InputNote::new(InputNoteKind::RoomsReplaced)
        .about(option)
        .of_file(&file_name(&file.origin));
    // A file that is not used is not read either, so that its rooms are not counted.
    Some(note.times(if rooms.file.is_some() || rooms.from_tenant {
        0
    } else {
        rooms.listed.len()
    }))
}

/// Whether the tenant is to list its rooms: a flag or `[system]` requests it, unless flags replace its rooms.
fn lists_rooms(file: &SettingsFile, given: &FlagSettings) -> bool {
    let of_flags = !given.rooms.is_empty() || given.rooms_file.is_some();
    given.rooms_from_tenant
        || (!of_flags
            && file
                .system
                .as_ref()
                .is_some_and(|section| section.rooms.from_tenant))
}

/// Gives the rooms of the tenant to the first connection that books: the system, where it is one.
fn list_rooms(drafts: &mut [UnresolvedConnection]) -> Result<(), SettingsError> {
    let Some(first) = drafts.iter_mut().find(|draft| draft.books()) else {
        return if drafts.is_empty() {
            Ok(())
        } else {
            Err(SettingsError::NoBookingConnection)
        };
    };
    first.rooms.from_tenant = true;
    first.expects_rooms = true;
    Ok(())
}

/// Locations and profiles. A location inherits every absent key of the system, and a profile those of its location or of
/// the system. Neither inherits rooms.
fn unresolved_booking_connections(
    file: &SettingsFile,
    system: &ConnectionKeys,
    reference: &Reference,
) -> Vec<UnresolvedConnection> {
    let locations = file
        .locations
        .iter()
        .map(|section| (ConnectionKind::Location, section));
    let profiles = file
        .profiles
        .iter()
        .map(|section| (ConnectionKind::Profile, section));
    let base = |section: &ConnectionSection| match location_of(section, file) {
        Some(location) => location.keys.clone().over(system, reference),
        None => system.clone(),
    };
    locations
        .chain(profiles)
        .map(|(kind, section)| {
            unresolved_booking_connection(kind, section, &base(section), reference)
        })
        .collect()
}

/// The location that a profile names.
fn location_of<'f>(
    section: &ConnectionSection,
    file: &'f SettingsFile,
) -> Option<&'f ConnectionSection> {
    let wanted = section.location.as_ref()?;
    let is_wanted = |location: &&ConnectionSection| {
        let name = location.name.as_ref();
        name.is_some_and(|name| name.value == wanted.value)
    };
    file.locations.iter().find(is_wanted)
}

fn unresolved_booking_connection(
    kind: ConnectionKind,
    section: &ConnectionSection,
    base: &ConnectionKeys,
    reference: &Reference,
) -> UnresolvedConnection {
    UnresolvedConnection {
        name: section
            .name
            .as_ref()
            .map(|name| name.value.clone())
            .unwrap_or_default(),
        kind,
        keys: section.keys.clone().over(base, reference),
        rooms: section.rooms.clone(),
        expects_rooms: true,
    }
}

/// The system, where it is a connection of its own: not where it only passes settings on to locations and profiles and is
/// not even complete without them.
fn unresolved_system(
    file: &SettingsFile,
    system: &ConnectionKeys,
    others: &[UnresolvedConnection],
    context: &Context<'_>,
) -> Option<UnresolvedConnection> {
    if file.system.is_none() && context.given.describes_nothing() {
        return None;
    }
    let rooms = system_rooms(file, context.given);
    let passes_on = !rooms.given() && others.iter().any(|other| other.rooms.given());
    let is_used = rooms.given()
        || others.is_empty()
        || if passes_on {
            system.has_all_credentials()
        } else {
            system.has_credentials()
        };
    is_used.then(|| UnresolvedConnection::of_system(system.clone(), rooms, !passes_on))
}

/// Mail and user sync, as far as they have credentials of their own.
fn unresolved_features(
    file: &SettingsFile,
    system: &ConnectionKeys,
    (mail, user_sync): (Feature, Feature),
    context: &Context<'_>,
) -> Vec<UnresolvedConnection> {
    let sections = [
        ("mail", ConnectionKind::Mail, &file.mail, mail),
        (
            "user-sync",
            ConnectionKind::UserSync,
            &file.user_sync,
            user_sync,
        ),
    ];
    let mut drafts = Vec::new();
    for (name, kind, section, state) in sections {
        if let Some(section) = section
            .as_ref()
            .filter(|own| has_own_credentials(own, state))
        {
            drafts.push(unresolved_feature(name, kind, section, system, context));
        }
    }
    drafts
}

/// Mail or user sync with credentials of its own; what it lacks of them comes from the system.
fn unresolved_feature(
    name: &str,
    kind: ConnectionKind,
    section: &FeatureSection,
    system: &ConnectionKeys,
    context: &Context<'_>,
) -> UnresolvedConnection {
    let keys = section.keys.clone().over(system, context.reference);
    let keys = ConnectionKeys {
        use_oauth: None,
        api: None,
        server_host_name: None,
        service_account: None,
        ..keys
    };
    UnresolvedConnection {
        name: name.to_owned(),
        kind,
        keys,
        rooms: RoomSources::default(),
        expects_rooms: false,
    }
}

impl UnresolvedConnection {
    fn of_system(keys: ConnectionKeys, rooms: RoomSources, expects_rooms: bool) -> Self {
        Self {
            name: "system".to_owned(),
            kind: ConnectionKind::System,
            keys,
            rooms,
            expects_rooms,
        }
    }

    fn books(&self) -> bool {
        !matches!(self.kind, ConnectionKind::Mail | ConnectionKind::UserSync)
    }
}

fn finish_all(
    drafts: Vec<UnresolvedConnection>,
    rules: &Rules<'_>,
    context: &Context<'_>,
    notes: &mut Vec<InputNote>,
) -> Result<Vec<Connection>, SettingsError> {
    let mut credentials = CredentialReader::new(context.surroundings);
    let mut connections: Vec<Connection> = Vec::new();
    for draft in drafts {
        let (mut connection, own) = finish(draft, rules, &mut credentials, context)?;
        notes.extend(own);
        connection.credentials = credentials_number(&connections, &connection);
        connections.push(connection);
    }
    Ok(connections)
}

fn finish(
    draft: UnresolvedConnection,
    rules: &Rules<'_>,
    credentials: &mut CredentialReader<'_>,
    context: &Context<'_>,
) -> Result<(Connection, Vec<InputNote>), SettingsError> {
    if draft.books() && draft.keys.api.is_none() {
        return Err(SettingsError::NoApi {
            connection: quotable(&draft.name).into_owned(),
        });
    }
    let api = draft.keys.api.filter(|_| draft.books());
    let keys = draft.keys;
    let owner = Owner {
        connection: &draft.name,
        tenant_id: keys.tenant_id.as_deref(),
        client_id: keys.client_id.as_deref(),
    };
    let credential = credentials.read(keys.credential.as_ref(), &owner)?;
    let mut gathered = gather(&draft.rooms, context.surroundings)?;
    gathered.rooms.expected = draft.expects_rooms;
    let domain_clouds = context
        .reference
        .other_clouds_of_domain(keys.tenant_id.as_deref().unwrap_or_default(), rules.cloud);
    let mut connection = Connection {
        api,
        domain_clouds,
        tenant_id: TenantId::new(keys.tenant_id.unwrap_or_default()),
        client_id: ClientId::new(keys.client_id.unwrap_or_default()),
        credential,
        credentials: 0,
        use_oauth: keys.use_oauth.filter(|_| api.is_some()),
        server_host_name: typed(keys.server_host_name),
        service_account: typed(keys.service_account),
        rooms: gathered.rooms,
        mail: None,
        user_sync: None,
        faults: Vec::new(),
        name: draft.name,
        kind: draft.kind,
    };
    connection.faults = lint::faults(&connection, rules);
    connection.faults.extend(gathered.faults);
    Ok((lint::without_secrets(connection), gathered.notes))
}

/// An empty field counts as absent.
fn typed(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
