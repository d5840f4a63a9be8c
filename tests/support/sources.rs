//! The Rust sources of this project, as the tests of its structure read them.

use std::fs;
use std::path::{Path, PathBuf};

/// The Rust files below a folder.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A source without its tests: the text up to its first test module with a body. That test modules come last is a test of
/// `architecture.rs`.
pub fn without_tests(text: &str) -> String {
    let mut product = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let is_for_tests = line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test");
        if is_for_tests && lines.peek().is_some_and(|next| is_module(next)) {
            break;
        }
        product.push_str(line);
        product.push('\n');
    }
    product
}

fn is_module(line: &str) -> bool {
    let declaration = line.trim_start_matches("pub(crate) ");
    declaration.starts_with("mod ") && !declaration.ends_with(';')
}
