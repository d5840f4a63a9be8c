//! The result of a comparison of EWS and Graph.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::{Cause, Remedy, ResultRow};
use crate::terms::{CauseId, EwsStatus, MigrationPhase, Outcome, Parity, Readiness};

/// Whether the estate can switch from EWS to Microsoft Graph, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Migration {
    /// The readiness of all connections together: that of the one that is furthest from the switch.
    pub readiness: Readiness,
    /// What the EWS responses of today show about the tenant.
    pub ews_status: EwsStatus,
    /// The date and the days until EWS ends, and what `ews_status` means.
    pub schedule: Vec<String>,
    /// Every connection that uses EWS, in the order of the settings.
    pub connections: Vec<MigrationConnection>,
    /// The problems that the checks over Graph found. They are not problems of the installation as it is.
    pub causes: Vec<Cause>,
    /// What to do, in order.
    pub plan: Vec<PlanStep>,
    /// One row for each check of the estate after the switch. The numbers of the rows count for this list only.
    pub results: Vec<ResultRow>,
}

/// The readiness of one connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MigrationConnection {
    /// `system`, or the name of the location or profile.
    pub name: String,
    /// The client ID as typed.
    pub client_id: String,
    /// Whether this connection can switch.
    pub readiness: Readiness,
    /// Every room of the connection, in order.
    pub rooms: Vec<RoomParity>,
}

impl MigrationConnection {
    /// Whether the rooms are not in Exchange Online, so that the connection keeps its EWS server.
    pub fn stays_on_ews(&self) -> bool {
        let is_elsewhere = |room: &RoomParity| {
            let cause = room.cause.as_deref();
            room.graph == Outcome::Fail
                && cause == Some(CauseId::MailboxNotInExchangeOnline.as_str())
        };
        !self.rooms.is_empty() && self.rooms.iter().all(is_elsewhere)
    }
}

/// The results of one room over both APIs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoomParity {
    /// The address of the room.
    pub room: String,
    /// The outcome over EWS.
    pub ews: Outcome,
    /// The outcome over Graph.
    pub graph: Outcome,
    /// What the two outcomes mean together.
    pub parity: Parity,
    /// The ID of the cause of a failure over Graph, or of one over EWS if Graph works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The known difference between the two APIs that explains the outcomes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// One step of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlanStep {
    /// The part of the plan.
    pub phase: MigrationPhase,
    /// The ID of the cause that the step fixes, or of the step itself.
    pub id: String,
    /// The connections that it concerns.
    pub connections: Vec<String>,
    /// What to do or what is wrong, in one line.
    pub title: String,
    /// The values to enter in the ResourceXpress console, for the step that enters them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<ConsoleValues>,
    /// Who does it and how. In JSON, its fields are those of the step.
    #[serde(flatten)]
    pub remedy: Remedy,
}

/// The fields of the ResourceXpress console for all places with the same values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsoleValues {
    /// The places, such as `System Settings > Locations > Berlin`.
    pub places: Vec<String>,
    /// The fields, in the order of the console.
    pub fields: Vec<ConsoleValue>,
}

/// One field of the console. Its value today is the usual one where the settings file does not contain the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsoleValue {
    /// The name of the field.
    pub name: String,
    /// The value for EWS: the configured one if it is known, else the usual one.
    pub over_ews: String,
    /// The value for Graph.
    pub over_graph: String,
    /// What else applies to the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
