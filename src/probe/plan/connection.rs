//! The rows of one connection.

use crate::settings::{Connection, Estate, Feature, MailboxAddress};
use crate::terms::{Api, CheckId, Requirement, SkipReason};

use super::row::{CheckOptions, DeniedChoice, Planned, UNCHOSEN, Way, row};

/// Subject of a row when no room is given.
const NO_ROOM: &str = "no room given";
/// Subject of a row when the tenant listed no room.
const NO_LISTED_ROOM: &str = "no room listed";

pub(super) fn settings_rows(rows: &mut Vec<Planned>, index: usize, connection: &Connection) {
    let mut add = |check, way| {
        rows.push(row(
            check,
            Some(index),
            &*connection.name,
            Requirement::Required,
            way,
        ));
    };
    add(CheckId::SettingsTenantId, Way::Run);
    add(CheckId::SettingsClientId, Way::Run);
    add(CheckId::SettingsClientSecret, Way::Run);
    if connection.api.is_none() {
        return;
    }
    // Few settings files state it, so it has a row only where one does.
    if connection.use_oauth.is_some() {
        add(CheckId::SettingsUseOauth, Way::Run);
    }
    let given = |given: bool, faulty| {
        if given || faulty {
            Way::Run
        } else {
            Way::Skip(SkipReason::NotApplicable, None)
        }
    };
    add(
        CheckId::SettingsServerHostName,
        given(connection.server_host_name.is_some(), false),
    );
    add(
        CheckId::SettingsServiceAccount,
        given(
            connection.service_account.is_some(),
            is_at_fault(connection, CheckId::SettingsServiceAccount),
        ),
    );
    if connection.rooms.expected {
        let named = connection.rooms.given || connection.rooms.from_tenant;
        let way = if named {
            Way::Run
        } else {
            Way::Skip(SkipReason::NeedsInput, None)
        };
        add(CheckId::SettingsRooms, way);
    }
}

/// Whether a value that a `settings.*` check judges is certainly wrong.
fn is_at_fault(connection: &Connection, check: CheckId) -> bool {
    connection
        .faults
        .iter()
        .any(|fault| fault.kind.check() == check && !fault.kind.is_advice())
}

pub(super) fn sign_in_rows(rows: &mut Vec<Planned>, index: usize, connection: &Connection) {
    rows.push(row(
        CheckId::SignInGraph,
        Some(index),
        &*connection.name,
        graph_requirement(connection),
        Way::Run,
    ));
    if connection.api == Some(Api::Ews) {
        rows.push(row(
            CheckId::SignInExchange,
            Some(index),
            &*connection.name,
            Requirement::Required,
            Way::Run,
        ));
    }
}

/// Graph is required where it carries the bookings or an enabled feature, optional where it carries a feature that
/// the settings do not mention, and advice where it only reads the app's own registration.
pub(super) fn graph_requirement(connection: &Connection) -> Requirement {
    if connection.api == Some(Api::Graph) {
        return Requirement::Required;
    }
    let mail = connection.mail.as_ref().map(|mail| mail.feature);
    let features = [mail, connection.user_sync];
    let strictest = features
        .into_iter()
        .flatten()
        .filter_map(feature_requirement)
        .min();
    strictest.unwrap_or(Requirement::Advisory)
}

/// How much depends on a feature's checks; `None` for a feature that is switched off.
pub(super) fn feature_requirement(feature: Feature) -> Option<Requirement> {
    match feature {
        Feature::Enabled => Some(Requirement::Required),
        Feature::Unspecified => Some(Requirement::Optional),
        Feature::Disabled => None,
    }
}

pub(super) fn grant_rows(rows: &mut Vec<Planned>, index: usize, connection: &Connection) {
    let check = match connection.api {
        Some(Api::Ews) => CheckId::GrantFullAccessAsApp,
        Some(Api::Graph) => CheckId::GrantCalendarsReadWrite,
        None => return,
    };
    rows.push(row(
        check,
        Some(index),
        connection.client_id.as_str(),
        Requirement::Required,
        Way::Derive,
    ));
}

pub(super) fn mailbox_rows(
    rows: &mut Vec<Planned>,
    index: usize,
    connection: &Connection,
    estate: &Estate,
    extras: &CheckOptions,
) {
    let Some(api) = connection.api else { return };
    rows.push(service_account_row(index, connection, api, estate));
    room_rows(rows, index, connection, api, extras);
    if represents_its_app(index, connection, estate) {
        rows.extend(expect_denied_rows(index, connection, extras));
    }
    if api == Api::Ews {
        rows.push(row(
            CheckId::ExchangeEwsRetirement,
            Some(index),
            &*connection.name,
            Requirement::Advisory,
            Way::Derive,
        ));
    }
}

/// One row for each mailbox that the app must not be able to open.
fn expect_denied_rows(
    index: usize,
    connection: &Connection,
    extras: &CheckOptions,
) -> Vec<Planned> {
    let denied = |subject: &str| {
        row(
            CheckId::MailboxExpectDenied,
            Some(index),
            subject,
            Requirement::Required,
            Way::Run,
        )
    };
    let chosen: &[MailboxAddress] = match &extras.denied_choice {
        DeniedChoice::Chosen(all) => all
            .iter()
            .find(|own| own.credentials == connection.credentials)
            .map_or(&[], |own| &own.mailboxes),
        _ => &[],
    };
    let unchosen =
        (extras.denied_choice != DeniedChoice::None && chosen.is_empty()).then(|| denied(UNCHOSEN));
    let named = extras.expect_denied.iter().chain(chosen);
    named
        .map(|address| denied(address.as_str()))
        .chain(unchosen)
        .collect()
}

/// Whether a connection is the first one with its credentials and its API. What concerns the app, and no room of a
/// connection, is checked once with its token.
fn represents_its_app(index: usize, connection: &Connection, estate: &Estate) -> bool {
    let same = |other: &Connection| {
        other.credentials == connection.credentials && other.api == connection.api
    };
    !estate.connections.iter().take(index).any(same)
}

fn service_account_row(
    index: usize,
    connection: &Connection,
    api: Api,
    estate: &Estate,
) -> Planned {
    let needed = api == Api::Ews || estate.graph_needs_service_account();
    let requirement = if needed {
        Requirement::Required
    } else {
        Requirement::Optional
    };
    let subject = connection
        .service_account
        .as_deref()
        .unwrap_or("no Resource Login User ID given");
    row(
        CheckId::MailboxServiceAccount,
        Some(index),
        subject,
        requirement,
        service_account_way(connection),
    )
}

fn service_account_way(connection: &Connection) -> Way {
    if is_at_fault(connection, CheckId::SettingsServiceAccount) {
        Way::Skip(SkipReason::Blocked, Some(CheckId::SettingsServiceAccount))
    } else if connection.service_account.is_some() {
        Way::Run
    } else {
        Way::Skip(SkipReason::NotApplicable, None)
    }
}

fn room_rows(
    rows: &mut Vec<Planned>,
    index: usize,
    connection: &Connection,
    api: Api,
    extras: &CheckOptions,
) {
    if !connection.rooms.expected {
        return;
    }
    for (position, room) in connection.rooms.addresses.iter().enumerate() {
        let real_write = extras.write_calendar && position == 0;
        for (check, way) in room_checks(api, real_write) {
            rows.push(row(
                check,
                Some(index),
                room.as_str(),
                Requirement::Required,
                way,
            ));
        }
    }
    let not_run = |reason, blocker| Way::Skip(reason, blocker);
    // A malformed address keeps its rows, so that the counts of the report add up.
    for malformed in &connection.rooms.malformed {
        for (check, _) in room_checks(api, false) {
            let way = not_run(SkipReason::Blocked, Some(CheckId::SettingsRooms));
            rows.push(row(
                check,
                Some(index),
                &**malformed,
                Requirement::Required,
                way,
            ));
        }
    }
    if connection.rooms.addresses.is_empty() && connection.rooms.malformed.is_empty() {
        let subject = if connection.rooms.from_tenant {
            NO_LISTED_ROOM
        } else {
            NO_ROOM
        };
        for (check, way) in room_checks(api, false) {
            let way = no_room(connection).map_or(way, |(reason, blocker)| not_run(reason, blocker));
            rows.push(row(check, Some(index), subject, Requirement::Required, way));
        }
    }
}

/// Why no room is known; `None` until the tenant has returned its rooms.
fn no_room(connection: &Connection) -> Option<(SkipReason, Option<CheckId>)> {
    let unlisted = connection.rooms.unlisted;
    if connection.rooms.from_tenant {
        unlisted
    } else {
        Some((SkipReason::NeedsInput, None))
    }
}

/// The checks of one room. Over EWS one folder request covers all three; over Graph, reading and writing are separate requests.
fn room_checks(api: Api, real_write: bool) -> Vec<(CheckId, Way)> {
    let write = if real_write || api == Api::Graph {
        Way::Run
    } else {
        Way::Derive
    };
    match api {
        Api::Ews => vec![
            (CheckId::MailboxImpersonation, Way::Run),
            (CheckId::MailboxCalendarRead, Way::Derive),
            (CheckId::MailboxCalendarWrite, write),
        ],
        Api::Graph => vec![
            (CheckId::MailboxCalendarRead, Way::Run),
            (CheckId::MailboxCalendarWrite, write),
        ],
    }
}
