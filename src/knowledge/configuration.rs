//! What the configuration that an administrator collected shows about causes.

use serde::Deserialize;

use crate::terms::{CauseId, ConfigurationFact};

use super::table::{Embedded, Table, sort_rows};

/// The sentence of a fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactText {
    id: ConfigurationFact,
    /// Placeholders `{room}`, `{client_id}`, `{permission}` and `{detail}`.
    text: String,
}

/// How facts settle a cause.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// The cause.
    pub cause: CauseId,
    /// Each of these facts alone confirms the cause.
    #[serde(default)]
    pub confirmed_by: Vec<ConfigurationFact>,
    /// Each of these facts alone excludes the cause, unless another fact confirms it.
    #[serde(default)]
    pub excluded_by: Vec<ConfigurationFact>,
    /// Other causes that look the same to the app, besides the candidates of the cause.
    #[serde(default)]
    pub alternatives: Vec<CauseId>,
    /// Whether the cause only describes a response, so that one of its candidates is the actual cause.
    #[serde(default)]
    pub describes_a_response: bool,
}

/// A cause that no configuration shows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotSettled {
    cause: CauseId,
    /// Why.
    reason: String,
}

/// The table of the configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigurationTable {
    fact: Vec<FactText>,
    settles: Vec<Settlement>,
    not_settled: Vec<NotSettled>,
}

impl Table for ConfigurationTable {
    const FILE: &'static str = "configuration.toml";

    fn validated(mut self) -> Result<Self, String> {
        sort_rows(&mut self.fact, ConfigurationFact::ALL, |fact| fact.id)?;
        Ok(self)
    }
}

static CONFIGURATION: Embedded<ConfigurationTable> = Embedded::new();

/// The sentence of a fact, with placeholders.
pub fn configuration_sentence(id: ConfigurationFact) -> &'static str {
    // Validation sorted the facts, and each has one row.
    &CONFIGURATION.get().fact[id as usize].text
}

/// How facts settle a cause; `None` if no fact does.
pub fn settlement(cause: CauseId) -> Option<&'static Settlement> {
    CONFIGURATION
        .get()
        .settles
        .iter()
        .find(|row| row.cause == cause)
}

/// Why no configuration shows a cause.
pub fn why_not_settled(cause: CauseId) -> Option<&'static str> {
    let mut rows = CONFIGURATION.get().not_settled.iter();
    rows.find(|row| row.cause == cause)
        .map(|row| row.reason.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::causes;
    use crate::knowledge::template::placeholders;

    #[test]
    fn every_cause_of_a_candidate_list_can_be_settled_or_has_a_reason() {
        let mut lists = 0;
        for cause in causes() {
            let of_cases = cause
                .cases
                .iter()
                .filter_map(|case| case.candidates.as_ref());
            for list in std::iter::once(&cause.candidates).chain(of_cases) {
                for id in list {
                    let settled = settlement(*id).is_some_and(|row| {
                        !row.confirmed_by.is_empty() || !row.excluded_by.is_empty()
                    });
                    assert!(
                        settled || why_not_settled(*id).is_some(),
                        "{}: no fact settles its candidate {id}",
                        cause.id
                    );
                }
                lists += usize::from(!list.is_empty());
            }
        }
        assert!(lists >= 4, "{lists}");
    }

    #[test]
    fn every_fact_settles_a_cause_and_no_cause_is_settled_twice() {
        let table = CONFIGURATION.get();
        for id in ConfigurationFact::ALL {
            let is_used = table
                .settles
                .iter()
                .any(|row| row.confirmed_by.contains(id) || row.excluded_by.contains(id));
            let only_states = [
                ConfigurationFact::WorkloadPolicy,
                ConfigurationFact::AppNotExcluded,
                ConfigurationFact::NoUserAgentPolicy,
            ];
            assert!(is_used || only_states.contains(id), "{id}");
        }
        for row in &table.settles {
            let same = table.settles.iter().filter(|own| own.cause == row.cause);
            assert_eq!(same.count(), 1, "{}", row.cause);
            assert!(why_not_settled(row.cause).is_none(), "{}", row.cause);
        }
    }

    #[test]
    fn sentences_use_only_their_placeholders() {
        for id in ConfigurationFact::ALL {
            for name in placeholders(configuration_sentence(*id)) {
                let known = ["room", "client_id", "permission", "detail"];
                assert!(known.contains(&name), "{id}: {name}");
            }
        }
    }
}
