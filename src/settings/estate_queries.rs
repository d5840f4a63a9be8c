//! Queries of other modules about the settings.

use super::{Connection, Estate};

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
}
