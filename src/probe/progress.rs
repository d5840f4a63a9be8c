//! Progress of a run.

use crate::evidence::Evidence;
use crate::terms::CheckId;

/// Receiver of progress events. The run calls it directly, so it must not block.
pub trait Progress: Sync {
    /// The number of mailboxes to check.
    fn mailboxes(&self, count: usize);
    /// A request about this subject is in progress.
    fn begins(&self, subject: &str);
    /// The request about this subject is complete or was abandoned.
    fn ends(&self, subject: &str);
    /// All checks of one mailbox are complete.
    fn mailbox_done(&self);
    /// The checks of all rows that have no final result yet, one for each row.
    fn open_rows(&self, checks: &[CheckId]);
    /// A row of this check has its final result. `so_far` collects the evidence up to now.
    fn recorded(&self, check: CheckId, so_far: &dyn Fn() -> Evidence);
}

/// Receiver that ignores all progress events.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn mailboxes(&self, _: usize) {}
    fn begins(&self, _: &str) {}
    fn ends(&self, _: &str) {}
    fn mailbox_done(&self) {}
    fn open_rows(&self, _: &[CheckId]) {}
    fn recorded(&self, _: CheckId, _: &dyn Fn() -> Evidence) {}
}

/// A request in progress; dropping it ends it, whether it is complete or was abandoned.
pub(super) struct InProgress<'p> {
    progress: &'p dyn Progress,
    subject: String,
}

impl<'p> InProgress<'p> {
    pub(super) fn begin(progress: &'p dyn Progress, subject: &str) -> Self {
        progress.begins(subject);
        Self {
            progress,
            subject: subject.to_owned(),
        }
    }
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.progress.ends(&self.subject);
    }
}
