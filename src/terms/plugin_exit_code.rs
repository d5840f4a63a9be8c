//! The exit codes of a monitoring plugin, as Nagios defined them. They replace those of [`super::exit_code`] where standard
//! output is the line of a plugin, because a monitor takes the state from the exit code alone.

/// Ready, and nothing requires action.
pub const OK: u8 = 0;
/// A limitation, or a note that requires action.
pub const WARNING: u8 = 1;
/// A required check failed.
pub const CRITICAL: u8 = 2;
/// There is no clear result.
pub const UNKNOWN: u8 = 3;

/// Every exit code of a plugin with its state and its meaning, in the words of the documentation.
pub const MEANINGS: [(u8, &str, &str); 4] = [
    (OK, "OK", "ready, and no note requires action"),
    (
        WARNING,
        "WARNING",
        "ready with limitations, or a note requires action",
    ),
    (CRITICAL, "CRITICAL", "not ready: a required check failed"),
    (
        UNKNOWN,
        "UNKNOWN",
        "inconclusive, interrupted, wrong usage, or an internal error",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_has_one_meaning() {
        assert_eq!(MEANINGS.map(|(code, ..)| code), [0, 1, 2, 3]);
    }
}
