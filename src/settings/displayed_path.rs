//! Paths as people read them.

use std::path::Path;

/// How a path begins that Windows takes literally, without its limit of 260 characters.
const VERBATIM: &str = r"\\?\";
/// The same for a file server.
const VERBATIM_SERVER: &str = r"\\?\UNC\";

/// A path for a message, without the prefix that Windows gives to resolved paths: no other program shows it.
pub fn displayed_path(path: &Path) -> String {
    without_verbatim_prefix(&path.display().to_string())
}

fn without_verbatim_prefix(path: &str) -> String {
    if let Some(share) = path.strip_prefix(VERBATIM_SERVER) {
        return format!(r"\\{share}");
    }
    match path.strip_prefix(VERBATIM) {
        // A volume without a letter has no other path, such as \\?\Volume{…}\.
        Some(rest) if rest.as_bytes().get(1) == Some(&b':') => rest.to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_is_shown_with_the_prefix_of_windows() {
        for (path, shown) in [
            (r"\\?\C:\rx\map.json", r"C:\rx\map.json"),
            (r"\\?\UNC\server\share\map.json", r"\\server\share\map.json"),
            (r"C:\rx\map.json", r"C:\rx\map.json"),
            (r"\\server\share\map.json", r"\\server\share\map.json"),
            (r"\\?\Volume{1}\map.json", r"\\?\Volume{1}\map.json"),
            ("/srv/rx/map.json", "/srv/rx/map.json"),
        ] {
            assert_eq!(displayed_path(Path::new(path)), shown);
        }
    }
}
