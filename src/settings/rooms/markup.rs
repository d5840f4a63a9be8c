//! Tables in JSON and HTML, as `ConvertTo-Json`, Graph, `ConvertTo-Html` and web pages write them.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::cell;
use super::grid::{Grid, Row};
use super::screen::with_columns;

static TABLE_ROW: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?is)<tr\b[^>]*>(.*?)(?:</tr\s*>|\z)").ok());
static TABLE_CELL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?is)<t[dh]\b[^>]*>(.*?)(?:</t[dh]\s*>|\z)").ok());
/// A tag. One with an address in it, such as a `mailto:` link, is kept: the address is found in it.
static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"</?[a-zA-Z!][^<>@]*>").ok());
const ENTITIES: [(&str, &str); 9] = [
    ("&nbsp;", " "),
    ("&#160;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&#64;", "@"),
    ("&commat;", "@"),
    ("&amp;", "&"),
];

/// Objects in JSON: an array of them, one alone, or the `value` of a response of Graph.
pub(super) fn json(text: &str) -> Option<Grid> {
    if !text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    let objects = match serde_json::from_str(text).ok()? {
        Value::Array(items) => items,
        Value::Object(mut object) => match object.remove("value") {
            Some(Value::Array(items)) => items,
            _ => vec![Value::Object(object)],
        },
        _ => return None,
    };
    let mut places = Places {
        text,
        searched: 0,
        line: 1,
        missed: 0,
    };
    let objects: Vec<_> = objects
        .into_iter()
        .filter_map(|object| match object {
            Value::Object(object) => Some(object),
            _ => None,
        })
        .map(|object| {
            let cells: Vec<(String, String)> = object
                .into_iter()
                .map(|(name, value)| (name, flat(&value)))
                .collect();
            let values = || cells.iter().map(|(_, value)| value.as_str());
            let first = values()
                .find(|value| cell::may_hold_address(value))
                .or_else(|| values().find(|value| value.len() > 1));
            (places.line_of(first), cells)
        })
        .collect();
    let grid = with_columns(objects);
    Some(Grid {
        is_from_screen: false,
        ..grid
    })
}

/// A value as the text of a cell.
fn flat(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(flat).collect::<Vec<_>>().join(";"),
        Value::Object(object) => object
            .get("Address")
            .or_else(|| object.get("address"))
            .map(flat)
            .unwrap_or_default(),
        other => other.to_string(),
    }
}

/// So many values are searched for in vain, such as those with escapes in them; each search reads the rest of the text.
const MOST_MISSED: usize = 50;

/// Finds values in a text one after the other, in one pass.
struct Places<'t> {
    text: &'t str,
    searched: usize,
    line: usize,
    missed: usize,
}

impl Places<'_> {
    fn line_of(&mut self, value: Option<&str>) -> usize {
        let rest = &self.text[self.searched..];
        let value = value.map(|value| value.split(';').next().unwrap_or(value));
        let Some(value) = value.filter(|value| !value.is_empty() && self.missed < MOST_MISSED)
        else {
            return self.line;
        };
        if let Some(at) = rest.find(value) {
            self.line += rest[..at].matches('\n').count();
            self.searched += at;
        } else {
            self.missed += 1;
        }
        self.line
    }
}

/// A table in HTML; a page without one is read as lines.
pub(super) fn html(text: &str) -> Option<Grid> {
    let (mut line, mut counted) = (1, 0);
    let mut rows = TABLE_ROW.as_ref()?.captures_iter(text).filter_map(|row| {
        let inside = row.get(1)?;
        line += text[counted..inside.start()].matches('\n').count();
        counted = inside.start();
        let cells = TABLE_CELL.as_ref()?.captures_iter(inside.as_str());
        let cells: Vec<String> = cells
            .filter_map(|cell| Some(plain(cell.get(1)?.as_str())))
            .collect();
        (!cells.is_empty()).then_some(Row {
            line,
            cells,
            is_struck_out: false,
        })
    });
    let first = rows.next()?;
    let mut rest: Vec<Row> = rows.collect();
    // Without a header, the first row already contains a room.
    let header = if first.cells.iter().any(|cell| cell::may_hold_address(cell)) {
        let header = vec![String::new(); first.cells.len()];
        rest.insert(0, first);
        header
    } else {
        first.cells
    };
    Some(Grid {
        header,
        rows: rest,
        ..Grid::default()
    })
}

/// A text without tags and entities.
pub(super) fn plain(text: &str) -> String {
    let mut plain = TAG.as_ref().map_or_else(
        || text.to_owned(),
        |tag| tag.replace_all(text, " ").into_owned(),
    );
    if plain.contains('&') {
        // `&amp;` is the last one in the list, so that an escaped entity is not decoded twice.
        for (entity, meant) in ENTITIES {
            plain = plain.replace(entity, meant);
        }
    }
    plain.trim().to_owned()
}
