//! What goes out to each service, and what is made of what comes back.

use crate::evidence::Reply;
use crate::terms::CheckId;
use crate::wire::EarlierAttempts;
use crate::wire::claims::tests::token as jwt;

use super::listener::{Act, Listener, http_response, json};
use super::{access_token, client, credential, mailbox, tenant, wire_to};

const SECRET: &str = "abc8Q~se+cr/et&0123456789";

async fn sign_in(
    listener: &Listener,
) -> (
    Reply<crate::evidence::TokenFacts>,
    Option<crate::wire::AccessToken>,
    String,
) {
    let wire = wire_to(&listener.base);
    let (exchanged, token) = wire
        .token(
            CheckId::SignInGraph,
            &tenant(),
            &client(),
            &credential(SECRET),
            "https://graph.microsoft.com",
        )
        .await;
    let records = serde_json::to_string(&wire.ledger().take()).unwrap();
    (exchanged.reply, token, records)
}

/// A token that is not a JWT has no form by which it could be recognized.
#[tokio::test]
async fn a_token_is_not_recorded_where_a_header_of_its_own_response_repeats_it() {
    let issued = "9d-4cd4-8fad-5d5c1d85216c";
    let headers = format!(
        "Content-Type: application/json; {issued}\r\nrequest-id: {issued}\r\nserver: {issued}\r\n\
         WWW-Authenticate: Bearer error=\"{issued}\"\r\n"
    );
    for (status, kind) in [(200, "Bearer"), (200, "Other"), (401, "Bearer")] {
        let body = format!(r#"{{"token_type":"{kind}","access_token":"{issued}"}}"#);
        let listener = Listener::sending(http_response(status, &headers, &body)).await;
        let (reply, _, records) = sign_in(&listener).await;
        assert!(records.contains("application/json; ***"), "{records}");
        for text in [records, format!("{reply:?}")] {
            assert!(!text.contains(issued), "{status} {kind}: {text}");
        }
    }
}

#[tokio::test]
async fn a_token_is_requested_with_client_credentials_in_the_body() {
    let issued = jwt(r#"{"tid":"t","roles":["Mail.Send"]}"#);
    let body = format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{issued}"}}"#);
    let listener = Listener::sending(json(200, &body)).await;
    let (reply, token, records) = sign_in(&listener).await;
    let facts = reply.success().unwrap();
    assert_eq!(
        (facts.roles.as_slice(), facts.lifetime_s),
        (["Mail.Send".to_owned()].as_slice(), Some(3599))
    );
    assert!(token.is_some());
    let requests = &listener.requests()[0];
    assert!(
        requests.starts_with("POST /5f3c1a52-0000-4000-8000-000000000001/oauth2/v2.0/token "),
        "{requests}"
    );
    assert!(
        requests.contains("client_secret=abc8Q%7Ese%2Bcr%2Fet%260123456789"),
        "{requests}"
    );
    assert!(
        requests.contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"),
        "{requests}"
    );
    assert!(
        !requests.to_ascii_lowercase().contains("authorization:"),
        "{requests}"
    );
    assert!(
        !records.contains(&issued) && !records.contains("8Q~") && !records.contains("8Q%7E"),
        "{records}"
    );
}

#[tokio::test]
async fn an_opaque_token_is_a_success_that_cannot_be_read() {
    let listener = Listener::sending(json(
        200,
        r#"{"token_type":"bearer","access_token":"opaque"}"#,
    ))
    .await;
    let (reply, token, _) = sign_in(&listener).await;
    let facts = reply.success().unwrap();
    assert!(!facts.readable && facts.unreadable_because.is_some() && token.is_some());
}

#[tokio::test]
async fn a_value_that_no_header_can_carry_is_not_a_token() {
    for (fields, problem) in [
        (
            r#""token_type":"Bearer","access_token":"""#,
            "an empty token",
        ),
        (
            r#""token_type":"Bearer","access_token":" \t\n ""#,
            "an empty token",
        ),
        (
            r#""token_type":"Bearer","access_token":"eyJ eyJ""#,
            "a token with white space in it",
        ),
        (
            r#""token_type":"Bearer","access_token":"eyJ\u0000""#,
            "a token with white space in it",
        ),
        (
            "\"token_type\":\"Bearer\",\"access_token\":\"eyJ\u{fffd}\"",
            "a token with characters outside ASCII",
        ),
        (
            r#""token_type":"pop","access_token":"eyJ""#,
            "a token of another type than Bearer",
        ),
        (
            r#""token_type":"","access_token":"eyJ""#,
            "a token of another type than Bearer",
        ),
        (
            r#""access_token":"eyJ""#,
            "not in the form of a token response",
        ),
        (
            r#""token_type":"Bearer","access_token":null"#,
            "not in the form of a token response",
        ),
        (
            r#""token_type":"Bearer","access_token":7"#,
            "not in the form of a token response",
        ),
        (
            r#""token_type":"Bearer","access_token":["eyJ"]"#,
            "not in the form of a token response",
        ),
        (
            r#""token_type":"Bearer""#,
            "not in the form of a token response",
        ),
    ] {
        let listener = Listener::sending(json(200, &format!("{{{fields}}}"))).await;
        let (reply, token, _) = sign_in(&listener).await;
        let Reply::Unexpected(odd) = &reply else {
            panic!("{fields}: {reply:?}")
        };
        assert_eq!(
            (odd.problem.as_str(), odd.excerpt.as_str()),
            (problem, ""),
            "{fields}"
        );
        assert!(token.is_none(), "{fields}");
    }
}

#[tokio::test]
async fn an_odd_lifetime_spoils_no_token() {
    for (lifetime, read) in [
        ("3599", Some(3599)),
        (r#""3599""#, Some(3599)),
        ("0", Some(0)),
        ("-1", None),
        ("99999999999999999999999", None),
        ("1.5", None),
        ("null", None),
        (r#""soon""#, None),
    ] {
        let body =
            format!(r#"{{"token_type":"Bearer","expires_in":{lifetime},"access_token":"opaque"}}"#);
        let (reply, token, _) = sign_in(&Listener::sending(json(200, &body)).await).await;
        assert_eq!(
            reply.success().map(|facts| facts.lifetime_s),
            Some(read),
            "{lifetime}"
        );
        assert!(token.is_some(), "{lifetime}");
    }
}

#[tokio::test]
async fn a_padded_refusal_is_read() {
    let body = r#"{"error":"invalid_client","error_description":"AADSTS7000222: expired","error_codes":[7000222]}"#;
    for padded in [
        format!("{body}\0\0\0\0"),
        format!("\u{feff}{body}"),
        format!("\0 \r\n{body}\0 "),
    ] {
        let (reply, _, _) = sign_in(&Listener::sending(json(401, &padded)).await).await;
        assert_eq!(
            reply.refusal().map(|refusal| refusal.aadsts.clone()),
            Some(vec![7_000_222]),
            "{padded:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_sign_in_keeps_numbers_and_ids_and_never_the_secret() {
    let body = format!(
        r#"{{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret {SECRET}.","error_codes":[7000215],"trace_id":"t-1","correlation_id":"c-1"}}"#
    );
    let listener = Listener::sending(json(401, &body)).await;
    let (reply, token, records) = sign_in(&listener).await;
    let Reply::Refused(refusal) = &reply else {
        panic!("{reply:?}")
    };
    assert_eq!(
        (refusal.status, refusal.code.as_deref()),
        (401, Some("invalid_client"))
    );
    assert_eq!(refusal.aadsts, [7_000_215]);
    assert_eq!(refusal.values["trace_id"], "t-1");
    assert_eq!(
        refusal.message.as_deref(),
        Some("AADSTS7000215: Invalid client secret ***.")
    );
    assert!(token.is_none());
    assert_eq!(listener.requests().len(), 1);
    assert!(!format!("{reply:?}{records}").contains("se+cr"));
}

#[tokio::test]
async fn a_throttled_sign_in_is_repeated() {
    let busy = http_response(
        429,
        "Retry-After: 0\r\nContent-Type: application/json\r\n",
        r#"{"error":"temporarily_unavailable"}"#,
    );
    let body = r#"{"token_type":"Bearer","access_token":"opaque"}"#;
    let listener = Listener::with_acts(vec![Act::Send(busy), Act::Send(json(200, body))]).await;
    let (reply, _, _) = sign_in(&listener).await;
    assert!(matches!(reply, Reply::Success(_)), "{reply:?}");
    assert_eq!(listener.requests().len(), 2);
}

#[tokio::test]
async fn a_malformed_token_response_is_never_quoted() {
    for (body, problem) in [
        (
            r#"{"token_type":"Bearer","access_token":"opaque-t0ken"#,
            "cut off",
        ),
        (
            r#"{"access_token":"opaque-t0ken"}"#,
            "not in the form of a token response",
        ),
        ("opaque-t0ken", "not JSON"),
    ] {
        let (reply, token, records) = sign_in(&Listener::sending(json(200, body)).await).await;
        let Reply::Unexpected(odd) = &reply else {
            panic!("{reply:?}")
        };
        assert_eq!(odd.problem, problem);
        assert!(token.is_none());
        assert!(!format!("{reply:?}{records}").contains("t0ken"));
    }
}

#[tokio::test]
async fn a_portal_in_front_of_sign_in_is_foreign() {
    let page = "<!DOCTYPE html><html>Please accept the terms</html>";
    let portal = Listener::sending(http_response(200, "Content-Type: text/html\r\n", page)).await;
    let (reply, _, _) = sign_in(&portal).await;
    assert!(
        matches!(&reply, Reply::Unexpected(odd) if odd.foreign && odd.excerpt.is_empty()),
        "{reply:?}"
    );
    let blocked = Listener::sending(http_response(403, "Content-Type: text/html\r\n", page)).await;
    let (reply, _, _) = sign_in(&blocked).await;
    assert!(
        matches!(&reply, Reply::Unexpected(odd) if odd.foreign && odd.excerpt.contains("terms")),
        "{reply:?}"
    );
}

#[tokio::test]
async fn discovery_requests_the_document_of_the_tenant() {
    let body = r#"{"issuer":"https://login.microsoftonline.com/5f3c1a52-0000-4000-8000-000000000001/v2.0"}"#;
    let listener = Listener::sending(json(200, body)).await;
    let base = listener.base.parse().unwrap();
    let reply = wire_to("http://127.0.0.1:9")
        .discover(CheckId::TenantDiscovery, &base, "contoso.com")
        .await
        .reply;
    assert!(reply.success().is_some());
    assert!(
        listener.requests()[0]
            .starts_with("GET /contoso.com/v2.0/.well-known/openid-configuration ")
    );
}

#[tokio::test]
async fn a_calendar_view_is_one_hour_and_never_requests_subjects() {
    let listener = Listener::sending(json(200, r#"{"value":[]}"#)).await;
    let room = mailbox("o'neill+room@contoso.com");
    let wire = wire_to(&listener.base);
    wire.calendar_view(
        CheckId::MailboxCalendarRead,
        &access_token(),
        &room,
        EarlierAttempts::default(),
    )
    .await;
    let requests = &listener.requests()[0];
    assert!(
        requests.starts_with(
            "GET /v1.0/users/o%27neill%2Broom@contoso.com/calendarView?startDateTime=20"
        ),
        "{requests}"
    );
    assert!(
        requests.contains("&$top=1&$select=id HTTP/1.1\r\n"),
        "{requests}"
    );
    assert!(
        requests.contains("return-client-request-id: true"),
        "{requests}"
    );
    assert!(requests.contains("authorization: Bearer "), "{requests}");
    assert!(
        !serde_json::to_string(&wire.ledger().take())
            .unwrap()
            .contains("Bearer")
    );
}

#[tokio::test]
async fn a_request_for_a_nonexistent_item_is_sent_without_a_body() {
    let body = r#"{"error":{"code":"ErrorInvalidIdMalformed","message":"Id is malformed."}}"#;
    let listener = Listener::sending(json(400, body)).await;
    let wire = wire_to(&listener.base);
    let room = mailbox("r@contoso.com");
    let reply = wire
        .no_touch_event_delete(
            CheckId::MailboxCalendarWrite,
            &access_token(),
            &room,
            EarlierAttempts::default(),
        )
        .await
        .reply;
    assert!(
        matches!(reply, Reply::Refused(refusal) if refusal.code.as_deref() == Some("ErrorInvalidIdMalformed"))
    );
    wire.no_touch_message_send(CheckId::MailSend, &access_token(), &room)
        .await;
    let requests = listener.requests();
    assert!(requests[0].starts_with(
        "DELETE /v1.0/users/r@contoso.com/events/rx-preflight-asks-about-no-such-item "
    ));
    assert!(requests[1].starts_with(
        "POST /v1.0/users/r@contoso.com/messages/rx-preflight-asks-about-no-such-item/send "
    ));
    assert_eq!(requests[1].matches("content-length: 0").count(), 1);
    assert!(wire.ledger().take().iter().all(|record| !record.writes));
}

#[tokio::test]
async fn the_registration_is_requested_by_app_id() {
    let body = r#"{"displayName":"RX","requiredResourceAccess":[]}"#;
    let listener = Listener::sending(json(200, body)).await;
    let wire = wire_to(&listener.base);
    let reply = wire
        .registration(
            CheckId::RegistrationSecretExpiry,
            &access_token(),
            &client(),
            &credential(SECRET),
        )
        .await
        .reply;
    assert_eq!(
        reply
            .success()
            .and_then(|facts| facts.display_name.as_deref()),
        Some("RX")
    );
    let requests = &listener.requests()[0];
    let path = "GET /v1.0/applications(appId='9a411a52-0000-4000-8000-000000000002')?$select=displayName,passwordCredentials,requiredResourceAccess,signInAudience ";
    assert!(requests.starts_with(path), "{requests}");
}

#[tokio::test]
async fn a_folder_is_requested_by_impersonating_the_room() {
    let fault = http_response(
        403,
        "X-EWS-Policy-Reason: EWS is disabled for this user or tenant\r\n",
        "",
    );
    let listener = Listener::sending(fault).await;
    let wire = wire_to(&listener.base);
    let room = mailbox("room1@contoso.com");
    let reply = wire
        .calendar_folder(CheckId::MailboxImpersonation, &access_token(), &room)
        .await
        .reply;
    let Reply::Refused(refusal) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(
        refusal.policy_reason.as_deref(),
        Some("EWS is disabled for this user or tenant")
    );
    let requests = &listener.requests()[0];
    for sign in [
        "x-anchormailbox: room1@contoso.com",
        "content-type: text/xml; charset=utf-8",
        "accept: text/xml",
        "client-request-id: ",
    ] {
        assert!(requests.contains(sign), "{sign} in {requests}");
    }
    assert_eq!(
        wire.ledger().take()[0].headers["x-ews-policy-reason"],
        "EWS is disabled for this user or tenant"
    );
}

#[tokio::test]
async fn the_services_are_reached_by_their_refusal_of_a_missing_token() {
    let challenge = "WWW-Authenticate: Bearer client_id=\"00000002-0000-0ff1-ce00-000000000000\", error=\"invalid_token\"\r\n";
    let listener = Listener::sending(http_response(401, challenge, "")).await;
    let wire = wire_to(&listener.base);
    assert_eq!(
        wire.reach_graph(CheckId::NetworkGraph).await.reply,
        Reply::Success(())
    );
    assert_eq!(
        wire.reach_exchange(CheckId::NetworkExchange).await.reply,
        Reply::Success(())
    );
    let requests = listener.requests();
    assert!(
        requests[0].starts_with("GET /v1.0/users?$top=1&$select=id "),
        "{}",
        requests[0]
    );
    assert!(requests[1].starts_with("POST /EWS/Exchange.asmx "));
    assert!(
        requests
            .iter()
            .all(|request| !request.contains("authorization:"))
    );
    let numbers: Vec<u32> = wire.ledger().take().iter().map(|record| record.n).collect();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test]
async fn a_throttled_exchange_request_is_retried_even_with_status_200() {
    let busy = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x><y ResponseClass="Error"><ResponseCode>ErrorServerBusy</ResponseCode><MessageXml><Value Name="BackOffMilliseconds">1</Value></MessageXml></y></x></s:Body></s:Envelope>"#;
    let fine = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x><y ResponseClass="Success"><Folders><CalendarFolder/></Folders></y></x></s:Body></s:Envelope>"#;
    let xml = |body| Act::Send(http_response(200, "Content-Type: text/xml\r\n", body));
    let listener = Listener::with_acts(vec![xml(busy), xml(fine)]).await;
    let wire = wire_to(&listener.base);
    let reply = wire
        .calendar_folder(
            CheckId::MailboxImpersonation,
            &access_token(),
            &mailbox("r@contoso.com"),
        )
        .await
        .reply;
    assert!(matches!(reply, Reply::Success(_)), "{reply:?}");
    assert_eq!(wire.ledger().take()[0].attempts, 2);
}

/// Compiles only if the probe may run the requests on any thread.
#[tokio::test]
async fn every_request_may_move_between_threads() {
    let listener = Listener::sending(json(200, r#"{"value":[]}"#)).await;
    let wire = std::sync::Arc::new(wire_to(&listener.base));
    let requested = tokio::spawn(async move {
        let room = mailbox("r@contoso.com");
        let resource = "https://graph.microsoft.com";
        wire.token(
            CheckId::SignInGraph,
            &tenant(),
            &client(),
            &credential(SECRET),
            resource,
        )
        .await;
        wire.calendar_folder(CheckId::MailboxImpersonation, &access_token(), &room)
            .await;
        for api in [crate::terms::Api::Ews, crate::terms::Api::Graph] {
            let (purpose, token) = (CheckId::MailboxCalendarWrite, access_token());
            let at = crate::wire::EventMailbox {
                purpose,
                api,
                token: &token,
                address: &room,
            };
            wire.write_and_remove_event(at, &wire.new_test_event(), |_| {})
                .await;
        }
        wire.users(CheckId::DirectoryUsers, &access_token())
            .await
            .reply
    });
    assert_eq!(requested.await.unwrap(), Reply::Success(()));
}
