//! How long the fix of a cause takes to become effective, and how often to check.

use std::time::Duration;

use serde::Deserialize;

use crate::terms::CauseId;

use super::table::{Embedded, Table};

/// How long a change takes to become effective, and how often to check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propagation {
    /// Ids of the causes for which this holds.
    pub causes: Vec<CauseId>,
    /// Minutes from the change until it can be effective.
    earliest: u64,
    /// Minutes from the change until it usually is.
    likely: u64,
    /// Minutes from the change after which waiting no longer helps.
    latest: u64,
    /// Seconds between two attempts.
    pause: u64,
    /// The attempts themselves can prolong the wait, so the pause is never shortened.
    #[serde(default)]
    pub silent: bool,
    /// The service returns its own waiting time, and the pause is at least that long.
    #[serde(default)]
    pub own_time: bool,
}

impl Propagation {
    /// From the change until it can be effective.
    pub const fn earliest(&self) -> Duration {
        Duration::from_secs(60 * self.earliest)
    }

    /// From the change until it usually is effective.
    pub const fn likely(&self) -> Duration {
        Duration::from_secs(60 * self.likely)
    }

    /// From the change until waiting no longer helps.
    pub const fn latest(&self) -> Duration {
        Duration::from_secs(60 * self.latest)
    }

    /// Between two attempts.
    pub const fn pause(&self) -> Duration {
        Duration::from_secs(self.pause)
    }
}

/// The table of the times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PropagationTable {
    propagation: Vec<Propagation>,
}

impl Table for PropagationTable {
    const FILE: &'static str = "propagation.toml";
}

static PROPAGATION: Embedded<PropagationTable> = Embedded::new();

/// How long the fix of a cause takes to become effective; `None` for a cause that waiting does not resolve.
pub fn propagation(cause: CauseId) -> Option<&'static Propagation> {
    PROPAGATION
        .get()
        .propagation
        .iter()
        .find(|row| row.causes.contains(&cause))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::knowledge::{cause, causes};
    use crate::terms::CauseGroup;

    #[test]
    fn every_row_is_about_causes_that_exist_and_can_fail_a_check() {
        let mut seen = HashSet::new();
        for id in PROPAGATION
            .get()
            .propagation
            .iter()
            .flat_map(|row| &row.causes)
        {
            let cause = cause(*id);
            assert!(!cause.advisory, "{id} never fails a check");
            assert!(seen.insert(id), "{id} is in two rows");
        }
    }

    #[test]
    fn times_increase_and_attempts_are_spaced() {
        for row in &PROPAGATION.get().propagation {
            assert!(
                row.earliest <= row.likely && row.likely <= row.latest,
                "{:?}",
                row.causes
            );
            assert!(row.pause() >= Duration::from_mins(1), "{:?}", row.causes);
            assert!(row.pause() <= row.latest(), "{:?}", row.causes);
            assert!(
                !row.silent || row.pause() >= Duration::from_mins(30),
                "{:?}",
                row.causes
            );
        }
    }

    #[test]
    fn settings_that_exchange_caches_per_app_are_not_polled() {
        for id in [
            CauseId::MailboxOutsideScope,
            CauseId::MailboxOutsideAccessPolicy,
            CauseId::MailboxAccessBlocked,
        ] {
            assert!(propagation(id).unwrap().silent, "{id}");
        }
        let consent = propagation(CauseId::RegistrationConsentMissing).unwrap();
        assert!(!consent.silent && consent.pause() == Duration::from_mins(1));
        assert_eq!(
            propagation(CauseId::EwsAppNotAllowed).unwrap().latest(),
            Duration::from_hours(24)
        );
    }

    /// The longest time that a text names in hours.
    fn hours_in(takes: &str) -> Option<u64> {
        let words: Vec<&str> = takes
            .split(|character: char| !character.is_alphanumeric())
            .collect();
        let named = words.windows(2).filter(|pair| pair[1].starts_with("hour"));
        named.filter_map(|pair| pair[0].parse().ok()).max()
    }

    #[test]
    fn waiting_ends_no_earlier_than_the_remedy_states() {
        assert_eq!(
            hours_in("access policy: minutes to 24 hours; Exchange role: 30 minutes to 2 hours"),
            Some(24)
        );
        for cause in causes() {
            let (Some(row), Some(hours)) = (propagation(cause.id), hours_in(&cause.takes)) else {
                continue;
            };
            assert!(
                row.latest() >= Duration::from_hours(hours),
                "{}: {}",
                cause.id,
                cause.takes
            );
        }
    }

    /// An access policy can take a day. Where the remedy tests one, waiting goes on as long.
    #[test]
    fn every_remedy_that_may_be_about_an_access_policy_waits_a_day() {
        for cause in causes() {
            let tests_a_policy = cause
                .commands
                .iter()
                .any(|command| command.text.contains("Test-ApplicationAccessPolicy"));
            if tests_a_policy && let Some(row) = propagation(cause.id) {
                assert_eq!(row.latest(), Duration::from_hours(24), "{}", cause.id);
                assert!(
                    cause.takes.contains("24 hours"),
                    "{}: {}",
                    cause.id,
                    cause.takes
                );
            }
        }
    }

    #[test]
    fn wrong_settings_an_expired_secret_and_a_typo_stay_wrong() {
        let settings = CauseId::ALL
            .iter()
            .copied()
            .filter(|id| id.group() == CauseGroup::Settings);
        for id in settings.chain([
            CauseId::SignInSecretExpired,
            CauseId::SignInSecretWrong,
            CauseId::MailboxNotFound,
        ]) {
            assert_eq!(propagation(id), None, "{id}");
        }
    }
}
