//! Rooms out of lists and files.

use crate::evidence::{InputNoteKind, SettingsFaultKind};

use super::stage::{EWS, Stage, addresses, kinds};

fn with_rooms(keys: &str) -> Stage {
    Stage::new().settings(&format!("{EWS}{keys}\n"))
}

#[test]
fn a_list_or_file_without_a_room_is_an_error_with_its_place() {
    assert!(
        with_rooms("rooms = []")
            .error()
            .starts_with("rx-preflight.toml:7:9: the list of rooms contains no room")
    );
    assert!(
        with_rooms("rooms = [\" \"]")
            .error()
            .contains("contains no room")
    );
    let message = with_rooms("rooms_file = \"r.csv\"")
        .file("r.csv", "mail,name\n,x\n")
        .error();
    assert!(
        message.starts_with("rx-preflight.toml:7:14: the rooms file r.csv contains no room"),
        "{message}"
    );
    assert!(
        with_rooms("rooms_file = \"r.csv\"")
            .file("r.csv", "# later\n")
            .error()
            .contains("contains no room")
    );
    let flag = Stage::new()
        .settings(EWS)
        .given(|given| given.rooms = vec![String::new()]);
    assert!(flag.error().contains("contains no room"));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_with_its_reason() {
    let missing = with_rooms("rooms_file = \"r.csv\"").error();
    assert_eq!(
        missing,
        "rx-preflight.toml:7:14: cannot read the rooms file r.csv: there is no such file"
    );
    let no_text = with_rooms("rooms_file = \"r.csv\"")
        .file("r.csv", b"mail\ncaf\xe9@contoso.com")
        .error();
    assert!(
        no_text.contains("line 2") && no_text.contains("neither UTF-8 nor UTF-16"),
        "{no_text}"
    );
    let zeros = with_rooms("rooms_file = \"r.csv\"")
        .file("r.csv", b"m\0a\0i\0l\0")
        .error();
    assert!(zeros.contains("neither UTF-8 nor UTF-16"), "{zeros}");
    let workbook = with_rooms("rooms_file = \"r.xlsx\"")
        .file("r.xlsx", b"PK\x03\x04")
        .error();
    assert!(workbook.contains("CSV UTF-8"), "{workbook}");
    let quotation = with_rooms("rooms_file = \"r.csv\"")
        .file("r.csv", "n,mail\n\"a,a@x.com\nb,b@x.com\n")
        .error();
    assert!(quotation.contains("line 2 is never closed"), "{quotation}");
    let two = "Name;Adresse;Leitung\nBoard;a@x.com;kim@x.com";
    let no_column = with_rooms("rooms_file = \"r.csv\"")
        .file("r.csv", two)
        .error();
    assert!(no_column.contains("PrimarySmtpAddress"), "{no_column}");
}

#[test]
fn files_of_every_encoding_are_read() {
    let text = "Größe;mail\r\n5;a@contoso.com\r\n";
    let little: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let big: Vec<u8> = [0xfe, 0xff]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_be_bytes))
        .collect();
    let marked = format!("\u{feff}{text}").into_bytes();
    let code_page = b"Gr\xf6\xdfe;mail\r\n5;a@contoso.com\r\n".to_vec();
    for bytes in [little, big, marked, text.as_bytes().to_vec(), code_page] {
        let estate = with_rooms("rooms_file = \"r.csv\"")
            .file("r.csv", bytes)
            .load();
        assert_eq!(addresses(&estate.connections[0]), ["a@contoso.com"]);
    }
}

#[test]
fn repetitions_count_across_list_and_file_and_whatever_the_case() {
    let stage =
        with_rooms("rooms = [\"Board@contoso.com\", \"b@contoso.com\"]\nrooms_file = \"r.txt\"");
    let estate = stage
        .file("r.txt", "board@CONTOSO.com\nBOARD@contoso.com\n")
        .load();
    let system = &estate.connections[0];
    assert_eq!(addresses(system), ["Board@contoso.com", "b@contoso.com"]);
    assert_eq!(kinds(system), [SettingsFaultKind::RoomDuplicate]);
    assert_eq!(
        system.faults[0].subject.as_deref(),
        Some("Board@contoso.com")
    );
    let detail = &system.faults[0].detail;
    assert!(
        detail.contains("3 times") && detail.contains("r.txt, lines 1 and 2"),
        "{detail}"
    );
}

#[test]
fn so_many_malformed_lines_of_a_file_are_findings_and_the_others_are_counted() {
    let loaded = |malformed: usize| {
        let lines: Vec<String> = (0..malformed)
            .map(|line| format!("room{line}@x\n"))
            .collect();
        let file = format!("a@contoso.com\n{}", lines.concat());
        let estate = with_rooms("rooms_file = \"r.txt\"")
            .file("r.txt", &file)
            .load();
        let notes = estate.input_notes.iter();
        let unusable = notes.filter(|note| note.kind == InputNoteKind::EntryUnusable);
        let counted: usize = unusable.map(|note| note.count).sum();
        (estate.connections[0].rooms.malformed.len(), counted)
    };
    assert_eq!(loaded(50), (50, 50));
    assert_eq!(loaded(51), (50, 51));
}

#[test]
fn each_malformed_room_is_a_fault_of_its_own() {
    let estate = with_rooms(
        "rooms = [\"boardroom\", \"a@contoso.com\", \"x@y\", \"boardroom\", \" b@contoso.com\"]",
    )
    .load();
    let system = &estate.connections[0];
    assert_eq!(
        system.rooms.malformed,
        ["boardroom", "x@y", " b@contoso.com"]
    );
    let subjects: Vec<_> = system
        .faults
        .iter()
        .filter_map(|fault| fault.subject.as_deref())
        .collect();
    assert_eq!(subjects, ["boardroom", "x@y", " b@contoso.com"]);
    assert!(
        kinds(system)
            .iter()
            .all(|kind| *kind == SettingsFaultKind::RoomAddressMalformed)
    );
    assert_eq!(addresses(system), ["a@contoso.com"]);
}

#[test]
fn bad_lines_of_a_file_are_named_with_their_numbers() {
    let file = "#TYPE Mailbox\nName,mail\nA,Meeting Room 4\nB,b@x.com\nC,B@x.com\nD,Meeting Room 4\nE,\nF,f, g\n";
    let system = with_rooms("rooms_file = \"lists/r.csv\"")
        .file("lists/r.csv", file)
        .load()
        .connections
        .remove(0);
    let details: Vec<&str> = system
        .faults
        .iter()
        .map(|fault| fault.detail.as_str())
        .collect();
    assert_eq!(
        details,
        [
            "b@x.com is listed 2 times (r.csv, lines 4 and 5); uppercase and lowercase count as the same",
            "r.csv, lines 3, 6 and 8: not checked, because the line contains no email address",
            "r.csv, line 7: not checked, because the column mail is empty",
        ]
    );
    assert!(system.rooms.malformed.is_empty());
    assert_eq!(addresses(&system), ["b@x.com"]);
}

#[test]
fn an_entry_of_a_list_has_no_line() {
    let system = with_rooms("rooms = [\"Meeting Room 4\"]")
        .load()
        .connections
        .remove(0);
    assert_eq!(
        system.faults[0].detail,
        "\"Meeting Room 4\" is not an SMTP address: it must contain exactly one @"
    );
}

#[test]
fn a_malformed_address_is_shown_shortened_on_one_line() {
    let file = format!(
        "mail,Name\na@x.com,A\n{}@{},B\n",
        "a".repeat(50),
        "b".repeat(50)
    );
    let system = with_rooms("rooms_file = \"r.csv\"")
        .file("r.csv", file)
        .load()
        .connections
        .remove(0);
    let shown = &system.rooms.malformed[0];
    assert_eq!(shown.chars().count(), 81);
    assert!(shown.ends_with('…') && !shown.contains('\n'), "{shown}");
    assert_eq!(system.faults[0].subject.as_ref(), Some(shown));
}

#[test]
fn no_source_at_all_is_no_error() {
    let system = &Stage::new().settings(EWS).load().connections[0];
    assert!(!system.rooms.given && system.rooms.expected && system.rooms.addresses.is_empty());
    assert!(
        with_rooms("rooms = [\"nonsense\"]").load().connections[0]
            .rooms
            .given
    );
}

/// The names of the connections whose rooms the tenant is to list.
fn listing(stage: &Stage) -> Vec<String> {
    let estate = stage.load();
    let listing = estate
        .connections
        .iter()
        .filter(|connection| connection.rooms.from_tenant);
    listing
        .inspect(|own| assert!(own.rooms.expected, "{}", own.name))
        .map(|own| own.name.clone())
        .collect()
}

#[test]
fn the_tenant_lists_rooms_if_a_flag_or_the_system_requests_it() {
    assert!(listing(&Stage::new().settings(EWS)).is_empty());
    assert!(listing(&with_rooms("rooms_from_tenant = false")).is_empty());
    assert_eq!(listing(&with_rooms("rooms_from_tenant = true")), ["system"]);
    let flag = |stage: Stage| stage.given(|given| given.rooms_from_tenant = true);
    assert_eq!(listing(&flag(Stage::new().settings(EWS))), ["system"]);
    let both = flag(with_rooms("rooms = [\"a@contoso.com\"]")).load();
    assert_eq!(addresses(&both.connections[0]), ["a@contoso.com"]);
    assert!(both.connections[0].rooms.from_tenant && both.connections[0].rooms.given);
}

#[test]
fn rooms_of_flags_replace_the_list_that_the_file_requests() {
    let stage = with_rooms("rooms_from_tenant = true")
        .given(|given| given.rooms.push("b@contoso.com".to_owned()));
    assert!(listing(&stage).is_empty());
}

#[test]
fn a_system_without_a_connection_of_its_own_leaves_the_list_to_the_first_one() {
    let locations = "[system]\nuse_graph_api = true\nrooms_from_tenant = true\n[[location]]\nname = \"Berlin\"\nrooms = [\"a@contoso.com\"]\n\
                     oauth_tenant_id = \"x.com\"\noauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n\
                     [[location]]\nname = \"Oslo\"\noauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n";
    assert_eq!(listing(&Stage::new().settings(locations)), ["Berlin"]);
    let mail = "[mail]\nenabled = true\noauth_tenant_id = \"x.com\"\noauth_client_id = \"a\"\n\
                oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n";
    let file = Stage::new().settings(mail).given(|given| {
        given.config = Some("rx-preflight.toml".into());
        given.rooms_from_tenant = true;
    });
    assert!(
        file.error().contains("no connection here books rooms"),
        "{}",
        file.error()
    );
    assert_eq!(
        Stage::default()
            .given(|given| given.rooms_from_tenant = true)
            .error(),
        Stage::default().error()
    );
}

#[test]
fn only_the_system_can_request_the_list() {
    let error = Stage::new()
        .settings(&format!(
            "{EWS}[[location]]\nname = \"B\"\nrooms_from_tenant = true\n"
        ))
        .error();
    assert!(
        error.contains(":9:1") && error.contains("belongs under [system]"),
        "{error}"
    );
    assert!(
        with_rooms("rooms_from_tenant = \"yes\"")
            .error()
            .contains("must be true or false")
    );
}

#[test]
fn listed_rooms_are_added_once() {
    let mut rooms = with_rooms("rooms = [\"A@contoso.com\"]")
        .load()
        .connections
        .remove(0)
        .rooms;
    let listed = ["a@contoso.com", "b@contoso.com", "B@contoso.com"];
    rooms.add_listed(listed.iter().map(|room| room.parse().unwrap()).collect());
    assert_eq!(
        rooms
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        ["A@contoso.com", "b@contoso.com"]
    );
}

#[test]
fn a_character_that_does_not_show_or_looks_like_another_is_named() {
    let entries = [
        (
            "a\u{200b}b@x.com",
            "zero-width space (U+200B) at position 2",
        ),
        (
            "\u{201c}a@x.com\u{201d}",
            "typographic quotation mark (U+201C) at position 1",
        ),
        (
            "a@x\u{2024}com",
            "look-alike of a full stop (U+2024) at position 4",
        ),
        (
            "a@con\u{2011}toso.com",
            "look-alike of a hyphen (U+2011) at position 6",
        ),
    ];
    for (entry, named) in entries {
        let listed = Stage::new()
            .settings(&format!("{EWS}rooms = [\"{entry}\"]\n"))
            .load();
        assert!(
            listed.connections[0].faults[0].detail.contains(named),
            "{entry}"
        );
        let filed = Stage::new()
            .settings(&format!("{EWS}rooms_file = \"r.csv\"\n"))
            .file("r.csv", format!("mail\nb@x.com\n{entry}\n"))
            .load();
        // In a list, invisible characters are removed, and a note reports it.
        match filed.connections[0].faults.first() {
            Some(fault) => assert!(fault.detail.contains(named), "{}", fault.detail),
            None => assert_eq!(
                filed.input_notes[0].kind,
                InputNoteKind::EntryCleaned,
                "{entry}"
            ),
        }
    }
}
