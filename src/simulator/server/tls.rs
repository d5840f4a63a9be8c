//! A certificate authority of this run, and a certificate for the loopback names.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// What the server shows, and what a client must trust.
pub(crate) struct ServerIdentity {
    pub(crate) ca_pem: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// What is wrong with a certificate although its authority is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// It ended at the beginning of 2021.
    Expired,
    /// It is for a host that is not this one.
    WrongName,
}

/// The names of this machine.
const OWN_NAMES: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// The host that a certificate with a wrong name is for.
const ANOTHER_HOST: &str = "blockpage.contoso.com";

impl ServerIdentity {
    /// Makes an authority of this name and a certificate for `localhost`, 127.0.0.1 and `::1`.
    pub(crate) fn generate(authority: &str) -> Result<ServerIdentity, rcgen::Error> {
        Self::signed(authority, &leaf_params(OWN_NAMES)?)
    }

    /// Makes an authority of this name and a certificate that no client should accept.
    pub(crate) fn flawed(authority: &str, flaw: Flaw) -> Result<ServerIdentity, rcgen::Error> {
        let params = match flaw {
            Flaw::WrongName => leaf_params(&[ANOTHER_HOST])?,
            Flaw::Expired => {
                let mut params = leaf_params(OWN_NAMES)?;
                (params.not_before, params.not_after) =
                    (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
                params
            }
        };
        Self::signed(authority, &params)
    }

    fn signed(authority: &str, leaf: &CertificateParams) -> Result<ServerIdentity, rcgen::Error> {
        let authority_key = KeyPair::generate()?;
        let authority = authority_params(authority);
        let ca_pem = authority.self_signed(&authority_key)?.pem();
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate()?;
        let certificate = leaf.signed_by(&key, &issuer)?.der().clone();
        Ok(ServerIdentity {
            ca_pem,
            certificate,
            key,
        })
    }

    /// Accepts TLS connections; HTTP/2 is offered first.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params
}

fn leaf_params(names: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "simulated service");
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}
