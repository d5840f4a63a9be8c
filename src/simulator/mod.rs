//! The simulated tenant: sign-in, Microsoft Graph and Exchange Web Services on loopback, played from one scenario file.
//!
//! It follows Microsoft's published behavior and refuses what the real services refuse, so that independent clients can
//! be tested with it. It shares no message code with the rest of the program: two implementations of the same documents
//! reveal each other's errors. Every response has [`SIMULATION_HEADER`], so that it cannot be mistaken for the real service.

mod access;
mod administrator;
pub mod catalog;
mod certificates;
mod clock;
mod clouds;
mod dispatch;
mod echo;
mod entra;
mod exchange;
mod faults;
mod graph;
mod lock;
mod message;
mod permissions;
mod recorder;
mod scenario;
mod server;
mod store;
mod tally;
mod tenant;
mod throttle;
mod tokens;

pub use message::{SIMULATION_HEADER, SimulatedRequest, SimulatedResponse};
pub use scenario::{
    AccessPolicy, AccessRight, After, Api, App, CalendarState, Cloud, ConditionalAccess,
    EchoEncoding, EwsPolicy, ExchangeRbac, ExchangeState, Expectation, Fault, FaultKind,
    FaultPlace, FirstCheck, GraphError, Group, License, Mailbox, MailboxKind, MailboxState,
    MoreRooms, NetworkDescription, NetworkFault, Permission, PermissionKind, ProxyFault, Reach,
    Scenario, ScenarioError, ScenarioOptions, Secret, Setting, TenantDescription,
    TenantRestriction, Throttle, TokenFlaw, TokenForm, User,
};
pub use server::{RunningSimulator, SimulatorError, SimulatorOptions};
pub use store::Leftover;
pub use tally::{Served, Tally};
pub use tenant::Tenant;

#[cfg(test)]
mod small_tenant;
