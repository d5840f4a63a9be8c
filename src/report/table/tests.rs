//! The table as a whole.

use proptest::prelude::*;
use serde_json::Value;

use crate::terms::Outcome;

use super::super::{Counts, FailOn, Summary, sample_report, verdict_reason, wording};
use super::*;

fn options(width: usize) -> TableOptions {
    TableOptions {
        width,
        color: false,
        unicode: true,
        plain: false,
        detail: Detail::Normal,
    }
}

/// The escapes of color, spelt so that a snapshot can be read.
fn spelt(text: &str) -> String {
    text.replace('\u{1b}', "<ESC>")
}

fn verbose_at(width: usize) -> TableOptions {
    TableOptions {
        detail: Detail::Verbose,
        ..options(width)
    }
}

#[test]
fn at_width_60() {
    insta::assert_snapshot!(render(&sample_report::report(), &options(60)));
}

#[test]
fn at_width_80() {
    insta::assert_snapshot!(render(&sample_report::report(), &options(80)));
}

#[test]
fn at_width_120() {
    insta::assert_snapshot!(render(&sample_report::report(), &options(120)));
}

#[test]
fn in_color() {
    insta::assert_snapshot!(spelt(&render(
        &sample_report::report(),
        &TableOptions {
            color: true,
            ..options(80)
        }
    )));
}

#[test]
fn in_ascii() {
    insta::assert_snapshot!(render(
        &sample_report::report(),
        &TableOptions {
            unicode: false,
            ..options(80)
        }
    ));
}

#[test]
fn plain() {
    insta::assert_snapshot!(render(
        &sample_report::report(),
        &TableOptions {
            plain: true,
            ..options(80)
        }
    ));
}

#[test]
fn brief() {
    insta::assert_snapshot!(render(
        &sample_report::report(),
        &TableOptions {
            detail: Detail::Brief,
            ..options(80)
        }
    ));
}

#[test]
fn verbose() {
    insta::assert_snapshot!(render(
        &sample_report::report(),
        &TableOptions {
            detail: Detail::Verbose,
            ..options(120)
        }
    ));
}

#[test]
fn verbose_at_width_80_in_ascii() {
    insta::assert_snapshot!(render(
        &sample_report::report(),
        &TableOptions {
            unicode: false,
            ..verbose_at(80)
        }
    ));
}

#[test]
fn verbose_in_color() {
    insta::assert_snapshot!(spelt(&render(
        &sample_report::report(),
        &TableOptions {
            color: true,
            ..verbose_at(80)
        }
    )));
}

#[test]
fn verbose_and_plain() {
    insta::assert_snapshot!(render(
        &sample_report::report(),
        &TableOptions {
            plain: true,
            ..verbose_at(80)
        }
    ));
}

#[test]
fn saved_in_a_file() {
    let text = render_saved(&sample_report::report(), &options(80), Some("report.json"));
    insta::assert_snapshot!(text);
}

#[test]
fn a_problem_is_that_block_of_the_full_text() {
    let report = sample_report::report();
    let full = render(&report, &verbose_at(100));
    for number in 1..=report.causes.len() {
        let text = render(
            &report,
            &TableOptions {
                detail: Detail::Problem(number),
                ..options(100)
            },
        );
        let (block, verdict) = text.trim_end().rsplit_once("\n\n").unwrap();
        assert!(block.starts_with(&format!("{number} [")), "{text}");
        assert!(full.contains(&format!("\n{block}\n\n")), "{block}");
        assert!(full.ends_with(&format!("\n{verdict}\n")), "{verdict}");
    }
}

#[test]
fn without_a_token() {
    insta::assert_snapshot!(render(&sample_report::report_without_token(), &options(80)));
}

#[test]
fn all_passed() {
    insta::assert_snapshot!(render(&sample_report::report_all_passed(), &options(80)));
}

#[test]
fn brief_has_at_most_twelve_lines_however_many_causes_there_are() {
    let mut report = sample_report::report();
    let cause = report.causes[0].clone();
    report.causes.extend(std::iter::repeat_n(cause, 30));
    let text = render(
        &report,
        &TableOptions {
            detail: Detail::Brief,
            ..options(80)
        },
    );
    assert!(text.lines().count() <= 12, "{text}");
    assert!(text.contains("and 27 more problems"), "{text}");
}

#[test]
fn a_report_without_checks_states_that_nothing_was_checked() {
    let mut report = sample_report::report_all_passed();
    report.results.clear();
    report.summary = Summary::of(&[], (FailOn::Required, false), false);
    let text = render(&report, &options(80));
    assert!(
        text.ends_with("Ready (exit code 0): no checks were run.\n"),
        "{text}"
    );
}

#[test]
fn an_interrupted_report_is_marked_at_the_top_and_in_the_verdict() {
    let mut report = sample_report::report();
    report.interrupted = true;
    report.summary = Summary::of(&report.results, (FailOn::Required, false), true);
    let text = render(&report, &options(80));
    assert!(text.contains(" Interrupted  The run was stopped"), "{text}");
    assert!(
        text.lines()
            .last()
            .unwrap()
            .starts_with("Not ready (exit code 130, interrupted): "),
        "{text}"
    );
}

#[test]
fn requests_that_could_write_are_named_at_the_top() {
    let mut report = sample_report::report();
    report.requests[2].writes = true;
    let text = render(&report, &options(120));
    assert!(
        text.contains("3 requests; 1 request could write, for mail.send"),
        "{text}"
    );
}

#[test]
fn a_permission_without_a_readable_token_is_not_known() {
    let mut report = sample_report::report();
    let missing = " Mail.Send (optional)       no ";
    assert!(render(&report, &verbose_at(80)).contains(missing));
    report.evidence.observations.clear();
    let text = render(&report, &verbose_at(80));
    assert!(
        text.contains(" Mail.Send (optional)       not known "),
        "{text}"
    );
}

#[test]
fn color_carries_no_information_of_its_own() {
    let plain = render(&sample_report::report(), &options(80));
    let mut colored_text = render(
        &sample_report::report(),
        &TableOptions {
            color: true,
            ..options(80)
        },
    );
    assert_ne!(plain, colored_text);
    while let Some(start) = colored_text.find('\u{1b}') {
        let end = start + colored_text[start..].find('m').unwrap();
        colored_text.replace_range(start..=end, "");
    }
    let trimmed = |text: &str| {
        text.lines()
            .map(|line| line.trim_end().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(trimmed(&colored_text), trimmed(&plain));
}

#[test]
fn ascii_is_ascii() {
    let report = hostile("\u{201c}Gr\u{fc}n\u{201d} \u{2026} \u{4f1a}\u{8b70}");
    for detail in [Detail::Brief, Detail::Normal, Detail::Verbose] {
        let text = render(
            &report,
            &TableOptions {
                unicode: false,
                detail,
                ..options(80)
            },
        );
        assert!(text.is_ascii());
    }
}

#[test]
fn a_command_is_never_broken() {
    let report = sample_report::report();
    for command in report
        .causes
        .iter()
        .flat_map(|cause| &cause.remedy.commands)
    {
        for width in [60, 80, 120] {
            let text = render(&report, &verbose_at(width));
            assert!(
                command
                    .text()
                    .lines()
                    .all(|line| text.lines().any(|drawn| drawn.trim() == line)),
                "{text}"
            );
        }
    }
}

#[test]
fn no_command_that_changes_something_is_on_the_first_screen() {
    let report = sample_report::report();
    let text = render(&report, &options(120));
    let mut commands = report
        .causes
        .iter()
        .flat_map(|cause| &cause.remedy.commands)
        .flat_map(|command| command.text().lines())
        .peekable();
    assert!(commands.peek().is_some());
    commands.for_each(|line| assert!(!text.contains(line.trim()), "{line}"));
}

#[test]
fn only_what_must_not_be_broken_is_wider_than_the_terminal() {
    for width in [60, 80, 120] {
        let report = sample_report::report();
        let both = [&options(width), &verbose_at(width)].map(|options| render(&report, options));
        for line in both.iter().flat_map(|text| text.lines()) {
            let unbroken = [
                "https://",
                "-Identity",
                "  app ",
                "`rx-preflight ",
                " request-id ",
            ]
            .iter()
            .any(|part| line.contains(part));
            let verdict = line.contains("(exit code");
            assert!(
                unbroken || verdict || unicode_width::UnicodeWidthStr::width(line) <= width,
                "{width}: {line}"
            );
        }
    }
}

/// A report with `poison` behind every text that may be changed at all.
fn hostile(poison: &str) -> Report {
    let mut value = serde_json::to_value(sample_report::report()).unwrap();
    let mut pointers = Vec::new();
    texts(&value, String::new(), &mut pointers);
    for pointer in pointers {
        let before = value.clone();
        let text = value.pointer_mut(&pointer).unwrap();
        *text = Value::String(format!("{}{poison}", text.as_str().unwrap()));
        if serde_json::from_value::<Report>(value.clone()).is_err() {
            value = before;
        }
    }
    serde_json::from_value(value).unwrap()
}

fn texts(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::String(_) => pointers.push(at),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| texts(item, format!("{at}/{index}"), pointers));
        }
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, field)| texts(field, format!("{at}/{name}"), pointers));
        }
        _ => {}
    }
}

#[test]
fn external_text_is_sanitized_everywhere() {
    let poison = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}\r\nReady (exit code 0): all checks passed.\n";
    let report = hostile(poison);
    assert!(report.results[0].message.contains('\u{1b}'));
    for plain in [false, true] {
        for detail in [Detail::Brief, Detail::Normal, Detail::Verbose] {
            let text = render(
                &report,
                &TableOptions {
                    plain,
                    detail,
                    ..options(80)
                },
            );
            let steers = |character: char| character != '\n' && character.is_control();
            assert!(!text.contains(
                |character| steers(character) || matches!(character, '\u{202e}' | '\u{200b}')
            ));
            assert!(
                text.lines().all(|line| !line.starts_with("Ready")),
                "{text}"
            );
            assert!(
                text.lines()
                    .last()
                    .unwrap()
                    .starts_with("Not ready (exit code 1)")
            );
        }
    }
}

#[test]
fn a_line_of_ten_thousand_letters_does_not_fill_the_screen() {
    let text = render(
        &hostile(&"x".repeat(10_000)),
        &TableOptions {
            detail: Detail::Verbose,
            ..options(80)
        },
    );
    // A command is never cut, so that its last line is as long as it came.
    assert_eq!(text.lines().filter(|line| line.len() > 4_000).count(), 1);
    assert!(text.contains("more characters)"));
}

/// The number of rows of each outcome in the list of every check.
fn drawn(text: &str, outcome: Outcome) -> usize {
    let word = format!(" [{}]", wording::outcome(outcome));
    let part = text.split("EVERY CHECK").nth(1).unwrap_or_default();
    let part = part.split("REQUESTS SENT").next().unwrap_or_default();
    part.lines().filter(|line| line.starts_with(&word)).count()
}

/// The sum of the counts in the lines of the sections.
fn in_sections(text: &str) -> usize {
    let part = text.split("CHECKS\n").nth(1).unwrap_or_default();
    let part = part.lines().take_while(|line| !line.contains("All checks"));
    part.flat_map(|line| line.split(|letter: char| !letter.is_ascii_digit()))
        .filter_map(|number| number.parse::<usize>().ok())
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_numbers_in_the_table_are_those_of_the_count(rows in sample_report::any_rows()) {
        let counts = Counts::of(&rows);
        let summary = Summary::of(&rows, (FailOn::Required, false), false);
        let report = Report { results: rows, summary, causes: Vec::new(), ..sample_report::report() };
        let text = render(&report, &TableOptions { detail: Detail::Verbose, ..options(100) });
        for outcome in wording::OUTCOMES {
            prop_assert_eq!(drawn(&text, outcome), counts.get(outcome), "{}", &text);
        }
        prop_assert_eq!(in_sections(&text), counts.total(), "{}", &text);
    }

    #[test]
    fn the_verdict_is_always_the_last_line(rows in sample_report::any_rows(), width in 0_usize..200, plain in any::<bool>()) {
        let summary = Summary::of(&rows, (FailOn::Required, false), false);
        let report = Report { results: rows, summary, ..sample_report::report() };
        let text = render(&report, &TableOptions { plain, ..options(width) });
        let start = format!("{} (exit code {}): ", verdict_reason::verdict_label(&report), summary.exit_code);
        prop_assert!(text.lines().last().is_some_and(|line| line.starts_with(&start)), "{}", text);
    }
}
