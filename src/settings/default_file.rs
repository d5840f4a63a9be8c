//! The name of the settings file.

/// The settings file that is taken from the current folder where none is named.
pub const DEFAULT_FILE: &str = "rx-preflight.toml";
