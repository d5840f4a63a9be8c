//! A draft becomes a file that reads back as the same values, and a pasted page becomes a draft.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use crate::evidence::SettingsFaultKind;
use crate::settings::parse_file::parse_settings_file;
use crate::settings::tests::stage::reference;
use crate::settings::{ClientSecret, Credential, SettingsError, looks_like_a_secret};
use crate::terms::Api;

use super::*;

const TENANT: &str = "5f3c0000-1111-4222-8333-444455556666";
const CLIENT: &str = "9a41d1a0-0000-4000-8000-000000000000";

fn draft() -> SettingsDraft {
    SettingsDraft {
        api: Some(Api::Graph),
        tenant_id: Some(TENANT.to_owned()),
        client_id: Some(CLIENT.to_owned()),
        credential: Some(DraftCredential::Prompt),
        ..SettingsDraft::default()
    }
}

/// The values of a settings file, as a draft.
fn read_back(text: &str) -> Result<SettingsDraft, SettingsError> {
    let parsed = parse_settings_file(text, "rx-preflight.toml", Path::new(""), &reference())?;
    let file = parsed.file;
    let system = file.system.unwrap();
    let flag = |section: &Option<crate::settings::settings_file::FeatureSection>| {
        section
            .as_ref()
            .and_then(|section| section.enabled.as_ref().map(|flag| flag.value))
    };
    Ok(SettingsDraft {
        cloud: Some(parsed.cloud),
        api: system.keys.api,
        server_host_name: system.keys.server_host_name,
        service_account: system.keys.service_account,
        tenant_id: system.keys.tenant_id,
        client_id: system.keys.client_id,
        credential: system.keys.credential.and_then(DraftCredential::of_source),
        rooms: system.rooms.listed,
        rooms_file: system.rooms.file,
        rooms_from_tenant: system.rooms.from_tenant,
        mail: flag(&file.mail),
        mail_from: file.mail.and_then(|mail| mail.from.map(|from| from.value)),
        user_sync: flag(&file.user_sync),
    })
}

#[test]
fn every_line_above_a_key_is_a_comment_and_the_file_reads_back() {
    let whole = SettingsDraft {
        cloud: Some("gcc-high".to_owned()),
        server_host_name: Some("https://graph.microsoft.us/v1.0".to_owned()),
        service_account: Some("rx@contoso.com".to_owned()),
        credential: Some(DraftCredential::File(PathBuf::from(
            r"C:\temp\new secret.txt",
        ))),
        rooms: vec!["a@contoso.com".to_owned(), "o'b@contoso.com".to_owned()],
        rooms_file: Some(PathBuf::from("rooms.csv")),
        rooms_from_tenant: true,
        mail: Some(true),
        mail_from: Some("rx@contoso.com".to_owned()),
        user_sync: Some(false),
        ..draft()
    };
    let text = whole.to_text("rx-preflight.toml", &reference()).unwrap();
    assert_eq!(read_back(&text).unwrap(), whole, "{text}");
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines
        .windows(2)
        .filter(|pair| pair[1].contains(" = ") && !pair[1].starts_with('#'))
    {
        assert!(
            pair[0].starts_with('#') || pair[0].contains(" = ") || pair[0] == "]",
            "{pair:?}"
        );
    }
    assert!(
        lines.iter().all(|line| line.chars().count() <= 120),
        "{text}"
    );
}

#[test]
fn a_certificate_replaces_the_key_of_the_secret_and_reads_back() {
    for password in [None, Some(PathBuf::from(r"C:\temp\new password.txt"))] {
        let whole = SettingsDraft {
            cloud: Some("global".to_owned()),
            credential: Some(DraftCredential::Certificate {
                file: PathBuf::from("certificate.pem"),
                password,
            }),
            ..draft()
        };
        let text = whole.to_text("rx-preflight.toml", &reference()).unwrap();
        assert_eq!(read_back(&text).unwrap(), whole, "{text}");
        assert!(!text.contains("oauth_client_secret"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 120));
    }
}

#[test]
fn what_is_not_known_is_a_comment_with_an_example() {
    let text = draft().to_text("rx-preflight.toml", &reference()).unwrap();
    for line in [
        "# server_host_name = \"https://graph.microsoft.com/v1.0\"",
        "# resource_login_user_id = \"rx-service@contoso.com\"",
        "# rooms = [\"boardroom@contoso.com\"]",
        "# enabled = true",
        "oauth_client_secret = { prompt = true }",
        "cloud = \"global\"",
    ] {
        assert!(text.lines().any(|own| own == line), "{line}: {text}");
    }
    let ews = SettingsDraft {
        api: Some(Api::Ews),
        ..draft()
    };
    let of_ews = ews.to_text("rx-preflight.toml", &reference()).unwrap();
    assert!(
        of_ews.contains("# server_host_name = \"https://outlook.office365.com/EWS/Exchange.asmx\""),
        "{of_ews}"
    );
    // The examples are values that the reader accepts.
    let filled: String = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(key) if key.contains(" = ") && !key.contains(": ") => format!("{key}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    let read = read_back(&filled).unwrap();
    assert_eq!(
        (read.rooms.len(), read.mail, read.user_sync),
        (1, Some(true), Some(true))
    );
}

#[test]
fn a_value_that_the_reader_does_not_accept_is_an_error_and_not_a_file() {
    let wrong = SettingsDraft {
        cloud: Some("mars".to_owned()),
        ..draft()
    };
    let error = wrong
        .to_text("rx-preflight.toml", &reference())
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("rx-preflight.toml:") && error.contains("`mars` is not a cloud"),
        "{error}"
    );
}

fn text_of_any_kind() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[a-zA-Z0-9@.:/ \"'\\\\#é\u{201c}\t\n\r=\\[\\]-]{0,30}")
}

#[test]
fn a_password_in_an_address_is_refused_and_not_repeated() {
    for address in [
        "https://rx:Passw0rd@outlook.office365.com/EWS",
        "rx:Passw0rd@outlook.office365.com",
        r"https://CORP\rx:Passw0rd@mail.contoso.com/EWS",
        "https://rx:Passw0rd/9@mail.contoso.com/EWS",
        "http://rx:Pass@w0rd@mail.contoso.com",
    ] {
        let with_password = SettingsDraft {
            server_host_name: Some(address.to_owned()),
            ..draft()
        };
        let refusal = with_password.refusal(DraftField::ServerHostName, &reference());
        let refusal = refusal.unwrap();
        assert!(refusal.contains("contains a password") && !refusal.contains("w0rd"));
    }
    let with_user = SettingsDraft {
        server_host_name: Some("https://rx@outlook.office365.com/EWS".to_owned()),
        ..draft()
    };
    let refusal = with_user.refusal(DraftField::ServerHostName, &reference());
    assert_eq!(refusal, None, "check reports this");
}

proptest! {
    #[test]
    fn any_texts_read_back_as_they_were(
        texts in proptest::collection::vec(text_of_any_kind(), 4),
        rooms in proptest::collection::vec("[a-z'\"\\\\@.]{1,20}", 0..4),
        graph in any::<bool>(), tenant_lists in any::<bool>(), mail in any::<Option<bool>>(),
        variable in "[A-Z_]{1,20}",
    ) {
        let whole = SettingsDraft {
            cloud: Some("global".to_owned()),
            api: Some(if graph { Api::Graph } else { Api::Ews }),
            server_host_name: texts[0].clone(),
            service_account: texts[1].clone(),
            tenant_id: texts[2].clone(),
            client_id: texts[3].clone(),
            credential: Some(DraftCredential::Variable(variable)),
            rooms,
            rooms_from_tenant: tenant_lists,
            mail,
            ..SettingsDraft::default()
        };
        let text = whole.to_text("rx-preflight.toml", &reference()).unwrap();
        prop_assert_eq!(read_back(&text).unwrap(), whole);
    }

    #[test]
    fn any_path_is_written_as_it_is_or_refused(path in "[a-zA-Z0-9:/\\\\ .'\"é\t-]{1,30}") {
        let whole = SettingsDraft { rooms_file: Some(PathBuf::from(&path)), cloud: Some("global".to_owned()), ..draft() };
        if let Ok(text) = whole.to_text("rx-preflight.toml", &reference()) {
            prop_assert_eq!(read_back(&text).unwrap(), whole);
        }
    }

    #[test]
    fn any_page_is_read_without_panic(text in "(?s)(tenant id|Client ID|use graph api|☑|[:\t\n =]|\\PC){0,40}") {
        let _ = ConsolePage::read(&text);
    }
}

#[test]
fn values_are_judged_by_the_rules_for_settings_files() {
    let refusal =
        |field, draft: SettingsDraft| draft.refusal(field, &reference()).unwrap_or_default();
    let tenant = |text: &str| SettingsDraft {
        tenant_id: Some(text.to_owned()),
        ..draft()
    };
    let client = |text: &str| SettingsDraft {
        client_id: Some(text.to_owned()),
        ..draft()
    };
    assert_eq!(refusal(DraftField::TenantId, tenant("contoso.com")), "");
    assert!(
        refusal(DraftField::TenantId, tenant("contoso")).contains("neither a GUID nor a domain")
    );
    assert!(refusal(DraftField::TenantId, tenant("common")).contains("any tenant"));
    assert!(refusal(DraftField::ClientId, client("ResourceXpress")).contains("not a GUID"));
    assert!(
        !refusal(DraftField::ClientId, client(TENANT)).is_empty(),
        "both IDs are the same"
    );
    let account = SettingsDraft {
        service_account: Some("CONTOSO\\rx".to_owned()),
        ..draft()
    };
    assert!(
        refusal(DraftField::ServiceAccount, account)
            .contains("Resource Login User ID is not a valid SMTP address")
    );
    let sender = SettingsDraft {
        mail_from: Some("x@".to_owned()),
        ..draft()
    };
    assert!(refusal(DraftField::MailFrom, sender).contains("Sender of outgoing mail"));
}

#[test]
fn what_the_product_uses_and_check_reports_is_a_note_and_no_refusal() {
    let ews = SettingsDraft {
        api: Some(Api::Ews),
        server_host_name: Some("https://graph.microsoft.com/v1.0".to_owned()),
        ..draft()
    };
    for field in [DraftField::ServerHostName, DraftField::ServiceAccount] {
        assert_eq!(ews.refusal(field, &reference()), None);
        assert_eq!(
            ews.faults_of(field, None, &reference()).len(),
            1,
            "{field:?}"
        );
    }
    let secret = ClientSecret::new(CLIENT.to_owned());
    let secret = Credential::Secret(secret);
    let faults = draft().faults_of(DraftField::ClientSecret, Some(&secret), &reference());
    assert_eq!(faults[0].kind, SettingsFaultKind::SecretIsSecretId);
    assert_eq!(
        draft().faults_of(DraftField::ClientSecret, None, &reference()),
        []
    );
}

#[test]
fn a_secret_in_any_other_field_is_refused_and_not_repeated() {
    let secret = "tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS";
    for field in [
        DraftField::TenantId,
        DraftField::ClientId,
        DraftField::ServerHostName,
        DraftField::ServiceAccount,
        DraftField::MailFrom,
    ] {
        let text = Some(secret.to_owned());
        let mut wrong = draft();
        match field {
            DraftField::TenantId => wrong.tenant_id = text,
            DraftField::ClientId => wrong.client_id = text,
            DraftField::ServerHostName => wrong.server_host_name = text,
            DraftField::ServiceAccount => wrong.service_account = text,
            _ => wrong.mail_from = text,
        }
        let refusal = wrong.refusal(field, &reference()).unwrap();
        assert!(
            !refusal.contains(secret) && refusal.contains("secret"),
            "{field:?}: {refusal}"
        );
    }
}

#[test]
fn a_page_is_read_in_every_form_in_which_it_is_copied() {
    let pages = [
        format!(
            "Use OAuth: Yes\nUse Graph API: Yes\nTenant ID: {TENANT}\nClient ID: {CLIENT}\nServer Host Name: https://graph.microsoft.com/v1.0"
        ),
        format!(
            "Use OAuth\tYes\r\nUse Graph API\tYes\r\nOAuth Tenant ID\t{TENANT}\r\nOAuth Client ID\t{CLIENT}\r\nServer Host Name\thttps://graph.microsoft.com/v1.0\r\n"
        ),
        format!(
            "Use OAuth\n\u{2611}\nUse Graph API\n\u{2611}\nTenant ID *\n{TENANT}\nClient ID *\n\n{CLIENT}\nServer Host Name\nhttps://graph.microsoft.com/v1.0"
        ),
        format!(
            "\u{2611} Use OAuth\n[x] Use Graph API\nDirectory (tenant) ID : {TENANT}\nApplication (client) ID : {CLIENT}\nSERVER HOST NAME   https://graph.microsoft.com/v1.0"
        ),
        format!(
            "Use OAuth (\u{2022}) Yes ( ) No\nUse Graph API Yes\nTenant\u{a0}ID {TENANT}\nClient ID {CLIENT}\nServer Host Name https://graph.microsoft.com/v1.0"
        ),
    ];
    for text in pages {
        let page = ConsolePage::read(&text).unwrap();
        assert_eq!(page.use_oauth, Some(true), "{text}");
        let expected = SettingsDraft {
            server_host_name: Some("https://graph.microsoft.com/v1.0".to_owned()),
            credential: None,
            ..draft()
        };
        assert_eq!((page.draft, page.ignored_lines), (expected, 0), "{text}");
    }
}

#[test]
fn lines_without_a_field_are_counted_and_not_used() {
    let text = format!(
        "Administration Settings\nResource Server\n\nTenant ID is shown on the Overview page.\nTenant ID: {TENANT}\n\
         Client Secret ID: {CLIENT}\nUse Graph API\nResource Login Password\n\u{2022}\u{2022}\u{2022}\nSave   Cancel"
    );
    let page = ConsolePage::read(&text).unwrap();
    assert_eq!(
        page.draft,
        SettingsDraft {
            tenant_id: Some(TENANT.to_owned()),
            ..SettingsDraft::default()
        }
    );
    assert_eq!((page.fields, page.ignored_lines), (2, 7));
    let nothing = ConsolePage::read("Hello\n\nWorld").unwrap_err().to_string();
    assert!(
        nothing.contains("in 2 lines") && nothing.contains("Tenant ID:"),
        "{nothing}"
    );
}

#[test]
fn two_values_for_one_field_are_an_error_that_names_both() {
    let text = format!("Tenant ID: {TENANT}\nClient ID: {CLIENT}\nTenant ID: contoso.com\n");
    let error = ConsolePage::read(&text).unwrap_err().to_string();
    for part in [
        "OAuth Tenant ID",
        TENANT,
        "(line 1)",
        "contoso.com",
        "(line 3)",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let same = format!(
        "Tenant ID: {TENANT}\nOAuth Tenant ID: {}\n",
        TENANT.to_uppercase()
    );
    assert!(ConsolePage::read(&same).is_ok());
    let empty = format!("Tenant ID:\nTenant ID: {TENANT}\n");
    assert_eq!(
        ConsolePage::read(&empty)
            .unwrap()
            .draft
            .tenant_id
            .as_deref(),
        Some(TENANT)
    );
    assert!(ConsolePage::read("Use Graph API: Yes\nUse Graph API: No\n").is_err());
}

#[test]
fn a_secret_of_a_page_is_kept_apart_and_never_shown() {
    let secret = "tMZ8Q~b9sSrqaJ4hnNQHRKwU.UagJJbTtr8JgcVS";
    let page = ConsolePage::read(&format!("Client Secret: {secret}\nTenant ID: {TENANT}")).unwrap();
    assert_eq!(page.secret.as_ref().map(ClientSecret::expose), Some(secret));
    assert!(!format!("{page:?}").contains(secret));
    let text = SettingsDraft {
        credential: Some(DraftCredential::Prompt),
        ..page.draft
    }
    .to_text("x", &reference())
    .unwrap();
    assert!(
        !looks_like_a_secret(&text) && !text.contains(secret),
        "{text}"
    );
    let masked = ConsolePage::read(
        "Client Secret\n\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}\u{2022}",
    )
    .unwrap();
    assert!(masked.secret.is_none() && masked.fields == 1);
    let error = ConsolePage::read(&format!(
        "Client Secret: {secret}\nClient Secret: another-one"
    ))
    .unwrap_err()
    .to_string();
    assert!(
        !error.contains(secret) && !error.contains("another-one"),
        "{error}"
    );
}
