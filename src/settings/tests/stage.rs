//! A played machine on which settings are loaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::evidence::SettingsFaultKind;

use super::super::*;

pub(super) const TENANT: &str = "5f3c0000-1111-4222-8333-444455556666";
pub(super) const CLIENT: &str = "9a410000-1111-4222-8333-444455556666";
pub(super) const OTHER_CLIENT: &str = "77b00000-1111-4222-8333-444455556666";
/// A secret of today's form with a right checksum (Microsoft's own example).
pub(super) const SECRET: &str = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP";

/// The source that `--client-secret-file` with this value names.
pub(super) fn secret_of_flag(path: &str) -> CredentialSource {
    CredentialSource::of_secret_flag(Path::new(path))
}

/// `[system]` over EWS, complete but for rooms.
pub(super) const EWS: &str = "[system]\nuse_graph_api = false\nresource_login_user_id = \"rx@contoso.com\"\n\
    oauth_tenant_id = \"5f3c0000-1111-4222-8333-444455556666\"\noauth_client_id = \"9a410000-1111-4222-8333-444455556666\"\n\
    oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n";

#[derive(Default)]
pub(super) struct Stage {
    pub(super) given: FlagSettings,
    machine: SimulatedEnvironment,
}

impl Stage {
    /// A machine on which only `RX_CLIENT_SECRET` is set.
    pub(super) fn new() -> Self {
        Self::default().variable("RX_CLIENT_SECRET", SECRET)
    }

    pub(super) fn settings(self, text: &str) -> Self {
        self.file(DEFAULT_FILE, text)
    }

    pub(super) fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.machine
            .files
            .insert(PathBuf::from(path), content.as_ref().to_vec());
        self
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.machine
            .variables
            .insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn given(mut self, change: impl FnOnce(&mut FlagSettings)) -> Self {
        change(&mut self.given);
        self
    }

    pub(super) fn try_load(&self) -> Result<Estate, SettingsError> {
        load(&self.given, &self.machine, &reference())
    }

    pub(super) fn load(&self) -> Estate {
        self.try_load().unwrap()
    }

    /// The message of the error that loading must end in.
    pub(super) fn error(&self) -> String {
        self.try_load().unwrap_err().to_string()
    }
}

pub(in crate::settings) fn reference() -> Reference {
    let hosts = |graph: &str, exchange: &[&str]| CloudHosts {
        graph: graph.to_owned(),
        exchange: exchange.iter().map(|host| (*host).to_owned()).collect(),
    };
    Reference {
        cloud_ids: ["global", "gcc", "gcc-high", "dod", "china"]
            .map(str::to_owned)
            .to_vec(),
        cloud_names: vec![("usgov".to_owned(), "gcc-high".to_owned())],
        first_party_apis: vec![(
            "00000003-0000-0000-c000-000000000000".to_owned(),
            "Microsoft Graph".to_owned(),
        )],
        tenant_domains: BTreeMap::from([
            ("global".to_owned(), "onmicrosoft.com".to_owned()),
            ("china".to_owned(), "onmschina.cn".to_owned()),
        ]),
        cloud_hosts: BTreeMap::from([
            (
                "global".to_owned(),
                hosts(
                    "graph.microsoft.com",
                    &["outlook.office365.com", "outlook.office.com"],
                ),
            ),
            (
                "china".to_owned(),
                hosts("microsoftgraph.chinacloudapi.cn", &["partner.outlook.cn"]),
            ),
        ]),
    }
}

pub(super) fn names(estate: &Estate) -> Vec<&str> {
    estate
        .connections
        .iter()
        .map(|connection| connection.name.as_str())
        .collect()
}

pub(super) fn kinds(connection: &Connection) -> Vec<SettingsFaultKind> {
    connection.faults.iter().map(|fault| fault.kind).collect()
}

pub(super) fn addresses(connection: &Connection) -> Vec<&str> {
    connection
        .rooms
        .addresses
        .iter()
        .map(MailboxAddress::as_str)
        .collect()
}
