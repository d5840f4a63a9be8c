//! Search for values in a sentence that no field contains: addresses, IDs, hosts, and quoted or capitalized names.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::knowledge;

use super::collect_values::is_public_host;
use super::value_kind::ValueKind;

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextPiece<'t> {
    /// A value of this kind.
    Value(ValueKind, &'t str),
    /// An ID, which is kept if it is known.
    Id(&'t str),
    /// A name of unknown kind, which is omitted as a whole.
    Unlisted(&'t str),
    /// Words, each to be classified on its own.
    Words(&'t str),
    /// Text that is kept.
    Plain(&'t str),
}

/// Pattern of the values that have a recognizable format. Credentials in a URL come first, so that they are never
/// interpreted as an email address.
static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<credentials>://[^/\s@]+@)",
        r"|(?P<address>[\p{L}\p{N}._%+'#-]+@(?:\[[^\]\s]+\]|[\p{L}\p{N}.-]*[\p{L}\p{N}]))",
        r"|(?P<id>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})",
        r"|(?P<v4>\d{1,3}(?:\.\d{1,3}){3})",
        r"|(?P<v6>[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})",
        r"|(?P<phone>(?:\+|\(?\b0)\d*[\d ()/-]{5,}\d)",
        r"|(?P<dotted>[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?)+)",
        r"|(?P<capitalized>\p{Lu}[\p{L}\p{N}'\u{2019}-]*(?: \p{Lu}[\p{L}\p{N}'\u{2019}-]*)+)",
    ))
    .ok()
});

/// Words that are capitalized at the beginning of a sentence.
const SENTENCE_STARTERS: [&str; 24] = [
    "the", "a", "an", "this", "that", "these", "no", "if", "your", "you", "it", "its", "in", "on",
    "for", "to", "of", "at", "by", "from", "when", "while", "as", "and",
];
/// Extensions of files. A file name is chosen by the customer.
const FILE_EXTENSIONS: [&str; 18] = [
    "csv", "txt", "toml", "json", "xml", "xlsx", "html", "md", "pem", "cer", "crt", "pfx", "zip",
    "log", "ps1", "dll", "exe", "js",
];
/// Prefixes of Microsoft's type names.
const TYPE_PREFIXES: [&str; 2] = ["microsoft.graph.", "microsoft.exchange."];
/// Maximum length of a run without white space, in bytes. A longer run is not a sentence or an address, and is omitted.
const MAX_RUN: usize = 2000;
/// Maximum length of a quotation, in bytes.
const MAX_QUOTATION: usize = 160;

/// Splits a text into parts, which add up to the text. A quotation mark directly after a removed value closes a quotation.
pub(super) fn pieces(text: &str, is_behind_value: bool) -> Vec<TextPiece<'_>> {
    let mut pieces = Vec::new();
    for (part, is_quoted) in quotations(text, is_behind_value) {
        if is_quoted && !is_known_quotation(part) {
            pieces.push(TextPiece::Unlisted(part));
        } else {
            split_by_pattern(part, &mut pieces);
        }
    }
    pieces
}

/// Whether a quotation is a single word or a known phrase. Other quoted words are data of the customer.
fn is_known_quotation(text: &str) -> bool {
    !text.trim().contains(char::is_whitespace) || knowledge::is_safe_phrase(text.trim())
}

fn split_by_pattern<'t>(text: &'t str, pieces: &mut Vec<TextPiece<'t>>) {
    // Without the pattern nothing can be recognized, so nothing is kept.
    let Some(forms) = PATTERN.as_ref() else {
        return pieces.push(TextPiece::Unlisted(text));
    };
    // A match is only certain at the end of its run, so the search takes quadratic time in the length of a run.
    if text
        .split(char::is_whitespace)
        .any(|run| run.len() > MAX_RUN)
    {
        return pieces.push(TextPiece::Unlisted(text));
    }
    let mut rest = 0;
    for captures in forms.captures_iter(text) {
        let Some(whole) = captures.get(0) else {
            continue;
        };
        pieces.push(TextPiece::Words(&text[rest..whole.start()]));
        // A dotted word before an equals sign is the name of a parameter, such as `odata.metadata=minimal`. Its unknown
        // words are omitted nevertheless.
        let names_parameter =
            captures.name("dotted").is_some() && text[whole.end()..].starts_with('=');
        if names_parameter {
            pieces.push(TextPiece::Words(whole.as_str()));
        } else {
            push_match(&captures, pieces);
        }
        rest = whole.end();
    }
    pieces.push(TextPiece::Words(&text[rest..]));
}

fn push_match<'t>(captures: &Captures<'t>, pieces: &mut Vec<TextPiece<'t>>) {
    let part = |name: &str| captures.name(name).map(|found| found.as_str());
    if let Some(credentials) = part("credentials") {
        // The delimiters are kept, so the rest of the URL remains readable.
        let (before, behind) = credentials.split_at("://".len());
        let (secret, at) = behind.split_at(behind.len().saturating_sub(1));
        pieces.extend([
            TextPiece::Plain(before),
            TextPiece::Unlisted(secret),
            TextPiece::Plain(at),
        ]);
    } else if let Some(address) = part("address") {
        pieces.push(TextPiece::Value(ValueKind::Mailbox, address));
    } else if let Some(id) = part("id") {
        pieces.push(TextPiece::Id(id));
    } else if let Some(address) = part("v4") {
        pieces.push(classify_ip(
            address,
            address.parse().map(|ip: Ipv4Addr| ip.into()).ok(),
        ));
    } else if let Some(address) = part("v6") {
        // The colon of a label, as in `from:2001:db8::1`, looks like an empty first group.
        let label = usize::from(address.starts_with(':') && !address.starts_with("::"));
        let (before, address) = address.split_at(label);
        let parsed = address.parse().map(|ip: Ipv6Addr| ip.into()).ok();
        pieces.extend([TextPiece::Words(before), classify_ip(address, parsed)]);
    } else if let Some(number) = part("phone") {
        pieces.push(classify_phone(number));
    } else if let Some(dotted) = part("dotted") {
        pieces.push(classify_dotted(dotted));
    } else if let Some(capitalized) = part("capitalized") {
        push_capitalized(capitalized, pieces);
    }
}

/// An IP address. Text that only resembles one, such as a time of day, is words.
fn classify_ip(text: &str, address: Option<IpAddr>) -> TextPiece<'_> {
    match address {
        // The loopback address is the same on every machine and identifies no customer.
        Some(address) if address.is_loopback() || address.is_unspecified() => {
            TextPiece::Plain(text)
        }
        Some(_) => TextPiece::Value(ValueKind::Host, text),
        None => TextPiece::Words(text),
    }
}

/// A telephone number: seven or more digits that are not a date.
fn classify_phone(text: &str) -> TextPiece<'_> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let has_gaps = text.starts_with('+') || text.contains([' ', '-', '/']);
    if digits >= 7 && has_gaps {
        TextPiece::Unlisted(text)
    } else {
        TextPiece::Words(text)
    }
}

static IP_V4: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\d{1,3}(?:\.\d{1,3}){3}").ok());

/// A host, a file or a listed name. Two sentences without a space between them resemble a host, but mix uppercase and
/// lowercase letters.
fn classify_dotted(text: &str) -> TextPiece<'_> {
    let last = text.rsplit('.').next().unwrap_or_default();
    let is_name = last.chars().count() >= 2 && last.chars().all(char::is_alphabetic);
    let mixes_cases = text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase);
    // Known names come first, because many of them have the format of a host.
    if knowledge::is_safe_dotted(text) || is_public_host(text) {
        TextPiece::Plain(text)
    } else if names_a_type(text) {
        TextPiece::Words(text)
    } else if FILE_EXTENSIONS
        .iter()
        .any(|extension| last.eq_ignore_ascii_case(extension))
    {
        TextPiece::Value(ValueKind::Entry, text)
    } else if (is_name && !mixes_cases) || IP_V4.as_ref().is_none_or(|v4| v4.is_match(text)) {
        TextPiece::Value(ValueKind::Host, text)
    } else {
        TextPiece::Words(text)
    }
}

/// Whether a dotted word is an annotation of `OData`, such as `odata.metadata`, or a type, such as `microsoft.graph.event`.
fn names_a_type(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_annotation = lower
        .strip_prefix("odata.")
        .is_some_and(|name| !name.contains('.'));
    is_annotation || TYPE_PREFIXES.iter().any(|prefix| lower.starts_with(prefix))
}

/// Several capitalized words are a name, unless they are a known phrase. The first word of a sentence does not count.
fn push_capitalized<'t>(text: &'t str, pieces: &mut Vec<TextPiece<'t>>) {
    let (first, others) = text.split_once(' ').unwrap_or((text, ""));
    let opens = SENTENCE_STARTERS
        .iter()
        .any(|word| first.eq_ignore_ascii_case(word));
    let name = if opens { others } else { text };
    let is_name = name.contains(' ') && !knowledge::is_safe_phrase(name);
    let (before, name) = text.split_at(text.len() - name.len());
    pieces.extend([
        TextPiece::Words(before),
        if is_name {
            TextPiece::Unlisted(name)
        } else {
            TextPiece::Words(name)
        },
    ]);
}

/// Splits a text alternately into parts outside and inside of quotation marks. An apostrophe within a word opens none.
fn quotations(text: &str, is_behind_value: bool) -> Vec<(&str, bool)> {
    let first = text
        .chars()
        .next()
        .filter(|_| is_behind_value)
        .map_or(0, char::len_utf8);
    let (mut parts, mut rest, mut from) = (Vec::new(), 0, first);
    while let Some((inside, end)) = next_quotation(text, from) {
        parts.extend([(&text[rest..inside], false), (&text[inside..end], true)]);
        (rest, from) = (
            end,
            end + text[end..].chars().next().map_or(1, char::len_utf8),
        );
    }
    parts.push((&text[rest..], false));
    parts
}

/// The start and the end of the text inside the next quotation marks after `from`.
fn next_quotation(text: &str, from: usize) -> Option<(usize, usize)> {
    let is_of_a_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    text.get(from..)?.char_indices().find_map(|(at, quote)| {
        let (open, inside) = (from + at, from + at + quote.len_utf8());
        let closing = closing(quote)?;
        if is_of_a_word(text[..open].chars().next_back()) {
            return None;
        }
        let reach = text[inside..]
            .char_indices()
            .take_while(|(at, next)| *at <= MAX_QUOTATION && *next != '\n');
        let mut ends = reach.filter(|(at, character)| {
            *character == closing
                && !is_of_a_word(text[inside + at + character.len_utf8()..].chars().next())
        });
        ends.next().map(|(end, _)| (inside, inside + end))
    })
}

fn closing(quote: char) -> Option<char> {
    match quote {
        '\'' | '"' => Some(quote),
        '\u{201c}' => Some('\u{201d}'),
        // German quotation marks end with the character that begins English ones.
        '\u{201e}' => Some('\u{201c}'),
        '\u{2018}' => Some('\u{2019}'),
        '\u{ab}' => Some('\u{bb}'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str) -> Vec<TextPiece<'_>> {
        let mut pieces = pieces(text, false);
        pieces.retain(|piece| !matches!(piece, TextPiece::Words(_) | TextPiece::Plain(_)));
        pieces
    }

    #[test]
    fn hosts_are_distinguished_from_other_dotted_words() {
        for host in [
            "portal.example.net",
            "MAIL.COMPANY.DE",
            "gateway.corporation.com",
        ] {
            assert_eq!(
                marked(&format!("a redirect to {host}:8080.")),
                [TextPiece::Value(ValueKind::Host, host)]
            );
        }
        assert_eq!(
            marked("in north-rooms.csv, line 3"),
            [TextPiece::Value(ValueKind::Entry, "north-rooms.csv")]
        );
        for text in [
            "mailbox.impersonation and Calendars.ReadWrite at graph.microsoft.com",
            "It failed.Please wait",
            "0.1.0",
        ] {
            assert_eq!(marked(text), [], "{text}");
        }
    }

    #[test]
    fn ip_addresses_are_found_anywhere() {
        for host in ["10.1.2.3", "ip-10.1.2.3", "v10.1.2.3x"] {
            assert_eq!(
                marked(&format!("client:{host} refused")),
                [TextPiece::Value(ValueKind::Host, host)]
            );
        }
        for text in ["from 2001:db8:12::15.", "from:2001:db8:12::15"] {
            assert_eq!(
                marked(text),
                [TextPiece::Value(ValueKind::Host, "2001:db8:12::15")],
                "{text}"
            );
        }
        assert_eq!(
            marked("at 09:15:02 on 127.0.0.1:8443 and ::1, version 15.20.8158.23"),
            []
        );
    }

    #[test]
    fn email_addresses_are_found_completely() {
        for address in [
            "o'neill@northwind.com",
            "bob_x.com#EXT#@northwind.onmicrosoft.com",
            "page@[10.0.0.5]",
        ] {
            assert_eq!(
                marked(&format!("for {address}.")),
                [TextPiece::Value(ValueKind::Mailbox, address)]
            );
        }
        let pieces = marked("https://john.doe:Passw0rd@proxy.northwind.com/");
        assert_eq!(
            pieces,
            [
                TextPiece::Unlisted("john.doe:Passw0rd"),
                TextPiece::Value(ValueKind::Host, "proxy.northwind.com")
            ]
        );
    }

    #[test]
    fn quoted_or_capitalized_words_are_a_name_unless_they_are_known() {
        assert_eq!(
            marked("in the directory 'north west health'"),
            [TextPiece::Unlisted("north west health")]
        );
        assert_eq!(
            marked("realm=\"North West Health\""),
            [TextPiece::Unlisted("North West Health")]
        );
        assert_eq!(
            marked("of Grant West (April Page)"),
            [
                TextPiece::Unlisted("Grant West"),
                TextPiece::Unlisted("April Page")
            ]
        );
        for text in [
            "The mailbox",
            "The Exchange Administrator",
            "doesn't know the app's name",
            "shows 'Not granted'",
            "''",
        ] {
            assert_eq!(marked(text), [], "{text}");
        }
    }

    #[test]
    fn names_of_parameters_are_not_hosts() {
        let content_type =
            "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false";
        assert_eq!(marked(content_type), []);
        assert_eq!(
            marked("url=portal.example.net=x, X-Powered-By: ASP.NET"),
            []
        );
        assert_eq!(
            marked("url=portal.example.net"),
            [TextPiece::Value(ValueKind::Host, "portal.example.net")]
        );
    }

    /// Annotations and types of `OData` are written with points, and their last part is not the end of a host's name.
    #[test]
    fn names_of_types_and_annotations_are_not_hosts() {
        for text in [
            "odata.metadata and odata.streaming",
            "\"@odata.context\"",
            "the annotation odata.type",
            "#microsoft.graph.room",
            "microsoft.graph.event is not a room",
            "of type microsoft.exchange.services",
            "Microsoft.Exchange.Data.ProxyAddressCollection",
            "System.Net.WebException",
            "application/json;odata.metadata=minimal;odata.streaming=true",
            "accept: application/json; odata.metadata=none",
        ] {
            assert_eq!(marked(text), [], "{text}");
        }
        for host in [
            "odata.northwind.com",
            "microsoft.northwind.com",
            "graph.northwind.example",
            "northwind.odata.com",
        ] {
            assert_eq!(
                marked(&format!("at {host}.")),
                [TextPiece::Value(ValueKind::Host, host)]
            );
        }
    }

    #[test]
    fn file_names_are_entries_unless_they_are_known() {
        for file in [
            "list.csv",
            "northwind.dll",
            "north-rooms.ps1",
            "panel.exe",
            "service.log",
            "northwind.pfx",
        ] {
            assert_eq!(
                marked(&format!("in {file}, line 3")),
                [TextPiece::Value(ValueKind::Entry, file)]
            );
        }
        for text in [
            "rx-preflight.toml",
            "rx-preflight.exe",
            "http://schemas.microsoft.com/exchange/services/2006/messages",
            "http://schemas.xmlsoap.org/soap/envelope/",
            "http://www.w3.org/2001/XMLSchema",
            "sts.windows.net",
        ] {
            assert_eq!(marked(text), [], "{text}");
        }
    }

    #[test]
    fn a_quotation_mark_after_a_value_closes() {
        let mut pieces = pieces("' was not found in the directory 'x", true);
        pieces.retain(|piece| matches!(piece, TextPiece::Unlisted(_)));
        assert_eq!(pieces, []);
    }

    #[test]
    fn telephone_numbers_are_omitted_and_dates_are_kept() {
        assert_eq!(
            marked("call +49 30 123456"),
            [TextPiece::Unlisted("+49 30 123456")]
        );
        assert_eq!(
            marked("0170-5550-123"),
            [TextPiece::Unlisted("0170-5550-123")]
        );
        assert_eq!(marked("on 2026-12-17, 126 days, 2026-11-23T09:15:02Z"), []);
    }

    proptest! {
        #[test]
        fn the_pieces_add_up_to_the_text(text in "[ a-zA-Z0-9.:@'\"\u{201c}\u{201d}ü/+()-]{0,60}") {
            let whole: String = pieces(&text, false).iter().map(|piece| match piece {
                TextPiece::Value(_, part) | TextPiece::Id(part) | TextPiece::Unlisted(part) | TextPiece::Words(part) | TextPiece::Plain(part) => *part,
            }).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
