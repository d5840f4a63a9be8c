//! Words of the file in messages, and the known word that a mistyped one may be meant to be.

use super::quotable::{could_be_a_secret, quotable};

/// From this likeness (0 to 1) on, a known word is worth proposing for an unknown one.
const LIKE_ENOUGH: f64 = 0.75;
/// How like a word is to one that it is a part of, such as `tenant_id` to `oauth_tenant_id`.
const LIKE_A_PART: f64 = 0.9;

/// A word of the file for a message, unless it could be a secret in the wrong place.
pub(super) fn quoted(word: &str) -> String {
    if could_be_a_secret(word) {
        "this word (not repeated here, it could be a secret)".to_owned()
    } else {
        format!("`{}`", quotable(word).replace(char::is_control, "\u{fffd}"))
    }
}

/// "did you mean …?" with the most similar known word, or all known words where none is similar.
pub(super) fn suggestion(word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(best) => format!("did you mean `{best}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// The known word that is most like a mistyped one, if any is like it at all.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_ascii_lowercase().replace('-', "_");
    let likeness = |candidate: &str| {
        let candidate = candidate.replace('-', "_");
        // A very short word is a part of too many others.
        let part = word.len() > 3 && (candidate.contains(&word) || word.contains(&candidate));
        strsim::jaro_winkler(&word, &candidate).max(if part { LIKE_A_PART } else { 0.0 })
    };
    known
        .iter()
        .map(|candidate| (likeness(candidate), *candidate))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_proposed() {
        let known = [
            "oauth_tenant_id",
            "oauth_client_id",
            "use_graph_api",
            "rooms",
        ];
        assert_eq!(nearest("use_grap_api", &known), Some("use_graph_api"));
        assert_eq!(nearest("tenant_id", &known), Some("oauth_tenant_id"));
        assert_eq!(nearest("UseGraphApi", &known), Some("use_graph_api"));
        assert_eq!(nearest("color", &known), None);
        assert!(suggestion("color", &known).contains("use_graph_api, rooms"));
    }
}
