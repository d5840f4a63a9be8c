//! How an administrator who does not have this program sees that a fix worked.

use serde::Deserialize;

use crate::terms::CauseId;

use super::table::{Embedded, Table, one_row_each};

/// The table of what an administrator can look at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AdminVerifyTable {
    look: Vec<AdminVerifyEntry>,
}

/// What to look at after the fix of some causes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdminVerifyEntry {
    causes: Vec<CauseId>,
    text: String,
}

impl Table for AdminVerifyTable {
    const FILE: &'static str = "admin_verify.toml";

    fn validated(self) -> Result<Self, String> {
        one_row_each(
            CauseId::ALL,
            self.look
                .iter()
                .flat_map(|entry| entry.causes.iter().copied()),
        )?;
        Ok(self)
    }
}

static ADMIN_VERIFY: Embedded<AdminVerifyTable> = Embedded::new();

/// What to look at in a portal, a console or the output of a command after the fix of a cause. Every cause has a row: the
/// table does not load otherwise.
pub fn admin_verify(cause: CauseId) -> Option<&'static str> {
    ADMIN_VERIFY
        .get()
        .look
        .iter()
        .find(|entry| entry.causes.contains(&cause))
        .map(|entry| entry.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_can_be_verified_without_this_program() {
        for id in CauseId::ALL {
            let text = admin_verify(*id).unwrap();
            assert!(!text.contains("rx-preflight"), "{id}: {text}");
        }
    }
}
