//! Rooms of Graph that are asked about in batches, because there are so many of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt, future, stream};

use super::mailboxes::ask_mailbox;
use crate::evidence::{Api, CheckId, Finding};
use crate::probe::board::Filled;
use crate::probe::questions::{Question, ask as ask_question, first_question};
use crate::probe::run::Run;
use crate::settings::MailboxAddress;
use crate::wire::{AskAlone, BATCH_PLACES, Batched, Exchanged, MOST_IN_BATCH};

/// With fewer rooms than these in a connection every room has requests of its own: they are soon answered, and each has an
/// id that Microsoft's support can look up.
const MANY: usize = 100;
/// How many mailboxes a batch asks at a time.
const PLACES: usize = BATCH_PLACES as usize;

/// A room about whose calendar, and about nothing else, is asked with one token.
pub(super) struct Room<'q> {
    view: Question<'q>,
    write: Option<Question<'q>>,
}

/// Takes those out of `mailboxes` that are asked about together, in groups.
pub(super) fn grouped<'q>(run: &Run<'_>, mailboxes: &mut Vec<Vec<Question<'q>>>) -> Vec<Vec<Room<'q>>> {
    let mut rooms: HashMap<usize, usize> = HashMap::new();
    for questions in mailboxes.iter().filter(|questions| is_plain_room(run, questions)) {
        *rooms.entry(questions[0].connection).or_default() += 1;
    }
    let is_one_of_many = |questions: &mut Vec<Question<'q>>| {
        run.concurrency >= PLACES
            && is_plain_room(run, questions)
            && rooms.get(&questions[0].connection).is_some_and(|count| *count >= MANY)
    };
    let mut groups: Vec<Vec<Room<'q>>> = Vec::new();
    let mut open: HashMap<usize, usize> = HashMap::new();
    for questions in mailboxes.extract_if(.., is_one_of_many) {
        let mut questions = questions.into_iter();
        let Some(view) = questions.next() else { continue };
        let place = open.entry(view.connection).or_insert(usize::MAX);
        if groups.get(*place).is_none_or(|group| group.len() == MOST_IN_BATCH) {
            *place = groups.len();
            groups.push(Vec::with_capacity(MOST_IN_BATCH));
        }
        groups[*place].push(Room { view, write: questions.next() });
    }
    groups
}

fn is_plain_room(run: &Run<'_>, questions: &[Question<'_>]) -> bool {
    let is_view =
        |question: &Question<'_>| question.api == Some(Api::Graph) && question.check == CheckId::MailboxCalendarRead;
    let is_no_touch = |question: &Question<'_>| {
        question.check == CheckId::MailboxCalendarWrite && !run.is_to_be_written(question.row)
    };
    match questions {
        [view] => is_view(view),
        [view, write] => is_view(view) && is_no_touch(write) && view.connection == write.connection,
        _ => false,
    }
}

/// Asks about all groups. A batch takes up several places of the run's concurrency.
pub(super) async fn ask(run: &Run<'_>, groups: Vec<Vec<Room<'_>>>) {
    let lanes = (run.concurrency / PLACES).max(1);
    let batching = Batching { run, worth: Mutex::new(Worth::Unknown) };
    stream::iter(groups).for_each_concurrent(lanes, |rooms| batching.ask_group(rooms)).await;
}

struct Batching<'b> {
    run: &'b Run<'b>,
    worth: Mutex<Worth>,
}

/// Whether batches are worth their while in this run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// None was answered yet.
    Unknown,
    /// One told something about a room.
    Something,
    /// None gets through, or the first one had no good news of any room: then all rooms are asked alone.
    Nothing,
}

impl Worth {
    fn after(self, batched: &Batched) -> Self {
        match self {
            _ if !batched.understood => Self::Nothing,
            Self::Unknown if batched.told_anything() => Self::Something,
            Self::Unknown => Self::Nothing,
            known => known,
        }
    }
}

/// A batch did not answer for a mailbox, or there was none.
#[derive(Debug, Clone, Copy)]
struct Alone {
    after: Duration,
    batch: Option<u32>,
}

impl Batching<'_> {
    /// First the calendar of every room, then whether it can be written to. What a batch does not tell is asked alone.
    async fn ask_group(&self, rooms: Vec<Room<'_>>) {
        let (mut writes, mut alone) = (Vec::new(), Vec::new());
        let told = self.told(rooms.iter().map(|room| &room.view).collect()).await;
        for (mut room, told) in rooms.into_iter().zip(told) {
            match told {
                Err(Alone { after, batch }) => {
                    room.view.earlier = batch;
                    alone.push(self.ask_room(after, room));
                }
                Ok(exchanged) => {
                    let viewed = Filled::answered(exchanged, Finding::CalendarView);
                    let opened = viewed.opened();
                    self.run.board.fill(room.view.row, viewed);
                    match room.write {
                        Some(write) if opened => writes.push(write),
                        Some(write) => self.finish(write.row, Filled::blocked(first_question(Api::Graph))),
                        None => self.run.progress.mailbox_done(),
                    }
                }
            }
        }
        future::join(all(alone), self.ask_writes(writes)).await;
    }

    async fn ask_writes(&self, writes: Vec<Question<'_>>) {
        let mut alone = Vec::new();
        let told = self.told(writes.iter().collect()).await;
        for (mut write, told) in writes.into_iter().zip(told) {
            match told {
                Err(Alone { after, batch }) => {
                    write.earlier = batch;
                    alone.push(self.ask_write(after, write));
                }
                Ok(exchanged) => self.finish(write.row, Filled::answered(exchanged, Finding::NoTouch)),
            }
        }
        all(alone).await;
    }

    async fn ask_room(&self, after: Duration, room: Room<'_>) {
        tokio::time::sleep(after).await;
        ask_mailbox(self.run, std::iter::once(room.view).chain(room.write).collect()).await;
        self.run.progress.mailbox_done();
    }

    async fn ask_write(&self, after: Duration, write: Question<'_>) {
        tokio::time::sleep(after).await;
        let _underway = self.run.underway(write.address.as_str());
        ask_question(self.run, write, true).await;
        self.run.progress.mailbox_done();
    }

    fn finish(&self, row: usize, filled: Filled) {
        self.run.board.fill(row, filled);
        self.run.progress.mailbox_done();
    }

    /// Asks the same about the mailboxes of all `questions`.
    async fn told(&self, questions: Vec<&Question<'_>>) -> Vec<Result<Exchanged<()>, Alone>> {
        let Some(Batched { replies, request, ms, .. }) = self.batch(&questions).await else {
            return questions.iter().map(|_| Err(Alone { after: Duration::ZERO, batch: None })).collect();
        };
        let exchanged = |reply| Exchanged { reply, requests: vec![request], ms };
        let alone = |AskAlone(after)| Alone { after, batch: Some(request) };
        replies.into_iter().map(|reply| reply.map(exchanged).map_err(alone)).collect()
    }

    /// `None` where a batch is not worth it, or the pace of the service leaves no room for one now.
    async fn batch(&self, questions: &[&Question<'_>]) -> Option<Batched> {
        let first = questions.first().filter(|_| *self.worth() != Worth::Nothing)?;
        let _underway = self.run.underway(&subject(first, questions.len()));
        let mailboxes: Vec<&MailboxAddress> = questions.iter().map(|question| &question.address).collect();
        let (check, token, wire) = (first.check, first.token, self.run.wire);
        let batched = match check {
            CheckId::MailboxCalendarWrite => wire.no_touch_event_deletes(check, token, &mailboxes).await?,
            _ => wire.calendar_views(check, token, &mailboxes).await?,
        };
        let mut worth = self.worth();
        *worth = worth.after(&batched);
        Some(batched)
    }

    fn worth(&self) -> MutexGuard<'_, Worth> {
        self.worth.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for all, as many at once as a batch has places: no more could be sent.
async fn all(asked: Vec<impl Future<Output = ()>>) {
    stream::iter(asked).for_each_concurrent(PLACES, |asked| asked).await;
}

/// What a batch is about, for whoever watches.
fn subject(first: &Question<'_>, count: usize) -> String {
    match count {
        1 => first.address.to_string(),
        _ => format!("{} and {} more", first.address, count - 1),
    }
}
