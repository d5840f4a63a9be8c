//! What a scenario is: settings, options, tenant, faults, expectation; and why one cannot be played.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::simulator::certificates::{CertificateDescription, SimulatedCertificate};
use crate::tables::TomlError;

use super::{After, Fault, NetworkDescription, TenantDescription};

/// One situation of a tenant, read from a scenario file.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file name without its extension; the name given to `demo` and `simulate`.
    pub name: String,
    /// One line for lists.
    pub title: String,
    /// One or two sentences about what the situation shows.
    pub about: String,
    /// The time at which the tenant is played; `None` is the real time.
    pub clock: Option<jiff::Timestamp>,
    /// Environment variables that the settings refer to, usually the client secret.
    pub environment: BTreeMap<String, String>,
    /// Further files beside the settings file, by their names, such as a list of rooms.
    pub files: BTreeMap<String, String>,
    /// How the certificates for sign-in are made, by the names of their files without `.pem`.
    pub certificate_descriptions: BTreeMap<String, CertificateDescription>,
    /// The certificates that were made.
    pub certificates: BTreeMap<String, SimulatedCertificate>,
    /// The settings file of the customer, exactly as it would be typed.
    pub settings: toml::Table,
    /// Options of `check` that the situation needs besides its settings.
    pub options: ScenarioOptions,
    /// The network conditions between the machine and the services.
    pub network: NetworkDescription,
    /// The truth about the tenant.
    pub tenant: TenantDescription,
    /// Faults of the network and of the services, tried in order.
    pub faults: Vec<Fault>,
    /// What a check of these settings against this tenant must find.
    pub expect: Expectation,
    /// What the remedy of the first cause changes.
    pub after: Option<After>,
}

impl Scenario {
    /// This scenario with certificates whose days count from `moment`.
    ///
    /// # Errors
    /// [`ScenarioError::Contradiction`] for a certificate that cannot be made.
    pub fn starting_at(mut self, moment: jiff::Timestamp) -> Result<Scenario, ScenarioError> {
        for (name, description) in &self.certificate_descriptions {
            let made = description.make(moment).ok_or_else(|| {
                self.contradiction(format!("the certificate `{name}` cannot be made"))
            })?;
            self.files.insert(format!("{name}.pem"), made.pem.clone());
            self.certificates.insert(name.clone(), made);
        }
        Ok(self)
    }

    /// The error of an app that names a certificate which is not in the scenario.
    pub(super) fn check_certificates(&self) -> Result<(), ScenarioError> {
        let mut used = self.tenant.apps.iter().flat_map(|app| &app.certificates);
        match used.find(|name| !self.certificates.contains_key(*name)) {
            Some(name) => {
                let reason = format!("`{name}` of an app is missing in [certificates]");
                Err(self.contradiction(reason))
            }
            None => Ok(()),
        }
    }

    /// The error of a scenario that contradicts itself.
    pub(super) fn contradiction(&self, reason: impl Into<String>) -> ScenarioError {
        ScenarioError::Contradiction {
            name: self.name.clone(),
            reason: reason.into(),
        }
    }
}

/// Options of `check` besides the settings file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScenarioOptions {
    /// Addresses that must be refused (`--expect-denied`).
    pub expect_denied: Vec<String>,
    /// Writes that are allowed (`--allow-write`): `calendar` or `mail`.
    pub allow_write: Vec<String>,
    /// Recipient of the test message of `--allow-write mail` (`--to`).
    pub mail_to: Option<String>,
    /// The tenant is to list its rooms (`--rooms-from-tenant`).
    pub rooms_from_tenant: bool,
    /// The connections over EWS are compared with Graph (`migrate`).
    pub migrate: bool,
    /// The evidence of the administrator takes part in the diagnosis (`--with`).
    pub evidence: bool,
    /// Time limit of one request in seconds (`--timeout`).
    pub timeout_seconds: Option<u64>,
    /// How many seconds the local clock is ahead of the tenant's clock; negative is behind.
    pub local_clock_offset_seconds: Option<i64>,
}

/// What a check must find.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `ready`, `ready-limited`, `inconclusive` or `not-ready`.
    pub verdict: String,
    /// The exit code of `check`.
    pub exit_code: u8,
    /// Ids of the causes that must be raised, sorted, an id repeated if it is raised twice.
    #[serde(default)]
    pub causes: Vec<String>,
    /// Per `connection/check.id` (`-/check.id` for rows of no single connection) the counts, such as `11 pass, 1 fail`.
    #[serde(default)]
    pub outcomes: BTreeMap<String, String>,
    /// What a comparison of EWS and Graph must find, for a scenario with `migrate`.
    #[serde(default)]
    pub migration: Option<MigrationExpectation>,
}

/// What a comparison of EWS and Graph must find.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MigrationExpectation {
    /// `ready-to-switch`, `work-to-do` or `inconclusive`.
    pub readiness: String,
    /// Per connection its readiness.
    pub connections: BTreeMap<String, String>,
    /// Per `connection/room` what the two results mean, followed by the cause if there is one.
    pub rooms: BTreeMap<String, String>,
    /// The ids of the steps of the plan, in order.
    pub plan: Vec<String>,
}

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// No scenario of this name is part of the catalog.
    #[error(
        "there is no scenario named `{name}`.{} `rx-preflight demo --list` lists all of them",
        nearest.map(|nearest| format!(" Did you mean `{nearest}`?")).unwrap_or_default()
    )]
    Unknown {
        /// The name that was given.
        name: String,
        /// The name of the catalog that is most like it.
        nearest: Option<&'static str>,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind; the text names line and column.
    #[error("scenario `{name}`: {source}")]
    Format {
        /// The scenario's name.
        name: String,
        /// What is wrong, with line and column.
        source: TomlError,
    },
    /// The file can be read, but describes a tenant that cannot exist.
    #[error("scenario `{name}`: {reason}")]
    Contradiction {
        /// The scenario's name.
        name: String,
        /// What does not fit.
        reason: String,
    },
}
