//! Headings of the options in the help, by task. Clap shows them in the order in which a command defines its options.

pub(super) const SETTINGS: &str = "Settings";
pub(super) const ROOMS: &str = "Rooms";
pub(super) const WHAT_TO_CHECK: &str = "What to check";
pub(super) const TIME: &str = "Time and speed";
pub(super) const OUTPUT: &str = "Output";
pub(super) const EXIT_CODE: &str = "Notes and exit code";
pub(super) const NETWORK: &str = "Network";
pub(super) const VALUES: &str = "Values to fill in";
