//! The report as JSON, and back.

mod indented;

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use thiserror::Error;

use crate::diagnosis::{Cause, EndDate, ResultRow};
use crate::knowledge;
use crate::terms::CheckId;

use self::indented::Indented;
use super::{RecordedEvidence, Redaction, Report, SCHEMA_VERSION, Summary, Target, Tool};

/// A document is handed over in pieces of this size.
const PIECE: usize = 64 * 1024;

/// Why a file cannot be read as a report.
#[derive(Debug, Error)]
pub enum ReadError {
    /// Nothing at all.
    #[error("this file is empty; {REPORT}")]
    Empty,
    /// Another format in which this program or others write.
    #[error("this is not JSON but {0}; {REPORT}")]
    Format(&'static str),
    /// JSON that ends too early.
    #[error("this JSON is incomplete (it ends in line {}); write or copy the file again", .0.line())]
    Incomplete(serde_json::Error),
    /// Not JSON at all.
    #[error("this is not JSON (line {}, column {}); {REPORT}", .0.line(), .0.column())]
    Syntax(serde_json::Error),
    /// JSON of something else.
    #[error("this is JSON, but not a report of rx-preflight; {REPORT}")]
    Other,
    /// The evidence of an administrator.
    #[error("this is the evidence of an administrator; name it with --with, beside a report")]
    Evidence,
    /// The report about many customers.
    #[error("this is a report about many customers; {REPORT}")]
    Fleet,
    /// A report with a field that is missing or of another form.
    #[error("this report is damaged: {}; {REPORT}", without_position(.0))]
    Form(serde_json::Error),
    /// A report of another major version.
    #[error(
        "this report has the format version {}, and this program reads version {SCHEMA_VERSION}{}",
        super::sanitize::sanitize(found),
        if is_newer(found) { "; install the current version of rx-preflight" } else { "" }
    )]
    Version {
        /// The `schema_version` of the file.
        found: String,
    },
}

/// What to use instead.
const REPORT: &str = "a report is what `rx-preflight check --output report.json` writes";

/// The message of the reader with its place in words. What it quotes of the file is not repeated.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let what = if what.starts_with("missing field") {
        what.replace("missing field", "the field") + " is missing"
    } else {
        "a field has another form".to_owned()
    };
    format!("{what} (line {}, column {})", error.line(), error.column())
}

fn is_newer(found: &str) -> bool {
    let number = |version: &str| major(version).parse::<u64>().ok();
    number(found) > number(SCHEMA_VERSION)
}

/// The format of a text that is certainly not JSON, where its start shows it.
fn other_format(text: &str) -> Option<&'static str> {
    let start = text.trim_start();
    let first_line = start.lines().next().unwrap_or_default();
    match start {
        _ if start.starts_with("<?xml") => Some("XML"),
        _ if start.starts_with('<') => Some("HTML or XML"),
        _ if start.starts_with("# ") || start.starts_with("## ") => Some("Markdown or TOML"),
        _ if start.starts_with("rx-preflight ") => Some("a report as text"),
        _ if first_line.starts_with('[')
            && first_line.ends_with(']')
            && first_line.contains(char::is_alphabetic) =>
        {
            Some("TOML")
        }
        _ => None,
    }
}

/// The field that is read before everything else.
#[derive(Deserialize)]
struct Version {
    schema_version: String,
    /// Reports do not name what they are; other documents of this program do.
    document: Option<serde_json::Value>,
}

/// Writes a report, indented and with a line break at the end.
///
/// # Panics
///
/// Never: a report holds nothing that has no JSON form.
#[expect(
    clippy::expect_used,
    reason = "a report is plain data with text for keys, which always has a JSON form"
)]
pub fn render(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, &mut bytes).expect("a report has a JSON form");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes a report as [`render`] does, piece by piece.
///
/// # Errors
///
/// Those of `to` only.
pub fn write(report: &Report, to: &mut dyn Write) -> io::Result<()> {
    let mut pieces = BufWriter::with_capacity(PIECE, to);
    write_visible(report, &mut pieces)?;
    pieces.write_all(b"\n")?;
    pieces.flush()
}

/// Writes a value, indented; nothing in it steers the terminal that it is shown on.
///
/// # Errors
///
/// Those of `to`, and values that have no JSON form.
pub fn write_visible(value: &impl Serialize, to: impl Write) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(
        to,
        Indented::default(),
    ))
}

impl From<serde_json::Error> for ReadError {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            Category::Data => Self::Form(error),
            Category::Eof => Self::Incomplete(error),
            Category::Syntax | Category::Io => Self::Syntax(error),
        }
    }
}

impl Report {
    /// Reads a saved report of this major version, in UTF-8 or in the UTF-16 that `>` of Windows PowerShell writes.
    /// Fields that this version does not know are ignored.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ReadError> {
        read(&decode(bytes))
    }
}

/// Reads a saved report as [`Report::from_json`] does, without its requests and its evidence, which are most of it. Returns
/// the number of its requests beside it.
///
/// # Errors
///
/// Those of [`Report::from_json`].
pub fn read_outline(bytes: &[u8]) -> Result<(Report, usize), ReadError> {
    let text = decode(bytes);
    check_version(&text)?;
    let outline: Outline = serde_json::from_str(&text)?;
    let requests = outline.requests.len();
    Ok((outline.into(), requests))
}

/// A report without the parts that a comparison of thousands of reports does not need.
#[derive(Deserialize)]
struct Outline {
    schema_version: String,
    tool: Tool,
    report_id: String,
    started_at: Timestamp,
    finished_at: Timestamp,
    interrupted: bool,
    #[serde(default)]
    redaction: Redaction,
    target: Target,
    summary: Summary,
    causes: Vec<Cause>,
    results: Vec<ResultRow>,
    // They are counted without being kept.
    #[serde(default)]
    requests: Vec<IgnoredAny>,
    #[serde(default)]
    end_dates: Vec<EndDate>,
}

impl From<Outline> for Report {
    fn from(outline: Outline) -> Self {
        Self {
            schema_version: outline.schema_version,
            tool: outline.tool,
            report_id: outline.report_id,
            started_at: outline.started_at,
            finished_at: outline.finished_at,
            interrupted: outline.interrupted,
            redaction: outline.redaction,
            target: outline.target,
            summary: outline.summary,
            causes: outline.causes,
            results: outline.results,
            requests: Vec::new(),
            evidence: RecordedEvidence::default(),
            not_visible: Vec::new(),
            end_dates: outline.end_dates,
            input_notes: Vec::new(),
            administrator: None,
            migration: None,
            // Each cause states whether it is accepted.
            accepted: Vec::new(),
            baseline: None,
        }
    }
}

/// The text of a file. Bytes that are not text are left for the JSON parser to reject.
fn decode(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        // Byte order marks: Windows PowerShell 5.1 redirects in UTF-16, and some editors save UTF-8 with one.
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => String::from_utf8_lossy(rest).into_owned(),
    }
}

fn read(text: &str) -> Result<Report, ReadError> {
    check_version(text)?;
    let mut report: Report = serde_json::from_str(text)?;
    make_commands_safe(&mut report);
    Ok(report)
}

/// Whether a text is a report of this major version.
fn check_version(text: &str) -> Result<(), ReadError> {
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    // The version comes first, because a report of another major version may differ in every other field.
    let found =
        serde_json::from_str::<Version>(text).map_err(|error| match other_format(text) {
            // Valid JSON without this field was written by another program.
            _ if error.is_data() => ReadError::Other,
            Some(format) => ReadError::Format(format),
            None => error.into(),
        })?;
    if let Some(document) = found.document {
        return Err(match document.as_str() {
            Some(super::fleet::DOCUMENT) => ReadError::Fleet,
            _ => ReadError::Evidence,
        });
    }
    let found = found.schema_version;
    if major(&found) != major(SCHEMA_VERSION) {
        return Err(ReadError::Version { found });
    }
    Ok(())
}

/// Commands in texts are made safe like those of a remedy: version 0.1 wrote lines that change something among them.
fn make_commands_safe(report: &mut Report) {
    let rows = report
        .results
        .iter_mut()
        .filter(|row| row.check == CheckId::RoomCalendarProcessing);
    rows.for_each(|row| commands_behind(&mut row.message, 1));
    report
        .not_visible
        .iter_mut()
        .for_each(|text| commands_behind(text, 2));
}

/// Behind so many lines of prose, a text holds PowerShell.
fn commands_behind(text: &mut String, prose: usize) {
    let Some((at, _)) = text.match_indices('\n').nth(prose - 1) else {
        return;
    };
    let commands = knowledge::printable("powershell", &text[at + 1..]);
    text.truncate(at + 1);
    text.push_str(&commands);
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample_report;
    use super::*;

    fn value() -> Value {
        serde_json::to_value(sample_report::report()).unwrap()
    }

    #[test]
    fn a_report_reads_back_as_it_was_written() {
        let report = sample_report::report();
        let text = render(&report);
        assert!(text.ends_with("}\n"));
        assert_eq!(read(&text).unwrap(), report);
    }

    #[test]
    fn an_outline_is_the_report_without_requests_and_evidence() {
        let report = sample_report::report();
        let (outline, requests) = read_outline(render(&report).as_bytes()).unwrap();
        assert_eq!(requests, report.requests.len());
        assert_eq!(outline.results, report.results);
        assert_eq!(outline.causes, report.causes);
        assert_eq!(outline.end_dates, report.end_dates);
        assert!(outline.requests.is_empty());
        assert!(matches!(
            read_outline(br#"{"schema_version": "2.0"}"#),
            Err(ReadError::Version { .. })
        ));
    }

    #[test]
    fn the_fields_are_in_the_order_of_the_contract() {
        let text = render(&sample_report::report());
        let fields: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("  \""))
            .filter_map(|line| line.split('"').next())
            .collect();
        assert_eq!(
            fields,
            [
                "schema_version",
                "tool",
                "report_id",
                "started_at",
                "finished_at",
                "interrupted",
                "redaction",
                "target",
                "summary",
                "causes",
                "results",
                "requests",
                "evidence",
                "not_visible",
                "end_dates",
            ]
        );
    }

    #[test]
    fn the_evidence_repeats_nothing_of_the_report() {
        let value = value();
        let evidence = value["evidence"].as_object().unwrap();
        for field in [
            "requests",
            "started_at",
            "finished_at",
            "interrupted",
            "cloud",
        ] {
            assert!(!evidence.contains_key(field), "{field} is repeated");
        }
    }

    #[test]
    fn a_newer_report_of_this_major_version_is_read() {
        let mut value = value();
        value["schema_version"] = json!("1.7");
        value["mood"] = json!({ "today": "fine" });
        value["results"][0]["shade"] = json!("red");
        value["evidence"]["weather"] = json!([1, 2]);
        let report = read(&value.to_string()).unwrap();
        assert_eq!(report.results, sample_report::report().results);
    }

    #[test]
    fn an_older_report_without_later_fields_is_read() {
        let mut value = value();
        value["target"]["connections"][0]
            .as_object_mut()
            .unwrap()
            .remove("tenant_id");
        value["causes"][0]
            .as_object_mut()
            .unwrap()
            .remove("because");
        value.as_object_mut().unwrap().remove("redaction");
        assert_eq!(read(&value.to_string()).unwrap().redaction.mode, "none");
    }

    #[test]
    fn a_report_without_evidence_restores_no_run() {
        let mut value = value();
        value["evidence"] = json!({});
        assert_eq!(read(&value.to_string()).unwrap().evidence(), None);
    }

    #[test]
    fn another_major_version_is_rejected_with_its_number() {
        let error = read(r#"{"schema_version": "2.0"}"#).unwrap_err();
        assert!(
            matches!(&error, ReadError::Version { found } if found == "2.0"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_not_a_report_is_rejected() {
        assert!(matches!(
            read("<html>"),
            Err(ReadError::Format("HTML or XML"))
        ));
        assert!(matches!(read("hello"), Err(ReadError::Syntax(_))));
        assert!(matches!(read("{}"), Err(ReadError::Other)));
        assert!(matches!(
            read(r#"{"schema_version": "1.0"}"#),
            Err(ReadError::Form(_))
        ));
        assert!(matches!(
            read(r#"{"schema_version": "1.0""#),
            Err(ReadError::Incomplete(_))
        ));
        assert!(matches!(read(" "), Err(ReadError::Empty)));
    }

    #[test]
    fn every_encoding_that_a_console_writes_is_read() {
        let text = format!("\u{feff}{}", render(&sample_report::report()));
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [text.into_bytes(), little, big] {
            assert_eq!(Report::from_json(&bytes).unwrap(), sample_report::report());
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_rejected() {
        assert!(Report::from_json(&[0xff, 0xfe, 0x00]).is_err());
        assert!(Report::from_json(&[0x80, 0x81]).is_err());
        assert!(Report::from_json(&[]).is_err());
    }
}
