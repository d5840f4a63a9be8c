//! A row of the plan, and the options of a check beyond the settings.

use std::num::NonZeroU8;

use crate::probe::selection::Selection;
use crate::settings::MailboxAddress;
use crate::terms::{CheckId, Requirement, SkipReason};

/// The subject of the row of an app for which no mailbox is chosen yet, or could be.
pub const UNCHOSEN: &str = "auto";

/// Mailboxes that the program chooses itself, because the app must not be able to access them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum DeniedChoice {
    /// The program chooses none.
    #[default]
    None,
    /// The program is to choose so many for each app.
    Wanted(NonZeroU8),
    /// The program has chosen these.
    Chosen(Vec<ChosenMailboxes>),
}

/// The mailboxes that were chosen for one app; none if the app cannot list users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenMailboxes {
    /// The index of the credential set.
    pub credentials: usize,
    /// The mailboxes.
    pub mailboxes: Vec<MailboxAddress>,
}

/// Options of a check beyond the settings.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// Addresses that must be refused.
    pub expect_denied: Vec<MailboxAddress>,
    /// Further addresses that must be refused and that the program chooses.
    pub denied_choice: DeniedChoice,
    /// The first room of each connection may get a test event, which is removed again.
    pub write_calendar: bool,
    /// Where a test mail may be sent.
    pub mail_to: Option<MailboxAddress>,
    /// Which checks run.
    pub selection: Selection,
    /// How the run was narrowed, in the words of the user.
    pub narrowed_by: Vec<String>,
}

/// One row that the report will have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The check.
    pub check: CheckId,
    /// The index of the connection it belongs to; `None` when several share it.
    pub connection: Option<usize>,
    /// The subject of the check, such as a room or a host.
    pub subject: String,
    /// The credential set it concerns, for rows about an app registration.
    pub credentials: Option<usize>,
    /// How much depends on it.
    pub requirement: Requirement,
    /// How its result is determined.
    pub way: Way,
}

/// How a planned row gets its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By a request of its own.
    Run,
    /// Out of other rows.
    Derive,
    /// Not at all.
    Skip(SkipReason, Option<CheckId>),
}

pub(super) fn row(
    check: CheckId,
    connection: Option<usize>,
    subject: impl Into<String>,
    requirement: Requirement,
    way: Way,
) -> Planned {
    Planned {
        check,
        connection,
        subject: subject.into(),
        credentials: None,
        requirement,
        way,
    }
}
