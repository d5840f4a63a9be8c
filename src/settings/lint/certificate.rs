//! The certificate that signs in instead of the client secret. Its validity is judged with the time of the run, later.

use crate::evidence::{SettingsFault, SettingsFaultKind};
use crate::settings::{CertificateFlaw, ClientCertificate};

/// What is wrong with the certificate, whatever the time is.
pub(super) fn fault(certificate: &ClientCertificate) -> Option<SettingsFault> {
    let (kind, detail) = match certificate.flaw()? {
        CertificateFlaw::NotRsa => (
            SettingsFaultKind::CertificateNotRsa,
            "The certificate or its private key is not an RSA key of 2048 to 4096 bits.",
        ),
        CertificateFlaw::KeyMismatch => (
            SettingsFaultKind::CertificateKeyMismatch,
            "The private key in the certificate file belongs to another certificate.",
        ),
    };
    Some(SettingsFault {
        kind,
        subject: None,
        detail: detail.to_owned(),
        other_cloud: None,
    })
}
