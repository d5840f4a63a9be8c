//! Plain data: the requests to the tenant and the responses.
//!
//! This room depends on `terms` only. A saved report holds an [`Evidence`] whole, so that a later version of the program can
//! diagnose it again without a request to the tenant.

mod facts;
mod input_note;
mod line_numbers;
mod observation;
mod proxy_in_use;
mod purpose;
mod reply;
mod request_record;
mod room_list;
mod settings_facts;

pub use facts::{
    EffectiveRights, FolderFacts, PasswordCredential, RegistrationFacts, RequestedPermission,
    TenantFacts, TokenFacts, WriteFacts,
};
pub use input_note::{InputNote, InputNoteKind};
pub use line_numbers::name_lines;
pub use observation::{
    CertificateFacts, Control, DiscoveryFacts, Evidence, Execution, Finding, Observation,
    TenantElsewhere,
};
pub use proxy_in_use::{ProxyInUse, ProxySource};
pub use purpose::Purpose;
pub use reply::{
    CertificateFault, Challenge, Diagnostics, Failure, Layer, Refusal, Reply, Unexpected,
};
pub use request_record::RequestRecord;
pub use room_list::{RoomListFacts, RoomListing};
pub use settings_facts::{ConnectionFacts, ConnectionKind, SettingsFault, SettingsFaultKind};
