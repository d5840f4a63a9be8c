//! One check of one mailbox.

use super::clean_up::url_of;
use super::context::Run;
use super::journal::Intent;
use super::results::RowResult;
use crate::evidence::{Execution, Finding, Reply, Unexpected};
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId, Service, SkipReason};
use crate::wire::{AccessToken, EarlierAttempts, EventMailbox, TEST_SUBJECT, TestEvent};

/// A check of a mailbox, ready to run.
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

/// The checks of one mailbox, one after the other. Several connections may ask about the same mailbox; each looks into
/// it with its own token first, unless it has been `looked_into` before.
pub(super) async fn ask_mailbox(run: &Run<'_>, checks: Vec<MailboxCheck<'_>>, looked_into: bool) {
    let _underway = checks
        .first()
        .map(|mailbox_check| run.underway(mailbox_check.address.as_str()));
    let mut opened: Vec<usize> = checks
        .iter()
        .map(|mailbox_check| mailbox_check.connection)
        .filter(|_| looked_into)
        .collect();
    for mailbox_check in checks {
        let connection = mailbox_check.connection;
        let is_first = mailbox_check.api.map(first_check) == Some(mailbox_check.check);
        let opens = ask(run, mailbox_check, opened.contains(&connection)).await;
        if opens && is_first {
            opened.push(connection);
        }
    }
}

/// Asks it and fills its row. Returns whether it let the mailbox be looked into. `opened` says whether the check
/// before it in the same mailbox did, which a check about writing needs.
async fn ask(run: &Run<'_>, mailbox_check: MailboxCheck<'_>, opened: bool) -> bool {
    let result = match (mailbox_check.check, mailbox_check.api) {
        (CheckId::MailSend, _) => mail(run, &mailbox_check).await,
        (CheckId::MailboxCalendarWrite, Some(api)) if opened => {
            write(run, &mailbox_check, api).await
        }
        (CheckId::MailboxCalendarWrite, Some(api)) => RowResult::blocked(first_check(api)),
        (_, Some(Api::Ews)) => folder(run, &mailbox_check).await,
        (_, _) => view(run, &mailbox_check).await,
    };
    let opens = result.opened();
    run.results.fill(mailbox_check.row, result);
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

async fn folder(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>) -> RowResult {
    let answer = run
        .wire
        .calendar_folder(
            mailbox_check.check,
            mailbox_check.token,
            &mailbox_check.address,
        )
        .await;
    RowResult::answered(answer, Finding::Folder)
}

async fn view(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>) -> RowResult {
    let (token, address, earlier) = (
        mailbox_check.token,
        &mailbox_check.address,
        mailbox_check.earlier.clone(),
    );
    let answer = run
        .wire
        .calendar_view(mailbox_check.check, token, address, earlier)
        .await;
    RowResult::answered(answer, Finding::CalendarView)
}

async fn write(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>, api: Api) -> RowResult {
    let (token, address) = (mailbox_check.token, &mailbox_check.address);
    if run.is_to_be_written(mailbox_check.row) {
        return really_write(run, mailbox_check, api).await;
    }
    let answer = run
        .wire
        .no_touch_event_delete(
            mailbox_check.check,
            token,
            address,
            mailbox_check.earlier.clone(),
        )
        .await;
    RowResult::answered(answer, Finding::NonexistentItem)
}

/// Creates a test event and removes it again. It is written down before the request is sent, and its row says that it was
/// sent from then on, so that neither is forgotten if the run ends here.
async fn really_write(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>, api: Api) -> RowResult {
    let service = match api {
        Api::Ews => Service::Exchange,
        Api::Graph => Service::Graph,
    };
    let event = run.wire.new_test_event();
    let Some(intent) = intent(run, mailbox_check, api, &event) else {
        return RowResult::skipped(SkipReason::NeedsInput, None);
    };
    if let Err(error) = run.journal.intend(&intent) {
        let reply = Reply::Unexpected(Unexpected::not_sent(error.to_string()));
        return RowResult::bare(Execution::completed(Finding::Written { service, reply }));
    }
    let address = &mailbox_check.address;
    let at = EventMailbox {
        purpose: mailbox_check.check,
        api,
        token: mailbox_check.token,
        address,
    };
    let what = event.describe(address.as_str());
    let on_send = |n| {
        run.results
            .fill(mailbox_check.row, RowResult::sent(n, what.clone()))
    };
    let written = run.wire.write_and_remove_event(at, &event, on_send).await;
    if written.settled {
        run.journal.settle(&intent);
    }
    RowResult::written(written.exchanged, service, what)
}

fn intent(
    run: &Run<'_>,
    mailbox_check: &MailboxCheck<'_>,
    api: Api,
    event: &TestEvent,
) -> Option<Intent> {
    let connection = run.estate.connections.get(mailbox_check.connection)?;
    Some(Intent {
        marker: event.marker,
        at: run.wire.now(),
        starts: event.starts,
        connection: connection.name.clone(),
        tenant_id: connection.tenant_id.to_string(),
        client_id: connection.client_id.to_string(),
        api,
        url: url_of(run, api),
        room: mailbox_check.address.to_string(),
    })
}

async fn mail(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>) -> RowResult {
    let (token, sender) = (mailbox_check.token, &mailbox_check.address);
    if let Some(to) = &run.extras.mail_to {
        let what = format!("message `{TEST_SUBJECT}` from {sender} to {to}");
        let on_send = |n| {
            run.results
                .fill(mailbox_check.row, RowResult::sent(n, what.clone()))
        };
        let answer = run
            .wire
            .send_test_mail(mailbox_check.check, token, sender, to, on_send)
            .await;
        return RowResult::written(answer, Service::Graph, what);
    }
    RowResult::answered(
        run.wire
            .no_touch_message_send(mailbox_check.check, token, sender)
            .await,
        Finding::NonexistentItem,
    )
}
