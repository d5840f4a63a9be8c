//! One question about one mailbox.

use super::clean_up::url_of;
use super::context::Run;
use super::journal::Intent;
use super::results::RowResult;
use crate::evidence::{Asked, Finding, Reply, Unexpected};
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId, Service, SkipReason};
use crate::wire::{AccessToken, EarlierAttempts, EventMailbox, TEST_SUBJECT, TestEvent};

/// A question about a mailbox, ready to be asked.
pub(super) struct MailboxCheck<'q> {
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
    pub(super) earlier: EarlierAttempts,
}

/// The questions of one mailbox, one after the other. Several connections may ask about the same mailbox; each looks into
/// it with its own token first, unless it has been `looked_into` before.
pub(super) async fn ask_mailbox(run: &Run<'_>, questions: Vec<MailboxCheck<'_>>, looked_into: bool) {
    let _underway = questions.first().map(|question| run.underway(question.address.as_str()));
    let mut opened: Vec<usize> = questions.iter().map(|question| question.connection).filter(|_| looked_into).collect();
    for question in questions {
        let connection = question.connection;
        let is_first = question.api.map(first_check) == Some(question.check);
        let opens = ask(run, question, opened.contains(&connection)).await;
        if opens && is_first {
            opened.push(connection);
        }
    }
}

/// Asks it and fills its row. Returns whether it let the mailbox be looked into. `opened` says whether the question
/// before it in the same mailbox did, which a question about writing needs.
async fn ask(run: &Run<'_>, question: MailboxCheck<'_>, opened: bool) -> bool {
    let result = match (question.check, question.api) {
        (CheckId::MailSend, _) => mail(run, &question).await,
        (CheckId::MailboxCalendarWrite, Some(api)) if opened => write(run, &question, api).await,
        (CheckId::MailboxCalendarWrite, Some(api)) => RowResult::blocked(first_check(api)),
        (_, Some(Api::Ews)) => folder(run, &question).await,
        (_, _) => view(run, &question).await,
    };
    let opens = result.opened();
    run.results.fill(question.row, result);
    opens
}

/// The check that asks whether a mailbox can be looked into at all. A calendar that could not be read is not asked about
/// writing: the answer would be the same.
pub(super) fn first_check(api: Api) -> CheckId {
    match api {
        Api::Ews => CheckId::MailboxImpersonation,
        Api::Graph => CheckId::MailboxCalendarRead,
    }
}

async fn folder(run: &Run<'_>, question: &MailboxCheck<'_>) -> RowResult {
    let answer = run.wire.calendar_folder(question.check, question.token, &question.address).await;
    RowResult::answered(answer, Finding::Folder)
}

async fn view(run: &Run<'_>, question: &MailboxCheck<'_>) -> RowResult {
    let (token, address, earlier) = (question.token, &question.address, question.earlier.clone());
    let answer = run.wire.calendar_view(question.check, token, address, earlier).await;
    RowResult::answered(answer, Finding::CalendarView)
}

async fn write(run: &Run<'_>, question: &MailboxCheck<'_>, api: Api) -> RowResult {
    let (token, address) = (question.token, &question.address);
    if run.is_to_be_written(question.row) {
        return really_write(run, question, api).await;
    }
    let answer = run.wire.no_touch_event_delete(question.check, token, address, question.earlier.clone()).await;
    RowResult::answered(answer, Finding::NoTouch)
}

/// Creates a test event and removes it again. It is written down before the request is sent, and its row says that it was
/// sent from then on, so that neither is forgotten if the run ends here.
async fn really_write(run: &Run<'_>, question: &MailboxCheck<'_>, api: Api) -> RowResult {
    let service = match api {
        Api::Ews => Service::Exchange,
        Api::Graph => Service::Graph,
    };
    let event = run.wire.new_test_event();
    let Some(intent) = intent(run, question, api, &event) else {
        return RowResult::skipped(SkipReason::NeedsInput, None);
    };
    if let Err(error) = run.journal.intend(&intent) {
        let reply = Reply::Unexpected(Unexpected::not_sent(error.to_string()));
        return RowResult::bare(Asked::answered(Finding::Written { service, reply }));
    }
    let address = &question.address;
    let at = EventMailbox { purpose: question.check, api, token: question.token, address };
    let what = event.describe(address.as_str());
    let on_send = |n| run.results.fill(question.row, RowResult::sent(n, what.clone()));
    let written = run.wire.write_and_remove_event(at, &event, on_send).await;
    if written.settled {
        run.journal.settle(&intent);
    }
    RowResult::written(written.exchanged, service, what)
}

fn intent(run: &Run<'_>, question: &MailboxCheck<'_>, api: Api, event: &TestEvent) -> Option<Intent> {
    let connection = run.estate.connections.get(question.connection)?;
    Some(Intent {
        marker: event.marker,
        at: run.wire.now(),
        starts: event.starts,
        connection: connection.name.clone(),
        tenant_id: connection.tenant_id.to_string(),
        client_id: connection.client_id.to_string(),
        api,
        url: url_of(run, api),
        room: question.address.to_string(),
    })
}

async fn mail(run: &Run<'_>, question: &MailboxCheck<'_>) -> RowResult {
    let (token, sender) = (question.token, &question.address);
    if let Some(to) = &run.extras.mail_to {
        let what = format!("message `{TEST_SUBJECT}` from {sender} to {to}");
        let on_send = |n| run.results.fill(question.row, RowResult::sent(n, what.clone()));
        let answer = run.wire.send_test_mail(question.check, token, sender, to, on_send).await;
        return RowResult::written(answer, Service::Graph, what);
    }
    RowResult::answered(run.wire.no_touch_message_send(question.check, token, sender).await, Finding::NoTouch)
}
