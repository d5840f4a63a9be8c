//! Use of the tokens: where a service accepted or rejected each token.
//!
//! If a host accepts a token at one endpoint, a rejection at another endpoint of that host is about the backend and not about
//! the token.

use std::collections::HashSet;

use crate::evidence::{Finding, Observation, Refusal, RoomListing};
use crate::terms::{CauseGroup, CauseId, Service};

use super::evidence_index::EvidenceIndex;
use super::row_response::symptom_of;
use super::symptom::Symptom;
use super::symptom_of_reply;

/// Causes about the token or the app as a whole.
const ABOUT_THE_TOKEN: &[CauseId] = &[
    CauseId::SignInTokenRefused,
    CauseId::SignInServicePrincipalMissing,
    CauseId::TenantWrongCloud,
];

/// A token: its credential set and its service.
type Token = (usize, Service);

/// The tokens of a run, by the responses of the services.
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
            // A service can accept a token at one endpoint and reject it at another, so both sets can contain it.
            if is_past_authentication(row, &symptom) {
                tokens.accepted.insert(token);
            }
            if matches!(&symptom, Symptom::Named(id) if is_about_the_token(row, *id)) {
                tokens.refused.insert(token);
            }
        }
        tokens
    }

    /// Whether this row rejects a token that the same host accepts in another row.
    pub(super) fn is_refused_here_only(
        &self,
        context: &EvidenceIndex<'_>,
        row: &Observation,
        id: CauseId,
    ) -> bool {
        let has_no_reason = id == CauseId::ServiceUnexpectedResponse && status_of(row) == Some(401);
        (has_no_reason || is_about_the_token(row, id))
            && token_of(context, row).is_some_and(|token| self.accepted.contains(&token))
    }

    /// Whether a request with this token succeeded.
    pub(super) fn opened_anything(&self, credentials: usize, service: Service) -> bool {
        self.opened.contains(&(credentials, service))
    }

    /// Whether a service rejected this token everywhere.
    pub(super) fn is_refused(&self, credentials: usize, service: Service) -> bool {
        self.refused.contains(&(credentials, service))
            && !self.accepted.contains(&(credentials, service))
    }
}

fn token_of(context: &EvidenceIndex<'_>, row: &Observation) -> Option<Token> {
    let service = service_of(row)?;
    Some((context.connection_of(row)?.credentials, service))
}

/// The service that received a token in a row.
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
        Finding::Registration(reply) => Some(symptom_of_reply::classify(Service::Graph, reply)),
        Finding::Rooms {
            listing: RoomListing::Requested(reply),
            ..
        } => Some(symptom_of_reply::classify(Service::Graph, reply)),
        _ => symptom_of(row),
    }
}

/// Whether the service accepted the token: it completed the request, or rejected something other than the token.
fn is_past_authentication(row: &Observation, symptom: &Symptom) -> bool {
    match symptom {
        Symptom::Ok | Symptom::MailboxMissing => true,
        Symptom::AccessRefused => status_of(row) == Some(403),
        Symptom::Named(id) => id.group() == CauseGroup::Mailbox && status_of(row) != Some(401),
        Symptom::EwsOff | Symptom::EwsPolicy | Symptom::AcceptedCaller => false,
    }
}

/// Whether the service names the token or the app as the reason. An AADSTS number in the message is a more specific reason.
fn is_about_the_token(row: &Observation, id: CauseId) -> bool {
    let named_by_sign_in = refusal(row).is_some_and(|refusal| !refusal.aadsts.is_empty());
    ABOUT_THE_TOKEN.contains(&id) && !named_by_sign_in
}

fn status_of(row: &Observation) -> Option<u16> {
    refusal(row).map(|refusal| refusal.status)
}

fn refusal(row: &Observation) -> Option<&Refusal> {
    row.finding().and_then(Finding::refusal)
}
