//! What the remedy of the first cause changes.

use serde::Deserialize;
use toml::Value;

/// What the remedy of one cause changes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The id of the cause that is fixed. `mends` is the name of the key in scenario files of earlier versions.
    #[serde(alias = "mends")]
    pub fixes: String,
    /// Values that are set.
    #[serde(default)]
    pub set: Vec<Setting>,
    /// Paths that are removed.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// One value that is set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setting {
    /// Where: keys joined by points, numbers for the places of a list, such as `tenant.app.0.granted`.
    pub path: String,
    /// The new value.
    pub value: Value,
}
