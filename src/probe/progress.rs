//! What a run tells while it goes on.

/// Hears how a run goes on. It is called from within the run and must not wait for anything.
pub trait Progress: Sync {
    /// So many mailboxes are going to be asked.
    fn mailboxes(&self, count: usize);
    /// A question about this subject is on its way.
    fn begins(&self, subject: &str);
    /// The question about this subject is answered or given up.
    fn ends(&self, subject: &str);
    /// Everything about one mailbox is answered.
    fn mailbox_done(&self);
}

/// Nobody listens.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn mailboxes(&self, _: usize) {}
    fn begins(&self, _: &str) {}
    fn ends(&self, _: &str) {}
    fn mailbox_done(&self) {}
}

/// A question on its way; dropping it ends it, whether it was answered or given up.
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
