//! The prompts of `init`, with a scripted terminal and a scripted directory of tenants.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use crate::settings::{DraftCredential, SettingsDraft, SimulatedEnvironment};
use crate::terms::Api;

use super::dialog::MOST_ATTEMPTS;
use super::tenant_directory::TenantStatus;
use super::*;

const TENANT: &str = "5f3c0000-1111-4222-8333-444455556666";
const CLIENT: &str = "9a41d1a0-0000-4000-8000-000000000000";
const SECRET: &str = "EJC8Q~6zJYv7p5dmrgpYTQm2fnkbjWK9spVo9clR";

/// A terminal at which everything was entered beforehand; the input ends after it.
#[derive(Default)]
struct Scripted {
    lines: VecDeque<String>,
    hidden: VecDeque<String>,
    is_absent: bool,
    shown: String,
}

impl Scripted {
    fn of(lines: &[&str]) -> Self {
        Self {
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            ..Self::default()
        }
    }

    fn note(&mut self, text: &str) {
        self.shown.push_str(text);
        self.shown.push('\n');
    }
}

impl Terminal for Scripted {
    fn is_interactive(&self) -> bool {
        !self.is_absent
    }

    fn read_line(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.note(prompt);
        Ok(self.lines.pop_front())
    }

    fn read_hidden(&mut self, prompt: &str) -> io::Result<Option<String>> {
        self.note(prompt);
        Ok(self.hidden.pop_front())
    }

    fn print(&mut self, message: &str) {
        self.note(message);
    }
}

/// Tenants by their cloud.
struct Tenants(&'static [(&'static str, &'static str)]);

impl TenantDirectory for Tenants {
    fn find(
        &self,
        cloud: &str,
        tenant: &str,
        client_id: Option<&str>,
    ) -> Result<TenantStatus, CliError> {
        let clouds: Vec<String> = self
            .0
            .iter()
            .filter(|(_, id)| *id == tenant)
            .map(|(cloud, _)| (*cloud).to_owned())
            .collect();
        if clouds.iter().any(|id| id == cloud) {
            return Ok(TenantStatus::Exists);
        }
        if clouds.iter().any(|id| id == "silent") {
            return Ok(TenantStatus::NotChecked("HTTP 503".to_owned()));
        }
        if clouds.is_empty() {
            let is_tenant = |client: &str| self.0.iter().any(|(_, id)| *id == client);
            return Ok(TenantStatus::Unknown {
                client_id_is_a_tenant: client_id.is_some_and(is_tenant),
            });
        }
        Ok(TenantStatus::Elsewhere(clouds))
    }
}

const KNOWN: Tenants = Tenants(&[("global", TENANT)]);

fn entered_with(
    draft: SettingsDraft,
    terminal: &mut Scripted,
    tenants: &Tenants,
    environment: &SimulatedEnvironment,
) -> Result<Completed, CliError> {
    let interview = Interview {
        draft,
        terminal,
        tenants,
        environment,
        reference: &cloud_endpoints::reference(),
    };
    interview.complete()
}

fn entered(lines: &[&str]) -> (Result<Completed, CliError>, String) {
    let mut terminal = Scripted::of(lines);
    let environment = SimulatedEnvironment::default();
    let result = entered_with(
        SettingsDraft::default(),
        &mut terminal,
        &KNOWN,
        &environment,
    );
    (result, terminal.shown)
}

/// A draft that lacks nothing that is required.
fn given() -> SettingsDraft {
    SettingsDraft {
        api: Some(Api::Graph),
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(CLIENT.to_owned()),
        credential: Some(DraftCredential::Prompt),
        ..SettingsDraft::default()
    }
}

#[test]
fn every_value_is_entered_in_the_words_of_the_console() {
    let lines = [
        "Yes",
        TENANT,
        CLIENT,
        "",
        "",
        "rx@contoso.com",
        "a@contoso.com, b@contoso.com",
        "yes",
        "",
        "no",
    ];
    let (result, shown) = entered(&lines);
    let expected = SettingsDraft {
        server_host_name: Some("https://graph.microsoft.com/v1.0".to_owned()),
        service_account: Some("rx@contoso.com".to_owned()),
        rooms: vec!["a@contoso.com".to_owned(), "b@contoso.com".to_owned()],
        mail: Some(true),
        mail_from: Some("rx@contoso.com".to_owned()),
        user_sync: Some(false),
        ..given()
    };
    assert_eq!(result.unwrap().draft, expected);
    for label in [
        "Use Graph API",
        "OAuth Tenant ID",
        "OAuth Client ID",
        "OAuth Client Secret",
        "Server Host Name [https://graph.microsoft.com/v1.0]",
        "Resource Login User ID (Enter: none)",
        "Sender of outgoing mail [rx@contoso.com]",
    ] {
        assert!(shown.contains(label), "{label}: {shown}");
    }
}

#[test]
fn a_wrong_value_is_explained_with_an_example_and_entered_again() {
    let lines = [
        "perhaps",
        "graph",
        "",
        "contoso",
        TENANT,
        "ResourceXpress",
        CLIENT,
        "vault",
        "prompt",
        "",
        "CONTOSO\\rx",
        "",
        "boardroom@",
        "none.csv",
        "a@contoso.com",
        "maybe",
        "",
        "",
    ];
    let (result, shown) = entered(&lines);
    let draft = result.unwrap().draft;
    assert_eq!((draft.rooms.len(), draft.mail), (1, None));
    for part in [
        "Enter Yes or No, as in System Settings",
        "A value is required. Example: 5f3c1b7e",
        "neither a GUID nor a domain. Example: 5f3c1b7e",
        "not a GUID. Example: 9a41d1a0",
        "Enter env, file or prompt. Example: file",
        "Resource Login User ID is not a valid SMTP address",
        "boardroom@ is not a valid SMTP address",
        "cannot read the rooms file none.csv: there is no such file.",
        "Enter Yes, No, or nothing.",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn after_five_wrong_values_the_command_ends() {
    for lines in [["contoso"; MOST_ATTEMPTS], [""; MOST_ATTEMPTS]] {
        let (result, shown) = entered(&[&["yes"][..], &lines].concat());
        let error = result.unwrap_err();
        assert_eq!(error.exit(), Exit::Usage);
        let message = error.to_string();
        assert!(
            message.contains("OAuth Tenant ID") && message.contains("nothing was written"),
            "{message}"
        );
        assert_eq!(shown.matches("OAuth Tenant ID:").count(), MOST_ATTEMPTS);
    }
}

#[test]
fn the_end_of_the_input_ends_the_command_at_every_prompt() {
    let lines = ["Yes", TENANT, CLIENT, "", "", "", "", "", ""];
    for count in 0..lines.len() {
        let error = entered(&lines[..count]).0.unwrap_err();
        assert!(
            error.to_string().contains("nothing was written") && error.exit() == Exit::Usage,
            "{count}: {error}"
        );
    }
    assert!(entered(&lines).0.is_ok());
}

#[test]
fn a_tenant_that_does_not_exist_is_entered_again() {
    let (result, shown) = entered(&[
        "Yes",
        "fabrikam.com",
        TENANT,
        CLIENT,
        "",
        "",
        "",
        "",
        "",
        "",
    ]);
    assert_eq!(result.unwrap().draft.tenant_id.as_deref(), Some(TENANT));
    assert!(
        shown.contains("does not exist in the cloud global") && shown.contains("Overview page"),
        "{shown}"
    );
}

#[test]
fn a_tenant_of_another_cloud_changes_the_cloud_if_the_user_agrees() {
    let tenants = Tenants(&[("gcc-high", TENANT), ("global", "contoso.com")]);
    let environment = SimulatedEnvironment::default();
    let run = |lines: &[&str]| {
        let mut terminal = Scripted::of(lines);
        let draft = entered_with(
            SettingsDraft::default(),
            &mut terminal,
            &tenants,
            &environment,
        );
        (draft.unwrap().draft, terminal.shown)
    };
    let (draft, shown) = run(&["Yes", TENANT, "", CLIENT, "", "", "", "", "", ""]);
    assert_eq!(draft.cloud.as_deref(), Some("gcc-high"));
    assert_eq!(
        draft.server_host_name.as_deref(),
        Some("https://graph.microsoft.us/v1.0"),
        "{shown}"
    );
    let (draft, _) = run(&[
        "Yes",
        TENANT,
        "no",
        "contoso.com",
        CLIENT,
        "",
        "",
        "",
        "",
        "",
        "",
    ]);
    assert_eq!(
        (draft.cloud, draft.tenant_id.as_deref()),
        (None, Some("contoso.com"))
    );
}

#[test]
fn a_tenant_that_cannot_be_checked_is_kept_with_a_note() {
    let tenants = Tenants(&[("silent", TENANT)]);
    let mut terminal = Scripted {
        is_absent: true,
        ..Scripted::default()
    };
    let environment = SimulatedEnvironment::default();
    let completed = entered_with(given(), &mut terminal, &tenants, &environment).unwrap();
    assert_eq!(completed.draft.tenant_id.as_deref(), Some(TENANT));
    assert!(
        terminal
            .shown
            .contains("Could not check whether the tenant exists: HTTP 503"),
        "{}",
        terminal.shown
    );
}

#[test]
fn swapped_ids_are_recognized() {
    let swapped = SettingsDraft {
        tenant_id: Some(CLIENT.to_owned()),
        client_id: Some(TENANT.to_owned()),
        ..given()
    };
    let mut terminal = Scripted {
        is_absent: true,
        ..Scripted::default()
    };
    let environment = SimulatedEnvironment::default();
    let error = entered_with(swapped, &mut terminal, &KNOWN, &environment).unwrap_err();
    assert!(error.to_string().contains("probably swapped"), "{error}");
}

#[test]
fn without_a_terminal_all_missing_values_are_named_together() {
    let mut terminal = Scripted {
        is_absent: true,
        ..Scripted::default()
    };
    let environment = SimulatedEnvironment::default();
    let error = entered_with(
        SettingsDraft::default(),
        &mut terminal,
        &KNOWN,
        &environment,
    )
    .unwrap_err()
    .to_string();
    for part in [
        "'Use Graph API' (--api graph or --api ews)",
        "'OAuth Tenant ID' (--tenant-id ID)",
        "'OAuth Client ID'",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let completed = entered_with(given(), &mut terminal, &KNOWN, &environment).unwrap();
    assert_eq!(
        completed.draft,
        given(),
        "nothing is added that was not given"
    );
}

#[test]
fn a_secret_is_stored_in_a_file_of_its_own_and_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.txt");
    let mut terminal = Scripted::of(&["file", path.to_str().unwrap(), "", "", "", "", ""]);
    // The ID of the secret first, as it is often copied, then the value.
    terminal.hidden = [CLIENT, SECRET].map(str::to_owned).into();
    let environment = SimulatedEnvironment::default();
    let draft = SettingsDraft {
        credential: None,
        ..given()
    };
    let completed = entered_with(draft, &mut terminal, &KNOWN, &environment).unwrap();
    let stored = completed.secret_to_store.unwrap();
    assert_eq!(
        (stored.path, stored.secret.expose()),
        (path.clone(), SECRET)
    );
    assert_eq!(
        completed.draft.credential,
        Some(DraftCredential::File(path))
    );
    assert!(
        terminal.shown.contains("probably the Secret ID"),
        "{}",
        terminal.shown
    );
    assert!(!terminal.shown.contains(SECRET), "{}", terminal.shown);
    assert!(!format!("{:?}", completed.secrets).contains(SECRET));
}

#[test]
fn a_suspicious_secret_is_accepted_the_second_time() {
    let mut terminal = Scripted::of(&["file", "none/secret.txt", "", "", "", "", ""]);
    terminal.hidden = [CLIENT, CLIENT].map(str::to_owned).into();
    let environment = SimulatedEnvironment::default();
    let draft = SettingsDraft {
        credential: None,
        ..given()
    };
    let completed = entered_with(draft, &mut terminal, &KNOWN, &environment).unwrap();
    assert_eq!(completed.secret_to_store.unwrap().secret.expose(), CLIENT);
}

#[test]
fn a_secret_at_a_visible_prompt_is_not_used_and_not_repeated() {
    let mut terminal = Scripted::of(&[SECRET, "file", SECRET, "later.txt", "", "", "", "", "", ""]);
    terminal.hidden = [String::new()].into();
    let environment = SimulatedEnvironment::default();
    let draft = SettingsDraft {
        credential: None,
        ..given()
    };
    let completed = entered_with(draft, &mut terminal, &KNOWN, &environment).unwrap();
    assert!(completed.secret_to_store.is_none());
    assert_eq!(
        completed.draft.credential,
        Some(DraftCredential::File(PathBuf::from("later.txt")))
    );
    let shown = terminal.shown;
    assert!(
        shown.contains("clear the screen") && !shown.contains(SECRET),
        "{shown}"
    );
}

#[test]
fn a_secret_in_a_variable_or_a_file_is_validated_where_it_is() {
    let environment = SimulatedEnvironment {
        variables: [("RX_SECRET".to_owned(), CLIENT.to_owned())].into(),
        files: [(
            Path::new("secret.txt").to_owned(),
            format!("{CLIENT}\r\n").into_bytes(),
        )]
        .into(),
    };
    for (secret, expected) in [
        (
            DraftCredential::Variable("RX_SECRET".to_owned()),
            "probably the Secret ID",
        ),
        (
            DraftCredential::File(PathBuf::from("secret.txt")),
            "probably the Secret ID",
        ),
        (
            DraftCredential::Variable("RX_OTHER".to_owned()),
            "RX_OTHER is not set",
        ),
        (
            DraftCredential::File(PathBuf::from("none.txt")),
            "there is no such file",
        ),
    ] {
        let mut terminal = Scripted {
            is_absent: true,
            ..Scripted::default()
        };
        let draft = SettingsDraft {
            credential: Some(secret.clone()),
            ..given()
        };
        let completed = entered_with(draft, &mut terminal, &KNOWN, &environment).unwrap();
        assert_eq!(completed.draft.credential.as_ref(), Some(&secret));
        assert!(
            terminal.shown.contains(expected),
            "{secret:?}: {}",
            terminal.shown
        );
    }
}

#[test]
fn what_check_would_report_is_a_note_and_the_value_is_kept() {
    let draft = SettingsDraft {
        api: Some(Api::Ews),
        server_host_name: Some("https://graph.microsoft.com/v1.0".to_owned()),
        ..given()
    };
    let mut terminal = Scripted {
        is_absent: true,
        ..Scripted::default()
    };
    let environment = SimulatedEnvironment::default();
    let completed = entered_with(draft.clone(), &mut terminal, &KNOWN, &environment).unwrap();
    assert_eq!(completed.draft, draft);
    for part in [
        "Server Host Name is the address of Microsoft Graph",
        "Resource Login User ID is missing",
        "contains no rooms",
    ] {
        assert!(terminal.shown.contains(part), "{part}: {}", terminal.shown);
    }
}
