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
use secrecy::zeroize::{Zeroize, Zeroizing};
use secrecy::{ExposeSecret, SecretSlice};
use thiserror::Error;

use super::password_encryption::DecryptionError;
use super::x509::{PublicKey, X509};
use super::{ClientSecret, pkcs12};

/// The length of a line in a PEM file (RFC 7468, section 2).
const PEM_LINE: usize = 64;
/// The first line of a private key that a PEM file contains encrypted (RFC 7468, section 11).
const ENCRYPTED_KEY: &str = "-----BEGIN ENCRYPTED PRIVATE KEY-----";
/// The mark of an older encryption, whose key derivation is weak (RFC 1421).
const OLD_ENCRYPTION: &str = "Proc-Type: 4,ENCRYPTED";
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
    /// The file or its private key has a password, and none was given.
    #[error(
        "it is protected by a password; save the password in a file of its own, and name that file with \
         --client-certificate-password-file FILE, or in the settings file with client_certificate_password_file"
    )]
    NeedsPassword,
    /// The password does not open the file.
    #[error(
        "the password does not open it; enter the password that was set when the file was exported"
    )]
    WrongPassword,
    /// An encryption that is not supported.
    #[error(
        "its encryption is not supported; export it again with AES256, or convert it with \
         `openssl pkcs12 -legacy -in FILE -out certificate.pem -nodes`, and protect the result like a password"
    )]
    Unsupported,
    /// No certificate.
    #[error(
        "it contains no certificate; name a PKCS#12 file (.pfx or .p12), or a PEM file with the certificate \
         (-----BEGIN CERTIFICATE-----) and its private key"
    )]
    NoCertificate,
    /// No private key.
    #[error(
        "it contains no private key; the file that was uploaded to Microsoft Entra has none, so use the one that was made \
         with it, or append the private key (-----BEGIN PRIVATE KEY-----) to the certificate"
    )]
    NoKey,
    /// A part that cannot be read.
    #[error("it is damaged; copy the file again, or export it again")]
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
    /// Reads a PKCS#12 file, or a PEM file with a certificate and its private key. Of several certificates, such as a
    /// chain, the one that belongs to the key counts.
    pub fn from_file(
        file: &[u8],
        password: Option<&ClientSecret>,
    ) -> Result<Self, CertificateFileError> {
        let (certificates, key) = if file.first() == Some(&DER_SEQUENCE) {
            read_pkcs12(file, password)?
        } else {
            read_pem(file, password)?
        };
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

/// The certificates of a file in DER, and its private key.
type Parts = (Vec<Vec<u8>>, PrivateKey);

fn read_pkcs12(
    file: &[u8],
    password: Option<&ClientSecret>,
) -> Result<Parts, CertificateFileError> {
    let contents = pkcs12::open(file, password.map_or("", ClientSecret::expose))
        .map_err(|error| why_not_opened(error, password))?;
    if contents.certificates.is_empty() {
        return Err(CertificateFileError::NoCertificate);
    }
    let key = contents.key.ok_or(CertificateFileError::NoKey)?;
    Ok((contents.certificates, PrivateKey::new(KeyForm::Pkcs8, &key)))
}

fn read_pem(pem: &[u8], password: Option<&ClientSecret>) -> Result<Parts, CertificateFileError> {
    if memchr::memmem::find(pem, OLD_ENCRYPTION.as_bytes()).is_some() {
        return Err(CertificateFileError::Unsupported);
    }
    let certificates = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| CertificateFileError::Damaged)?;
    if certificates.is_empty() {
        return Err(CertificateFileError::NoCertificate);
    }
    if let Some(encrypted) = encrypted_key(pem) {
        let der = decrypt_key(&encrypted?, password.map_or("", ClientSecret::expose))
            .map_err(|error| why_not_opened(error, password))?;
        return Ok((certificates, PrivateKey::new(KeyForm::Pkcs8, &der)));
    }
    let mut key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| CertificateFileError::NoKey)?;
    let form = match &key {
        PrivateKeyDer::Pkcs1(_) => KeyForm::Pkcs1,
        PrivateKeyDer::Pkcs8(_) => KeyForm::Pkcs8,
        _ => KeyForm::NotRsa,
    };
    let private_key = PrivateKey::new(form, key.secret_der());
    key.zeroize();
    Ok((certificates, private_key))
}

/// The encrypted private key of a PEM file in DER, if there is one.
fn encrypted_key(pem: &[u8]) -> Option<Result<Vec<u8>, CertificateFileError>> {
    let text = String::from_utf8_lossy(pem);
    let (_, rest) = text.split_once(ENCRYPTED_KEY)?;
    let (body, _) = rest.split_once("-----")?;
    let digits: String = body.split_whitespace().collect();
    Some(
        STANDARD
            .decode(digits)
            .map_err(|_| CertificateFileError::Damaged),
    )
}

fn decrypt_key(der: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, DecryptionError> {
    let (algorithm, encrypted) =
        yasna::parse_ber(der, pkcs12::encrypted_key).map_err(|_| DecryptionError::Damaged)?;
    algorithm.decrypt(&encrypted, password)
}

fn why_not_opened(error: DecryptionError, password: Option<&ClientSecret>) -> CertificateFileError {
    match (error, password) {
        (DecryptionError::Damaged, _) => CertificateFileError::Damaged,
        (DecryptionError::Unsupported, _) => CertificateFileError::Unsupported,
        (DecryptionError::WrongPassword, None) => CertificateFileError::NeedsPassword,
        (DecryptionError::WrongPassword, Some(_)) => CertificateFileError::WrongPassword,
    }
}

impl PrivateKey {
    fn new(form: KeyForm, der: &[u8]) -> Self {
        let text = Zeroizing::new(STANDARD.encode(der));
        // The last whole line: the first ones contain only the public half of the key.
        let end = text.len() / PEM_LINE * PEM_LINE;
        let line = text
            .get(end.saturating_sub(PEM_LINE)..end)
            .unwrap_or_default();
        Self {
            form,
            der: der.to_vec().into(),
            line: ClientSecret::new(line.to_owned()),
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
