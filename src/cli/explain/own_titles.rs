//! Causes that the first screen of this program shows by title: it does not print their ids.

use std::sync::LazyLock;

use regex::Regex;

use crate::knowledge::{self, CauseEntry};

/// Line of a problem, and the lines on which its title continues.
const PROBLEM: &str =
    r"(?m)^[> \t]*\d+ \[(?i:required|optional|note)\] (.*(?:\r?\n[> \t]+\S+(?: \S+)*[ \t]*\r?$)*)";

static PROBLEMS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PROBLEM).ok());

/// Titles of all causes and their cases, as patterns, with the cause of each.
static TITLES: LazyLock<Vec<(Regex, &'static CauseEntry)>> = LazyLock::new(|| {
    let titles = knowledge::causes().iter().flat_map(|cause| {
        let cases = cause.cases.iter().map(|case| &case.title);
        [&cause.title]
            .into_iter()
            .chain(cases)
            .map(move |title| (title, cause))
    });
    titles
        .filter_map(|(title, cause)| Some((title_pattern(title)?, cause)))
        .collect()
});

/// Character that no title contains, in place of a value.
const VALUE: &str = "\u{0}";

fn title_pattern(title: &str) -> Option<Regex> {
    let filled = knowledge::fill(title, &|_| Some(VALUE.to_owned()));
    let pattern = regex::escape(&filled).replace(VALUE, ".{1,200}?");
    Regex::new(&format!("^{pattern}$")).ok()
}

/// Titles of the problems that a text lists.
fn titles(text: &str) -> Vec<String> {
    let problems = PROBLEMS
        .iter()
        .flat_map(|pattern| pattern.captures_iter(text));
    problems
        .filter_map(|found| found.get(1))
        .map(|title| {
            let words: Vec<&str> = title.as_str().split_whitespace().collect();
            words.join(" ")
        })
        .collect()
}

/// Causes of the problems that a text lists by title, in its order. None if it lists no problem.
pub(super) fn causes_by_title(text: &str) -> Option<Vec<&'static CauseEntry>> {
    let titles = titles(text);
    let cause_of = |title: &String| {
        let mut known = TITLES.iter();
        known
            .find(|(pattern, _)| pattern.is_match(title))
            .map(|(_, cause)| *cause)
    };
    (!titles.is_empty()).then(|| titles.iter().filter_map(cause_of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_leads_to_its_cause_also_over_two_lines() {
        let ids = |text: &str| -> Vec<&str> {
            let causes = causes_by_title(text).unwrap_or_default();
            causes.iter().map(|cause| cause.id.as_str()).collect()
        };
        let text = "1 [Required] EWS is disabled for the organization\n   Affects     3 rooms\n\n\
                    2 [Required] The client secret of main connection does not\n  belong to this app\n   Affects     3 rooms\n";
        assert_eq!(ids(text), ["ews.disabled", "sign-in.secret-wrong"]);
        assert!(
            causes_by_title("1 [Required] Something else")
                .unwrap()
                .is_empty()
        );
        assert!(causes_by_title("EWS is disabled for the organization").is_none());
    }
}
