//! Rooms out of lists and files.

use super::stage::{EWS, Stage, addresses, kinds};
use crate::evidence::SettingsFaultKind;

fn with_rooms(keys: &str) -> Stage {
    Stage::new().settings(&format!("{EWS}{keys}\n"))
}

#[test]
fn a_list_or_file_without_a_room_is_an_error_with_its_place() {
    assert!(with_rooms("rooms = []").error().starts_with("rx-preflight.toml:7:9: the list of rooms holds no room"));
    assert!(with_rooms("rooms = [\" \"]").error().contains("holds no room"));
    let message = with_rooms("rooms_file = \"r.csv\"").file("r.csv", "mail,name\n,x\n").error();
    assert!(message.starts_with("rx-preflight.toml:7:14: the rooms file r.csv holds no room"), "{message}");
    assert!(with_rooms("rooms_file = \"r.csv\"").file("r.csv", "# later\n").error().contains("holds no room"));
    let flag = Stage::new().settings(EWS).given(|given| given.rooms = vec![String::new()]);
    assert!(flag.error().contains("holds no room"));
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_with_its_reason() {
    let missing = with_rooms("rooms_file = \"r.csv\"").error();
    assert_eq!(missing, "rx-preflight.toml:7:14: cannot read the rooms file r.csv: there is no such file");
    let no_text = with_rooms("rooms_file = \"r.csv\"").file("r.csv", b"caf\xe9@contoso.com").error();
    assert!(no_text.contains("neither UTF-8 nor UTF-16"), "{no_text}");
    let no_column = with_rooms("rooms_file = \"r.csv\"").file("r.csv", "Name;Adresse\nBoard;a@x.com").error();
    assert!(no_column.contains("PrimarySmtpAddress"), "{no_column}");
}

#[test]
fn files_of_every_encoding_are_read() {
    let text = "Größe;mail\r\n5;a@contoso.com\r\n";
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let marked = format!("\u{feff}{text}").into_bytes();
    for bytes in [little, big, marked, text.as_bytes().to_vec()] {
        let estate = with_rooms("rooms_file = \"r.csv\"").file("r.csv", bytes).load();
        assert_eq!(addresses(&estate.connections[0]), ["a@contoso.com"]);
    }
}

#[test]
fn repetitions_count_across_list_and_file_and_whatever_the_case() {
    let stage = with_rooms("rooms = [\"Board@contoso.com\", \"b@contoso.com\"]\nrooms_file = \"r.txt\"");
    let estate = stage.file("r.txt", "board@CONTOSO.com\nBOARD@contoso.com\n").load();
    let system = &estate.connections[0];
    assert_eq!(addresses(system), ["Board@contoso.com", "b@contoso.com"]);
    assert_eq!(kinds(system), [SettingsFaultKind::RoomDuplicate]);
    assert_eq!(system.faults[0].subject.as_deref(), Some("Board@contoso.com"));
    assert!(system.faults[0].detail.contains("3 times"), "{}", system.faults[0].detail);
}

#[test]
fn each_malformed_room_is_a_fault_of_its_own() {
    let estate =
        with_rooms("rooms = [\"boardroom\", \"a@contoso.com\", \"x@y\", \"boardroom\", \" b@contoso.com\"]").load();
    let system = &estate.connections[0];
    assert_eq!(system.rooms.malformed, ["boardroom", "x@y", " b@contoso.com"]);
    let subjects: Vec<_> = system.faults.iter().filter_map(|fault| fault.subject.as_deref()).collect();
    assert_eq!(subjects, ["boardroom", "x@y", " b@contoso.com"]);
    assert!(kinds(system).iter().all(|kind| *kind == SettingsFaultKind::RoomAddressMalformed));
    assert_eq!(addresses(system), ["a@contoso.com"]);
}

#[test]
fn no_source_at_all_is_no_error() {
    let system = &Stage::new().settings(EWS).load().connections[0];
    assert!(!system.rooms.given && system.rooms.expected && system.rooms.addresses.is_empty());
    assert!(with_rooms("rooms = [\"nonsense\"]").load().connections[0].rooms.given);
}
