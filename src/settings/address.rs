//! The form of an SMTP address, as far as it can be validated without Exchange.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use thiserror::Error;

use super::looks_like_a_secret;
use super::quotable::is_certainly_a_secret;

/// The longest local part (RFC 5321, 4.5.3.1.1), in bytes.
const LONGEST_LOCAL_PART: usize = 64;
/// The longest address (RFC 5321, 4.5.3.1.3, path without its brackets), in bytes.
const LONGEST_ADDRESS: usize = 254;
/// The longest label of a domain (RFC 1035, 2.3.4), in bytes.
const LONGEST_LABEL: usize = 63;

/// A well-formed SMTP address. The spelling is kept; equality and hash ignore the case of ASCII letters, as Exchange does.
#[derive(Debug, Clone)]
pub struct MailboxAddress(String);

/// Why a text is not a valid SMTP address. The wording completes "… is not a valid SMTP address: ".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AddressFault {
    /// Nothing was given.
    #[error("it is empty")]
    Empty,
    /// White space in front or behind.
    #[error("it has spaces around it")]
    SurroundingWhiteSpace,
    /// No `@`, or more than one.
    #[error("it must contain exactly one @")]
    At,
    /// Nothing or something impossible before the `@`.
    #[error("the part before the @ is not valid")]
    LocalPart,
    /// Nothing or something impossible after the `@`.
    #[error("the part after the @ is not a valid domain")]
    Domain,
    /// Longer than an address can be.
    #[error("it is too long")]
    TooLong,
    /// The text looks like a secret, which is not an address whatever else it holds.
    #[error("it looks like a secret")]
    Secret,
}

impl MailboxAddress {
    /// Validates the form of `text`, not whether the mailbox exists. An address of random letters is valid;
    /// only what cannot be an address is taken for a secret, and what has the signature of one.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        match fault(text) {
            None if is_certainly_a_secret(text) => Err(AddressFault::Secret),
            None => Ok(Self(text.to_owned())),
            Some(_) if looks_like_a_secret(text) => Err(AddressFault::Secret),
            Some(fault) => Err(fault),
        }
    }

    /// The address as it was spelled.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

/// What is wrong with the form of an address.
fn fault(text: &str) -> Option<AddressFault> {
    if text.trim().is_empty() {
        return Some(AddressFault::Empty);
    }
    if text.trim() != text {
        return Some(AddressFault::SurroundingWhiteSpace);
    }
    let Some((local, domain)) = text.split_once('@') else {
        return Some(AddressFault::At);
    };
    if domain.contains('@') {
        return Some(AddressFault::At);
    }
    if text.len() > LONGEST_ADDRESS {
        return Some(AddressFault::TooLong);
    }
    if !is_local_part(local) {
        return Some(AddressFault::LocalPart);
    }
    (!is_domain(domain)).then_some(AddressFault::Domain)
}

/// Whether `text` could be a domain of at least two labels. Letters outside ASCII are let through: a false alarm would be
/// worse than a request to the service.
pub(super) fn is_domain(text: &str) -> bool {
    let mut labels = 0;
    for label in text.split('.') {
        if !is_label(label) {
            return false;
        }
        labels += 1;
    }
    labels >= 2
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LONGEST_LABEL
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == '-')
}

fn is_local_part(text: &str) -> bool {
    text.len() <= LONGEST_LOCAL_PART
        && text
            .split('.')
            .all(|atom| !atom.is_empty() && atom.chars().all(is_atom_letter))
}

fn is_atom_letter(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(letter)
}

impl PartialEq for MailboxAddress {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for MailboxAddress {}

impl Hash for MailboxAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Equal addresses must have equal hashes, so the case of ASCII letters is ignored here as
        // well.
        let mut folded = [0; LONGEST_ADDRESS];
        for (place, byte) in folded.iter_mut().zip(self.0.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
        state.write(&folded[..self.0.len().min(LONGEST_ADDRESS)]);
        state.write_u8(0xff);
    }
}

impl FromStr for MailboxAddress {
    type Err = AddressFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for MailboxAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ordinary_addresses_keep_their_spelling() {
        for text in [
            "BoardRoom@Contoso.com",
            "a.b+c@x.co.uk",
            "o'neill@sub.contoso.com",
            "müller@straße.example",
            "aB3dE9xK2mQ4tR7v@contoso.com",
        ] {
            assert_eq!(MailboxAddress::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn an_address_is_valid_up_to_the_longest_parts_and_not_beyond() {
        let local = "a".repeat(LONGEST_LOCAL_PART);
        let label = "b".repeat(LONGEST_LABEL);
        let fault = |text: String| MailboxAddress::parse(&text).err();
        assert_eq!(fault(format!("{local}@contoso.com")), None);
        assert_eq!(
            fault(format!("{local}a@contoso.com")),
            Some(AddressFault::LocalPart)
        );
        assert_eq!(fault(format!("a@{label}.com")), None);
        assert_eq!(fault(format!("a@{label}b.com")), Some(AddressFault::Domain));
        let of_length = |length: usize| {
            let start = format!("{local}@{label}.{label}.");
            let last = "c".repeat(length - start.len());
            format!("{start}{last}")
        };
        assert_eq!(fault(of_length(LONGEST_ADDRESS)), None);
        assert_eq!(
            fault(of_length(LONGEST_ADDRESS + 1)),
            Some(AddressFault::TooLong)
        );
    }

    #[test]
    fn each_fault_is_named() {
        let long = format!("{}@contoso.com", "a".repeat(65));
        let cases = [
            ("", AddressFault::Empty),
            ("  ", AddressFault::Empty),
            (" a@b.com", AddressFault::SurroundingWhiteSpace),
            ("boardroom", AddressFault::At),
            ("a@b@c.com", AddressFault::At),
            ("@contoso.com", AddressFault::LocalPart),
            ("a..b@contoso.com", AddressFault::LocalPart),
            ("Board Room@contoso.com", AddressFault::LocalPart),
            (&long, AddressFault::LocalPart),
            ("a@contoso", AddressFault::Domain),
            ("a@-contoso.com", AddressFault::Domain),
            ("a@contoso..com", AddressFault::Domain),
            ("a@contoso.com.", AddressFault::Domain),
            ("Board <a@contoso.com>", AddressFault::LocalPart),
        ];
        for (text, fault) in cases {
            assert_eq!(MailboxAddress::parse(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn case_does_not_distinguish_mailboxes() {
        let rooms: HashSet<_> = ["a@Contoso.com", "A@contoso.COM", "b@contoso.com"]
            .into_iter()
            .map(|text| MailboxAddress::parse(text).unwrap())
            .collect();
        assert_eq!(rooms.len(), 2);
    }
}
