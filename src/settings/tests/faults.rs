//! Faults of whole connections.

use crate::evidence::SettingsFaultKind;
use crate::settings::{Connection, FlagSettings};
use crate::terms::Api;

use super::stage::{CLIENT, EWS, Stage, TENANT, kinds};

fn system(change: impl FnOnce(&mut FlagSettings)) -> Connection {
    Stage::new()
        .settings(EWS)
        .given(change)
        .load()
        .connections
        .remove(0)
}

#[test]
fn a_right_connection_has_none() {
    assert!(system(|_| ()).faults.is_empty());
}

#[test]
fn what_is_absent_is_a_fault() {
    let connection = Stage::new()
        .settings("[system]\nuse_graph_api = false\noauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n")
        .load()
        .connections
        .remove(0);
    let expected = [
        SettingsFaultKind::TenantIdReserved,
        SettingsFaultKind::ClientIdMalformed,
        SettingsFaultKind::ServiceAccountMissing,
    ];
    assert_eq!(kinds(&connection), expected);
}

#[test]
fn ids_are_judged_together() {
    let same = system(|given| given.connection.client_id = Some(TENANT.to_owned()));
    assert_eq!(kinds(&same), [SettingsFaultKind::IdsIdentical]);
    let api = system(|given| {
        given.connection.client_id = Some("00000003-0000-0000-c000-000000000000".to_owned());
    });
    assert_eq!(kinds(&api), [SettingsFaultKind::ClientIdIsAnApi]);
    assert!(api.faults[0].detail.contains("Microsoft Graph"));
    assert_eq!(
        api.faults[0].subject.as_deref(),
        Some("00000003-0000-0000-c000-000000000000")
    );
    let braces = system(|given| given.connection.tenant_id = Some(format!("{{{TENANT}}}")));
    assert!(
        braces.faults[0].detail.contains("braces"),
        "{}",
        braces.faults[0].detail
    );
    assert_eq!(
        system(|given| given.connection.client_id = Some(CLIENT.to_uppercase())).faults,
        []
    );
}

#[test]
fn a_secret_in_the_field_of_an_id_is_not_repeated() {
    let connection =
        system(|given| given.connection.client_id = Some(super::stage::SECRET.to_owned()));
    assert_eq!(kinds(&connection), [SettingsFaultKind::ClientIdMalformed]);
    assert!(!format!("{:?}", connection.faults).contains(super::stage::SECRET));
    assert!(
        connection.faults[0]
            .detail
            .contains("looks like the client secret")
    );
}

#[test]
fn old_versions_need_the_service_account_for_graph() {
    let graph = |version: &str, account: &str| {
        let text = EWS.replace(
            "use_graph_api = false\nresource_login_user_id = \"rx@contoso.com\"",
            &format!("use_graph_api = true\n{account}"),
        );
        Stage::new()
            .settings(&format!("{version}{text}"))
            .load()
            .connections
            .remove(0)
    };
    let old = "product_version = \"2021.5 HF2\"\n";
    assert_eq!(
        kinds(&graph(old, "")),
        [SettingsFaultKind::ServiceAccountMissing]
    );
    assert_eq!(graph(old, "").api, Some(Api::Graph));
    assert_eq!(
        kinds(&graph(old, "resource_login_user_id = \"CONTOSO\\\\rx\"\n")),
        [SettingsFaultKind::ServiceAccountMalformed]
    );
    assert_eq!(
        kinds(&graph(old, "resource_login_user_id = \"rx@contoso.com\"\n")),
        []
    );
    assert_eq!(kinds(&graph("product_version = \"2021.6\"\n", "")), []);
    assert_eq!(kinds(&graph("", "")), []);
}

#[test]
fn a_system_that_books_no_rooms_itself_needs_no_service_account() {
    let text = EWS.replace("resource_login_user_id = \"rx@contoso.com\"\n", "");
    let location = "[[location]]\nname = \"B\"\nresource_login_user_id = \"b@contoso.com\"\nrooms = [\"a@contoso.com\"]\n";
    let estate = Stage::new().settings(&format!("{text}{location}")).load();
    assert_eq!(kinds(&estate.connections[0]), []);
    assert_eq!(kinds(&estate.connections[1]), []);
}

#[test]
fn the_domain_of_a_tenant_can_belong_to_another_cloud() {
    let clouds = |cloud: &str, tenant: &str| {
        let stage = Stage::new().settings(&format!("cloud = \"{cloud}\"\n{EWS}"));
        stage
            .given(|given| given.connection.tenant_id = Some(tenant.to_owned()))
            .load()
            .connections
            .remove(0)
            .domain_clouds
    };
    for tenant in ["contoso.partner.onmschina.cn", "Contoso.onmschina.cn"] {
        assert_eq!(clouds("global", tenant), ["china"], "{tenant}");
        assert!(clouds("china", tenant).is_empty(), "{tenant}");
    }
    for tenant in [
        "contoso.onmicrosoft.com",
        "contoso.com",
        "onmschina.cn",
        "notonmschina.cn",
        TENANT,
    ] {
        assert!(clouds("global", tenant).is_empty(), "{tenant}");
    }
}
