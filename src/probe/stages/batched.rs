//! Batched requests for many Graph rooms.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use futures_util::{StreamExt, future, stream};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::Instant;

use crate::evidence::Finding;
use crate::probe::context::Run;
use crate::probe::mailbox_checks::{MailboxCheck, check_mailbox, first_check};
use crate::probe::results::RowResult;
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId};
use crate::wire::lock::lock;
use crate::wire::{
    BATCH_PERMITS, BatchFeedback, Batched, MOST_IN_BATCH, SendAlone, ServiceResponse,
};

/// A connection with fewer rooms than this sends one request per room: responses arrive soon, and each has an
/// id that Microsoft's support can look up.
const BATCHING_THRESHOLD: usize = 100;
/// The number of concurrent mailbox requests in a batch.
const PERMITS_PER_BATCH: usize = BATCH_PERMITS as usize;

/// A room whose calendar checks all use the same token, with no other check.
pub(super) struct Room<'q> {
    view: MailboxCheck<'q>,
    write: Option<MailboxCheck<'q>>,
}

/// Removes the mailboxes from `mailboxes` that are checked in batches, and groups them.
pub(super) fn grouped<'q>(
    run: &Run<'_>,
    mailboxes: &mut Vec<Vec<MailboxCheck<'q>>>,
) -> Vec<Vec<Room<'q>>> {
    let mut rooms: HashMap<usize, usize> = HashMap::new();
    for checks in mailboxes.iter().filter(|checks| is_plain_room(run, checks)) {
        *rooms.entry(checks[0].connection).or_default() += 1;
    }
    let is_one_of_many = |checks: &mut Vec<MailboxCheck<'q>>| {
        // With a lower concurrency, there are never enough permits for a batch.
        run.concurrency >= PERMITS_PER_BATCH
            && is_plain_room(run, checks)
            && rooms
                .get(&checks[0].connection)
                .is_some_and(|count| *count >= BATCHING_THRESHOLD)
    };
    let mut groups: Vec<Vec<Room<'q>>> = Vec::new();
    let mut open: HashMap<usize, usize> = HashMap::new();
    for checks in mailboxes.extract_if(.., is_one_of_many) {
        let mut checks = checks.into_iter();
        let Some(view) = checks.next() else { continue };
        let place = open.entry(view.connection).or_insert(usize::MAX);
        if groups
            .get(*place)
            .is_none_or(|group| group.len() == MOST_IN_BATCH)
        {
            *place = groups.len();
            groups.push(Vec::with_capacity(MOST_IN_BATCH));
        }
        groups[*place].push(Room {
            view,
            write: checks.next(),
        });
    }
    groups
}

fn is_plain_room(run: &Run<'_>, checks: &[MailboxCheck<'_>]) -> bool {
    let is_view = |mailbox_check: &MailboxCheck<'_>| {
        mailbox_check.api == Some(Api::Graph) && mailbox_check.check == CheckId::MailboxCalendarRead
    };
    let is_no_touch = |mailbox_check: &MailboxCheck<'_>| {
        mailbox_check.check == CheckId::MailboxCalendarWrite
            && !run.allows_real_write(mailbox_check.row)
    };
    match checks {
        [view] => is_view(view),
        [view, write] => is_view(view) && is_no_touch(write) && view.connection == write.connection,
        _ => false,
    }
}

/// Checks all groups. A batch takes several permits of the run's concurrency. Rooms that a batch leaves are checked alone beside
/// them, so that a room that has to wait keeps no other waiting.
pub(super) async fn run_checks(run: &Run<'_>, groups: Vec<Vec<Room<'_>>>) {
    let lanes = (run.concurrency / PERMITS_PER_BATCH).max(1);
    let (left, mut leaving) = mpsc::unbounded_channel();
    let batches = async move {
        let batching = Batching {
            run,
            left,
            known: Mutex::default(),
        };
        stream::iter(groups)
            .for_each_concurrent(lanes, |rooms| batching.check_group(rooms))
            .await;
    };
    let turns = Semaphore::new(run.concurrency);
    let alone = stream::poll_fn(move |context| leaving.poll_recv(context))
        .for_each_concurrent(None, |left| check_alone(run, &turns, left));
    future::join(batches, alone).await;
}

struct Batching<'b, 'q> {
    run: &'b Run<'b>,
    /// Takes what batches leave.
    left: UnboundedSender<Left<'q>>,
    /// What is known of batches, for each connection and check.
    known: Mutex<HashMap<(usize, CheckId), Known>>,
}

/// A mailbox to check with requests of its own.
struct Left<'q> {
    /// The earliest time of the request; `None` if there is no need to wait.
    due: Option<Instant>,
    checks: Vec<MailboxCheck<'q>>,
    /// It has been looked into; only writing is left.
    opened: bool,
}

async fn check_alone(run: &Run<'_>, turns: &Semaphore, left: Left<'_>) {
    if let Some(due) = left.due {
        run.wire.wait_until(due).await;
    }
    // It is never closed, so there is always a turn in the end.
    let _turn = turns.acquire().await;
    // Thousands may wait for their turn; only who has it needs room for an exchange.
    Box::pin(check_mailbox(run, left.checks, left.opened)).await;
    run.progress.mailbox_done();
}

/// What is known of batches about one check in one connection.
#[derive(Debug, Default)]
struct Known {
    /// One was useful. From then on one without good news is about its own rooms only.
    useful: bool,
    /// One had no good news at all.
    no_success: bool,
    /// So many in a row were not understood.
    not_understood: usize,
}

impl Known {
    fn learn(&mut self, lesson: BatchFeedback) {
        match lesson {
            BatchFeedback::NotUnderstood => self.not_understood += 1,
            BatchFeedback::NotNow => {}
            BatchFeedback::Useful => (self.useful, self.not_understood) = (true, 0),
            BatchFeedback::NoGoodNews => (self.no_success, self.not_understood) = (true, 0),
        }
    }

    /// Whether another batch is worth it. One that was useful before may break once.
    fn is_worthwhile(&self) -> bool {
        if self.useful {
            self.not_understood < 2
        } else {
            self.not_understood == 0 && !self.no_success
        }
    }
}

impl<'q> Batching<'_, 'q> {
    /// First the calendar of every room, then whether it can be written to.
    async fn check_group(&self, rooms: Vec<Room<'q>>) {
        let mut writes = Vec::new();
        let responses = self
            .responses(rooms.iter().map(|room| &room.view).collect())
            .await;
        for (room, response) in rooms.into_iter().zip(responses) {
            match response {
                Err(SendAlone { after, earlier }) => {
                    let view = MailboxCheck {
                        earlier,
                        ..room.view
                    };
                    self.leave(
                        after,
                        std::iter::once(view).chain(room.write).collect(),
                        false,
                    );
                }
                Ok(response) => {
                    let viewed = RowResult::from_response(response, Finding::CalendarView);
                    let opened = viewed.opened();
                    self.run.record(room.view.row, viewed);
                    match room.write {
                        Some(write) if opened => writes.push(write),
                        Some(write) => {
                            self.finish(write.row, RowResult::blocked(first_check(Api::Graph)));
                        }
                        None => self.run.progress.mailbox_done(),
                    }
                }
            }
        }
        self.check_writes(writes).await;
    }

    async fn check_writes(&self, writes: Vec<MailboxCheck<'q>>) {
        let responses = self.responses(writes.iter().collect()).await;
        for (write, response) in writes.into_iter().zip(responses) {
            match response {
                Err(SendAlone { after, earlier }) => {
                    self.leave(after, vec![MailboxCheck { earlier, ..write }], true);
                }
                Ok(response) => self.finish(
                    write.row,
                    RowResult::from_response(response, Finding::NonexistentItem),
                ),
            }
        }
    }

    fn leave(&self, after: Option<Duration>, checks: Vec<MailboxCheck<'q>>, opened: bool) {
        let due = after.map(|wait| Instant::now() + wait);
        // The receiver lives as long as this sender, so sending cannot fail.
        let _ = self.left.send(Left {
            due,
            checks,
            opened,
        });
    }

    fn finish(&self, row: usize, result: RowResult) {
        self.run.record(row, result);
        self.run.progress.mailbox_done();
    }

    /// Sends the same request for the mailboxes of all `checks`.
    async fn responses(
        &self,
        checks: Vec<&MailboxCheck<'_>>,
    ) -> Vec<Result<ServiceResponse<()>, SendAlone>> {
        match self.batch(&checks).await {
            Some(batched) => batched.responses,
            None => checks.iter().map(|_| Err(SendAlone::default())).collect(),
        }
    }

    /// `None` where a batch is not worth it, or the pace of the service leaves no room for one now.
    async fn batch(&self, checks: &[&MailboxCheck<'_>]) -> Option<Batched> {
        let first = checks.first()?;
        let (kind, token, wire) = ((first.connection, first.check), first.token, self.run.wire);
        if !self.known().entry(kind).or_default().is_worthwhile() {
            return None;
        }
        let _underway = self.run.underway(&subject(first, checks.len()));
        let mailboxes: Vec<&MailboxAddress> = checks
            .iter()
            .map(|mailbox_check| &mailbox_check.address)
            .collect();
        let batched = match first.check {
            CheckId::MailboxCalendarWrite => {
                wire.no_touch_event_deletes(first.check, token, &mailboxes)
                    .await?
            }
            _ => wire.calendar_views(first.check, token, &mailboxes).await?,
        };
        self.known().entry(kind).or_default().learn(batched.lesson);
        Some(batched)
    }

    fn known(&self) -> MutexGuard<'_, HashMap<(usize, CheckId), Known>> {
        lock(&self.known)
    }
}

/// The subject of a batch in the progress display.
fn subject(first: &MailboxCheck<'_>, count: usize) -> String {
    match count {
        1 => first.address.to_string(),
        _ => format!("{} and {} more", first.address, count - 1),
    }
}
