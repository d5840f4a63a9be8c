//! The scenarios that come with the program.

use include_dir::{Dir, include_dir};

use super::scenario::{Scenario, ScenarioError};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/scenarios");

/// The scenario that is played if none is named.
pub const DEFAULT: &str = "contoso-go-live";

/// All names, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        FILES.files().filter_map(|file| file.path().to_str()).filter_map(|path| path.strip_suffix(".toml")).collect();
    names.sort_unstable();
    names
}

/// The scenario of this name after the remedy of its first cause, with the id of that cause; `None` where nothing is to
/// be mended.
///
/// # Errors
/// Those of [`load`], and [`ScenarioError::Contradiction`] for a change that does not fit the file.
pub fn load_mended(name: &str) -> Result<Option<(String, Scenario)>, ScenarioError> {
    super::scenario::mended(name, text_of(name)?)
}

/// The scenario of this name.
///
/// # Errors
/// [`ScenarioError::Unknown`] for a name that is not in the catalogue, else the errors of [`Scenario::parse`].
pub fn load(name: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(name, text_of(name)?)
}

fn text_of(name: &str) -> Result<&'static str, ScenarioError> {
    let file = FILES.get_file(format!("{name}.toml"));
    file.and_then(|file| file.contents_utf8()).ok_or_else(|| ScenarioError::Unknown(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_can_be_read() {
        for name in names() {
            let scenario = load(name).unwrap();
            assert_eq!(scenario.name, name);
        }
    }

    #[test]
    fn an_unknown_name_is_said() {
        assert!(matches!(load("no-such-scenario"), Err(ScenarioError::Unknown(_))));
    }
}
