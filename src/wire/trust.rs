//! Which certificates are trusted (those of the operating system and an extra CA), and who issued what was presented.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::error::WireError;
use super::lock::lock;
use super::mask::sanitize;

/// Judges certificates as the operating system does, and remembers who issued the last one of each host, so that a
/// refusal can name the issuer. The verdict is never changed.
#[derive(Debug)]
pub(super) struct RecordingVerifier {
    /// `None` on a machine without any trusted root: then nothing is trusted.
    verifier: Option<Verifier>,
    provider: Arc<CryptoProvider>,
    issuers: Mutex<BTreeMap<String, Issuer>>,
}

impl RecordingVerifier {
    /// A witness that trusts the roots of the operating system and those of `ca_pem`.
    pub(super) fn new(ca_pem: Option<&[u8]>) -> Result<Arc<Self>, WireError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            Verifier::new_with_extra_roots(extra_roots(ca_pem)?, Arc::clone(&provider)).ok();
        Ok(Arc::new(Self {
            verifier,
            provider,
            issuers: Mutex::default(),
        }))
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

    /// Who issued the certificate that `host` presented last.
    pub(super) fn issuer_of(&self, host: &str) -> Option<Issuer> {
        lock(&self.issuers).get(host).cloned()
    }

    fn remember(&self, server: &ServerName<'_>, certificate: &CertificateDer<'_>) {
        if let Some(issuer) = issuer(certificate) {
            lock(&self.issuers).insert(server.to_str().into_owned(), issuer);
        }
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
        // Before the verdict, so that the issuer of a rejected certificate is known as well.
        self.remember(server_name, end_entity);
        let verifier = self
            .verifier
            .as_ref()
            .ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))?;
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
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
            RecordingVerifier::new(Some(b"no pem")),
            Err(WireError::UnreadableCa)
        ));
        let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(matches!(
            RecordingVerifier::new(Some(broken)),
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
