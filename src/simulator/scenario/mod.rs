//! The scenario file: one situation of a tenant, the settings a customer would type for it, and the findings it must
//! lead to. The format is described for readers in `fixtures/scenarios/README.md`.

mod after;
mod app;
mod apply_fix;
mod definition;
mod fault;
mod file;
mod mailbox;
mod more_rooms;
mod network;
mod tenant;
mod validation;

pub use after::{After, Setting};
pub use app::{
    AccessPolicy, AccessRight, Api, App, ConditionalAccess, ExchangeRbac, Permission,
    PermissionKind, Reach, Secret, TokenFlaw, TokenForm,
};
pub(crate) use apply_fix::fixed;
pub use definition::{Expectation, Scenario, ScenarioError, ScenarioOptions};
pub use fault::{EchoEncoding, Fault, FaultKind, FaultPlace};
pub use mailbox::{
    CalendarState, GraphError, Group, License, Mailbox, MailboxKind, MailboxState, User,
};
pub use network::{NetworkDescription, NetworkFault, ProxyFault};
pub use tenant::{
    Cloud, EwsPolicy, ExchangeState, FirstCheck, GraphState, MoreRooms, TenantDescription,
    TenantRestriction, Throttle,
};
