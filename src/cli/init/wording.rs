//! The sentences of `init`.

use crate::settings::{DraftField, SettingsError, UnclearValue};

pub(super) const USE_GRAPH_API: &str = "Use Graph API (Yes or No)";
pub(super) const API_IS_NOT_KNOWN: &str =
    "Enter Yes or No, as in System Settings > Resource Server > Use Graph API.";
pub(super) const VALUE_REQUIRED: &str = "A value is required.";
pub(super) const CHECK_REPORTS: &str = "The file is written anyway, and check reports this.";
pub(super) const CHECKING_TENANT: &str = "Checking whether the tenant exists …";
pub(super) const PROXY_LEFT_OUT: &str =
    "the proxy address contains credentials and is not printed: add --proxy to the command";
pub(super) const ANOTHER_TENANT: &str = "Enter a tenant of the chosen cloud.";
pub(super) const ROOMS: &str =
    "Rooms: addresses separated by commas, or a file with rooms (Enter: add them later)";
pub(super) const NO_ROOMS: &str = "The file contains no rooms, so the checks of rooms are skipped until you add them (rooms or rooms_file).";
pub(super) const YES_NO_OR_NOTHING: &str = "Enter Yes, No, or nothing.";
pub(super) const SECRET_SOURCE: &str = "OAuth Client Secret: where check reads it. env (environment variable), file (a file that only you can read) or \
     prompt (hidden, in each run)";
pub(super) const NO_SUCH_SOURCE: &str = "Enter env, file or prompt.";
pub(super) const SECRET_WAS_SHOWN: &str = "This looks like the client secret. It was not stored, but it is visible on this screen: clear the screen. \
     To store the secret, enter file.";
pub(super) const VARIABLE_NAME: &str = "Name of the environment variable";
pub(super) const NOT_A_VARIABLE: &str =
    "this is not the name of an environment variable (for example, RX_CLIENT_SECRET)";
pub(super) const SECRET_FILE: &str = "File with the client secret";
pub(super) const PATH_IS_A_SECRET: &str =
    "This looks like the secret itself. Enter the name of a file.";
pub(super) const PATH_IS_A_FOLDER: &str = "This is a folder. Enter the name of a file.";
pub(super) const NOT_A_TEXT: &str = "it is not a text";
pub(super) const PASTE_SECRET: &str = "This file does not exist. Paste the client secret to store it there (hidden; Enter: add the file later)";
pub(super) const OAUTH_IS_OFF: &str = "Use OAuth is No on this page. Exchange Online requires OAuth: set Use OAuth to Yes in System Settings > Resource \
     Server.";
pub(super) const RUN_CHECK: &str = "Run the check now (Yes or No)";

/// A field as a prompt; an optional one can stay empty.
pub(super) fn label(field: DraftField, required: bool) -> String {
    if required {
        field.label().to_owned()
    } else {
        format!("{} (Enter: none)", field.label())
    }
}

pub(super) fn optional_feature(field: DraftField) -> String {
    format!(
        "{} in use (Yes, No, or Enter to keep its checks optional)",
        field.label()
    )
}

pub(super) fn refused(field: DraftField, why: &str) -> String {
    format!(
        "'{}': {why} Example: {} ({})",
        field.label(),
        field.example(),
        field.flags()
    )
}

pub(super) fn missing(fields: &[DraftField]) -> String {
    let named = fields
        .iter()
        .map(|field| format!("'{}' ({})", field.label(), field.flags()));
    format!(
        "values are missing: {}. Without a terminal, every value comes from an option or, with --from-stdin, from a settings page",
        named.collect::<Vec<_>>().join(", ")
    )
}

pub(super) fn tenant_not_checked(why: &str) -> String {
    format!(
        "Could not check whether the tenant exists: {why}. The value is kept; --offline omits this check."
    )
}

pub(super) fn unknown_tenant(cloud: &str, client_id_is_a_tenant: bool) -> String {
    let hint = if client_id_is_a_tenant {
        "The client ID is the ID of a tenant, so both IDs are probably swapped."
    } else {
        "Copy the Directory (tenant) ID from the Overview page of the app registration."
    };
    format!(
        "This tenant does not exist in the cloud {cloud} or in any other cloud that was checked. {hint}"
    )
}

pub(super) fn domain_of_elsewhere(cloud: &str, clouds: &[String]) -> String {
    let clouds = clouds.join(" or ");
    format!(
        "This tenant does not exist in the cloud {cloud}; Microsoft assigns this domain to tenants of the cloud {clouds} (--cloud {clouds})."
    )
}

pub(super) fn tenant_elsewhere(cloud: &str, found: &[String]) -> String {
    let found = found.join(" or ");
    format!("This tenant is in the cloud {found}, not in {cloud} (--cloud {found}).")
}

pub(super) fn variable_not_set(name: &str) -> String {
    format!("The environment variable {name} is not set. Set it before you run check.")
}

pub(super) fn secret_file_unusable(name: &str, why: &str) -> String {
    format!(
        "Cannot read the file {name}: {why}. Create it before you run check; it contains only the secret."
    )
}

pub(super) fn certificate_unusable(error: &SettingsError) -> String {
    format!("{error}. Correct this before you run check.")
}

pub(super) fn of_environment(label: &str) -> String {
    format!(
        "'{label}' is taken from the environment, as check does (AZURE_TENANT_ID, AZURE_CLIENT_ID)."
    )
}

pub(super) fn overridden(option: &str, label: &str) -> String {
    format!("{option} overrides '{label}' of the page.")
}

pub(super) fn unclear(found: &UnclearValue) -> String {
    let UnclearValue { label, value, line } = found;
    format!("'{label}' is neither Yes nor No on the page (line {line}: {value}); it is not used.")
}

pub(super) fn page_read(fields: usize, ignored: usize) -> String {
    let known = if fields == 1 { "field" } else { "fields" };
    let lines = if ignored == 1 {
        "line was"
    } else {
        "lines were"
    };
    format!("The page has {fields} known {known}; {ignored} other {lines} ignored.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_and_one_line_are_singular() {
        let one = "The page has 1 known field; 1 other line was ignored.";
        assert_eq!(page_read(1, 1), one);
        let many = "The page has 2 known fields; 0 other lines were ignored.";
        assert_eq!(page_read(2, 0), many);
    }
}
