//! The configuration that an administrator collected, as a second observer beside the responses to the app.
//!
//! A live response decides the result of a check. The configuration decides between causes that look the same to the app.

mod calendar;
mod configured;
mod coverage;
mod exchange_statements;
mod mailbox_statements;
mod settling;
mod statement;
mod summary;

pub(super) use calendar::judge_calendar_processing;
pub(super) use configured::Configured;
pub(super) use coverage::covers;
pub(super) use settling::settle;
pub(super) use summary::summarize;
