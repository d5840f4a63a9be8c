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

/// The first few of some names, and how many more there are.
pub fn list_up_to(names: &[String], most: usize) -> String {
    // A single name more takes no more room than the words that would stand for it.
    if names.len() <= most + 1 {
        return names.join(", ");
    }
    format!(
        "{} and {} more",
        names[..most].join(", "),
        format_count(names.len() - most)
    )
}
