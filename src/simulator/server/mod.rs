//! The simulated tenant on a socket: listener, TLS, latency, throttling and faults.

mod connection_fault;
mod error;
mod fault_effect;
mod handler;
mod hostile_body;
mod listener;
mod network_faults;
mod response_body;
mod response_change;
mod running;
mod tls;

pub use error::SimulatorError;
pub use running::{RunningSimulator, SimulatorOptions};

#[cfg(test)]
mod tests;
