//! What the customer typed: read from flags, environment, settings file, prompt; inherited as ResourceXpress inherits it;
//! and looked over for what cannot be right before any request is made.
//!
//! This room knows the types of [`crate::evidence`] and nothing else of the crate. Facts about Microsoft's clouds and API ids
//! are handed in as a [`Reference`]. Nothing here prints, and no value of a secret ever stands in an error, a fault or a
//! `Debug` output.

mod address;
mod assemble;
mod bounded;
mod clock;
mod document;
mod duration;
mod echo;
mod endpoints;
mod error;
mod estate;
mod features;
mod file;
mod file_check;
mod file_endpoints;
mod given;
mod host_name;
mod keys;
mod limits;
mod lint;
mod load;
mod overrides;
mod queries;
mod reference;
mod rooms;
mod sample;
mod secret;
mod secret_forms;
mod secret_source;
mod suggestion;
mod surroundings;
mod syntax;
mod text;
mod transport;
mod understand;
mod value;
mod version;

#[cfg(test)]
mod tests;

pub use address::{AddressFault, MailboxAddress};
pub use bounded::{LARGEST_FILE, read_bounded};
pub use clock::Clock;
pub use duration::DurationOption;
pub use echo::{NOT_REPEATED, echoed, echoed_path, looks_like_a_secret};
pub use endpoints::{Endpoint, Endpoints, OtherCloud};
pub use error::{Place, Problem, SettingsError, unreadable_because};
pub use estate::{Connection, Estate, Feature, MailSettings, Rooms};
pub use given::{DEFAULT_FILE, Given, RequiredFeature};
pub use limits::Limits;
pub use load::{load, load_text};
pub use overrides::{EndpointOverrides, FileEndpoints};
pub use reference::{CloudHosts, Reference};
pub use rooms::ROOM_COLUMNS;
pub use sample::Sampled;
pub use secret::ClientSecret;
pub use secret_forms::secret_forms;
pub use suggestion::nearest;
pub use surroundings::{Machine, Simulated, Surroundings};
pub use text::decode_text;
pub use transport::{CaFile, Transport};
pub use value::{ClientId, TenantId};
pub use version::ProductVersion;
