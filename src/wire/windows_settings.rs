//! Reads the proxy settings of Windows from the registry.

use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE};

use super::system_proxy::{StoredSettings, winhttp_proxy};

const SETTINGS: &str = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings";
const POLICY: &str = r"Software\Policies\Microsoft\Windows\CurrentVersion\Internet Settings";

/// The settings that apply to the account that runs this program. What cannot be read counts as not set.
pub(super) fn read() -> StoredSettings {
    let machine = LOCAL_MACHINE.open(SETTINGS).ok();
    let own = if is_per_machine() {
        LOCAL_MACHINE.open(SETTINGS)
    } else {
        CURRENT_USER.open(SETTINGS)
    };
    let own = own.ok();
    let text = |name: &str| own.as_ref().and_then(|key| key.get_string(name).ok());
    StoredSettings {
        enabled: own
            .as_ref()
            .and_then(|key| key.get_u32("ProxyEnable").ok())
            .is_some_and(|enabled| enabled != 0),
        server: text("ProxyServer").unwrap_or_default(),
        bypass: text("ProxyOverride").unwrap_or_default(),
        script: text("AutoConfigURL"),
        winhttp: machine.as_ref().and_then(winhttp),
    }
}

/// The policy "Make proxy settings per-machine (rather than per-user)".
fn is_per_machine() -> bool {
    LOCAL_MACHINE
        .open(POLICY)
        .and_then(|key| key.get_u32("ProxySettingsPerUser"))
        .is_ok_and(|per_user| per_user == 0)
}

fn winhttp(settings: &Key) -> Option<String> {
    let connections = settings.open("Connections").ok()?;
    winhttp_proxy(&connections.get_value("WinHttpSettings").ok()?)
}
