use serde_json::{Value, json};

use crate::simulator::catalog;
use crate::simulator::scenario::Scenario;
use crate::simulator::small_tenant::{APP, ROOM, SMALL, TENANT};

fn evidence(scenario: &Scenario) -> Value {
    let now = scenario
        .clock
        .unwrap_or_else(|| "2026-11-28T08:00:00Z".parse().unwrap());
    scenario.administrator_evidence(now)
}

fn small_with(changes: &[(&str, &str)]) -> Value {
    let settings = format!(
        "rooms = [\"{ROOM}\", \"gone@contoso.com\"]\noauth_tenant_id = \"{TENANT}\"\noauth_client_id = \"{APP}\"\n\
         resource_login_user_id = \"rx-service@contoso.com\"\n"
    );
    let mut text = SMALL.replace("rooms = [\"boardroom@contoso.com\"]\n", &settings);
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    evidence(&Scenario::parse("small", &text).unwrap())
}

/// How often a command succeeded and failed; `None` if it did not run.
fn count(evidence: &Value, name: &str) -> Option<(u64, usize)> {
    let commands = evidence["commands"].as_array().unwrap();
    let command = commands.iter().find(|command| command["name"] == name)?;
    Some((
        command["succeeded"].as_u64().unwrap(),
        command["failures"].as_array().unwrap().len(),
    ))
}

#[test]
fn a_healthy_tenant_is_described_and_no_secret_is_in_it() {
    let evidence = small_with(&[]);
    assert_eq!(evidence["collected_at"], "2026-11-23T08:00:00Z");
    assert_eq!(evidence["organization"]["ews_enabled"], "not-set");
    assert_eq!(evidence["graph_tenant_id"], TENANT);
    let app = &evidence["apps"][0];
    assert_eq!(
        app["registration"]["secrets"][0]["ends_at"],
        "2027-06-11T08:00:00Z"
    );
    assert_eq!(app["registration"]["requested"][1]["type"], "delegated");
    assert_eq!(app["granted_application"].as_array().unwrap().len(), 5);
    let room = &evidence["mailboxes"][0];
    assert_eq!(room["recipient"]["recipient_type"], "RoomMailbox");
    assert_eq!(room["access"][0]["access_policy"], "Granted");
    assert_eq!(room["access"][0]["exchange_roles"], Value::Null);
    let account = &evidence["mailboxes"][2];
    assert_eq!(account["purposes"], json!(["service-account"]));
    assert_eq!(account["mailbox"]["license_assigned"], true);
    assert_eq!(account["calendar_processing"], Value::Null);
    assert!(!evidence.to_string().contains("8Q~"));
}

#[test]
fn what_is_not_there_is_a_failure_and_never_a_fact() {
    let evidence = small_with(&[]);
    let gone = &evidence["mailboxes"][1];
    assert_eq!(
        (&gone["found"], &gone["recipient"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(count(&evidence, "Get-Recipient"), Some((2, 1)));
    assert_eq!(
        count(&evidence, "Get-ApplicationAccessPolicy"),
        Some((0, 1))
    );
    assert_eq!(evidence["access_policies"], Value::Null);
    assert_eq!(evidence["role_assignments"], json!([]));
}

#[test]
fn policies_and_scopes_decide_for_each_mailbox() {
    let policy = "enabled = true\naccess_policy = [{ right = \"RestrictAccess\", mailboxes = [\"rx-service@contoso.com\"] }]\n\
                  exchange_rbac = [{ role = \"Application Calendars.ReadWrite\", mailboxes = [\"boardroom@contoso.com\"] }]";
    let evidence = small_with(&[("enabled = true", policy)]);
    let access = |place: usize| &evidence["mailboxes"][place]["access"][0];
    assert_eq!(access(0)["access_policy"], "Denied");
    assert_eq!(access(2)["access_policy"], "Granted");
    assert_eq!(access(0)["exchange_roles"][0]["in_scope"], true);
    assert_eq!(access(2)["exchange_roles"][0]["in_scope"], false);
    assert_eq!(
        evidence["access_policies"][0]["access_right"],
        "RestrictAccess"
    );
    assert_eq!(
        evidence["management_scopes"][0]["recipient_filter"],
        "(PrimarySmtpAddress -eq 'boardroom@contoso.com')"
    );
    assert_eq!(
        evidence["role_assignments"][0]["scope"],
        evidence["management_scopes"][0]["name"]
    );
}

#[test]
fn without_a_connection_nothing_of_that_service_is_known() {
    let other = "00000000-1111-4222-8333-444444444444";
    let no_graph = small_with(&[(
        &format!("oauth_tenant_id = \"{TENANT}\"") as &str,
        &format!("oauth_tenant_id = \"{other}\""),
    )]);
    assert_eq!(count(&no_graph, "Connect-MgGraph"), Some((0, 1)));
    assert_eq!(count(&no_graph, "GET /applications"), None);
    assert_eq!(no_graph["apps"], json!([{ "app_id": APP }]));
    assert_eq!(no_graph["mailboxes"][0]["found"], true);
    let no_exchange = small_with(&[("region = \"EU\"", "exchange = \"absent\"")]);
    assert_eq!(count(&no_exchange, "Connect-ExchangeOnline"), Some((0, 1)));
    assert_eq!(count(&no_exchange, "Get-Recipient"), None);
    assert_eq!(no_exchange["organization"], Value::Null);
    assert_eq!(no_exchange["mailboxes"][0]["found"], Value::Null);
    assert_eq!(
        no_exchange["directory"]["services"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn no_scenario_shows_a_secret_to_the_administrator() {
    for name in catalog::names() {
        let scenario = catalog::load(name).unwrap();
        let text = evidence(&scenario).to_string();
        // A Secret ID that was entered in place of the secret is not secret.
        let secrets = scenario
            .environment
            .values()
            .filter(|value| value.len() > 8 && uuid::Uuid::parse_str(value.trim()).is_err());
        for secret in secrets {
            assert!(!text.contains(secret.trim()), "{name}");
        }
    }
}
