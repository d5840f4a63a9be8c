//! The causes the program can name, with what each means and how it is mended.
//!
//! Texts live in `causes.toml`; the order of its rows is the order of the chain from the settings to the mailbox.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::embedded;
pub use super::template::{PLACEHOLDERS, fill};

/// How sure a cause is by default; the diagnosis may lower it where the evidence is thinner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The service's own answer names this cause and no other.
    Confirmed,
    /// The pattern of answers points here; another cause is imaginable.
    Likely,
    /// One of several candidates that the answers cannot tell apart.
    Possible,
}

/// The level at which several symptoms of one cause are a single finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseScope {
    /// One finding for everything in the settings file.
    Estate,
    /// One finding per host that was spoken to.
    Host,
    /// One finding per Microsoft 365 tenant.
    Tenant,
    /// One finding per app registration.
    App,
    /// One finding per set of ResourceXpress settings.
    Connection,
    /// One finding per connection, listing the mailboxes it concerns.
    Mailboxes,
}

/// The least powerful role that can mend a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Who {
    /// Can change the ResourceXpress settings.
    #[serde(rename = "ResourceXpress administrator")]
    ResourceXpressAdministrator,
    /// Can change app registrations and enterprise applications, and consent to all but Graph application permissions.
    #[serde(rename = "Cloud Application Administrator")]
    CloudApplicationAdministrator,
    /// Can also consent to Microsoft Graph application permissions.
    #[serde(rename = "Privileged Role Administrator")]
    PrivilegedRoleAdministrator,
    /// Can change mailboxes, Exchange policies and Exchange role assignments.
    #[serde(rename = "Exchange Administrator")]
    ExchangeAdministrator,
    /// Network operations of the customer.
    #[serde(rename = "whoever runs the proxy or firewall")]
    NetworkOperator,
    /// Nothing to mend; waiting or trying again is enough.
    #[serde(rename = "nobody")]
    Nobody,
}

impl Who {
    /// The role as people say it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResourceXpressAdministrator => "ResourceXpress administrator",
            Self::CloudApplicationAdministrator => "Cloud Application Administrator",
            Self::PrivilegedRoleAdministrator => "Privileged Role Administrator",
            Self::ExchangeAdministrator => "Exchange Administrator",
            Self::NetworkOperator => "whoever runs the proxy or firewall",
            Self::Nobody => "nobody",
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A command to hand over, with placeholders that the caller fills with values quoted for its shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandTemplate {
    /// `powershell` or `bash`.
    pub shell: String,
    /// The command text, possibly of several lines.
    pub text: String,
}

/// One cause: what is wrong, how it is recognised, who mends it and how.
///
/// The texts may hold the placeholders of [`PLACEHOLDERS`]; pass them through [`fill`] before showing them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseEntry {
    /// Public, stable id of the form `group.name`.
    pub id: String,
    /// How sure this cause is when its evidence is met.
    pub confidence: Confidence,
    /// An advisory cause or note never fails its check.
    #[serde(default)]
    pub advisory: bool,
    /// The level at which several symptoms are one finding.
    pub scope: CauseScope,
    /// Position in the chain, counted from 0; a smaller rank lies nearer to the settings.
    #[serde(skip)]
    pub rank: u16,
    /// Who can mend it.
    pub who: Who,
    /// What is wrong, in one line without a full stop.
    pub title: String,
    /// What it means for panels, Check-in, mail or user sync.
    pub impact: String,
    /// How the cause is recognised.
    pub evidence: String,
    /// What to do, in order.
    pub steps: Vec<String>,
    /// Commands that show or mend it.
    #[serde(default)]
    pub commands: Vec<CommandTemplate>,
    /// How to see that it worked.
    pub verify: String,
    /// How long it takes until the change is effective.
    pub takes: String,
    /// Pages of Microsoft or of the vendor.
    pub links: Vec<String>,
    /// Ids of the causes that the answers cannot tell apart from this one.
    #[serde(default)]
    pub candidates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    cause: Vec<CauseEntry>,
}

static CAUSES: LazyLock<Vec<CauseEntry>> = LazyLock::new(|| {
    let mut causes = embedded::parse::<File>(include_str!("causes.toml")).cause;
    for (rank, cause) in (0..).zip(&mut causes) {
        cause.rank = rank;
    }
    causes
});

/// Every cause in the order of the chain.
pub fn causes() -> &'static [CauseEntry] {
    &CAUSES
}

/// The cause with this id, if there is one.
pub fn cause(id: &str) -> Option<&'static CauseEntry> {
    CAUSES.iter().find(|cause| cause.id == id)
}
