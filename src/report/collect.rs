//! The PowerShell script with which an administrator collects [`AdministratorEvidence`](crate::evidence::AdministratorEvidence).
//!
//! The commands are the same in every script. The settings of the customer are string literals in variables before them, so
//! that no value, whatever it contains, can become code.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::evidence::{
    ADMINISTRATOR_DOCUMENT, ADMINISTRATOR_SCHEMA_VERSION, Evidence, Execution, MailboxPurpose,
    Observation,
};
use crate::knowledge::{COLLECT_BODY, COLLECT_HEAD, Cloud, quote_powershell};
use crate::terms::{CheckId, SkipReason};

/// UTF-8 byte order mark. Without it, Windows PowerShell 5.1 reads a file in the ANSI code page of the machine.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// What the script collects the configuration of.
#[derive(Debug, Clone)]
pub struct CollectSubjects {
    tenant_id: String,
    apps: Vec<String>,
    mailboxes: Vec<(String, Vec<MailboxPurpose>)>,
    /// The place of each address in `mailboxes`, in lowercase.
    places: HashMap<String, usize>,
}

impl CollectSubjects {
    /// A tenant without apps and mailboxes.
    pub fn of_tenant(tenant_id: &str) -> Self {
        Self {
            tenant_id: tenant_id.to_owned(),
            apps: Vec::new(),
            mailboxes: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// Adds an app by its client ID; one that is listed already is not repeated.
    pub fn add_app(&mut self, client_id: &str) {
        let is_listed = self
            .apps
            .iter()
            .any(|app| app.eq_ignore_ascii_case(client_id));
        if !is_listed {
            self.apps.push(client_id.to_owned());
        }
    }

    /// Adds an address; the same address with another purpose is one entry.
    pub fn add_mailbox(&mut self, address: &str, purpose: MailboxPurpose) {
        let next = self.mailboxes.len();
        let place = *self
            .places
            .entry(address.to_ascii_lowercase())
            .or_insert(next);
        match self.mailboxes.get_mut(place) {
            Some((_, purposes)) if purposes.contains(&purpose) => {}
            Some((_, purposes)) => purposes.push(purpose),
            None => self.mailboxes.push((address.to_owned(), vec![purpose])),
        }
    }
}

/// The names of a cloud in the two PowerShell modules; `None` for a cloud for which Microsoft documents none.
#[derive(Debug, Clone, Copy)]
pub struct CollectCloud<'c> {
    graph_url: &'c str,
    graph_environment: &'c str,
    exchange_environment: &'c str,
}

impl<'c> CollectCloud<'c> {
    /// Reads the names from the knowledge base.
    pub fn of(cloud: &'c Cloud) -> Option<Self> {
        Some(Self {
            graph_url: &cloud.graph_url,
            graph_environment: cloud.graph_environment.as_deref()?,
            exchange_environment: cloud.exchange_environment.as_deref()?,
        })
    }
}

/// The rooms of a connection for which a run planned a check, in the order of the run.
pub fn rooms_of_connection<'e>(evidence: &'e Evidence, connection: &str) -> Vec<&'e str> {
    let mut seen = HashSet::new();
    let rows = evidence.observations.iter();
    rows.filter(|row| row.is_about_a_room() && row.connection.as_deref() == Some(connection))
        .map(|row| row.subject.as_str())
        .filter(|room| seen.insert(*room))
        .collect()
}

/// Whether a run checked the mail of a connection, or was narrowed so that this is not known.
pub fn sends_mail(evidence: &Evidence, connection: &str) -> bool {
    let is_deselected = |row: &Observation| {
        matches!(
            row.execution,
            Execution::Skipped {
                reason: SkipReason::Deselected,
                ..
            }
        )
    };
    let mut rows = evidence.observations.iter().filter(|row| {
        row.check == CheckId::MailSend && row.connection.as_deref() == Some(connection)
    });
    !evidence.narrowed_by.is_empty() || rows.any(|row| !is_deselected(row))
}

/// Renders the script, with the line ends of Windows.
pub fn render(subjects: &CollectSubjects, cloud: CollectCloud<'_>, version: &str) -> String {
    let script = format!(
        "{COLLECT_HEAD}\n{}\n{COLLECT_BODY}",
        settings(subjects, cloud, version)
    );
    format!("{BYTE_ORDER_MARK}{}", script.replace('\n', "\r\n"))
}

/// The variables with the settings of the customer.
fn settings(subjects: &CollectSubjects, cloud: CollectCloud<'_>, version: &str) -> String {
    let mut text = "# The settings that this script was written for.\n".to_owned();
    for (name, value) in [
        ("SchemaVersion", ADMINISTRATOR_SCHEMA_VERSION),
        ("DocumentName", ADMINISTRATOR_DOCUMENT),
        ("ToolVersion", version),
        ("TenantId", &subjects.tenant_id),
        ("GraphUrl", cloud.graph_url),
        ("GraphEnvironment", cloud.graph_environment),
        ("ExchangeEnvironment", cloud.exchange_environment),
    ] {
        let _ = writeln!(text, "${name} = {}", literal(value));
    }
    text.push_str("$Apps = @(\n");
    for app in &subjects.apps {
        let _ = writeln!(text, "    {}", literal(app));
    }
    text.push_str(")\n$Mailboxes = @(\n");
    for (address, purposes) in &subjects.mailboxes {
        let purposes: Vec<&str> = purposes
            .iter()
            .map(|purpose| purpose_literal(*purpose))
            .collect();
        let _ = writeln!(
            text,
            "    @{{ Address = {}; Purposes = @({}) }}",
            literal(address),
            purposes.join(", ")
        );
    }
    text.push_str(")\n");
    text
}

/// A string literal on one line. Values are validated before, but a script must not depend on that.
fn literal(value: &str) -> String {
    quote_powershell(&value.replace(char::is_control, ""))
}

/// The name of a purpose in the evidence, as a literal.
fn purpose_literal(purpose: MailboxPurpose) -> &'static str {
    match purpose {
        MailboxPurpose::Room => "'room'",
        MailboxPurpose::ServiceAccount => "'service-account'",
        MailboxPurpose::Sender => "'sender'",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge;

    fn script(address: &str) -> String {
        let mut subjects = CollectSubjects::of_tenant("contoso.com");
        subjects.add_app("9a41d1a0-0000-4000-8000-000000000000");
        subjects.add_app("9A41D1A0-0000-4000-8000-000000000000");
        subjects.add_mailbox(address, MailboxPurpose::Room);
        subjects.add_mailbox(&address.to_uppercase(), MailboxPurpose::Sender);
        let cloud = knowledge::cloud("global").unwrap();
        render(&subjects, CollectCloud::of(cloud).unwrap(), "0.1.0")
    }

    #[test]
    fn one_address_with_two_purposes_and_one_app_in_two_spellings_are_one_entry_each() {
        let script = script("a@contoso.com");
        assert_eq!(script.matches("@{ Address = ").count(), 1);
        assert!(
            script.contains("@{ Address = 'a@contoso.com'; Purposes = @('room', 'sender') }\r\n")
        );
        assert_eq!(
            script
                .to_lowercase()
                .matches("9a41d1a0-0000-4000-8000-000000000000")
                .count(),
            1
        );
    }

    #[test]
    fn no_value_ends_its_literal_or_its_line() {
        for (hostile, written) in [
            ("o'neill@contoso.com", "'o''neill@contoso.com'"),
            ("a'); Remove-Mailbox 'b", "'a''); Remove-Mailbox ''b'"),
            (
                "a\u{2019}; Remove-Mailbox",
                "'a\u{2019}\u{2019}; Remove-Mailbox'",
            ),
            ("a\r\nRemove-Mailbox b", "'aRemove-Mailbox b'"),
            ("$(Remove-Mailbox b)`n", "'$(Remove-Mailbox b)`n'"),
        ] {
            let script = script(hostile);
            assert!(
                script.contains(&format!("@{{ Address = {written}; ")),
                "{hostile}"
            );
        }
    }

    #[test]
    fn a_cloud_without_names_in_the_modules_has_no_script() {
        let known = |id: &str| CollectCloud::of(knowledge::cloud(id).unwrap()).is_some();
        assert!(["global", "gcc", "gcc-high", "dod", "china"].map(known) == [true; 5]);
        assert!(!known("bleu"));
    }

    #[test]
    fn the_purposes_have_the_names_of_the_evidence() {
        for purpose in [
            MailboxPurpose::Room,
            MailboxPurpose::ServiceAccount,
            MailboxPurpose::Sender,
        ] {
            let name = serde_json::to_value(purpose).unwrap();
            assert_eq!(
                purpose_literal(purpose).trim_matches('\''),
                name.as_str().unwrap()
            );
        }
    }
}
