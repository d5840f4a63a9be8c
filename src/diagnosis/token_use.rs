//! What the services made of each token: where it opened something, and where it was refused.
//!
//! A token that a host accepted anywhere is not refused there. A refusal at some of its endpoints is then about what lies
//! behind them.

use std::collections::HashSet;

use super::evidence_index::EvidenceIndex;
use super::row_response::symptom_of;
use super::symptom::{self, Symptom};
use crate::evidence::{Finding, Observation, Refusal, RoomListing};
use crate::terms::{CauseGroup, CauseId, Service};

/// Causes that speak of the token or the app as a whole.
const ABOUT_THE_TOKEN: &[CauseId] = &[
    CauseId::SignInTokenRefused,
    CauseId::SignInServicePrincipalMissing,
    CauseId::TenantWrongCloud,
];

/// A token: the credential set it was issued to, and the service it is for.
type Token = (usize, Service);

/// The tokens of a run by what the services made of them.
#[derive(Debug, Default)]
pub(super) struct TokenUse {
    opened: HashSet<Token>,
    accepted: HashSet<Token>,
    refused: HashSet<Token>,
}

impl TokenUse {
    pub(super) fn from_index(context: &EvidenceIndex<'_>) -> Self {
        let mut tokens = Self::default();
        for row in &context.evidence.observations {
            let Some((token, symptom)) = token_of(context, row).zip(symptom_at(row)) else {
                continue;
            };
            if symptom == Symptom::Ok {
                tokens.opened.insert(token);
            }
            if is_past_authentication(row, &symptom) {
                tokens.accepted.insert(token);
            }
            if matches!(&symptom, Symptom::Named(id) if speaks_of_the_token(row, *id)) {
                tokens.refused.insert(token);
            }
        }
        tokens
    }

    /// Whether this row refuses a token that the same host accepts elsewhere.
    pub(super) fn is_refused_here_only(
        &self,
        context: &EvidenceIndex<'_>,
        row: &Observation,
        id: CauseId,
    ) -> bool {
        let says_nothing = id == CauseId::ServiceUnexpectedAnswer && status_of(row) == Some(401);
        (says_nothing || speaks_of_the_token(row, id))
            && token_of(context, row).is_some_and(|token| self.accepted.contains(&token))
    }

    /// Whether a service let this token open anything.
    pub(super) fn opened_anything(&self, credentials: usize, service: Service) -> bool {
        self.opened.contains(&(credentials, service))
    }

    /// Whether a service refused this token wherever it was used.
    pub(super) fn is_refused(&self, credentials: usize, service: Service) -> bool {
        self.refused.contains(&(credentials, service))
            && !self.accepted.contains(&(credentials, service))
    }
}

fn token_of(context: &EvidenceIndex<'_>, row: &Observation) -> Option<Token> {
    let service = service_of(row)?;
    Some((context.connection_of(row)?.credentials, service))
}

/// The service that a row asked with a token.
fn service_of(row: &Observation) -> Option<Service> {
    Some(match row.finding()? {
        Finding::Folder(_) => Service::Exchange,
        Finding::Written { service, .. } => *service,
        Finding::CalendarView(_)
        | Finding::NonexistentItem(_)
        | Finding::Listing(_)
        | Finding::Registration(_)
        | Finding::Rooms {
            listing: RoomListing::Requested(_),
            ..
        } => Service::Graph,
        Finding::Settings(_)
        | Finding::Rooms {
            listing: RoomListing::Blocked(_),
            ..
        }
        | Finding::Reachable(_)
        | Finding::Discovery(_)
        | Finding::Sent { .. }
        | Finding::SignIn(_) => return None,
    })
}

fn symptom_at(row: &Observation) -> Option<Symptom> {
    match row.finding()? {
        Finding::Registration(reply) => Some(symptom::classify(Service::Graph, reply)),
        Finding::Rooms {
            listing: RoomListing::Requested(reply),
            ..
        } => Some(symptom::classify(Service::Graph, reply)),
        _ => symptom_of(row),
    }
}

/// Whether the service looked beyond the token: it opened something, or refused something else than the token.
fn is_past_authentication(row: &Observation, symptom: &Symptom) -> bool {
    match symptom {
        Symptom::Ok | Symptom::MailboxMissing => true,
        Symptom::AccessRefused => status_of(row) == Some(403),
        Symptom::Named(id) => id.group() == CauseGroup::Mailbox && status_of(row) != Some(401),
        Symptom::EwsOff | Symptom::EwsPolicy | Symptom::AcceptedCaller => false,
    }
}

/// Whether the service says itself that the token or the app is the reason. A number of the sign-in service inside the
/// message names a reason of its own.
fn speaks_of_the_token(row: &Observation, id: CauseId) -> bool {
    let named_by_sign_in = refusal(row).is_some_and(|refusal| !refusal.aadsts.is_empty());
    ABOUT_THE_TOKEN.contains(&id) && !named_by_sign_in
}

fn status_of(row: &Observation) -> Option<u16> {
    refusal(row).map(|refusal| refusal.status)
}

fn refusal(row: &Observation) -> Option<&Refusal> {
    row.finding().and_then(Finding::refusal)
}
