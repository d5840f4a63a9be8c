//! Reading a scenario file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::simulator::certificates::CertificateDescription;
use crate::tables;

use super::definition::{Expectation, Scenario, ScenarioError, ScenarioOptions};
use super::{After, Fault, NetworkDescription, TenantDescription, validation};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenarioFile {
    title: String,
    about: String,
    clock: Option<jiff::Timestamp>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    certificates: BTreeMap<String, CertificateDescription>,
    settings: toml::Table,
    #[serde(default)]
    options: ScenarioOptions,
    #[serde(default)]
    network: NetworkDescription,
    tenant: TenantDescription,
    #[serde(default, rename = "fault")]
    faults: Vec<Fault>,
    expect: Expectation,
    after: Option<After>,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// [`ScenarioError::Format`] with line and column for what is not TOML, an unknown key or a wrong value;
    /// [`ScenarioError::Contradiction`] for a tenant that contradicts itself.
    pub fn parse(name: &str, text: &str) -> Result<Scenario, ScenarioError> {
        let file: ScenarioFile = tables::read(text).map_err(|source| ScenarioError::Format {
            name: name.to_owned(),
            source,
        })?;
        let mut scenario = Scenario {
            name: name.to_owned(),
            title: file.title,
            about: file.about,
            clock: file.clock,
            environment: file.environment,
            files: file.files,
            certificate_descriptions: file.certificates,
            certificates: BTreeMap::new(),
            settings: file.settings,
            options: file.options,
            network: file.network,
            tenant: file.tenant,
            faults: file.faults,
            expect: file.expect,
            after: file.after,
        };
        if let Some(reason) = validation::contradiction(&scenario) {
            return Err(scenario.contradiction(reason));
        }
        let moment = scenario.clock.unwrap_or_else(jiff::Timestamp::now);
        scenario = scenario.starting_at(moment)?;
        scenario.check_certificates()?;
        // After the validation, because the addresses of these rooms are in the tenant's first
        // domain.
        if let Some(more) = scenario.tenant.more_rooms.take() {
            scenario.add_rooms(more)?;
        }
        Ok(scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::SMALL;

    #[test]
    fn a_small_scenario_is_read() {
        let scenario = Scenario::parse("small", SMALL).unwrap();
        assert_eq!(scenario.tenant.apps[0].granted.len(), 5);
        assert_eq!(scenario.expect.verdict, "ready");
        assert_eq!(scenario.clock.unwrap().to_string(), "2026-11-23T08:00:00Z");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let text = SMALL.replace("region = ", "regoin = ");
        let error = Scenario::parse("small", &text).unwrap_err().to_string();
        assert!(
            error.contains("regoin") && error.contains("line"),
            "{error}"
        );
    }

    #[test]
    fn a_file_lies_beside_the_settings_and_nowhere_else() {
        let with = |name: &str| {
            Scenario::parse(
                "small",
                &format!("{SMALL}\n[files]\n\"{name}\" = \"a@x.com\"\n"),
            )
        };
        assert_eq!(with("rooms.csv").unwrap().files["rooms.csv"], "a@x.com");
        for name in [
            "../rooms.csv",
            "/etc/rooms.csv",
            "a\\\\rooms.csv",
            "C:rooms.csv",
            "..",
            "",
        ] {
            assert!(
                matches!(with(name), Err(ScenarioError::Contradiction { .. })),
                "{name}"
            );
        }
    }

    #[test]
    fn a_secret_of_an_unknown_variable_is_a_contradiction() {
        let text = SMALL.replace("env = \"RX_CLIENT_SECRET\", ends", "env = \"OTHER\", ends");
        let error = Scenario::parse("small", &text).unwrap_err();
        assert!(
            matches!(error, ScenarioError::Contradiction { .. }),
            "{error}"
        );
        assert!(error.to_string().contains("OTHER"));
    }
}
