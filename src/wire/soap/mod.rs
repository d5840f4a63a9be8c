//! Exchange Web Services messages: written by [`write`], read by [`read`].

pub(super) mod read;
pub(super) mod write;
