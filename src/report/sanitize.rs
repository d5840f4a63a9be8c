//! Sanitizes external text for display: no character can control a terminal or reverse the reading direction.

use crate::diagnosis::{Cause, Command, Guide, Migration, Observed, Remedy, ResultRow};
use crate::evidence::{AcceptedFinding, Observation, RequestRecord};
use crate::terms::CheckGroup;

use super::{RecordedEvidence, Report, TargetConnection};

/// The longest text, in characters, that a terminal is given in one piece. Messages of Microsoft's services are far shorter.
pub const MAX_TEXT_CHARS: usize = 700;

/// Sanitizes one text: line breaks and tabs become spaces, a character that could control a terminal or
/// reverse the reading direction is shown by its code point, and a text beyond [`MAX_TEXT_CHARS`] characters is cut, with
/// the number of the remaining ones.
pub fn sanitize(text: &str) -> String {
    shorten(&text.chars().map(visible).collect::<String>())
}

/// The longest message on one line, in characters. Messages of this program quote paths and hints, so they may be longer
/// than those of a service.
const MAX_LINE_CHARS: usize = 4000;

/// Sanitizes a message of this program: as [`sanitize`], but with a higher limit, so that the text behind a long path or
/// quotation stays.
pub fn sanitize_line(text: &str) -> String {
    cut(
        &text.chars().map(visible).collect::<String>(),
        MAX_LINE_CHARS,
    )
}

/// Sanitizes a command: as [`sanitize`], but its line breaks stay and it is never cut, since a command that was cut
/// is dangerous to copy.
pub fn sanitize_command(text: &str) -> String {
    text.lines()
        .map(|line| line.chars().map(visible).collect::<String>())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Replaces every character outside ASCII: typographic ones by their plain likeness, others by their code point.
pub fn to_ascii(text: &str) -> String {
    text.chars().map(plain).collect()
}

/// The copy of a report that is safe to print; without `unicode` in ASCII alone. Of the evidence it keeps the
/// sign-ins only: the table of permissions needs their facts, and no format prints them.
pub fn sanitize_report(report: &Report, unicode: bool) -> Report {
    let mut copy = report.without_evidence();
    copy.evidence = sign_ins(&report.evidence);
    let cleaner = Cleaner { unicode };
    let tool = &mut copy.tool;
    cleaner.each([&mut tool.name, &mut tool.version, &mut tool.knowledge_date]);
    cleaner.each([
        &mut copy.schema_version,
        &mut copy.report_id,
        &mut copy.redaction.mode,
    ]);
    cleaner.each(
        copy.redaction
            .replaced
            .iter_mut()
            .map(|replaced| &mut replaced.kind),
    );
    cleaner.each([&mut copy.target.cloud, &mut copy.target.tenant_id]);
    cleaner.each(&mut copy.target.narrowed_by);
    cleaner.each(&mut copy.target.account);
    if let Some(proxy) = &mut copy.target.proxy {
        cleaner.each([&mut proxy.host]);
        cleaner.each(&mut proxy.variable);
    }
    copy.target
        .connections
        .iter_mut()
        .for_each(|connection| cleaner.connection(connection));
    copy.causes
        .iter_mut()
        .for_each(|cause| cleaner.cause(cause));
    copy.results.iter_mut().for_each(|row| cleaner.row(row));
    copy.requests
        .iter_mut()
        .for_each(|request| cleaner.request(request));
    copy.evidence
        .observations
        .iter_mut()
        .for_each(|observation| cleaner.each(&mut observation.connection));
    copy.input_notes
        .iter_mut()
        .for_each(|note| cleaner.each(note.file.iter_mut().chain(&mut note.about)));
    copy.not_visible
        .iter_mut()
        .for_each(|text| cleaner.lines(text));
    for end in &mut copy.end_dates {
        cleaner.each(&mut end.connections);
    }
    if let Some(administrator) = &mut copy.administrator {
        cleaner.each([&mut administrator.tenant_id]);
        cleaner.each(&mut administrator.limits);
    }
    for acceptance in &mut copy.accepted {
        cleaner.finding(&mut acceptance.finding);
    }
    if let Some(migration) = &mut copy.migration {
        cleaner.migration(migration);
    }
    copy
}

/// The copy of a guide that is safe to print; without `unicode` in ASCII alone.
pub fn sanitize_guide(guide: &Guide, unicode: bool) -> Guide {
    let mut copy = guide.clone();
    let cleaner = Cleaner { unicode };
    cleaner.each([&mut copy.cloud]);
    for connection in &mut copy.connections {
        cleaner.each([
            &mut connection.name,
            &mut connection.tenant_id,
            &mut connection.client_id,
        ]);
    }
    for step in &mut copy.steps {
        cleaner.each([&mut step.title, &mut step.path]);
        cleaner.each(&mut step.connections);
        for fields in &mut step.console {
            cleaner.each(&mut fields.places);
            cleaner.each(fields.fields.iter_mut().map(|field| &mut field.value));
        }
        cleaner.remedy(&mut step.remedy);
    }
    copy
}

fn sign_ins(evidence: &RecordedEvidence) -> RecordedEvidence {
    let is_sign_in = |observation: &&Observation| observation.check.group() == CheckGroup::SignIn;
    let observations = evidence
        .observations
        .iter()
        .filter(is_sign_in)
        .cloned()
        .collect();
    RecordedEvidence {
        observations,
        ..RecordedEvidence::default()
    }
}

/// Goes through every text of a report.
struct Cleaner {
    unicode: bool,
}

impl Cleaner {
    fn clean(&self, text: &str) -> String {
        self.fit(sanitize(text))
    }

    fn fit(&self, text: String) -> String {
        if self.unicode { text } else { to_ascii(&text) }
    }

    fn each<'a>(&self, texts: impl IntoIterator<Item = &'a mut String>) {
        for text in texts {
            *text = self.clean(text);
        }
    }

    fn connection(&self, connection: &mut TargetConnection) {
        self.each([
            &mut connection.name,
            &mut connection.client_id,
            &mut connection.tenant_id,
        ]);
    }

    fn cause(&self, cause: &mut Cause) {
        self.each([&mut cause.id, &mut cause.title, &mut cause.impact]);
        if let Some(finding) = &mut cause.accepted {
            self.finding(finding);
        }
        self.each(cause.connection.iter_mut().chain(&mut cause.connections));
        self.each(
            cause
                .because
                .iter_mut()
                .chain(&mut cause.subjects)
                .chain(&mut cause.candidates),
        );
        self.remedy(&mut cause.remedy);
    }

    fn finding(&self, finding: &mut AcceptedFinding) {
        self.each([&mut finding.cause, &mut finding.reason, &mut finding.owner]);
        self.each(finding.connection.iter_mut().chain(&mut finding.subject));
    }

    fn remedy(&self, remedy: &mut Remedy) {
        self.each([&mut remedy.who, &mut remedy.verify, &mut remedy.takes]);
        self.each(remedy.steps.iter_mut().chain(&mut remedy.links));
        for command in &mut remedy.commands {
            *command = Command::new(
                &self.clean(command.shell()),
                &self.fit(sanitize_command(command.text())),
            );
        }
    }

    fn migration(&self, migration: &mut Migration) {
        self.each(&mut migration.schedule);
        for connection in &mut migration.connections {
            self.each([&mut connection.name, &mut connection.client_id]);
            for room in &mut connection.rooms {
                self.each([&mut room.room]);
                self.each(room.cause.iter_mut().chain(&mut room.difference));
            }
        }
        for cause in &mut migration.causes {
            self.cause(cause);
        }
        for row in &mut migration.results {
            self.row(row);
        }
        for step in &mut migration.plan {
            self.each([&mut step.id, &mut step.title]);
            self.each(&mut step.connections);
            for values in &mut step.console {
                self.each(&mut values.places);
                for field in &mut values.fields {
                    self.each([&mut field.name, &mut field.over_ews, &mut field.over_graph]);
                    self.each(&mut field.note);
                }
            }
            self.remedy(&mut step.remedy);
        }
    }

    /// A text of several lines keeps them: what follows the first one are commands.
    fn lines(&self, text: &mut String) {
        let (first, commands) = text
            .split_once('\n')
            .map_or((text.as_str(), None), |(first, rest)| (first, Some(rest)));
        let mut clean = self.clean(first);
        if let Some(commands) = commands {
            clean.push('\n');
            clean.push_str(&self.fit(sanitize_command(commands)));
        }
        *text = clean;
    }

    fn row(&self, row: &mut ResultRow) {
        self.each([&mut row.subject]);
        self.lines(&mut row.message);
        self.each(
            row.connection
                .iter_mut()
                .chain(&mut row.declared)
                .chain(&mut row.configured)
                .chain(&mut row.cause),
        );
        if let Some(Observed { code, detail, .. }) = &mut row.observed {
            self.each(code.iter_mut().chain(detail));
        }
    }

    fn request(&self, request: &mut RequestRecord) {
        self.each([&mut request.method, &mut request.url]);
        self.each(
            request
                .request_id
                .iter_mut()
                .chain(&mut request.client_request_id)
                .chain(&mut request.failure),
        );
        // The names are the keys of the map, so they cannot be changed in place.
        let headers = std::mem::take(&mut request.headers);
        request.headers = headers
            .into_iter()
            .map(|(name, value)| (self.clean(&name).into(), self.clean(&value)))
            .collect();
    }
}

fn shorten(text: &str) -> String {
    cut(text, MAX_TEXT_CHARS)
}

fn cut(text: &str, longest: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return text.to_owned();
    }
    let kept: String = text.chars().take(longest).collect();
    format!("{kept}... ({} more characters)", length - longest)
}

fn visible(character: char) -> Shown {
    match character {
        '\n' | '\r' | '\t' => Shown::Plain(' '),
        _ if is_unsafe(character) => Shown::CodePoint(character),
        _ => Shown::Plain(character),
    }
}

/// Whether a character could control a terminal, reverse the reading direction, or is invisible.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control() || is_invisible(character)
}

/// Marks that turn the direction of reading, joiners and other characters without a form of their own.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn plain(character: char) -> Shown {
    match character {
        _ if character.is_ascii() => Shown::Plain(character),
        '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => Shown::Plain(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Shown::Plain('-'),
        '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' => Shown::Plain('\''),
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => Shown::Plain('"'),
        '\u{2022}' | '\u{b7}' => Shown::Plain('*'),
        '\u{2026}' => Shown::Words("..."),
        '\u{2190}' => Shown::Words("<-"),
        '\u{2192}' => Shown::Words("->"),
        '\u{2264}' => Shown::Words("<="),
        '\u{2265}' => Shown::Words(">="),
        _ => Shown::CodePoint(character),
    }
}

/// The replacement for one character.
enum Shown {
    Plain(char),
    Words(&'static str),
    CodePoint(char),
}

impl FromIterator<Shown> for String {
    fn from_iter<I: IntoIterator<Item = Shown>>(shown: I) -> Self {
        let mut text = Self::new();
        for piece in shown {
            match piece {
                Shown::Plain(character) => text.push(character),
                Shown::Words(words) => text.push_str(words),
                Shown::CodePoint(character) => {
                    text.extend(["<U+", &format!("{:04X}", u32::from(character)), ">"]);
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn terminal_control_characters_are_shown_as_code_points() {
        assert_eq!(
            sanitize("a\u{1b}[31mb\u{7}\u{9b}c"),
            "a<U+001B>[31mb<U+0007><U+009B>c"
        );
    }

    #[test]
    fn bidirectional_marks_are_shown_as_code_points() {
        assert_eq!(sanitize("room\u{202e}moc"), "room<U+202E>moc");
    }

    #[test]
    fn a_text_is_one_line() {
        assert_eq!(
            sanitize("first\r\nReady (exit code 0)\tx"),
            "first  Ready (exit code 0) x"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_the_rest_is_counted() {
        let text = sanitize(&"x".repeat(10_000));
        assert!(text.ends_with("x... (9300 more characters)"), "{text}");
    }

    #[test]
    fn a_command_keeps_its_lines_and_its_length() {
        let text = format!("Get-Mailbox `\n  -Identity {}", "x".repeat(2_000));
        assert_eq!(sanitize_command(&text), text);
        assert_eq!(sanitize_command("a\u{1b}c"), "a<U+001B>c");
    }

    #[test]
    fn letters_of_other_languages_stay_unless_ascii_is_required() {
        assert_eq!(sanitize("Größe 会議室"), "Größe 会議室");
        assert_eq!(
            to_ascii("“Größe” … – 30 min"),
            "\"Gr<U+00F6><U+00DF>e\" ... - 30 min"
        );
    }

    proptest! {
        #[test]
        fn no_unsafe_character_is_left(text in any::<String>()) {
            let left = sanitize(&text);
            prop_assert!(!left.chars().any(is_unsafe), "{left:?}");
            prop_assert!(to_ascii(&left).is_ascii());
        }
    }
}
