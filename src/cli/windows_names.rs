//! File names and paths by the rules of Windows. Everything here is a function of text, so that every system can test it.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

#[cfg(windows)]
use crate::settings::displayed_path;

/// Names of devices. Windows opens the device instead of a file, whatever the extension and in every folder.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
/// Names of devices that are followed by a digit. Windows counts superscript digits as digits.
const NUMBERED_DEVICES: [&str; 2] = ["COM", "LPT"];
const DIGITS: &str = "0123456789\u{b9}\u{b2}\u{b3}";
/// Characters that no file name can contain, besides the colon and the separators.
const FORBIDDEN: &str = "<>\"|?*/\\";
/// Functions that take at most 260 characters, with the zero at the end, refuse a folder already from this length on.
const LONGEST_PLAIN_PATH: usize = 247;

/// Why Windows cannot create a file or folder of this name; `None` if it can.
pub(super) fn name_fault(name: &str) -> Option<String> {
    // The base name ends at the first dot, and Windows ignores the spaces before it.
    let base = name.split(['.', ':']).next().unwrap_or_default().trim_end();
    if is_device(base) {
        return Some(format!(
            "Windows reserves the name {base} for a device, with any extension; choose another name (for example, report.json)"
        ));
    }
    if name.contains(':') {
        return Some(
            "on Windows a colon in a file name selects a hidden stream of the file; choose a name without a colon"
                .to_owned(),
        );
    }
    if let Some(letter) = name
        .chars()
        .find(|letter| FORBIDDEN.contains(*letter) || letter.is_control())
    {
        let letter = letter.escape_default();
        return Some(format!(
            "a file name on Windows cannot contain the character {letter}; choose another name"
        ));
    }
    name.ends_with(['.', ' ']).then(|| {
        "Windows removes a dot or a space at the end of a file name; choose another name".to_owned()
    })
}

fn is_device(base: &str) -> bool {
    let is_numbered = |name: &str| {
        base.split_at_checked(name.len())
            .is_some_and(|(start, digit)| {
                start.eq_ignore_ascii_case(name)
                    && digit.chars().count() == 1
                    && DIGITS.contains(digit)
            })
    };
    DEVICES.iter().any(|name| base.eq_ignore_ascii_case(name))
        || NUMBERED_DEVICES.iter().any(|name| is_numbered(name))
}

/// Why a path cannot be created on Windows, by the first of its names that cannot.
pub(super) fn path_fault(path: &Path) -> Option<String> {
    path.components().find_map(|part| match part {
        Component::Normal(name) => name_fault(&name.to_string_lossy()),
        _ => None,
    })
}

/// The path under which Windows finds a file however long the path is.
pub(super) fn unlimited(path: &Path) -> Cow<'_, Path> {
    if cfg!(windows)
        && let Ok(absolute) = std::path::absolute(path)
        && let Some(long) = long_path(&absolute.display().to_string())
    {
        return Cow::Owned(PathBuf::from(long));
    }
    Cow::Borrowed(path)
}

/// The verbatim form of an absolute path that is too long for the plain one. Windows takes it literally, so it must contain
/// neither `/` nor `..`.
fn long_path(absolute: &str) -> Option<String> {
    let units = absolute.encode_utf16().count();
    if units <= LONGEST_PLAIN_PATH || absolute.starts_with(r"\\?\") || absolute.starts_with(r"\\.\")
    {
        return None;
    }
    let path = absolute.replace('/', r"\");
    match path.strip_prefix(r"\\") {
        Some(share) => Some(format!(r"\\?\UNC\{share}")),
        None if path.as_bytes().get(1) == Some(&b':') => Some(format!(r"\\?\{path}")),
        None => None,
    }
}

/// The path for another program of Windows, which need not know the verbatim form.
#[cfg(windows)]
pub(super) fn for_other_programs(path: &Path) -> PathBuf {
    let plain = displayed_path(path);
    if plain.encode_utf16().count() > LONGEST_PLAIN_PATH {
        path.to_owned()
    } else {
        PathBuf::from(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_are_refused_with_any_extension_and_in_any_case() {
        for name in [
            "con.txt",
            "NUL.json",
            "aux.md",
            "COM1",
            "com0.json",
            "LPT9.tar.gz",
            "Prn",
            "nul .json",
            "CONIN$",
            "conout$.txt",
            "COM\u{b2}.json",
            "NUL:stream",
        ] {
            let fault = name_fault(name).unwrap_or_default();
            assert!(fault.contains("reserves the name"), "{name}: {fault}");
        }
    }

    #[test]
    fn streams_and_forbidden_characters_are_refused_with_the_rule() {
        for (name, rule) in [
            ("x.json:stream", "colon"),
            ("x.json:stream.json", "colon"),
            ("bad?.json", "the character ?"),
            ("a\"b.json", "the character \\\""),
            ("a\u{1b}b.json", "the character \\u{1b}"),
            ("report.json.", "a dot or a space"),
            ("report.json ", "a dot or a space"),
        ] {
            let fault = name_fault(name).unwrap_or_default();
            assert!(fault.contains(rule), "{name}: {fault}");
        }
    }

    #[test]
    fn ordinary_names_are_accepted() {
        for name in [
            "report.json",
            "console.txt",
            "COM10.json",
            "COM.json",
            "COMA.json",
            "auxiliary.md",
            "my con.txt",
            "Bericht für Köln.html",
            ".hidden",
            "会議.json",
            "\u{e9}com1.json",
        ] {
            assert_eq!(name_fault(name), None, "{name}");
        }
    }

    #[test]
    fn every_name_of_a_path_is_examined() {
        assert!(path_fault(Path::new("sub/NUL/report.json")).is_some());
        assert!(path_fault(Path::new("sub/con.txt")).is_some());
        assert_eq!(path_fault(Path::new("../sub/./report.json")), None);
    }

    #[test]
    fn only_a_long_path_gets_the_verbatim_prefix() {
        let name = "x".repeat(260);
        for (path, long) in [
            (format!(r"C:\{name}"), Some(format!(r"\\?\C:\{name}"))),
            (format!("C:/{name}/y"), Some(format!(r"\\?\C:\{name}\y"))),
            (
                format!(r"\\server\share\{name}"),
                Some(format!(r"\\?\UNC\server\share\{name}")),
            ),
            (format!(r"\\?\C:\{name}"), None),
            (format!(r"\\.\pipe\{name}"), None),
            (format!("/srv/{name}"), None),
            (r"C:\report.json".to_owned(), None),
        ] {
            assert_eq!(long_path(&path), long, "{path}");
        }
    }

    #[test]
    fn the_length_is_counted_in_the_units_of_windows() {
        let with = |letters: usize| format!(r"C:\{}", "x".repeat(letters - 3));
        assert_eq!(long_path(&with(247)), None);
        assert!(long_path(&with(248)).is_some());
        // A character outside the basic plane takes two units.
        assert!(long_path(&format!(r"C:\{}", "\u{1f600}".repeat(123))).is_some());
    }
}
