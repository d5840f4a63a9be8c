//! The certificate with its private key that signs in instead of a client secret.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretSlice};
use thiserror::Error;

use super::ClientSecret;
use super::x509::{PublicKey, X509};

/// The length of a line in a PEM file (RFC 7468, section 2).
const PEM_LINE: usize = 64;
/// How a PKCS#12 file and every other binary form of a certificate begins: a DER sequence.
const DER_SEQUENCE: u8 = 0x30;

/// A certificate and its private key. `Debug` hides the key, and its memory is wiped on drop.
#[derive(Clone)]
pub struct ClientCertificate {
    starts_at: Timestamp,
    ends_at: Timestamp,
    thumbprint: [u8; digest::SHA256_OUTPUT_LEN],
    key: Arc<PrivateKey>,
    flaw: Option<CertificateFlaw>,
}

/// Why a certificate cannot sign in, although its file can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFlaw {
    /// The certificate or the key is not RSA, or is too short or too long.
    NotRsa,
    /// The private key belongs to another certificate.
    KeyMismatch,
}

/// Why a file is not usable as a certificate with its private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateFileError {
    /// Not PEM, but PKCS#12 or another binary form.
    #[error(
        "it is not in PEM format; convert a PKCS#12 file (.pfx or .p12) with \
         `openssl pkcs12 -in FILE -out certificate.pem -nodes`, and protect the result like a password"
    )]
    Binary,
    /// The private key has a password.
    #[error(
        "its private key is encrypted; write a copy without a password with \
         `openssl pkey -in FILE -out key.pem`, append the certificate, and protect the result like a password"
    )]
    Encrypted,
    /// No certificate.
    #[error(
        "it contains no certificate; it needs the certificate (-----BEGIN CERTIFICATE-----) and its private key, both in PEM format"
    )]
    NoCertificate,
    /// No private key.
    #[error(
        "it contains no private key; the file that was uploaded to Microsoft Entra has none, so append the private key \
         (-----BEGIN PRIVATE KEY-----) to the certificate"
    )]
    NoKey,
    /// A certificate that cannot be read.
    #[error("its certificate cannot be read; copy the file again, or export it again")]
    Damaged,
}

/// The private key in its binary form.
struct PrivateKey {
    form: KeyForm,
    der: SecretSlice<u8>,
    line: ClientSecret,
}

#[derive(Clone, Copy)]
enum KeyForm {
    Pkcs1,
    Pkcs8,
    /// A form that only other kinds of keys have.
    NotRsa,
}

impl ClientCertificate {
    /// Reads a PEM file with a certificate and its private key. Of several certificates, such as a chain, the one that
    /// belongs to the key counts.
    pub fn from_pem(pem: &[u8]) -> Result<Self, CertificateFileError> {
        let is_encrypted = |mark: &str| memchr::memmem::find(pem, mark.as_bytes()).is_some();
        if pem.first() == Some(&DER_SEQUENCE) {
            return Err(CertificateFileError::Binary);
        }
        if is_encrypted("BEGIN ENCRYPTED PRIVATE KEY") || is_encrypted("Proc-Type: 4,ENCRYPTED") {
            return Err(CertificateFileError::Encrypted);
        }
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| CertificateFileError::Damaged)?;
        if certificates.is_empty() {
            return Err(CertificateFileError::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| CertificateFileError::NoKey)?;
        let key = PrivateKey::new(key);
        let own_public_key = key.pair().map(|pair| pair.public().as_ref().to_vec());
        let mut read = Vec::new();
        for der in &certificates {
            let x509 = X509::read(der).ok_or(CertificateFileError::Damaged)?;
            read.push((der, x509));
        }
        let belongs = |(_, x509): &&(_, X509)| match (&x509.public_key, &own_public_key) {
            (PublicKey::Rsa(public), Some(own)) => public == own,
            _ => false,
        };
        let (der, x509) = read
            .iter()
            .find(belongs)
            .or(read.first())
            .ok_or(CertificateFileError::NoCertificate)?;
        Ok(Self::new(der, x509, key, own_public_key.as_deref()))
    }

    fn new(der: &[u8], x509: &X509, key: PrivateKey, own_public_key: Option<&[u8]>) -> Self {
        let flaw = match (&x509.public_key, own_public_key) {
            (PublicKey::Other, _) | (_, None) => Some(CertificateFlaw::NotRsa),
            (PublicKey::Rsa(public), Some(own)) if public != own => {
                Some(CertificateFlaw::KeyMismatch)
            }
            _ => None,
        };
        let mut thumbprint = [0; digest::SHA256_OUTPUT_LEN];
        thumbprint.copy_from_slice(digest::digest(&digest::SHA256, der).as_ref());
        Self {
            starts_at: x509.starts_at,
            ends_at: x509.ends_at,
            thumbprint,
            key: Arc::new(key),
            flaw,
        }
    }

    /// From when on the certificate is valid.
    pub fn starts_at(&self) -> Timestamp {
        self.starts_at
    }

    /// The end of its validity.
    pub fn ends_at(&self) -> Timestamp {
        self.ends_at
    }

    /// The SHA-256 hash of the certificate.
    pub fn thumbprint(&self) -> &[u8] {
        &self.thumbprint
    }

    /// Why it cannot sign in.
    pub fn flaw(&self) -> Option<CertificateFlaw> {
        self.flaw
    }

    /// The signature of a text (RSASSA-PSS with SHA-256); `None` if the key cannot sign.
    pub fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        let pair = self.key.pair()?;
        let mut signature = vec![0; pair.public().modulus_len()];
        pair.sign(&RSA_PSS_SHA256, &SystemRandom::new(), text, &mut signature)
            .ok()?;
        Some(signature)
    }

    /// Whether both are the same certificate with the same key.
    pub fn same_as(&self, other: &Self) -> bool {
        self.thumbprint == other.thumbprint && self.key.line.same_as(&other.key.line)
    }

    /// A line of the private key as its file contains it. Where it appears, the key does.
    pub(super) fn key_line(&self) -> &ClientSecret {
        &self.key.line
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientCertificate([hidden])")
    }
}

impl PrivateKey {
    fn new(key: PrivateKeyDer<'static>) -> Self {
        let form = match &key {
            PrivateKeyDer::Pkcs1(_) => KeyForm::Pkcs1,
            PrivateKeyDer::Pkcs8(_) => KeyForm::Pkcs8,
            _ => KeyForm::NotRsa,
        };
        let mut key = key;
        let mut text = STANDARD.encode(key.secret_der());
        let der = key.secret_der().to_vec();
        key.zeroize();
        // The last whole line: the first ones contain only the public half of the key.
        let end = text.len() / PEM_LINE * PEM_LINE;
        let line = text
            .get(end.saturating_sub(PEM_LINE)..end)
            .unwrap_or_default();
        let line = ClientSecret::new(line.to_owned());
        text.zeroize();
        Self {
            form,
            der: der.into(),
            line,
        }
    }

    /// The key in the form that signs. It is made anew each time, because its memory would not be wiped.
    fn pair(&self) -> Option<RsaKeyPair> {
        let der = self.der.expose_secret();
        match self.form {
            KeyForm::Pkcs1 => RsaKeyPair::from_der(der).ok(),
            KeyForm::Pkcs8 => RsaKeyPair::from_pkcs8(der).ok(),
            KeyForm::NotRsa => None,
        }
    }
}
