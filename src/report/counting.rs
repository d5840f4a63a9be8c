//! Numbers and lists in words.

/// A number with its noun, such as `1 room` or `40 rooms`.
pub fn count_noun(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{} {noun}s", format_count(number))
    }
}

/// A number with its thousands apart, such as `1,003`.
pub fn format_count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
