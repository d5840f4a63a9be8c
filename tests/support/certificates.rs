//! Certificates for sign-in, made for a test.

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, date_time_ymd};
use rustls::pki_types::PrivatePkcs8KeyDer;

/// The two RSA keys of the simulation.
const KEYS: [&[u8]; 2] = [
    include_bytes!("../../src/simulator/certificate_key.der"),
    include_bytes!("../../src/simulator/other_certificate_key.der"),
];

/// An RSA key, 0 or 1.
pub fn rsa_key(number: usize) -> KeyPair {
    let der = PrivatePkcs8KeyDer::from(KEYS[number].to_vec());
    KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_RSA_SHA256).unwrap()
}

/// A certificate in PEM format, valid from 2026 to the end of 2027.
pub fn certificate_of(key: &KeyPair) -> String {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(2027, 12, 31);
    params.self_signed(key).unwrap().pem()
}
