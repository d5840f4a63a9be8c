//! Hides secrets of a pasted text before anything of it is quoted: the user information of URLs, and the values behind the
//! label of a secret that could be taken for an address.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::line_joining::SHORTEST_WRAPPED;

/// Patterns whose groups are secrets. A password can contain `@` and `/` itself, so the last `@` of the word ends it.
const PATTERNS: &[&str] = &[
    // `scheme://user:password@host`, also with the escapes of JSON and URLs. The user name can contain a domain.
    r#"(?::(?://|\\/\\/)|(?i:%3a%2f%2f))[^\s"<>`?&=:@]*(?::|(?i:%3a))([^\s"<>`]*)@"#,
    // `scheme://user@host`, where the user can be a token.
    r#"(?::(?://|\\/\\/)|(?i:%3a%2f%2f))([^\s"<>`/?&=:@]+)@"#,
    // `user:password@host` without a scheme, behind the name of a proxy setting or behind an option of curl.
    r#"(?i)(?:proxy|\s-[ux]|--user)(?:\\?["'])?(?:\s*[=:]\s*|\s+)(?:\\?["'])?[^\s"<>:@]*:([^\s"<>]*)@"#,
    // `user:password@host:port` by itself.
    r#"[^\s"<>`:@/]+:([^\s"<>`]+)@[A-Za-z0-9.-]+:\d"#,
    // `password=value`, `"secret": "value"`, `<token>value` and `Kennwort value`, if the value contains `@`.
    concat!(
        r"(?i)(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|key|credentials?|kennwort|passwort|mot de passe|wachtwoord",
        r"|contrase\u{f1}a|senha)",
        r"(?:[ \t]+(?:for|of|f\u{fc}r|von|pour|de|du)[ \t]+[^\s:=@]+)?",
        r#"(?:\\?["'\])])?(?:\s*(?:=>|[=:>])\s*|[ \t]+(?:(?:is|was|ist|lautet|est)[ \t:]+)?)"#,
        r#"(?:\\?"([^"\n]*@[^"\n]*)|'([^'\n]*@[^'\n]*)|[\[(]?([^\s"<>]*@[^\s"<>]*))"#,
    ),
];

static SECRETS: LazyLock<Vec<Option<Regex>>> = LazyLock::new(|| {
    PATTERNS
        .iter()
        .map(|pattern| Regex::new(pattern).ok())
        .collect()
});

/// A URL that a console wrapped inside its password.
static WRAPPED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#":(?://|\\/\\/)[^\s"<>`?&=:@]*:[^\s"<>`@]*(\r?\n)[> \t]*([^\s"<>`]*)@"#).ok()
});

/// The text with `*` in place of each byte of a secret that could be quoted as a part of an address.
pub(super) fn without_secrets(text: &str) -> Cow<'_, str> {
    // Only what contains this mark can be taken for an address.
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut hidden: Vec<Range<usize>> = Vec::new();
    for pattern in SECRETS.iter() {
        let Some(pattern) = pattern else {
            // A text that cannot be searched is not quoted.
            return Cow::Owned("*".repeat(text.len()));
        };
        for found in pattern.captures_iter(text) {
            hidden.extend(found.iter().skip(1).flatten().map(|group| group.range()));
        }
    }
    hidden.extend(wrapped_passwords(text));
    if hidden.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(covered(text, hidden))
    }
}

fn wrapped_passwords(text: &str) -> impl Iterator<Item = Range<usize>> {
    let found = WRAPPED
        .as_ref()
        .into_iter()
        .flat_map(move |pattern| pattern.captures_iter(text));
    found.filter_map(move |found| {
        let (end, password) = (found.get(1)?.start(), found.get(2)?);
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        // A console wraps only at its last column, so a short line ended on purpose.
        (end - start >= SHORTEST_WRAPPED).then(|| password.range())
    })
}

fn covered(text: &str, mut hidden: Vec<Range<usize>>) -> String {
    hidden.sort_by_key(|range| range.start);
    let mut covered = String::with_capacity(text.len());
    let mut end = 0;
    for range in hidden {
        let start = range.start.max(end);
        if range.end <= start {
            continue;
        }
        covered.push_str(&text[end..start]);
        covered.push_str(&"*".repeat(range.end - start));
        end = range.end;
    }
    covered.push_str(&text[end..]);
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts in which the word `Hidden` is a part of a secret.
    const SECRET: &[&str] = &[
        "http://svc-proxy:Hidden2026@proxy.contoso.local:8080",
        "smtp://rx:Su-Hidden@smtp.contoso.com",
        "amqp://rx:Hidden@mq.contoso.com",
        "http://CONTOSO\\svc:P%40ss-Hidden@proxy.contoso.com",
        "http://CONTOSO/svc:Hidden@proxy.contoso.com",
        "http://svc:p@ss/Hidden@proxy.contoso.com",
        "http://svc:p/Hidden@proxy.contoso.com",
        "http://svc:p?#&Hidden@proxy.contoso.com",
        "https://Hidden@github.com",
        r"http:\/\/svc:Hidden@proxy.contoso.com",
        "proxy=http%3A%2F%2Fsvc%3AHidden@proxy.contoso.com",
        "HTTPS_PROXY=svc:Hidden@proxy.contoso.com",
        "svc:Hidden@proxy.contoso.com:8080",
        "curl -x svc:Hidden@proxy.contoso.com",
        "User Id=rx;Password=Hidden2026@sql.contoso.com;",
        "password Hidden@contoso.com",
        "pwd=Hidden@contoso.com",
        "secret: Hidden@contoso.com",
        "client_secret: \"Hid Hidden@contoso.com\"",
        r#"{\"password\": \"Hidden@contoso.com\"}"#,
        "<token>Hidden@contoso.com</token>",
        "apiKey => 'Hidden@contoso.com'",
        "Kennwort ist Hidden@contoso.com",
        "Passwort: Hidden@contoso.com",
        "mot de passe : Hidden@contoso.com",
        "contrase\u{f1}a Hidden@contoso.com",
        "Passwort f\u{fc}r rx: Hidden@contoso.com",
        "password for rx is Hidden@contoso.com",
        "passphrase [Hidden@contoso.com]",
    ];

    #[test]
    fn secrets_are_hidden_in_every_form() {
        for text in SECRET {
            let shown = without_secrets(text);
            assert!(!shown.contains("Hidden"), "{shown}");
            assert_eq!(shown.len(), text.len());
        }
    }

    #[test]
    fn a_password_that_a_console_wrapped_is_hidden() {
        let filler = "x ".repeat(35);
        let wrapped = format!("{filler}http://svc:Win\nHidden@proxy.contoso.com");
        assert!(!without_secrets(&wrapped).contains("Hidden"));
        let list = "http://proxy:8080\nroom@contoso.com";
        assert_eq!(without_secrets(list), list);
    }

    #[test]
    fn addresses_and_ordinary_urls_stay() {
        for text in [
            "sync of boardroom@contoso.com failed",
            "https://graph.microsoft.com/v1.0/users/room@contoso.com/calendar?from=2026-11-27T10:00",
            "SMTP:Board@Contoso.com",
            "the password of room@contoso.com has expired",
            "https://outlook.office365.com:443/EWS/Exchange.asmx for room@contoso.com",
            "AADSTS7000215: Invalid client secret is provided. room@contoso.com",
            "proxy http://proxy:8080/ and room@contoso.com",
        ] {
            assert_eq!(without_secrets(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_covered_without_panic(text in "(://|:|@|key|é|東|\n|[a-z/ \"]){0,60}") {
            proptest::prop_assert_eq!(without_secrets(&text).len(), text.len());
        }
    }
}
