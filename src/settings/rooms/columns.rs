//! Names of the columns that hold the address of a room, in the exports that people have.
//!
//! The table is the only list of them: the messages, the help text and the README are tested against it.

use std::sync::LazyLock;

use serde::Deserialize;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Holds {
    /// The primary address.
    Address,
    /// All proxy addresses of a mailbox.
    Proxies,
    /// The sign-in name, which can differ from the address.
    SignInName,
}

#[derive(Deserialize)]
struct Table {
    column: Vec<Column>,
}

/// One known name of a column.
#[derive(Debug, Deserialize)]
struct Column {
    name: String,
    holds: Holds,
}

/// The names that help and README show: one for each common origin.
pub const ROOM_COLUMNS: [&str; 5] = [
    "PrimarySmtpAddress",
    "mail",
    "EmailAddress",
    "Proxy addresses",
    "UserPrincipalName",
];

/// The column of an export that separates rooms from people.
pub(super) const RECIPIENT_TYPE: &str = "RecipientTypeDetails";

const TABLE: &str = include_str!("columns.toml");

/// Every known name as it is compared, the most reliable first.
static COLUMNS: LazyLock<Vec<(String, Holds)>> = LazyLock::new(|| {
    let columns = toml::from_str::<Table>(TABLE)
        .map(|table| table.column)
        .unwrap_or_default();
    columns
        .into_iter()
        .map(|column| (plain(&column.name), column.holds))
        .collect()
});

/// A name without what the exports spell differently: `Email address`, `E-mail`, `primary_smtp_address`.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The known columns among these names, the most reliable first: their places and what they hold.
pub(super) fn known(names: &[String]) -> Vec<(usize, Holds)> {
    let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
    let place = |(known, holds): &(String, Holds)| {
        Some((names.iter().position(|name| name == known)?, *holds))
    };
    COLUMNS.iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_listed_once_and_has_its_source() {
        let table: toml::Table = toml::from_str(TABLE).unwrap();
        let columns = table["column"].as_array().unwrap();
        assert_eq!(columns.len(), COLUMNS.len());
        for column in columns {
            let text = |key: &str| {
                column
                    .get(key)
                    .and_then(toml::Value::as_str)
                    .unwrap_or_default()
            };
            assert!(
                text("read").parse::<jiff::civil::Date>().is_ok(),
                "{column}"
            );
            let has_source = text("source").starts_with("https://");
            assert!(has_source != (text("evidence") == "common"), "{column}");
            assert!(
                ["property", "term", "common"].contains(&text("evidence")),
                "{column}"
            );
        }
        let mut names: Vec<&str> = COLUMNS.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COLUMNS.len());
    }

    #[test]
    fn the_names_that_are_shown_are_known() {
        for name in ROOM_COLUMNS {
            assert_eq!(known(&[name.to_owned()]).len(), 1, "{name}");
        }
    }

    #[test]
    fn names_are_compared_without_case_and_punctuation() {
        let names = ["Display name", "E-MAIL ADDRESS", "primary_smtp_address"].map(str::to_owned);
        assert_eq!(known(&names), [(2, Holds::Address), (1, Holds::Address)]);
    }
}
