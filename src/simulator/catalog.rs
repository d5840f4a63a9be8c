//! The scenarios that come with the program.

use include_dir::{Dir, include_dir};

use super::scenario::{Scenario, ScenarioError};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/scenarios");

/// The scenario that is played if none is named.
pub const DEFAULT: &str = "contoso-go-live";

/// All names, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = FILES
        .files()
        .filter_map(|file| file.path().to_str())
        .filter_map(|path| path.strip_suffix(".toml"))
        .collect();
    names.sort_unstable();
    names
}

/// The scenario of this name after the remedy of its first cause, with the id of that cause; `None` where nothing needs a
/// fix.
///
/// # Errors
/// Those of [`load`], and [`ScenarioError::Contradiction`] for a change that does not fit the file.
pub fn load_fixed(name: &str) -> Result<Option<(String, Scenario)>, ScenarioError> {
    super::scenario::fixed(name, text_of(name)?)
}

/// The scenario of this name.
///
/// # Errors
/// [`ScenarioError::Unknown`] for a name that is not in the catalog, else the errors of [`Scenario::parse`].
pub fn load(name: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse(name, text_of(name)?)
}

fn text_of(name: &str) -> Result<&'static str, ScenarioError> {
    let file = FILES.get_file(format!("{name}.toml"));
    file.and_then(|file| file.contents_utf8())
        .ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ScenarioError {
    /// Names that are less alike are not worth a suggestion.
    const ALIKE: f64 = 0.8;
    let alike = names()
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known));
    let nearest = alike
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    ScenarioError::Unknown {
        name: name.to_owned(),
        nearest: nearest.map(|(_, known)| known),
    }
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
    fn an_unknown_name_is_reported_with_the_nearest_one() {
        let nearest = |name| match load(name) {
            Err(ScenarioError::Unknown { nearest, .. }) => nearest,
            other => panic!("{other:?}"),
        };
        assert_eq!(nearest("contoso-golive"), Some("contoso-go-live"));
        assert_eq!(nearest("graph-redy"), Some("graph-ready"));
        assert_eq!(nearest("xyz"), None);
        let message = load("graph-redy").unwrap_err().to_string();
        assert!(message.contains("Did you mean `graph-ready`?"), "{message}");
    }
}
