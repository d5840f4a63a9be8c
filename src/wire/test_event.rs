//! The test event of `--allow-write calendar`: created with a marker, found by its marker and removed.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::evidence::{Failure, Layer, Reply, Unexpected, WriteFacts};
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId};

use super::client::{Wire, later};
use super::mask::sanitize;
use super::response::{ResponseOrigin, ServiceResponse};
use super::secret::AccessToken;

/// The subject of the test event and the test mail: it states where the item came from and that it may be deleted.
pub const TEST_SUBJECT: &str = "rx-preflight test, may be deleted";
/// More than a year ahead, where no panel shows it and users rarely book.
const AHEAD: Duration = Duration::from_hours(9600);
/// How long the event lasts.
const LASTING: Duration = Duration::from_mins(15);
/// A creation whose response was lost may take effect a moment after the first search.
const BEFORE_SECOND_SEARCH: Duration = Duration::from_secs(2);

/// A test event, known before it is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestEvent {
    /// The value of its extended property, which no other event has.
    pub marker: Uuid,
    /// When it begins.
    pub starts: Timestamp,
}

impl TestEvent {
    /// When it ends.
    pub(super) fn ends(&self) -> Timestamp {
        later(self.starts, LASTING)
    }

    /// What to look for in the calendar of `mailbox`.
    pub fn describe(&self, mailbox: &str) -> String {
        format!(
            "event `{TEST_SUBJECT}` of {} in the calendar of {mailbox}",
            self.starts
        )
    }
}

/// The mailbox of a test event, and how it is reached.
#[derive(Clone, Copy)]
pub struct EventMailbox<'a> {
    /// The check for which it is written.
    pub purpose: CheckId,
    /// The API of the connection.
    pub api: Api,
    /// The token to write with.
    pub token: &'a AccessToken,
    /// The mailbox.
    pub address: &'a MailboxAddress,
}

/// What a search for a marker has led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// No event carries the marker.
    NotFound,
    /// Events with the marker were found, and none of them is left.
    Removed,
    /// An event with the marker was found and could not be removed.
    Left(String),
}

/// What came of creating a test event and removing it.
pub struct EventWritten {
    /// What is known of it.
    pub exchanged: ServiceResponse<WriteFacts>,
    /// Nothing of it can be in the calendar, neither now nor later.
    pub settled: bool,
}

impl Wire {
    /// A test event that has not been created yet.
    pub fn new_test_event(&self) -> TestEvent {
        TestEvent {
            marker: Uuid::new_v4(),
            starts: far_ahead(self.clock.now()),
        }
    }

    /// Creates a private, free event without attendees or reminder far ahead, removes it and looks whether it is gone.
    /// The creation is sent once, after `on_send` was called with its number. Where its response is lost, the event is
    /// searched for by its marker.
    pub async fn write_and_remove_event(
        &self,
        at: EventMailbox<'_>,
        event: &TestEvent,
        on_send: impl FnOnce(u32),
    ) -> EventWritten {
        let created = match at.api {
            Api::Ews => self.create_event_ews(at, event, on_send).await,
            Api::Graph => self.create_event_graph(at, event, on_send).await,
        };
        if let Reply::Success(id) = &created.reply {
            let exchanged = self.remove_event(at, id).await.after(&created);
            let settled = exchanged
                .reply
                .success()
                .is_some_and(|facts| facts.cleaned_up);
            return EventWritten { exchanged, settled };
        }
        // A request that was held back was not sent; one that the end of the run cut off may take effect later.
        let is_known = match created.origin {
            ResponseOrigin::Own => !may_have_happened(&created.reply),
            ResponseOrigin::Withheld => true,
            ResponseOrigin::CutOff => {
                let settled = created.requests.is_empty();
                return EventWritten {
                    exchanged: created.with(|reply| reply.map(|_| left(None))),
                    settled,
                };
            }
        };
        if is_known {
            let nothing = |reply: Reply<String>| reply.map(|_| left(None));
            return EventWritten {
                exchanged: created.with(nothing),
                settled: true,
            };
        }
        self.remove_lost_event(at, event, created).await
    }

    async fn remove_lost_event(
        &self,
        at: EventMailbox<'_>,
        event: &TestEvent,
        created: ServiceResponse<String>,
    ) -> EventWritten {
        let mut search = self.remove_marked_events(at, event.marker).await;
        if search.reply == Reply::Success(Removal::NotFound) {
            tokio::time::sleep(BEFORE_SECOND_SEARCH).await;
            search = self
                .remove_marked_events(at, event.marker)
                .await
                .after(&search);
        }
        let ServiceResponse {
            reply,
            requests,
            ms,
            ..
        } = search.after(&created);
        let (reply, settled) = match reply {
            Reply::Success(Removal::Removed) => (
                Reply::Success(WriteFacts {
                    cleaned_up: true,
                    left_behind: None,
                }),
                true,
            ),
            Reply::Success(Removal::Left(what)) => (Reply::Success(left(Some(what))), false),
            // The service itself responded to the creation, and two searches found no event.
            Reply::Success(Removal::NotFound) if is_over(&created.reply) => {
                (created.reply.map(|_| left(None)), true)
            }
            _ => {
                let nevertheless = format!(
                    "the test event of {} may have been created nevertheless in the calendar of {}; \
                     the next run with --allow-write calendar looks for it",
                    event.starts, at.address
                );
                (
                    uncertain(created.reply, &nevertheless).map(|_| left(None)),
                    false,
                )
            }
        };
        EventWritten {
            exchanged: ServiceResponse::own(reply, requests, ms),
            settled,
        }
    }

    /// Removes the events of a mailbox that carry a marker, and no other.
    pub async fn remove_marked_events(
        &self,
        at: EventMailbox<'_>,
        marker: Uuid,
    ) -> ServiceResponse<Removal> {
        let found = match at.api {
            Api::Ews => self.marked_events_ews(at, marker).await,
            Api::Graph => self.marked_events_graph(at, marker).await,
        };
        let ids = found.reply.success().cloned().unwrap_or_default();
        let mut outcome = found.with(|reply| {
            reply.map(|ids| {
                if ids.is_empty() {
                    Removal::NotFound
                } else {
                    Removal::Removed
                }
            })
        });
        for id in ids {
            let removed = self.remove_event(at, &id).await;
            let left = removed
                .reply
                .success()
                .and_then(|facts| facts.left_behind.clone());
            let ServiceResponse { requests, ms, .. } = removed.after(&outcome);
            let reply = left.map_or(outcome.reply, |what| Reply::Success(Removal::Left(what)));
            outcome = ServiceResponse::own(reply, requests, ms);
        }
        outcome
    }

    async fn remove_event(&self, at: EventMailbox<'_>, id: &str) -> ServiceResponse<WriteFacts> {
        match at.api {
            Api::Ews => self.remove_event_ews(at, id).await,
            Api::Graph => self.remove_event_graph(at, id).await,
        }
    }
}

/// The start of a test event: an odd hour of a far day, in whole minutes.
fn far_ahead(now: Timestamp) -> Timestamp {
    let day = later(now, AHEAD).as_second() / 86_400 * 86_400;
    Timestamp::from_second(day + 3 * 3600 + 17 * 60).unwrap_or(now)
}

fn left(left_behind: Option<String>) -> WriteFacts {
    WriteFacts {
        cleaned_up: false,
        left_behind,
    }
}

/// What came of a removal. Without proof that the event is gone it counts as left behind.
pub(super) fn removal(gone: bool, mailbox: &MailboxAddress, id: &str) -> WriteFacts {
    let left_behind = (!gone).then(|| {
        format!(
            "event `{TEST_SUBJECT}` in the calendar of {}, id {}",
            mailbox.as_str(),
            sanitize(id)
        )
    });
    WriteFacts {
        cleaned_up: gone,
        left_behind,
    }
}

/// Whether a write can have taken effect although no response confirms it.
pub(super) fn may_have_happened<T>(reply: &Reply<T>) -> bool {
    match reply {
        Reply::Success(_) => true,
        // A server error can occur after the write has taken effect.
        Reply::Refused(refusal) => refusal.status >= 500,
        // Status 0 marks a request that was not sent.
        Reply::Unexpected(odd) => odd.status != 0,
        Reply::Unreachable(failure) => {
            // In all of these cases the request may have reached the service.
            matches!(
                failure.layer,
                Layer::ResponseTimeout | Layer::Broken | Layer::Other
            )
        }
    }
}

/// Whether the service itself has responded, so that nothing can take effect later. A gateway that gave up proves nothing
/// about what is behind it.
fn is_over<T>(reply: &Reply<T>) -> bool {
    matches!(reply, Reply::Refused(refusal) if !matches!(refusal.status, 502 | 504))
}

/// The reply with a sentence about what may have happened nevertheless.
pub(super) fn uncertain<T>(reply: Reply<T>, nevertheless: &str) -> Reply<T> {
    match reply {
        Reply::Unreachable(failure) => {
            let detail = format!("{}; {nevertheless}", failure.detail);
            Reply::Unreachable(Failure { detail, ..failure })
        }
        Reply::Unexpected(odd) => {
            let problem = format!("{}; {nevertheless}", odd.problem);
            Reply::Unexpected(Unexpected { problem, ..odd })
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_lies_on_a_far_day_at_an_odd_hour() {
        let starts = far_ahead("2026-11-23T12:34:56Z".parse().unwrap());
        let event = TestEvent {
            marker: Uuid::nil(),
            starts,
        };
        assert_eq!(event.starts.to_string(), "2027-12-28T03:17:00Z");
        assert_eq!(event.ends().to_string(), "2027-12-28T03:32:00Z");
    }

    #[test]
    fn what_is_not_proven_to_be_gone_counts_as_left_behind() {
        let room = crate::wire::tests::mailbox("room1@contoso.com");
        assert_eq!(
            removal(true, &room, "x"),
            WriteFacts {
                cleaned_up: true,
                left_behind: None
            }
        );
        let left = removal(false, &room, "AAMk1").left_behind.unwrap();
        assert!(left.contains("room1@contoso.com") && left.contains("AAMk1"));
    }
}
