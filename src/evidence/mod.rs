//! Plain data: the requests to the tenant and the responses.
//!
//! This room depends on `terms` only. A saved report holds an [`Evidence`] whole, so that a later version of the program can
//! diagnose it again without a request to the tenant.

mod accepted_finding;
mod administrator;
mod administrator_app;
mod administrator_exchange;
mod administrator_mailbox;
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

pub use accepted_finding::{Acceptance, AcceptanceState, AcceptedFinding};
pub use administrator::{
    ADMINISTRATOR_DOCUMENT, ADMINISTRATOR_SCHEMA_VERSION, AdministratorEvidence, AdministratorTool,
    CommandFailure, CommandRecord,
};
pub use administrator_app::{
    AppAdministration, AppManagementPolicy, AppRegistration, DirectoryFacts, GrantedPermission,
    PermissionEntry, PermissionType, SecretRestriction, SecretState, ServicePrincipalState,
    WorkloadPolicy,
};
pub use administrator_exchange::{
    ApplicationAccessPolicy, EwsSwitch, EwsUserAgentPolicy, ExchangeOrganization,
    ExchangeServicePrincipal, HybridFacts, ManagementScope, RoleAssignment,
};
pub use administrator_mailbox::{
    AppAccess, CalendarPermission, CalendarProcessing, MailboxAdministration, MailboxFacts,
    MailboxPurpose, RecipientFacts, RoleAuthorization,
};
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
pub use settings_facts::{
    ClientCertificateFacts, ConnectionFacts, ConnectionKind, SettingsFault, SettingsFaultKind,
};
