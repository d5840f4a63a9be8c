//! The list of rooms, by services that page as documented, otherwise, or not at all.

use crate::evidence::{Reply, RoomListFacts};
use crate::settings::MailboxAddress;
use crate::terms::CheckId;
use crate::wire::RoomList;

use super::listener::{Act, Listener, json};
use super::{access_token, wire_to};

/// A page with the rooms of these numbers; `more` follows the list.
fn page(numbers: impl IntoIterator<Item = usize>, more: &str) -> String {
    let rooms: Vec<String> = numbers
        .into_iter()
        .map(|number| format!(r#"{{"id":"{number}","emailAddress":"room{number}@x.com","displayName":"R{number}"}}"#))
        .collect();
    json(200, &format!(r#"{{"value":[{}]{more}}}"#, rooms.join(",")))
}

/// The result of a sequence of responses, and the first lines of the requests for them.
async fn listed(responses: impl FnOnce(&str) -> Vec<String>) -> (Reply<RoomList>, Vec<String>) {
    let waiting = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", waiting.local_addr().unwrap());
    let listener = Listener::with_acts_on(
        waiting,
        responses(&base).into_iter().map(Act::Send).collect(),
    );
    let wire = wire_to(&listener.base);
    let response = wire.rooms(CheckId::SettingsRooms, &access_token()).await;
    let records = wire.ledger().take();
    assert_eq!(
        response.requests,
        records.iter().map(|record| record.n).collect::<Vec<_>>()
    );
    assert!(
        records
            .iter()
            .all(|record| record.purpose == CheckId::SettingsRooms.into() && !record.writes)
    );
    let requests = listener.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.to_lowercase().contains("authorization: bearer ey"))
    );
    let first_line = |request: String| {
        request
            .lines()
            .next()
            .unwrap_or_default()
            .replace("%24", "$")
    };
    (
        response.reply,
        requests.into_iter().map(first_line).collect(),
    )
}

fn facts(reply: &Reply<RoomList>) -> (usize, Option<&str>) {
    let list = reply.success().unwrap();
    assert_eq!(list.addresses.len(), list.facts.rooms);
    (list.facts.rooms, list.facts.cut_short.as_deref())
}

#[tokio::test]
async fn only_addresses_and_names_are_requested() {
    let (reply, requests) = listed(|_| vec![page(0..3, r#","@odata.count":3"#)]).await;
    assert_eq!(facts(&reply), (3, None));
    let query = "$top=500&$count=true&$select=emailAddress,displayName";
    assert_eq!(
        requests,
        [format!(
            "GET /v1.0/places/microsoft.graph.room?{query} HTTP/1.1"
        )]
    );
}

#[tokio::test]
async fn links_are_followed_to_the_end() {
    let (reply, requests) = listed(|base| {
        let link = format!(
            r#","@odata.nextLink":"{base}/v1.0/places/microsoft.graph.room?$skiptoken=abc""#
        );
        vec![page(0..2, &link), page(1..4, "")]
    })
    .await;
    assert_eq!(facts(&reply), (4, None));
    assert!(requests[1].contains("$skiptoken=abc"), "{requests:?}");
}

#[tokio::test]
async fn the_token_goes_to_no_other_host_and_to_no_other_list() {
    for link in [
        "https://evil.test/v1.0/places/microsoft.graph.room?$skip=2",
        "http://127.0.0.1:9/v1.0/places/microsoft.graph.room?$skip=2",
        "{base}/v1.0/users?$skip=2",
        "https://graph.microsoft.com.evil.test/v1.0/places/microsoft.graph.room",
        "/v1.0/places/microsoft.graph.room?$skip=2",
    ] {
        let (reply, requests) = listed(|base| {
            let link = link.replace("{base}", base);
            vec![page(0..2, &format!(r#","@odata.nextLink":"{link}""#))]
        })
        .await;
        let (rooms, cut_short) = facts(&reply);
        assert!(
            rooms == 2 && cut_short.is_some_and(|why| why.contains("next page")),
            "{link}: {cut_short:?}"
        );
        assert_eq!(requests.len(), 1, "{link}");
    }
}

#[tokio::test]
async fn a_full_page_without_a_link_is_not_taken_for_the_end() {
    let (reply, requests) = listed(|_| vec![page(0..100, ""), page(100..130, "")]).await;
    assert_eq!(facts(&reply), (130, None));
    assert!(
        requests[1].contains("$top=500&$skip=100&$count=true"),
        "{requests:?}"
    );
    let (reply, requests) = listed(|_| vec![page(0..100, ""), page([], "")]).await;
    assert_eq!((facts(&reply), requests.len()), ((100, None), 2));
    let (reply, requests) = listed(|_| vec![page(0..100, r#","@odata.count":100"#)]).await;
    assert_eq!((facts(&reply), requests.len()), ((100, None), 1));
}

#[tokio::test]
async fn a_service_that_ignores_skip_gets_one_request_for_all_rooms() {
    let count = r#","@odata.count":1535"#;
    let (reply, requests) = listed(|_| {
        vec![
            page(0..500, count),
            page(0..500, count),
            page(0..1535, count),
        ]
    })
    .await;
    assert_eq!(facts(&reply), (1535, None));
    assert!(
        requests[2].contains("$top=1535&$count=true"),
        "{requests:?}"
    );
    let (reply, requests) = listed(|_| vec![page(0..100, count)]).await;
    assert_eq!(
        facts(&reply),
        (100, Some("the tenant counts 1535 rooms and lists 100"))
    );
    assert_eq!(requests.len(), 3);
    let (reply, _) = listed(|_| vec![page(0..100, "")]).await;
    assert_eq!(facts(&reply), (100, Some("its pages repeat")));
}

#[tokio::test]
async fn links_in_a_circle_come_to_an_end() {
    let circle = |base: &str| {
        format!(r#","@odata.nextLink":"{base}/v1.0/places/microsoft.graph.room?$skip=0""#)
    };
    let (reply, requests) = listed(|base| vec![page(0..2, &circle(base))]).await;
    assert_eq!(
        (facts(&reply), requests.len()),
        ((2, Some("its pages repeat")), 2)
    );
    let (reply, requests) =
        listed(|base| (0..50).map(|n| page([n], &circle(base))).collect()).await;
    assert_eq!(
        (facts(&reply), requests.len()),
        ((40, Some("it has more than 40 pages")), 40)
    );
}

#[tokio::test]
async fn the_last_page_that_is_read_can_be_the_last_one() {
    let pages = |base: &str, pages: usize| {
        let link = |page: usize| {
            format!(r#","@odata.nextLink":"{base}/v1.0/places/microsoft.graph.room?$skip={page}""#)
        };
        let more = |number: usize| {
            if number + 1 == pages {
                String::new()
            } else {
                link(number + 1)
            }
        };
        (0..pages)
            .map(|number| page([number], &more(number)))
            .collect()
    };
    let (reply, requests) = listed(|base| pages(base, 40)).await;
    assert_eq!((facts(&reply), requests.len()), ((40, None), 40));
    let (reply, requests) = listed(|base| pages(base, 41)).await;
    assert_eq!(
        (facts(&reply), requests.len()),
        ((40, Some("it has more than 40 pages")), 40)
    );
}

#[tokio::test]
async fn a_page_of_all_rooms_is_requested_up_to_the_largest_page() {
    let with_count = |count: usize| {
        let count = format!(r#","@odata.count":{count}"#);
        vec![page(0..100, &count), page(0..100, &count)]
    };
    let (_, requests) = listed(|_| with_count(5000)).await;
    assert!(requests[2].contains("$top=5000&"), "{requests:?}");
    let (reply, requests) = listed(|_| with_count(5001)).await;
    let why = "the tenant counts 5001 rooms and lists 100";
    assert_eq!((facts(&reply), requests.len()), ((100, Some(why)), 2));
}

#[tokio::test]
async fn a_page_that_fails_leaves_the_others() {
    let refused = json(
        403,
        r#"{"error":{"code":"ErrorAccessDenied","message":"no"}}"#,
    );
    let (reply, _) = listed(|base| {
        let link =
            format!(r#","@odata.nextLink":"{base}/v1.0/places/microsoft.graph.room?$skip=2""#);
        vec![page(0..2, &link), refused.clone()]
    })
    .await;
    assert_eq!(
        facts(&reply),
        (2, Some("page 2: HTTP 403 ErrorAccessDenied"))
    );
    let (reply, _) = listed(|_| vec![refused]).await;
    assert_eq!(reply.refusal().map(|refusal| refusal.status), Some(403));
}

#[tokio::test]
async fn rooms_without_a_usable_address_are_named() {
    let body = r#"{"value":[{"displayName":"Board"},{"emailAddress":"","displayName":"Attic\u0007"},{"emailAddress":"x","displayName":null},
        {"emailAddress":" A@x.com "},{"emailAddress":"a@X.com","displayName":"again"},{}]}"#;
    let (reply, _) = listed(|_| vec![json(200, body)]).await;
    let list = reply.success().unwrap();
    assert_eq!(
        list.addresses
            .iter()
            .map(MailboxAddress::as_str)
            .collect::<Vec<_>>(),
        ["A@x.com"]
    );
    let RoomListFacts {
        without_address, ..
    } = &list.facts;
    assert_eq!(without_address.len(), 4);
    assert!(
        without_address.contains(&"Board".to_owned()) && without_address.contains(&"x".to_owned())
    );
    assert!(
        !without_address.iter().any(|name| name.contains('\u{7}')),
        "{without_address:?}"
    );
}

#[tokio::test]
async fn anything_but_a_list_is_unexpected() {
    let (reply, _) = listed(|_| vec![json(200, r#"{"rooms":[]}"#)]).await;
    assert!(
        matches!(reply, Reply::Unexpected(unexpected) if unexpected.problem == "no list in it")
    );
}
