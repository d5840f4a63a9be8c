//! Text that is pasted on standard input.

use std::io::{self, IsTerminal, Read};

use crate::settings::decode_text;

use super::{CliError, output};

/// A text from standard input.
pub(super) struct Pasted {
    /// The text, or the beginning of one that is too long.
    pub(super) text: String,
    /// There was more than the limit.
    pub(super) is_cut: bool,
}

impl Pasted {
    /// The whole text; a longer one than `longest` bytes is an error that names what to paste instead.
    pub(super) fn whole(self, longest: u64, instead: &str) -> Result<String, CliError> {
        if self.is_cut {
            let problem = too_long(longest);
            return Err(CliError::Usage(format!("{problem}; {instead}")));
        }
        Ok(self.text)
    }
}

/// Reads standard input up to `longest` bytes, in UTF-8 or in the UTF-16 that Windows tools write. On a terminal it
/// prints what it expects.
pub(super) fn read_pasted(what: &str, longest: u64) -> Result<Pasted, CliError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        output::message(&format!(
            "paste {what}, then press Ctrl-D (on Windows, Ctrl-Z and Enter)"
        ));
    }
    read_up_to(stdin.lock(), longest).map_err(|source| {
        CliError::Usage(format!("standard input cannot be read: {}", source.kind()))
    })
}

/// States that standard input has more than this many bytes.
pub(super) fn too_long(longest: u64) -> String {
    let kib = longest / 1024;
    let amount = if kib < 1024 {
        format!("{kib} KB")
    } else {
        format!("{} MB", kib / 1024)
    };
    format!("standard input has more than {amount}")
}

fn read_up_to(stream: impl Read, longest: u64) -> io::Result<Pasted> {
    let mut bytes = Vec::new();
    // One byte more than the limit shows that there is more.
    stream.take(longest + 1).read_to_end(&mut bytes)?;
    let longest = usize::try_from(longest).unwrap_or(usize::MAX);
    let is_cut = bytes.len() > longest;
    bytes.truncate(longest);
    Ok(Pasted {
        text: decode_text(&bytes),
        is_cut,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_up_to_the_limit_and_a_longer_one_is_known_to_be_cut() {
        let at_limit = read_up_to("12345".as_bytes(), 5).unwrap();
        assert_eq!((at_limit.text.as_str(), at_limit.is_cut), ("12345", false));
        assert_eq!(at_limit.whole(5, "paste less").unwrap(), "12345");
        let beyond = read_up_to("123456".as_bytes(), 5).unwrap();
        assert_eq!((beyond.text.as_str(), beyond.is_cut), ("12345", true));
        let error = beyond.whole(256 * 1024, "paste less").unwrap_err();
        assert_eq!(
            error.to_string(),
            "standard input has more than 256 KB; paste less"
        );
        assert_eq!(
            too_long(64 * 1024 * 1024),
            "standard input has more than 64 MB"
        );
    }
}
