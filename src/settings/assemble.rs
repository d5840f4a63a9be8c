//! From flags, environment and file to connections, each with what it inherits.

use crate::evidence::{ConnectionKind, InputNote, InputNoteKind};

use super::{
    ClientId, Connection, Estate, Given, MailSettings, Reference, RequiredFeature, SettingsError,
    Surroundings, TenantId, echoed,
    features::{feature, file_name, hand_out, overruled, stands_alone},
    file::{ConnectionSection, FeatureSection, RoomSources, SettingsFile, Understood},
    keys::Keys,
    lint::{self, Rules},
    rooms::gather,
    secret_source::{Owner, SecretReader},
};

/// What every step needs.
pub(super) struct Context<'a> {
    pub(super) given: &'a Given,
    pub(super) surroundings: &'a dyn Surroundings,
    pub(super) reference: &'a Reference,
}

/// A connection before its secret and its rooms were read.
struct Draft {
    name: String,
    kind: ConnectionKind,
    keys: Keys,
    rooms: RoomSources,
    expects_rooms: bool,
}

/// Builds all connections. Secrets and rooms are read here, each source once.
pub(super) fn assemble(
    understood: Understood,
    context: &Context<'_>,
) -> Result<Estate, SettingsError> {
    let Understood {
        file,
        cloud,
        product_version,
    } = understood;
    let system = system_keys(&file, context);
    let mail = MailSettings {
        feature: feature(file.mail.as_ref(), RequiredFeature::Mail, context.given),
        from: file
            .mail
            .as_ref()
            .and_then(|mail| mail.from.as_ref())
            .map(|from| from.value.clone()),
    };
    let notes = [
        overruled(file.mail.as_ref(), RequiredFeature::Mail, context.given),
        overruled(
            file.user_sync.as_ref(),
            RequiredFeature::UserSync,
            context.given,
        ),
        rooms_replaced(&file, context.given),
    ];
    let mut input_notes: Vec<InputNote> = notes.into_iter().flatten().collect();
    let endpoints = file.endpoints.clone();
    let user_sync = feature(
        file.user_sync.as_ref(),
        RequiredFeature::UserSync,
        context.given,
    );
    let lists_rooms = lists_rooms(&file, context.given);

    let mut drafts = booking_drafts(&file, &system, context.reference);
    let system_draft = system_draft(&file, &system, &drafts, context);
    drafts.splice(0..0, system_draft);
    let own_mail = file
        .mail
        .filter(|section| stands_alone(section, mail.feature));
    let own_sync = file
        .user_sync
        .filter(|section| stands_alone(section, user_sync));
    drafts.extend(
        own_mail
            .map(|section| feature_draft("mail", ConnectionKind::Mail, section, &system, context)),
    );
    drafts.extend(own_sync.map(|section| {
        feature_draft(
            "user-sync",
            ConnectionKind::UserSync,
            section,
            &system,
            context,
        )
    }));
    if drafts.is_empty() && system.has_credentials() {
        drafts.push(Draft::of_system(
            system.clone(),
            RoomSources::default(),
            true,
        ));
    }
    if lists_rooms {
        list_rooms(&mut drafts)?;
    }

    let given_hosts = context.given.service_hosts();
    let rules = Rules {
        version: product_version,
        cloud: &cloud,
        reference: context.reference,
        given_hosts: &given_hosts,
    };
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
        endpoints,
    })
}

/// Flags over environment over `[system]`.
fn system_keys(file: &SettingsFile, context: &Context<'_>) -> Keys {
    let typed = file
        .system
        .as_ref()
        .map(|section| section.keys.clone())
        .unwrap_or_default();
    let environment = Keys::of_environment(context.surroundings).over(&typed, context.reference);
    Keys::of_flags(context.given).over(&environment, context.reference)
}

/// Rooms of the flags stand instead of those of `[system]`.
fn system_rooms(file: &SettingsFile, given: &Given) -> RoomSources {
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

/// Says that rooms of the settings file do not count because flags give others.
fn rooms_replaced(file: &SettingsFile, given: &Given) -> Option<InputNote> {
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

/// Whether the tenant is to list its rooms: a flag says so, or `[system]`, unless flags stand instead of its rooms.
fn lists_rooms(file: &SettingsFile, given: &Given) -> bool {
    let of_flags = !given.rooms.is_empty() || given.rooms_file.is_some();
    given.rooms_from_tenant
        || (!of_flags
            && file
                .system
                .as_ref()
                .is_some_and(|section| section.rooms.from_tenant))
}

/// Gives the rooms of the tenant to the first connection that books: the system, where it is one.
fn list_rooms(drafts: &mut [Draft]) -> Result<(), SettingsError> {
    let Some(first) = drafts.iter_mut().find(|draft| draft.books()) else {
        return if drafts.is_empty() {
            Ok(())
        } else {
            Err(SettingsError::NobodyBooks)
        };
    };
    first.rooms.from_tenant = true;
    first.expects_rooms = true;
    Ok(())
}

/// Locations and profiles. They inherit every absent key of the system, never its rooms.
fn booking_drafts(file: &SettingsFile, system: &Keys, reference: &Reference) -> Vec<Draft> {
    let locations = file
        .locations
        .iter()
        .map(|section| (ConnectionKind::Location, section));
    let profiles = file
        .profiles
        .iter()
        .map(|section| (ConnectionKind::Profile, section));
    locations
        .chain(profiles)
        .map(|(kind, section)| booking_draft(kind, section, system, reference))
        .collect()
}

fn booking_draft(
    kind: ConnectionKind,
    section: &ConnectionSection,
    system: &Keys,
    reference: &Reference,
) -> Draft {
    Draft {
        name: section
            .name
            .as_ref()
            .map(|name| name.value.clone())
            .unwrap_or_default(),
        kind,
        keys: section.keys.clone().over(system, reference),
        rooms: section.rooms.clone(),
        expects_rooms: true,
    }
}

/// The system, where it is a connection of its own: not where it only passes settings on to locations and profiles and is
/// not even complete without them.
fn system_draft(
    file: &SettingsFile,
    system: &Keys,
    others: &[Draft],
    context: &Context<'_>,
) -> Option<Draft> {
    if file.system.is_none() && context.given.describes_nothing() {
        return None;
    }
    let rooms = system_rooms(file, context.given);
    let passes_on = !rooms.given() && others.iter().any(|other| other.rooms.given());
    let stands = rooms.given()
        || others.is_empty()
        || if passes_on {
            system.has_all_credentials()
        } else {
            system.has_credentials()
        };
    stands.then(|| Draft::of_system(system.clone(), rooms, !passes_on))
}

/// Mail or user sync with credentials of its own; what it lacks of them comes from the system.
fn feature_draft(
    name: &str,
    kind: ConnectionKind,
    section: FeatureSection,
    system: &Keys,
    context: &Context<'_>,
) -> Draft {
    let keys = section.keys.over(system, context.reference);
    let keys = Keys {
        api: None,
        server_host_name: None,
        service_account: None,
        ..keys
    };
    Draft {
        name: name.to_owned(),
        kind,
        keys,
        rooms: RoomSources::default(),
        expects_rooms: false,
    }
}

impl Draft {
    fn of_system(keys: Keys, rooms: RoomSources, expects_rooms: bool) -> Self {
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
    drafts: Vec<Draft>,
    rules: &Rules<'_>,
    context: &Context<'_>,
    notes: &mut Vec<InputNote>,
) -> Result<Vec<Connection>, SettingsError> {
    let mut secrets = SecretReader::new(context.surroundings);
    let mut connections: Vec<Connection> = Vec::new();
    for draft in drafts {
        let (mut connection, own) = finish(draft, rules, &mut secrets, context)?;
        notes.extend(own);
        connection.credentials = credentials_number(&connections, &connection);
        connections.push(connection);
    }
    Ok(connections)
}

fn finish(
    draft: Draft,
    rules: &Rules<'_>,
    secrets: &mut SecretReader<'_>,
    context: &Context<'_>,
) -> Result<(Connection, Vec<InputNote>), SettingsError> {
    if draft.books() && draft.keys.api.is_none() {
        return Err(SettingsError::NoApi {
            connection: echoed(&draft.name).into_owned(),
        });
    }
    let api = draft.keys.api.filter(|_| draft.books());
    let keys = draft.keys;
    let owner = Owner {
        connection: &draft.name,
        tenant_id: keys.tenant_id.as_deref(),
        client_id: keys.client_id.as_deref(),
    };
    let secret = secrets.read(keys.secret.as_ref(), &owner)?;
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
        secret,
        credentials: 0,
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

/// A field left blank is as good as absent.
fn typed(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// The number of the set of tenant, client and secret: that of an earlier connection with the same set, else the next one.
fn credentials_number(earlier: &[Connection], connection: &Connection) -> usize {
    let same = |other: &&Connection| {
        other
            .tenant_id
            .as_str()
            .eq_ignore_ascii_case(connection.tenant_id.as_str())
            && other
                .client_id
                .as_str()
                .eq_ignore_ascii_case(connection.client_id.as_str())
            && other.secret.same_as(&connection.secret)
    };
    let next = earlier
        .iter()
        .map(|other| other.credentials + 1)
        .max()
        .unwrap_or_default();
    earlier
        .iter()
        .find(same)
        .map_or(next, |other| other.credentials)
}
