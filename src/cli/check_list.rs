//! `--only list`: all names that `--only` and `--skip` accept.

use std::fmt::Write as _;

use crate::knowledge;
use crate::report::wording;
use crate::terms::CheckId;

/// Value of `--only` and `--skip` that requests the list instead of naming a check.
pub(super) const LIST_WORD: &str = "list";

/// Whether one of the options requests the list.
pub(super) fn is_requested(only: &[String], skip: &[String]) -> bool {
    only.iter()
        .chain(skip)
        // A negated `list` has no other meaning, so it is accepted as well.
        .any(|word| word.trim_start_matches('!').eq_ignore_ascii_case(LIST_WORD))
}

/// Every group, followed by its checks with a description of each.
pub(super) fn text() -> String {
    let width = CheckId::ALL
        .iter()
        .map(|check| check.as_str().len())
        .max()
        .unwrap_or_default();
    let mut text = String::from("Groups and checks for --only and --skip\n");
    for group in CheckId::ALL.chunk_by(|one, next| one.group() == next.group()) {
        let checks = wording::count_noun(group.len(), "check");
        let _ = writeln!(text, "\n{:width$}    group of {checks}", group[0].group());
        for check in group {
            let _ = writeln!(
                text,
                "  {:width$}  {}",
                check.as_str(),
                knowledge::check(*check).purpose
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::selectors;

    #[test]
    fn every_name_that_can_be_typed_has_a_line_with_a_text() {
        let text = text();
        for name in selectors() {
            let line = text
                .lines()
                .find(|line| line.split_whitespace().next() == Some(name));
            assert!(
                line.is_some_and(|line| line.split_whitespace().count() > 3),
                "{name}: {line:?}"
            );
        }
    }

    #[test]
    fn no_check_and_no_group_is_called_like_the_list() {
        assert!(!selectors().contains(&LIST_WORD));
    }
}
