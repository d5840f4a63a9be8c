//! Use OAuth: both APIs require it.

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::terms::Api;

/// Use OAuth that is off. Without a value, it counts as on.
pub(in crate::settings) fn fault(use_oauth: Option<bool>, api: Api) -> Option<SettingsFault> {
    if use_oauth != Some(false) {
        return None;
    }
    let reason = match api {
        Api::Graph => "Microsoft Graph requires OAuth.",
        Api::Ews => "Exchange Online accepts no passwords over EWS anymore.",
    };
    Some(SettingsFault {
        kind: SettingsFaultKind::OauthOff,
        subject: None,
        detail: format!("The settings file contains use_oauth = false. {reason}"),
        other_cloud: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_value_of_false_is_a_fault_over_either_api() {
        for api in Api::ALL {
            assert_eq!(fault(None, *api), None);
            assert_eq!(fault(Some(true), *api), None);
            assert!(fault(Some(false), *api).is_some());
        }
        let detail = |api| fault(Some(false), api).map(|fault| fault.detail);
        assert_ne!(detail(Api::Ews), detail(Api::Graph));
    }
}
