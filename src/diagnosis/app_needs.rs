//! Permissions that ResourceXpress needs from one app registration, across all connections that use it.

use crate::evidence::ConnectionFacts;
use crate::knowledge::{self, Need};
use crate::terms::{CheckId, NeedId};

use super::diagnosis_context::Context;
use super::skipped_rows::is_deselected;

/// The needs of all connections that use the same app registration.
pub(super) fn needs_of_app<'c>(
    context: &'c Context<'_>,
    facts: &'c ConnectionFacts,
) -> impl Iterator<Item = &'static Need> + 'c {
    let grants = [
        (CheckId::GrantMailSend, NeedId::MailSend),
        (CheckId::GrantUserReadAll, NeedId::Users),
        (CheckId::GrantGroupReadAll, NeedId::Groups),
    ];
    context.connections_of_app(facts).flat_map(move |other| {
        let calendar = other.api.map(NeedId::calendar);
        let features = grants
            .into_iter()
            .filter(move |(check, _)| is_wanted(context, *check, &other.name));
        calendar
            .into_iter()
            .chain(features.map(|(_, need)| need))
            .map(knowledge::need)
    })
}

fn is_wanted(context: &Context<'_>, check: CheckId, connection: &str) -> bool {
    let rows = context.rows(check, Some(connection));
    rows.iter()
        .any(|row| row.connection.as_deref() == Some(connection) && !is_deselected(row))
}
