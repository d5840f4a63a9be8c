//! Sentences for the rows of a report.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::table::{Embedded, Table};

/// The table of the messages, by key.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct RowMessageTable(BTreeMap<String, String>);

impl Table for RowMessageTable {
    const FILE: &'static str = "row_messages.toml";
}

static MESSAGES: Embedded<RowMessageTable> = Embedded::new();

/// The sentence for `key` with its placeholders filled in; the key itself where there is no such message.
pub fn format_message(key: &str, values: &[(&str, &str)]) -> String {
    let Some(template) = MESSAGES.get().0.get(key) else {
        return key.to_owned();
    };
    super::fill(template, &|name| {
        values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(
            format_message("row.response", &[("detail", "HTTP 403")]),
            "Response: HTTP 403"
        );
    }

    #[test]
    fn every_sentence_is_used_and_every_used_sentence_exists() {
        let diagnosis = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnosis");
        let source: String = [
            diagnosis.join("migration"),
            diagnosis.join("configuration"),
            diagnosis,
        ]
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
        let unused: Vec<_> = MESSAGES
            .get()
            .0
            .keys()
            .filter(|key| !source.contains(&format!("\"{key}\"")))
            .collect();
        assert!(unused.is_empty(), "no row uses {unused:?}");
        let mut missing = Vec::new();
        for part in source.split("format_message(").skip(1) {
            let key = part
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            if let Some(key) = key.filter(|key| !MESSAGES.get().0.contains_key(*key)) {
                missing.push(key.to_owned());
            }
        }
        assert!(missing.is_empty(), "no sentence for {missing:?}");
    }
}
