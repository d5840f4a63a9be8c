//! Connections as they would be after the switch from EWS to Microsoft Graph.

use crate::terms::{Api, CheckId};

use super::lint;
use super::{Connection, Estate, ProductVersion};

impl Estate {
    /// The estate after the switch of every connection that uses EWS.
    #[must_use]
    pub fn on_graph(&self) -> Self {
        let switched = |connection: &Connection| {
            if connection.uses_ews() {
                connection.on_graph(self.product_version)
            } else {
                connection.clone()
            }
        };
        Self {
            connections: self.connections.iter().map(switched).collect(),
            ..self.clone()
        }
    }
}

impl Connection {
    /// Whether the connection books over EWS.
    pub fn uses_ews(&self) -> bool {
        self.api == Some(Api::Ews)
    }

    /// The connection after the switch: the same app, rooms and addresses, with the usual Server Host Name of Graph.
    #[must_use]
    pub fn on_graph(&self, version: Option<ProductVersion>) -> Self {
        let mut switched = Self {
            api: Some(Api::Graph),
            server_host_name: None,
            ..self.clone()
        };
        // What is wrong with these fields depends on the API.
        switched.faults.retain(|fault| {
            !matches!(
                fault.kind.check(),
                CheckId::SettingsUseOauth
                    | CheckId::SettingsServerHostName
                    | CheckId::SettingsServiceAccount
            )
        });
        let oauth = lint::use_oauth_fault(switched.use_oauth, Api::Graph);
        switched.faults.extend(oauth);
        if switched.rooms.expected {
            let account = switched.service_account.as_deref();
            let fault = lint::service_account_fault(account, Api::Graph, version);
            switched.faults.extend(fault);
        }
        switched
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::SettingsFaultKind;
    use crate::settings::{FlagSettings, Reference, SimulatedEnvironment, load_text};

    fn estate(system: &str) -> Estate {
        let text = format!(
            "[system]\noauth_tenant_id = \"contoso.com\"\noauth_client_id = \"x\"\noauth_client_secret = {{ env = \"S\" }}\n\
             rooms = [\"a@contoso.com\"]\n{system}\n[[location]]\nname = \"Berlin\"\nuse_graph_api = true\nrooms = [\"b@contoso.com\"]\n"
        );
        let environment = SimulatedEnvironment {
            variables: [(
                "S".to_owned(),
                "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP".to_owned(),
            )]
            .into(),
            ..SimulatedEnvironment::default()
        };
        let reference = Reference {
            cloud_ids: vec!["global".to_owned()],
            ..Reference::default()
        };
        load_text(
            &text,
            "rx.toml",
            &FlagSettings::default(),
            &environment,
            &reference,
        )
        .unwrap()
    }

    fn kinds(connection: &Connection) -> Vec<SettingsFaultKind> {
        connection.faults.iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn a_connection_over_ews_switches_and_one_over_graph_stays() {
        let before = estate(
            "use_graph_api = false\nserver_host_name = \"https://wrong.example/EWS/Exchange.asmx\"",
        );
        let after = before.on_graph();
        let (system, berlin) = (&after.connections[0], &after.connections[1]);
        assert_eq!(
            (system.api, system.server_host_name.as_deref()),
            (Some(Api::Graph), None)
        );
        assert_eq!(system.rooms, before.connections[0].rooms);
        assert_eq!(system.credentials, before.connections[0].credentials);
        assert_eq!(berlin.api, Some(Api::Graph));
    }

    #[test]
    fn only_faults_that_remain_after_the_switch_are_kept() {
        let before = estate("use_graph_api = false");
        assert!(kinds(&before.connections[0]).contains(&SettingsFaultKind::ServiceAccountMissing));
        assert_eq!(
            kinds(&before.on_graph().connections[0]),
            [SettingsFaultKind::ClientIdMalformed]
        );
        let old = estate("use_graph_api = false").on_graph();
        let version = "2021.2".parse().ok();
        let needs_account = Estate {
            product_version: version,
            ..old
        };
        let again = needs_account.connections[0].on_graph(needs_account.product_version);
        assert!(kinds(&again).contains(&SettingsFaultKind::ServiceAccountMissing));
    }
}
