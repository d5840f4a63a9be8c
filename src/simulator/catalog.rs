//! The scenarios that come with the program.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::DeflateDecoder;

use super::scenario::{Scenario, ScenarioError};

/// The names in alphabetical order, one in each line, as `build.rs` writes them.
const NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/scenario-names.txt"));
/// The texts in the order of the names, compressed, each followed by a zero byte.
const TEXTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scenarios.deflate"));

static SCENARIOS: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let mut texts = String::new();
    // A test reads every scenario. If the data were damaged all the same, the last names would have no text.
    let _ = DeflateDecoder::new(TEXTS).read_to_string(&mut texts);
    let texts = texts.split_terminator('\0').map(str::to_owned);
    NAMES.lines().zip(texts).collect()
});

/// The scenario that is played if none is named.
pub const DEFAULT: &str = "contoso-go-live";

/// All names, in alphabetical order.
pub fn names() -> Vec<&'static str> {
    NAMES.lines().collect()
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
    SCENARIOS
        .get(name)
        .map(String::as_str)
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
    fn the_catalog_is_the_folder_of_scenarios() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios");
        let files = std::fs::read_dir(&folder).unwrap();
        let paths = files.map(|entry| entry.unwrap().path());
        let scenarios = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
        assert_eq!(scenarios.count(), names().len());
        assert!(names().is_sorted());
        for name in names() {
            let text = std::fs::read_to_string(folder.join(format!("{name}.toml"))).unwrap();
            assert_eq!(text_of(name).unwrap(), text, "{name}");
        }
    }

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
