//! Rooms of Graph that are asked about in batches, because there are so many of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, future, stream};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::time::Instant;

use crate::evidence::Finding;
use crate::probe::context::Run;
use crate::probe::mailbox_checks::{MailboxCheck, ask_mailbox, first_check};
use crate::probe::results::RowResult;
use crate::settings::MailboxAddress;
use crate::terms::{Api, CheckId};
use crate::wire::{AskAlone, BATCH_PERMITS, Batched, Lesson, MOST_IN_BATCH, ServiceResponse};

/// With fewer rooms than these in a connection every room has requests of its own: they are soon answered, and each has an
/// id that Microsoft's support can look up.
const MANY: usize = 100;
/// How many mailboxes a batch asks at a time.
const PLACES: usize = BATCH_PERMITS as usize;

/// A room about whose calendar, and about nothing else, is asked with one token.
pub(super) struct Room<'q> {
    view: MailboxCheck<'q>,
    write: Option<MailboxCheck<'q>>,
}

/// Takes those out of `mailboxes` that are asked about batched, in groups.
pub(super) fn grouped<'q>(
    run: &Run<'_>,
    mailboxes: &mut Vec<Vec<MailboxCheck<'q>>>,
) -> Vec<Vec<Room<'q>>> {
    let mut rooms: HashMap<usize, usize> = HashMap::new();
    for checks in mailboxes.iter().filter(|checks| is_plain_room(run, checks)) {
        *rooms.entry(checks[0].connection).or_default() += 1;
    }
    let is_one_of_many = |checks: &mut Vec<MailboxCheck<'q>>| {
        run.concurrency >= PLACES
            && is_plain_room(run, checks)
            && rooms
                .get(&checks[0].connection)
                .is_some_and(|count| *count >= MANY)
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
            && !run.is_to_be_written(mailbox_check.row)
    };
    match checks {
        [view] => is_view(view),
        [view, write] => is_view(view) && is_no_touch(write) && view.connection == write.connection,
        _ => false,
    }
}

/// Asks about all groups. A batch takes up several places of the run's concurrency. What batches leave is asked alone beside
/// them, so that a room that has to wait keeps no other waiting.
pub(super) async fn ask(run: &Run<'_>, groups: Vec<Vec<Room<'_>>>) {
    let lanes = (run.concurrency / PLACES).max(1);
    let (left, mut leaving) = mpsc::unbounded_channel();
    let batches = async move {
        let batching = Batching {
            run,
            left,
            known: Mutex::default(),
        };
        stream::iter(groups)
            .for_each_concurrent(lanes, |rooms| batching.ask_group(rooms))
            .await;
    };
    let turns = Semaphore::new(run.concurrency);
    let alone = stream::poll_fn(move |context| leaving.poll_recv(context))
        .for_each_concurrent(None, |left| ask_alone(run, &turns, left));
    future::join(batches, alone).await;
}

struct Batching<'b, 'q> {
    run: &'b Run<'b>,
    /// Takes what batches leave.
    left: UnboundedSender<Left<'q>>,
    /// What is known of batches, for each connection and check.
    known: Mutex<HashMap<(usize, CheckId), Known>>,
}

/// A mailbox that is to be asked alone.
struct Left<'q> {
    /// It is not asked before; `None` where nothing is to be waited for.
    due: Option<Instant>,
    checks: Vec<MailboxCheck<'q>>,
    /// It has been looked into; only writing is left.
    opened: bool,
}

async fn ask_alone(run: &Run<'_>, turns: &Semaphore, left: Left<'_>) {
    if let Some(due) = left.due {
        run.wire.wait_until(due).await;
    }
    // It is never closed, so there is always a turn in the end.
    let _turn = turns.acquire().await;
    // Thousands may wait for their turn; only who has it needs room for an exchange.
    Box::pin(ask_mailbox(run, left.checks, left.opened)).await;
    run.progress.mailbox_done();
}

/// What is known of batches about one check in one connection.
#[derive(Debug, Default)]
struct Known {
    /// One was useful. From then on one without good news is about its own rooms only.
    useful: bool,
    /// One had no good news at all.
    no_good_news: bool,
    /// So many in a row were not understood.
    not_understood: usize,
}

impl Known {
    fn learn(&mut self, lesson: Lesson) {
        match lesson {
            Lesson::NotUnderstood => self.not_understood += 1,
            Lesson::NotNow => {}
            Lesson::Useful => (self.useful, self.not_understood) = (true, 0),
            Lesson::NoGoodNews => (self.no_good_news, self.not_understood) = (true, 0),
        }
    }

    /// Whether another batch is worth it. One that was useful before may break once.
    fn is_promising(&self) -> bool {
        if self.useful {
            self.not_understood < 2
        } else {
            self.not_understood == 0 && !self.no_good_news
        }
    }
}

impl<'q> Batching<'_, 'q> {
    /// First the calendar of every room, then whether it can be written to.
    async fn ask_group(&self, rooms: Vec<Room<'q>>) {
        let mut writes = Vec::new();
        let answers = self
            .answers(rooms.iter().map(|room| &room.view).collect())
            .await;
        for (room, answer) in rooms.into_iter().zip(answers) {
            match answer {
                Err(AskAlone { after, earlier }) => {
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
                Ok(exchanged) => {
                    let viewed = RowResult::answered(exchanged, Finding::CalendarView);
                    let opened = viewed.opened();
                    self.run.results.fill(room.view.row, viewed);
                    match room.write {
                        Some(write) if opened => writes.push(write),
                        Some(write) => {
                            self.finish(write.row, RowResult::blocked(first_check(Api::Graph)))
                        }
                        None => self.run.progress.mailbox_done(),
                    }
                }
            }
        }
        self.ask_writes(writes).await;
    }

    async fn ask_writes(&self, writes: Vec<MailboxCheck<'q>>) {
        let answers = self.answers(writes.iter().collect()).await;
        for (write, answer) in writes.into_iter().zip(answers) {
            match answer {
                Err(AskAlone { after, earlier }) => {
                    self.leave(after, vec![MailboxCheck { earlier, ..write }], true)
                }
                Ok(exchanged) => self.finish(
                    write.row,
                    RowResult::answered(exchanged, Finding::NonexistentItem),
                ),
            }
        }
    }

    fn leave(&self, after: Option<Duration>, checks: Vec<MailboxCheck<'q>>, opened: bool) {
        let due = after.map(|wait| Instant::now() + wait);
        // Whoever takes it is there as long as this is.
        let _ = self.left.send(Left {
            due,
            checks,
            opened,
        });
    }

    fn finish(&self, row: usize, result: RowResult) {
        self.run.results.fill(row, result);
        self.run.progress.mailbox_done();
    }

    /// Asks the same about the mailboxes of all `checks`.
    async fn answers(
        &self,
        checks: Vec<&MailboxCheck<'_>>,
    ) -> Vec<Result<ServiceResponse<()>, AskAlone>> {
        match self.batch(&checks).await {
            Some(batched) => batched.answers,
            None => checks.iter().map(|_| Err(AskAlone::default())).collect(),
        }
    }

    /// `None` where a batch is not worth it, or the pace of the service leaves no room for one now.
    async fn batch(&self, checks: &[&MailboxCheck<'_>]) -> Option<Batched> {
        let first = checks.first()?;
        let (kind, token, wire) = ((first.connection, first.check), first.token, self.run.wire);
        if !self.known().entry(kind).or_default().is_promising() {
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
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a batch is about, for whoever watches.
fn subject(first: &MailboxCheck<'_>, count: usize) -> String {
    match count {
        1 => first.address.to_string(),
        _ => format!("{} and {} more", first.address, count - 1),
    }
}
