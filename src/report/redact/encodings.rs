//! Encodings of one text in the documents and messages of this program.

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::report::{markdown, sanitize};

/// Every encoding of a text: unchanged, in JSON, HTML and XML, Markdown, URLs, quoted for PowerShell and a Unix shell, and
/// with visible control characters. Text with non-ASCII letters is included in lowercase and uppercase, because the search
/// ignores case for ASCII only. Equal encodings appear once.
pub fn encodings(text: &str) -> Vec<String> {
    let mut cases = vec![text.to_owned()];
    if !text.is_ascii() {
        cases.extend([text.to_lowercase(), text.to_uppercase()]);
    }
    let mut seen = BTreeSet::new();
    cases
        .iter()
        .flat_map(|text| encode_once(text))
        .filter(|form| seen.insert(form.clone()))
        .collect()
}

fn encode_once(text: &str) -> [String; 10] {
    let json = serde_json::to_string(text).unwrap_or_default();
    let json = json
        .strip_prefix('"')
        .and_then(|json| json.strip_suffix('"'))
        .unwrap_or(text);
    [
        text.to_owned(),
        json.to_owned(),
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;"),
        markdown::escape(text),
        markdown::escape_inside_a_word(text),
        // PowerShell doubles a single quote; the next form is that of a Unix shell.
        text.replace('\'', "''"),
        text.replace('\'', r"'\''"),
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string(),
        // Some URLs encode only the at sign of an address.
        text.replace('@', "%40"),
        sanitize::sanitize(text),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_special_characters_has_one_encoding() {
        assert_eq!(encodings("boardroom"), ["boardroom"]);
    }

    #[test]
    fn special_characters_are_encoded_for_each_format() {
        let forms = encodings("o'neill & \"cö_x\"@contoso.com");
        for expected in [
            "o'neill &amp; &quot;cö_x&quot;@contoso.com",
            r#"o'neill & \"cö_x\"@contoso.com"#,
            "o'neill \\& \"cö\\_x\"@\u{2060}contoso.com",
            "o''neill & \"cö_x\"@contoso.com",
            "o%27neill%20%26%20%22c%C3%B6%5Fx%22%40contoso%2Ecom",
            "o'neill & \"cö_x\"%40contoso.com",
            "O'NEILL & \"CÖ_X\"@CONTOSO.COM",
        ] {
            assert!(
                forms.iter().any(|form| form == expected),
                "{expected} is not in {forms:?}"
            );
        }
    }
}
