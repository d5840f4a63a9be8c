//! Settings from the flags of a command, independent of the command line library.

use std::path::PathBuf;

use url::Url;

use super::ConnectionKeys;
use super::host_name::with_port;

/// All settings that flags can provide. They apply to `[system]` and override environment and file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FlagSettings {
    /// `--config`: the settings file.
    pub config: Option<PathBuf>,
    /// `--tenant-id`, `--client-id`, `--client-secret-file`, `--api` and `--service-account`.
    pub connection: ConnectionKeys,
    /// `--room`, any number of times.
    pub rooms: Vec<String>,
    /// `--rooms`: a file of rooms.
    pub rooms_file: Option<PathBuf>,
    /// `--rooms-from-tenant`: the tenant lists its rooms.
    pub rooms_from_tenant: bool,
    /// `--ews-url` and `--graph-url`: addresses that a Server Host Name may name although no cloud has them.
    pub service_urls: Vec<String>,
    /// `--accepted`: a file of accepted findings, in place of the one that the settings file names.
    pub accepted_file: Option<PathBuf>,
    /// `--require`: features that must work although the file is silent about them.
    pub require: Vec<RequiredFeature>,
}

/// A feature that `--require` can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequiredFeature {
    /// Outgoing mail over `Mail.Send`.
    Mail,
    /// Azure AD user sync.
    UserSync,
}

impl RequiredFeature {
    /// The word of the flag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::UserSync => "user-sync",
        }
    }
}

impl FlagSettings {
    /// The hosts of the addresses that options name, with their ports.
    pub(super) fn service_hosts(&self) -> Vec<String> {
        self.service_urls
            .iter()
            .filter_map(|typed| Url::parse(typed.trim()).ok())
            .map(|url| with_port(&url))
            .collect()
    }

    /// Whether the flags describe no connection at all. `--require`, `--rooms-from-tenant` and `--config` alone describe
    /// none.
    pub(super) fn describes_nothing(&self) -> bool {
        self.connection == ConnectionKeys::default()
            && self.rooms.is_empty()
            && self.rooms_file.is_none()
    }
}
