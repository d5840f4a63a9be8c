//! Which certificates are trusted (those of the operating system and an extra CA), and who issued what was presented.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_platform_verifier::Verifier;
use thiserror::Error as ErrorText;

use super::connector::Stopwatch;
use super::error::WireError;
use super::lock::lock;
use super::mask::sanitize;

/// The most time that the operating system takes to verify a certificate: Windows ends its requests to certification
/// authorities after 10 s.
const VERIFICATION: Duration = if cfg!(windows) {
    Duration::from_secs(10)
} else {
    Duration::ZERO
};

/// Judges certificates as the operating system does, and remembers who issued the last one of each host, so that a
/// refusal can name the issuer. The verdict is never changed.
///
/// Verification can block: Windows checks online whether a certificate is revoked, for up to 10 s, and downloads missing
/// roots. It therefore runs in [`super::connector`], on a thread where it delays no other connection. Verifying against
/// the installed roots alone would not block, but it would reject hosts that Windows and ResourceXpress trust.
#[derive(Debug)]
pub(super) struct RecordingVerifier {
    verifier: Result<Arc<dyn ServerCertVerifier>, NoTrustStore>,
    /// The longest time for one certificate.
    takes_up_to: Duration,
    provider: Arc<CryptoProvider>,
    /// The issuers of the last certificates, by host name.
    issuers: Mutex<BTreeMap<String, Issuer>>,
    /// The same for certificates that were rejected. A host name can have several ports with certificates of their own, and
    /// connections are established at the same time.
    rejected: Mutex<BTreeMap<String, Issuer>>,
}

/// Verifiers by the additional roots that they trust. Reading the roots of a machine takes milliseconds, which a run for
/// thousands of customers would spend for each of them.
#[derive(Debug, Default)]
pub struct TrustStores {
    known: Mutex<BTreeMap<Vec<u8>, Arc<dyn ServerCertVerifier>>>,
}

impl TrustStores {
    /// The verifier that trusts the roots of the operating system and those of `ca_pem`. A failure is not remembered, so that
    /// a store that is missing for a moment is missing for one customer only.
    fn verifier(
        &self,
        ca_pem: Option<&[u8]>,
    ) -> Result<Result<Arc<dyn ServerCertVerifier>, NoTrustStore>, WireError> {
        let key = ca_pem.unwrap_or_default();
        if let Some(known) = lock(&self.known).get(key) {
            return Ok(Ok(Arc::clone(known)));
        }
        let provider = crypto_provider();
        let verifier = match extra_roots(ca_pem)? {
            // On Windows, extra roots need a chain engine of their own, and its creation can fail.
            roots if roots.is_empty() => Verifier::new(provider),
            roots => Verifier::new_with_extra_roots(roots, provider),
        };
        let verifier = verifier
            .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
            .map_err(|error| NoTrustStore::of(&error));
        if let Ok(verifier) = &verifier {
            lock(&self.known).insert(key.to_owned(), Arc::clone(verifier));
        }
        Ok(verifier)
    }
}

impl RecordingVerifier {
    /// A witness that trusts the roots of the operating system and those of `ca_pem`.
    pub(super) fn new(stores: &TrustStores, ca_pem: Option<&[u8]>) -> Result<Arc<Self>, WireError> {
        let verifier = stores.verifier(ca_pem)?;
        Ok(Self::with(verifier, VERIFICATION, crypto_provider()))
    }

    fn with(
        verifier: Result<Arc<dyn ServerCertVerifier>, NoTrustStore>,
        takes_up_to: Duration,
        provider: Arc<CryptoProvider>,
    ) -> Arc<Self> {
        Arc::new(Self {
            verifier,
            takes_up_to,
            provider,
            issuers: Mutex::default(),
            rejected: Mutex::default(),
        })
    }

    /// A witness on a machine without any root certificate.
    pub(super) fn without_roots() -> Arc<Self> {
        Self::with(
            Err(NoTrustStore::NoRoots),
            Duration::ZERO,
            crypto_provider(),
        )
    }

    /// A witness whose verdicts are those of another verifier, which takes up to `takes_up_to` for one.
    #[cfg(test)]
    pub(super) fn judging_as(
        verifier: Arc<dyn ServerCertVerifier>,
        takes_up_to: Duration,
    ) -> Arc<Self> {
        Self::with(Ok(verifier), takes_up_to, crypto_provider())
    }

    /// The TLS settings of a client that uses this verifier. HTTP/2 is offered by ALPN.
    pub(super) fn client_config(self: &Arc<Self>) -> Result<ClientConfig, WireError> {
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(WireError::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(self) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The longest time that the verification of one certificate takes, besides the time for connecting.
    pub(super) fn takes_up_to(&self) -> Duration {
        self.takes_up_to
    }

    /// Who issued the certificate that `host` presented last.
    pub(super) fn issuer_of(&self, host: &str) -> Option<Issuer> {
        lock(&self.issuers).get(host).cloned()
    }

    /// Who issued the certificate of `host` that was rejected last.
    pub(super) fn rejected_issuer_of(&self, host: &str) -> Option<Issuer> {
        lock(&self.rejected).get(host).cloned()
    }

    /// The verdict of the operating system.
    fn verdict(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verifier = self
            .verifier
            .as_ref()
            .map_err(|missing| Error::from(OtherError(Arc::new(missing.clone()))))?;
        let _verifying = Stopwatch::start_current();
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.verdict(end_entity, intermediates, server_name, ocsp_response, now);
        if let Some(issuer) = issuer(end_entity) {
            let host = server_name.to_str().into_owned();
            if verdict.is_err() {
                lock(&self.rejected).insert(host.clone(), issuer.clone());
            }
            lock(&self.issuers).insert(host, issuer);
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(
            message,
            certificate,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

fn crypto_provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// Why this machine can verify no certificate at all.
#[derive(Debug, Clone, PartialEq, Eq, ErrorText)]
pub(super) enum NoTrustStore {
    /// It has no root certificates.
    #[error(
        "this machine has no trusted root certificates (install ca-certificates, or name the file with --ca-file)"
    )]
    NoRoots,
    /// Its operating system refuses to verify.
    #[error("the certificate verification of this machine is not available: {0}")]
    Unavailable(String),
}

impl NoTrustStore {
    fn of(error: &Error) -> Self {
        // Here verification is a part of this program, and the extra roots have been read before, so nothing is missing
        // but the roots of the machine.
        if cfg!(all(unix, not(target_vendor = "apple"))) {
            Self::NoRoots
        } else {
            Self::Unavailable(sanitize(&error.to_string()))
        }
    }

    /// The reason inside a TLS error.
    pub(super) fn in_error(error: &Error) -> Option<&Self> {
        match error {
            Error::Other(OtherError(reason)) => reason.downcast_ref(),
            _ => None,
        }
    }
}

/// The certificates of a PEM file. A file without any is an error: it would silently trust nothing more.
fn extra_roots(pem: Option<&[u8]>) -> Result<Vec<CertificateDer<'static>>, WireError> {
    let Some(pem) = pem else {
        return Ok(Vec::new());
    };
    let roots: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| WireError::UnreadableCa)?;
    // A valid PEM block does not have to be a certificate that can serve as a root.
    let readable = roots
        .iter()
        .all(|root| webpki::anchor_from_trusted_cert(root).is_ok());
    if roots.is_empty() || !readable {
        Err(WireError::UnreadableCa)
    } else {
        Ok(roots)
    }
}

/// The issuer of a certificate, sanitized for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The common name, with the organization in parentheses where both are there and differ.
    pub title: String,
    /// The organization, if it is named.
    pub organization: Option<String>,
}

fn issuer(certificate: &CertificateDer<'_>) -> Option<Issuer> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let name = certificate.issuer();
    let (common, organization) = (attribute(name, COMMON_NAME), attribute(name, ORGANIZATION));
    let text = match (common, organization.as_deref()) {
        (Some(common), Some(organization)) if common != organization => {
            format!("{common} ({organization})")
        }
        (common, organization) => common.or_else(|| organization.map(str::to_owned))?,
    };
    Some(Issuer {
        title: sanitize(&text),
        organization: organization.as_deref().map(sanitize),
    })
}

/// The object identifiers 2.5.4.3 and 2.5.4.10 with their DER tag and length.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x0a];

/// The string that follows an attribute's object identifier in a DER name. Names above 127 bytes are not read.
fn attribute(name: &[u8], identifier: &[u8]) -> Option<String> {
    let at = name
        .windows(identifier.len())
        .position(|window| window == identifier)?
        + identifier.len();
    let length = usize::from(*name.get(at + 1)?);
    let text = name
        .get(at + 2..at + 2 + length)
        .filter(|_| length < 0x80)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_certificates_is_not_a_ca_file() {
        assert!(matches!(
            RecordingVerifier::new(&TrustStores::default(), Some(b"no pem")),
            Err(WireError::UnreadableCa)
        ));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(
            RecordingVerifier::new(&TrustStores::default(), Some(broken)),
            Err(WireError::UnreadableCa)
        ));
    }

    #[test]
    fn the_issuer_is_read_out_of_a_certificate() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".into()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "Inspecting Proxy CA");
        params
            .distinguished_name
            .push(rcgen::DnType::OrganizationName, "Contoso");
        let certificate = params.self_signed(&key).unwrap();
        let issuer = issuer(certificate.der()).unwrap();
        assert_eq!(issuer.title, "Inspecting Proxy CA (Contoso)");
        assert_eq!(issuer.organization.as_deref(), Some("Contoso"));
    }

    #[test]
    fn a_malformed_certificate_has_no_issuer() {
        assert_eq!(issuer(&CertificateDer::from(&[0x30, 0x03, 0x06][..])), None);
        assert_eq!(attribute(COMMON_NAME, COMMON_NAME), None);
    }
}
