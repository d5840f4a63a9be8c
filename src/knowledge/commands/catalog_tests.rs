//! Every command of the knowledge files keeps the rules: a row that breaks one fails here.

use crate::knowledge::{self, CommandTemplate, causes};

use super::printable::{is_comment, statements};
use super::reach::{affects_all_mailboxes, is_guarded, refusal, replaced_list};
use super::statement::{self, Statement};
use super::*;

/// Of all commands, only this has no `-WhatIf` form.
const WITHOUT_PREVIEW: &[&str] = &[
    "w32tm /resync",
    "Connect-MgGraph -Scopes Application.ReadWrite.All",
];

/// The command with values in the place of its placeholders, as a report fills them in.
fn filled(text: &str) -> String {
    knowledge::fill(text, &|name| {
        Some(match name {
            "port" => "443".to_owned(),
            "rooms" => "'a@contoso.com','b@contoso.com'".to_owned(),
            "scope_filter" => recipient_filter(["a@contoso.com", "b@contoso.com"]),
            _ => "'o''neill@contoso.com'".to_owned(),
        })
    })
}

/// Every command of the tables: where it is, its shell, and its text before anything makes it safe.
fn catalog() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut add = |place: &str, shell: &str, text: &str| {
        found.push((place.to_owned(), shell.to_owned(), filled(text)));
    };
    for cause in causes() {
        let of_cases = cause
            .cases
            .iter()
            .filter_map(|case| case.commands.as_ref())
            .flatten();
        for CommandTemplate { shell, text } in cause.commands.iter().chain(of_cases) {
            add(cause.id.as_str(), shell, text);
        }
    }
    for spot in knowledge::not_visible() {
        if let Some(CommandTemplate { shell, text }) = &spot.command {
            add(&spot.id, shell, text);
        }
    }
    let processing = knowledge::calendar_processing();
    let both = format!("{}\n{}", processing.show.text, processing.set.text);
    add("calendar_processing", &processing.show.shell, &both);
    let requirements = knowledge::requirements();
    let mut narrower = vec![requirements.rbac_app.clone()];
    for scope in &requirements.rbac_scopes {
        narrower.extend([
            scope.commands.clone(),
            scope.assignment(),
            scope.test_command(),
        ]);
    }
    add("requirements", "powershell", &narrower.join("\n"));
    for step in knowledge::migration_steps() {
        for CommandTemplate { shell, text } in &step.commands {
            add(step.id.as_str(), shell, text);
        }
    }
    for step in knowledge::guide_steps() {
        for CommandTemplate { shell, text } in &step.commands {
            add(step.id.as_str(), shell, text);
        }
    }
    let grant = knowledge::grant_command();
    add("grant", &grant.shell, &grant.text);
    for remark in &commands().remarks {
        add(&remark.text, &remark.shell, &remark.text);
    }
    found
}

fn of_powershell() -> impl Iterator<Item = (String, String)> {
    catalog()
        .into_iter()
        .filter(|(_, shell, _)| shell == "powershell")
        .map(|(place, _, text)| (place, text))
}

fn printed_catalog() -> Vec<(String, String, String)> {
    let printed = |(place, shell, text): (String, String, String)| {
        let text = printable(&shell, &add_remarks(&shell, &text));
        (place, shell, text)
    };
    catalog().into_iter().map(printed).collect()
}

#[test]
fn every_statement_is_understood() {
    let mut found = 0;
    for (place, text) in of_powershell() {
        for (text, statement) in statements(&text) {
            let is_known = !matches!(statement, Statement::Unclear | Statement::Torn);
            assert!(
                is_known || WITHOUT_PREVIEW.contains(&text.as_str()),
                "{place}: {text}: {statement:?}"
            );
            found += 1;
        }
    }
    assert!(found > 100, "{found} statements");
}

#[test]
fn nothing_that_is_printed_changes_anything() {
    for (place, shell, text) in printed_catalog() {
        assert_eq!(
            printable(&shell, &text),
            text,
            "{place}: printing it again changes it"
        );
        for (text, statement) in statements(&text)
            .into_iter()
            .filter(|_| shell == "powershell")
        {
            assert!(
                matches!(statement, Statement::Comment | Statement::Reads),
                "{place}: {text}"
            );
        }
    }
}

#[test]
fn no_statement_has_to_be_left_out() {
    let words = &commands().words;
    for (place, _, text) in printed_catalog() {
        for reason in [
            &words.too_wide,
            words.unguarded_list.split('{').next().unwrap_or_default(),
        ] {
            assert!(!text.contains(reason), "{place}: {reason}");
        }
    }
}

#[test]
fn no_file_of_the_reader_is_overwritten() {
    for (place, text) in of_powershell() {
        for line in text
            .lines()
            .filter(|line| line.contains("Export-Csv") || line.contains("Out-File"))
        {
            assert!(line.contains("-NoClobber"), "{place}: {line}");
        }
    }
}

/// The same for what the author already wrote as a comment: a reader may remove the number sign.
#[test]
fn a_commented_line_keeps_the_rules_as_well() {
    for (place, _, text) in printed_catalog() {
        for (statement, _) in statements(&text)
            .into_iter()
            .filter(|(text, _)| !is_guarded(text))
        {
            for line in statement.lines().filter(|line| is_comment(line)) {
                let code = line.trim_start().trim_start_matches('#').trim_start();
                assert!(!affects_all_mailboxes(code), "{place}: {line}");
                assert_eq!(replaced_list(code), None, "{place}: {line}");
            }
        }
    }
}

/// Inside a guarded block the write is one comment that does nothing when it is run without the block.
#[test]
fn the_write_of_a_list_depends_on_what_the_block_has_found() {
    let mut found = 0;
    for (place, text) in of_powershell() {
        for (statement, _) in statements(&text) {
            for line in statement
                .lines()
                .filter(|line| is_comment(line) && replaced_list(line).is_some())
            {
                assert!(is_guarded(&statement), "{place}: {line}");
                let code = line.trim_start().trim_start_matches('#').trim_start();
                let depends = ["missing", "found"]
                    .iter()
                    .any(|name| code.starts_with(&format!("if (${name}.Count -gt 0) {{ ")));
                assert!(depends && code.ends_with('}'), "{place}: {code}");
                let at = |part: &str| {
                    code.find(part)
                        .unwrap_or_else(|| panic!("{place}: {part} is not in {code}"))
                };
                assert!(
                    at("Out-File -NoClobber") < at("Set-")
                        && at("Set-") < at("Get-OrganizationConfig"),
                    "{place}"
                );
                found += 1;
            }
        }
    }
    assert_eq!(
        found, 5,
        "ews.disabled, ews.app-not-allowed, remove-allowed-app, return-to-ews and allow-ews"
    );
}

#[test]
fn a_change_without_a_preview_is_below_a_line_that_reads() {
    for (place, shell, text) in printed_catalog() {
        let mut reads = false;
        for line in text.lines() {
            assert!(
                reads || !line.starts_with("#   "),
                "{place} ({shell}): nothing to run before {line}"
            );
            reads |= !is_comment(line);
        }
    }
}

#[test]
fn every_scope_and_assignment_enables_organization_customization_first() {
    let mut found = 0;
    for (place, _, text) in printed_catalog() {
        for cmdlet in ["New-ManagementScope -", "New-ManagementRoleAssignment -"] {
            let Some(at) = text.find(cmdlet) else {
                continue;
            };
            let before = &text[..at];
            assert!(
                before.contains("Get-OrganizationConfig | Format-List IsDehydrated"),
                "{place}"
            );
            assert!(
                before.contains("#   Enable-OrganizationCustomization"),
                "{place}"
            );
            found += 1;
        }
    }
    assert!(found >= 8, "{found}");
}

#[test]
fn every_block_that_signs_in_names_its_module() {
    for (place, _, text) in printed_catalog() {
        for (sign_in, module) in [
            ("Connect-ExchangeOnline", "ExchangeOnlineManagement"),
            ("Connect-MgGraph", "Microsoft.Graph.Applications"),
        ] {
            assert!(!text.contains(sign_in) || text.contains(module), "{place}");
        }
        assert!(
            !text.contains("\naz ") || text.contains("# Azure CLI"),
            "{place}"
        );
    }
}

/// Prose names cmdlets; what can be run is in the commands, where these rules hold.
#[test]
fn no_step_holds_a_command_that_changes_something() {
    for cause in causes() {
        let of_cases = cause
            .cases
            .iter()
            .flat_map(|case| case.steps.iter().chain([&case.verify]));
        for text in cause
            .steps
            .iter()
            .chain([&cause.verify, &cause.takes])
            .chain(of_cases)
        {
            for code in text.split('`').skip(1).step_by(2) {
                let statement = statement::read(&filled(code));
                // A list that is saved to a file that did not exist changes nothing that is there.
                let saves_a_list = code.contains("| Export-Csv ") && code.ends_with(" -NoClobber");
                assert!(
                    saves_a_list || !matches!(statement, Statement::Previewed(_)),
                    "{}: {code}",
                    cause.id
                );
                assert_eq!(refusal(code), None, "{}: {code}", cause.id);
            }
        }
    }
}

/// The rules bite: rows that a later author might add.
#[test]
fn a_row_that_breaks_a_rule_is_reported() {
    for text in [
        "{rooms} | ForEach-Object { Remove-Mailbox -Identity $_ }",
        "(Get-EXOMailbox -ResultSize Unlimited).PrimarySmtpAddress | ForEach-Object { Set-CalendarProcessing -Identity $_ -DeleteSubject $false }",
        "Set-OrganizationConfig -EwsAllowedAppIDs {client_id}",
        "Update-MgApplication -ApplicationId 'x' -RequiredResourceAccess @()",
        "az ad app update --id {client_id} --set x=y",
        "curl -X PATCH https://graph.microsoft.com/v1.0/applications/x",
        "mgc applications delete --application-id x",
    ] {
        for shell in ["powershell", "bash", "graph"] {
            let printed = printable(shell, &filled(text));
            assert!(
                printed.lines().all(|line| line.starts_with("# ")),
                "{shell}: {printed}"
            );
        }
    }
}
