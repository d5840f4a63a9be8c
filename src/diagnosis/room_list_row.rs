//! Judgment of the room list of a tenant. A failure to list the rooms is never a failure of the tenant.

use crate::evidence::{ConnectionFacts, Observation, Reply, RoomListFacts, RoomListing};
use crate::knowledge::{self, format_message};
use crate::terms::{Api, Confidence, Outcome, Service, SkipReason, format_count};

use super::diagnosis_context::Context;
use super::evidence_index::Declared;
use super::judgment::{Judgment, Raised, describe_response, observed_response};
use super::response_cause::from_response;
use super::skipped_rows::room_list_note;
use super::symptom::{Symptom, is_undecided};
use super::{name_enumeration, symptom_of_reply};

/// How many rooms without a usable address a sentence names.
const MAX_NAMES: usize = 3;

/// Judges the row of a connection with a room list from the tenant, combined with the judgment of the given rooms.
pub(super) fn judge(
    context: &Context<'_>,
    row: &Observation,
    given: Judgment,
    listing: &RoomListing,
) -> Judgment {
    let Some(facts) = context.connection_of(row) else {
        return Judgment::error(format_message("row.no-connection", &[]));
    };
    let listed = judge_listing(context, facts, row, listing);
    let judgment = if matches!(given.outcome, Outcome::Fail | Outcome::Unknown) {
        given.raising_all(listed.raised)
    } else {
        listed.raising_all(given.raised)
    };
    judgment
        .with_observed(observed_response(row))
        .declared(context.declared_roles(&facts.name, knowledge::room_list_need()))
}

fn judge_listing(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    listing: &RoomListing,
) -> Judgment {
    match listing {
        RoomListing::Blocked(check) => Judgment::unknown(format_message(
            "rooms.not-requested",
            &[("detail", check.as_str())],
        )),
        RoomListing::Requested(Reply::Success(list)) => judge_list(facts, list),
        refused if refused.lacks_permission() => judge_refusal(context, facts),
        RoomListing::Requested(reply) => judge_undecided_list(context, facts, row, reply),
    }
}

fn judge_list(facts: &ConnectionFacts, list: &RoomListFacts) -> Judgment {
    // A partial list proves nothing about the rooms that are missing in it.
    if let Some(reason) = &list.cut_short {
        let rooms = format_count(list.rooms);
        return Judgment::unknown(format_message(
            "rooms.cut-short",
            &[("rooms", &rooms), ("detail", reason)],
        ));
    }
    let message = describe_list(list);
    match (list.rooms, facts.rooms) {
        // Without given rooms an empty list leaves nothing to check.
        (0, 0) => Judgment::skipped(SkipReason::NeedsInput, None, message.clone())
            .raising(empty_list_note(message)),
        (0, _) => Judgment::pass(message.clone()).raising(empty_list_note(message)),
        _ => Judgment::pass(message),
    }
}

fn describe_list(list: &RoomListFacts) -> String {
    let (nameless, rooms) = (&list.without_address, room_count(list.rooms));
    if nameless.is_empty() {
        let key = if list.rooms == 0 {
            "rooms.none-listed"
        } else {
            "rooms.listed"
        };
        return format_message(key, &[("detail", &rooms)]);
    }
    let names = name_enumeration::join_first(nameless, MAX_NAMES);
    if list.rooms == 0 {
        return format_message(
            "rooms.none-usable",
            &[("detail", &room_count(nameless.len())), ("rooms", &names)],
        );
    }
    let listed = format_message("rooms.listed", &[("detail", &rooms)]);
    format_message(
        "rooms.without-address",
        &[("detail", &listed), ("rooms", &names)],
    )
}

fn room_count(rooms: usize) -> String {
    if rooms == 1 {
        "1 room".to_owned()
    } else {
        format!("{} rooms", format_count(rooms))
    }
}

/// Judges a rejection: the app cannot list rooms. ResourceXpress itself does not need this permission.
fn judge_refusal(context: &Context<'_>, facts: &ConnectionFacts) -> Judgment {
    let need = knowledge::room_list_need();
    let (key, role) = match context.declared(&facts.name, need) {
        Declared::Yes(role) => ("rooms.permitted-yet-refused", role),
        _ => ("rooms.not-permitted", need.value.clone()),
    };
    let message = format_message(key, &[("permission", &role), ("api", need.api.title())]);
    Judgment::skipped(SkipReason::NeedsPermission, None, message.clone())
        .raising(room_list_note().because(message))
}

/// Judges a missing list without a clear reason. The row has a cause if the response is undecided. A rejection of the token
/// counts only for a connection that books over the same service.
fn judge_undecided_list(
    context: &Context<'_>,
    facts: &ConnectionFacts,
    row: &Observation,
    reply: &Reply<RoomListFacts>,
) -> Judgment {
    let cause = match symptom_of_reply::classify(Service::Graph, reply) {
        // Graph accepts the token in other rows, so the rejection proves nothing about the connection.
        Symptom::Named(id) if context.is_refused_here_only(row, id) => None,
        Symptom::Named(id) if is_undecided(id) || facts.api == Some(Api::Graph) => {
            Some(from_response(row, id))
        }
        _ => None,
    };
    let response = describe_response(row);
    let need = knowledge::room_list_need();
    let refused_undeclared = reply
        .refusal()
        .is_some_and(|refusal| (400..500).contains(&refusal.status));
    if refused_undeclared && context.declared(&facts.name, need) == Declared::No {
        let values = [
            ("detail", response.as_str()),
            ("permission", need.value.as_str()),
        ];
        let message = format_message("rooms.not-returned-or-not-permitted", &values);
        let note = room_list_note()
            .because(message.clone())
            .with_confidence(Confidence::Likely);
        return Judgment::unknown(message).raising_all(cause).raising(note);
    }
    Judgment::unknown(format_message(
        "rooms.not-returned",
        &[("detail", &response)],
    ))
    .raising_all(cause)
}

fn empty_list_note(message: String) -> Raised {
    room_list_note().because(message).in_case(Some("empty"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{evidence, row, token};
    use super::super::{Diagnosis, ResultRow, diagnose};
    use super::*;
    use crate::evidence::{
        Challenge, Execution, Finding, Refusal, SettingsFault, SettingsFaultKind, TokenFacts,
    };
    use crate::terms::{CheckId, Requirement};

    /// The diagnosis of a connection over `api` whose token for Graph has these roles and whose tenant completed so;
    /// `rooms` are known in all.
    fn diagnosis(
        api: Api,
        roles: &[&str],
        listing: RoomListing,
        rooms: usize,
        faults: &[SettingsFault],
    ) -> Diagnosis {
        let mut evidence = evidence(token(&["full_access_as_app"]), Vec::new());
        (evidence.connections[0].api, evidence.connections[0].rooms) = (Some(api), rooms);
        evidence.observations.truncate(1);
        let token = TokenFacts {
            audience: Some("https://graph.microsoft.com".into()),
            ..token(roles)
        };
        let signed_in = Execution::completed(Finding::SignIn(Reply::Success(token)));
        evidence.observations[0] = row(CheckId::SignInGraph, "system", signed_in);
        let finding = Finding::Rooms {
            faults: faults.to_vec(),
            listing,
        };
        evidence.observations.push(row(
            CheckId::SettingsRooms,
            "system",
            Execution::completed(finding),
        ));
        let at_exchange = Execution::completed(Finding::SignIn(Reply::Success(
            super::super::tests::token(&[]),
        )));
        evidence
            .observations
            .push(row(CheckId::GrantSurplus, "app", at_exchange));
        diagnose(&evidence)
    }

    fn judged(api: Api, roles: &[&str], listing: RoomListing) -> (ResultRow, Vec<String>) {
        let diagnosis = diagnosis(api, roles, listing, 3, &[]);
        let causes = diagnosis
            .causes
            .iter()
            .map(|cause| cause.id.clone())
            .collect();
        (diagnosis.rows[1].clone(), causes)
    }

    fn list(rooms: usize, without_address: &[&str], cut_short: Option<&str>) -> RoomListing {
        let without_address = without_address
            .iter()
            .map(|name| (*name).to_owned())
            .collect();
        let facts = RoomListFacts {
            rooms,
            without_address,
            cut_short: cut_short.map(str::to_owned),
        };
        RoomListing::Requested(Reply::Success(facts))
    }

    fn refused(status: u16, inner: &[&str]) -> RoomListing {
        let inner_codes = inner.iter().map(|code| (*code).to_owned()).collect();
        let code = Some("UnknownError".to_owned());
        RoomListing::Requested(Reply::Refused(Refusal {
            status,
            code,
            inner_codes,
            ..Refusal::default()
        }))
    }

    const PLACES: &[&str] = &["Place.Read.All"];
    const NOTE: &str = "settings.rooms-not-listed";

    #[test]
    fn a_list_is_described_with_what_it_lacks() {
        let message = |listing| judged(Api::Graph, PLACES, listing).0.message;
        assert!(
            message(list(1, &[], None))
                .starts_with("The tenant lists 1 room; rooms that are hidden")
        );
        let lacking = message(list(3, &["A", "B", "C", "D"], None));
        assert!(
            lacking.contains("3 rooms") && lacking.ends_with("A, B, C and 1 more"),
            "{lacking}"
        );
        assert!(
            message(list(0, &["A"], None))
                .contains("lists 1 room, none of them with a usable address")
        );
    }

    #[test]
    fn a_list_that_is_not_whole_is_no_pass() {
        let (row, causes) = judged(Api::Graph, PLACES, list(100, &[], Some("its pages repeat")));
        assert_eq!((row.outcome, causes.len()), (Outcome::Unknown, 0));
        assert_eq!(
            row.message,
            "The tenant lists more rooms than the 100 that could be read: its pages repeat"
        );
    }

    #[test]
    fn an_empty_list_stops_only_those_who_have_no_other_rooms() {
        assert_eq!(
            judged(Api::Graph, PLACES, list(0, &[], None)).0.outcome,
            Outcome::Pass
        );
        let alone = diagnosis(Api::Graph, PLACES, list(0, &[], None), 0, &[]);
        assert_eq!(alone.rows[1].skip_reason, Some(SkipReason::NeedsInput));
        assert_eq!(
            (alone.causes[0].id.as_str(), alone.causes[0].requirement),
            (NOTE, Requirement::Advisory)
        );
        assert!(
            alone.causes[0]
                .title
                .starts_with("Microsoft Graph returned no rooms")
        );
    }

    #[test]
    fn a_refusal_is_a_note_whatever_roles_the_token_has() {
        for (roles, words) in [
            (&[][..], "the list requires Place.Read.All"),
            (PLACES, "is in the token, but"),
        ] {
            for listing in [refused(403, &[]), refused(401, &["invalid_permissions"])] {
                let (row, causes) = judged(Api::Ews, roles, listing);
                assert_eq!(
                    (row.outcome, row.skip_reason),
                    (Outcome::Skipped, Some(SkipReason::NeedsPermission))
                );
                assert!(row.message.contains(words), "{}", row.message);
                assert_eq!(causes, [NOTE]);
            }
        }
    }

    #[test]
    fn a_401_of_the_service_behind_leaves_it_open() {
        let (row, causes) = judged(Api::Ews, &[], refused(401, &["Unauthorized"]));
        assert_eq!(row.outcome, Outcome::Unknown);
        assert!(
            row.message.contains("HTTP 401")
                && row.message.contains("Place.Read.All is not in the token")
        );
        assert!(causes.contains(&NOTE.to_owned()), "{causes:?}");
        let (row, causes) = judged(Api::Ews, PLACES, refused(401, &["Unauthorized"]));
        assert_eq!(row.outcome, Outcome::Unknown);
        assert!(!causes.contains(&NOTE.to_owned()), "{causes:?}");
    }

    #[test]
    fn a_refused_token_counts_for_bookings_over_the_same_service_only() {
        let challenge = Some(Challenge {
            error: Some("insufficient_claims".into()),
            ..Challenge::default()
        });
        let listing = || {
            let refusal = Refusal {
                status: 401,
                challenge: challenge.clone(),
                ..Refusal::default()
            };
            RoomListing::Requested(Reply::Refused(refusal))
        };
        let (row, causes) = judged(Api::Graph, PLACES, listing());
        assert_eq!(
            (row.outcome, causes),
            (
                Outcome::Unknown,
                vec!["sign-in.conditional-access".to_owned()]
            )
        );
        let (row, causes) = judged(Api::Ews, PLACES, listing());
        assert_eq!((row.outcome, causes.len()), (Outcome::Unknown, 0));
    }

    #[test]
    fn faults_in_the_given_rooms_come_first() {
        let malformed = SettingsFault {
            kind: SettingsFaultKind::RoomAddressMalformed,
            subject: Some("Board".into()),
            detail: "\"Board\" is no SMTP address".into(),
            other_cloud: None,
        };
        let double = SettingsFault {
            kind: SettingsFaultKind::RoomDuplicate,
            ..malformed.clone()
        };
        let both = diagnosis(Api::Graph, &[], refused(403, &[]), 3, &[malformed]);
        assert_eq!(both.rows[1].outcome, Outcome::Fail);
        assert_eq!(
            both.rows[1].cause.as_deref(),
            Some("settings.room-address-malformed")
        );
        assert!(both.causes.iter().any(|cause| cause.id == NOTE));
        let noted = diagnosis(Api::Graph, PLACES, list(3, &[], None), 3, &[double]);
        assert_eq!(noted.rows[1].outcome, Outcome::Pass);
        assert!(
            noted.rows[1]
                .message
                .starts_with("The tenant lists 3 rooms")
        );
        assert_eq!(noted.causes[0].id, "settings.room-duplicate");
    }

    #[test]
    fn the_role_for_the_list_is_no_surplus() {
        let surplus = |roles: &[&str]| {
            diagnosis(Api::Graph, roles, list(3, &[], None), 3, &[]).rows[2]
                .message
                .clone()
        };
        assert_eq!(surplus(PLACES), "No unused permissions");
        assert!(
            surplus(&["Place.Read.All", "Place.ReadWrite.All"]).contains("Place.ReadWrite.All")
        );
    }
}
