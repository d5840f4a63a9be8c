//! Decryption with a password, as in PKCS#12 files and encrypted private keys: PBES2 with AES (RFC 8018), and the older
//! scheme with triple DES (RFC 7292, appendices B and C).

use std::num::NonZeroU32;

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockCipher, BlockDecryptMut, KeyInit, KeyIvInit};
use ring::{digest, pbkdf2};
use secrecy::zeroize::Zeroizing;
use thiserror::Error;
use yasna::models::{ObjectIdentifier, TaggedDerValue};
use yasna::{ASN1Result, BERReader, BERReaderSeq};

const PBES2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 13];
const PBKDF2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 12];
const SHA1_AND_TRIPLE_DES: &[u64] = &[1, 2, 840, 113_549, 1, 12, 1, 3];
const AES_128_CBC: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 1, 2];
const AES_192_CBC: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 1, 22];
const AES_256_CBC: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 1, 42];
const HMAC_SHA256: &[u64] = &[1, 2, 840, 113_549, 2, 9];
const HMAC_SHA384: &[u64] = &[1, 2, 840, 113_549, 2, 10];
const HMAC_SHA512: &[u64] = &[1, 2, 840, 113_549, 2, 11];
const HMAC_SHA1: &[u64] = &[1, 2, 840, 113_549, 2, 7];

/// The key and the start of triple DES in bytes.
const TRIPLE_DES_KEY: usize = 24;
const TRIPLE_DES_START: usize = 8;
/// More iterations would take minutes; no common program writes so many.
const MOST_ITERATIONS: u32 = 10_000_000;

/// Why something encrypted cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum DecryptionError {
    /// Not in the expected form.
    #[error("damaged")]
    Damaged,
    /// An algorithm that is not supported.
    #[error("unsupported")]
    Unsupported,
    /// The password does not fit.
    #[error("wrong password")]
    WrongPassword,
}

/// How something is encrypted.
pub(super) enum Algorithm {
    /// PBES2 with PBKDF2 and AES.
    Aes {
        prf: pbkdf2::Algorithm,
        salt: Vec<u8>,
        iterations: u32,
        key_length: usize,
        start: Vec<u8>,
    },
    /// `pbeWithSHAAnd3-KeyTripleDES-CBC`.
    TripleDes { salt: Vec<u8>, iterations: u32 },
    /// Anything else, such as RC2.
    Unsupported,
}

impl Algorithm {
    /// Reads an `AlgorithmIdentifier`.
    pub(super) fn read(reader: BERReader<'_, '_>) -> ASN1Result<Self> {
        reader.read_sequence(|parts| {
            let id = parts.next().read_oid()?;
            if id == ObjectIdentifier::from_slice(PBES2) {
                parts.next().read_sequence(pbes2)
            } else if id == ObjectIdentifier::from_slice(SHA1_AND_TRIPLE_DES) {
                parts.next().read_sequence(|parameters| {
                    let salt = parameters.next().read_bytes()?;
                    let iterations = parameters.next().read_u32()?;
                    Ok(Self::TripleDes { salt, iterations })
                })
            } else {
                parts.read_optional(any)?;
                Ok(Self::Unsupported)
            }
        })
    }

    /// The plain content.
    pub(super) fn decrypt(
        &self,
        encrypted: &[u8],
        password: &str,
    ) -> Result<Zeroizing<Vec<u8>>, DecryptionError> {
        let plain = match self {
            Self::Aes {
                prf,
                salt,
                iterations,
                key_length,
                start,
            } => {
                let iterations = limited(*iterations)?;
                let mut key = Zeroizing::new(vec![0; *key_length]);
                pbkdf2::derive(*prf, iterations, salt, password.as_bytes(), &mut key);
                match key_length {
                    16 => decrypt_cbc::<aes::Aes128>(&key, start, encrypted),
                    24 => decrypt_cbc::<aes::Aes192>(&key, start, encrypted),
                    _ => decrypt_cbc::<aes::Aes256>(&key, start, encrypted),
                }
            }
            Self::TripleDes { salt, iterations } => {
                limited(*iterations)?;
                let password = password_in_utf16(password);
                let derived = |purpose, length| {
                    let hash = &digest::SHA1_FOR_LEGACY_USE_ONLY;
                    derive_key(hash, &password, (salt, *iterations), purpose, length)
                };
                let key = derived(Purpose::Key, TRIPLE_DES_KEY);
                let start = derived(Purpose::Start, TRIPLE_DES_START);
                decrypt_cbc::<des::TdesEde3>(&key, &start, encrypted)
            }
            Self::Unsupported => return Err(DecryptionError::Unsupported),
        };
        // With a wrong key, the padding at the end is almost never right.
        plain.ok_or(DecryptionError::WrongPassword)
    }
}

fn limited(iterations: u32) -> Result<NonZeroU32, DecryptionError> {
    NonZeroU32::new(iterations)
        .filter(|count| count.get() <= MOST_ITERATIONS)
        .ok_or(DecryptionError::Unsupported)
}

fn decrypt_cbc<C: BlockCipher + BlockDecryptMut + KeyInit>(
    key: &[u8],
    start: &[u8],
    encrypted: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let decryptor = cbc::Decryptor::<C>::new_from_slices(key, start).ok()?;
    let plain = decryptor.decrypt_padded_vec_mut::<Pkcs7>(encrypted).ok()?;
    Some(Zeroizing::new(plain))
}

fn pbes2(parts: &mut BERReaderSeq<'_, '_>) -> ASN1Result<Algorithm> {
    let derivation = parts.next().read_sequence(|parts| {
        if parts.next().read_oid()? != ObjectIdentifier::from_slice(PBKDF2) {
            parts.read_optional(any)?;
            return Ok(None);
        }
        parts.next().read_sequence(|parameters| {
            let salt = parameters.next().read_bytes()?;
            let iterations = parameters.next().read_u32()?;
            parameters.read_optional(number)?;
            let prf = parameters.read_optional(algorithm_id)?;
            Ok(pbkdf2_of(prf.as_ref()).map(|prf| (prf, salt, iterations)))
        })
    })?;
    let (cipher, start) = parts.next().read_sequence(|parts| {
        let cipher = parts.next().read_oid()?;
        Ok((cipher, parts.next().read_tagged_der()?.value().to_vec()))
    })?;
    let key_lengths = [(AES_128_CBC, 16), (AES_192_CBC, 24), (AES_256_CBC, 32)];
    let key_length = key_lengths
        .into_iter()
        .find(|(known, _)| cipher == ObjectIdentifier::from_slice(known));
    Ok(match (derivation, key_length) {
        (Some((prf, salt, iterations)), Some((_, key_length))) => Algorithm::Aes {
            prf,
            salt,
            iterations,
            key_length,
            start,
        },
        _ => Algorithm::Unsupported,
    })
}

/// The function of PBKDF2; SHA-1 where none is named (RFC 8018, appendix A.2).
fn pbkdf2_of(prf: Option<&ObjectIdentifier>) -> Option<pbkdf2::Algorithm> {
    let known = [
        (HMAC_SHA1, pbkdf2::PBKDF2_HMAC_SHA1),
        (HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256),
        (HMAC_SHA384, pbkdf2::PBKDF2_HMAC_SHA384),
        (HMAC_SHA512, pbkdf2::PBKDF2_HMAC_SHA512),
    ];
    let Some(prf) = prf else {
        return Some(pbkdf2::PBKDF2_HMAC_SHA1);
    };
    known
        .into_iter()
        .find(|(id, _)| *prf == ObjectIdentifier::from_slice(id))
        .map(|(_, algorithm)| algorithm)
}

fn number(reader: BERReader<'_, '_>) -> ASN1Result<u32> {
    reader.read_u32()
}

fn algorithm_id(reader: BERReader<'_, '_>) -> ASN1Result<ObjectIdentifier> {
    reader.read_sequence(|parts| {
        let id = parts.next().read_oid()?;
        parts.read_optional(any)?;
        Ok(id)
    })
}

/// Any value.
pub(super) fn any(reader: BERReader<'_, '_>) -> ASN1Result<TaggedDerValue> {
    reader.read_tagged_der()
}

/// What a derived key is for (RFC 7292, appendix B.3).
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key = 1,
    Start = 2,
    IntegrityCode = 3,
}

/// A password as PKCS#12 hashes it: UTF-16 with two zero bytes at the end.
pub(super) fn password_in_utf16(password: &str) -> Zeroizing<Vec<u8>> {
    let letters = password.encode_utf16().chain([0]);
    Zeroizing::new(letters.flat_map(u16::to_be_bytes).collect())
}

/// A key from a password (RFC 7292, appendix B.2), with the names of that text.
pub(super) fn derive_key(
    hash: &'static digest::Algorithm,
    password: &[u8],
    (salt, iterations): (&[u8], u32),
    purpose: Purpose,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let v = hash.block_len();
    let filled = |text: &[u8]| -> Vec<u8> {
        let length = text.len().div_ceil(v) * v;
        text.iter().copied().cycle().take(length).collect()
    };
    let diversifier = vec![purpose as u8; v];
    let mut i = Zeroizing::new([filled(salt), filled(password)].concat());
    let mut key = Zeroizing::new(Vec::with_capacity(length + hash.output_len()));
    while key.len() < length {
        let mut context = digest::Context::new(hash);
        context.update(&diversifier);
        context.update(&i);
        let mut a = context.finish();
        for _ in 1..iterations.min(MOST_ITERATIONS) {
            a = digest::digest(hash, a.as_ref());
        }
        key.extend_from_slice(a.as_ref());
        let b: Vec<u8> = a.as_ref().iter().copied().cycle().take(v).collect();
        for block in i.chunks_mut(v) {
            add_with_one(block, &b);
        }
    }
    key.truncate(length);
    key
}

/// Adds a number and one to a number of the same length, both with the highest byte first.
fn add_with_one(to: &mut [u8], number: &[u8]) {
    let mut carry = 1;
    for (byte, other) in to.iter_mut().zip(number).rev() {
        let sum = u16::from(*byte) + u16::from(*other) + carry;
        let [high, low] = sum.to_be_bytes();
        *byte = low;
        carry = u16::from(high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iterations_are_counted_up_to_the_most_and_not_beyond() {
        assert!(limited(MOST_ITERATIONS).is_ok());
        assert!(limited(MOST_ITERATIONS + 1).is_err());
        assert!(limited(0).is_err());
    }
}
