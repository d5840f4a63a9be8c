//! The values to enter in the ResourceXpress console, for each place that can have its own.

use std::collections::BTreeMap;

use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::placeholders::Placeholders;
use crate::evidence::{
    ConnectionFacts, ConnectionKind, Evidence, Finding, Observation, SettingsFaultKind,
};
use crate::knowledge::{self, ConsoleField};
use crate::terms::CheckId;

use super::result::{ConsoleValue, ConsoleValues};

/// The values of all connections. Places with the same values share an entry, because an estate can have hundreds.
pub(super) fn console_values<'f>(
    context: &Context<'_>,
    today: &Evidence,
    connections: impl Iterator<Item = &'f ConnectionFacts>,
) -> Vec<ConsoleValues> {
    let mut all: Vec<ConsoleValues> = Vec::new();
    for facts in connections {
        let Some(place) = console_place(facts) else {
            continue;
        };
        let fields = values_of(context, today, facts);
        match all.iter_mut().find(|own| own.fields == fields) {
            Some(same) => same.places.push(place),
            None => all.push(ConsoleValues {
                places: vec![place],
                fields,
            }),
        }
    }
    all
}

/// Where the fields of a connection are. Mail and user sync have other fields, and no API.
pub(in crate::diagnosis) fn console_place(facts: &ConnectionFacts) -> Option<String> {
    let places = &knowledge::console_fields().places;
    let template = match facts.kind {
        ConnectionKind::System => &places.system,
        ConnectionKind::Location => &places.location,
        ConnectionKind::Profile => &places.profile,
        ConnectionKind::Mail | ConnectionKind::UserSync => return None,
    };
    Some(knowledge::fill(template, &|name| {
        (name == "name").then(|| facts.name.clone())
    }))
}

/// The Server Host Name of a connection over EWS, where it is not the one of Exchange Online: the address of an Exchange
/// server of the customer, or of a gateway.
pub(super) fn configured_address<'e>(today: &'e Evidence, connection: &str) -> Option<&'e str> {
    let rows = today.observations.iter().filter(|row| {
        row.check == CheckId::SettingsServerHostName
            && row.connection.as_deref() == Some(connection)
    });
    rows.filter_map(Observation::finding)
        .filter_map(|finding| match finding {
            Finding::Settings(faults) => Some(faults),
            _ => None,
        })
        .flatten()
        .filter(|fault| fault.kind == SettingsFaultKind::HostNameForeign)
        .find_map(|fault| fault.subject.as_deref())
}

fn values_of(
    context: &Context<'_>,
    today: &Evidence,
    facts: &ConnectionFacts,
) -> Vec<ConsoleValue> {
    let configured = configured_address(today, &facts.name);
    let own: BTreeMap<&'static str, String> = configured
        .map(|address| ("ews_url", address.to_owned()))
        .into_iter()
        .collect();
    let fill = Placeholders::new(context, Some(facts), None, &[], &own);
    let value = |field: &ConsoleField| ConsoleValue {
        name: field.name.clone(),
        over_ews: fill.fill_sentence(&field.ews_value),
        over_graph: fill.fill_sentence(&field.value),
        note: field.note.as_deref().map(|note| fill.fill_sentence(note)),
    };
    let fields = knowledge::console_fields().fields.iter();
    fields.map(value).collect()
}
