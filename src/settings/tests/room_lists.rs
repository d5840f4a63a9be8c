//! Rooms files in the forms that people have: each gives its rooms with notes, or an error of usage that explains how to get a
//! better file. None of them is a finding about the installation.

use Wanted::{Refused, Rooms};

use crate::evidence::InputNoteKind::{self, *};
use crate::evidence::SettingsFaultKind;

use super::stage::{EWS, Stage, addresses, secret_of_flag};

/// What a file must lead to.
enum Wanted {
    /// These rooms, and notes of these kinds with these lines.
    Rooms(
        &'static [&'static str],
        &'static [(InputNoteKind, &'static [usize])],
    ),
    /// An error with this part.
    Refused(&'static str),
}

const B: &str = "board@contoso.com";
const L: &str = "lounge@contoso.com";
const H: &str = "huddle@contoso.com";
const EXPORT: &str = "| Export-Csv rooms.csv";

fn check(cases: &[(&str, Wanted)]) {
    let mut wrong = Vec::new();
    for (text, wanted) in cases {
        let stage = Stage::new()
            .settings(&format!("{EWS}rooms_file = \"rooms.csv\"\n"))
            .file("rooms.csv", text);
        match (stage.try_load(), wanted) {
            (Ok(estate), Rooms(rooms, notes)) => {
                let own = &estate.connections[0];
                let found: Vec<_> = estate
                    .input_notes
                    .iter()
                    .map(|note| (note.kind, note.lines.as_slice()))
                    .collect();
                let is_finding = own
                    .faults
                    .iter()
                    .any(|fault| fault.kind == SettingsFaultKind::RoomAddressMalformed);
                if addresses(own) != *rooms || found != *notes || is_finding {
                    wrong.push(format!(
                        "{text:?}\n  gave {:?} with {found:?}",
                        addresses(own)
                    ));
                }
            }
            (Err(error), Refused(part)) if error.to_string().contains(part) => {}
            (Ok(estate), Refused(_)) => wrong.push(format!(
                "{text:?}\n  gave {:?}",
                addresses(&estate.connections[0])
            )),
            (Err(error), _) => wrong.push(format!("{text:?}\n  was refused: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
fn the_forms_of_the_review_are_read_or_refused_with_a_better_command() {
    check(&[
        (
            "Board Room <board@contoso.com>; Lounge <lounge@contoso.com>",
            Rooms(&[B, L], &[]),
        ),
        (
            "Board Room <board@contoso.com>;\nLounge <lounge@contoso.com>",
            Rooms(&[B, L], &[]),
        ),
        (
            "Name;mail\nAll;\"Board Room <board@contoso.com>; Lounge <lounge@contoso.com>\"",
            Rooms(&[B, L], &[]),
        ),
        (
            "Boardroom <boardroom@contoso.com>; Studio <studio@contoso.com>",
            Rooms(&["boardroom@contoso.com", "studio@contoso.com"], &[]),
        ),
        ("board@contoso.com; lounge@contoso.com", Rooms(&[B, L], &[])),
        (
            "board@contoso.com, lounge@contoso.com,huddle@contoso.com",
            Rooms(&[B, L, H], &[]),
        ),
        (
            "[board@contoso.com](mailto:board@contoso.com)",
            Rooms(&[B], &[]),
        ),
        ("mailto:board@contoso.com", Rooms(&[B], &[])),
        (
            "board@contoso.com <mailto:board@contoso.com>",
            Rooms(&[B], &[]),
        ),
        (
            "1. board@contoso.com\n- lounge@contoso.com\n\u{2022} huddle@contoso.com",
            Rooms(&[B, L, H], &[]),
        ),
        (
            "Board Room,board@contoso.com\nLounge,lounge@contoso.com",
            Rooms(&[B, L], &[]),
        ),
        (
            "PS C:\\> Get-Mailbox -RecipientTypeDetails RoomMailbox | ft Name,PrimarySmtpAddress\n\nName       PrimarySmtpAddress\n----       ------------------\nBoard Room board@contoso.com\nLounge     lounge@contoso.com\n",
            Rooms(&[B, L], &[]),
        ),
        (
            "PS C:\\> Get-Mailbox | ft\n\nName       PrimarySmtpAddress\n----       ------------------\nBoard Room board@cont...\n",
            Refused(EXPORT),
        ),
        (
            "Name,EmailAddresses\nBoard,Microsoft.Exchange.Data.ProxyAddressCollection\n",
            Refused(EXPORT),
        ),
        (
            "<table><tr><th>Name</th><th>PrimarySmtpAddress</th></tr>\n<tr><td>Board</td><td>board@contoso.com</td></tr>\n<tr><td>Lounge</td><td>lounge@contoso.com</td></tr></table>",
            Rooms(&[B, L], &[]),
        ),
        (
            "[\n  { \"DisplayName\": \"Board\", \"PrimarySmtpAddress\": \"board@contoso.com\" },\n  { \"DisplayName\": \"Lounge\", \"PrimarySmtpAddress\": \"lounge@contoso.com\" }\n]",
            Rooms(&[B, L], &[]),
        ),
        (
            "$Rooms = @(\"board@contoso.com\",\"lounge@contoso.com\")",
            Rooms(&[B, L], &[]),
        ),
        (
            "board@contoso.com\nlounge@contoso.com\n\nThanks,\nKim\n",
            Rooms(&[B, L], &[(LineWithoutAddress, &[4, 5])]),
        ),
        (
            "SMTP:board@contoso.com\nX500:/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=board\nSIP:board@contoso.com\nsmtp:old@contoso.com",
            Rooms(&[B], &[(OtherProxyAddress, &[2, 3, 4])]),
        ),
        (
            "\"PrimarySmtpAddress\",\"RecipientTypeDetails\"\n\"kim@contoso.com\",\"UserMailbox\"\n\"board@contoso.com\",\"RoomMailbox\"\n\"beamer@contoso.com\",\"EquipmentMailbox\"\n\"hr@contoso.com\",\"SharedMailbox\"",
            Rooms(&[B, "beamer@contoso.com"], &[(OtherMailboxType, &[2, 5])]),
        ),
        (
            "Block credential,Display name,Proxy addresses,User principal name\nFalse,Board,SMTP:board@contoso.com+smtp:board@contoso.onmicrosoft.com,upn1@contoso.com\nFalse,Lounge,smtp:x@contoso.com+SMTP:lounge@contoso.com,upn2@contoso.com",
            Rooms(&[B, L], &[]),
        ),
        (
            "Block credential,Display name,Proxy addresses,User principal name\nFalse,Board,,board@contoso.com",
            Rooms(&[B], &[(SignInNameUsed, &[])]),
        ),
        (
            "displayName,userPrincipalName\nBoard,board@contoso.com",
            Rooms(&[B], &[(SignInNameUsed, &[])]),
        ),
        (
            "Name,WindowsEmailAddress\nBoard,board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "Identity,DisplayName,Capacity\nboard@contoso.com,Board,8",
            Rooms(&[B], &[]),
        ),
        ("Room Email\nboard@contoso.com", Rooms(&[B], &[])),
        ("Mailbox;Site\nboard@contoso.com;Berlin", Rooms(&[B], &[])),
        (
            "Mailadresse;Name\nboard@contoso.com;Board",
            Rooms(&[B], &[]),
        ),
        (
            "Nom;Adresse e-mail\nConseil;board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "Nombre;Dirección de correo electrónico\nSala;board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "Nome;Indirizzo di posta elettronica\nSala;board@contoso.com",
            Rooms(&[B], &[]),
        ),
        ("Naam;E-mailadres\nZaal;board@contoso.com", Rooms(&[B], &[])),
        (
            "Rooms of Contoso 2026\n\nName;mail\nBoard;board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "name\u{200b},mail\nBoard,bo\u{200b}ard@contoso.com",
            Rooms(&[B], &[(EntryCleaned, &[2])]),
        ),
        (
            "\u{201c}board@contoso.com\u{201d}",
            Rooms(&[B], &[(EntryCleaned, &[1])]),
        ),
    ]);
}

#[test]
fn other_texts_with_addresses_are_read() {
    check(&[
        (
            "board@contoso.com\r\nlounge@contoso.com\rhuddle@contoso.com\n",
            Rooms(&[B, L, H], &[]),
        ),
        ("board@contoso.com\tlounge@contoso.com", Rooms(&[B, L], &[])),
        (
            "\"board@contoso.com\",\n'lounge@contoso.com',",
            Rooms(&[B, L], &[]),
        ),
        (
            "\"Board, Room\" <board@contoso.com>, \"Lounge; East\" <lounge@contoso.com>",
            Rooms(&[B, L], &[]),
        ),
        (
            "To: Board Room <board@contoso.com>; Lounge <lounge@contoso.com>",
            Rooms(&[B, L], &[]),
        ),
        (
            "From: Kim <kim@contoso.com>\nSubject: rooms\n\nboard@contoso.com",
            Rooms(&[B], &[(LineWithoutAddress, &[2]), (SenderLine, &[1])]),
        ),
        (
            "On Mon, 23 Nov 2026, Kim <kim@contoso.com> wrote:\n> board@contoso.com",
            Rooms(&[B], &[(SenderLine, &[1])]),
        ),
        (
            "board@contoso.com\n\nMit freundlichen Gr\u{fc}\u{df}en\nKim\nkim@contoso.com",
            Rooms(&[B], &[(LineWithoutAddress, &[3, 4]), (SenderLine, &[5])]),
        ),
        (
            "Thanks,\nboard@contoso.com",
            Rooms(&[B], &[(LineWithoutAddress, &[1])]),
        ),
        (
            "> board@contoso.com\n> lounge@contoso.com",
            Rooms(&[B, L], &[]),
        ),
        (
            "rooms:\n  - board@contoso.com\n  - \"lounge@contoso.com\"",
            Rooms(&[B, L], &[(LineWithoutAddress, &[1])]),
        ),
        (
            "(board@contoso.com)\n[lounge@contoso.com]",
            Rooms(&[B, L], &[]),
        ),
        (
            "**board@contoso.com**\n`lounge@contoso.com`",
            Rooms(&[B, L], &[]),
        ),
        (
            "$Rooms = @(\n  \"board@contoso.com\",\n  \"lounge@contoso.com\"\n)",
            Rooms(&[B, L], &[(LineWithoutAddress, &[1])]),
        ),
        (
            "[\"board@contoso.com\", \"lounge@contoso.com\"]",
            Rooms(&[B, L], &[]),
        ),
        (
            "<p>board@contoso.com<br>lounge@contoso.com</p>",
            Rooms(&[B, L], &[]),
        ),
        (
            "<li><a href=\"mailto:board@contoso.com\">board@contoso.com</a></li>",
            Rooms(&[B], &[]),
        ),
        (
            "Hi Kim, please check these:\nboard@contoso.com",
            Rooms(&[B], &[(LineWithoutAddress, &[1])]),
        ),
        (
            "board@contoso.com (Board Room)\nBoard Room: lounge@contoso.com",
            Rooms(&[B, L], &[]),
        ),
        (
            "SMTP:board@contoso.com; SMTP:lounge@contoso.com",
            Rooms(&[B, L], &[]),
        ),
        ("smtp:board@contoso.com", Rooms(&[B], &[])),
        (
            "board@contoso.com\u{a0}\n\u{feff}lounge@contoso.com",
            Rooms(&[B, L], &[(EntryCleaned, &[2])]),
        ),
        (
            "board@contoso.com\nBOARD@contoso.com",
            Rooms(&[B], &[(RoomRepeated, &[])]),
        ),
    ]);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of cases")]
fn other_tables_are_read() {
    check(&[
        (
            "sep=;\r\nName;Email\r\nBoard;board@contoso.com\r\n",
            Rooms(&[B], &[]),
        ),
        (
            "#TYPE Selected.Mailbox\n\"Name\",\"PrimarySmtpAddress\"\n\"Board, big\",\"board@contoso.com\"",
            Rooms(&[B], &[]),
        ),
        (
            "Name,mail\nBoard, big,board@contoso.com\nLounge,lounge@contoso.com",
            Rooms(&[B, L], &[]),
        ),
        (
            "Name\tPrimarySmtpAddress\nBoard\tboard@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "Nome;Endereço de email\nSala;board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "表示名,メール アドレス\n会議室,board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "显示名称,电子邮件地址\n会议室,board@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "Anzeigename;E-Mail-Adresse;Vorgesetzter\nBoard;board@contoso.com;kim@contoso.com",
            Rooms(&[B], &[]),
        ),
        (
            "Visningsnamn,Brevlåda,Plats\nStyrelse,board@contoso.com,Oslo\nSal,lounge@contoso.com,Oslo",
            Rooms(&[B, L], &[]),
        ),
        (
            "Raum;Adresse;Leitung\nBoard;board@contoso.com;kim@contoso.com",
            Refused("columns: Raum, Adresse, Leitung"),
        ),
        (
            "Board;board@contoso.com;kim@contoso.com\nLounge;lounge@contoso.com;kim@contoso.com",
            Refused("columns: 1, 2, 3"),
        ),
        (
            "board@contoso.com,Board\nlounge@contoso.com,Lounge",
            Rooms(&[B, L], &[]),
        ),
        (
            "Name,mail\nBoard,\"bad@contoso.com;board@contoso.com\"",
            Rooms(&["bad@contoso.com", B], &[]),
        ),
        (
            "| Name | PrimarySmtpAddress |\n|------|------|\n| Board | board@contoso.com |",
            Rooms(&[B], &[]),
        ),
        (
            "Name,mail\nCar,\nBoard,board@contoso.com\nFour,Meeting Room 4\n#Old,old@contoso.com",
            Rooms(
                &[B],
                &[
                    (LineWithoutAddress, &[4]),
                    (CellEmpty, &[2]),
                    (LineStruckOut, &[5]),
                ],
            ),
        ),
        (
            "PrimarySmtpAddress,RecipientTypeDetails\nkim@contoso.com,UserMailbox",
            Refused("is a room or equipment mailbox"),
        ),
        (
            "PrimarySmtpAddress,RecipientTypeDetails\nboard@contoso.com,",
            Rooms(&[B], &[]),
        ),
        (
            "DisplayName        : Board\nPrimarySmtpAddress : board@contoso.com\nEmailAddresses     : {SMTP:board@contoso.com,\n                     smtp:b@contoso.com}\n\nDisplayName        : Lounge\nPrimarySmtpAddress : lounge@contoso.com\n",
            Rooms(&[B, L], &[]),
        ),
        (
            "PrimarySmtpAddress : board@contoso.com\nPrimarySmtpAddress : lounge@contoso.com\n",
            Rooms(&[B, L], &[]),
        ),
        (
            "PrimarySmtpAddress : board@cont\u{2026}\nDisplayName        : Board",
            Refused(EXPORT),
        ),
        (
            "EmailAddresses : {SIP:board@contoso.com, SMTP:board@contoso.com, smtp:al...}\n",
            Rooms(&[B], &[]),
        ),
        (
            "PrimarySmtpAddress\n------------------\nboard@contoso.com\nlounge@contoso.com\n",
            Rooms(&[B, L], &[]),
        ),
        (
            "Name  PrimarySmtpAddress  RecipientTypeDetails\n----  ------------------  --------------------\nBoard board@contoso.com   RoomMailbox\nKim   kim@contoso.com     UserMailbox\n",
            Rooms(&[B], &[(OtherMailboxType, &[4])]),
        ),
        (
            "{\"@odata.context\": \"x\", \"value\": [{\"displayName\": \"Board\", \"emailAddress\": \"board@contoso.com\"}]}",
            Rooms(&[B], &[]),
        ),
        (
            "{\"PrimarySmtpAddress\": \"board@contoso.com\"}",
            Rooms(&[B], &[]),
        ),
        (
            "[{\"Name\": \"B\", \"EmailAddresses\": [\"smtp:x@contoso.com\", \"SMTP:board@contoso.com\"]},\n {\"Name\": \"Car\", \"EmailAddresses\": []}]",
            Rooms(&[B], &[(CellEmpty, &[2])]),
        ),
        (
            "<table><tr><td>Board</td><td>board&#64;contoso.com</td></tr></table>",
            Rooms(&[B], &[]),
        ),
        (
            "Name,mail\n\"Board,board@contoso.com\nLounge,lounge@contoso.com",
            Refused("line 2"),
        ),
    ]);
}

#[test]
fn what_holds_no_room_is_refused_with_the_command_that_exports_one() {
    check(&[
        ("Thanks,\nKim", Refused(EXPORT)),
        ("", Refused("contains no room")),
        ("Meeting Room 4\nMeeting Room 5", Refused(EXPORT)),
        ("Name,mail\nBoard,\n", Refused("contains no room")),
        (
            "board@contoso",
            Refused("it holds no valid address; line 1: \"board@contoso\""),
        ),
        ("Name,mail\nBoard,board@@contoso.com\n", Refused(EXPORT)),
        ("SIP:board@contoso.com", Refused("contains no room")),
        ("%PDF-1.7\n%\u{e2}", Refused("a document")),
        ("{\\rtf1\\ansi board@contoso.com}", Refused("a document")),
    ]);
}

#[test]
fn an_entry_that_cannot_be_an_address_leaves_the_result_open_without_a_finding() {
    for (text, entry) in [
        ("mail\nboard@contoso\nlounge@contoso.com", "board@contoso"),
        (
            "mail\nboard@@contoso.com\nlounge@contoso.com",
            "board@@contoso.com",
        ),
        ("lounge@contoso.com\nboard @contoso.com", "@contoso.com"),
        (
            "lounge@contoso.com\nboard@con\u{2011}toso.com",
            "board@con\u{2011}toso.com",
        ),
        ("lounge@contoso.com; board@contoso", "board@contoso"),
    ] {
        let stage = Stage::new()
            .settings(&format!("{EWS}rooms_file = \"rooms.csv\"\n"))
            .file("rooms.csv", text);
        let estate = stage.load();
        let own = &estate.connections[0];
        assert_eq!(addresses(own), [L], "{text}");
        assert_eq!(own.rooms.malformed, [entry], "{text}");
        let kinds: Vec<_> = own.faults.iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, [SettingsFaultKind::RoomEntryUnusable], "{text}");
        assert_eq!(estate.input_notes[0].kind, EntryUnusable, "{text}");
    }
}

#[test]
fn files_that_are_not_texts_are_recognized_whatever_their_names() {
    let files: [(&[u8], &str); 9] = [
        (
            b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0................[Content_Types].xml...xl/workbook.xml",
            "Save As > CSV UTF-8",
        ),
        (b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0................[Content_Types].xml...word/document.xml", "Plain Text"),
        (b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0.................mimetypeapplication/vnd.oasis.opendocument", "Text CSV"),
        (b"PK\x03\x04\x14\0\0\0\0\0\0\0!\0....................rooms.csv..........", "unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Save As > CSV UTF-8"),
        (b"%PDF-1.7 board@contoso.com", "a document"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"\xff\xd8\xff\xe0", "an image"),
        (b"b\0o\0a\0r\0d\0@\0x\0.\0c\0o\0m\0", "UTF-16 with a byte order mark"),
    ];
    for (bytes, part) in files {
        let stage = Stage::new()
            .settings(&format!("{EWS}rooms_file = \"rooms.csv\"\n"))
            .file("rooms.csv", bytes);
        let error = stage.error();
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_hostile_file_is_read_in_linear_time() {
    let many = |line: &str| line.repeat(200_000);
    let files = [
        (
            true,
            format!("mail\nlounge@contoso.com\n{}", many("board@contoso\n")),
        ),
        (true, format!("lounge@contoso.com\n{}", many("Thanks\n"))),
        (true, format!("lounge@contoso.com\n{}", many("@@"))),
        (true, many("a@x.com;")),
        (false, many("a;b@x.com;c@x.com\n")),
        (false, many("<tr>")),
        (false, many("\"\n")),
        (false, many("[{")),
        (false, many("smtp:")),
        (false, many("a : b\n")),
        (false, many("---- \n")),
    ];
    for (is_read, text) in files {
        let stage = Stage::new()
            .settings(&format!("{EWS}rooms_file = \"rooms.csv\"\n"))
            .file("rooms.csv", &text);
        let started = std::time::Instant::now();
        let estate = stage.try_load();
        let taken = started.elapsed();
        // Less than two seconds on an idle machine; work that grows with the square takes many minutes on any.
        assert!(taken.as_secs() < 60, "{taken:?} for {:?}", &text[..20]);
        assert_eq!(estate.is_ok(), is_read);
        let Ok(estate) = estate else { continue };
        assert!(estate.connections[0].rooms.malformed.len() <= 50);
        assert!(
            estate
                .input_notes
                .iter()
                .all(|note| note.lines.len() <= 100)
        );
    }
}

#[test]
fn standard_input_is_a_rooms_file_and_is_read_once() {
    let given = |stage: Stage| stage.given(|given| given.rooms_file = Some("-".into()));
    let estate = given(
        Stage::new()
            .settings(EWS)
            .file("-", "Board <board@contoso.com>\nThanks"),
    )
    .load();
    assert_eq!(addresses(&estate.connections[0]), [B]);
    assert_eq!(
        estate.input_notes[0].file.as_deref(),
        Some("standard input")
    );
    let both = given(Stage::new().settings(EWS))
        .given(|given| given.connection.credential = Some(secret_of_flag("-")));
    assert!(
        both.error().contains("can be read once only"),
        "{}",
        both.error()
    );
}

#[test]
fn the_values_of_an_option_are_cleaned_or_refused() {
    let with = |room: &str| {
        Stage::new()
            .settings(EWS)
            .given(|given| given.rooms = vec![room.to_owned()])
    };
    for room in [
        "board@contoso.com",
        "Board <board@contoso.com>",
        "SMTP:board@contoso.com",
        " board@contoso.com",
        "\u{201c}board@contoso.com\u{201d}",
    ] {
        assert_eq!(addresses(&with(room).load().connections[0]), [B], "{room}");
    }
    assert_eq!(
        addresses(
            &with("board@contoso.com,lounge@contoso.com")
                .load()
                .connections[0]
        ),
        [B, L]
    );
    for room in [
        "boardroom",
        "board@contoso",
        "board@contoso.com; lounge@contoso",
    ] {
        let error = with(room).error();
        assert!(
            error.starts_with("the value of --room is not an email address"),
            "{error}"
        );
    }
    let error = with("abc8Q~0123456789012345678901234567890123").error();
    assert!(!error.contains("8Q~"), "{error}");
}

#[test]
fn a_list_in_the_settings_is_freed_of_its_form_and_a_wrong_value_stays_a_finding() {
    let with = |rooms: &str| {
        Stage::new()
            .settings(&format!("{EWS}rooms = [{rooms}]\n"))
            .load()
    };
    for rooms in [
        "\"Board <board@contoso.com>\"",
        "\"SMTP:board@contoso.com\"",
        "\"mailto:board@contoso.com\"",
    ] {
        let estate = with(rooms);
        assert_eq!(addresses(&estate.connections[0]), [B], "{rooms}");
        assert!(estate.connections[0].faults.is_empty(), "{rooms}");
    }
    assert_eq!(
        addresses(&with("\"board@contoso.com; lounge@contoso.com\"").connections[0]),
        [B, L]
    );
    let wrong = with(
        "\"board@contoso\", \"board@@contoso.com\", \"Meeting Room 4\", \"lounge@contoso.com\"",
    );
    let kinds = wrong.connections[0].faults.iter().map(|fault| fault.kind);
    assert!(kinds.eq([SettingsFaultKind::RoomAddressMalformed; 3]));
}

#[test]
fn rooms_that_an_option_replaces_are_noted() {
    let notes = |keys: &str, change: fn(&mut super::super::FlagSettings)| {
        let stage = Stage::new()
            .settings(&format!("{EWS}{keys}\n"))
            .given(change)
            .file("r.csv", "board@contoso.com");
        stage.load().input_notes
    };
    let listed = notes("rooms = [\"a@contoso.com\", \"b@contoso.com\"]", |given| {
        given.rooms = vec![B.to_owned()];
    });
    assert_eq!(
        (listed[0].kind, listed[0].count, listed[0].about.as_deref()),
        (RoomsReplaced, 2, Some("--room"))
    );
    let filed = notes("rooms_file = \"other.csv\"", |given| {
        given.rooms_file = Some("r.csv".into());
    });
    assert_eq!(
        (filed[0].kind, filed[0].count, filed[0].about.as_deref()),
        (RoomsReplaced, 0, Some("--rooms"))
    );
    assert!(notes("", |given| given.rooms = vec![B.to_owned()]).is_empty());
}
