//! One check of one mailbox.

use crate::evidence::{Execution, Finding, Reply, Unexpected};
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId, Service, SkipReason};
use crate::wire::{AccessToken, EarlierAttempts, EventMailbox, TEST_SUBJECT, TestEvent};

use super::clean_up::url_of;
use super::context::Run;
use super::journal::Intent;
use super::results::RowResult;

/// A check of a mailbox, ready to run.
pub(super) struct MailboxCheck<'q> {
    /// The row that it fills.
    pub(super) row: usize,
    /// The check of that row.
    pub(super) check: CheckId,
    /// The index of the connection.
    pub(super) connection: usize,
    /// The API of the connection.
    pub(super) api: Option<Api>,
    /// The token for its requests.
    pub(super) token: &'q AccessToken,
    /// The mailbox.
    pub(super) address: MailboxAddress,
    /// The attempts already made in a batch that returned no usable response.
    pub(super) earlier: EarlierAttempts,
}

/// Runs the checks of one mailbox in sequence. Several connections may check the same mailbox; each opens
/// it with its own token first, unless a batch has already opened it (`looked_into`).
pub(super) async fn check_mailbox(run: &Run<'_>, checks: Vec<MailboxCheck<'_>>, looked_into: bool) {
    let _underway = checks
        .first()
        .map(|mailbox_check| run.underway(mailbox_check.address.as_str()));
    let mut opened: Vec<usize> = checks
        .iter()
        .map(|mailbox_check| mailbox_check.connection)
        .filter(|_| looked_into)
        .collect();
    // One after the other, because the services limit concurrent requests per mailbox.
    for mailbox_check in checks {
        let connection = mailbox_check.connection;
        let is_first = mailbox_check.api.map(first_check) == Some(mailbox_check.check);
        let opens = run_check(run, mailbox_check, opened.contains(&connection)).await;
        if opens && is_first {
            opened.push(connection);
        }
    }
}

/// Runs one check and fills its row. Returns whether the mailbox was accessible. `opened` is true if the check
/// before it in the same mailbox had access, which a write check requires.
async fn run_check(run: &Run<'_>, mailbox_check: MailboxCheck<'_>, opened: bool) -> bool {
    let result = match (mailbox_check.check, mailbox_check.api) {
        (CheckId::MailSend, _) => check_mail(run, &mailbox_check).await,
        (CheckId::MailboxCalendarWrite, Some(api)) if opened => {
            check_write_access(run, &mailbox_check, api).await
        }
        (CheckId::MailboxCalendarWrite, Some(api)) => RowResult::blocked(first_check(api)),
        (_, Some(Api::Ews)) => read_calendar_folder(run, &mailbox_check).await,
        (_, _) => read_calendar_view(run, &mailbox_check).await,
    };
    let opens = result.opened();
    run.record(mailbox_check.row, result);
    opens
}

/// The check that determines whether a mailbox is accessible at all. Write access is not checked on a calendar that
/// could not be read: the response would be the same.
pub(super) fn first_check(api: Api) -> CheckId {
    match api {
        Api::Ews => CheckId::MailboxImpersonation,
        Api::Graph => CheckId::MailboxCalendarRead,
    }
}

async fn read_calendar_folder(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>) -> RowResult {
    let response = run
        .wire
        .calendar_folder(
            mailbox_check.check,
            mailbox_check.token,
            &mailbox_check.address,
        )
        .await;
    RowResult::from_response(response, Finding::Folder)
}

async fn read_calendar_view(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>) -> RowResult {
    let (token, address, earlier) = (
        mailbox_check.token,
        &mailbox_check.address,
        mailbox_check.earlier.clone(),
    );
    let response = run
        .wire
        .calendar_view(mailbox_check.check, token, address, earlier)
        .await;
    RowResult::from_response(response, Finding::CalendarView)
}

async fn check_write_access(
    run: &Run<'_>,
    mailbox_check: &MailboxCheck<'_>,
    api: Api,
) -> RowResult {
    let (token, address) = (mailbox_check.token, &mailbox_check.address);
    if run.allows_real_write(mailbox_check.row) {
        return write_test_event(run, mailbox_check, api).await;
    }
    let response = run
        .wire
        .no_touch_event_delete(
            mailbox_check.check,
            token,
            address,
            mailbox_check.earlier.clone(),
        )
        .await;
    RowResult::from_response(response, Finding::NonexistentItem)
}

/// Creates a test event and removes it again. The journal records it before the request is sent, and its row reports it
/// as sent from then on, so that neither is lost if the run ends here.
async fn write_test_event(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>, api: Api) -> RowResult {
    let service = match api {
        Api::Ews => Service::Exchange,
        Api::Graph => Service::Graph,
    };
    let event = run.wire.new_test_event();
    let Some(intent) = intent(run, mailbox_check, api, &event) else {
        return RowResult::skipped(SkipReason::NeedsInput, None);
    };
    // Without a journal entry no event is created, because no later run could find it.
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
        run.record(mailbox_check.row, RowResult::sent(n, what.clone()));
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

async fn check_mail(run: &Run<'_>, mailbox_check: &MailboxCheck<'_>) -> RowResult {
    let (token, sender) = (mailbox_check.token, &mailbox_check.address);
    if let Some(to) = &run.extras.mail_to {
        let what = format!("message `{TEST_SUBJECT}` from {sender} to {to}");
        let on_send = |n| {
            run.record(mailbox_check.row, RowResult::sent(n, what.clone()));
        };
        let response = run
            .wire
            .send_test_mail(mailbox_check.check, token, sender, to, on_send)
            .await;
        return RowResult::written(response, Service::Graph, what);
    }
    RowResult::from_response(
        run.wire
            .no_touch_message_send(mailbox_check.check, token, sender)
            .await,
        Finding::NonexistentItem,
    )
}
