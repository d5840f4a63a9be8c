//! The name of a check or a group on the command line.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use super::check_list::LIST;
use crate::probe;

/// Takes any word and offers the known names to completion scripts. `--only` and `--skip` together decide about a word, and
/// report an unknown one with the nearest name: a list of all of them would fill the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct CheckName;

impl TypedValueParser for CheckName {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new([LIST].into_iter().chain(probe::selectors()).map(PossibleValue::new)))
    }
}
