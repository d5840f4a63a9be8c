//! The name of a scenario on the command line.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::simulator::catalogue;

/// Takes any name and offers those of the catalogue to completion scripts. The catalogue itself reports a name that it does
/// not have, with the nearest one: the list of all of them would fill the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScenarioName;

impl TypedValueParser for ScenarioName {
    type Value = String;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(catalogue::names().into_iter().map(PossibleValue::new)))
    }
}
