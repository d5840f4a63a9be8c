//! A scenario after the remedy of its first cause: the file with some values set and others removed.

use serde::Deserialize;
use toml::{Table, Value};

use crate::tables;

use super::after::{After, Setting};
use super::definition::{Scenario, ScenarioError};

/// The part of a scenario file that this module reads by itself.
#[derive(Deserialize)]
struct FixOnly {
    after: Option<After>,
}

/// The fixed form of a scenario file, with the cause that was fixed; `None` for a file without `[after]`.
///
/// # Errors
/// Those of [`Scenario::parse`], and [`ScenarioError::Contradiction`] for a path that is not in the file.
pub(crate) fn fixed(name: &str, text: &str) -> Result<Option<(String, Scenario)>, ScenarioError> {
    let format = |source| ScenarioError::Format {
        name: name.to_owned(),
        source,
    };
    let Some(after) = tables::read::<FixOnly>(text).map_err(format)?.after else {
        return Ok(None);
    };
    let mut table: Table = tables::read(text).map_err(format)?;
    // Removed, because its paths apply to the original file only.
    table.remove("after");
    for setting in &after.set {
        set(&mut table, setting).ok_or_else(|| missing_path(name, &setting.path))?;
    }
    for path in &after.remove {
        remove(&mut table, path).ok_or_else(|| missing_path(name, path))?;
    }
    // Parsed again like a file, so that the result must be a valid scenario.
    let text = toml::to_string(&table).map_err(|error| ScenarioError::Contradiction {
        name: name.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Some((after.fixes, Scenario::parse(name, &text)?)))
}

fn missing_path(name: &str, path: &str) -> ScenarioError {
    let reason = format!("[after] names `{path}`, which is not in this file");
    ScenarioError::Contradiction {
        name: name.to_owned(),
        reason,
    }
}

fn set(table: &mut Table, setting: &Setting) -> Option<()> {
    let (parent, key) = parent_of(table, &setting.path)?;
    match parent {
        Parent::Table(table) => {
            table.insert(key, setting.value.clone());
        }
        Parent::List(list) => *list.get_mut(key.parse::<usize>().ok()?)? = setting.value.clone(),
    }
    Some(())
}

fn remove(table: &mut Table, path: &str) -> Option<()> {
    match parent_of(table, path)? {
        (Parent::Table(table), key) => table.remove(&key).map(|_| ()),
        (Parent::List(list), key) => {
            let place = key
                .parse::<usize>()
                .ok()
                .filter(|place| *place < list.len())?;
            list.remove(place);
            Some(())
        }
    }
}

/// What holds the last step of a path.
enum Parent<'t> {
    Table(&'t mut Table),
    List(&'t mut Vec<Value>),
}

fn parent_of<'t>(table: &'t mut Table, path: &str) -> Option<(Parent<'t>, String)> {
    let (way, key) = path
        .rsplit_once('.')
        .map_or((None, path), |(way, key)| (Some(way), key));
    let mut parent = Parent::Table(table);
    for step in way.into_iter().flat_map(|way| way.split('.')) {
        let next = match parent {
            Parent::Table(table) => table.get_mut(step)?,
            Parent::List(list) => list.get_mut(step.parse::<usize>().ok()?)?,
        };
        parent = match next {
            Value::Table(table) => Parent::Table(table),
            Value::Array(list) => Parent::List(list),
            _ => return None,
        };
    }
    Some((parent, key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::small_tenant::SMALL;

    fn with(after: &str) -> String {
        format!("{SMALL}\n[after]\nfixes = \"some.cause\"\n{after}")
    }

    #[test]
    fn values_are_set_and_removed_by_their_path() {
        let text =
            with("set = [{ path = \"tenant.app.0.granted\", value = [] }]\nremove = [\"clock\"]\n");
        let (fixes, scenario) = fixed("small", &text).unwrap().unwrap();
        assert_eq!(fixes, "some.cause");
        assert!(scenario.tenant.apps[0].granted.is_empty());
        assert_eq!(scenario.clock, None);
    }

    #[test]
    fn a_file_of_an_earlier_version_has_the_same_fixed_form() {
        let text = with("set = [{ path = \"tenant.app.0.granted\", value = [] }]\n");
        let old = text.replace("fixes = ", "mends = ");
        assert_ne!(old, text);
        let (fixes, scenario) = fixed("small", &old).unwrap().unwrap();
        assert_eq!(fixes, "some.cause");
        assert!(scenario.tenant.apps[0].granted.is_empty());
    }

    #[test]
    fn a_path_that_is_not_in_the_file_is_an_error() {
        let error = fixed("small", &with("remove = [\"tenant.app.9.granted\"]\n")).unwrap_err();
        assert!(
            error.to_string().contains("tenant.app.9.granted"),
            "{error}"
        );
    }

    #[test]
    fn a_file_without_an_after_has_no_fixed_form() {
        assert!(fixed("small", SMALL).unwrap().is_none());
    }
}
