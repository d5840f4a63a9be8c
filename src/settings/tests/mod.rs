//! The room as a whole: from what was typed to connections and messages.

#[path = "../../../tests/support/certificates.rs"]
pub(crate) mod certificate_files;
mod certificates;
mod endpoints;
mod errors;
mod faults;
mod features;
mod host_names;
mod inheritance;
mod layers;
mod leaks;
mod precedence;
mod room_lists;
mod rooms;
#[path = "../../../tests/support/secret_kinds.rs"]
pub(super) mod secret_kinds;
mod secrets;
pub(super) mod stage;
