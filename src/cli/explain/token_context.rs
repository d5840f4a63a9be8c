//! Text around a token: the label in front of it, and the tag behind it.

use super::tokenizer::{TextToken, Tokenizer};

/// How far in front of a token its label can be.
const REACH: usize = 48;

/// How far behind a token its closing tag can be.
const REACH_BEHIND: usize = 40;

/// Words in front of "code" that make it a code of something else, such as HTTP, a process or a door.
const OTHER_CODES: &[&str] = &[
    "access",
    "activation",
    "area",
    "country",
    "door",
    "event",
    "exit",
    "http",
    "pin",
    "postal",
    "product",
    "return",
    "status",
    "zip",
];

/// Names of the value, in formats that write name and value as two pairs, such as HAR files.
const VALUE_NAMES: &[&str] = &["value", "values"];

/// Ends that can hide the label of a token: a separate value, and marks in the notation of HTML or URLs.
const UNSURE_ENDS: &[&str] = &["value", "values", "&quot", "&gt", "%3a", "%3d", "%22"];

/// Words in front of a token, without marks and in lowercase.
pub(super) struct LabelContext {
    /// The nearest one first.
    words: [String; 3],
    /// The marks between the nearest word and the token.
    gap: String,
    /// The marks between the nearest word and the one before it.
    between: String,
}

impl LabelContext {
    /// Reads the words in front of `start`.
    pub(super) fn of(text: &str, start: usize) -> Self {
        let window = &text[text.floor_char_boundary(start.saturating_sub(REACH))..start];
        let mut tokens: Vec<TextToken<'_>> = Tokenizer::of(window).collect();
        if tokens
            .last()
            .is_some_and(|last| VALUE_NAMES.contains(&last.text.to_ascii_lowercase().as_str()))
        {
            tokens.pop();
        }
        let nearest = |index: usize| tokens.iter().rev().nth(index);
        let word = |index: usize| {
            nearest(index)
                .map(|token| bare(token.text))
                .unwrap_or_default()
        };
        let gap = nearest(0).map_or(window, |token| &window[token.end()..]);
        let between = match (nearest(1), nearest(0)) {
            (Some(before), Some(label)) => &window[before.end()..label.start],
            _ => "",
        };
        Self {
            words: [word(0), word(1), word(2)],
            gap: decoded(gap),
            between: decoded(between),
        }
    }

    /// The nearest word.
    pub(super) fn label(&self) -> &str {
        &self.words[0]
    }

    /// The last three words as one, so that `Request Id`, `request-id` and `requestId` are the same.
    pub(super) fn run(&self) -> String {
        let [nearest, before, first] = &self.words;
        format!("{first}{before}{nearest}")
    }

    /// Whether the nearest word is `code`, or such a word as `errorCode`, and means a code of the services.
    pub(super) fn is_code(&self) -> bool {
        match self.label() {
            "code" => !OTHER_CODES.contains(&self.words[1].as_str()),
            "errorcode" | "errorno" | "errcode" | "innererrorcode" => true,
            _ => false,
        }
    }

    /// Whether the words are `error code`, in a sentence or as the end of Microsoft's address for a number.
    pub(super) fn is_error_code(&self) -> bool {
        self.label() == "code" && self.words[1] == "error"
    }

    /// Whether a word in front of the label can name the product or part that the code belongs to, as in
    /// `Device error code: 50002`. The key `"errorCode"` of JSON needs no other mark.
    pub(super) fn has_foreign_owner(&self) -> bool {
        let owner = match self.label() {
            "code" if self.words[1] == "error" => &self.words[2],
            "errorcode" if self.is_quoted() => return false,
            _ => &self.words[1],
        };
        !owner.is_empty()
    }

    /// Whether the nearest word ends with a quotation mark, as a key of JSON does.
    fn is_quoted(&self) -> bool {
        self.gap.trim_start_matches('\\').starts_with('"')
    }

    /// Whether the words are `error?code`, as in Microsoft's address for a number.
    pub(super) fn is_lookup_address(&self) -> bool {
        self.is_error_code() && self.between == "?"
    }

    /// Whether the nearest word is set to the token, as in `code: X`, `code=X`, `"code":"X"` and `<code>X`.
    pub(super) fn is_set(&self) -> bool {
        self.gap
            .trim_start_matches(is_quote_or_space)
            .starts_with([':', '=', '>'])
    }

    /// Whether the pair is written as in JSON.
    pub(super) fn is_json(&self) -> bool {
        self.gap
            .split_once(':')
            .is_some_and(|(name, value)| name.contains('"') && value.contains('"'))
    }

    /// Whether the nearest word belongs to the object of an error, as in `"error":{"code":"X"`.
    pub(super) fn is_inside_error(&self) -> bool {
        self.words[1].ends_with("error") && self.between.contains('{')
    }
}

/// Marks without the notations of HTML and URLs.
fn decoded(marks: &str) -> String {
    if !marks.contains(['&', '%']) {
        return marks.to_owned();
    }
    // The hexadecimal digits of a URL can be written in either case.
    let plain = marks
        .replace("&quot;", "\"")
        .replace("&gt;", ">")
        .to_ascii_lowercase();
    plain
        .replace("%3a", ":")
        .replace("%3d", "=")
        .replace("%3f", "?")
        .replace("%22", "\"")
}

/// Letters and digits only, in lowercase.
fn bare(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

fn is_quote_or_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '\\')
}

/// First bytes of a text, up to a character boundary. The limit keeps the search fast in any text.
pub(super) fn beginning(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

/// Whether one of these label ends is directly in front of a token, apart from marks and white space. This prefilter runs
/// before the full analysis, because a log contains many tokens and few codes.
pub(super) fn follows(text: &str, start: usize, ends: &[&str]) -> bool {
    let front = &text.as_bytes()[..start];
    let marks = front
        .iter()
        .rev()
        .take(REACH)
        .take_while(|byte| !byte.is_ascii_alphanumeric())
        .count();
    let label = &front[..start - marks];
    ends.iter()
        .chain(UNSURE_ENDS)
        .any(|end| ends_with(label, end.as_bytes()))
}

/// Whether a mark that sets a value, or a quotation mark, is in front of a token. The cheapest prefilter.
pub(super) fn may_be_set(text: &str, start: usize) -> bool {
    let front = text.as_bytes()[..start].trim_ascii_end();
    let is_escape = front
        .len()
        .checked_sub(3)
        .is_some_and(|at| front[at] == b'%');
    is_escape
        || matches!(
            front.last(),
            Some(b':' | b'=' | b'>' | b'"' | b'\'' | b'\\' | b';')
        )
}

fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len()
        .checked_sub(end.len())
        .is_some_and(|at| text[at..].eq_ignore_ascii_case(end))
}

/// Whether a closing tag of an EWS code follows a token: `ErrorServerBusy</m:ResponseCode>`.
pub(super) fn is_closed_by_code_tag(text: &str, end: usize) -> bool {
    let rest = beginning(&text[end..], REACH_BEHIND);
    let Some(tag) = rest
        .strip_prefix("</")
        .or_else(|| rest.strip_prefix("&lt;/"))
    else {
        return false;
    };
    let mut names = Tokenizer::of(tag).take(2).map(|token| bare(token.text));
    names.any(|name| matches!(name.as_str(), "responsecode" | "faultcode"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(text: &str) -> LabelContext {
        LabelContext::of(text, text.len())
    }

    #[test]
    fn one_label_has_many_spellings() {
        for text in [
            "Request Id: ",
            "request-id:",
            "requestId=",
            r#"\"request_id\":\""#,
            "Request+ID%3a+",
        ] {
            assert!(front(text).run().ends_with("requestid"), "{text}");
        }
        assert!(
            front(r#"{"name":"request-id","value":""#)
                .run()
                .ends_with("requestid")
        );
    }

    #[test]
    fn service_codes_are_distinguished_from_other_codes() {
        for text in [
            "code: ",
            "ErrorCode=",
            r#"{"error":{"code":""#,
            "error.code = '",
            "<code>",
            "error code: ",
        ] {
            assert!(
                front(text).is_code() || front(text).is_error_code(),
                "{text}"
            );
            assert!(front(text).is_set(), "{text}");
        }
        for text in [
            "Status code: ",
            "StatusCode: ",
            "exit code=",
            "http-code: ",
            "decode: ",
            "took ",
        ] {
            assert!(!front(text).is_code(), "{text}");
        }
        assert!(!front("the code ").is_set());
    }

    #[test]
    fn json_and_addresses_are_recognized() {
        let object = front(r#"{"error": {"code": ""#);
        assert!(object.is_json() && object.is_inside_error());
        assert!(!front("error code: ").is_json());
        assert!(front("https://login.microsoftonline.com/error?code=").is_lookup_address());
    }

    #[test]
    fn tags_of_ews_close_a_code() {
        for rest in [
            "</m:ResponseCode>",
            "</ResponseCode>",
            "</faultcode>",
            "&lt;/e:ResponseCode&gt;",
        ] {
            assert!(is_closed_by_code_tag(rest, 0), "{rest}");
        }
        assert!(!is_closed_by_code_tag("</m:MessageText>", 0) && !is_closed_by_code_tag("", 0));
    }

    #[test]
    fn the_cheap_prefilters_accept_every_spelling() {
        for text in [
            r#""code" : ""#,
            "ErrorCode=",
            r#"\"code\":\""#,
            "<ResponseCode>",
            "&quot;code&quot;:&quot;",
        ] {
            assert!(
                may_be_set(text, text.len()) && follows(text, text.len(), &["code"]),
                "{text}"
            );
        }
        assert!(!may_be_set("the code ", 9) && !may_be_set("", 0));
        assert!(!follows("403 ", 4, &["code"]) && !follows("", 0, &["code"]));
    }

    proptest::proptest! {
        #[test]
        fn any_position_is_inspected_without_panic(text in "[a-z:=\"é東&;%3 ]{0,200}") {
            for (at, _) in text.char_indices() {
                let front = LabelContext::of(&text, at);
                let _ = (front.is_code(), front.is_set(), front.is_json(), front.run());
                let _ = (follows(&text, at, &["code"]), is_closed_by_code_tag(&text, at));
            }
        }
    }
}
