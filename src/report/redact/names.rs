//! Pseudonyms: which value has which, and the way back.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::hmac;

use super::RedactionKey;
use super::kind::Kind;
use crate::knowledge;

/// How many bytes of the keyed hash a pseudonym begins with: 40 bits, of which five thousand values collide once in a
/// hundred thousand reports. A pseudonym that is taken is made longer.
const BYTES: usize = 5;
/// Letters and digits that are not mistaken for each other (Crockford's base 32).
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The suffix of a tenant's first domain, which tells support its class.
const INITIAL_DOMAIN: &str = ".onmicrosoft.com";
/// The suffix of every other domain: a name that nobody can have, so that addresses stay well formed.
const OTHER_DOMAIN: &str = ".example";
/// Values that are not searched for in sentences: too short to be told from a part of something else.
const SEARCHED_FROM: usize = 3;

/// A value and its pseudonym.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) pseudonym: String,
}

impl Name {
    /// Whether the value is told from ordinary words, so that it can be searched for in sentences and documents. A
    /// location that is called "Exchange" cannot; it is replaced in the fields that hold it.
    pub(super) fn is_distinct(&self) -> bool {
        self.value.chars().count() >= SEARCHED_FROM && !is_ordinary(&self.value)
    }
}

/// Every value that is known to name the customer.
pub(super) struct Names {
    key: hmac::Key,
    known: HashMap<String, Name>,
    taken: HashMap<String, String>,
}

impl Names {
    pub(super) fn new(key: &RedactionKey) -> Self {
        Self { key: hmac_key(key), known: HashMap::new(), taken: HashMap::new() }
    }

    /// A short word that is the same for all reports of one key and tells nothing about it.
    pub(super) fn fingerprint(key: &RedactionKey) -> String {
        digits(&hmac::sign(&hmac_key(key), b"rx-preflight redaction key").as_ref()[..BYTES])
    }

    /// Gives a value its pseudonym, unless it has one. Upper and lower case and white space around it make no difference.
    pub(super) fn add(&mut self, kind: Kind, value: &str) -> &Name {
        let normal = normal(value);
        if !self.known.contains_key(&normal) {
            let pseudonym = self.pseudonym(kind, &normal);
            self.taken.insert(pseudonym.clone(), normal.clone());
            let name = Name { kind, value: value.trim().to_owned(), pseudonym };
            self.known.insert(normal.clone(), name);
        }
        &self.known[&normal]
    }

    pub(super) fn get(&self, value: &str) -> Option<&Name> {
        self.known.get(&normal(value))
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Name> {
        self.known.values()
    }

    pub(super) fn map(&self) -> BTreeMap<String, String> {
        self.all().map(|name| (name.pseudonym.clone(), name.value.clone())).collect()
    }

    pub(super) fn originals(&self) -> Vec<String> {
        let mut values: Vec<String> =
            self.all().filter(|name| name.is_distinct()).map(|name| name.value.clone()).collect();
        values.sort();
        values
    }

    fn pseudonym(&mut self, kind: Kind, normal: &str) -> String {
        let behind = match normal.rsplit_once('@') {
            Some((_, domain)) if kind.is_address() => format!("@{}", self.add(Kind::Domain, domain).pseudonym),
            _ if kind == Kind::Domain && normal.ends_with(INITIAL_DOMAIN) => INITIAL_DOMAIN.to_owned(),
            _ if kind == Kind::Domain => OTHER_DOMAIN.to_owned(),
            _ => String::new(),
        };
        let hash = hmac::sign(&self.key, normal.as_bytes());
        let lengths = BYTES..=hash.as_ref().len();
        let names = lengths.map(|length| format!("{}-{}{behind}", kind.word(), digits(&hash.as_ref()[..length])));
        let mut free = names.filter(|name| !self.taken.contains_key(name));
        // Two values with one whole hash would have broken SHA-256.
        free.next().unwrap_or_else(|| kind.word().to_owned())
    }
}

/// Whether a value is one word that names nobody by itself: one of this program or of Microsoft, or a number.
pub(super) fn is_ordinary(value: &str) -> bool {
    knowledge::is_known_word(value) || is_number(value)
}

/// `500`, `20s`, `23T09`, `02Z`: digits with at most a short unit between or behind them.
fn is_number(word: &str) -> bool {
    let behind = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let unit_ends = behind.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(behind.len());
    let (unit, more) = behind.split_at(unit_ends);
    let digits = word.len() - behind.len();
    (1..=6).contains(&digits) && unit.len() <= 2 && more.len() <= 2 && more.bytes().all(|digit| digit.is_ascii_digit())
}

fn hmac_key(key: &RedactionKey) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, key.expose())
}

fn normal(value: &str) -> String {
    value.trim().to_lowercase()
}

fn digits(bytes: &[u8]) -> String {
    let bits = |at: usize| -> usize {
        let bit =
            |offset: usize| bytes.get((at + offset) / 8).is_some_and(|byte| byte & (0x80 >> ((at + offset) % 8)) != 0);
        (0..5).fold(0, |digit, offset| digit * 2 + usize::from(bit(offset)))
    };
    (0..bytes.len() * 8).step_by(5).map(|at| char::from(DIGITS[bits(at)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names::new(&RedactionKey::new(vec![7; 32]).unwrap())
    }

    #[test]
    fn one_value_has_one_name_whatever_its_case_and_its_role() {
        let mut names = names();
        let first = names.add(Kind::Room, "Boardroom@Contoso.com").pseudonym.clone();
        assert_eq!(names.add(Kind::Sender, " boardroom@contoso.COM").pseudonym, first);
        let (room, tenant) = first.split_once('@').unwrap();
        assert!(room.starts_with("room-") && tenant.starts_with("tenant-"), "{first}");
        assert_eq!(names.get("contoso.com").unwrap().pseudonym, tenant);
    }

    #[test]
    fn two_reports_of_one_key_have_the_same_names_and_another_key_has_others() {
        let name = |key: u8| {
            let mut names = Names::new(&RedactionKey::new(vec![key; 32]).unwrap());
            names.add(Kind::AppId, "9a41b7c8").pseudonym.clone()
        };
        assert_eq!(name(7), name(7));
        assert_ne!(name(7), name(8));
    }

    #[test]
    fn the_class_of_a_domain_stays() {
        assert!(names().add(Kind::Domain, "contoso.onmicrosoft.com").pseudonym.ends_with(".onmicrosoft.com"));
        assert!(names().add(Kind::Domain, "contoso.com").pseudonym.ends_with(".example"));
    }

    #[test]
    fn a_name_that_is_taken_becomes_longer() {
        let mut names = names();
        let usual = names.pseudonym(Kind::Host, "proxy");
        names.taken.insert(usual.clone(), "another".to_owned());
        let longer = names.pseudonym(Kind::Host, "proxy");
        assert!(longer.starts_with(&usual[..usual.len() - 1]) && longer.len() > usual.len(), "{usual} {longer}");
    }

    #[test]
    fn ordinary_words_and_numbers_are_not_searched_for() {
        let mut names = names();
        for (value, distinct) in
            [("Exchange", false), ("2024", false), ("B1", false), ("Bern", true), ("Main Hall", true)]
        {
            assert_eq!(names.add(Kind::Location, value).is_distinct(), distinct, "{value}");
        }
    }

    #[test]
    fn digits_are_those_of_crockford() {
        assert_eq!(digits(&[0xff, 0x00, 0x00, 0x00, 0x01]), "zw000001");
    }
}
