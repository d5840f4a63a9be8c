//! The fields of an X.509 certificate that a sign-in depends on (RFC 5280, section 4.1).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use yasna::models::{ObjectIdentifier, TaggedDerValue};
use yasna::tags::{TAG_GENERALIZEDTIME, TAG_UTCTIME};
use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, BERReader, BERReaderSeq, Tag};

/// `rsaEncryption` (RFC 3279, section 2.3.1).
const RSA_ENCRYPTION: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];
/// The first year that two digits mean as one of the last century (RFC 5280, section 4.1.2.5.1).
const CENTURY_TURNS_AT: &str = "50";

/// A certificate, as far as a sign-in depends on it.
pub(super) struct X509 {
    /// From when on it is valid.
    pub(super) starts_at: Timestamp,
    /// Until when it is valid.
    pub(super) ends_at: Timestamp,
    /// Its public key.
    pub(super) public_key: PublicKey,
}

/// The public key of a certificate.
pub(super) enum PublicKey {
    /// `RSAPublicKey` in DER.
    Rsa(Vec<u8>),
    /// A key of another kind.
    Other,
}

impl X509 {
    /// Reads a certificate in DER.
    pub(super) fn read(der: &[u8]) -> Option<Self> {
        let certificate = |reader: BERReader<'_, '_>| {
            reader.read_sequence(|parts| {
                let x509 = parts.next().read_sequence(to_be_signed)?;
                // The algorithm and the signature of the issuer.
                skip(parts)?;
                skip(parts)?;
                Ok(x509)
            })
        };
        yasna::parse_der(der, certificate).ok()
    }
}

fn to_be_signed(fields: &mut BERReaderSeq<'_, '_>) -> ASN1Result<X509> {
    // The version is absent in certificates of version 1.
    fields.read_optional(version)?;
    // Serial number, signature algorithm and issuer.
    for _ in 0..3 {
        skip(fields)?;
    }
    let (starts_at, ends_at) = fields.next().read_sequence(|validity| {
        let starts_at = moment(&validity.next().read_tagged_der()?)?;
        Ok((starts_at, moment(&validity.next().read_tagged_der()?)?))
    })?;
    skip(fields)?;
    let public_key = fields.next().read_sequence(public_key)?;
    // Unique identifiers and extensions.
    while fields.read_optional(any)?.is_some() {}
    Ok(X509 {
        starts_at,
        ends_at,
        public_key,
    })
}

fn public_key(fields: &mut BERReaderSeq<'_, '_>) -> ASN1Result<PublicKey> {
    let algorithm = fields.next().read_sequence(|algorithm| {
        let id = algorithm.next().read_oid()?;
        algorithm.read_optional(any)?;
        Ok(id)
    })?;
    let (key, _) = fields.next().read_bitvec_bytes()?;
    Ok(
        if algorithm == ObjectIdentifier::from_slice(RSA_ENCRYPTION) {
            PublicKey::Rsa(key)
        } else {
            PublicKey::Other
        },
    )
}

fn version(reader: BERReader<'_, '_>) -> ASN1Result<TaggedDerValue> {
    reader.read_tagged(Tag::context(0), any)
}

fn any(reader: BERReader<'_, '_>) -> ASN1Result<TaggedDerValue> {
    reader.read_tagged_der()
}

fn skip(fields: &mut BERReaderSeq<'_, '_>) -> ASN1Result<()> {
    any(fields.next()).map(drop)
}

fn moment(value: &TaggedDerValue) -> ASN1Result<Timestamp> {
    let invalid = || ASN1Error::new(ASN1ErrorKind::Invalid);
    let text = std::str::from_utf8(value.value()).map_err(|_| invalid())?;
    let whole = match value.tag() {
        TAG_UTCTIME if text < CENTURY_TURNS_AT => format!("20{text}"),
        TAG_UTCTIME => format!("19{text}"),
        TAG_GENERALIZEDTIME => text.to_owned(),
        _ => return Err(invalid()),
    };
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", whole).map_err(|_| invalid())?;
    TimeZone::UTC.to_timestamp(time).map_err(|_| invalid())
}
