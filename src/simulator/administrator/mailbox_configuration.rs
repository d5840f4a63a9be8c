//! The configuration of one mailbox, and what Exchange responds about the access of the apps to it.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::simulator::access::configured_policy_allows;
use crate::simulator::scenario::{
    App, CalendarState, License, Mailbox, MailboxKind, MailboxState, TenantDescription,
};

use super::command_log::CommandLog;
use super::exchange_configuration::{scope_name, scope_type};

/// The mailboxes of a tenant by every address, in lowercase.
pub(super) struct AddressBook<'own>(HashMap<String, &'own Mailbox>);

impl<'own> AddressBook<'own> {
    pub(super) fn of(tenant: &'own TenantDescription) -> Self {
        let mut book = HashMap::new();
        // A deleted mailbox has no address any more.
        let existing = tenant
            .mailboxes
            .iter()
            .filter(|mailbox| mailbox.state != MailboxState::SoftDeleted);
        for mailbox in existing {
            for address in std::iter::once(&mailbox.address).chain(&mailbox.aliases) {
                book.insert(address.to_ascii_lowercase(), mailbox);
            }
        }
        Self(book)
    }

    fn find(&self, address: &str) -> Option<&'own Mailbox> {
        self.0.get(&address.to_ascii_lowercase()).copied()
    }
}

/// Fills in the entry of an address. `apps` are those of the settings, each with its description where the tenant has it.
pub(super) fn collect(
    book: &AddressBook<'_>,
    apps: &[(&str, Option<&App>)],
    address: &str,
    entry: &mut Value,
    log: &mut CommandLog,
) {
    let found = book.find(address);
    entry["found"] = json!(found.is_some());
    let Some(mailbox) = found else {
        log.failed("Get-Recipient", Some(address), &not_found(address));
        return;
    };
    log.succeeded("Get-Recipient");
    entry["recipient"] = recipient(mailbox);
    if mailbox.state == MailboxState::OnPremises {
        for command in ["Get-Mailbox", "Get-CASMailbox"] {
            log.failed(command, Some(address), &not_found(address));
        }
    } else {
        in_exchange_online(mailbox, entry, log);
    }
    let access = apps
        .iter()
        .map(|(id, app)| app_access(id, *app, mailbox, log))
        .collect();
    entry["access"] = access;
}

fn not_found(address: &str) -> String {
    format!(
        "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The operation couldn't be performed because object '{address}' couldn't be found."
    )
}

fn recipient(mailbox: &Mailbox) -> Value {
    let kind = match (mailbox.state, mailbox.kind) {
        // A mailbox on premises is a mail user in Exchange Online.
        (MailboxState::OnPremises, _) => "MailUser",
        (_, MailboxKind::Room) => "RoomMailbox",
        (_, MailboxKind::User) => "UserMailbox",
        (_, MailboxKind::Shared) => "SharedMailbox",
    };
    let addresses: Vec<&String> = std::iter::once(&mailbox.address)
        .chain(&mailbox.aliases)
        .collect();
    json!({
        "recipient_type": kind, "primary_address": mailbox.address, "addresses": addresses,
        "hidden": mailbox.hidden,
    })
}

fn in_exchange_online(mailbox: &Mailbox, entry: &mut Value, log: &mut CommandLog) {
    let is_user = mailbox.kind == MailboxKind::User;
    let license = match mailbox.license {
        License::Missing => Some(false),
        License::Ok => is_user.then_some(true),
    };
    log.succeeded("Get-Mailbox");
    log.succeeded("Get-CASMailbox");
    entry["mailbox"] = json!({
        // The account of a room or a shared mailbox is disabled by design.
        "account_disabled": !is_user || mailbox.state == MailboxState::Disabled,
        "license_assigned": license, "user_principal_name": mailbox.address,
    });
    entry["ews_enabled"] = json!(if mailbox.ews_enabled {
        "enabled"
    } else {
        "disabled"
    });
    entry["ews_user_agents"] = json!({ "policy": null, "allow_list": [], "block_list": [] });
    let is_used_as_room = entry["purposes"]
        .as_array()
        .is_some_and(|purposes| purposes.contains(&json!("room")));
    if is_used_as_room {
        room_calendar(mailbox, entry, log);
    }
}

/// Values that Exchange Online gives a new room.
/// <https://learn.microsoft.com/powershell/module/exchangepowershell/set-calendarprocessing> (2026-08-21)
fn room_calendar(mailbox: &Mailbox, entry: &mut Value, log: &mut CommandLog) {
    log.succeeded("Get-CalendarProcessing");
    entry["calendar_processing"] = json!({
        "automate_processing": "AutoAccept", "add_organizer_to_subject": true, "delete_subject": true,
        "delete_comments": true, "delete_attachments": true, "remove_private_property": true,
        "organizer_info": true, "process_external_meeting_messages": false,
        "booking_window_in_days": 180, "maximum_duration_in_minutes": 1440, "minimum_duration_in_minutes": 0,
        "allow_recurring_meetings": true, "allow_conflicts": false, "enforce_scheduling_horizon": true,
        "schedule_only_during_work_hours": false, "all_book_in_policy": true,
        "all_request_in_policy": false, "all_request_out_of_policy": false, "book_in_policy": 0,
        "resource_delegates": 0, "enable_auto_release": false,
    });
    for (name, value) in &mailbox.calendar_processing {
        entry["calendar_processing"][name] = value.clone();
    }
    log.succeeded("Get-MailboxFolderStatistics");
    if mailbox.calendar == CalendarState::Missing {
        return;
    }
    log.succeeded("Get-MailboxFolderPermission");
    entry["calendar_folder"] = json!("/Calendar");
    entry["calendar_permissions"] = json!([
        { "user": "Default", "rights": ["AvailabilityOnly"] },
        { "user": "Anonymous", "rights": ["None"] },
    ]);
}

/// Access policies and roles in Exchange are tested with the address, whether the mailbox is in Exchange Online or not.
fn app_access(app_id: &str, app: Option<&App>, mailbox: &Mailbox, log: &mut CommandLog) -> Value {
    let allows = app.is_none_or(|app| configured_policy_allows(app, &mailbox.address));
    log.succeeded("Test-ApplicationAccessPolicy");
    let result = if allows { "Granted" } else { "Denied" };
    let mut access = json!({ "app_id": app_id, "access_policy": result });
    // An app that is not registered in Exchange is not tested.
    if let Some(app) = app.filter(|app| !app.exchange_rbac.is_empty()) {
        log.succeeded("Test-ServicePrincipalAuthorization");
        access["exchange_roles"] = authorizations(app, &mailbox.address);
    }
    access
}

fn authorizations(app: &App, address: &str) -> Value {
    let tested = app
        .exchange_rbac
        .iter()
        .enumerate()
        .map(|(place, assigned)| {
            json!({
                "role": assigned.role,
                "granted_permissions": assigned.role.trim_start_matches("Application "),
                "allowed_scope": scope_name(app, place), "scope_type": scope_type(assigned),
                "in_scope": assigned.mailboxes.holds(address),
            })
        });
    tested.collect()
}
