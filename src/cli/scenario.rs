//! The scenario that a command plays.

use super::CliError;
use crate::settings::nearest;
use crate::simulator::{Scenario, catalog};

/// Most scenarios that a message proposes.
const PROPOSED: usize = 4;

/// The scenario of this name, or the default one; with `after`, in its state after the fix of its first cause.
pub(super) fn chosen(name: Option<&str>, after: bool) -> Result<Scenario, CliError> {
    let name = name.unwrap_or(catalog::DEFAULT);
    if !after {
        return Ok(catalog::load(name)?);
    }
    match catalog::load_fixed(name)? {
        Some((_, scenario)) => Ok(scenario),
        None => Err(CliError::Usage(without_after(name))),
    }
}

/// The scenarios that `demo --list` names: all, or those that have a state after a fix.
pub(super) fn listed(after: bool) -> Result<Vec<Scenario>, CliError> {
    let mut scenarios = Vec::new();
    for name in catalog::names() {
        if !after || catalog::load_fixed(name)?.is_some() {
            scenarios.push(catalog::load(name)?);
        }
    }
    Ok(scenarios)
}

fn without_after(name: &str) -> String {
    let with_after = |name: &&str| catalog::load_fixed(name).is_ok_and(|after| after.is_some());
    let mut candidates: Vec<&str> = catalog::names().into_iter().filter(with_after).collect();
    let count = candidates.len();
    let mut proposed = Vec::new();
    while proposed.len() < PROPOSED
        && let Some(best) = nearest(name, &candidates)
    {
        candidates.retain(|candidate| *candidate != best);
        proposed.push(format!("`{best}`"));
    }
    let hint = if proposed.is_empty() {
        format!("`{}` has it", catalog::DEFAULT)
    } else {
        format!("the nearest ones that have it: {}", proposed.join(", "))
    };
    format!(
        "--after: `{name}` has no state after a fix, because nothing in it needs one; {hint} \
         (`rx-preflight demo --list --after` lists all {count})"
    )
}
