//! Exchange Web Services messages: written by [`mod@write`], read by [`mod@read`].

pub(super) mod read;
pub(super) mod write;
