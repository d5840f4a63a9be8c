//! Where a secret comes from.

use std::cell::Cell;
use std::io;
use std::path::Path;

use crate::settings::{
    Environment, Estate, FlagSettings, SettingsError, SimulatedEnvironment, load_text,
};

use super::stage::{CLIENT, EWS, SECRET, Stage, TENANT, reference, secret_of_flag};

fn with_source(source: &str) -> String {
    EWS.replace("{ env = \"RX_CLIENT_SECRET\" }", source)
}

fn secret(stage: &Stage) -> String {
    stage.load().connections[0]
        .credential
        .hidden_text()
        .expose()
        .to_owned()
}

#[test]
fn a_file_gives_it_up_to_one_line_break() {
    let of = |content: &[u8]| {
        secret(
            &Stage::new()
                .settings(&with_source("{ file = \"s.txt\" }"))
                .file("s.txt", content),
        )
    };
    assert_eq!(of(b"abc"), "abc");
    assert_eq!(of(b"abc\n"), "abc");
    assert_eq!(of(b"abc\r\n"), "abc");
    assert_eq!(of(b"abc \n\n"), "abc \n");
    // Notepad and PowerShell 5.1 write these; the mark belongs to the file.
    assert_eq!(of(b"\xff\xfea\0b\0\r\0\n\0"), "ab");
    assert_eq!(of(b"\xfe\xff\0a\0b\0\r\0\n"), "ab");
    assert_eq!(of("\u{feff}abc".as_bytes()), "abc");
    assert_eq!(of("\u{feff}abc\r\n".as_bytes()), "abc");
}

#[test]
fn an_empty_secret_is_an_error_that_names_its_source() {
    let by_file = Stage::new().settings(&with_source("{ file = \"s.txt\" }"));
    for empty in ["", "\n", "\r\n", "  \n"] {
        let message = Stage::new()
            .settings(&with_source("{ file = \"s.txt\" }"))
            .file("s.txt", empty)
            .error();
        assert!(
            message.starts_with("rx-preflight.toml:6:32: ")
                && message.contains("in the file s.txt is empty"),
            "{message}"
        );
        let message = Stage::default()
            .settings(EWS)
            .variable("RX_CLIENT_SECRET", empty)
            .error();
        assert!(
            message.contains("in the environment variable RX_CLIENT_SECRET is empty"),
            "{message}"
        );
        let stdin = Stage::default().settings(EWS).file("-", empty);
        let message = stdin
            .given(|given| given.connection.credential = Some(secret_of_flag("-")))
            .error();
        assert!(message.contains("on standard input is empty"), "{message}");
    }
    assert!(by_file.error().contains("there is no such file"));
}

#[test]
fn paths_in_a_settings_file_are_relative_to_it() {
    let stage = Stage::new()
        .file(
            "customers/contoso/rx.toml",
            with_source("{ file = \"s.txt\" }"),
        )
        .file("customers/contoso/s.txt", SECRET)
        .given(|given| given.config = Some("customers/contoso/rx.toml".into()));
    assert_eq!(secret(&stage), SECRET);
}

#[test]
fn standard_input_gives_it() {
    let stage = Stage::default()
        .settings(EWS)
        .file("-", format!("{SECRET}\n"));
    assert_eq!(
        secret(&stage.given(|given| given.connection.credential = Some(secret_of_flag("-")))),
        SECRET
    );
}

#[test]
fn a_variable_that_is_not_set_is_named_with_its_place() {
    let message = Stage::default().settings(EWS).error();
    assert!(message.starts_with("rx-preflight.toml:6:31: "), "{message}");
    assert!(message.contains("RX_CLIENT_SECRET is not set"), "{message}");
}

#[test]
fn an_unreadable_file_is_named_with_place_and_reason() {
    let message = Stage::new()
        .settings(&with_source("{ file = \"s.txt\" }"))
        .error();
    assert_eq!(
        message,
        "rx-preflight.toml:6:32: cannot read the secret file s.txt: there is no such file"
    );
    let no_text = Stage::new()
        .settings(&with_source("{ file = \"s.txt\" }"))
        .file("s.txt", b"\xfc\xfc")
        .error();
    assert!(no_text.contains("neither UTF-8"), "{no_text}");
}

#[test]
fn the_secret_itself_in_the_file_is_refused_with_the_three_ways() {
    let message = Stage::new()
        .settings(&with_source(&format!("\"{SECRET}\"")))
        .error();
    for word in [
        ":6:23:",
        "must not contain the secret itself",
        "env =",
        "file =",
        "prompt = true",
    ] {
        assert!(message.contains(word), "{message}");
    }
    assert!(!message.contains("zzz"), "{message}");
}

#[test]
fn exactly_one_source_is_needed() {
    for source in [
        "{}",
        "{ env = \"A\", file = \"b\" }",
        "{ value = \"x\" }",
        "{ env = \"A\", value = \"x\" }",
    ] {
        let message = Stage::new().settings(&with_source(source)).error();
        assert!(
            message.contains("exactly one source"),
            "{source}: {message}"
        );
    }
    let message = Stage::new()
        .settings(&with_source("{ prompt = false }"))
        .error();
    assert!(message.contains("prompt can only be true"), "{message}");
    let message = Stage::new().settings(&with_source("{ env = 1 }")).error();
    assert!(message.contains("`env` must be a text"), "{message}");
    let message = Stage::new().settings(&with_source("7")).error();
    assert!(message.contains("not a source of a secret"), "{message}");
}

#[test]
fn without_any_source_and_terminal_the_ways_are_named() {
    let stage = Stage::default().given(|given| {
        given.connection.tenant_id = Some(TENANT.to_owned());
        given.connection.client_id = Some(CLIENT.to_owned());
        given.connection.api = Some(crate::terms::Api::Ews);
    });
    let message = stage.error();
    for word in [
        "\"system\"",
        "no terminal",
        "--client-secret-file",
        "AZURE_CLIENT_SECRET",
        "env =",
        "file =",
    ] {
        assert!(message.contains(word), "{message}");
    }
    let prompts = Stage::new()
        .settings(&with_source("{ prompt = true }"))
        .error();
    assert!(
        prompts.starts_with("rx-preflight.toml:6:34: ") && prompts.contains("no terminal"),
        "{prompts}"
    );
}

/// An environment with a terminal where every prompt returns a different text.
struct Attended {
    machine: SimulatedEnvironment,
    prompts: Cell<usize>,
}

impl Environment for Attended {
    fn variable(&self, name: &str) -> Option<String> {
        self.machine.variable(name)
    }

    fn read_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.machine.read_file(path)
    }

    fn read_stdin(&self) -> io::Result<Vec<u8>> {
        self.machine.read_stdin()
    }

    fn prompt(&self, text: &str) -> io::Result<Option<String>> {
        assert!(
            text.contains('"'),
            "the prompt names the connection: {text}"
        );
        self.prompts.set(self.prompts.get() + 1);
        Ok(Some(format!("typed {}", self.prompts.get())))
    }
}

fn attended(text: &str) -> (Result<Estate, SettingsError>, usize) {
    let machine = Attended {
        machine: SimulatedEnvironment::default(),
        prompts: Cell::new(0),
    };
    let estate = load_text(
        text,
        "x.toml",
        &FlagSettings::default(),
        &machine,
        &reference(),
    );
    (estate, machine.prompts.get())
}

#[test]
fn a_shared_secret_is_prompted_for_once() {
    let locations = "[[location]]\nname = \"A\"\n[[location]]\nname = \"B\"\n";
    let silent = EWS.replace("oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n", "");
    for text in [with_source("{ prompt = true }"), silent] {
        let (estate, prompts) = attended(&format!("{text}{locations}"));
        let estate = estate.unwrap();
        assert_eq!((estate.connections.len(), prompts), (3, 1));
        assert!(
            estate.connections.iter().all(|connection| connection
                .credential
                .hidden_text()
                .expose()
                == "typed 1")
        );
    }
}

#[test]
fn another_app_is_prompted_for_separately() {
    let own =
        "[[location]]\nname = \"A\"\noauth_client_id = \"77b00000-1111-4222-8333-444455556666\"\n";
    let silent = EWS.replace("oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }\n", "");
    let (estate, prompts) = attended(&format!("{silent}{own}"));
    assert_eq!(prompts, 2);
    assert_eq!(
        estate.unwrap().connections[1]
            .credential
            .hidden_text()
            .expose(),
        "typed 2"
    );
}
