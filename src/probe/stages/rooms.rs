//! The rooms that the tenant lists. They are known before the mailboxes are planned.

use crate::evidence::{Execution, Finding, Reply, RoomListing};
use crate::probe::blockers::Tokens;
use crate::probe::context::Run;
use crate::probe::results::RowResult;
use crate::settings::{Connection, Estate, Rooms};
use crate::terms::{CheckId, SkipReason};
use crate::wire::RoomList;

use super::hosts::Reachability;
use super::settings::faults_of;
use super::tenant_wide::graph_token;

/// Requests the rooms of the connection that wants them, with the token of its other requests.
pub(super) async fn list(run: &Run<'_>, reach: &Reachability, tokens: &Tokens) -> Option<Estate> {
    let (index, connection) = run
        .connections()
        .find(|(_, connection)| connection.rooms.from_tenant)?;
    let mut estate = run.estate.clone();
    let rooms = &mut estate.connections.get_mut(index)?.rooms;
    let result = match graph_token(reach, tokens, connection) {
        Err(blocker) => {
            let listing = RoomListing::Blocked(blocker);
            rooms.unlisted = why_unlisted(&listing);
            RowResult::bare(Execution::completed(finding(connection, listing)))
        }
        Ok(token) => RowResult::from_response(
            run.wire.rooms(CheckId::SettingsRooms, token).await,
            |reply| {
                let listing = RoomListing::Requested(keep_addresses(rooms, reply));
                rooms.unlisted = why_unlisted(&listing);
                finding(connection, listing)
            },
        ),
    };
    run.fill_all(run.plan.find(CheckId::SettingsRooms, Some(index)), &result);
    share_with_switched(run, &mut estate, index, &result);
    Some(estate)
}

/// Gives the rooms to the same connection after its switch, which a run about the move to Graph has as well.
fn share_with_switched(run: &Run<'_>, estate: &mut Estate, listed: usize, result: &RowResult) {
    let Some(rooms) = estate.connections.get(listed).map(|own| own.rooms.clone()) else {
        return;
    };
    for (index, connection) in estate.connections.iter_mut().enumerate() {
        if connection.rooms.from_tenant && index != listed {
            connection.rooms = rooms.clone();
            run.fill_all(run.plan.find(CheckId::SettingsRooms, Some(index)), result);
        }
    }
}

/// Takes the addresses over; the rest is evidence.
fn keep_addresses(
    rooms: &mut Rooms,
    reply: Reply<RoomList>,
) -> Reply<crate::evidence::RoomListFacts> {
    reply.map(|list| {
        rooms.add_listed(list.addresses);
        list.facts
    })
}

/// Why the rooms cannot be checked; `None` if there are any.
fn why_unlisted(listing: &RoomListing) -> Option<(SkipReason, Option<CheckId>)> {
    match listing {
        RoomListing::Blocked(blocker) => Some((SkipReason::Blocked, Some(*blocker))),
        RoomListing::Requested(Reply::Success(facts)) => {
            (facts.rooms == 0).then_some((SkipReason::NeedsInput, None))
        }
        refused if refused.lacks_permission() => Some((SkipReason::NeedsPermission, None)),
        RoomListing::Requested(_) => Some((SkipReason::Blocked, Some(CheckId::SettingsRooms))),
    }
}

fn finding(connection: &Connection, listing: RoomListing) -> Finding {
    Finding::Rooms {
        faults: faults_of(CheckId::SettingsRooms, &connection.faults),
        listing,
    }
}
