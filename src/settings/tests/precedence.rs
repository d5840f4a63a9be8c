//! Flags, then environment, then file, then default.

use std::path::PathBuf;

use super::stage::{CLIENT, EWS, OTHER_CLIENT, SECRET, Stage, TENANT, names, reference};
use crate::{
    evidence::{Api, ConnectionKind},
    settings::{Given, ProductVersion, Simulated, load_text},
};

#[test]
fn flags_alone_are_enough() {
    let stage = Stage::default().file("s.txt", SECRET).given(|given| {
        given.tenant_id = Some(TENANT.to_owned());
        given.client_id = Some(CLIENT.to_owned());
        given.client_secret_file = Some(PathBuf::from("s.txt"));
        given.api = Some(Api::Graph);
        given.rooms = vec!["a@contoso.com".to_owned()];
    });
    let estate = stage.load();
    assert_eq!(names(&estate), ["system"]);
    let system = &estate.connections[0];
    assert_eq!((system.kind, system.api), (ConnectionKind::System, Some(Api::Graph)));
    assert_eq!((system.tenant_id.as_str(), system.client_id.as_str()), (TENANT, CLIENT));
    assert_eq!(system.secret.expose(), SECRET);
    assert_eq!(system.rooms.addresses.len(), 1);
    assert_eq!((estate.cloud.as_str(), estate.product_version), ("global", None));
    assert!(system.faults.is_empty(), "{:?}", system.faults);
}

#[test]
fn the_environment_alone_is_enough() {
    let estate = Stage::default()
        .variable("AZURE_TENANT_ID", TENANT)
        .variable("AZURE_CLIENT_ID", CLIENT)
        .variable("AZURE_CLIENT_SECRET", SECRET)
        .load();
    assert_eq!(estate.connections[0].tenant_id.as_str(), TENANT);
    assert_eq!(estate.connections[0].secret.expose(), SECRET);
}

#[test]
fn an_empty_azure_variable_is_not_set() {
    let message = Stage::default().variable("AZURE_TENANT_ID", "").error();
    assert!(message.contains("demo"), "{message}");
}

#[test]
fn flags_go_before_environment_and_environment_before_file() {
    let stage = Stage::new()
        .settings(EWS)
        .variable("AZURE_TENANT_ID", "env.contoso.com")
        .variable("AZURE_CLIENT_ID", OTHER_CLIENT)
        .given(|given| given.tenant_id = Some("flag.contoso.com".to_owned()));
    let system = &stage.load().connections[0];
    assert_eq!(system.tenant_id.as_str(), "flag.contoso.com");
    assert_eq!(system.client_id.as_str(), OTHER_CLIENT);
    assert_eq!(system.secret.expose(), SECRET);
}

#[test]
fn locations_inherit_what_flags_and_environment_say_of_the_system() {
    let text = format!("{EWS}[[location]]\nname = \"Berlin\"\nrooms = [\"a@contoso.com\"]\n");
    let estate = Stage::new()
        .settings(&text)
        .variable("AZURE_TENANT_ID", "env.contoso.com")
        .given(|given| given.service_account = Some("flag@contoso.com".to_owned()))
        .load();
    assert_eq!(estate.connections[1].tenant_id.as_str(), "env.contoso.com");
    assert_eq!(estate.connections[1].service_account.as_deref(), Some("flag@contoso.com"));
}

#[test]
fn rooms_of_the_flags_stand_instead_of_those_of_the_system() {
    let text = format!("{EWS}rooms = [\"file@contoso.com\"]\n");
    let stage = Stage::new().settings(&text).file("more.txt", "three@contoso.com\n").given(|given| {
        given.rooms = vec!["one@contoso.com".to_owned(), "two@contoso.com".to_owned()];
        given.rooms_file = Some(PathBuf::from("more.txt"));
    });
    assert_eq!(
        super::stage::addresses(&stage.load().connections[0]),
        ["one@contoso.com", "two@contoso.com", "three@contoso.com"]
    );
}

#[test]
fn the_api_of_a_flag_leaves_the_other_apis_host_name_behind() {
    let text = format!("{EWS}server_host_name = \"https://outlook.office365.com/EWS/Exchange.asmx\"\n");
    let stage = Stage::new().settings(&text).given(|given| given.api = Some(Api::Graph));
    let system = &stage.load().connections[0];
    assert_eq!((system.api, system.server_host_name.as_deref()), (Some(Api::Graph), None));
    assert!(system.faults.is_empty(), "{:?}", system.faults);
}

#[test]
fn values_are_kept_exactly_as_typed() {
    let stage = Stage::new().settings(EWS).given(|given| given.tenant_id = Some(" contoso.com ".to_owned()));
    assert_eq!(stage.load().connections[0].tenant_id.as_str(), " contoso.com ");
}

#[test]
fn cloud_and_version_come_from_the_file() {
    let estate = Stage::new().settings(&format!("cloud = \"GCC-High\"\nproduct_version = \"v2021.6\"\n{EWS}")).load();
    assert_eq!(estate.cloud, "gcc-high");
    assert_eq!(estate.product_version, Some("2021.6".parse::<ProductVersion>().unwrap()));
}

#[test]
fn a_text_is_loaded_without_a_settings_file() {
    let mut machine = Simulated::default();
    machine.variables.insert("RX_CLIENT_SECRET".to_owned(), SECRET.to_owned());
    machine.files.insert("rooms.txt".into(), b"a@contoso.com".to_vec());
    let text = format!("{EWS}rooms_file = \"rooms.txt\"\n");
    let estate = load_text(&text, "scenario 7", &Given::default(), &machine, &reference()).unwrap();
    assert_eq!(estate.connections[0].rooms.addresses.len(), 1);
    let error = load_text("x = 1", "scenario 7", &Given::default(), &machine, &reference()).unwrap_err();
    assert!(error.to_string().starts_with("scenario 7:1:1: "), "{error}");
}

#[test]
fn the_environment_is_the_system_of_a_file_that_describes_no_connection() {
    let stage = Stage::default()
        .settings("cloud = \"china\"\n")
        .variable("AZURE_TENANT_ID", TENANT)
        .variable("AZURE_CLIENT_ID", CLIENT)
        .variable("AZURE_CLIENT_SECRET", SECRET);
    let estate = stage.load();
    assert_eq!((names(&estate), estate.cloud.as_str()), (vec!["system"], "china"));
}
