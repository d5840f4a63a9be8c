//! Names that completion scripts suggest, and that clap does not validate.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::probe;
use crate::simulator::catalog;

use super::check_list::LIST_WORD;

/// Parser that accepts any word and suggests the known names to completion scripts. The command itself rejects an unknown
/// word and names the most similar one, because a list of all names would fill the screen.
#[derive(Debug, Clone, Copy)]
pub(super) enum SuggestedNames {
    /// Checks and groups of `--only` and `--skip`, which together decide about a word.
    Checks,
    /// Scenarios of the catalog.
    Scenarios,
}

impl SuggestedNames {
    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Checks => [LIST_WORD].into_iter().chain(probe::selectors()).collect(),
            Self::Scenarios => catalog::names(),
        }
    }
}

impl TypedValueParser for SuggestedNames {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.names().into_iter().map(PossibleValue::new)))
    }
}
