//! What the customer typed: read from flags, environment, settings file, prompt; inherited as ResourceXpress inherits it;
//! and looked over for what cannot be right before any request is made.
//!
//! This room knows the types of [`crate::evidence`] and nothing else of the crate. Facts about Microsoft's clouds and API ids
//! are passed in as a [`Reference`]. Nothing here prints, and no value of a secret ever appears in an error, a fault or a
//! `Debug` output.

mod accepted_file;
mod address;
mod administrator_file;
mod bounded_read;
mod certificate;
mod clock;
mod cloud_reference;
mod connection_keys;
mod credential;
mod credential_source;
mod credentials_number;
mod decoding;
mod default_file;
mod displayed_path;
mod draft;
mod duration;
mod endpoint_overrides;
mod endpoints;
mod environment;
mod estate;
mod estate_queries;
mod features;
mod file_endpoints;
mod flag_settings;
mod host_name;
mod ids;
mod lint;
mod load;
mod on_graph;
mod parse_file;
mod password_encryption;
mod pkcs12;
mod quotable;
mod replaced_keys;
mod resolve;
mod retry_policy;
mod room_sample;
mod rooms;
mod run_limits;
mod secret;
mod secret_forms;
mod secret_source;
mod settings_error;
mod settings_file;
mod suggestion;
mod toml_document;
mod toml_errors;
mod transport_options;
mod validate;
mod version;
mod without_secrets;
mod x509;

pub use address::{AddressFault, MailboxAddress};
pub use administrator_file::{AdministratorFileError, administrator_evidence};
pub use bounded_read::{LARGEST_FILE, read_bounded};
pub use certificate::{CertificateFileError, CertificateFlaw, ClientCertificate};
pub use clock::Clock;
pub use cloud_reference::{CloudHosts, Reference};
pub use connection_keys::ConnectionKeys;
pub use credential::Credential;
pub use credential_source::{CertificateSource, CredentialSource, NamedFile};
pub use decoding::decode_text;
pub use default_file::DEFAULT_FILE;
pub use displayed_path::displayed_path;
pub use draft::{
    ConsolePage, ConsolePageError, DraftCredential, DraftField, SettingsDraft, UnclearValue,
    read_yes_no,
};
pub use duration::DurationOption;
pub use endpoint_overrides::{EndpointOverrides, FileEndpoints};
pub use endpoints::{Endpoint, Endpoints, OtherCloud};
pub use environment::{Environment, SimulatedEnvironment, SystemEnvironment};
pub use estate::{Connection, Estate, Feature, MailSettings, Rooms};
pub use flag_settings::{FlagSettings, RequiredFeature};
pub use ids::{ClientId, TenantId};
pub use lint::tenant_id_fault;
pub use load::{load, load_text};
pub use quotable::{NOT_REPEATED, looks_like_a_secret, quotable, quotable_path};
pub use retry_policy::RetryPolicy;
pub use room_sample::Sampled;
pub use rooms::ROOM_COLUMNS;
pub use run_limits::Limits;
pub use secret::ClientSecret;
pub use secret_forms::{position_of, secret_forms, without_form};
pub use secret_source::SecretSource;
pub use secret_source::{is_variable_name, secret_from_bytes};
pub use settings_error::{Place, Problem, SettingsError, unreadable_because};
pub use suggestion::nearest;
pub use transport_options::{CaFile, PROXY_VARIABLES, Transport, proxy_address};
pub use version::ProductVersion;
pub use without_secrets::WithoutSecrets;

#[cfg(test)]
pub(crate) mod tests;
