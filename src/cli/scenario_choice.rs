//! Scenario that a command runs.

use jiff::Timestamp;

use crate::settings::{self, Estate, FlagSettings, SimulatedEnvironment, nearest};
use crate::simulator::{Scenario, catalog};

use super::args::ScenarioArguments;
use super::{CliError, cloud_endpoints, output};

/// Maximum scenarios that a message suggests.
const MAX_SUGGESTIONS: usize = 4;

/// The scenario of this name, or the default one; with `after`, in its state after the fix of its first cause.
pub(super) fn load(arguments: &ScenarioArguments) -> Result<Scenario, CliError> {
    let name = arguments.name.as_deref().unwrap_or(catalog::DEFAULT);
    if !arguments.after {
        return Ok(catalog::load(name)?);
    }
    match catalog::load_fixed(name)? {
        Some((_, scenario)) => Ok(scenario),
        None => Err(CliError::Usage(no_after_message(name))),
    }
}

/// Writes the evidence that an administrator of the tenant would collect, where the command line names a file for it.
pub(super) fn write_evidence(
    arguments: &ScenarioArguments,
    scenario: &Scenario,
) -> Result<(), CliError> {
    let Some(path) = &arguments.evidence_out else {
        return Ok(());
    };
    let now = scenario.clock.unwrap_or_else(Timestamp::now);
    let evidence = scenario.administrator_evidence(now);
    output::write_file(path, format!("{evidence:#}\n").as_bytes())
}

/// The settings that the customer of a scenario entered.
pub(super) fn customer_estate(scenario: &Scenario) -> Result<Estate, CliError> {
    let files = scenario
        .files
        .iter()
        .map(|(path, text)| (path.into(), text.clone().into_bytes()))
        .collect();
    let surroundings = SimulatedEnvironment {
        variables: scenario.environment.clone(),
        files,
    };
    // The settings go through text, so that a demo reads them with the same parser as a real file.
    let text = toml::to_string(&scenario.settings)
        .map_err(|error| CliError::Internal(error.to_string()))?;
    let origin = format!("scenario {}", scenario.name);
    let given = FlagSettings {
        rooms_from_tenant: scenario.options.rooms_from_tenant,
        ..FlagSettings::default()
    };
    Ok(settings::load_text(
        &text,
        &origin,
        &given,
        &surroundings,
        &cloud_endpoints::reference(),
    )?)
}

/// The scenarios that `demo --list` names: all, or those that have a state after a fix.
pub(super) fn load_all(after: bool) -> Result<Vec<Scenario>, CliError> {
    let mut scenarios = Vec::new();
    for name in catalog::names() {
        if !after || catalog::load_fixed(name)?.is_some() {
            scenarios.push(catalog::load(name)?);
        }
    }
    Ok(scenarios)
}

fn no_after_message(name: &str) -> String {
    let with_after = |name: &&str| catalog::load_fixed(name).is_ok_and(|after| after.is_some());
    let mut candidates: Vec<&str> = catalog::names().into_iter().filter(with_after).collect();
    let count = candidates.len();
    let mut proposed = Vec::new();
    while proposed.len() < MAX_SUGGESTIONS
        && let Some(best) = nearest(name, &candidates)
    {
        candidates.retain(|candidate| *candidate != best);
        proposed.push(format!("`{best}`"));
    }
    let hint = if proposed.is_empty() {
        format!("`{}` has one", catalog::DEFAULT)
    } else {
        format!("similar scenarios that have one: {}", proposed.join(", "))
    };
    format!(
        "--after: `{name}` has no state after a fix, because it needs no fix; {hint} \
         (`rx-preflight demo --list --after` lists all {count})"
    )
}
