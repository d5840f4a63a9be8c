//! Mail and user sync: whether they are in use, and which connection carries them.

use std::path::Path;

use crate::evidence::{ConnectionKind, InputNote, InputNoteKind};

use super::quotable::could_be_a_secret;
use super::settings_file::FeatureSection;
use super::{Connection, Feature, FlagSettings, MailSettings, MailboxAddress, RequiredFeature};

/// Notes that a flag overrides a feature that the file turns off.
pub(super) fn overruled(
    section: Option<&FeatureSection>,
    required: RequiredFeature,
    given: &FlagSettings,
) -> Option<InputNote> {
    let place = &section?
        .enabled
        .as_ref()
        .filter(|enabled| !enabled.value)?
        .place;
    let note = InputNote::new(InputNoteKind::FeatureRequired).of_file(&file_name(&place.origin));
    let about = format!("--require {}", required.as_str());
    given
        .require
        .contains(&required)
        .then(|| note.about(&about).at_place(place.line, place.column))
}

/// A file without its folder.
pub(super) fn file_name(origin: &str) -> String {
    let name = Path::new(origin)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    name.filter(|name| !could_be_a_secret(name))
        .unwrap_or_else(|| "the settings file".to_owned())
}

/// The state of a feature from flags and file; the flag overrides the file.
pub(super) fn feature(
    section: Option<&FeatureSection>,
    required: RequiredFeature,
    given: &FlagSettings,
) -> Feature {
    if given.require.contains(&required) {
        return Feature::Enabled;
    }
    match section
        .and_then(|section| section.enabled.as_ref())
        .map(|enabled| enabled.value)
    {
        Some(true) => Feature::Enabled,
        Some(false) => Feature::Disabled,
        None => Feature::Unspecified,
    }
}

/// Whether the feature has a connection of its own: its section has credentials, and it is not turned off. The credentials of
/// a feature that is off are not checked.
pub(super) fn has_own_credentials(section: &FeatureSection, feature: Feature) -> bool {
    feature != Feature::Disabled && section.keys.has_credentials()
}

/// Hands mail and user sync to the connections that carry them.
pub(super) fn hand_out(
    connections: &mut [Connection],
    mail: MailSettings,
    user_sync: Feature,
    system_account: Option<&str>,
) {
    if let Some(carrier) = carrier(connections, ConnectionKind::Mail, mail.feature) {
        let from = mail
            .from
            .or_else(|| inherited_sender(carrier.kind, system_account));
        carrier.mail = Some(MailSettings {
            feature: mail.feature,
            from,
        });
    }
    if let Some(carrier) = carrier(connections, ConnectionKind::UserSync, user_sync) {
        carrier.user_sync = Some(user_sync);
    }
}

/// The connection of the feature's own, else the system, else the first that books rooms. A connection that was set up for the
/// other feature carries this one only if flags or file enable it.
fn carrier(
    connections: &mut [Connection],
    own: ConnectionKind,
    feature: Feature,
) -> Option<&mut Connection> {
    let of_kind = |kind| {
        connections
            .iter()
            .position(|connection| connection.kind == kind)
    };
    let at = of_kind(own)
        .or_else(|| of_kind(ConnectionKind::System))
        .or_else(|| {
            connections
                .iter()
                .position(|connection| connection.api.is_some())
        })
        .or_else(|| (feature == Feature::Enabled).then_some(0))?;
    connections.get_mut(at)
}

/// A separate mail connection has no service account; the system's is the sender unless the settings name another.
fn inherited_sender(kind: ConnectionKind, system_account: Option<&str>) -> Option<String> {
    let account = system_account.filter(|_| kind == ConnectionKind::Mail)?;
    // A service account that is not an address cannot be a sender.
    MailboxAddress::parse(account)
        .ok()
        .map(|address| address.as_str().to_owned())
}
