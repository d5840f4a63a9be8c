//! Calendar processing of the rooms, compared with what ResourceXpress needs.

use crate::evidence::{CalendarProcessing, Evidence};
use crate::knowledge::{self, RoomSetting, format_message};
use crate::terms::{CauseId, format_count};

/// How many rooms a sentence names before it counts the others.
const NAMED: usize = 3;

/// Judges the settings of the rooms; `None` if the evidence contains them for no room of this run.
pub(in crate::diagnosis) fn judge_calendar_processing(context: &Context<'_>) -> Option<Judgment> {
    let read = settings_of_rooms(context, context.evidence);
    if read.is_empty() {
        return None;
    }
    let total = rooms_of_run(context.evidence).len();
    let mut judgment = Judgment::pass(coverage_sentence(read.len(), total));
    for setting in &knowledge::calendar_processing().setting {
        let different: Vec<String> = read
            .iter()
            .filter(|(_, own)| {
                value_of(own, &setting.property).is_some_and(|is| is != setting.wanted)
            })
            .map(|(room, _)| (*room).to_owned())
            .collect();
        let notes = differences(setting, &different);
        let sentence = notes.first().and_then(|note| note.because.clone());
        judgment.configured.extend(sentence);
        judgment = judgment.raising_all(notes);
    }
    Some(judgment)
}

/// The rooms whose settings were read, in the order of the run.
fn settings_of_rooms<'e>(
    context: &'e Context<'_>,
    evidence: &'e Evidence,
) -> Vec<(&'e str, &'e CalendarProcessing)> {
    let Some(configured) = context.configured() else {
        return Vec::new();
    };
    let is_about_a_connection = evidence
        .connections
        .iter()
        .any(|facts| configured.is_about(facts, &context.tenant_key(facts)));
    if !is_about_a_connection {
        return Vec::new();
    }
    rooms_of_run(evidence)
        .into_iter()
        .filter_map(|room| {
            let processing = configured.mailbox(room)?.calendar_processing.as_ref()?;
            Some((room, processing))
        })
        .collect()
}

fn coverage_sentence(read: usize, total: usize) -> String {
    let (read, total) = (format_count(read), format_count(total));
    format_message(
        "configuration.calendar-read",
        &[("detail", read.as_str()), ("limit", total.as_str())],
    )
}

/// The note of a setting that differs: once for each room, with one sentence for all of them.
fn differences(setting: &RoomSetting, rooms: &[String]) -> Vec<Raised> {
    if rooms.is_empty() {
        return Vec::new();
    }
    let sentence = format_message(
        "configuration.calendar-differs",
        &[
            ("name", setting.property.as_str()),
            ("detail", setting.wanted.as_str()),
            ("rooms", &name_enumeration::join_first(rooms, NAMED)),
            ("consequence", setting.effect.as_str()),
        ],
    );
    rooms
        .iter()
        .map(|room| {
            Raised::new(CauseId::MailboxCalendarProcessingDiffers)
                .with_subject(Some(room.clone()))
                .because(sentence.clone())
        })
        .collect()
}

/// The value of a setting, as PowerShell writes it; `None` if it was not read.
fn value_of(own: &CalendarProcessing, property: &str) -> Option<String> {
    let of_switch = |switch: Option<bool>| {
        switch.map(|is_on| if is_on { "$true" } else { "$false" }.to_owned())
    };
    match property {
        "AutomateProcessing" => own.automate_processing.clone(),
        "AddOrganizerToSubject" => of_switch(own.add_organizer_to_subject),
        "DeleteSubject" => of_switch(own.delete_subject),
        "RemovePrivateProperty" => of_switch(own.remove_private_property),
        "EnableAutoRelease" => of_switch(own.enable_auto_release),
        _ => None,
    }
}
use crate::diagnosis::diagnosis_context::Context;
use crate::diagnosis::judgment::{Judgment, Raised};
use crate::diagnosis::name_enumeration;
use crate::diagnosis::not_visible::rooms_of_run;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_of_the_knowledge_base_is_read_from_the_evidence() {
        let all = CalendarProcessing {
            automate_processing: Some("AutoAccept".to_owned()),
            add_organizer_to_subject: Some(true),
            delete_subject: Some(false),
            remove_private_property: Some(true),
            enable_auto_release: Some(false),
            ..CalendarProcessing::default()
        };
        for setting in &knowledge::calendar_processing().setting {
            assert!(
                value_of(&all, &setting.property).is_some(),
                "{}",
                setting.property
            );
        }
    }
}
