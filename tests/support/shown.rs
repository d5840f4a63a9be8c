//! Documents as their readers see them: the text of a page, and what a script would run.

use pulldown_cmark::{Event, Parser};

/// The text of a page as it is read.
pub fn shown_html(page: &str) -> String {
    let body = page.split("<body>").nth(1).unwrap();
    let mut text = String::new();
    for piece in body.split('<') {
        text.push_str(piece.split_once('>').map_or("", |(_, rest)| rest));
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The text of Markdown as it is read.
pub fn shown_markdown(text: &str) -> String {
    let mut shown = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(part) | Event::Code(part) => shown.push_str(&part),
            Event::Html(part) | Event::InlineHtml(part) => panic!("raw HTML: {part}"),
            Event::SoftBreak | Event::End(_) => shown.push('\n'),
            _ => {}
        }
    }
    shown.replace('\u{2060}', "")
}

/// The lines of a script that PowerShell would run.
pub fn run_lines(script: &str) -> Vec<&str> {
    let lines = script.trim_start_matches('\u{feff}').split("\r\n");
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// The line without quoted text and without comments.
pub fn without_literals(line: &str) -> String {
    let outside_single: String = line.split('\'').step_by(2).collect::<Vec<_>>().join(" ");
    let outside: String = outside_single
        .split('"')
        .step_by(2)
        .collect::<Vec<_>>()
        .join(" ");
    outside.split('#').next().unwrap_or_default().to_owned()
}

/// Every `Verb-Noun` outside of literals.
pub fn cmdlets(line: &str) -> Vec<String> {
    let outside = without_literals(line);
    let words =
        outside.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
    let is_cmdlet = |word: &&str| {
        word.contains('-') && word.starts_with(|first: char| first.is_ascii_alphabetic())
    };
    words.filter(is_cmdlet).map(str::to_owned).collect()
}

/// Another reading than that of the program: which lines change nothing.
pub fn is_read_only(line: &str) -> bool {
    const READ_ONLY: &[&str] = &[
        "Get", "Test", "Resolve", "Select", "Format", "Where", "ForEach", "Connect",
    ];
    const PROGRAMS: &[&str] = &["netsh winhttp show proxy", "w32tm /query /status"];
    let reads_only = |cmdlet: &String| {
        READ_ONLY
            .iter()
            .any(|verb| cmdlet.split('-').next() == Some(verb))
    };
    let found = cmdlets(line);
    if found.is_empty() {
        // A block that only reads: its brackets, its conditions, and the texts that it shows.
        let parts = ["& {", "}", "if (", "'", ")"];
        let is_part = parts.iter().any(|part| line.trim_start().starts_with(part));
        return PROGRAMS.contains(&line) || line.trim_start().starts_with(['$', '#']) || is_part;
    }
    found
        .iter()
        .all(|cmdlet| reads_only(cmdlet) || line.contains(&format!("{cmdlet} -WhatIf")))
}

/// Whether a text holds another. A backtick is there as itself, or as code in a page.
pub fn assert_contains(text: &str, wanted: &str, what: &str) {
    let squeezed = |text: &str| {
        text.replace('`', "")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(
        squeezed(text).contains(&squeezed(wanted)),
        "{what}: {wanted:?} is not in\n{text}"
    );
}
