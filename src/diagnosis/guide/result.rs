//! The result: the steps with the values of one estate.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnosis::Remedy;
use crate::terms::{Api, GuidePart, GuideState, GuideStepId, Requirement};

/// The setup of ResourceXpress for one estate, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Guide {
    /// The cloud ID, such as `global`.
    pub cloud: String,
    /// The APIs that the guide covers.
    pub apis: Vec<Api>,
    /// Every connection, in the order of the settings.
    pub connections: Vec<GuideConnection>,
    /// What to do, in order.
    pub steps: Vec<GuideStep>,
}

/// One connection of the estate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuideConnection {
    /// `system`, `mail`, `user-sync`, or the name of the location or profile.
    pub name: String,
    /// The API over which it books; `null` for mail and user sync with credentials of their own.
    pub api: Option<Api>,
    /// The tenant ID as typed; empty if it is not known yet.
    pub tenant_id: String,
    /// The client ID as typed; empty if it is not known yet.
    pub client_id: String,
    /// The number of distinct rooms.
    pub rooms: usize,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuideStep {
    /// The number of the step, from 1.
    pub number: usize,
    /// The part of the guide.
    pub part: GuidePart,
    /// The public ID. Steps of several apps have the same one.
    pub id: GuideStepId,
    /// What to do, in one line.
    pub title: String,
    /// Whether ResourceXpress works without it; `advisory` for steps that only reduce what the app may do.
    pub requirement: Requirement,
    /// The APIs that it is for; empty for both.
    pub apis: Vec<Api>,
    /// The connections that it concerns.
    pub connections: Vec<String>,
    /// What the report shows; `null` without a report.
    pub state: Option<GuideState>,
    /// The checks that all pass when the step is done.
    pub checks: Vec<String>,
    /// Where it is done.
    pub path: String,
    /// The permissions that it adds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<GuidePermission>,
    /// The values to enter in the ResourceXpress console.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<GuideFields>,
    /// Sentences of the vendor's guide that are no longer correct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<ReplacedText>,
    /// The page that the step was compared with.
    pub source: String,
    /// The day of the comparison, `YYYY-MM-DD`.
    pub checked: String,
    /// Who does it and how. In JSON, its fields are those of the step.
    #[serde(flatten)]
    pub remedy: Remedy,
}

/// One permission that a step adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuidePermission {
    /// The permission.
    pub permission: String,
    /// The API to which it belongs.
    pub api: String,
    /// Its type: `Application`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its GUID.
    pub id: String,
    /// What ResourceXpress does with it.
    pub purpose: String,
}

/// The fields of the ResourceXpress console for all places with the same values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GuideFields {
    /// The places, such as `System Settings > Locations > Berlin`.
    pub places: Vec<String>,
    /// The fields, in the order of the console.
    pub fields: Vec<FieldValue>,
}

/// One field of the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldValue {
    /// The name of the field.
    pub name: String,
    /// The value.
    pub value: String,
    /// What else applies to the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A sentence of the vendor's guide that is no longer correct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReplacedText {
    /// The sentence, in other words than the vendor's.
    pub vendor: String,
    /// What is correct today.
    pub today: String,
}
