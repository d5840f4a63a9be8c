//! What the program knows about ResourceXpress and Microsoft 365, as data compiled in.
//!
//! Every table is a TOML file beside its loader, so that a support lead can correct a sentence or add a row without
//! touching logic. This room knows no other room of the house; see [`dates::dates`] for the day the facts were checked.

mod admin_verify;
mod ambiguous_codes;
pub mod causes;
pub mod checks;
pub mod clouds;
mod code_texts;
pub mod codes;
mod collect_script;
pub mod commands;
mod configuration;
pub mod dates;
mod guide;
mod known_sentences;
mod migration;
pub mod permissions;
pub mod propagation;
mod rbac;
mod requirements;
pub mod role_match;
mod row_messages;
mod safe_words;
mod table;
pub mod template;
mod tls_issuers;

pub use admin_verify::admin_verify;
pub use ambiguous_codes::{AmbiguousCode, ambiguous_code, policy_hint, reference_page};
pub use causes::{
    CauseCase, CauseEntry, CauseScope, CommandTemplate, ThirdPartyTexts, cause, cause_named, causes,
};
pub use checks::{
    Concern, NotCovered, RoomSetting, calendar_processing, check, checks, not_visible,
    skip_sentence,
};
pub use clouds::{Cloud, cloud, cloud_by_markers, cloud_label, clouds};
pub use code_texts::{
    CodeText, can_be_narrowed, code_texts, find_log_narrowing, find_narrowing, names_deciding_value,
};
#[cfg(test)]
pub(crate) use codes::CodeTable;
pub use codes::{
    CodeEntry, CodeSource, LOOKUP_PAGE, Meaning, PolicyHeader, PolicyReason, aadsts,
    aadsts_lookup_url, all as codes, diagnostics, exchange, graph, names_access_policy,
    policy_headers, policy_reason, refused_item_codes, throttle_codes, transient_codes,
};
pub use collect_script::{COLLECT_BODY, COLLECT_HEAD};
pub use commands::{
    ArrayLayout, Commands, Effect, add_remarks, commands, lay_out_arrays, printable, quote_bash,
    quote_powershell, recipient_filter,
};
pub use configuration::{Settlement, configuration_sentence, settlement, why_not_settled};
pub use dates::dates;
pub use guide::{
    GuideField, GuideMessages, GuidePartText, GuideStepEntry, ReplacedSentence, grant_command,
    guide_fields, guide_messages, guide_part_text, guide_steps,
};
pub use known_sentences::{
    KnownSentence, StatusEntry, known_sentences, status as status_entry, statuses,
};
pub use migration::{
    ConsoleField, ConsoleFields, ConsolePlaces, ExpectedDifference, LabeledText, MigrationMessages,
    MigrationPhaseText, MigrationStep, ParityText, ReadinessText, console_fields, ews_status_of,
    ews_status_text, expected_differences, migration_messages, migration_phase_text,
    migration_step, migration_steps, parity_text, readiness_text, stays_on_ews, way_back,
};
pub use permissions::{
    ControlList, Need, api_by_resource, control_lists, delegated_by_guid, delegated_names,
    find_role_by_guid, first_party_apis, need, need_of_value, needs, role, roles, room_list_need,
};
pub use propagation::{Propagation, propagation};
pub use rbac::{RbacValues, rbac_commands, scope_filter};
pub use requirements::{Requirements, requirements};
pub use role_match::{AccessLevel, match_roles};
pub use row_messages::format_message;
pub use safe_words::{is_guid, is_microsoft_guid, is_safe_dotted, is_safe_phrase, is_safe_word};
#[cfg(test)]
pub(crate) use table::changed_copy;
pub use template::{PLACEHOLDERS, fill, marker};
pub use tls_issuers::is_microsoft_issuer;

#[cfg(test)]
mod editing_tests;

#[cfg(test)]
mod fact_tests;
