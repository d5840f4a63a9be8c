//! Names that completion scripts offer, and that somebody other than `clap` decides about.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use super::check_list::LIST;
use crate::probe;
use crate::simulator::catalog;

/// Takes any word and offers the known names to completion scripts. Whoever uses the word reports an unknown one with the
/// nearest name: a list of all of them would fill the screen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Offered {
    /// Checks and groups of `--only` and `--skip`, which together decide about a word.
    Checks,
    /// Scenarios of the catalogue.
    Scenarios,
}

impl Offered {
    fn names(self) -> Vec<&'static str> {
        match self {
            Self::Checks => [LIST].into_iter().chain(probe::selectors()).collect(),
            Self::Scenarios => catalog::names(),
        }
    }
}

impl TypedValueParser for Offered {
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
