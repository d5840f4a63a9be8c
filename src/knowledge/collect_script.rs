//! The two parts of the PowerShell script of `collect` that are the same for every customer: the help with the parameters,
//! and the commands. The settings of the customer are between them.

/// The help of the script and its parameters. PowerShell expects them before any statement.
pub const COLLECT_HEAD: &str = include_str!("collect/head.ps1");

/// The commands of the script. They read the settings from variables, so no value of a customer is part of a command.
pub const COLLECT_BODY: &str = include_str!("collect/body.ps1");
