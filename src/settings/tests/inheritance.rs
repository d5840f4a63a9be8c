//! Which connections there are, and what they take from the system.

use crate::evidence::{ConnectionKind, SettingsFaultKind};
use crate::settings::Feature;
use crate::terms::Api;

use super::stage::{CLIENT, EWS, OTHER_CLIENT, SECRET, Stage, TENANT, addresses, kinds, names};

const EWS_HOST: &str = "server_host_name = \"https://outlook.office365.com/EWS/Exchange.asmx\"\n";
const GRAPH_HOST: &str = "server_host_name = \"https://graph.microsoft.com/v1.0\"\n";

fn load(text: &str) -> crate::settings::Estate {
    Stage::new().settings(text).load()
}

#[test]
fn the_complete_sample_is_read_as_it_is_meant() {
    let estate = Stage::new()
        .settings(include_str!("../../../fixtures/settings/complete.toml"))
        .file(
            "rooms.csv",
            include_str!("../../../fixtures/settings/rooms.csv"),
        )
        .file(
            "berlin.txt",
            include_str!("../../../fixtures/settings/berlin.txt"),
        )
        .file("auditorium.secret", "auditorium-secret\n")
        .file("sync.secret", "sync-secret\n")
        .load();
    assert_eq!(
        names(&estate),
        ["system", "Berlin", "Oslo", "Auditorium", "user-sync"]
    );
    let [system, berlin, oslo, auditorium, sync] = &estate.connections[..] else {
        panic!("five connections")
    };
    assert_eq!(
        addresses(system),
        [
            "boardroom@contoso.com",
            "Library@contoso.com",
            "kitchen@contoso.com"
        ]
    );
    assert!(system.rooms.malformed.is_empty());
    assert_eq!(
        kinds(system),
        [
            SettingsFaultKind::RoomDuplicate,
            SettingsFaultKind::RoomLineLeftOut
        ]
    );
    assert_eq!(
        (system.api, berlin.api, oslo.api),
        (Some(Api::Ews), Some(Api::Graph), Some(Api::Ews))
    );
    assert_eq!(
        (
            berlin.server_host_name.as_deref(),
            berlin.client_id.as_str()
        ),
        (None, CLIENT)
    );
    assert_eq!(
        addresses(berlin),
        ["spree@contoso.com", "havel@contoso.com"]
    );
    assert_eq!(
        (
            oslo.tenant_id.as_str(),
            oslo.credential.hidden_text().expose()
        ),
        ("oslo.contoso.com", SECRET)
    );
    assert_eq!(
        (auditorium.kind, auditorium.client_id.as_str()),
        (ConnectionKind::Profile, OTHER_CLIENT)
    );
    assert_eq!(addresses(auditorium), ["auditorium@contoso.com"]);
    assert_eq!(auditorium.tenant_id.as_str(), "oslo.contoso.com");
    assert_eq!((system.use_oauth, sync.use_oauth), (Some(true), None));
    assert_eq!(
        (sync.kind, sync.api, sync.tenant_id.as_str()),
        (ConnectionKind::UserSync, None, TENANT)
    );
    assert!(!sync.rooms.expected && system.rooms.expected);
    let credentials: Vec<_> = estate
        .connections
        .iter()
        .map(|connection| connection.credentials)
        .collect();
    assert_eq!(credentials, [0, 0, 1, 2, 3]);
    assert_eq!(system.mail.as_ref().unwrap().feature, Feature::Enabled);
    assert_eq!(
        (sync.user_sync, system.user_sync),
        (Some(Feature::Enabled), None)
    );
}

#[test]
fn a_profile_inherits_from_its_location_and_the_location_from_the_system() {
    let location = format!(
        "{EWS}[[location]]\nname = \"Berlin\"\nuse_graph_api = true\noauth_client_id = \"{OTHER_CLIENT}\"\n\
         rooms = [\"b@contoso.com\"]\n"
    );
    let estate = load(&format!(
        "{location}[[profile]]\nname = \"Hall\"\nlocation = \"Berlin\"\nroom = \"h@contoso.com\"\n\
         [[profile]]\nname = \"Lobby\"\nroom = \"l@contoso.com\"\n\
         [[profile]]\nname = \"Attic\"\nlocation = \"Berlin\"\nuse_graph_api = false\n{EWS_HOST}room = \"a@contoso.com\"\n"
    ));
    let [_, berlin, hall, lobby, attic] = &estate.connections[..] else {
        panic!("five connections")
    };
    let of = |connection: &crate::settings::Connection| {
        (connection.api, connection.client_id.as_str().to_owned())
    };
    assert_eq!(of(hall), of(berlin));
    assert_eq!(of(hall), (Some(Api::Graph), OTHER_CLIENT.to_owned()));
    assert_eq!(hall.credentials, berlin.credentials);
    // What neither of them has comes from the system.
    assert_eq!(hall.tenant_id.as_str(), TENANT);
    assert_eq!(of(lobby), (Some(Api::Ews), CLIENT.to_owned()));
    // What a profile has of its own takes precedence over its location.
    assert_eq!(of(attic), (Some(Api::Ews), OTHER_CLIENT.to_owned()));
    assert_eq!(addresses(hall), ["h@contoso.com"]);
}

#[test]
fn use_oauth_is_inherited_and_off_is_a_fault_of_each_connection() {
    let off = EWS.replace("[system]", "[system]\nuse_oauth = false");
    let estate = load(&format!(
        "{off}[[location]]\nname = \"Berlin\"\nuse_graph_api = true\nrooms = [\"b@contoso.com\"]\n\
         [[location]]\nname = \"Oslo\"\nuse_oauth = true\nrooms = [\"o@contoso.com\"]\n"
    ));
    let faulty: Vec<bool> = estate
        .connections
        .iter()
        .map(|own| kinds(own).contains(&SettingsFaultKind::OauthOff))
        .collect();
    assert_eq!(faulty, [true, true, false]);
    let silent = load(EWS);
    assert_eq!(silent.connections[0].use_oauth, None);
    assert!(!kinds(&silent.connections[0]).contains(&SettingsFaultKind::OauthOff));
}

#[test]
fn rooms_are_never_inherited() {
    let estate = load(&format!(
        "{EWS}rooms = [\"a@contoso.com\"]\n[[location]]\nname = \"Berlin\"\n"
    ));
    let berlin = &estate.connections[1];
    assert!(berlin.rooms.addresses.is_empty() && !berlin.rooms.given && berlin.rooms.expected);
}

#[test]
fn a_system_that_only_passes_on_expects_no_rooms() {
    let estate = load(&format!(
        "{EWS}[[location]]\nname = \"Berlin\"\nrooms = [\"a@contoso.com\"]\n"
    ));
    assert_eq!(names(&estate), ["system", "Berlin"]);
    assert!(!estate.connections[0].rooms.expected && estate.connections[1].rooms.expected);
    let without_rooms = load(&format!("{EWS}[[location]]\nname = \"Berlin\"\n"));
    assert!(
        without_rooms
            .connections
            .iter()
            .all(|connection| connection.rooms.expected)
    );
}

#[test]
fn a_system_without_credentials_is_no_connection_beside_locations() {
    let own = "oauth_tenant_id = \"contoso.com\"\noauth_client_id = \"9a410000-1111-4222-8333-444455556666\"\n\
        oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n";
    let estate = load(&format!(
        "[system]\nuse_graph_api = true\n[[location]]\nname = \"Berlin\"\n{own}"
    ));
    assert_eq!(names(&estate), ["Berlin"]);
    assert_eq!(estate.connections[0].api, Some(Api::Graph));
    assert_eq!(
        names(&load(&format!(
            "[[profile]]\nname = \"Hall\"\nroom = \"h@contoso.com\"\nuse_graph_api = true\n{own}"
        ))),
        ["Hall"]
    );
}

#[test]
fn a_system_that_is_incomplete_by_itself_and_passes_on_is_no_connection() {
    let text = "[system]\nuse_graph_api = false\noauth_client_id = \"9a410000-1111-4222-8333-444455556666\"\n[[location]]\nname = \"Berlin\"\n\
        oauth_tenant_id = \"contoso.com\"\noauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\nrooms = [\"a@contoso.com\"]\n";
    let estate = load(text);
    assert_eq!(names(&estate), ["Berlin"]);
    assert_eq!(estate.connections[0].client_id.as_str(), CLIENT);
    assert!(
        kinds(&estate.connections[0])
            .iter()
            .all(|kind| *kind == SettingsFaultKind::ServiceAccountMissing)
    );
}

#[test]
fn environment_credentials_make_no_connection_beside_others() {
    let stage = Stage::new()
        .variable("AZURE_TENANT_ID", TENANT)
        .variable("AZURE_CLIENT_ID", CLIENT)
        .variable("AZURE_CLIENT_SECRET", SECRET)
        .settings("[[location]]\nname = \"Berlin\"\nuse_graph_api = true\n");
    let estate = stage.load();
    assert_eq!(names(&estate), ["Berlin"]);
    assert_eq!(estate.connections[0].tenant_id.as_str(), TENANT);
}

/// A wrong variable must not look like a mistake in the file.
#[test]
fn a_variable_that_replaces_a_value_of_the_file_is_noted() {
    let stage = || Stage::new().settings(EWS);
    let noted = |stage: Stage| {
        let notes = stage.load().input_notes;
        let about = notes.into_iter().filter_map(|note| note.about);
        about.collect::<Vec<String>>()
    };
    let other = "0a0b0c0d-1111-4222-8333-444455556666";
    for (name, value) in [
        ("AZURE_TENANT_ID", other),
        ("AZURE_CLIENT_ID", other),
        ("AZURE_CLIENT_SECRET", SECRET),
    ] {
        assert_eq!(noted(stage().variable(name, value)), [name]);
        let empty = stage().variable(name, "");
        assert!(noted(empty).is_empty(), "{name}");
    }
    let same = stage().variable("AZURE_CLIENT_ID", CLIENT);
    assert!(noted(same).is_empty());
    for source in ["{ env = \"AZURE_CLIENT_SECRET\" }", "{ prompt = true }"] {
        let text = EWS.replace("{ env = \"RX_CLIENT_SECRET\" }", source);
        let own = Stage::new()
            .settings(&text)
            .variable("AZURE_CLIENT_SECRET", SECRET);
        assert!(noted(own).is_empty(), "{source}");
    }
    let option = stage()
        .variable("AZURE_CLIENT_ID", other)
        .given(|given| given.connection.client_id = Some(CLIENT.to_owned()));
    assert!(noted(option).is_empty());
}

#[test]
fn a_location_that_turns_to_the_other_api_leaves_the_host_name_behind() {
    let estate = load(&format!(
        "{EWS}{EWS_HOST}[[location]]\nname = \"Berlin\"\nuse_graph_api = true\n"
    ));
    let berlin = &estate.connections[1];
    assert_eq!(
        (berlin.api, berlin.server_host_name.as_deref()),
        (Some(Api::Graph), None)
    );
    assert!(kinds(berlin).is_empty());
}

#[test]
fn a_contradiction_in_one_section_is_a_fault() {
    let mismatch = [SettingsFaultKind::HostNameMismatch];
    assert_eq!(
        kinds(&load(&format!("{EWS}{GRAPH_HOST}")).connections[0]),
        mismatch
    );
    let location = format!("{EWS}[[location]]\nname = \"B\"\nuse_graph_api = true\n{EWS_HOST}");
    assert_eq!(kinds(&load(&location).connections[1]), mismatch);
}

#[test]
fn a_location_with_the_other_apis_address_and_an_inherited_choice_is_a_fault() {
    let estate = load(&format!("{EWS}[[location]]\nname = \"B\"\n{GRAPH_HOST}"));
    assert_eq!(
        kinds(&estate.connections[1]),
        [SettingsFaultKind::HostNameMismatch]
    );
}

#[test]
fn the_api_is_never_guessed() {
    let silent = EWS.replace("use_graph_api = false\n", "");
    for more in ["", GRAPH_HOST, EWS_HOST, "rooms = [\"a@contoso.com\"]\n"] {
        let message = Stage::new().settings(&format!("{silent}{more}")).error();
        assert!(
            message.contains("\"system\"") && message.contains("'Use Graph API'"),
            "{message}"
        );
        assert!(
            message.contains("--api graph") && message.contains("--api ews"),
            "{message}"
        );
    }
    let location = EWS
        .replace("[system]", "[[location]]\nname = \"Berlin\"")
        .replace("use_graph_api = false\n", "");
    assert!(
        Stage::new()
            .settings(&location)
            .error()
            .contains("\"Berlin\"")
    );
}
