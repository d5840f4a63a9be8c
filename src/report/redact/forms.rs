//! The forms in which documents and messages write one text.

use std::collections::BTreeSet;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// A text as it is, in JSON, in HTML and XML, in an address, and inside the quotes of PowerShell and of a Unix shell.
/// Forms that are the same are named once.
pub fn forms(text: &str) -> Vec<String> {
    let json = serde_json::to_string(text).unwrap_or_default();
    let json = json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or(text);
    let markup = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let powershell = text.replace('\'', "''");
    let bash = text.replace('\'', r"'\''");
    let address = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut seen = BTreeSet::new();
    let forms = [text.to_owned(), json.to_owned(), markup, powershell, bash, address];
    forms.into_iter().filter(|form| seen.insert(form.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_special_characters_has_one_form() {
        assert_eq!(forms("boardroom"), ["boardroom"]);
    }

    #[test]
    fn special_characters_have_a_form_for_each_place() {
        let forms = forms("o'neill & \"co\"@contoso.com");
        for expected in [
            "o'neill &amp; &quot;co&quot;@contoso.com",
            r#"o'neill & \"co\"@contoso.com"#,
            "o''neill & \"co\"@contoso.com",
            "o%27neill%20%26%20%22co%22%40contoso%2Ecom",
        ] {
            assert!(forms.iter().any(|form| form == expected), "{expected} is not in {forms:?}");
        }
    }
}
