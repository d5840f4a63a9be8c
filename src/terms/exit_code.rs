//! The exit codes of the program: a contract with schedulers and build servers.

/// The checks passed, or a command did what it was called for.
pub const SUCCESS: u8 = 0;
/// A required check failed.
pub const NOT_READY: u8 = 1;
/// Invalid usage or settings.
pub const USAGE: u8 = 2;
/// A required check has no clear result.
pub const INCONCLUSIVE: u8 = 3;
/// A limitation or note that `--fail-on` counts.
pub const LIMITED: u8 = 4;
/// Internal error, or a report that could not be written.
pub const FAILED: u8 = 5;
/// The run was interrupted, as after Ctrl+C in a shell (128 + SIGINT).
pub const INTERRUPTED: u8 = 130;

/// Every exit code with its meaning, in the words of the help, the manual page and the documentation.
pub const MEANINGS: [(u8, &str); 7] = [
    (SUCCESS, "ready, or ready with limitations"),
    (NOT_READY, "not ready: a required check failed"),
    (
        USAGE,
        "wrong usage, or an input or output file that cannot be used",
    ),
    (
        INCONCLUSIVE,
        "inconclusive: a required check could not be completed",
    ),
    (
        LIMITED,
        "ready with limitations or notes that require action (only with --fail-on)",
    ),
    (
        FAILED,
        "internal error, or a report that cannot be written or contains a secret",
    ),
    (
        INTERRUPTED,
        "interrupted; a partial report is still written",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_has_one_meaning() {
        let codes = MEANINGS.map(|(code, _)| code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 130]);
    }
}
