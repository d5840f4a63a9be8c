//! Messages about settings files that cannot be read, and the positions in them.

use crate::settings::RequiredFeature;

use super::stage::{EWS, Stage};

fn error(text: &str) -> String {
    Stage::new().settings(text).error()
}

/// The message of a problem must hold all these words.
fn assert_message(text: &str, words: &[&str]) {
    let message = error(text);
    for word in words {
        assert!(message.contains(word), "{word:?} is not in {message:?}");
    }
}

#[test]
fn nothing_given_names_the_ways_and_the_demo() {
    let message = Stage::default().error();
    for word in ["rx-preflight.toml", "--config", "--tenant-id", "demo"] {
        assert!(message.contains(word), "{message}");
    }
    let required = Stage::default().given(|given| given.require.push(RequiredFeature::Mail));
    assert_eq!(required.error(), message);
}

#[test]
fn an_unknown_key_is_shown_with_line_column_and_the_nearest_known_one() {
    assert_message(
        "[system]\n  use_grap_api = true\n",
        &[
            "rx-preflight.toml:2:3",
            "`use_grap_api`",
            "[system]",
            "`use_graph_api`",
        ],
    );
    assert_message("clod = \"global\"", &[":1:1", "`cloud`"]);
    assert_message("[mial]\nenabled = true", &[":1:2", "`mail`"]);
    assert_message(
        "[[location]]\nname = \"B\"\nroom = \"a@b.com\"",
        &[":3:1", "`rooms`"],
    );
    assert_message("[system]\ntenant_id = \"x\"", &["`oauth_tenant_id`"]);
    assert_message("[system]\ncolor = \"x\"", &["known here: rooms"]);
}

#[test]
fn a_profile_of_an_unknown_location_names_the_known_ones() {
    let profile = |location: &str| {
        format!("{EWS}{location}[[profile]]\nname = \"Hall\"\nlocation = \"Berlni\"\n")
    };
    assert_message(
        &profile("[[location]]\nname = \"Berlin\"\n"),
        &["there is no location `Berlni`", "did you mean `Berlin`?"],
    );
    assert_message(
        &profile("[[location]]\nname = \"Oslo\"\n"),
        &["there is no location `Berlni`", "valid values: `Oslo`"],
    );
    assert_message(&profile(""), &["the file has no [[location]]"]);
    assert_message(
        &format!("{EWS}[[location]]\nname = \"B\"\nlocation = \"C\"\n"),
        &["`location`"],
    );
}

#[test]
fn a_key_in_the_wrong_section_is_sent_home() {
    assert_message("oauth_tenant_id = \"x\"", &["belongs under [system]"]);
    assert_message("[system]\ncloud = \"global\"", &["top of the file"]);
}

#[test]
fn everything_wrong_is_reported_in_the_order_of_the_file() {
    let message = error(
        "cloud = \"globl\"\nproduct_version = \"new\"\n[system]\nuse_graph_api = \"yes\"\nrooms = 3\nx = 1\n",
    );
    let lines: Vec<_> = message.lines().collect();
    assert_eq!(lines.len(), 5, "{message}");
    for (line, number) in lines.iter().zip([1, 2, 4, 5, 6]) {
        assert!(
            line.starts_with(&format!("rx-preflight.toml:{number}:")),
            "{line}"
        );
    }
}

#[test]
fn wrong_types_are_named() {
    assert_message(
        "[system]\nuse_graph_api = \"yes\"",
        &[":2:17", "`use_graph_api` must be true or false", "a text"],
    );
    assert_message(
        "product_version = 2024.1",
        &["`product_version` must be a text in quotes", "a number"],
    );
    assert_message("[system]\nrooms = \"a@b.com\"", &["`rooms` must be a list"]);
    assert_message("[system]\nrooms = [\"a@b.com\", 3]", &[":2:21", "a number"]);
    assert_message("system = true", &["`system` must be a section [system]"]);
    assert_message(
        "[location]\nname = \"B\"",
        &["two brackets", "[[location]]"],
    );
    assert_message("location = [1]", &["[[location]]"]);
    assert_message("[mail]\nenabled = 1", &["`enabled` must be true or false"]);
}

#[test]
fn bad_values_are_named() {
    assert_message(
        "cloud = \"gcc_hig\"",
        &[":1:9", "`gcc-high`", "global, gcc, gcc-high, dod, china"],
    );
    assert_message(
        "product_version = \"20.24\"",
        &["is not valid", "2021.5 HF2"],
    );
    assert_message(
        "[mail]\nfrom = \"rx\"",
        &[
            ":2:8",
            "from `rx` is not a valid SMTP address",
            "exactly one @",
        ],
    );
}

#[test]
fn names_are_there_unique_and_free() {
    assert_message(
        "[[location]]\nrooms = [\"a@b.com\"]",
        &[":1:1", "requires its own name"],
    );
    assert_message("[[location]]\nname = \" \"", &[":2:8", "empty"]);
    assert_message(
        "[[location]]\nname = \"mail\"",
        &["`mail` is used by this program"],
    );
    assert_message(
        "[[profile]]\nname = \"user-sync\"",
        &["`user-sync` is used"],
    );
    assert_message(
        "[[location]]\nname = \"B\"\n[[profile]]\nname = \"B\"",
        &[":4:8", "line 2"],
    );
}

#[test]
fn invalid_toml_shows_its_position_only() {
    assert_message(
        "[system]\noauth_tenant_id = abc def\n",
        &["rx-preflight.toml:2:", "not TOML"],
    );
    assert!(!error("[system]\noauth_tenant_id = abc def\n").contains("abc"));
    assert_message("[system]\n[system]\n", &[":2:", "duplicate key"]);
}

#[test]
fn a_settings_file_in_any_windows_encoding_is_read() {
    let text = EWS.replace('\n', "\r\n");
    let units = || text.encode_utf16();
    let little = units().flat_map(u16::to_le_bytes);
    let big = units().flat_map(u16::to_be_bytes);
    for bytes in [
        [0xff, 0xfe].into_iter().chain(little).collect::<Vec<u8>>(),
        [0xfe, 0xff].into_iter().chain(big).collect(),
        format!("\u{feff}{text}").into_bytes(),
        text.clone().into_bytes(),
    ] {
        let stage = Stage::new().file("rx-preflight.toml", bytes);
        assert_eq!(stage.load().connections.len(), 1);
    }
    let message = Stage::new()
        .file("rx-preflight.toml", b"name = \"B\xfcro\"")
        .error();
    assert!(message.contains("neither UTF-8 nor UTF-16"), "{message}");
}

#[test]
fn a_named_settings_file_must_be_there() {
    let message = Stage::new()
        .given(|given| given.config = Some("other.toml".into()))
        .error();
    assert_eq!(
        message,
        "cannot read the settings file other.toml: there is no such file"
    );
}

#[test]
fn a_file_without_any_connection_is_reported() {
    assert!(error("cloud = \"global\"").contains("describes no connection"));
}
