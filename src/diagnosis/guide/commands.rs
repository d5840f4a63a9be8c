//! The commands of a step: its own, and those that other tables of the knowledge base contain.

use std::collections::BTreeMap;

use crate::diagnosis::Command;
use crate::diagnosis::placeholders::Placeholders;
use crate::evidence::ConnectionFacts;
use crate::knowledge::{self, CommandTemplate, GuideStepEntry, Need, RbacValues};
use crate::terms::{GuideStepId, NeedId};

/// No values besides those of the estate.
static NO_OWN_VALUES: BTreeMap<&'static str, String> = BTreeMap::new();

/// What the commands are filled with.
pub(super) struct CommandValues<'v> {
    /// The connections of the step.
    pub(super) group: &'v [&'v ConnectionFacts],
    /// All connections of the estate.
    pub(super) all: &'v [ConnectionFacts],
    /// The rooms of these connections.
    pub(super) rooms: &'v [String],
    /// The features that are in use.
    pub(super) required: &'v [NeedId],
}

/// The commands that the row of a step does not contain itself.
pub(super) fn shared_commands<'p>(
    step: &GuideStepEntry,
    values: &CommandValues<'_>,
    with: impl Fn(&'p BTreeMap<&'static str, String>) -> Placeholders<'p>,
    grants: &'p [BTreeMap<&'static str, String>],
) -> Vec<Command> {
    match step.id {
        GuideStepId::SetCalendarProcessing => {
            let processing = knowledge::calendar_processing();
            let fill = with(&NO_OWN_VALUES);
            [&processing.show, &processing.set]
                .map(|template| filled(template, &fill))
                .into()
        }
        GuideStepId::LimitAccess => vec![limit_access(values)],
        _ => {
            let grant = knowledge::grant_command();
            grants.iter().map(|own| filled(grant, &with(own))).collect()
        }
    }
}

/// The name and the GUIDs of each permission that a step adds, for the command that adds it with its consent.
pub(super) fn grants_of(step: &GuideStepEntry) -> Vec<BTreeMap<&'static str, String>> {
    let needs = step.needs.iter().map(|need| knowledge::need(*need));
    needs
        .filter_map(|need| {
            let api = need.api.entry()?;
            Some(BTreeMap::from([
                ("permission", need.value.clone()),
                ("permission_id", need.guid.clone()),
                ("api_id", api.resource_app_id.clone()),
            ]))
        })
        .collect()
}

fn filled(template: &CommandTemplate, values: &Placeholders<'_>) -> Command {
    let CommandTemplate { shell, text } = template;
    Command::from_catalog(shell, &values.fill_command(shell, text))
}

/// The scopes and roles of the permissions that the app of the group needs.
fn limit_access(values: &CommandValues<'_>) -> Command {
    let first = |value: fn(&ConnectionFacts) -> Option<&str>| {
        values.group.iter().find_map(|facts| value(facts))
    };
    let sender = first(|facts| facts.sender.as_deref());
    let mut ids: Vec<NeedId> = Vec::new();
    for api in values.group.iter().filter_map(|facts| facts.api) {
        let need = NeedId::calendar(api);
        if !ids.contains(&need) {
            ids.push(need);
        }
    }
    // If a connection names the sender, only its app sends.
    let sender_is_known = values.all.iter().any(|facts| facts.sender.is_some());
    let may_send = !sender_is_known && values.required.contains(&NeedId::MailSend);
    if sender.is_some() || may_send {
        ids.push(NeedId::MailSend);
    }
    let needs: Vec<&Need> = ids.into_iter().map(knowledge::need).collect();
    let commands = knowledge::rbac_commands(
        &needs,
        &RbacValues {
            client_id: first(|facts| Some(facts.client_id.as_str()).filter(|id| !id.is_empty())),
            rooms: values.rooms,
            service_account: first(|facts| facts.service_account.as_deref()),
            sender,
            scope_suffix: scope_suffix(values).as_deref(),
        },
    );
    Command::from_catalog("powershell", &commands)
}

/// The number of the app in the estate, where there are several.
fn scope_suffix(values: &CommandValues<'_>) -> Option<String> {
    let own = values.group.first()?;
    let mut apps: Vec<String> = Vec::new();
    for facts in values.all {
        let app = facts.client_id.to_ascii_lowercase();
        if !apps.contains(&app) {
            apps.push(app);
        }
    }
    let is_own = |app: &String| app.eq_ignore_ascii_case(&own.client_id);
    let position = apps.iter().position(is_own)?;
    (apps.len() > 1).then(|| format!("app {}", position + 1))
}
