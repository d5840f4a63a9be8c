//! What the configuration states about one row of the report.

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::evidence_index::Declared;
use crate::evidence::{
    AppAccess, AppAdministration, ConnectionFacts, MailboxAdministration, Observation,
};
use crate::knowledge::{self, Need, format_message};
use crate::terms::{Api, CheckId, ConfigurationFact, NeedId};

use super::configured::Configured;

/// One fact with its sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) fact: ConfigurationFact,
    pub(super) text: String,
    /// What else an administrator has to know about it, in a sentence, such as the policies that deny an access.
    pub(super) more: Option<String>,
}

impl Statement {
    /// The same statement with a further sentence.
    pub(super) fn with(self, more: Option<String>) -> Self {
        Self { more, ..self }
    }

    /// All sentences.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        std::iter::once(&self.text).chain(&self.more).cloned()
    }
}

/// What a row is about: an app, and a mailbox for most rows.
pub(super) struct Subject<'s> {
    pub(super) configured: &'s Configured<'s>,
    pub(super) connection: &'s ConnectionFacts,
    /// The address of the row; `None` for a row about the app.
    pub(super) address: Option<&'s str>,
    /// The permission that the row needs.
    pub(super) need: Option<&'static Need>,
    /// Whether the token contains the permission, so that a scope of an Exchange role does not limit it.
    pub(super) is_declared: bool,
    /// The User-Agent of the requests.
    pub(super) user_agent: &'s str,
}

impl<'s> Subject<'s> {
    /// The subject of a row; `None` without evidence for the tenant of its connection.
    pub(super) fn of_row(context: &'s Context<'_>, row: &'s Observation) -> Option<Self> {
        let configured = context.configured()?;
        let connection = context.connection_of(row)?;
        if !configured.is_about(connection, &context.tenant_key(connection)) {
            return None;
        }
        let need = need_of(row.check, connection.api);
        Some(Self {
            configured,
            connection,
            address: Some(row.subject.as_str()).filter(|subject| subject.contains('@')),
            need,
            is_declared: need.is_some_and(|need| {
                matches!(context.declared(&connection.name, need), Declared::Yes(_))
            }),
            user_agent: &context.evidence.user_agent,
        })
    }

    /// The app of the connection, as the administrator sees it.
    pub(super) fn app(&self) -> Option<&'s AppAdministration> {
        self.configured.evidence.app(&self.connection.client_id)
    }

    /// The mailbox of the row.
    pub(super) fn mailbox(&self) -> Option<&'s MailboxAdministration> {
        self.configured.mailbox(self.address?)
    }

    /// What Exchange responded about the access of the app to the mailbox of the row.
    pub(super) fn access(&self) -> Option<&'s AppAccess> {
        self.mailbox()?.access_of(&self.connection.client_id)
    }

    /// Whether the row is about EWS, whose switches do not affect Graph.
    pub(super) fn is_over_ews(&self) -> bool {
        self.connection.api == Some(Api::Ews)
            && self
                .need
                .is_some_and(|need| need.id == NeedId::calendar(Api::Ews))
    }

    /// The statement of a fact.
    pub(super) fn state(&self, fact: ConfigurationFact, detail: &str) -> Statement {
        let text = knowledge::fill(
            knowledge::configuration_sentence(fact),
            &|name| match name {
                "room" => Some(self.address.map_or_else(
                    || format_message("configuration.every-mailbox", &[]),
                    str::to_owned,
                )),
                "client_id" => Some(self.connection.client_id.clone()),
                "permission" => self.need.map(|need| need.value.clone()),
                "detail" => Some(detail.to_owned()),
                _ => None,
            },
        );
        Statement {
            fact,
            text,
            more: None,
        }
    }
}

/// The permission that a check needs.
fn need_of(check: CheckId, api: Option<Api>) -> Option<&'static Need> {
    let id = match check {
        // Reading needs less than booking does.
        CheckId::MailboxServiceAccount | CheckId::MailboxCalendarRead
            if api == Some(Api::Graph) =>
        {
            NeedId::GraphCalendarRead
        }
        CheckId::MailboxServiceAccount
        | CheckId::MailboxImpersonation
        | CheckId::MailboxCalendarRead
        | CheckId::MailboxCalendarWrite => NeedId::calendar(api?),
        CheckId::MailSend | CheckId::GrantMailSend => NeedId::MailSend,
        CheckId::DirectoryUsers | CheckId::GrantUserReadAll => NeedId::Users,
        CheckId::DirectoryGroups | CheckId::GrantGroupReadAll => NeedId::Groups,
        CheckId::GrantFullAccessAsApp => NeedId::calendar(Api::Ews),
        CheckId::GrantCalendarsReadWrite => NeedId::calendar(Api::Graph),
        _ => return None,
    };
    Some(knowledge::need(id))
}
