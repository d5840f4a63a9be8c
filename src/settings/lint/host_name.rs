//! The Server Host Name against the API and the cloud of its connection.

use crate::evidence::SettingsFault;
use crate::settings::host_name::{Expected, HostName, judge};
use crate::settings::{NOT_REPEATED, looks_like_a_secret};

/// A Server Host Name that cannot work.
pub(super) fn fault(host_name: &str, expected: &Expected<'_>) -> Option<SettingsFault> {
    match judge(host_name, expected) {
        HostName::Right(_) => None,
        HostName::Wrong(wrong) => Some(SettingsFault {
            kind: wrong.kind,
            subject: Some(without_user(host_name)),
            detail: wrong.detail,
            other_cloud: wrong.other_cloud,
        }),
    }
}

/// The address for a report. A password may precede an `@`.
fn without_user(host_name: &str) -> String {
    if looks_like_a_secret(host_name) {
        return NOT_REPEATED.to_owned();
    }
    match host_name.rsplit_once('@') {
        // The last at sign counts, because a password can contain one.
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            if scheme.is_empty() {
                format!("…@{host}")
            } else {
                format!("{scheme}://…@{host}")
            }
        }
        None => host_name.to_owned(),
    }
}
