//! Certificates of a scenario: the file that a customer has, and what the tenant knows of it.

use std::time::Duration;

use rcgen::{
    CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData,
    date_time_ymd,
};
use ring::digest;
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde::Deserialize;

use super::clock::SecretExpiry;

/// The private keys of every simulation. They protect nothing; making new ones would take longer than a scenario.
const PRIVATE_KEY: &[u8] = include_bytes!("certificate_key.der");
const OTHER_PRIVATE_KEY: &[u8] = include_bytes!("other_certificate_key.der");
/// The name in the certificates.
const SUBJECT: &str = "rx-preflight simulated client";

/// A certificate file as a scenario describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateDescription {
    /// From when on it is valid: days from now (`-30d`) or a day.
    #[serde(default = "a_month_ago")]
    pub starts: String,
    /// When it ends: days from now (`+200d`, `-3d`) or a day.
    pub ends: String,
    /// The key of the certificate.
    #[serde(default)]
    pub key: CertificateKey,
    /// The private key in the file, if it is not the one of the certificate.
    pub private_key: Option<CertificateKey>,
}

fn a_month_ago() -> String {
    "-30d".to_owned()
}

/// A key of the simulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateKey {
    /// An RSA key.
    #[default]
    First,
    /// Another RSA key.
    Second,
    /// A key on an elliptic curve, which Entra ID does not accept.
    EllipticCurve,
}

/// A certificate that was made for a scenario.
#[derive(Debug, Clone)]
pub struct SimulatedCertificate {
    /// The file of the customer: certificate and private key.
    pub(crate) pem: String,
    /// The SHA-256 hash of the certificate.
    pub(crate) thumbprint: Vec<u8>,
    /// `RSAPublicKey` in DER.
    pub(crate) public_key: Vec<u8>,
    /// Until when it is valid.
    pub(crate) ends: jiff::Timestamp,
}

impl CertificateDescription {
    /// Makes the certificate as of `now`; `None` for a moment that cannot be read or a key that cannot be used.
    pub(crate) fn make(&self, now: jiff::Timestamp) -> Option<SimulatedCertificate> {
        let moment = |text: &str| Some(SecretExpiry::parse(text)?.moment(now));
        let (starts, ends) = (moment(&self.starts)?, moment(&self.ends)?);
        let key = self.key.pair().ok()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, SUBJECT);
        let epoch = date_time_ymd(1970, 1, 1);
        params.not_before = epoch + since_epoch(starts)?;
        params.not_after = epoch + since_epoch(ends)?;
        let certificate = params.self_signed(&key).ok()?;
        let private_key = match self.private_key {
            Some(other) => other.pair().ok()?,
            None => self.key.pair().ok()?,
        };
        Some(SimulatedCertificate {
            pem: format!("{}{}", certificate.pem(), private_key.serialize_pem()),
            thumbprint: digest::digest(&digest::SHA256, certificate.der())
                .as_ref()
                .to_vec(),
            public_key: key.der_bytes().to_vec(),
            ends,
        })
    }
}

impl CertificateKey {
    fn pair(self) -> Result<KeyPair, rcgen::Error> {
        let of = |der: &[u8]| {
            KeyPair::from_pkcs8_der_and_sign_algo(
                &PrivatePkcs8KeyDer::from(der.to_vec()),
                &PKCS_RSA_SHA256,
            )
        };
        match self {
            Self::First => of(PRIVATE_KEY),
            Self::Second => of(OTHER_PRIVATE_KEY),
            Self::EllipticCurve => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
        }
    }
}

fn since_epoch(moment: jiff::Timestamp) -> Option<Duration> {
    u64::try_from(moment.as_second())
        .ok()
        .map(Duration::from_secs)
}
