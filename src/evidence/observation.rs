//! One row of evidence for every planned check and subject.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::terms::{CheckId, Requirement, Service, SkipReason};

use super::{
    ConnectionFacts, Failure, FolderFacts, InputNote, ProxyInUse, Refusal, RegistrationFacts,
    Reply, RequestRecord, RoomListing, SettingsFault, TenantFacts, TokenFacts, WriteFacts,
};

/// Everything that a run observed. The diagnosis needs nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// When the run began, by the clock of the run.
    pub started_at: Timestamp,
    /// When the run ended.
    pub finished_at: Timestamp,
    /// The run was stopped before it was complete.
    pub interrupted: bool,
    /// The cloud id of the settings, such as `global`.
    pub cloud: String,
    /// The sign-in host in use, for links and commands.
    pub sign_in_host: String,
    /// The `User-Agent` that was sent.
    pub user_agent: String,
    /// The ResourceXpress version of the settings.
    pub product_version: Option<String>,
    /// How the run was narrowed, in the words of the user, such as `--only mailbox`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub narrowed_by: Vec<String>,
    /// What was left out of the inputs, or replaced by an option.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input_notes: Vec<InputNote>,
    /// The time limit that ended the run, such as `5m`; `None` when the run came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// How many days ahead the user wants to be warned (`--warn-days`); `None` for the defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_days: Option<u16>,
    /// The account that ran the check, `DOMAIN\user` on Windows; `None` for a simulated run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The proxy of the requests; `None` if every service was reached directly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<ProxyInUse>,
    /// Every connection, in the order of the settings.
    pub connections: Vec<ConnectionFacts>,
    /// One entry for every planned check and subject, in the order of the report.
    pub observations: Vec<Observation>,
    /// The control of each connection that needed one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<Control>,
    /// Every request that was made. It is kept once, beside the evidence, in a saved report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestRecord>,
}

/// The result of one planned check for one subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The check.
    pub check: CheckId,
    /// The connection it belongs to; `None` when several connections share it.
    pub connection: Option<String>,
    /// The subject: a host, a tenant, an app or a mailbox.
    pub subject: String,
    /// The credential set it concerns, for rows about an app registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<usize>,
    /// How much depends on it.
    pub requirement: Requirement,
    /// The certificate that the host showed, for `network.*` rows over TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateFacts>,
    /// Whether and how the check ran.
    #[serde(rename = "asked")]
    pub execution: Execution,
    /// No request was sent: `execution` holds the response to an earlier request to the same service or mailbox, which
    /// gets no further requests.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withheld: bool,
    /// The numbers of the requests it rests on.
    pub requests: Vec<u32>,
    /// How long those requests took, in milliseconds.
    pub duration_ms: u64,
}

/// The control of the requests about items that do not exist: a request of the same kind for which the token holds no
/// role. If the service denies it, it checks access before it looks up the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// The connection.
    pub connection: String,
    /// The mailbox.
    pub mailbox: String,
    /// What came back.
    pub reply: Reply<()>,
    /// The numbers of the requests it rests on.
    pub requests: Vec<u32>,
}

/// What the certificate of a host shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFacts {
    /// Who issued it: the common name, with the organization in brackets where there is one.
    pub issuer: String,
    /// The organization of the issuer. The JSON key keeps its spelling from 0.1.0.
    #[serde(
        default,
        rename = "organisation",
        skip_serializing_if = "Option::is_none"
    )]
    pub organization: Option<String>,
    /// The host is the cloud's own, so its issuer is expected to be one that Microsoft uses.
    pub of_cloud: bool,
}

/// Whether and how a check ran. The names in a saved report are those of 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Execution {
    /// It did not run.
    Skipped {
        /// Why not.
        reason: SkipReason,
        /// The check whose outcome prevented it, for [`SkipReason::Blocked`].
        blocked_by: Option<CheckId>,
    },
    /// It needs no request of its own: the result follows from other observations.
    Derived,
    /// It ran. The finding is boxed: most rows of an estate over EWS are derived, and a large variant would enlarge them too.
    #[serde(rename = "answered")]
    Completed(Box<Finding>),
    /// This program failed during the check.
    #[serde(rename = "crashed")]
    InternalError {
        /// What happened.
        message: String,
    },
}

/// The response to a check, by the kind of check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "answer")]
pub enum Finding {
    /// `settings.*`: what the settings show by themselves.
    Settings(Vec<SettingsFault>),
    /// `settings.rooms` of a connection whose rooms the tenant was to list.
    Rooms {
        /// What the rooms that were given in addition show by themselves.
        faults: Vec<SettingsFault>,
        /// The response of the tenant.
        listing: RoomListing,
    },
    /// `network.*`: whether the host responds as such a service does.
    #[serde(rename = "reached")]
    Reachable(Reply<()>),
    /// `tenant.discovery`.
    Discovery(DiscoveryFacts),
    /// `sign-in.*`.
    SignIn(Reply<TokenFacts>),
    /// `registration.*`.
    Registration(Reply<RegistrationFacts>),
    /// An EWS folder read on behalf of a mailbox.
    Folder(Reply<FolderFacts>),
    /// A Graph calendar view.
    CalendarView(Reply<()>),
    /// A request about an item that does not exist: the service accepts the caller if it rejects only the item.
    #[serde(rename = "no-touch")]
    NonexistentItem(Reply<()>),
    /// A write that the user allowed.
    Written {
        /// The service that received the write.
        service: Service,
        /// What came of it.
        reply: Reply<WriteFacts>,
    },
    /// A write that the user allowed was sent, and the run ended before its response came.
    Sent {
        /// What may be there, or may have been sent, in words.
        what: String,
    },
    /// A directory list.
    Listing(Reply<()>),
}

/// Runs one expression on the reply of every kind of finding that has one.
macro_rules! with_reply {
    ($finding:expr, $reply:ident => $then:expr) => {
        match $finding {
            Finding::Settings(_)
            | Finding::Sent { .. }
            | Finding::Rooms {
                listing: RoomListing::Blocked(_),
                ..
            } => None,
            Finding::Rooms {
                listing: RoomListing::Requested($reply),
                ..
            } => $then,
            Finding::Reachable($reply)
            | Finding::CalendarView($reply)
            | Finding::NonexistentItem($reply)
            | Finding::Listing($reply) => $then,
            Finding::Discovery(DiscoveryFacts { here: $reply, .. }) => $then,
            Finding::SignIn($reply) => $then,
            Finding::Registration($reply) => $then,
            Finding::Folder($reply) => $then,
            Finding::Written { reply: $reply, .. } => $then,
        }
    };
}

impl Finding {
    /// The refusal behind a finding.
    pub fn refusal(&self) -> Option<&Refusal> {
        with_reply!(self, reply => reply.refusal())
    }

    /// Why there was no response.
    pub fn failure(&self) -> Option<&Failure> {
        with_reply!(self, reply => reply.failure())
    }

    /// The reply without its facts; `None` where no request was sent.
    pub fn outline(&self) -> Option<Reply<()>> {
        with_reply!(self, reply => Some(reply.outline()))
    }
}

impl Execution {
    /// A check that ran, with its finding.
    pub fn completed(finding: Finding) -> Self {
        Self::Completed(Box::new(finding))
    }

    /// The finding of a check that ran.
    pub fn finding(&self) -> Option<&Finding> {
        if let Self::Completed(finding) = self {
            Some(finding)
        } else {
            None
        }
    }
}

impl Observation {
    /// Whether the check is about a room. A row without a room has no address as its subject.
    pub fn is_about_a_room(&self) -> bool {
        self.check.is_about_a_room(&self.subject)
    }

    /// The finding of a check that ran.
    pub fn finding(&self) -> Option<&Finding> {
        self.execution.finding()
    }
}

/// A tenant in another cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantElsewhere {
    /// The id of a cloud with that sign-in host; the facts distinguish clouds that share a host.
    pub cloud: String,
    /// The content of its discovery document.
    pub tenant: TenantFacts,
}

/// What was found out about a tenant without credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscoveryFacts {
    /// The response of the sign-in host in use.
    pub here: Reply<TenantFacts>,
    /// The other clouds in which the tenant was found, requested only when it was not found here.
    pub elsewhere: Vec<TenantElsewhere>,
    /// Whether the client id is the id of a tenant, requested only when the tenant was not found here.
    pub client_id_is_a_tenant: bool,
    /// The ids of the clouds to which the tenant's domain belongs, where the chosen cloud is not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub domain_clouds: Vec<String>,
}
