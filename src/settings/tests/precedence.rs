//! Flags, then environment, then file, then default.

use std::path::PathBuf;

use crate::evidence::ConnectionKind;
use crate::settings::{Connection, FlagSettings, ProductVersion, SimulatedEnvironment, load_text};
use crate::terms::Api;

use super::stage::{
    CLIENT, EWS, OTHER_CLIENT, SECRET, Stage, TENANT, names, reference, secret_of_flag,
};

#[test]
fn flags_alone_are_enough() {
    let stage = Stage::default().file("s.txt", SECRET).given(|given| {
        given.connection.tenant_id = Some(TENANT.to_owned());
        given.connection.client_id = Some(CLIENT.to_owned());
        given.connection.credential = Some(secret_of_flag("s.txt"));
        given.connection.api = Some(Api::Graph);
        given.rooms = vec!["a@contoso.com".to_owned()];
    });
    let estate = stage.load();
    assert_eq!(names(&estate), ["system"]);
    let system = &estate.connections[0];
    assert_eq!(
        (system.kind, system.api),
        (ConnectionKind::System, Some(Api::Graph))
    );
    assert_eq!(
        (system.tenant_id.as_str(), system.client_id.as_str()),
        (TENANT, CLIENT)
    );
    assert_eq!(system.credential.hidden_text().expose(), SECRET);
    assert_eq!(system.rooms.addresses.len(), 1);
    assert_eq!(
        (estate.cloud.as_str(), estate.product_version),
        ("global", None)
    );
    assert!(system.faults.is_empty(), "{:?}", system.faults);
}

#[test]
fn the_environment_is_enough_beside_the_api() {
    let estate = Stage::default()
        .variable("AZURE_TENANT_ID", TENANT)
        .variable("AZURE_CLIENT_ID", CLIENT)
        .variable("AZURE_CLIENT_SECRET", SECRET)
        .given(|given| given.connection.api = Some(Api::Graph))
        .load();
    assert_eq!(estate.connections[0].tenant_id.as_str(), TENANT);
    assert_eq!(
        estate.connections[0].credential.hidden_text().expose(),
        SECRET
    );
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
        .given(|given| given.connection.tenant_id = Some("flag.contoso.com".to_owned()));
    let system = &stage.load().connections[0];
    assert_eq!(system.tenant_id.as_str(), "flag.contoso.com");
    assert_eq!(system.client_id.as_str(), OTHER_CLIENT);
    assert_eq!(system.credential.hidden_text().expose(), SECRET);
}

#[test]
fn locations_inherit_flags_and_environment_of_the_system() {
    let text = format!("{EWS}[[location]]\nname = \"Berlin\"\nrooms = [\"a@contoso.com\"]\n");
    let estate = Stage::new()
        .settings(&text)
        .variable("AZURE_TENANT_ID", "env.contoso.com")
        .given(|given| given.connection.service_account = Some("flag@contoso.com".to_owned()))
        .load();
    assert_eq!(estate.connections[1].tenant_id.as_str(), "env.contoso.com");
    assert_eq!(
        estate.connections[1].service_account.as_deref(),
        Some("flag@contoso.com")
    );
}

#[test]
fn rooms_of_the_flags_replace_those_of_the_system() {
    let text = format!("{EWS}rooms = [\"file@contoso.com\"]\n");
    let stage = Stage::new()
        .settings(&text)
        .file("more.txt", "three@contoso.com\n")
        .given(|given| {
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
    let text =
        format!("{EWS}server_host_name = \"https://outlook.office365.com/EWS/Exchange.asmx\"\n");
    let stage = Stage::new()
        .settings(&text)
        .given(|given| given.connection.api = Some(Api::Graph));
    let system = &stage.load().connections[0];
    assert_eq!(
        (system.api, system.server_host_name.as_deref()),
        (Some(Api::Graph), None)
    );
    assert!(system.faults.is_empty(), "{:?}", system.faults);
}

#[test]
fn values_are_kept_exactly_as_typed() {
    let stage = Stage::new()
        .settings(EWS)
        .given(|given| given.connection.tenant_id = Some(" contoso.com ".to_owned()));
    assert_eq!(
        stage.load().connections[0].tenant_id.as_str(),
        " contoso.com "
    );
}

#[test]
fn cloud_and_version_come_from_the_file() {
    let estate = Stage::new()
        .settings(&format!(
            "cloud = \"GCC-High\"\nproduct_version = \"v2021.6\"\n{EWS}"
        ))
        .load();
    assert_eq!(estate.cloud, "gcc-high");
    assert_eq!(
        estate.product_version,
        Some("2021.6".parse::<ProductVersion>().unwrap())
    );
}

#[test]
fn a_text_is_loaded_without_a_settings_file() {
    let mut machine = SimulatedEnvironment::default();
    machine
        .variables
        .insert("RX_CLIENT_SECRET".to_owned(), SECRET.to_owned());
    machine
        .files
        .insert("rooms.txt".into(), b"a@contoso.com".to_vec());
    let text = format!("{EWS}rooms_file = \"rooms.txt\"\n");
    let estate = load_text(
        &text,
        "scenario 7",
        &FlagSettings::default(),
        &machine,
        &reference(),
    )
    .unwrap();
    assert_eq!(estate.connections[0].rooms.addresses.len(), 1);
    let error = load_text(
        "x = 1",
        "scenario 7",
        &FlagSettings::default(),
        &machine,
        &reference(),
    )
    .unwrap_err();
    assert!(error.to_string().starts_with("scenario 7:1:1: "), "{error}");
}

#[test]
fn the_environment_is_the_system_of_a_file_that_describes_no_connection() {
    let stage = Stage::default()
        .settings("cloud = \"china\"\n")
        .variable("AZURE_TENANT_ID", TENANT)
        .variable("AZURE_CLIENT_ID", CLIENT)
        .variable("AZURE_CLIENT_SECRET", SECRET)
        .given(|given| given.connection.api = Some(Api::Graph));
    let estate = stage.load();
    assert_eq!(
        (names(&estate), estate.cloud.as_str()),
        (vec!["system"], "china")
    );
}

/// What a run shows of one setting.
type Shown = fn(&Connection) -> String;

/// A setting: its line in the file, its environment variable, its flag, and the value that each must lead to.
struct Setting {
    name: &'static str,
    file: (&'static str, &'static str),
    environment: Option<(&'static str, &'static str)>,
    flag: (fn(&mut FlagSettings), &'static str),
    shown: Shown,
}

fn settings() -> Vec<Setting> {
    let ids = |name, file, environment, flag, shown| Setting {
        name,
        file,
        environment: Some(environment),
        flag,
        shown,
    };
    vec![
        ids(
            "tenant id",
            ("oauth_tenant_id = \"file.contoso.com\"", "file.contoso.com"),
            ("AZURE_TENANT_ID", "environment.contoso.com"),
            (
                |given| given.connection.tenant_id = Some("flag.contoso.com".to_owned()),
                "flag.contoso.com",
            ),
            |system| system.tenant_id.to_string(),
        ),
        ids(
            "client id",
            (
                "oauth_client_id = \"9a410000-1111-4222-8333-444455556666\"",
                CLIENT,
            ),
            ("AZURE_CLIENT_ID", OTHER_CLIENT),
            (
                |given| given.connection.client_id = Some(TENANT.to_owned()),
                TENANT,
            ),
            |system| system.client_id.to_string(),
        ),
        ids(
            "client secret",
            (
                "oauth_client_secret = { file = \"file.txt\" }",
                "of the file",
            ),
            ("AZURE_CLIENT_SECRET", "of the environment"),
            (
                |given| given.connection.credential = Some(secret_of_flag("flag.txt")),
                "of the flag",
            ),
            |system| system.credential.hidden_text().expose().to_owned(),
        ),
        Setting {
            name: "API",
            file: ("use_graph_api = false", "Ews"),
            environment: None,
            flag: (|given| given.connection.api = Some(Api::Graph), "Graph"),
            shown: |system| system.api.map(|api| format!("{api:?}")).unwrap_or_default(),
        },
        Setting {
            name: "service account",
            file: (
                "resource_login_user_id = \"file@contoso.com\"",
                "file@contoso.com",
            ),
            environment: None,
            flag: (
                |given| given.connection.service_account = Some("flag@contoso.com".to_owned()),
                "flag@contoso.com",
            ),
            shown: |system| system.service_account.clone().unwrap_or_default(),
        },
        Setting {
            name: "rooms",
            file: ("rooms = [\"file@contoso.com\"]", "file@contoso.com"),
            environment: None,
            flag: (
                |given| given.rooms = vec!["flag@contoso.com".to_owned()],
                "flag@contoso.com",
            ),
            shown: |system| super::stage::addresses(system).join(", "),
        },
        Setting {
            name: "rooms file",
            file: ("rooms_file = \"file-rooms.txt\"", "file-rooms@contoso.com"),
            environment: None,
            flag: (
                |given| given.rooms_file = Some("flag-rooms.txt".into()),
                "flag-rooms@contoso.com",
            ),
            shown: |system| super::stage::addresses(system).join(", "),
        },
        Setting {
            name: "rooms of the tenant",
            file: ("rooms_from_tenant = true", "true"),
            environment: None,
            flag: (
                |given| given.rooms = vec!["flag@contoso.com".to_owned()],
                "false",
            ),
            shown: |system| system.rooms.from_tenant.to_string(),
        },
    ]
}

/// A complete `[system]` in which one line is replaced or added.
fn system_with(line: &str) -> String {
    let key = line.split(' ').next().unwrap_or_default();
    let kept: Vec<&str> = EWS
        .lines()
        .filter(|own| !own.starts_with(key))
        .chain([line])
        .collect();
    kept.join("\n") + "\n"
}

#[test]
fn for_every_setting_flags_go_before_the_environment_and_that_before_the_file() {
    for setting in settings() {
        let stage = || {
            let files = [("file.txt", "of the file"), ("flag.txt", "of the flag")];
            let rooms = [
                ("file-rooms.txt", "file-rooms@contoso.com"),
                ("flag-rooms.txt", "flag-rooms@contoso.com"),
            ];
            let stage = Stage::new().settings(&system_with(setting.file.0));
            files
                .iter()
                .chain(&rooms)
                .fold(stage, |stage, (name, text)| stage.file(name, text))
        };
        let shown = |stage: Stage| (setting.shown)(&stage.load().connections[0]);
        assert_eq!(
            shown(stage()),
            setting.file.1,
            "{} of the file",
            setting.name
        );
        let with_environment = |stage: Stage| match setting.environment {
            Some((name, value)) => stage.variable(name, value),
            None => stage,
        };
        if let Some((_, value)) = setting.environment {
            assert_eq!(
                shown(with_environment(stage())),
                value,
                "{} of the environment",
                setting.name
            );
        }
        let all = with_environment(stage()).given(setting.flag.0);
        assert_eq!(shown(all), setting.flag.1, "{} of the flag", setting.name);
    }
}
