//! Plain data: what was asked of the tenant and what came back.
//!
//! This room knows no other. A saved report holds an [`Evidence`] whole, so that a later version of the program can
//! diagnose it again without asking the tenant.

mod answer;
mod facts;
mod input_note;
mod observation;
mod purpose;
mod request;
mod rooms;
mod settings;

pub use answer::{
    CertificateFault, Challenge, Diagnostics, Failure, Layer, Refusal, Reply, Unexpected,
};
pub use facts::{
    EffectiveRights, FolderFacts, PasswordCredential, RegistrationFacts, RequestedPermission,
    TenantFacts, TokenFacts, WriteFacts,
};
pub use input_note::{InputNote, InputNoteKind};
pub use observation::{
    Asked, CertificateFacts, Control, DiscoveryFacts, Evidence, Finding, Observation,
    TenantElsewhere,
};
pub use purpose::Purpose;
pub use request::RequestRecord;
pub use rooms::{RoomListFacts, RoomListing};
pub use settings::{ConnectionFacts, ConnectionKind, SettingsFault, SettingsFaultKind};
