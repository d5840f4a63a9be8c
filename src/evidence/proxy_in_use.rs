//! The proxy of a run and where it was configured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A proxy that carries the requests to Microsoft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProxyInUse {
    /// Its host and port.
    pub host: String,
    /// Where it was configured.
    pub source: ProxySource,
    /// The environment variable that names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
}

/// Where a proxy was configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProxySource {
    /// `--proxy`, or `proxy` in the settings file.
    Settings,
    /// An environment variable.
    Environment,
    /// The settings of the operating system; on Windows those of the account that runs the check.
    System,
    /// A source that a newer version of this program wrote.
    #[serde(other)]
    Unknown,
}
