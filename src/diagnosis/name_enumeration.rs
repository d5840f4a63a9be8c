//! Lists of names in a sentence: the first names and the number of the others.

use crate::terms::format_count;

/// Joins the first names with commas and adds how many of the `count` names are missing.
pub(super) fn join_with_remainder(first: &[String], count: usize) -> String {
    let named = first.join(", ");
    match count.saturating_sub(first.len()) {
        0 => named,
        more => format!("{named} and {} more", format_count(more)),
    }
}

/// Joins at most `most` names with commas and adds the number of the others.
pub(super) fn join_first(names: &[String], most: usize) -> String {
    join_with_remainder(&names[..names.len().min(most)], names.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_limit_are_counted() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(join_first(&names, 3), "a, b, c");
        assert_eq!(join_first(&names, 2), "a, b and 1 more");
        assert_eq!(join_first(&[], 2), "");
        assert_eq!(join_with_remainder(&names[..1], 5_000), "a and 4,999 more");
    }
}
