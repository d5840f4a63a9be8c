//! Copy of a report with client secrets masked: a masked report is more useful than no report.

use crate::report::{Report, json};
use crate::settings::{ClientSecret, without_form};

use super::leak_check::searched_encodings;

/// Replacement for a secret.
const MASK: &str = "***";

/// The report with every secret masked, in whatever form it is quoted; `None` where that leaves no report.
pub(super) fn masked_copy(report: &Report, secrets: &[ClientSecret]) -> Option<Report> {
    let mut forms: Vec<_> = secrets
        .iter()
        .flat_map(|secret| searched_encodings(secret.expose()))
        .collect();
    // A short form can be a part of a longer one, which must be masked as a whole.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let mut text = json::render(report);
    for form in &forms {
        if let Some(masked) = without_form(&text, form, MASK) {
            text = masked;
        }
    }
    Report::from_json(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample_report;

    #[test]
    fn masks_a_secret_everywhere_and_keeps_the_rest() {
        let secret = ClientSecret::new("abc8Q~\"012345678901234567890".to_owned());
        let mut report = sample_report::report();
        report.results[0].message = format!("before {} after", secret.expose());
        report.results[1].message = secret.expose().to_lowercase();
        let copy = masked_copy(&report, std::slice::from_ref(&secret)).unwrap();
        assert_eq!(copy.results[0].message, "before *** after");
        assert_eq!(copy.results[1].message, "***");
        assert_eq!(copy.results.len(), report.results.len());
    }
}
