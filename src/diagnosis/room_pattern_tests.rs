//! The pattern over the rooms, for any mix of responses: the names and the order of the rooms change nothing, and a cause
//! names exactly the rooms that it explains.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use crate::evidence::{Evidence, FolderFacts, Reply};
use crate::terms::{CheckId, Confidence, Outcome};

use super::tests::{coded, evidence, open, refused, silent, token};
use super::{Cause, Diagnosis, diagnose};

/// How a room responds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Response {
    Open,
    Refused,
    Missing,
    UnknownCode,
    Silent,
}

impl Response {
    fn reply(self) -> Reply<FolderFacts> {
        match self {
            Response::Open => open(),
            Response::Refused => refused(403),
            Response::Missing => coded("ErrorNonExistentMailbox"),
            Response::UnknownCode => coded("ErrorOfTheFuture"),
            Response::Silent => silent(),
        }
    }
}

fn any_responses() -> impl Strategy<Value = Vec<Response>> {
    let any_response = prop::sample::select(vec![
        Response::Open,
        Response::Refused,
        Response::Missing,
        Response::UnknownCode,
        Response::Silent,
    ]);
    let any_two = prop::sample::subsequence(
        vec![
            Response::Open,
            Response::Refused,
            Response::Missing,
            Response::UnknownCode,
            Response::Silent,
        ],
        2,
    );
    prop_oneof![
        prop::collection::vec(any_response, 1..10),
        // Few kinds, so that all rooms often respond alike.
        any_two.prop_flat_map(|two| prop::collection::vec(prop::sample::select(two), 1..6)),
    ]
}

fn of_rooms(responses: &[Response], has_role: bool) -> Evidence {
    let roles: &[&str] = if has_role {
        &["full_access_as_app"]
    } else {
        &[]
    };
    evidence(
        token(roles),
        responses.iter().map(|response| response.reply()).collect(),
    )
}

fn room(number: usize) -> String {
    format!("room{number}@contoso.com")
}

/// The rows of the rooms by room, without their numbers.
type Rooms = BTreeMap<String, (Outcome, Option<String>, Option<Confidence>)>;
/// The causes, without the numbers and the sentences that list rooms in their order.
type Causes = BTreeSet<(
    String,
    &'static str,
    &'static str,
    BTreeSet<String>,
    BTreeSet<String>,
)>;

fn rooms(diagnosis: &Diagnosis) -> Rooms {
    let rows = diagnosis.rows.iter();
    rows.filter(|row| row.check == CheckId::MailboxImpersonation)
        .map(|row| {
            let result = (row.outcome, row.cause.clone(), row.confidence);
            (row.subject.clone(), result)
        })
        .collect()
}

fn causes(diagnosis: &Diagnosis) -> Causes {
    let set = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<_>>();
    let of = |cause: &Cause| {
        (
            cause.id.clone(),
            cause.confidence.as_str(),
            cause.requirement.as_str(),
            set(&cause.subjects),
            set(&cause.candidates),
        )
    };
    diagnosis.causes.iter().map(of).collect()
}

/// The rooms whose row has a cause.
fn rooms_with(diagnosis: &Diagnosis, id: &str) -> BTreeSet<String> {
    rooms(diagnosis)
        .into_iter()
        .filter(|(_, (_, cause, _))| cause.as_deref() == Some(id))
        .map(|(room, _)| room)
        .collect()
}

fn rooms_that(responses: &[Response], are: Response) -> BTreeSet<String> {
    let numbered = responses.iter().enumerate();
    numbered
        .filter(|(_, response)| **response == are)
        .map(|(number, _)| room(number))
        .collect()
}

proptest! {
    #[test]
    fn the_order_of_the_rooms_changes_nothing(
        (responses, places) in any_responses().prop_flat_map(|responses| {
            let places = Just((0..responses.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(responses), places)
        }),
        has_role in any::<bool>(),
    ) {
        let evidence = of_rooms(&responses, has_role);
        let mut other = evidence.clone();
        let first = evidence.observations.len() - responses.len();
        for (place, from) in places.into_iter().enumerate() {
            other.observations[first + place] = evidence.observations[first + from].clone();
        }
        let (one, other) = (diagnose(&evidence), diagnose(&other));
        prop_assert_eq!(rooms(&one), rooms(&other));
        prop_assert_eq!(causes(&one), causes(&other));
    }

    #[test]
    fn the_names_of_the_rooms_change_nothing(responses in any_responses(), has_role in any::<bool>()) {
        let evidence = of_rooms(&responses, has_role);
        // Another name, another domain, and another alphabetical order.
        let name = |number: usize| format!("{}-saal@fabrikam.com", char::from(b'z' - u8::try_from(number).unwrap()));
        let mut renamed = evidence.clone();
        for number in 0..responses.len() {
            let rows = renamed.observations.iter_mut();
            rows.filter(|row| row.subject == room(number)).for_each(|row| row.subject = name(number));
        }
        let back = |text: &str| (0..responses.len()).find(|n| name(*n) == text).map_or(text.to_owned(), room);
        let (one, other) = (diagnose(&evidence), diagnose(&renamed));
        let named_back: Rooms = rooms(&other).into_iter().map(|(room, row)| (back(&room), row)).collect();
        prop_assert_eq!(rooms(&one), named_back);
        let named_back: Causes = causes(&other).into_iter().map(|(id, confidence, requirement, subjects, candidates)| {
            (id, confidence, requirement, subjects.iter().map(|room| back(room)).collect(), candidates)
        }).collect();
        prop_assert_eq!(causes(&one), named_back);
    }

    #[test]
    fn a_cause_names_exactly_the_rooms_that_it_explains(responses in any_responses(), has_role in any::<bool>()) {
        let diagnosis = diagnose(&of_rooms(&responses, has_role));
        // The grant and the rooms can have one cause each with the same ID.
        let mut named: BTreeMap<&str, [BTreeSet<String>; 2]> = BTreeMap::new();
        for cause in &diagnosis.causes {
            let rows = cause.explained(&diagnosis.rows);
            let rows = rows.filter(|row| row.check == CheckId::MailboxImpersonation);
            let subjects = cause.subjects.iter().filter(|text| text.contains('@'));
            let [explained, listed] = named.entry(&cause.id).or_default();
            explained.extend(rows.map(|row| row.subject.clone()));
            listed.extend(subjects.cloned());
        }
        for (id, [explained, listed]) in named {
            prop_assert_eq!(&explained, &rooms_with(&diagnosis, id), "{}", id);
            prop_assert_eq!(&explained, &listed, "{}", id);
        }
        for (room, (outcome, cause, _)) in rooms(&diagnosis) {
            let is_named = cause.is_some_and(|id| diagnosis.causes.iter().any(|cause| cause.id == id));
            prop_assert_eq!(is_named, outcome != Outcome::Pass, "{}", room);
        }
    }

    #[test]
    fn each_room_has_the_outcome_of_its_own_response(responses in any_responses(), has_role in any::<bool>()) {
        let diagnosis = diagnose(&of_rooms(&responses, has_role));
        let rooms = rooms(&diagnosis);
        for (number, response) in responses.iter().enumerate() {
            let expected = match response {
                Response::Open => Outcome::Pass,
                Response::Refused | Response::Missing => Outcome::Fail,
                Response::UnknownCode | Response::Silent => Outcome::Unknown,
            };
            prop_assert_eq!(rooms[&room(number)].0, expected, "{:?} {:?}", response, responses);
        }
        // The level of the denials: the whole app, or some of its rooms.
        let denied = rooms_that(&responses, Response::Refused);
        let some_are_open = responses.contains(&Response::Open);
        let all_are_denied = denied.len() == responses.len();
        if has_role && some_are_open {
            prop_assert_eq!(rooms_with(&diagnosis, "mailbox.outside-scope"), denied);
        } else if has_role && all_are_denied && denied.len() > 1 {
            prop_assert_eq!(rooms_with(&diagnosis, "mailbox.access-blocked"), denied);
        } else if !has_role && all_are_denied {
            prop_assert_eq!(rooms_with(&diagnosis, "grant.full-access-as-app-missing"), denied);
        }
        // A missing mailbox is not a denial, and it shows something about the tenant only if every room is missing.
        let missing = rooms_that(&responses, Response::Missing);
        let level = if missing.len() == responses.len() && missing.len() > 1 {
            "mailbox.not-in-exchange-online"
        } else {
            "mailbox.not-found"
        };
        prop_assert_eq!(rooms_with(&diagnosis, level), missing);
    }
}
