//! Exchange Web Services messages: written by [`mod@write`], read by [`mod@read`]
//! or, where nothing in them is new, by [`mod@response_cache`].

pub(super) mod read;
pub(super) mod response_cache;
pub(super) mod write;
