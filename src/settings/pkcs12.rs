//! PKCS#12 files (`.pfx`, `.p12`): certificates and a private key under one password (RFC 7292).

use ring::{digest, hmac};
use secrecy::zeroize::Zeroizing;
use yasna::models::ObjectIdentifier;
use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, BERReader, Tag};

use super::password_encryption::{
    Algorithm, DecryptionError, Purpose, any, derive_key, password_in_utf16,
};

/// Content types (RFC 5652) and kinds of bags (RFC 7292, section 4.2).
const DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 1];
const ENCRYPTED_DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 6];
const KEY_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 1];
const ENCRYPTED_KEY_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 2];
const CERTIFICATE_BAG: &[u64] = &[1, 2, 840, 113_549, 1, 12, 10, 1, 3];

/// The hashes of the integrity code (RFC 5758 and RFC 3279).
const SHA1: &[u64] = &[1, 3, 14, 3, 2, 26];
const SHA256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
const SHA384: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 2];
const SHA512: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 3];

/// What a file contains.
#[derive(Default)]
pub(super) struct Contents {
    /// The certificates in DER.
    pub(super) certificates: Vec<Vec<u8>>,
    /// The first private key as PKCS#8.
    pub(super) key: Option<Zeroizing<Vec<u8>>>,
}

/// The outer part of a file.
struct Container {
    content: Zeroizing<Vec<u8>>,
    mac: Option<IntegrityCode>,
}

/// The code that shows whether the password is right.
struct IntegrityCode {
    hash: ObjectIdentifier,
    code: Vec<u8>,
    salt: Vec<u8>,
    iterations: u32,
}

/// A part of the file.
enum Part {
    Plain(Zeroizing<Vec<u8>>),
    Encrypted(Algorithm, Vec<u8>),
    Unknown,
}

/// An entry of a part.
enum Bag {
    Key(Zeroizing<Vec<u8>>),
    EncryptedKey(Algorithm, Vec<u8>),
    Certificate(Vec<u8>),
    Unknown,
}

/// Opens a file with its password.
pub(super) fn open(file: &[u8], password: &str) -> Result<Contents, DecryptionError> {
    let container = parse(file, container)?;
    if let Some(mac) = &container.mac {
        verify(mac, &container.content, password)?;
    }
    let mut contents = Contents::default();
    for part in parse(&container.content, |reader| {
        reader.collect_sequence_of(part)
    })? {
        let bags = match part {
            Part::Plain(bags) => bags,
            Part::Encrypted(algorithm, encrypted) => algorithm.decrypt(&encrypted, password)?,
            Part::Unknown => continue,
        };
        for bag in parse(&bags, |reader| reader.collect_sequence_of(bag))? {
            match bag {
                Bag::Certificate(der) => contents.certificates.push(der),
                Bag::Key(key) if contents.key.is_none() => contents.key = Some(key),
                Bag::EncryptedKey(algorithm, encrypted) if contents.key.is_none() => {
                    contents.key = Some(algorithm.decrypt(&encrypted, password)?);
                }
                Bag::Key(_) | Bag::EncryptedKey(..) | Bag::Unknown => {}
            }
        }
    }
    Ok(contents)
}

/// The files of Windows are not always in DER.
fn parse<T>(
    bytes: &[u8],
    read: impl for<'a, 'b> FnOnce(BERReader<'a, 'b>) -> ASN1Result<T>,
) -> Result<T, DecryptionError> {
    yasna::parse_ber(bytes, read).map_err(|_| DecryptionError::Damaged)
}

fn verify(mac: &IntegrityCode, content: &[u8], password: &str) -> Result<(), DecryptionError> {
    let hash = |known: &[u64]| mac.hash == ObjectIdentifier::from_slice(known);
    let (hash, code) = if hash(SHA1) {
        (
            &digest::SHA1_FOR_LEGACY_USE_ONLY,
            hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        )
    } else if hash(SHA256) {
        (&digest::SHA256, hmac::HMAC_SHA256)
    } else if hash(SHA384) {
        (&digest::SHA384, hmac::HMAC_SHA384)
    } else if hash(SHA512) {
        (&digest::SHA512, hmac::HMAC_SHA512)
    } else {
        return Err(DecryptionError::Unsupported);
    };
    let password = password_in_utf16(password);
    let key = derive_key(
        hash,
        &password,
        (&mac.salt, mac.iterations),
        Purpose::IntegrityCode,
        hash.output_len(),
    );
    hmac::verify(&hmac::Key::new(code, &key), content, &mac.code)
        .map_err(|_| DecryptionError::WrongPassword)
}

fn container(reader: BERReader<'_, '_>) -> ASN1Result<Container> {
    reader.read_sequence(|parts| {
        parts.next().read_u8()?;
        let content = parts.next().read_sequence(|content| {
            // Another type is a signature instead of a password, which no common program writes.
            if content.next().read_oid()? != ObjectIdentifier::from_slice(DATA) {
                return Err(ASN1Error::new(ASN1ErrorKind::Invalid));
            }
            content.next().read_tagged(Tag::context(0), octets)
        })?;
        Ok(Container {
            content: Zeroizing::new(content),
            mac: parts.read_optional(integrity_code)?,
        })
    })
}

fn integrity_code(reader: BERReader<'_, '_>) -> ASN1Result<IntegrityCode> {
    reader.read_sequence(|parts| {
        let (hash, code) = parts.next().read_sequence(|info| {
            let hash = info.next().read_sequence(|algorithm| {
                let hash = algorithm.next().read_oid()?;
                algorithm.read_optional(any)?;
                Ok(hash)
            })?;
            Ok((hash, info.next().read_bytes()?))
        })?;
        Ok(IntegrityCode {
            hash,
            code,
            salt: parts.next().read_bytes()?,
            iterations: parts.read_default(1, iterations)?,
        })
    })
}

fn octets(reader: BERReader<'_, '_>) -> ASN1Result<Vec<u8>> {
    reader.read_bytes()
}

fn iterations(reader: BERReader<'_, '_>) -> ASN1Result<u32> {
    reader.read_u32()
}

fn part(reader: BERReader<'_, '_>) -> ASN1Result<Part> {
    reader.read_sequence(|parts| {
        let kind = parts.next().read_oid()?;
        parts.next().read_tagged(Tag::context(0), |content| {
            if kind == ObjectIdentifier::from_slice(DATA) {
                Ok(Part::Plain(Zeroizing::new(content.read_bytes()?)))
            } else if kind == ObjectIdentifier::from_slice(ENCRYPTED_DATA) {
                encrypted_part(content)
            } else {
                any(content).map(|_| Part::Unknown)
            }
        })
    })
}

fn encrypted_part(reader: BERReader<'_, '_>) -> ASN1Result<Part> {
    reader.read_sequence(|parts| {
        parts.next().read_u8()?;
        parts.next().read_sequence(|content| {
            content.next().read_oid()?;
            let algorithm = Algorithm::read(content.next())?;
            let encrypted = content
                .next()
                .read_tagged_implicit(Tag::context(0), octets)?;
            Ok(Part::Encrypted(algorithm, encrypted))
        })
    })
}

fn bag(reader: BERReader<'_, '_>) -> ASN1Result<Bag> {
    reader.read_sequence(|parts| {
        let kind = parts.next().read_oid()?;
        let bag = parts.next().read_tagged(Tag::context(0), |value| {
            if kind == ObjectIdentifier::from_slice(KEY_BAG) {
                Ok(Bag::Key(Zeroizing::new(value.read_der()?)))
            } else if kind == ObjectIdentifier::from_slice(ENCRYPTED_KEY_BAG) {
                let (algorithm, encrypted) = encrypted_key(value)?;
                Ok(Bag::EncryptedKey(algorithm, encrypted))
            } else if kind == ObjectIdentifier::from_slice(CERTIFICATE_BAG) {
                certificate(value)
            } else {
                any(value).map(|_| Bag::Unknown)
            }
        })?;
        // Names and local ids.
        parts.read_optional(any)?;
        Ok(bag)
    })
}

/// `EncryptedPrivateKeyInfo` (RFC 5958, section 3), which PEM files contain as well.
pub(super) fn encrypted_key(reader: BERReader<'_, '_>) -> ASN1Result<(Algorithm, Vec<u8>)> {
    reader.read_sequence(|parts| {
        let algorithm = Algorithm::read(parts.next())?;
        Ok((algorithm, parts.next().read_bytes()?))
    })
}

fn certificate(reader: BERReader<'_, '_>) -> ASN1Result<Bag> {
    reader.read_sequence(|parts| {
        parts.next().read_oid()?;
        parts
            .next()
            .read_tagged(Tag::context(0), octets)
            .map(Bag::Certificate)
    })
}
