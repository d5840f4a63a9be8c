//! The values to enter in the ResourceXpress console, for each place that can have its own.

use crate::diagnosis::migration::console_place;
use crate::diagnosis::placeholders::Placeholders;
use crate::evidence::ConnectionFacts;
use crate::knowledge;
use crate::terms::{Api, GuideStepId};

use super::result::{FieldValue, GuideFields};

/// The values that a step enters. Places with the same values share an entry, because an estate can have hundreds.
pub(super) fn fields_of<'p>(
    step: GuideStepId,
    group: &[&'p ConnectionFacts],
    values: impl Fn(&'p ConnectionFacts) -> Placeholders<'p>,
) -> Vec<GuideFields> {
    let mut all: Vec<GuideFields> = Vec::new();
    if !matches!(
        step,
        GuideStepId::EnterConsoleFields | GuideStepId::EnterOwnValues
    ) {
        return all;
    }
    for facts in group {
        let (Some(place), Some(api)) = (console_place(facts), facts.api) else {
            continue;
        };
        let has_account = facts.service_account.is_some();
        let fields = values_of(api, has_account, &values(facts));
        match all.iter_mut().find(|own| own.fields == fields) {
            Some(same) => same.places.push(place),
            None => all.push(GuideFields {
                places: vec![place],
                fields,
            }),
        }
    }
    all
}

fn values_of(api: Api, has_account: bool, values: &Placeholders<'_>) -> Vec<FieldValue> {
    let fields = knowledge::guide_fields().iter();
    fields
        .map(|field| FieldValue {
            name: field.name.clone(),
            value: values.fill_sentence(field.value(api, has_account)),
            note: field.note.clone(),
        })
        .collect()
}
