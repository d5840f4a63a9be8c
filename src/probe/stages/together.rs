//! Rooms of Graph that are asked about in batches, because there are so many of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::{StreamExt, future, stream};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::mailboxes::ask_mailbox;
use crate::evidence::{Api, CheckId, Finding};
use crate::probe::board::Filled;
use crate::probe::questions::{Question, ask as ask_question, first_question};
use crate::probe::run::Run;
use crate::settings::MailboxAddress;
use crate::wire::{AskAlone, BATCH_PLACES, Batched, Earlier, Exchanged, Lesson, MOST_IN_BATCH};

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
    let batching = Batching { run, alone: Semaphore::new(run.concurrency), lessons: Mutex::default() };
    stream::iter(groups)
        .for_each_concurrent((run.concurrency / PLACES).max(1), |rooms| batching.ask_group(rooms))
        .await;
}

struct Batching<'b> {
    run: &'b Run<'b>,
    /// As many rooms of all groups are asked alone at a time as the run's concurrency allows.
    alone: Semaphore,
    /// What was learnt last, for each connection and check.
    lessons: Mutex<HashMap<(usize, CheckId), Lesson>>,
}

/// How a room is asked alone.
#[derive(Debug, Clone, Default)]
struct Alone {
    /// It is not asked before; `None` where nothing was to be waited for.
    due: Option<Instant>,
    earlier: Earlier,
}

impl Batching<'_> {
    /// First the calendar of every room, then whether it can be written to. What a batch does not answer is asked alone.
    async fn ask_group(&self, rooms: Vec<Room<'_>>) {
        let (mut writes, mut alone) = (Vec::new(), Vec::new());
        let answers = self.answers(rooms.iter().map(|room| &room.view).collect()).await;
        for (room, answer) in rooms.into_iter().zip(answers) {
            match answer {
                Err(how) => alone.push(self.ask_room(how, room)),
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
        future::join(future::join_all(alone), self.ask_writes(writes)).await;
    }

    async fn ask_writes(&self, writes: Vec<Question<'_>>) {
        let mut alone = Vec::new();
        let answers = self.answers(writes.iter().collect()).await;
        for (write, answer) in writes.into_iter().zip(answers) {
            match answer {
                Err(how) => alone.push(self.ask_write(how, write)),
                Ok(exchanged) => self.finish(write.row, Filled::answered(exchanged, Finding::NoTouch)),
            }
        }
        future::join_all(alone).await;
    }

    async fn ask_room(&self, how: Alone, room: Room<'_>) {
        let _turn = self.turn(how.due).await;
        let view = Question { earlier: how.earlier, ..room.view };
        ask_mailbox(self.run, std::iter::once(view).chain(room.write).collect()).await;
        self.run.progress.mailbox_done();
    }

    async fn ask_write(&self, how: Alone, write: Question<'_>) {
        let _turn = self.turn(how.due).await;
        let _underway = self.run.underway(write.address.as_str());
        ask_question(self.run, Question { earlier: how.earlier, ..write }, true).await;
        self.run.progress.mailbox_done();
    }

    /// Waits until a room is due, and for its turn.
    async fn turn(&self, due: Option<Instant>) -> Option<SemaphorePermit<'_>> {
        if let Some(due) = due {
            tokio::time::sleep_until(due).await;
        }
        // It is never closed, so there is always a turn in the end.
        self.alone.acquire().await.ok()
    }

    fn finish(&self, row: usize, filled: Filled) {
        self.run.board.fill(row, filled);
        self.run.progress.mailbox_done();
    }

    /// Asks the same about the mailboxes of all `questions`.
    async fn answers(&self, questions: Vec<&Question<'_>>) -> Vec<Result<Exchanged<()>, Alone>> {
        let Some(batched) = self.batch(&questions).await else {
            return questions.iter().map(|_| Err(Alone::default())).collect();
        };
        let now = Instant::now();
        let alone = |AskAlone { after, earlier }| Alone { due: after.map(|wait| now + wait), earlier };
        batched.answers.into_iter().map(|answer| answer.map_err(alone)).collect()
    }

    /// `None` where a batch is not worth it, or the pace of the service leaves no room for one now.
    async fn batch(&self, questions: &[&Question<'_>]) -> Option<Batched> {
        let first = questions.first()?;
        let (kind, token, wire) = ((first.connection, first.check), first.token, self.run.wire);
        if matches!(self.lessons().get(&kind), Some(Lesson::NoGoodNews | Lesson::NotUnderstood)) {
            return None;
        }
        let _underway = self.run.underway(&subject(first, questions.len()));
        let mailboxes: Vec<&MailboxAddress> = questions.iter().map(|question| &question.address).collect();
        let batched = match first.check {
            CheckId::MailboxCalendarWrite => wire.no_touch_event_deletes(first.check, token, &mailboxes).await?,
            _ => wire.calendar_views(first.check, token, &mailboxes).await?,
        };
        self.learn(kind, batched.lesson);
        Some(batched)
    }

    /// Once a batch was useful, one without good news is about its own rooms only.
    fn learn(&self, kind: (usize, CheckId), lesson: Lesson) {
        let mut lessons = self.lessons();
        let known = lessons.entry(kind).or_insert(lesson);
        if *known != Lesson::Useful || lesson == Lesson::NotUnderstood {
            *known = lesson;
        }
    }

    fn lessons(&self) -> MutexGuard<'_, HashMap<(usize, CheckId), Lesson>> {
        self.lessons.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a batch is about, for whoever watches.
fn subject(first: &Question<'_>, count: usize) -> String {
    match count {
        1 => first.address.to_string(),
        _ => format!("{} and {} more", first.address, count - 1),
    }
}
