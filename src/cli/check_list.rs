//! `--only list`: every check and group by which a check can be chosen.

use std::fmt::Write as _;

use crate::knowledge;
use crate::report::wording;
use crate::terms::CheckId;

/// The word that asks for the list in the place of an id.
pub(super) const LIST: &str = "list";

/// Whether one of the options asks for the list.
pub(super) fn is_wanted(only: &[String], skip: &[String]) -> bool {
    only.iter()
        .chain(skip)
        .any(|word| word.trim_start_matches('!').eq_ignore_ascii_case(LIST))
}

/// Every group, followed by its checks with what each of them answers.
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
                knowledge::check(*check).question
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
        assert!(!selectors().contains(&LIST));
    }
}
