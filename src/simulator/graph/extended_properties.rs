//! Single-value extended properties of events: created, filtered by and expanded as Microsoft documents it
//! (<https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get>, read 2026-11-28). Only properties of
//! the form `String {GUID} Name NAME` are played.

use serde_json::{Value, json};

use crate::simulator::store::{Event, NamedProperty, PropertyName};

use super::error::GraphRefusal;
use super::query::Query;

const COLLECTION: &str = "singleValueExtendedProperties";

/// The extended properties in the body of a new event.
pub(crate) fn of_body(body: &Value) -> Result<Vec<NamedProperty>, GraphRefusal> {
    let Some(list) = body.get(COLLECTION) else {
        return Ok(Vec::new());
    };
    let properties = list
        .as_array()
        .map(|list| list.iter().map(of_entry).collect::<Option<Vec<_>>>());
    properties.flatten().ok_or_else(|| {
        GraphRefusal::bad_request(
            "The simulated tenant plays extended properties of the form 'String {GUID} Name NAME'.",
        )
    })
}

fn of_entry(entry: &Value) -> Option<NamedProperty> {
    let entry = entry.as_object().filter(|entry| entry.len() == 2)?;
    let name = property_name(entry.get("id")?.as_str()?)?;
    Some(NamedProperty {
        name,
        value: entry.get("value")?.as_str()?.to_owned(),
    })
}

/// The property that `$filter` names; `None` without a filter.
pub(crate) fn filter(query: &Query) -> Result<Option<NamedProperty>, GraphRefusal> {
    let Some(text) = query.get("$filter") else {
        return Ok(None);
    };
    any(text).map(Some).ok_or_else(|| {
        GraphRefusal::bad_request(format!(
            "The simulated tenant filters events by an extended property only: '{text}'."
        ))
    })
}

/// Whether an event carries the property. Microsoft compares values without case, and names with it.
pub(crate) fn carries(event: &Event, wanted: &NamedProperty) -> bool {
    event
        .extended(&wanted.name)
        .is_some_and(|value| value.eq_ignore_ascii_case(&wanted.value))
}

/// Adds the property that `$expand` names to an event, if the event carries it.
pub(crate) fn expand(query: &Query, event: &Event, object: &mut Value) -> Result<(), GraphRefusal> {
    let Some(text) = query.get("$expand") else {
        return Ok(());
    };
    let name = expanded(text).ok_or_else(|| {
        GraphRefusal::bad_request(format!(
            "The simulated tenant expands an extended property of events only: '{text}'."
        ))
    })?;
    if let Some(value) = event.extended(&name) {
        object[COLLECTION] = json!([{"id": id_of(&name), "value": value}]);
    }
    Ok(())
}

/// `singleValueExtendedProperties/Any(ep: ep/id eq 'ID' and ep/value eq 'VALUE')`.
fn any(text: &str) -> Option<NamedProperty> {
    let lambda = text.strip_prefix(COLLECTION)?.strip_prefix('/')?;
    let lambda = lambda
        .strip_prefix("Any(")
        .or_else(|| lambda.strip_prefix("any("))?
        .strip_suffix(')')?;
    let (variable, condition) = lambda.split_once(':')?;
    let (id, value) = condition.split_once(" and ")?;
    let variable = variable.trim();
    let name = property_name(&literal(id, &format!("{variable}/id"))?)?;
    Some(NamedProperty {
        name,
        value: literal(value, &format!("{variable}/value"))?,
    })
}

/// `singleValueExtendedProperties($filter=id eq 'ID')`.
fn expanded(text: &str) -> Option<PropertyName> {
    let condition = text
        .strip_prefix(COLLECTION)?
        .strip_prefix("($filter=")?
        .strip_suffix(')')?;
    property_name(&literal(condition, "id")?)
}

/// The text in `PATH eq 'TEXT'`.
fn literal(condition: &str, path: &str) -> Option<String> {
    let quoted = condition
        .trim()
        .strip_prefix(path)?
        .strip_prefix(" eq ")?
        .trim();
    let text = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    // In an OData text, an apostrophe is written twice.
    (!text.replace("''", "").contains('\'')).then(|| text.replace("''", "'"))
}

/// `String {GUID} Name NAME`.
fn property_name(id: &str) -> Option<PropertyName> {
    let (set, name) = id.strip_prefix("String ")?.split_once(" Name ")?;
    let set = uuid::Uuid::try_parse(set.strip_prefix('{')?.strip_suffix('}')?).ok()?;
    (!name.is_empty()).then(|| PropertyName {
        set,
        name: name.to_owned(),
    })
}

fn id_of(name: &PropertyName) -> String {
    format!("String {{{}}} Name {}", name.set, name.name)
}
