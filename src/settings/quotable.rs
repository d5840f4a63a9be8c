//! What may be quotable of a text that someone typed: all of it, except what looks like a secret.
//!
//! Every message, row and report that quotes input passes through [`quotable`]. It must recognize secrets in the wrong place,
//! and it must leave ordinary mistakes readable: a mistyped address, a display name, a path, a host name, an id.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::displayed_path::displayed_path;

/// The replacement for a secret.
pub const NOT_REPEATED: &str = "(not repeated: it looks like a secret)";

/// The signatures of current client secrets, also where `~` was escaped or replaced by a similar character in transit, and in
/// lowercase, as in the host of an address.
static SIGNATURE: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"[78][Qq](?:[~\u{2dc}\u{223c}]|%(?:25)?7[Ee])"));
/// The start of a JSON object in Base64, which every JWT has, and the length from which on it is treated as one.
const TOKEN_START: &str = "eyJ";
const SHORTEST_TOKEN: usize = 20;
/// Letters that are examined together. Client secrets have 32 characters and more.
const WINDOW: usize = 20;
/// Fewer changes can be those of a short random name, such as that of a temporary folder.
const FEWEST_CHANGES: u32 = 7;
/// Where marks separate most letters, few neighbors are left; then nearly all of them are of different kinds.
const NOTHING_BUT_CHANGES: f64 = 0.7;
/// In random letters, more than half of all neighbors are of different kinds (upper case, lower case, digit). In words,
/// names and paths it is less than a third.
const MOST_CHANGES_IN_WORDS: f64 = 0.36;
const MOST_CHANGES_WITHOUT_DIGITS: f64 = 0.46;

/// A private key or certificate in PEM form, also without its last line.
static PEM: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?s)-----BEGIN .*?(?:-----END [^-]*-----|\z)"));
/// `NAME=value` and `name:value` where the name indicates a secret.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(
        r#"(?i)((?:secret|password|passwd|pwd|accountkey|accesskey|access_key|apikey|api_key|sharedaccesssignature|access_token|refresh_token)["']?[=:])([^\s"'`&;{}<>$%(]+)"#,
    )
});

/// The password in `scheme://user:password@host`. It can contain `/` and `@` itself, so the last `@` of the word ends it.
static URL_PASSWORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r#"(?i)([a-z][a-z0-9+.-]*:(?://|\\/\\/)[^\s"'<>`/?#:@]*:)([^\s"<>`]*)@"#)
});

fn pattern(text: &str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// The text with [`NOT_REPEATED`] in place of everything in it that looks like a secret.
pub fn quotable(text: &str) -> Cow<'_, str> {
    if !may_hold_a_secret(text) {
        return Cow::Borrowed(text);
    }
    let text = without_url_passwords(text);
    let text = text.as_ref();
    let as_given = masked(text);
    if !text.contains(is_invisible) {
        return Cow::Owned(as_given);
    }
    // A secret that is torn apart by invisible characters is recognized without them.
    let as_visible = masked(&without_invisible(text));
    if as_visible == without_invisible(&as_given) {
        Cow::Owned(as_given)
    } else {
        Cow::Owned(as_visible)
    }
}

/// The text with [`NOT_REPEATED`] in place of the passwords of URLs. Other checks accept such a URL, for example as the
/// address of a proxy, so it does not count as a secret by itself.
fn without_url_passwords(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(replaced(&URL_PASSWORD, text, |found| {
        let group = |index| found.get(index).map_or("", |group| group.as_str());
        let is_port = group(2)
            .split(['/', '?'])
            .next()
            .is_some_and(|port| group(2) != port && port.parse::<u16>().is_ok());
        if is_port {
            found.get(0).map_or("", |whole| whole.as_str()).to_owned()
        } else {
            format!("{}{NOT_REPEATED}@", group(1))
        }
    }))
}

/// Whether anything in the text looks like a secret, so that it must not be repeated or used as a name.
pub fn looks_like_a_secret(text: &str) -> bool {
    may_hold_a_secret(text) && (holds_a_secret(text) || holds_a_secret(&without_invisible(text)))
}

/// Whether the text holds a secret or a token of a form that nothing else has.
pub(super) fn is_certainly_a_secret(text: &str) -> bool {
    if is_ordinary(text) {
        return false;
    }
    let visible = without_invisible(text);
    holds_a_signature(&visible) || holds_a_token(&visible)
}

fn holds_a_secret(text: &str) -> bool {
    masked(text) != text
}

fn holds_a_signature(text: &str) -> bool {
    // A text that cannot be searched is treated as a secret.
    SIGNATURE
        .as_ref()
        .is_none_or(|signature| signature.is_match(text))
}

fn without_invisible(text: &str) -> String {
    text.chars()
        .filter(|letter| !is_invisible(*letter))
        .collect()
}

/// Whether a whole text in the place of a name or a file name could be a secret: anything that looks like one, or
/// one long word with digits and without the marks of a name.
pub(super) fn could_be_a_secret(text: &str) -> bool {
    let text = text.trim();
    let has_digits = text.chars().any(|letter| letter.is_ascii_digit());
    let is_one_word =
        !text.contains(|letter: char| letter.is_whitespace() || "_-./\\@:".contains(letter));
    looks_like_a_secret(text) || (text.chars().count() >= WINDOW && has_digits && is_one_word)
}

/// The path for a message. A secret in place of its file's path must not reach a log.
pub fn quotable_path(path: &std::path::Path) -> String {
    let text = displayed_path(path);
    // Someone can type the secret where the path of its file belongs.
    let last = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    if [&text, &last]
        .into_iter()
        .any(|part| could_be_a_secret(part))
    {
        "(a path that looks like the secret itself and is not repeated here)".to_owned()
    } else {
        text
    }
}

/// A quick look that is enough for thousands of ordinary rooms.
fn may_hold_a_secret(text: &str) -> bool {
    let mut lower = false;
    let mut upper = false;
    let mut mark = false;
    for byte in text.bytes() {
        lower |= byte.is_ascii_lowercase();
        upper |= byte.is_ascii_uppercase();
        mark |= matches!(byte, b'=' | b':' | b'~');
    }
    (lower && upper && text.len() >= WINDOW)
        || mark
        || text.contains("-----BEGIN")
        || text.contains("Q%")
        || text.contains("q%")
}

/// Whether a text has nothing that the signature of a secret or a token needs, not even an invisible character: another
/// quick look at thousands of ordinary rooms.
fn is_ordinary(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'~' && byte != b'%')
        && !text.contains(TOKEN_START)
}

fn masked(text: &str) -> String {
    // PEM blocks come first, because they span several words and lines.
    let text = replaced(&PEM, text, |_| NOT_REPEATED.to_owned());
    let text = replaced(&NAMED, &text, |found| {
        format!(
            "{}{NOT_REPEATED}",
            found.get(1).map_or("", |name| name.as_str())
        )
    });
    let mut words_masked = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_between_words) {
        let word = piece.trim_end_matches(is_between_words);
        push_masked_word(&mut words_masked, word);
        words_masked.push_str(&piece[word.len()..]);
    }
    words_masked
}

/// White space and quotation marks.
fn is_between_words(letter: char) -> bool {
    letter.is_whitespace() || "\"'`\u{201c}\u{201d}\u{2026}".contains(letter)
}

fn replaced(
    pattern: &LazyLock<Option<Regex>>,
    text: &str,
    with: impl Fn(&regex::Captures<'_>) -> String,
) -> String {
    match pattern.as_ref() {
        Some(pattern) => pattern
            .replace_all(text, |found: &regex::Captures<'_>| with(found))
            .into_owned(),
        // A text that cannot be searched is not shown at all.
        None => NOT_REPEATED.to_owned(),
    }
}

/// Appends a word, or what is left of it: the punctuation of the sentence around it stays.
fn push_masked_word(text: &mut String, word: &str) {
    let core = word.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
    text.push_str(if is_secret_word(core) {
        NOT_REPEATED
    } else {
        core
    });
    text.push_str(&word[core.len()..]);
}

fn is_secret_word(word: &str) -> bool {
    holds_a_signature(word) || holds_a_token(word) || holds_random_letters(word)
}

fn holds_a_token(word: &str) -> bool {
    word.match_indices(TOKEN_START).any(|(at, _)| {
        let is_of_a_token =
            |letter: &char| letter.is_ascii_alphanumeric() || "-_.=".contains(*letter);
        word[at..].chars().take_while(is_of_a_token).count() >= SHORTEST_TOKEN
    })
}

/// The kind of a character. Everything that is neither a letter nor a digit of ASCII separates words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Lower,
    Upper,
    Digit,
    /// A mark that is rare in names, paths and addresses.
    Mark,
    Other,
}

fn kind(letter: char) -> Kind {
    match letter {
        'a'..='z' => Kind::Lower,
        'A'..='Z' => Kind::Upper,
        '0'..='9' => Kind::Digit,
        '[' | ']' | '?' | '*' | '=' | '~' | '#' | '!' | '$' | '^' | '|' | '&' | '%' => Kind::Mark,
        _ => Kind::Other,
    }
}

/// Whether some stretch of the word reads like random letters of all kinds. The names in a path are judged one by one: a
/// temporary folder has a short random name, and together with its neighbors it would read like a secret.
fn holds_random_letters(word: &str) -> bool {
    let (front, path) = word.split_at(start_of_path(word).unwrap_or(word.len()));
    path.split(['/', '\\']).chain([front]).any(|name| {
        let kinds: Vec<Kind> = name.chars().map(kind).collect();
        kinds.windows(WINDOW).any(is_random)
    })
}

/// Where an absolute path, or one that begins with a dot, begins in a word: at its start, or behind an option.
fn start_of_path(word: &str) -> Option<usize> {
    static PATH: LazyLock<Option<Regex>> =
        LazyLock::new(|| pattern(r"^\(?(?:--[a-z-]+=)?((?:[A-Za-z]:|\.{1,2}|~)?[/\\])"));
    Some(PATH.as_ref()?.captures(word)?.get(1)?.start())
}

fn is_random(window: &[Kind]) -> bool {
    let count = |wanted: Kind| window.iter().filter(|kind| **kind == wanted).count();
    let (lower, upper, digits) = (count(Kind::Lower), count(Kind::Upper), count(Kind::Digit));
    let marks = count(Kind::Mark);
    if lower < 2 || upper < 2 || (digits == 0 && marks < 3 && lower.min(upper) < 3) {
        return false;
    }
    if marks >= 3 || (digits > 0 && marks >= 2) {
        return true;
    }
    let most_changes = if digits == 0 {
        MOST_CHANGES_WITHOUT_DIGITS
    } else {
        MOST_CHANGES_IN_WORDS
    };
    let mut pairs = 0_u32;
    let mut changes = 0_u32;
    let mut before_left = Kind::Other;
    for pair in window.windows(2) {
        let [left, right] = [pair[0], pair[1]];
        if !separates(left) && !separates(right) {
            pairs += 1;
            // The capital at the start of a word is no sign of chance.
            let is_capitalized =
                separates(before_left) && left == Kind::Upper && right == Kind::Lower;
            changes += u32::from(left != right && !is_capitalized);
        }
        before_left = left;
    }
    let share = f64::from(changes) / f64::from(pairs.max(1));
    (changes >= FEWEST_CHANGES && share > most_changes)
        || (changes + 2 >= FEWEST_CHANGES && share > NOTHING_BUT_CHANGES)
}

fn separates(kind: Kind) -> bool {
    matches!(kind, Kind::Mark | Kind::Other)
}

/// Characters that change how others are displayed, or that are invisible.
pub(super) fn is_invisible(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::secret_kinds::{KINDS, shown_part};

    #[test]
    fn every_kind_of_secret_is_recognized_anywhere() {
        for kind in KINDS {
            let secret = kind.pasted;
            for text in [
                secret.to_owned(),
                format!(" {secret}\n"),
                format!("the value \"{secret}\" is not valid"),
                format!("invalid value '{secret}' for '--room <ADDRESS>'"),
                format!("RX_VALUE={secret}"),
                format!("secrets/{secret}.csv: there is no such file"),
                format!("{secret}, {secret}"),
            ] {
                let quotable = quotable(&text);
                assert_eq!(
                    shown_part(&quotable, kind.core),
                    None,
                    "{}: {quotable}",
                    kind.name
                );
            }
        }
    }

    #[test]
    fn ordinary_mistakes_stay_readable() {
        let texts = [
            "boardroom@contoso,com",
            "Boardroom 4 (Berlin, 2nd floor)",
            "AllRoomsBerlinBuilding2024",
            "/tmp/.tmpAbC1dE/rx-preflight.toml",
            "/tmp/tmp.aB3dE9fGhK/mailbox-not-found-every-room.jsonl",
            "--record=/tmp/tmp.Q7xZ2kVw9L/Ews-Ready/rx-preflight.toml",
            "D:/Temp/tmpA1b2C3d4E5/RX/Rooms2024.csv",
            "C:\\Users\\KIM~1\\AppData\\Local\\Temp\\.tmpQ3xYz9\\rooms.csv",
            "BoardRoom01.Building7.Floor3@Contoso.onmicrosoft.com",
            "RX-Service@Contoso.com",
            "CONTOSO\\svc-RX01",
            "C:\\Users\\Kim\\Documents\\RX2\\Rooms_v2.csv",
            "/home/kim/RX/rooms2024.csv",
            "https://outlook.office365.com/EWS/Exchange.asmx",
            "https://MAIL01.Contoso.com/EWS/Exchange.asmx",
            "https://graph.microsoft.com/v1.0",
            "5f3c0000-1111-4222-8333-444455556666",
            "{5F3C0000-1111-4222-8333-444455556666}",
            "5f3c0000111142228333444455556666",
            "Directory (tenant) ID: 5f3c0000-1111-4222-8333-444455556666",
            "X500:/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=3f8a6b1c2d",
            "Microsoft.Exchange.Data.ProxyAddressCollection",
            "SMTP:Board@Contoso.com;smtp:lounge1@contoso.com",
            "mailbox.calendar-write",
            "RX_CLIENT_SECRET",
            "oauth_client_secret = { env = \"RX_CLIENT_SECRET\" }, { file = \"secret.txt\" } or { prompt = true }",
            "there is no client secret for \"system\": there is no terminal",
            "ResourceXpress/2024.1 (Windows NT 10.0; Win64; x64)",
            "M\u{fc}ller-Saal 3@contoso.com",
        ];
        for text in texts {
            assert_eq!(quotable(text), text);
            assert!(!looks_like_a_secret(text), "{text}");
        }
    }

    #[test]
    fn names_and_paths_are_not_taken_for_secrets() {
        for text in [
            "RX_CLIENT_SECRET",
            "secrets/rx2024.txt",
            "C:\\rx\\secret1.txt",
            "AZURE_CLIENT_SECRET_2",
        ] {
            assert!(!could_be_a_secret(text), "{text}");
        }
        for text in [
            "abc8Q~0123456789012345678901234567890123",
            "Zm9vYmFyMTIzNDU2Nzg5MDEyMw==",
            " abc8Q~012",
        ] {
            assert!(could_be_a_secret(text), "{text}");
        }
    }

    #[test]
    fn invisible_characters_do_not_hide_a_secret() {
        let torn = "abc8\u{200b}Q\u{200b}~0123456789012345678901234567890123";
        assert_eq!(quotable(torn), NOT_REPEATED);
        assert!(looks_like_a_secret(torn));
        // Another secret, which is whole, hides it no more.
        let both = format!("abc8Q~0123456789012345678901234567890123 {torn}");
        assert_eq!(quotable(&both), format!("{NOT_REPEATED} {NOT_REPEATED}"));
    }

    #[test]
    fn the_password_of_a_url_is_not_repeated() {
        for (url, shown) in [
            ("http://svc:Winter@proxy:8080/", "http://svc:~@proxy:8080/"),
            ("smtp://rx:p@ss/w@mail", "smtp://rx:~@mail"),
            (
                "'http://CONTOSO\\svc:P%40ss@proxy'",
                "'http://CONTOSO\\svc:~@proxy'",
            ),
            (r"http:\/\/svc:Winter@proxy", r"http:\/\/svc:~@proxy"),
            ("amqp://:Winter@mq", "amqp://:~@mq"),
        ] {
            assert_eq!(quotable(url), shown.replace('~', NOT_REPEATED), "{url}");
        }
        for url in [
            "https://graph.microsoft.com/v1.0/users/room@contoso.com",
            "https://outlook.office365.com:443/ews/room@contoso.com",
            "http://proxy:8080 for room@contoso.com",
        ] {
            assert_eq!(quotable(url), url);
        }
    }

    /// Texts of letters that are drawn from `alphabet` as a generator of secrets would.
    fn drawn(alphabet: &[u8], length: usize, count: usize) -> Vec<String> {
        let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut letter = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let place = usize::try_from(state >> 33).unwrap_or_default() % alphabet.len();
            char::from(alphabet[place])
        };
        (0..count)
            .map(|_| (0..length).map(|_| letter()).collect())
            .collect()
    }

    #[test]
    fn a_temporary_folder_with_a_random_name_is_never_taken_for_a_secret() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for name in drawn(alphabet, 10, 10_000) {
            let path = format!("/tmp/tmp.{name}/ews-ready/rx-preflight.toml");
            assert!(!looks_like_a_secret(&path), "{path}");
            assert_eq!(quotable_path(std::path::Path::new(&path)), path);
            let message = format!("rx-preflight: cannot read {path}: there is no such file");
            assert_eq!(quotable(&message), message);
        }
    }

    #[test]
    fn hardly_any_random_secret_is_missed() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for (marks, length) in [
            ("+/", 43),
            ("+/", 32),
            ("._~-", 34),
            ("[]:.-_?*@=+/", 32),
            ("", 40),
        ] {
            let alphabet = format!("{letters}{marks}");
            let drawn = drawn(alphabet.as_bytes(), length, 10_000);
            let missed: Vec<_> = drawn
                .iter()
                .filter(|text| !looks_like_a_secret(text))
                .collect();
            assert!(
                missed.len() <= 250,
                "{} of 10000 with {marks}, such as {:?}",
                missed.len(),
                missed.first()
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_echoed_without_panic(text in "\\PC{0,80}") {
            let _ = quotable(&text);
        }
    }
}
