//! The report as a message with an Adaptive Card, as a workflow of Microsoft Teams receives it by a web request.
//!
//! A text block of a card interprets Markdown and functions in braces. All text is therefore in runs of rich text, which are
//! shown as they are: external text can make neither a link nor bold letters.

use serde_json::{Value, json};

use super::cause_order::{self, NumberedCause};
use super::no_report::NoReport;
use super::{
    MonitorState, Report, display_names, migration_view, sanitize, sections, verdict_reason,
    wording,
};

/// The longest message, in bytes. Teams refuses messages of more than 28 KB.
const MAX_BYTES: usize = 25_000;
/// How many causes a card shows at most; a reader of a channel needs the first ones.
const MAX_CAUSES: usize = 10;
/// The longest text of one line of a card, in characters.
const MAX_CHARS: usize = 400;
/// How many subjects and connections a line names before it counts the rest.
const NAMED: usize = 3;

/// Draws a report.
pub fn render(report: &Report) -> String {
    let safe = sanitize::sanitize_report(report, true);
    let causes = cause_order::numbered_causes(&safe);
    let mut shown = causes.len().min(MAX_CAUSES);
    loop {
        let text = message(&body(&safe, &causes, shown), &title(&safe));
        if text.len() <= MAX_BYTES || shown == 0 {
            return text;
        }
        shown -= 1;
    }
}

/// Draws the card of a run without a report.
pub fn render_without_report(no_report: &NoReport<'_>) -> String {
    let title = wording::page_title(wording::NO_REPORT);
    let reason = sanitize::sanitize(no_report.reason);
    let run = no_report.at.to_string();
    let body = [
        headline(MonitorState::Unknown, &title, &reason),
        labeled(wording::RUN, &run),
    ];
    message(&body, &title)
}

fn title(report: &Report) -> String {
    let word = match &report.migration {
        Some(migration) => migration_view::readiness_label(report, migration),
        None => verdict_reason::verdict_label(report),
    };
    wording::verdict_title(word, report.summary.exit_code)
}

fn body(report: &Report, causes: &[NumberedCause<'_>], shown: usize) -> Vec<Value> {
    let reason = match &report.migration {
        Some(migration) => migration_view::readiness_sentence(report, migration),
        None => verdict_reason::verdict_reason(report),
    };
    let mut body = vec![headline(MonitorState::of(report), &title(report), &reason)];
    body.extend(facts(report));
    body.extend(causes[..shown].iter().map(|cause| problem(report, cause)));
    if shown < causes.len() {
        body.push(block(
            [run(&wording::more_in_report(causes.len() - shown))],
            json!({"separator": true, "spacing": "Medium"}),
        ));
    }
    let tool = wording::tool_line(&report.tool, &report.report_id);
    body.push(block(
        [run_with(&tool, json!({"isSubtle": true, "size": "Small"}))],
        json!({"separator": true, "spacing": "Medium"}),
    ));
    body
}

fn facts(report: &Report) -> Vec<Value> {
    let connections: Vec<String> = report
        .target
        .connections
        .iter()
        .map(|own| display_names::connection_in_list(&own.name))
        .collect();
    let mut facts = vec![
        labeled(wording::TENANT, &report.target.tenant_id),
        labeled(
            wording::CONNECTIONS,
            &wording::list_up_to(&connections, NAMED),
        ),
        labeled(wording::CHECKS, &sections::describe_totals(&report.results)),
        labeled(wording::RUN, &wording::describe_run(report)),
    ];
    if report.interrupted {
        facts.push(labeled(wording::INTERRUPTED, wording::REMAINING_NOT_RUN));
    }
    facts
}

/// One cause: the title, what it affects, and the first step of the fix.
fn problem(report: &Report, numbered: &NumberedCause<'_>) -> Value {
    let cause = numbered.cause;
    let word = wording::cause_word(cause);
    let title = format!("{}. [{word}] {}", numbered.number, cause.title);
    let subjects = display_names::subjects(
        &report.target,
        &cause.subjects[..cause.subjects.len().min(NAMED)],
    );
    let mut items = vec![
        block([run_with(&title, json!({"weight": "Bolder"}))], json!({})),
        labeled(
            wording::AFFECTS,
            &wording::describe_affected(numbered, &subjects, NAMED),
        ),
        labeled(wording::WHO_CAN_FIX_IT, wording::who(&cause.remedy.who)),
    ];
    if let Some(step) = cause.remedy.steps.first() {
        items.push(labeled(wording::FIRST_STEP, step));
    }
    json!({
        "type": "Container",
        "separator": true,
        "spacing": "Medium",
        "items": items,
    })
}

fn headline(state: MonitorState, title: &str, reason: &str) -> Value {
    let style = match state {
        MonitorState::Ok => "good",
        MonitorState::Warning => "warning",
        MonitorState::Critical => "attention",
        MonitorState::Unknown => "emphasis",
    };
    json!({
        "type": "Container",
        "style": style,
        "items": [
            block([run_with(title, json!({"weight": "Bolder", "size": "Large"}))], json!({})),
            block([run(reason)], json!({"spacing": "Small"})),
        ],
    })
}

/// A line with a label before its text.
fn labeled(label: &str, text: &str) -> Value {
    block(
        [
            run_with(&format!("{label}: "), json!({"weight": "Bolder"})),
            run(text),
        ],
        json!({"spacing": "Small"}),
    )
}

fn block<const N: usize>(runs: [Value; N], more: Value) -> Value {
    with(
        json!({"type": "RichTextBlock", "inlines": Vec::from(runs)}),
        more,
    )
}

fn run(text: &str) -> Value {
    run_with(text, json!({}))
}

fn run_with(text: &str, more: Value) -> Value {
    with(json!({"type": "TextRun", "text": shown(text)}), more)
}

/// An element with further properties.
fn with(mut element: Value, more: Value) -> Value {
    if let (Value::Object(fields), Value::Object(more)) = (&mut element, more) {
        fields.extend(more);
    }
    element
}

/// The text of a run, shortened. Two braces would begin a function, which some hosts evaluate in every text.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('\u{2026}');
    }
    // The second pass separates what is left of three braces and more.
    shown.replace("{{", "{ {").replace("{{", "{ {")
}

/// The message around a card.
fn message(body: &[Value], fallback: &str) -> String {
    let message = json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "fallbackText": shown(fallback),
                "msteams": {"width": "Full"},
                "body": body,
            },
        }],
    });
    format!("{message:#}\n")
}

#[cfg(test)]
mod tests {
    use super::super::sample_report;
    use super::*;

    fn card(text: &str) -> Value {
        let message: Value = serde_json::from_str(text).unwrap();
        assert_eq!(message["type"], "message");
        message["attachments"][0]["content"].clone()
    }

    /// Every text of a card, in order.
    fn texts(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                assert_ne!(
                    fields.get("type"),
                    Some(&json!("TextBlock")),
                    "it is interpreted"
                );
                for (name, field) in fields {
                    match field {
                        Value::String(text) if name == "text" => found.push(text.clone()),
                        other => texts(other, found),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
            _ => {}
        }
    }

    fn texts_of(card: &Value) -> String {
        let mut found = Vec::new();
        texts(card, &mut found);
        found.join("\n")
    }

    #[test]
    fn a_card_states_the_verdict_the_counts_and_the_problems() {
        let report = sample_report::report();
        let card = card(&render(&report));
        assert_eq!(card["type"], "AdaptiveCard");
        assert_eq!(card["body"][0]["style"], "attention");
        let text = texts_of(&card);
        for expected in [
            verdict_reason::verdict_reason(&report),
            sections::describe_totals(&report.results),
            format!("exit code {}", report.summary.exit_code),
            cause_order::numbered_causes(&report)[0].cause.title.clone(),
        ] {
            assert!(text.contains(&expected), "{expected}\n{text}");
        }
    }

    #[test]
    fn a_message_stays_below_the_limit_of_teams_and_counts_what_it_leaves_out() {
        let mut report = sample_report::report();
        let model = report.causes[0].clone();
        for (count, length) in [(500, 50), (500, 600), (3, 4_000)] {
            report.causes = vec![model.clone(); count];
            for cause in &mut report.causes {
                cause.title = "\u{1f4c5}".repeat(length);
                cause.remedy.steps = vec!["\u{1f4c5}".repeat(length)];
            }
            let text = render(&report);
            assert!(text.len() <= MAX_BYTES, "{} bytes", text.len());
            let shown = texts_of(&card(&text)).matches(". [").count();
            assert!(shown > 0);
            if shown < count {
                let rest = wording::more_in_report(count - shown);
                assert!(text.contains(&rest), "{rest}");
            }
        }
    }

    #[test]
    fn external_text_becomes_neither_function_nor_markup() {
        let mut report = sample_report::report();
        report.target.tenant_id = "{{{{DATE(2026-11-28)}} [a](https://evil.example)".to_owned();
        let text = texts_of(&card(&render(&report)));
        assert!(
            text.contains("[a](https://evil.example)") && !text.contains("{{"),
            "{text}"
        );
    }

    #[test]
    fn a_run_without_a_report_states_the_reason() {
        let text = render_without_report(&NoReport {
            at: "2026-11-28T03:00:00Z".parse().unwrap(),
            file: "tonight.card",
            reason: "cannot read rx.toml",
            exit_code: 2,
        });
        let card = card(&text);
        assert_eq!(card["body"][0]["style"], "emphasis");
        let shown = texts_of(&card);
        assert!(
            shown.contains("the check ended without a report")
                && shown.contains("cannot read rx.toml")
                && shown.contains("2026-11-28T03:00:00Z"),
            "{shown}"
        );
    }
}
