//! Queries of other modules about the settings.

use crate::evidence::{ClientCertificateFacts, ConnectionFacts};

use super::{ClientCertificate, Connection, Estate};

impl Estate {
    /// Whether the product version needs a Resource Login User ID over Graph as well.
    pub fn graph_needs_service_account(&self) -> bool {
        self.product_version
            .is_some_and(super::ProductVersion::graph_needs_service_account)
    }
}

impl Connection {
    /// The sender of mail: `[mail] from`, else the Resource Login User ID; `None` on a connection that sends no mail.
    pub fn sender(&self) -> Option<&str> {
        let mail = self.mail.as_ref()?;
        mail.from.as_deref().or(self.service_account.as_deref())
    }

    /// The connection as evidence, without its credential.
    pub fn facts(&self) -> ConnectionFacts {
        ConnectionFacts {
            name: self.name.clone(),
            kind: self.kind,
            api: self.api,
            tenant_id: self.tenant_id.to_string(),
            client_id: self.client_id.to_string(),
            credentials: self.credentials,
            rooms: self.rooms.addresses.len(),
            service_account: self.service_account.clone(),
            sender: self.sender().map(str::to_owned),
            certificate: self.credential.certificate().map(certificate_facts),
        }
    }
}

fn certificate_facts(certificate: &ClientCertificate) -> ClientCertificateFacts {
    ClientCertificateFacts {
        starts_at: certificate.starts_at(),
        ends_at: certificate.ends_at(),
    }
}
