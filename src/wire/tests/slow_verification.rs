//! A verification that blocks its thread, as that of Windows does while it checks revocation.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};
use url::Url;

use crate::settings::Limits;
use crate::wire::route::Routes;
use crate::wire::trust::RecordingVerifier;

use super::tls::{authority, listener};
use super::{limits, transport};

/// Blocks for a time, but only for the certificate of 127.0.0.1, and trusts every certificate.
#[derive(Debug)]
struct SlowVerifier(Duration);

impl ServerCertVerifier for SlowVerifier {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if server_name.to_str() == "127.0.0.1" {
            thread::sleep(self.0);
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        Vec::new()
    }
}

/// Clients whose verification of 127.0.0.1 takes `slow`, and counts up to `allowed` besides the limit for connecting.
fn routes(slow: Duration, allowed: Duration, connect: Duration) -> Routes {
    let witness = RecordingVerifier::judging_as(Arc::new(SlowVerifier(slow)), allowed);
    let limits = Limits {
        connect,
        ..limits(Duration::from_secs(10))
    };
    Routes::with(witness, &transport(), &limits).unwrap()
}

async fn request(routes: &Routes, base: &str) -> Result<Duration, reqwest::Error> {
    let begun = Instant::now();
    let url = Url::parse(base).unwrap();
    routes.client(&url).get(url.clone()).send().await?;
    Ok(begun.elapsed())
}

/// The runtime of this test has one thread, as that of a check.
#[tokio::test]
async fn a_slow_verification_delays_no_other_host() {
    let slow = Duration::from_millis(1500);
    let routes = routes(slow, slow, Duration::from_secs(5));
    let authority = authority();
    let slow_base = listener(&authority, "127.0.0.1", false).await;
    let other_base = listener(&authority, "localhost", false).await;
    let other_base = other_base.replace("127.0.0.1", "localhost");
    let begun = Instant::now();
    let slow_request = request(&routes, &slow_base);
    let other_request = async {
        // The slow verification is under way by then.
        tokio::time::sleep(Duration::from_millis(300)).await;
        request(&routes, &other_base).await.unwrap();
        begun.elapsed()
    };
    let (slow_time, other_time) = tokio::join!(slow_request, other_request);
    assert!(slow_time.unwrap() >= slow);
    assert!(other_time < Duration::from_millis(1200), "{other_time:?}");
}

#[tokio::test]
async fn verification_does_not_count_as_connecting() {
    let slow = Duration::from_millis(900);
    let base = listener(&authority(), "127.0.0.1", false).await;
    let connect = Duration::from_millis(300);
    let time = request(&routes(slow, 2 * slow, connect), &base).await;
    assert!(time.unwrap() >= slow);
    let error = request(&routes(slow, Duration::ZERO, connect), &base)
        .await
        .unwrap_err();
    assert!(error.is_timeout() && error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_handshake_without_a_response_still_ends_at_the_limit() {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", socket.local_addr().unwrap());
    let begun = Instant::now();
    let connect = Duration::from_millis(200);
    let error = request(
        &routes(Duration::ZERO, Duration::from_secs(5), connect),
        &base,
    )
    .await
    .unwrap_err();
    assert!(error.is_timeout() && error.is_connect(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}
