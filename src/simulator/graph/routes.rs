//! Which call a method and a path mean.

use crate::simulator::message::{SimulatedRequest, SimulatedResponse};
use crate::simulator::tenant::Tenant;

use super::authentication::authenticate;
use super::batch::Batch;
use super::call::{GraphCall, Outcome};
use super::error::GraphRefusal;
use super::query::Query;
use super::{batch, calendar, directory, mail, mailbox, places, registration};

/// Handles a request to Microsoft Graph.
pub(crate) fn respond(tenant: &Tenant, request: &SimulatedRequest) -> SimulatedResponse {
    perform(tenant, request).unwrap_or_else(|refusal| refusal.to_response(request, tenant.now()))
}

/// The batch that a request contains, if it is valid: the caller is known and the form is right.
pub(crate) fn batched(tenant: &Tenant, request: &SimulatedRequest) -> Option<Batch> {
    let is_batch =
        |segments: &[String]| matches!(segments, [_, word] if word.eq_ignore_ascii_case("$batch"));
    if request.method != "POST" || !is_batch(&request.segments()) {
        return None;
    }
    batch::read(&call(tenant, request).ok()?).ok()
}

fn perform(tenant: &Tenant, request: &SimulatedRequest) -> Outcome {
    let call = call(tenant, request)?;
    let segments = request.segments();
    let words: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    route(&call, &words)
}

fn call<'call>(
    tenant: &'call Tenant,
    request: &'call SimulatedRequest,
) -> Result<GraphCall<'call>, GraphRefusal> {
    let (token, app) = authenticate(tenant, request)?;
    let query = Query::read(request, tenant.scheme())?;
    Ok(GraphCall {
        tenant,
        request,
        token,
        app,
        query,
    })
}

fn route(call: &GraphCall<'_>, words: &[&str]) -> Outcome {
    let method = call.request.method.as_str();
    if let Some((set, client_id, rest)) = keyed_by_app_id(words) {
        return registration::respond(call, set, client_id, rest);
    }
    // Names of resources are compared without case, ids are not.
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (method, lower.as_slice(), words) {
        ("POST", ["$batch"], _) => batch::respond(call, |request| respond(call.tenant, request)),
        ("GET", ["users"], _) => directory::users(call),
        ("GET", ["groups"], _) => directory::groups(call),
        ("GET", ["organization"], _) => directory::organization(call),
        ("GET", ["places", "microsoft.graph.room"], _) => places::rooms(call),
        ("GET", ["groups", _], [_, id]) => directory::group(call, id),
        ("GET", ["groups", _, "members"], [_, id, _]) => directory::members(call, id),
        (_, ["users", _, ..], [_, id, rest @ ..]) => user_route(call, id, &lower[2..], rest),
        (_, ["$batch" | "users" | "groups" | "organization"] | ["groups", _, ..], _) => {
            Err(wrong_method())
        }
        _ => Err(unknown_segment(words)),
    }
}

fn user_route(call: &GraphCall<'_>, id: &str, lower: &[&str], rest: &[&str]) -> Outcome {
    match (call.request.method.as_str(), lower, rest) {
        ("GET", [], _) => directory::user(call, id),
        ("GET", ["calendar"], _) => calendar::folder(call, id),
        ("GET", ["calendarview"] | ["calendar", "calendarview"], _) => calendar::view(call, id),
        ("GET", ["events"] | ["calendar", "events"], _) => calendar::list(call, id),
        ("POST", ["events"] | ["calendar", "events"], _) => calendar::create(call, id),
        ("GET", ["events", _] | ["calendar", "events", _], [.., event]) => {
            calendar::get(call, id, event)
        }
        ("DELETE" | "PATCH", ["events", _] | ["calendar", "events", _], [.., event])
        | ("POST", ["events", _, "permanentdelete"], [_, event, _]) => {
            calendar::change(call, id, event)
        }
        ("GET", ["mailboxsettings"], _) => mailbox::settings(call, id),
        ("POST", ["sendmail"], _) => mail::send(call, id),
        ("POST", ["messages", _, "send"], [_, message, _]) => mail::send_draft(call, id, message),
        ("GET", ["messages", _], [_, message]) => mail::get(call, id, message),
        ("GET", ["contacts", _], [_, contact]) => mail::get_contact(call, id, contact),
        ("DELETE", ["messages", _], [_, message]) => mail::delete(call, id, message),
        (
            _,
            []
            | ["calendarview" | "mailboxsettings" | "sendmail"]
            | ["calendar" | "contacts" | "events" | "messages", ..],
            _,
        ) => Err(wrong_method()),
        _ => Err(unknown_segment(rest)),
    }
}

/// `applications(appId='…')` and `servicePrincipals(appId='…')`.
fn keyed_by_app_id<'path>(
    words: &'path [&'path str],
) -> Option<(&'path str, &'path str, &'path [&'path str])> {
    let (first, rest) = words.split_first()?;
    let (set, key) = first.split_once('(')?;
    let client_id = key.strip_suffix("')")?.strip_prefix("appId='")?;
    Some((set, client_id, rest))
}

fn wrong_method() -> GraphRefusal {
    GraphRefusal::new(
        405,
        "Request_BadRequest",
        "Specified HTTP method is not allowed for the request target.",
    )
}

fn unknown_segment(words: &[&str]) -> GraphRefusal {
    GraphRefusal::bad_request(format!(
        "Resource not found for the segment '{}'.",
        words.last().unwrap_or(&"")
    ))
}

#[cfg(test)]
mod tests {
    use crate::simulator::small_tenant::{graph_code, send_to_graph, small_tenant};

    #[test]
    fn unknown_paths_and_wrong_methods_are_refused() {
        let tenant = small_tenant();
        assert_eq!(send_to_graph(&tenant, "GET", "/romos", None).status, 400);
        assert_eq!(
            send_to_graph(
                &tenant,
                "GET",
                "/users/boardroom@contoso.com/calendarViews",
                None
            )
            .status,
            400
        );
        assert_eq!(
            graph_code(&send_to_graph(&tenant, "POST", "/users", None)).0,
            405
        );
        assert_eq!(
            graph_code(&send_to_graph(
                &tenant,
                "PUT",
                "/users/boardroom@contoso.com/events",
                None
            ))
            .0,
            405
        );
    }
}
