//! One question about one mailbox.

use std::sync::{Mutex, PoisonError};

use super::board::Filled;
use super::journal::Created;
use super::run::Run;
use crate::evidence::{Api, CheckId, Finding, Service};
use crate::settings::MailboxAddress;
use crate::wire::{AccessToken, Earlier};

/// A question about a mailbox, ready to be asked.
pub(super) struct Question<'q> {
    /// The row that it answers.
    pub(super) row: usize,
    /// The check of that row.
    pub(super) check: CheckId,
    /// The index of the connection.
    pub(super) connection: usize,
    /// The API of the connection.
    pub(super) api: Option<Api>,
    /// The token to ask with.
    pub(super) token: &'q AccessToken,
    /// The mailbox.
    pub(super) address: MailboxAddress,
    /// What was spent on it in a batch that did not answer it.
    pub(super) earlier: Earlier,
}

/// Asks it and fills its row. Returns whether it let the mailbox be looked into. `opened` says whether the question
/// before it in the same mailbox did, which a question about writing needs.
pub(super) async fn ask(run: &Run<'_>, question: Question<'_>, opened: bool) -> bool {
    let filled = match (question.check, question.api) {
        (CheckId::MailSend, _) => mail(run, &question).await,
        (CheckId::MailboxCalendarWrite, Some(api)) if opened => write(run, &question, api).await,
        (CheckId::MailboxCalendarWrite, Some(api)) => Filled::blocked(first_question(api)),
        (_, Some(Api::Ews)) => folder(run, &question).await,
        (_, _) => view(run, &question).await,
    };
    let opens = filled.opened();
    run.board.fill(question.row, filled);
    opens
}

/// The check that asks whether a mailbox can be looked into at all. A calendar that could not be read is not asked about
/// writing: the answer would be the same.
pub(super) fn first_question(api: Api) -> CheckId {
    match api {
        Api::Ews => CheckId::MailboxImpersonation,
        Api::Graph => CheckId::MailboxCalendarRead,
    }
}

async fn folder(run: &Run<'_>, question: &Question<'_>) -> Filled {
    let answer = run.wire.calendar_folder(question.check, question.token, &question.address).await;
    Filled::answered(answer, Finding::Folder)
}

async fn view(run: &Run<'_>, question: &Question<'_>) -> Filled {
    let (token, address, earlier) = (question.token, &question.address, question.earlier.clone());
    let answer = run.wire.calendar_view(question.check, token, address, earlier).await;
    Filled::answered(answer, Finding::CalendarView)
}

async fn write(run: &Run<'_>, question: &Question<'_>, api: Api) -> Filled {
    let (token, address) = (question.token, &question.address);
    if run.is_to_be_written(question.row) {
        return really_write(run, question, api).await;
    }
    let answer = run.wire.no_touch_event_delete(question.check, token, address, question.earlier.clone()).await;
    Filled::answered(answer, Finding::NoTouch)
}

/// Creates a test event and removes it again; first what an interrupted run has left in this room.
async fn really_write(run: &Run<'_>, question: &Question<'_>, api: Api) -> Filled {
    let connection = run.connection_name(question.row);
    let event = |id: &str| Created {
        connection: connection.clone(),
        room: question.address.as_str().to_owned(),
        id: id.to_owned(),
    };
    for left in run.journal.pending() {
        if left == event(&left.id) && remove(run, question, api, &left.id).await {
            run.journal.removed(&left);
        }
    }
    let created = Mutex::new(None);
    let note = |id: &str| {
        let event = event(id);
        run.journal.created(&event);
        *created.lock().unwrap_or_else(PoisonError::into_inner) = Some(event);
    };
    let (check, token, address) = (question.check, question.token, &question.address);
    let answer = match api {
        Api::Ews => run.wire.write_and_remove_event_ews(check, token, address, note).await,
        Api::Graph => run.wire.write_and_remove_event_graph(check, token, address, note).await,
    };
    let gone = answer.reply.success().is_some_and(|written| written.cleaned_up);
    if let (true, Some(event)) = (gone, created.into_inner().unwrap_or_else(PoisonError::into_inner)) {
        run.journal.removed(&event);
    }
    let service = match api {
        Api::Ews => Service::Exchange,
        Api::Graph => Service::Graph,
    };
    Filled::answered(answer, |reply| Finding::Written { service, reply })
}

async fn remove(run: &Run<'_>, question: &Question<'_>, api: Api, id: &str) -> bool {
    let (check, token, address) = (question.check, question.token, &question.address);
    let answer = match api {
        Api::Ews => run.wire.remove_event_ews(check, token, address, id).await,
        Api::Graph => run.wire.remove_event_graph(check, token, address, id).await,
    };
    answer.reply.success().is_some_and(|written| written.cleaned_up)
}

async fn mail(run: &Run<'_>, question: &Question<'_>) -> Filled {
    let (token, sender) = (question.token, &question.address);
    if let Some(to) = &run.extras.mail_to {
        let answer = run.wire.send_test_mail(question.check, token, sender, to).await;
        return Filled::answered(answer, |reply| Finding::Written { service: Service::Graph, reply });
    }
    Filled::answered(run.wire.no_touch_message_send(question.check, token, sender).await, Finding::NoTouch)
}
