//! What the program knows about ResourceXpress and Microsoft 365, as data compiled in.
//!
//! Every table is a TOML file beside its loader, so that a support lead can correct a sentence or add a row without
//! touching logic. This room knows no other room of the house; see [`dates::dates`] for the day the facts were checked.

mod admin_verify;
pub mod causes;
pub mod checks;
pub mod clouds;
pub mod codes;
pub mod commands;
pub mod dates;
mod embedded;
#[cfg(test)]
mod facts;
mod leads;
mod network;
pub mod permissions;
mod phrases;
mod requirements;
pub mod satisfaction;
mod sentences;
pub mod template;
mod texts;
pub mod waiting;
mod words;

pub use admin_verify::admin_verify;
pub use causes::{
    CauseCase, CauseEntry, CauseScope, CommandTemplate, Elsewhere, cause, cause_named, causes,
};
pub use checks::{
    Concern, NotVisible, calendar_processing, check, checks, not_visible, skip_sentence,
};
pub use clouds::{Cloud, cloud, cloud_by_markers, clouds};
pub use codes::{
    CodeEntry, CodeSource, LOOKUP_PAGE, Meaning, PolicyHeader, PolicyReason, aadsts, all as codes,
    diagnostics, exchange, graph, lookup_address, names_access_policy, policy_headers,
    policy_reason, refused_item_codes, throttle_codes, transient_codes,
};
pub use commands::{
    ArrayLayout, Commands, Effect, commands, laid_out, printable, quote_bash, quote_powershell,
    recipient_filter, with_remarks,
};
pub use dates::dates;
pub use leads::{Lead, lead, page, policy_lead};
pub use network::issues_for_microsoft;
pub use permissions::{
    ControlList, Need, api_by_resource, control_lists, delegated_by_guid, delegated_names,
    first_party_apis, need, need_of_value, needs, role, role_by_guid, roles, room_list_need,
};
pub use phrases::phrase;
pub use requirements::{Requirements, requirements};
pub use satisfaction::{Level, satisfies};
pub use sentences::{SentenceEntry, StatusEntry, sentences, status as status_entry, statuses};
pub use template::{PLACEHOLDERS, fill, marker};
pub use texts::{TextEntry, can_be_narrowed, narrowing, narrowing_in_paste, texts};
pub use waiting::{Waiting, waiting};
pub use words::{is_id, is_known_dotted, is_known_id, is_known_phrase, is_known_word};
