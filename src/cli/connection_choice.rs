//! The connections that `--connection` names.

use crate::settings::quotable;

use super::CliError;

/// Refuses a name that is not that of a connection. `known` are the names of all connections.
pub(super) fn refuse_unknown(names: &[String], known: &[&str]) -> Result<(), CliError> {
    let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let known: Vec<String> = known
        .iter()
        .map(|name| quotable(name).into_owned())
        .collect();
    Err(CliError::Usage(format!(
        "--connection {}: there is no connection of this name; the settings have {}",
        quotable(unknown),
        known.join(", ")
    )))
}
