//! The Server Host Name against the API that Use Graph API chooses.

use crate::evidence::{Api, SettingsFault, SettingsFaultKind};

use crate::settings::{Reference, keys::belongs_to_the_other_api};

/// A contradiction between the two settings.
pub(super) fn fault(host_name: &str, api: Api, reference: &Reference) -> Option<SettingsFault> {
    let detail = match api {
        Api::Graph => "Use Graph API is Yes, but the Server Host Name is the address of Exchange Web Services.",
        Api::Ews => "Use Graph API is No, but the Server Host Name is the address of Microsoft Graph.",
    };
    belongs_to_the_other_api(host_name, api, reference).then(|| SettingsFault {
        kind: SettingsFaultKind::HostNameMismatch,
        subject: Some(host_name.to_owned()),
        detail: detail.to_owned(),
    })
}
