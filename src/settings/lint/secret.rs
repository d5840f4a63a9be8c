//! The OAuth Client Secret. Nothing of it stands in a fault but positions and the names of characters it should not have.

use secrecy::zeroize::Zeroize;

use crate::evidence::{SettingsFault, SettingsFaultKind};

use super::{
    checksum,
    guid::is_guid,
    stray::{self, Stray},
};
use crate::settings::ClientSecret;

/// How many stray characters a fault spells out.
const MOST_NAMED: usize = 5;

/// What is wrong with the secret, or looks wrong.
pub(super) fn fault(secret: &ClientSecret) -> Option<SettingsFault> {
    let text = secret.expose();
    if text.trim().is_empty() {
        let detail =
            if text.is_empty() { "The client secret is empty." } else { "The client secret is white space only." };
        return Some(new(SettingsFaultKind::SecretMissing, detail.to_owned()));
    }
    let (strays, mut clean) = stray::find(text);
    let fault = judge(text, &strays, &clean);
    clean.zeroize();
    fault
}

fn judge(text: &str, strays: &[Stray], clean: &str) -> Option<SettingsFault> {
    if is_guid(clean.trim_matches(['{', '}'])) {
        let detail =
            "The client secret has the form of a GUID: that is the Secret ID; the column Value holds the secret.";
        return Some(new(SettingsFaultKind::SecretIsSecretId, detail.to_owned()));
    }
    if !strays.is_empty() {
        return Some(new(SettingsFaultKind::SecretStrayCharacters, stray_detail(strays, clean)));
    }
    (checksum::fits(text) == Some(false)).then(|| {
        let detail = "The client secret has today's form, but its last three characters, a checksum, do not fit the others: \
                      it was probably mistyped or cut.";
        new(SettingsFaultKind::SecretMistyped, detail.to_owned())
    })
}

fn stray_detail(strays: &[Stray], clean: &str) -> String {
    let mut named: Vec<_> =
        strays.iter().take(MOST_NAMED).map(|stray| format!("{} at position {}", stray.name, stray.position)).collect();
    if strays.len() > MOST_NAMED {
        named.push(format!("{} more", strays.len() - MOST_NAMED));
    }
    let verdict = if checksum::fits(clean) == Some(true) { " Without that its checksum fits." } else { "" };
    format!("The client secret holds what no generated secret holds: {}.{verdict}", named.join(", "))
}

fn new(kind: SettingsFaultKind, detail: String) -> SettingsFault {
    SettingsFault { kind, subject: None, detail, other_cloud: None }
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
        for text in [GOOD, "hunter2", "Zm9vYmFyMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY=", "a7Q~zz", "custom#Pass+word/1"] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn each_fault_has_its_kind() {
        assert_eq!(kind(""), Some(SettingsFaultKind::SecretMissing));
        assert_eq!(kind(" \n"), Some(SettingsFaultKind::SecretMissing));
        assert_eq!(kind("5f3c0000-1111-4222-8333-444455556666"), Some(SettingsFaultKind::SecretIsSecretId));
        assert_eq!(kind(" {5f3c0000-1111-4222-8333-444455556666}"), Some(SettingsFaultKind::SecretIsSecretId));
        assert_eq!(kind(&GOOD.replace("blP", "blp")), Some(SettingsFaultKind::SecretMistyped));
        assert_eq!(kind(&format!("{GOOD} ")), Some(SettingsFaultKind::SecretStrayCharacters));
    }

    #[test]
    fn the_checksum_tells_whether_only_the_stray_character_is_wrong() {
        let (_, repaired) = found(&GOOD.replace('~', "%7E")).unwrap();
        assert!(repaired.contains("checksum fits") && repaired.contains("position 6"), "{repaired}");
        let (_, hopeless) = found(&format!("{} ", GOOD.replace("blP", "blp"))).unwrap();
        assert!(!hopeless.contains("checksum"), "{hopeless}");
    }

    #[test]
    fn a_long_row_of_stray_characters_is_counted() {
        let (_, detail) = found(&format!("x{}", " ".repeat(9))).unwrap();
        assert!(detail.contains("4 more"), "{detail}");
    }
}
