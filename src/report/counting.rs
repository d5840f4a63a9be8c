//! Numbers and lists in words.

pub use crate::terms::format_count;

/// A number with its noun, such as `1 room` or `40 rooms`.
pub fn count_noun(number: usize, noun: &str) -> String {
    let plural = if noun.ends_with('x') { "es" } else { "s" };
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {noun}{plural}", format_count(number))
    }
}

/// Names that are shown, and how many more there are, such as `a; b and 3 more`.
pub fn first_and_more(shown: &[&str], separator: &str, more: usize) -> String {
    let shown = shown.join(separator);
    if more == 0 {
        shown
    } else {
        format!("{shown} and {} more", format_count(more))
    }
}

/// The first few of some names, and how many more there are.
pub fn list_up_to(names: &[String], most: usize) -> String {
    // "and 1 more" is as long as the name itself, so a single remaining name is written out.
    if names.len() <= most.saturating_add(1) {
        return names.join(", ");
    }
    let shown: Vec<&str> = names[..most].iter().map(String::as_str).collect();
    first_and_more(&shown, ", ", names.len() - most)
}
