//! What is written over Microsoft Graph, only where the user allowed it.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::exchange::{Exchanged, Question, Wire, later};
use super::harmless::harmless;
use super::odata;
use super::secret::AccessToken;
use crate::evidence::{CheckId, Failure, Layer, Reply, Unexpected, WriteFacts};
use crate::settings::MailboxAddress;

/// The subject of the test event and the test mail: whoever finds one knows where it came from and what to do.
pub(super) const SUBJECT: &str = "rx-preflight test, may be deleted";
/// More than a year ahead, where no panel shows it and nobody books.
const AHEAD: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// The event is so short.
const LASTING: Duration = Duration::from_secs(15 * 60);

impl Wire {
    /// Creates a private, free event without attendees or reminder far ahead, removes it and looks whether it is gone.
    /// `on_created` is called with its id before the removal, so that the id can be written down for a later clean-up.
    /// The creation is sent once; only the removal is repeated if need be.
    pub async fn write_and_remove_event_graph(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        on_created: impl FnOnce(&str),
    ) -> Exchanged<WriteFacts> {
        let created = self.create_event_graph(purpose, token, mailbox).await;
        match &created.reply {
            Reply::Success(id) => {
                on_created(id);
                self.remove_event_graph(purpose, token, mailbox, id).await.after(&created)
            }
            _ => created.with(|reply| not_created(reply, self.clock.now())),
        }
    }

    /// Removes an event that this program created, now or in an earlier run, and looks whether it is gone.
    pub async fn remove_event_graph(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
        id: &str,
    ) -> Exchanged<WriteFacts> {
        let path = ["users", mailbox.as_str(), "events", id];
        let question = self.graph_question(purpose, Method::DELETE, &path).writing(true).authorized(token);
        let removed = self.ask(question, |answer| odata::read_done(answer, &self.veil)).await;
        let mut question = self.graph_question(purpose, Method::GET, &path).authorized(token);
        question.url.set_query(Some("$select=id"));
        let looked = self.ask(question, |answer| odata::read(answer, &self.veil, |_| Ok(()))).await;
        let gone = matches!(&looked.reply, Reply::Refused(refusal) if refusal.status == 404);
        looked.after(&removed).with(|_| Reply::Success(removal(gone, mailbox, id)))
    }

    /// Sends one marked mail from `sender` to `to`, without a copy in Sent Items. It is sent once.
    pub async fn send_test_mail(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        sender: &MailboxAddress,
        to: &MailboxAddress,
    ) -> Exchanged<WriteFacts> {
        let question = self.graph_question(purpose, Method::POST, &["users", sender.as_str(), "sendMail"]);
        let question = written(question, &test_mail(to)).authorized(token);
        let sent = self.ask(question, |answer| odata::read_done(answer, &self.veil)).await;
        sent.with(|reply| reply.map(|()| WriteFacts { cleaned_up: true, left_behind: None }))
    }

    async fn create_event_graph(
        &self,
        purpose: CheckId,
        token: &AccessToken,
        mailbox: &MailboxAddress,
    ) -> Exchanged<String> {
        let question = self.graph_question(purpose, Method::POST, &["users", mailbox.as_str(), "events"]);
        let (start, end) = far_ahead(self.clock.now());
        let question = written(question, &quiet_event(start, end)).authorized(token);
        let id = |body: &Value| body.get("id").and_then(Value::as_str).map(str::to_owned).ok_or("no event id in it");
        self.ask(question, |answer| odata::read(answer, &self.veil, id)).await
    }
}

/// The time of a test event: an odd hour of a far day, in whole minutes.
pub(super) fn far_ahead(now: Timestamp) -> (Timestamp, Timestamp) {
    let day = later(now, AHEAD).as_second() / 86_400 * 86_400;
    let start = Timestamp::from_second(day + 3 * 3600 + 17 * 60).unwrap_or(now);
    (start, later(start, LASTING))
}

/// What came of a removal. Without proof that the event is gone it counts as left behind.
pub(super) fn removal(gone: bool, mailbox: &MailboxAddress, id: &str) -> WriteFacts {
    let left_behind =
        (!gone).then(|| format!("event `{SUBJECT}` in the calendar of {}, id {}", mailbox.as_str(), harmless(id)));
    WriteFacts { cleaned_up: gone, left_behind }
}

/// The reply to a creation that brought no event. Where the answer got lost, the event may be there all the same.
pub(super) fn not_created(reply: Reply<String>, now: Timestamp) -> Reply<WriteFacts> {
    let perhaps = format!("the test event of {} may have been created nevertheless", far_ahead(now).0);
    match reply {
        Reply::Unreachable(failure) if matches!(failure.layer, Layer::AnswerTimeout | Layer::Broken) => {
            let detail = format!("{}; {perhaps}", failure.detail);
            Reply::Unreachable(Failure { detail, ..failure })
        }
        Reply::Unexpected(odd) if (200..300).contains(&odd.status) && !odd.foreign => {
            let problem = format!("{}; {perhaps}", odd.problem);
            Reply::Unexpected(Unexpected { problem, ..odd })
        }
        other => other.map(|_| WriteFacts { cleaned_up: false, left_behind: None }),
    }
}

fn written(question: Question, body: &Value) -> Question {
    question.body("application/json", body.to_string().into_bytes()).writing(false)
}

/// `transactionId` lets the service drop a second copy, should a gateway repeat the request.
fn quiet_event(start: Timestamp, end: Timestamp) -> Value {
    let time =
        |instant: Timestamp| json!({"dateTime": instant.strftime("%Y-%m-%dT%H:%M:%S").to_string(), "timeZone": "UTC"});
    json!({
        "subject": SUBJECT,
        "start": time(start),
        "end": time(end),
        "showAs": "free",
        "sensitivity": "private",
        "isReminderOn": false,
        "transactionId": Uuid::new_v4().to_string(),
    })
}

fn test_mail(to: &MailboxAddress) -> Value {
    json!({
        "message": {
            "subject": SUBJECT,
            "body": {"contentType": "text", "content": "This mail shows that the app registration can send mail. Nothing needs to be done."},
            "toRecipients": [{"emailAddress": {"address": to.as_str()}}],
        },
        "saveToSentItems": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_event_lies_more_than_a_year_ahead_at_an_odd_hour() {
        let now = "2026-11-23T12:34:56Z".parse().unwrap();
        let (start, end) = far_ahead(now);
        assert_eq!(start.to_string(), "2027-12-28T03:17:00Z");
        assert_eq!(end.to_string(), "2027-12-28T03:32:00Z");
    }

    #[test]
    fn an_event_disturbs_nobody() {
        let now = "2026-11-23T12:34:56Z".parse().unwrap();
        let event = quiet_event(now, now);
        assert_eq!(event["showAs"], "free");
        assert_eq!(event["sensitivity"], "private");
        assert_eq!(event["isReminderOn"], false);
        assert!(event.get("attendees").is_none());
        assert_ne!(event["transactionId"], quiet_event(now, now)["transactionId"]);
    }

    #[test]
    fn what_is_not_proven_to_be_gone_counts_as_left_behind() {
        let room = crate::wire::tests::mailbox("room1@contoso.com");
        assert_eq!(removal(true, &room, "x"), WriteFacts { cleaned_up: true, left_behind: None });
        let left = removal(false, &room, "AAMk1").left_behind.unwrap();
        assert!(left.contains("room1@contoso.com") && left.contains("AAMk1"));
    }
}
