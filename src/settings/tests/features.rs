//! Mail and user sync.

use crate::evidence::{ConnectionKind, SettingsFaultKind};
use crate::settings::{Estate, Feature, RequiredFeature};

use super::stage::{EWS, OTHER_CLIENT, Stage, TENANT, kinds, names};

const OWN: &str = "oauth_client_id = \"77b00000-1111-4222-8333-444455556666\"\n";

fn load(tail: &str) -> Estate {
    Stage::new().settings(&format!("{EWS}{tail}")).load()
}

/// The names of the connections that carry mail and user sync.
fn carriers(estate: &Estate) -> (Vec<&str>, Vec<&str>) {
    let with = |has: fn(&crate::settings::Connection) -> bool| {
        estate
            .connections
            .iter()
            .filter(|connection| has(connection))
            .map(|connection| connection.name.as_str())
            .collect()
    };
    (
        with(|connection| connection.mail.is_some()),
        with(|connection| connection.user_sync.is_some()),
    )
}

#[test]
fn silence_leaves_both_with_the_system_and_open() {
    let estate = load("[[location]]\nname = \"Berlin\"\n");
    assert_eq!(carriers(&estate), (vec!["system"], vec!["system"]));
    let system = &estate.connections[0];
    assert_eq!(
        (system.mail.clone().unwrap().feature, system.user_sync),
        (Feature::Unspecified, Some(Feature::Unspecified))
    );
}

#[test]
fn credentials_of_its_own_make_a_connection_that_inherits_the_rest() {
    let estate = load(&format!("[mail]\nenabled = true\n{OWN}[user_sync]\n{OWN}"));
    assert_eq!(names(&estate), ["system", "mail", "user-sync"]);
    assert_eq!(carriers(&estate), (vec!["mail"], vec!["user-sync"]));
    let mail = &estate.connections[1];
    assert_eq!((mail.kind, mail.api), (ConnectionKind::Mail, None));
    assert_eq!(
        (mail.tenant_id.as_str(), mail.client_id.as_str()),
        (TENANT, OTHER_CLIENT)
    );
    assert!(mail.faults.is_empty() && !mail.rooms.expected && mail.service_account.is_none());
    assert_eq!(
        mail.mail.as_ref().unwrap().from.as_deref(),
        Some("rx@contoso.com")
    );
    assert_eq!(
        (
            estate.connections[1].credentials,
            estate.connections[2].credentials
        ),
        (1, 1)
    );
}

#[test]
fn only_ids_and_secret_of_such_a_connection_are_judged() {
    let estate = load("[mail]\noauth_client_id = \"nonsense\"\n");
    assert_eq!(
        kinds(&estate.connections[1]),
        [SettingsFaultKind::ClientIdMalformed]
    );
}

#[test]
fn a_feature_that_is_off_needs_no_credentials() {
    let estate = load("[mail]\nenabled = false\noauth_client_secret = { env = \"NOT_SET\" }\n");
    assert_eq!(names(&estate), ["system"]);
    assert_eq!(
        estate.connections[0].mail.as_ref().unwrap().feature,
        Feature::Disabled
    );
}

#[test]
fn a_flag_enables_what_the_file_is_silent_about() {
    let stage = Stage::new()
        .settings(EWS)
        .given(|given| given.require = vec![RequiredFeature::Mail, RequiredFeature::UserSync]);
    let estate = stage.load();
    assert_eq!(
        estate.connections[0].mail.as_ref().unwrap().feature,
        Feature::Enabled
    );
    assert_eq!(estate.connections[0].user_sync, Some(Feature::Enabled));
}

#[test]
fn without_a_system_the_first_connection_carries_them() {
    let location = EWS.replace("[system]", "[[location]]\nname = \"Berlin\"");
    let estate = Stage::new()
        .settings(&format!(
            "{location}[[location]]\nname = \"Oslo\"\nuse_graph_api = false\n{OWN}\
        oauth_tenant_id = \"contoso.com\"\noauth_client_secret = {{ env = \"RX_CLIENT_SECRET\" }}\n"
        ))
        .load();
    assert_eq!(carriers(&estate), (vec!["Berlin"], vec!["Berlin"]));
}

#[test]
fn a_connection_for_user_sync_alone_carries_no_mail_unless_enabled() {
    let text = EWS.replace(
        "[system]\nuse_graph_api = false\nresource_login_user_id = \"rx@contoso.com\"",
        "[user_sync]",
    );
    let estate = Stage::new().settings(&text).load();
    assert_eq!(carriers(&estate), (vec![], vec!["user-sync"]));
    let enabled = Stage::new()
        .settings(&text)
        .given(|given| given.require.push(RequiredFeature::Mail))
        .load();
    assert_eq!(carriers(&enabled), (vec!["user-sync"], vec!["user-sync"]));
}

#[test]
fn the_sender_is_kept_as_typed() {
    let estate = load("[mail]\nfrom = \"Rooms@contoso.com\"\n");
    assert_eq!(
        estate.connections[0].mail.as_ref().unwrap().from.as_deref(),
        Some("Rooms@contoso.com")
    );
}

#[test]
fn a_flag_overrides_a_feature_that_the_file_turns_off_with_a_note() {
    for (section, required) in [
        ("mail", RequiredFeature::Mail),
        ("user_sync", RequiredFeature::UserSync),
    ] {
        let text = format!("{EWS}[{section}]\nenabled = false\n");
        let stage = Stage::new()
            .settings(&text)
            .given(|given| given.require.push(required));
        let estate = stage.load();
        let system = &estate.connections[0];
        let feature = match required {
            RequiredFeature::Mail => system.mail.as_ref().unwrap().feature,
            RequiredFeature::UserSync => system.user_sync.unwrap(),
        };
        assert_eq!(feature, Feature::Enabled);
        let [note] = estate.input_notes.as_slice() else {
            panic!("{:?}", estate.input_notes)
        };
        assert_eq!(
            (note.file.as_deref(), note.lines.as_slice()),
            (Some("rx-preflight.toml"), &[8][..])
        );
        assert_eq!(note.about, Some(format!("--require {}", required.as_str())));
        assert!(Stage::new().settings(&text).load().input_notes.is_empty());
    }
}
