//! Certificates that this machine trusts or does not trust.

use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::evidence::{Failure, Layer, Reply};
use crate::settings::{CaFile, Transport};
use crate::terms::CheckId;

use super::listener::{json, whole_request};
use super::{access_token, transport, wire_with};

pub(super) fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
        .distinguished_name
        .push(DnType::CommonName, "Inspecting Proxy CA");
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// An HTTPS listener whose certificate is for `name`; its address is for 127.0.0.1.
pub(super) async fn listener(
    issuer: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    expired: bool,
) -> String {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if expired {
        params.not_after = rcgen::date_time_ymd(2020, 1, 2);
    }
    let certificate = params.signed_by(&key, issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", socket.local_addr().unwrap());
    tokio::spawn(serve(socket, TlsAcceptor::from(Arc::new(config))));
    base
}

async fn serve(socket: TcpListener, acceptor: TlsAcceptor) {
    while let Ok((stream, _)) = socket.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            whole_request(&mut stream).await;
            let _ = stream
                .write_all(json(200, r#"{"value":[]}"#).as_bytes())
                .await;
            let _ = stream.shutdown().await;
        });
    }
}

fn ca_file(pem: String) -> CaFile {
    CaFile {
        path: "ca.pem".into(),
        pem: pem.into_bytes(),
    }
}

async fn send(base: &str, ca_pem: Option<String>) -> Reply<()> {
    let transport = Transport {
        ca_file: ca_pem.map(ca_file),
        ..transport()
    };
    let wire = wire_with(base, &transport, Duration::from_secs(5));
    wire.users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply
}

async fn failure(base: &str, ca_pem: Option<String>) -> Failure {
    match send(base, ca_pem).await {
        Reply::Unreachable(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_unknown_issuer_is_named() {
    let failure = failure(&listener(&authority(), "127.0.0.1", false).await, None).await;
    assert_eq!(failure.layer, Layer::Certificate, "{failure:?}");
    assert_eq!(failure.issuer.as_deref(), Some("Inspecting Proxy CA"));
    assert_eq!(
        failure.detail,
        "this machine does not trust the issuer of the certificate"
    );
}

#[tokio::test]
async fn a_machine_without_roots_is_not_an_untrusted_issuer() {
    let base = listener(&authority(), "127.0.0.1", false).await;
    let transport = Transport {
        without_system_roots: true,
        ..transport()
    };
    let reply = wire_with(&base, &transport, Duration::from_secs(5))
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let Reply::Unreachable(failure) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(
        (failure.layer, failure.issuer),
        (Layer::TrustStore, None),
        "{}",
        failure.detail
    );
    assert_eq!(
        failure.detail,
        "this machine has no trusted root certificates (install ca-certificates, or name the file with --ca-file)"
    );
}

#[tokio::test]
async fn an_extra_ca_is_trusted() {
    let authority = authority();
    let base = listener(&authority, "127.0.0.1", false).await;
    assert_eq!(send(&base, Some(authority.pem())).await, Reply::Success(()));
}

#[tokio::test]
async fn an_expired_certificate_and_a_wrong_name_are_distinguished() {
    let authority = authority();
    let expired = failure(
        &listener(&authority, "127.0.0.1", true).await,
        Some(authority.pem()),
    )
    .await;
    assert_eq!(expired.layer, Layer::Certificate);
    assert!(
        expired.detail.contains("expired on 2020-01-02"),
        "{}",
        expired.detail
    );
    let named = failure(
        &listener(&authority, "other.test", false).await,
        Some(authority.pem()),
    )
    .await;
    assert_eq!(named.layer, Layer::Certificate);
    assert!(
        named.detail.contains("127.0.0.1") && named.detail.contains("other.test"),
        "{}",
        named.detail
    );
}

#[tokio::test]
async fn a_service_that_speaks_no_tls_fails_in_the_handshake() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", socket.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = socket.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let failure = failure(&base, None).await;
    assert_eq!(failure.layer, Layer::Tls, "{failure:?}");
}

#[tokio::test]
async fn a_handshake_that_is_hung_up_on_fails_in_tls() {
    let base = super::listener::Listener::with_acts(vec![super::listener::Act::Close])
        .await
        .base;
    let failure = failure(&base.replace("http:", "https:"), None).await;
    assert_eq!(
        (failure.layer, failure.issuer),
        (Layer::Tls, None),
        "{}",
        failure.detail
    );
}

#[tokio::test]
async fn a_handshake_without_a_response_runs_into_the_connect_timeout() {
    let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", socket.local_addr().unwrap());
    let wire = wire_with(&base, &transport(), Duration::from_millis(300));
    let reply = wire
        .users(CheckId::DirectoryUsers, &access_token())
        .await
        .reply;
    let Reply::Unreachable(failure) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(
        (failure.layer, failure.limit_ms),
        (Layer::ConnectTimeout, Some(300))
    );
    assert_eq!(failure.detail, "no connection within 0.3 s");
}
