//! Command that checks a simulated tenant, ready to copy into a shell.

use std::path::Path;

use crate::cli::shell_words::{program_name, quote};
use crate::simulator::ScenarioOptions;

use super::tenant_addresses::TenantAddresses;

/// The line, with the settings file where there is one and with the options that the scenario needs.
pub(super) fn check_command(
    at: &TenantAddresses,
    settings_file: Option<&Path>,
    scenario: &ScenarioOptions,
) -> String {
    let mut words = vec![program_name(), "check".to_owned()];
    let mut option = |name: &str, value: &str| words.extend([name.to_owned(), quote(value)]);
    if let Some(path) = settings_file {
        option("--config", &path.display().to_string());
    }
    option("--login-url", &at.login_url);
    option("--graph-url", &at.graph_url);
    option("--ews-url", &at.ews_url);
    if let Some(proxy) = &at.proxy {
        option("--proxy", proxy);
    }
    if let Some(path) = &at.ca_file {
        option("--ca-file", &path.display().to_string());
    }
    for address in &scenario.expect_denied {
        option("--expect-denied", address);
    }
    if !scenario.allow_write.is_empty() {
        option("--allow-write", &scenario.allow_write.join(","));
    }
    if let Some(address) = &scenario.mail_to {
        option("--to", address);
    }
    if let Some(seconds) = scenario.timeout_seconds {
        option("--timeout", &format!("{seconds}s"));
    }
    if scenario.rooms_from_tenant {
        words.push("--rooms-from-tenant".to_owned());
    }
    words.join(" ")
}
