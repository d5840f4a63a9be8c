//! What is asked of Exchange Online over EWS, and what is written there where the user allowed it.

use std::io;

use reqwest::Method;

use super::answer::Answer;
use super::exchange::{Exchanged, Question, Wire};
use super::graph::read_reached;
use super::graph_writes::{SUBJECT, far_ahead, not_created, removal};
use super::secret::AccessToken;
use super::soap::{read, write};
use crate::evidence::{CheckId, FolderFacts, Reply, Service, Unexpected, WriteFacts};
use crate::settings::MailboxAddress;

impl Wire {
    /// Asks Exchange for a folder without a token. The refusal that the service gives then is the success here.
    pub async fn reach_exchange(&self, purpose: CheckId) -> Exchanged<()> {
        match write::get_calendar_folder(None) {
            Ok(envelope) => {
                let question = self.exchange_question(purpose, envelope).about_the_way();
                self.ask(question, |answer| read_reached(answer, &self.veil)).await
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
    ) -> Exchanged<FolderFacts> {
        let envelope = write::get_calendar_folder(Some(mailbox.as_str()));
        self.on_behalf_of(purpose, token, mailbox, envelope, Effect::Reads, |answer| {
            self.known_folders.read(answer, &self.veil)
        })
        .await
    }

    /// Creates a private, free event without attendees or reminder far ahead, removes it and looks whether it is gone.
    /// `on_created` is called with its id before the removal, so that the id can be written down for a later clean-up.
    /// The creation is sent once; only the removal is repeated if need be.
    pub async fn write_and_remove_event_ews(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        on_created: impl FnOnce(&str),
    ) -> Exchanged<WriteFacts> {
        let (start, end) = far_ahead(self.clock.now());
        let event = write::QuietEvent { subject: SUBJECT, start, end };
        let envelope = write::create_event(mailbox.as_str(), &event);
        let created = self.on_behalf_of(purpose, token, mailbox, envelope, Effect::Creates, |answer| {
            read::read(answer, &self.veil, read::item_id)
        });
        let created = created.await;
        match &created.reply {
            Reply::Success(id) => {
                on_created(id);
                self.remove_event_ews(purpose, token, mailbox, id).await.after(&created)
            }
            _ => created.with(|reply| not_created(reply, self.clock.now())),
        }
    }

    /// Removes an event that this program created, now or in an earlier run, and looks whether it is gone.
    pub async fn remove_event_ews(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        id: &str,
    ) -> Exchanged<WriteFacts> {
        let envelope = write::delete_event(mailbox.as_str(), id);
        let done = |answer: &Answer| read::read(answer, &self.veil, |_| Ok(()));
        let removed = self.on_behalf_of(purpose, token, mailbox, envelope, Effect::Removes, done).await;
        let envelope = write::get_item(mailbox.as_str(), id);
        let looked = self.on_behalf_of(purpose, token, mailbox, envelope, Effect::Reads, done).await;
        let gone =
            matches!(&looked.reply, Reply::Refused(refusal) if refusal.code.as_deref() == Some("ErrorItemNotFound"));
        looked.after(&removed).with(|_| Reply::Success(removal(gone, mailbox, id)))
    }

    async fn on_behalf_of<T>(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        envelope: io::Result<Vec<u8>>,
        effect: Effect,
        read: impl Fn(&Answer) -> Reply<T>,
    ) -> Exchanged<T> {
        let envelope = match envelope {
            Ok(envelope) => envelope,
            Err(error) => return unwritten(&error),
        };
        let question = self.exchange_question(purpose, envelope).header("x-anchormailbox", mailbox.as_str());
        let question = match effect {
            Effect::Reads => question,
            Effect::Creates => question.writing(false),
            Effect::Removes => question.writing(true),
        };
        self.ask(question.authorized(token), read).await
    }

    fn exchange_question(&self, purpose: CheckId, envelope: Vec<u8>) -> Question {
        Question::new(purpose, Method::POST, self.endpoints.exchange.url.clone())
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
    Creates,
    Removes,
}

/// Writing into memory fails only when there is none; then nothing was sent.
fn unwritten<T>(error: &io::Error) -> Exchanged<T> {
    let odd = Unexpected {
        status: 0,
        problem: format!("the request could not be written: {error}"),
        content_type: None,
        excerpt: String::new(),
        foreign: false,
    };
    Exchanged::own(Reply::Unexpected(odd), Vec::new(), 0)
}
