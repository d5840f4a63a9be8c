//! What was tested, in three lines, and what limits it.

use crate::evidence::InputNote;
use crate::report::{Report, TargetConnection, describe_input_note, display_names, wording};
use crate::terms::Api;

use super::page::{Page, widest};

/// The column of the labels.
pub const LABEL: usize = 13;

/// How many notes about the inputs are shown.
const INPUT_NOTES: usize = 3;

/// Draws the tenant, its connections and the run; then what a reader must know of this run in particular.
pub fn draw_target(page: &mut Page, report: &Report) {
    let target = &report.target;
    line(page, wording::TENANT, &wording::tenant_with_cloud(target));
    let label = match target.connections.as_slice() {
        [_] => wording::CONNECTION,
        _ => wording::CONNECTIONS,
    };
    line(page, label, &connections(page, &target.connections));
    line(page, wording::RUN, &wording::describe_run(report));
    if !target.narrowed_by.is_empty() {
        line(page, wording::SELECTION, &target.narrowed_by.join("; "));
    }
    draw_input_notes(page, &report.input_notes);
    if let Some(summary) = &report.administrator {
        let text = wording::describe_administrator(summary);
        line(page, wording::EVIDENCE_OF_ADMINISTRATOR, &text);
    }
    if let Some(replaced) = wording::describe_redaction(&report.redaction) {
        line(page, wording::REDACTED, &replaced);
    }
    if report.interrupted {
        line(page, wording::INTERRUPTED, wording::RUN_STOPPED);
    }
}

fn line(page: &mut Page, label: &str, text: &str) {
    page.labeled(1, label, LABEL, text);
}

/// The first notes about the inputs, and how many more there are: they change what was tested.
fn draw_input_notes(page: &mut Page, notes: &[InputNote]) {
    for (index, note) in notes.iter().take(INPUT_NOTES).enumerate() {
        let label = if index == 0 { wording::INPUT } else { "" };
        line(page, label, &describe_input_note(note));
    }
    if notes.len() > INPUT_NOTES {
        let more = wording::more_input_notes(notes.len() - INPUT_NOTES);
        line(page, "", &more);
    }
}

/// The connections by name where they fit into a line, else their numbers.
fn connections(page: &Page, connections: &[TargetConnection]) -> String {
    if let [only] = connections {
        let name = display_names::connection_in_list(&only.name);
        return wording::connection_with_app(&name, only);
    }
    let names: Vec<String> = connections
        .iter()
        .map(|own| {
            let name = display_names::connection_in_list(&own.name);
            wording::connection_in_short(&name, own)
        })
        .collect();
    let listed = names.join("; ");
    if widest([listed.as_str()]) + LABEL < page.width {
        return listed;
    }
    let of_api = |api: Option<Api>| {
        let number = connections.iter().filter(|own| own.api == api).count();
        (api, number)
    };
    let by_api = [Some(Api::Ews), Some(Api::Graph), None].map(of_api);
    let rooms = connections.iter().map(|own| own.rooms).sum();
    wording::connections_counted(&by_api, rooms)
}
