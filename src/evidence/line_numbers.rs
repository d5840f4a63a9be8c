//! Line numbers of a file, as people read them.

/// More lines than this are counted instead of named.
const NAMED: usize = 8;

/// The first lines and the number of the others, such as `line 2` or `lines 2, 9 and 3 more`; `None` without lines.
///
/// `count` is the number of all lines; a note keeps only the first ones.
pub fn name_lines(lines: &[usize], count: usize) -> Option<String> {
    let mut parts: Vec<String> = lines.iter().take(NAMED).map(ToString::to_string).collect();
    match count.saturating_sub(parts.len()) {
        0 => {}
        _ if parts.is_empty() => {}
        more => parts.push(format!("{more} more")),
    }
    match parts.split_last()? {
        (only, []) => Some(format!("line {only}")),
        (last, others) => Some(format!("lines {} and {last}", others.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_are_counted() {
        let many: Vec<usize> = (1..=10).collect();
        assert_eq!(name_lines(&[], 0), None);
        assert_eq!(name_lines(&[2], 1).as_deref(), Some("line 2"));
        assert_eq!(name_lines(&[2, 9], 2).as_deref(), Some("lines 2 and 9"));
        assert_eq!(
            name_lines(&many, 200).as_deref(),
            Some("lines 1, 2, 3, 4, 5, 6, 7, 8 and 192 more")
        );
    }
}
