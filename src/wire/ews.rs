//! Requests to Exchange Online over EWS, and the writes that the user allowed.

use std::io;

use reqwest::Method;
use uuid::Uuid;

use crate::evidence::{FolderFacts, Reply, Unexpected, WriteFacts};
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId, Service};

use super::client::Wire;
use super::graph::read_reached;
use super::received_response::ReceivedResponse;
use super::request::ServiceRequest;
use super::response::ServiceResponse;
use super::secret::AccessToken;
use super::soap::{read, write};
use super::test_event::{EventMailbox, TEST_SUBJECT, TestEvent, removal};

impl Wire {
    /// Requests a folder from Exchange without a token. The refusal that the service returns then is the success here.
    pub async fn reach_exchange(&self, purpose: CheckId) -> ServiceResponse<()> {
        match write::get_calendar_folder(None) {
            Ok(envelope) => {
                let request = self.exchange_request(purpose, envelope).for_connectivity();
                self.send(request, |response| read_reached(response, &self.mask))
                    .await
            }
            Err(error) => unwritten(&error),
        }
    }

    /// Reads the rights on the calendar of a mailbox, on behalf of that mailbox.
    pub async fn calendar_folder(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
    ) -> ServiceResponse<FolderFacts> {
        let envelope = write::get_calendar_folder(Some(mailbox.as_str()));
        let at = EventMailbox {
            purpose,
            api: Api::Ews,
            token,
            address: mailbox,
        };
        self.on_behalf_of(at, envelope, Effect::Reads, |response| {
            self.response_cache.read(response, &self.mask)
        })
        .await
    }

    pub(super) async fn create_event_ews(
        &self,
        at: EventMailbox<'_>,
        event: &TestEvent,
        on_send: impl FnOnce(u32),
    ) -> ServiceResponse<String> {
        let marker = event.marker.to_string();
        let event = write::QuietEvent {
            subject: TEST_SUBJECT,
            marker: &marker,
            start: event.starts,
            end: event.ends(),
        };
        let envelope = write::create_event(at.address.as_str(), &event);
        let read = |response: &ReceivedResponse| read::read(response, &self.mask, read::item_id);
        match self.impersonated_request(at, envelope) {
            Ok(request) => {
                // Not repeatable: a second creation could leave a second event behind.
                self.send_noting(request.writing(false), read, on_send)
                    .await
            }
            Err(error) => unwritten(&error),
        }
    }

    /// The ids of the events that carry a marker. The response shows the marker of each.
    pub(super) async fn marked_events_ews(
        &self,
        at: EventMailbox<'_>,
        marker: Uuid,
    ) -> ServiceResponse<Vec<String>> {
        let marker = marker.to_string();
        let envelope = write::find_event(at.address.as_str(), &marker);
        let read = |response: &ReceivedResponse| {
            read::read(response, &self.mask, |message| {
                read::marked_items(message, &marker)
            })
        };
        self.on_behalf_of(at, envelope, Effect::Reads, read).await
    }

    /// Removes an event that this program created, now or in an earlier run, and looks whether it is gone.
    pub(super) async fn remove_event_ews(
        &self,
        at: EventMailbox<'_>,
        id: &str,
    ) -> ServiceResponse<WriteFacts> {
        let envelope = write::delete_event(at.address.as_str(), id);
        let done = |response: &ReceivedResponse| read::read(response, &self.mask, |_| Ok(()));
        let removed = self.on_behalf_of(at, envelope, Effect::Removes, done).await;
        // The response to the deletion can be lost, so only this second request shows whether the
        // event is gone.
        let envelope = write::get_item(at.address.as_str(), id);
        let looked = self.on_behalf_of(at, envelope, Effect::Reads, done).await;
        let gone = matches!(&looked.reply, Reply::Refused(refusal) if refusal.code.as_deref() == Some("ErrorItemNotFound"));
        looked
            .after(&removed)
            .with(|_| Reply::Success(removal(gone, at.address, id)))
    }

    async fn on_behalf_of<T>(
        &self,
        at: EventMailbox<'_>,
        envelope: io::Result<Vec<u8>>,
        effect: Effect,
        read: impl Fn(&ReceivedResponse) -> Reply<T>,
    ) -> ServiceResponse<T> {
        match (self.impersonated_request(at, envelope), effect) {
            (Ok(request), Effect::Reads) => self.send(request, read).await,
            (Ok(request), Effect::Removes) => self.send(request.writing(true), read).await,
            (Err(error), _) => unwritten(&error),
        }
    }

    /// A request to Exchange with the mailbox it is about in its headers.
    fn impersonated_request(
        &self,
        at: EventMailbox<'_>,
        envelope: io::Result<Vec<u8>>,
    ) -> io::Result<ServiceRequest> {
        // Microsoft advises to always send this header with impersonation: without it, calls are slow
        // and some of them fail with 500 or 503.
        let request = self
            .exchange_request(at.purpose, envelope?)
            .header("x-anchormailbox", at.address.as_str());
        Ok(request.authorized(at.token))
    }

    fn exchange_request(&self, purpose: CheckId, envelope: Vec<u8>) -> ServiceRequest {
        ServiceRequest::new(purpose, Method::POST, self.endpoints.exchange.url.clone())
            .paced_by(Service::Exchange)
            .fixed_header("accept", "text/xml")
            .identified()
            .body("text/xml; charset=utf-8", envelope)
    }
}

/// What a message does to the mailbox.
#[derive(Debug, Clone, Copy)]
enum Effect {
    Reads,
    Removes,
}

/// Writing into memory fails only when there is none; then nothing was sent.
fn unwritten<T>(error: &io::Error) -> ServiceResponse<T> {
    let odd = Unexpected::not_sent(format!("the request could not be written: {error}"));
    ServiceResponse::own(Reply::Unexpected(odd), Vec::new(), 0)
}
