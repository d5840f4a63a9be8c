//! How an administrator who does not have this program sees that a fix worked.

use std::sync::LazyLock;

use serde::Deserialize;

use super::embedded;

/// The table as its file holds it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    look: Vec<Look>,
}

/// What to look at for some causes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Look {
    causes: Vec<String>,
    text: String,
}

static LOOKS: LazyLock<Vec<Look>> =
    LazyLock::new(|| embedded::parse::<File>(include_str!("admin_verify.toml")).look);

/// What to look at in a portal, a console or the output of a command after the fix of a cause.
pub fn admin_verify(cause: &str) -> Option<&'static str> {
    let is_for = |id: &String| {
        id.strip_suffix('*')
            .map_or(id == cause, |family| cause.starts_with(family))
    };
    LOOKS
        .iter()
        .find(|look| look.causes.iter().any(is_for))
        .map(|look| look.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::causes;

    #[test]
    fn every_cause_can_be_verified_without_this_program() {
        for cause in causes() {
            let look = admin_verify(cause.id.as_str())
                .unwrap_or_else(|| panic!("{} has nothing to look at", cause.id));
            assert!(!look.contains("rx-preflight"), "{}: {look}", cause.id);
        }
    }

    #[test]
    fn no_row_is_about_a_cause_that_does_not_exist() {
        for id in LOOKS.iter().flat_map(|look| &look.causes) {
            let family = id.trim_end_matches('*');
            assert!(
                causes()
                    .iter()
                    .any(|cause| cause.id.as_str() == *id || cause.id.as_str().starts_with(family)),
                "{id}"
            );
        }
    }
}
