//! Names in a sentence: the first ones, and how many more there are.

/// The first names joined with commas, followed by how many of the `count` are not among them.
pub(super) fn with_rest(first: &[String], count: usize) -> String {
    let named = first.join(", ");
    match count.saturating_sub(first.len()) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// At most so many of the names, and how many more there are.
pub(super) fn shortened(names: &[String], most: usize) -> String {
    with_rest(&names[..names.len().min(most)], names.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_limit_are_counted() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(shortened(&names, 3), "a, b, c");
        assert_eq!(shortened(&names, 2), "a, b and 1 more");
        assert_eq!(shortened(&[], 2), "");
        assert_eq!(with_rest(&names[..1], 5_000), "a and 4999 more");
    }
}
