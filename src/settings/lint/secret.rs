//! The OAuth Client Secret. A fault contains only positions and names of invalid characters, never a part of the secret.

use secrecy::zeroize::Zeroize;

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::settings::ClientSecret;

use super::checksum;
use super::guid::{is_guid, is_placeholder};
use super::stray::{self, Stray};

/// How many stray characters a fault spells out.
const MOST_NAMED: usize = 5;

/// What is wrong with the secret, or looks wrong.
pub(super) fn fault(secret: &ClientSecret) -> Option<SettingsFault> {
    let text = secret.expose();
    if text.trim().is_empty() {
        let detail = if text.is_empty() {
            "The client secret is empty."
        } else {
            "The client secret contains only spaces."
        };
        return Some(new(SettingsFaultKind::SecretMissing, detail.to_owned()));
    }
    let (strays, mut clean) = stray::find(text);
    let fault = judge(text, &strays, &clean);
    // The cleaned copy is a secret as well.
    clean.zeroize();
    fault
}

fn judge(text: &str, strays: &[Stray], clean: &str) -> Option<SettingsFault> {
    if is_guid(clean.trim_matches(['{', '}'])) {
        let detail = "The client secret has the format of a GUID. This is probably the Secret ID; the secret is in the column Value.";
        return Some(new(SettingsFaultKind::SecretIsSecretId, detail.to_owned()));
    }
    if let Some(what) = something_else(text) {
        return Some(new(
            SettingsFaultKind::SecretNotASecret,
            format!("The client secret is {what}."),
        ));
    }
    if let Some(label) = label_length(text) {
        let detail = format!(
            "The client secret starts with a label of {label} characters before the value."
        );
        return Some(new(SettingsFaultKind::SecretStrayCharacters, detail));
    }
    if !strays.is_empty() {
        return Some(new(
            SettingsFaultKind::SecretStrayCharacters,
            stray_detail(strays, clean),
        ));
    }
    if let Some(detail) = fault_of_length(text) {
        return Some(new(SettingsFaultKind::SecretMistyped, detail));
    }
    // Microsoft can change the scheme at any time, so a mismatch is only a suspicion.
    (checksum::fits(text) == Some(false)).then(|| {
        let detail = "The client secret has the current format, but its checksum (the last three characters) does not match: \
                      it was probably mistyped or cut.";
        new(SettingsFaultKind::SecretMistyped, detail.to_owned())
    })
}

/// The signature of secrets of the current form and where it is.
const SIGNATURE: &str = "8Q~";
const SIGNATURE_AT: usize = 3;
/// Their length.
const LENGTH: usize = 40;
/// So many asterisks or bullets in a row are a masked text.
const MASKING: [&str; 4] = [
    "****",
    "\u{2022}\u{2022}\u{2022}",
    "\u{25cf}\u{25cf}\u{25cf}",
    "\u{b7}\u{b7}\u{b7}",
];

/// What was copied or left in place of a secret.
fn something_else(text: &str) -> Option<&'static str> {
    let trimmed = text.trim();
    if MASKING.iter().any(|masking| trimmed.contains(masking)) {
        return Some("the masked form that the portal shows instead of the value");
    }
    if is_placeholder(trimmed) {
        return Some("a placeholder or a variable that was never replaced");
    }
    // Every JWT begins with `eyJ`, which encodes the beginning of its JSON header.
    if trimmed.starts_with("eyJ") && trimmed.matches('.').count() >= 2 {
        return Some("an access token, which was issued for a client secret and ends within hours");
    }
    trimmed
        .contains("-----BEGIN ")
        .then_some("a certificate or a private key; a client secret is one line of text")
}

/// The length of a label such as `NAME=` or `Value:` in front of the secret.
fn label_length(text: &str) -> Option<usize> {
    let end = text.find(['=', ':'])?;
    let (label, value) = (
        &text[..end],
        text[end + 1..].trim_start_matches(['=', ':', ' ', '"', '\'']),
    );
    let is_name = !label.is_empty()
        && label
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || " _-()".contains(letter));
    let lower = label.to_ascii_lowercase();
    let names_a_secret = ["secret", "value", "password"]
        .iter()
        .any(|word| lower.contains(word));
    let is_current = value
        .get(SIGNATURE_AT..)
        .is_some_and(|rest| rest.starts_with(SIGNATURE));
    (is_name && (is_current || (names_a_secret && value.chars().count() >= SHORTEST_LABELED)))
        .then_some(end + 1)
}

/// Below this length the text after a colon may be a part of an unusual secret.
const SHORTEST_LABELED: usize = 16;

/// A secret of the current form that is not as long as all of them are.
fn fault_of_length(text: &str) -> Option<String> {
    let signed = text
        .get(SIGNATURE_AT..)
        .is_some_and(|rest| rest.starts_with(SIGNATURE));
    let length = text.chars().count();
    (signed && length != LENGTH).then(|| {
        let what = if length < LENGTH { "it was probably cut off" } else { "something was probably added" };
        format!(
            "The client secret has the current format, but {length} characters instead of {LENGTH}: {what}."
        )
    })
}

fn stray_detail(strays: &[Stray], clean: &str) -> String {
    let mut named: Vec<_> = strays
        .iter()
        .take(MOST_NAMED)
        .map(|stray| format!("{} at position {}", stray.name, stray.position))
        .collect();
    if strays.len() > MOST_NAMED {
        named.push(format!("{} more", strays.len() - MOST_NAMED));
    }
    let verdict = if checksum::fits(clean) == Some(true) {
        " Without it, the checksum fits."
    } else {
        ""
    };
    format!(
        "The client secret contains characters that a generated secret never contains: {}.{verdict}",
        named.join(", ")
    )
}

fn new(kind: SettingsFaultKind, detail: String) -> SettingsFault {
    SettingsFault {
        kind,
        subject: None,
        detail,
        other_cloud: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "zzz8Q~zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzblP";

    fn found(text: &str) -> Option<(SettingsFaultKind, String)> {
        fault(&ClientSecret::new(text.to_owned())).map(|fault| (fault.kind, fault.detail))
    }

    fn kind(text: &str) -> Option<SettingsFaultKind> {
        found(text).map(|(kind, _)| kind)
    }

    #[test]
    fn secrets_of_any_other_form_are_let_through() {
        for text in [
            GOOD,
            "hunter2",
            "Zm9vYmFyMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY=",
            "a7Q~zz",
            "custom#Pass+word/1",
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn an_incomplete_or_malformed_secret_is_reported() {
        use SettingsFaultKind::{SecretMistyped, SecretNotASecret, SecretStrayCharacters};
        let cases = [
            (
                "abc******************".to_owned(),
                SecretNotASecret,
                "masked",
            ),
            ("\u{2022}".repeat(8), SecretNotASecret, "masked"),
            ("\u{25cf}".repeat(8), SecretNotASecret, "masked"),
            ("********".to_owned(), SecretNotASecret, "masked"),
            (
                "<client-secret>".to_owned(),
                SecretNotASecret,
                "placeholder",
            ),
            (
                "${RX_CLIENT_SECRET}".to_owned(),
                SecretNotASecret,
                "placeholder",
            ),
            (
                "%RX_CLIENT_SECRET%".to_owned(),
                SecretNotASecret,
                "placeholder",
            ),
            (
                "YOUR_CLIENT_SECRET".to_owned(),
                SecretNotASecret,
                "placeholder",
            ),
            (
                "your-client-secret-here".to_owned(),
                SecretNotASecret,
                "placeholder",
            ),
            (
                "ENTER_YOUR_SECRET_HERE".to_owned(),
                SecretNotASecret,
                "placeholder",
            ),
            ("xxxxxxxx".to_owned(), SecretNotASecret, "placeholder"),
            (
                "eyJ0eXAiOiJKV1QifQ.eyJhdWQiOiJ4In0.c2ln".to_owned(),
                SecretNotASecret,
                "access token",
            ),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----".to_owned(),
                SecretNotASecret,
                "private key",
            ),
            (
                "abc8Q~0123456789012".to_owned(),
                SecretMistyped,
                "19 characters instead of 40",
            ),
            (
                "abc8Q~0123456789012...".to_owned(),
                SecretMistyped,
                "cut off",
            ),
            (format!("{GOOD}x"), SecretMistyped, "41 characters"),
            (
                format!("RX_CLIENT_SECRET={GOOD}"),
                SecretStrayCharacters,
                "label of 17 characters",
            ),
            (
                format!("Value: {GOOD}"),
                SecretStrayCharacters,
                "label of 6 characters",
            ),
            (
                "password=Zm9vYmFyMTIzNDU2Nzg5MDEyMzQ1Njc4OTA".to_owned(),
                SecretStrayCharacters,
                "label of 9",
            ),
            (
                GOOD.replace('~', "\u{2dc}"),
                SecretStrayCharacters,
                "look-alike of a tilde (U+02DC) at position 6",
            ),
            (
                GOOD.replace('~', "%257E"),
                SecretStrayCharacters,
                "escaped twice",
            ),
        ];
        for (text, kind, part) in cases {
            let (found_kind, detail) = found(&text).unwrap_or_else(|| panic!("{text}"));
            assert!(
                found_kind == kind && detail.contains(part),
                "{text}: {found_kind:?} {detail}"
            );
        }
    }

    #[test]
    fn each_fault_has_its_kind() {
        assert_eq!(kind(""), Some(SettingsFaultKind::SecretMissing));
        assert_eq!(kind(" \n"), Some(SettingsFaultKind::SecretMissing));
        assert_eq!(
            kind("5f3c0000-1111-4222-8333-444455556666"),
            Some(SettingsFaultKind::SecretIsSecretId)
        );
        assert_eq!(
            kind(" {5f3c0000-1111-4222-8333-444455556666}"),
            Some(SettingsFaultKind::SecretIsSecretId)
        );
        assert_eq!(
            kind(&GOOD.replace("blP", "blp")),
            Some(SettingsFaultKind::SecretMistyped)
        );
        assert_eq!(
            kind(&format!("{GOOD} ")),
            Some(SettingsFaultKind::SecretStrayCharacters)
        );
    }

    #[test]
    fn the_checksum_shows_whether_only_the_stray_character_is_wrong() {
        let (_, repaired) = found(&GOOD.replace('~', "%7E")).unwrap();
        assert!(
            repaired.contains("checksum fits") && repaired.contains("position 6"),
            "{repaired}"
        );
        let (_, hopeless) = found(&format!("{} ", GOOD.replace("blP", "blp"))).unwrap();
        assert!(!hopeless.contains("checksum"), "{hopeless}");
    }

    #[test]
    fn a_long_row_of_stray_characters_is_counted() {
        let (_, detail) = found(&format!("x{}", " ".repeat(9))).unwrap();
        assert!(detail.contains("4 more"), "{detail}");
    }
}
