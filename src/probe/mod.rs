//! Checks to run and their order. Turns responses into evidence and assesses nothing.
//!
//! This room may know `settings`, `wire` and `evidence`.

mod blockers;
mod clean_up;
mod context;
mod control_rules;
mod dependencies;
mod journal;
mod mailbox_checks;
mod migration;
mod plan;
mod progress;
mod recording;
mod results;
mod run;
mod selection;
mod stages;
mod tenant_search;

pub use context::plan;
pub use control_rules::{ControlList, ControlRules};
pub use journal::{Intent, Journal, NotJournaled};
pub use migration::{MigrationEvidence, run_migration};
pub use plan::{CheckOptions, DeniedChoice, Plan, Planned, UNCHOSEN, Way};
pub use progress::{Progress, Silent};
pub use run::{RunContext, Stop, run};
pub use selection::{Selection, UnknownSelector, selectors};
pub use tenant_search::{TenantSearch, search_tenant};
