//! Pseudonyms of values, and the map from pseudonym to value.

use std::collections::{BTreeMap, HashMap};

use ring::hmac;

use crate::knowledge;

use super::redaction_key::RedactionKey;
use super::value_kind::ValueKind;

/// How many bytes of the keyed hash a pseudonym contains. With 40 bits, five thousand values collide once in a hundred
/// thousand reports; a pseudonym that is taken becomes longer.
const HASH_BYTES: usize = 5;
/// Letters and digits that cannot be confused with each other (Crockford's base 32).
const BASE32_DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Suffix of the initial domain of a tenant. It is kept, because it shows support the class of the domain.
const INITIAL_DOMAIN: &str = ".onmicrosoft.com";
/// Suffix of every other domain. This top-level domain is reserved (RFC 2606), so addresses stay well formed.
const OTHER_DOMAIN: &str = ".example";
/// Minimum length of a value that is searched for in sentences. A shorter one cannot be distinguished from other text.
const MIN_SEARCHED_LENGTH: usize = 3;

/// A value and its pseudonym.
#[derive(Debug, Clone)]
pub(super) struct NamedValue {
    pub(super) kind: ValueKind,
    pub(super) value: String,
    pub(super) pseudonym: String,
}

impl NamedValue {
    /// Whether the value is searched for in sentences. A location with the name "Exchange" or "Sign-in" cannot be
    /// distinguished from ordinary words; it is replaced only in the fields that contain it.
    pub(super) fn is_searched(&self) -> bool {
        let is_phrase = || {
            !self.value.contains('@')
                && (knowledge::is_safe_dotted(&self.value)
                    || knowledge::is_safe_phrase(&self.value))
        };
        self.value.chars().count() >= MIN_SEARCHED_LENGTH
            && !is_ordinary(&self.value)
            && !is_phrase()
    }

    /// Whether a leak of the value can be detected in a finished document: it has a part that no document contains anyway.
    pub(super) fn is_distinct(&self) -> bool {
        let mut parts = self
            .value
            .split(|character: char| !character.is_alphanumeric());
        self.is_searched()
            && parts.any(|part| part.chars().count() >= MIN_SEARCHED_LENGTH && !is_ordinary(part))
    }
}

/// All known values that name the customer.
pub(super) struct Pseudonyms {
    key: hmac::Key,
    known: HashMap<String, NamedValue>,
    taken: HashMap<String, String>,
    given: HashMap<String, String>,
}

impl Pseudonyms {
    /// Creates an empty table. `given` contains values by the pseudonyms of an earlier report: they keep them, also if
    /// they have another kind now.
    pub(super) fn new(key: &RedactionKey, given: &BTreeMap<String, String>) -> Self {
        let taken: HashMap<String, String> = given
            .iter()
            .map(|(pseudonym, value)| (pseudonym.clone(), normalize(value)))
            .collect();
        let given = taken
            .iter()
            .map(|(pseudonym, value)| (value.clone(), pseudonym.clone()))
            .collect();
        Self {
            key: hmac_key(key),
            known: HashMap::new(),
            taken,
            given,
        }
    }

    /// A short word that is the same for all reports of one key and reveals nothing about the key.
    pub(super) fn fingerprint(key: &RedactionKey) -> String {
        base32(&hmac::sign(&hmac_key(key), b"rx-preflight redaction key").as_ref()[..HASH_BYTES])
    }

    /// Adds a value with its pseudonym, unless it has one. Case and surrounding white space are ignored.
    pub(super) fn add(&mut self, kind: ValueKind, value: &str) -> &NamedValue {
        let normal = normalize(value);
        if !self.known.contains_key(&normal) {
            let pseudonym = self
                .given
                .get(&normal)
                .cloned()
                .unwrap_or_else(|| self.pseudonym(kind, &normal));
            self.taken.insert(pseudonym.clone(), normal.clone());
            let name = NamedValue {
                kind,
                value: value.trim().to_owned(),
                pseudonym,
            };
            self.known.insert(normal.clone(), name);
        }
        &self.known[&normal]
    }

    pub(super) fn get(&self, value: &str) -> Option<&NamedValue> {
        self.known.get(&normalize(value))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &NamedValue> {
        self.known.values()
    }

    pub(super) fn map(&self) -> BTreeMap<String, String> {
        self.all()
            .map(|name| (name.pseudonym.clone(), name.value.clone()))
            .collect()
    }

    pub(super) fn originals(&self) -> Vec<String> {
        let mut values: Vec<String> = self
            .all()
            .filter(|name| name.is_distinct())
            .map(|name| name.value.clone())
            .collect();
        values.sort();
        values
    }

    fn pseudonym(&mut self, kind: ValueKind, normal: &str) -> String {
        let behind = self.domain_part(kind, normal);
        // The hash depends on the key, so a guessed value cannot be compared with a pseudonym without it.
        let hash = hmac::sign(&self.key, normal.as_bytes());
        let lengths = HASH_BYTES..=hash.as_ref().len();
        let same = |name: &String| self.taken.get(name).is_some_and(|value| value == normal);
        let names = lengths.map(|length| {
            format!(
                "{}-{}{behind}",
                kind.word(),
                base32(&hash.as_ref()[..length])
            )
        });
        let mut free = names.filter(|name| same(name) || !self.taken.contains_key(name));
        // No name is free only if two values have the same SHA-256 hash.
        free.next().unwrap_or_else(|| kind.word().to_owned())
    }

    /// The end of a pseudonym. The domain has a pseudonym of its own, so addresses of one domain remain recognizable.
    fn domain_part(&mut self, kind: ValueKind, normal: &str) -> String {
        match normal.rsplit_once('@') {
            Some((_, domain)) if kind.is_address() => {
                format!("@{}", self.add(ValueKind::Domain, domain).pseudonym)
            }
            _ if kind == ValueKind::Domain && normal.ends_with(INITIAL_DOMAIN) => {
                INITIAL_DOMAIN.to_owned()
            }
            _ if kind == ValueKind::Domain => OTHER_DOMAIN.to_owned(),
            _ => String::new(),
        }
    }
}

/// Maximum length of a value with a pseudonym, in bytes. A longer text is not a name, an address or a host, and is treated
/// as a sentence.
pub(super) const MAX_VALUE_LENGTH: usize = 400;

/// Whether a value is a word that names no customer: a word of this program or of Microsoft, or a number.
pub(super) fn is_ordinary(value: &str) -> bool {
    knowledge::is_safe_word(value) || is_number(value)
}

/// Whether a word is a number, such as `500`, `20s`, `23T09` or `02Z`: digits with at most a short unit.
fn is_number(word: &str) -> bool {
    let behind = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let unit_ends = behind
        .find(|letter: char| !letter.is_ascii_alphabetic())
        .unwrap_or(behind.len());
    let (unit, more) = behind.split_at(unit_ends);
    let digits = word.len() - behind.len();
    (1..=6).contains(&digits)
        && unit.len() <= 2
        && more.len() <= 2
        // Digits on both sides of a unit are the parts of a time, not a piece of a secret.
        && (more.is_empty() || digits <= 2)
        && more.bytes().all(|digit| digit.is_ascii_digit())
}

fn hmac_key(key: &RedactionKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.expose())
}

fn normalize(value: &str) -> String {
    value.trim().to_lowercase()
}

fn base32(bytes: &[u8]) -> String {
    let bits = |at: usize| -> usize {
        let bit = |offset: usize| {
            bytes
                .get((at + offset) / 8)
                .is_some_and(|byte| byte & (0x80 >> ((at + offset) % 8)) != 0)
        };
        (0..5).fold(0, |digit, offset| digit * 2 + usize::from(bit(offset)))
    };
    (0..bytes.len() * 8)
        .step_by(5)
        .map(|at| char::from(BASE32_DIGITS[bits(at)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Pseudonyms {
        Pseudonyms::new(&RedactionKey::new(vec![7; 32]).unwrap(), &BTreeMap::new())
    }

    #[test]
    fn one_value_has_one_pseudonym_in_every_case_and_role() {
        let mut names = names();
        let first = names
            .add(ValueKind::Room, "Boardroom@Contoso.com")
            .pseudonym
            .clone();
        assert_eq!(
            names
                .add(ValueKind::Sender, " boardroom@contoso.COM")
                .pseudonym,
            first
        );
        let (room, tenant) = first.split_once('@').unwrap();
        assert!(
            room.starts_with("room-") && tenant.starts_with("tenant-"),
            "{first}"
        );
        assert_eq!(names.get("contoso.com").unwrap().pseudonym, tenant);
    }

    #[test]
    fn the_key_determines_the_pseudonyms() {
        let name = |key: u8| {
            let mut names =
                Pseudonyms::new(&RedactionKey::new(vec![key; 32]).unwrap(), &BTreeMap::new());
            names.add(ValueKind::AppId, "9a41b7c8").pseudonym.clone()
        };
        assert_eq!(name(7), name(7));
        assert_ne!(name(7), name(8));
    }

    #[test]
    fn the_class_of_a_domain_is_kept() {
        assert!(
            names()
                .add(ValueKind::Domain, "contoso.onmicrosoft.com")
                .pseudonym
                .ends_with(".onmicrosoft.com")
        );
        assert!(
            names()
                .add(ValueKind::Domain, "contoso.com")
                .pseudonym
                .ends_with(".example")
        );
    }

    #[test]
    fn a_pseudonym_that_is_taken_becomes_longer() {
        let mut names = names();
        let usual = names.pseudonym(ValueKind::Host, "proxy");
        names.taken.insert(usual.clone(), "another".to_owned());
        let longer = names.pseudonym(ValueKind::Host, "proxy");
        assert!(
            longer.starts_with(&usual[..usual.len() - 1]) && longer.len() > usual.len(),
            "{usual} {longer}"
        );
    }

    #[test]
    fn ordinary_words_are_not_searched_for() {
        let mut names = names();
        for (value, searched, distinct) in [
            ("Exchange", false, false),
            ("Exchange Online", false, false),
            ("Sign-in", false, false),
            ("rx-preflight", false, false),
            ("2024", false, false),
            ("B1", false, false),
            ("Room North", true, false),
            ("Bern", true, true),
            ("Bern Hall", true, true),
        ] {
            let name = names.add(ValueKind::Location, value);
            assert_eq!(
                (name.is_searched(), name.is_distinct()),
                (searched, distinct),
                "{value}"
            );
        }
    }

    #[test]
    fn a_value_keeps_the_pseudonym_that_it_had_in_another_role() {
        let given = BTreeMap::from([(
            "room-1@tenant-1.example".to_owned(),
            "Hall@northwind.com".to_owned(),
        )]);
        let mut names = Pseudonyms::new(&RedactionKey::new(vec![7; 32]).unwrap(), &given);
        assert_eq!(
            names.add(ValueKind::Sender, "hall@northwind.com").pseudonym,
            "room-1@tenant-1.example"
        );
        assert_eq!(names.all().count(), 1);
    }

    #[test]
    fn base32_uses_the_digits_of_crockford() {
        assert_eq!(base32(&[0xff, 0x00, 0x00, 0x00, 0x01]), "zw000001");
    }
}
