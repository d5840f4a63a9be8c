//! Splits a text into tokens: runs of the characters that codes, ids and names of causes consist of.

/// The token contains a letter.
pub(super) const LETTER: u8 = 1;
/// The token contains a digit.
pub(super) const DIGIT: u8 = 2;
/// The token contains a period.
pub(super) const POINT: u8 = 4;
/// The token contains a hyphen.
pub(super) const HYPHEN: u8 = 8;
/// The token contains an underscore.
const UNDERSCORE: u8 = 16;

/// Kind of every byte; 0 for a byte between two tokens. A table is fastest: every byte of a long log is classified.
static KINDS: [u8; 256] = kinds();

/// Character references of HTML and XML. Their letters belong to no token.
const ENTITIES: &[&[u8]] = &[
    b"&quot;", b"&amp;", b"&lt;", b"&gt;", b"&apos;", b"&nbsp;", b"&#34;", b"&#39;", b"&#x27;",
];

const fn kinds() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    // A constant function cannot contain a `for` loop.
    while byte < 128 {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'.' => POINT,
            b'-' => HYPHEN,
            b'_' => UNDERSCORE,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// Token of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextToken<'t> {
    /// The token itself; ASCII only.
    pub(super) text: &'t str,
    /// Where it begins.
    pub(super) start: usize,
    kinds: u8,
}

impl<'t> TextToken<'t> {
    /// Where it ends.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether it contains all these kinds of characters.
    pub(super) fn holds(&self, kinds: u8) -> bool {
        self.kinds & kinds == kinds
    }

    /// Whether it consists of these kinds of characters only.
    pub(super) fn is_only(&self, kinds: u8) -> bool {
        self.kinds & !kinds == 0
    }

    /// Parts between periods and hyphens, such as `ErrorServerBusy` in `Data.ErrorServerBusy`.
    pub(super) fn parts(self) -> impl Iterator<Item = TextToken<'t>> {
        let mut start = self.start;
        self.text.split(['.', '-']).map(move |text| {
            let part = TextToken {
                text,
                start,
                kinds: self.kinds,
            };
            start = part.end() + 1;
            part
        })
    }

    /// The token without periods and hyphens at its ends, as at the end of a sentence.
    pub(super) fn trimmed(&self) -> &'t str {
        self.text.trim_matches(['.', '-'])
    }
}

/// Iterator over the tokens of a text.
pub(super) struct Tokenizer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokenizer<'t> {
    /// Starts at the beginning of a text.
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// Continues at a later offset.
    pub(super) fn resume_at(&mut self, at: usize) {
        self.at = at;
    }

    fn token(&mut self, first: u8) -> TextToken<'t> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let mut kinds = first;
        let mut end = start + 1;
        while let Some(kind) = bytes.get(end).map(|byte| KINDS[usize::from(*byte)])
            && kind != 0
        {
            kinds |= kind;
            end += 1;
        }
        self.at = end;
        TextToken {
            text: &self.text[start..end],
            start,
            kinds,
        }
    }
}

impl<'t> Iterator for Tokenizer<'t> {
    type Item = TextToken<'t>;

    fn next(&mut self) -> Option<TextToken<'t>> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at).copied() {
            match (KINDS[usize::from(byte)], byte) {
                (0, b'\\' | b'%' | b'&') => self.at += escape(&bytes[self.at..]),
                (0, _) => self.at += 1,
                (kind, _) => return Some(self.token(kind)),
            }
        }
        None
    }
}

/// Length of an escaped character: the `n` of `\n` in a JSON text belongs to no token, nor do the digits of `%3A` in a
/// URL. Any other character has the length 1.
fn escape(rest: &[u8]) -> usize {
    match rest {
        [b'\\', b'n' | b'r' | b't', ..] => 2,
        [b'\\', b'u', code @ ..]
            if code.len() >= 4 && code[..4].iter().all(u8::is_ascii_hexdigit) =>
        {
            6
        }
        [b'%', high, low, ..] if is_punctuation(*high, *low) => 3,
        [b'&', ..] => ENTITIES
            .iter()
            .find(|entity| rest.starts_with(entity))
            .map_or(1, |entity| entity.len()),
        _ => 1,
    }
}

/// Whether two hexadecimal digits behind `%` encode white space or a mark. URLs do not encode letters and digits.
fn is_punctuation(high: u8, low: u8) -> bool {
    match high {
        b'0' | b'2' => low.is_ascii_hexdigit(),
        b'3' | b'5' | b'7' => matches!(low, b'a'..=b'f' | b'A'..=b'F'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<&str> {
        Tokenizer::of(text).map(|token| token.text).collect()
    }

    #[test]
    fn a_text_is_split_at_characters_outside_codes() {
        assert_eq!(
            tokens("a:ErrorX;x-ms-id=5, (mailbox.moving)"),
            ["a", "ErrorX", "x-ms-id", "5", "mailbox.moving"]
        );
        assert_eq!(tokens("Zürich – 東京 a"), ["Z", "rich", "a"]);
        assert_eq!(tokens(""), [""; 0]);
    }

    #[test]
    fn escaped_characters_belong_to_no_token() {
        assert_eq!(
            tokens(r"text\r\nAADSTS1\tB\u0022C\\nD"),
            ["text", "AADSTS1", "B", "C", "D"]
        );
        assert_eq!(tokens("Trace+ID%3a+1%0d%0aB"), ["Trace", "ID", "1", "B"]);
        assert_eq!(tokens("%AADSTS1"), ["AADSTS1"]);
        assert_eq!(tokens("&quot;code&quot;&error=1"), ["code", "error", "1"]);
        assert_eq!(tokens(r"\"), [""; 0]);
        assert_eq!(tokens("%"), [""; 0]);
    }

    #[test]
    fn parts_know_where_they_begin() {
        let token = Tokenizer::of("  Data.Error-X").next().unwrap();
        let parts: Vec<(&str, usize)> = token.parts().map(|part| (part.text, part.start)).collect();
        assert_eq!(parts, [("Data", 2), ("Error", 7), ("X", 13)]);
    }

    #[test]
    fn a_token_knows_its_kinds_of_characters() {
        let token = Tokenizer::of("x-9").next().unwrap();
        assert!(token.holds(LETTER | HYPHEN) && !token.holds(POINT) && !token.is_only(DIGIT));
        assert!(Tokenizer::of("90").next().unwrap().is_only(DIGIT));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_split_without_panic(text in "[\\\\%&ntu0-9a-fé東;.-]{0,40}") {
            for token in Tokenizer::of(&text) {
                proptest::prop_assert_eq!(&text[token.start..token.end()], token.text);
            }
        }
    }
}
