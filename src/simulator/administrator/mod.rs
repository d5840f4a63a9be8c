//! What an administrator of the simulated tenant would collect: the configuration behind the services, as the JSON file
//! that the script of the program writes.
//!
//! It is derived from the description of the tenant and from the settings of the scenario, and shares no code with the
//! rest of the program.

mod app_registrations;
mod command_log;
mod exchange_configuration;
mod mailbox_configuration;
mod settings_subjects;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::clock::whole_seconds;
use super::scenario::{App, ExchangeState, GraphState, Scenario};

use self::command_log::CommandLog;
use self::mailbox_configuration::AddressBook;
use self::settings_subjects::SettingsSubjects;

impl Scenario {
    /// The evidence that an administrator of this tenant collects at the moment `now` for the settings of the scenario.
    pub fn administrator_evidence(&self, now: Timestamp) -> Value {
        let subjects = SettingsSubjects::of(self);
        let mut log = CommandLog::default();
        let mut document = Map::new();
        let mut set = |key: &str, value: Value| drop(document.insert(key.to_owned(), value));
        set("schema_version", json!("1.0"));
        set("document", json!("rx-preflight administrator evidence"));
        let version = env!("CARGO_PKG_VERSION");
        set(
            "tool",
            json!({ "name": "rx-preflight", "version": version }),
        );
        set("collected_at", json!(whole_seconds(now)));
        set("tenant_id", json!(subjects.tenant_id));
        let graph = self.reaches_graph(&subjects, &mut log);
        let exchange = self.reaches_exchange(&mut log);
        if graph {
            set("graph_tenant_id", json!(self.tenant.id));
            let apps = app_registrations::collect(&self.tenant, &subjects, now, &mut log);
            document.extend(apps);
        } else {
            let apps = subjects.apps.iter().map(|id| json!({ "app_id": id }));
            set("apps", apps.collect());
        }
        if exchange {
            document.insert("exchange_tenant_id".to_owned(), json!(self.tenant.id));
            document.extend(exchange_configuration::collect(
                &self.tenant,
                &subjects,
                &mut log,
            ));
        }
        let book = AddressBook::of(&self.tenant);
        let apps = self.described_apps(&subjects);
        let mailboxes = subjects.mailboxes.iter().map(|(address, purposes)| {
            let mut entry = json!({ "address": address, "purposes": purposes });
            if exchange {
                mailbox_configuration::collect(&book, &apps, address, &mut entry, &mut log);
            }
            entry
        });
        let mailboxes: Vec<Value> = mailboxes.collect();
        document.insert("mailboxes".to_owned(), mailboxes.into());
        document.insert("commands".to_owned(), log.into_json());
        document.into()
    }

    /// The apps of the settings, each with its description where the tenant has it.
    fn described_apps<'own>(
        &'own self,
        subjects: &'own SettingsSubjects,
    ) -> Vec<(&'own str, Option<&'own App>)> {
        let described = |id: &str| {
            let mut apps = self.tenant.apps.iter();
            apps.find(|app| app.client_id.eq_ignore_ascii_case(id))
        };
        let ids = subjects.apps.iter().map(String::as_str);
        ids.map(|id| (id, described(id))).collect()
    }

    /// Whether an administrator can sign in to Microsoft Graph with the tenant ID of the settings.
    fn reaches_graph(&self, subjects: &SettingsSubjects, log: &mut CommandLog) -> bool {
        let tenant = &self.tenant;
        let wanted = subjects.tenant_id.as_str();
        let is_known = wanted.eq_ignore_ascii_case(&tenant.id)
            || tenant
                .domains
                .iter()
                .any(|domain| domain.eq_ignore_ascii_case(wanted));
        let error = if !is_known {
            Some(
                "AADSTS90002: Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
            )
        } else if tenant.inactive {
            Some("AADSTS5000225: This tenant has been blocked due to inactivity.")
        } else if tenant.graph == GraphState::Disabled {
            Some(
                "AADSTS500014: The service principal for resource 'https://graph.microsoft.com' is disabled.",
            )
        } else {
            None
        };
        log.connection(&["Connect-MgGraph", "Get-MgContext"], error)
    }

    /// Whether an administrator can connect to Exchange Online.
    fn reaches_exchange(&self, log: &mut CommandLog) -> bool {
        let tenant = &self.tenant;
        let error = if tenant.inactive {
            Some("AADSTS5000225: This tenant has been blocked due to inactivity.")
        } else {
            match tenant.exchange {
                ExchangeState::Absent => Some(
                    "AADSTS500011: The resource principal named https://outlook.office365.com was not found in the tenant.",
                ),
                ExchangeState::Disabled => Some(
                    "AADSTS500014: The service principal for resource 'https://outlook.office365.com' is disabled.",
                ),
                ExchangeState::Active if tenant.access_blocked => {
                    Some("Access to the organization is blocked.")
                }
                ExchangeState::Active => None,
            }
        };
        log.connection(
            &["Connect-ExchangeOnline", "Get-ConnectionInformation"],
            error,
        )
    }
}

#[cfg(test)]
mod tests;
