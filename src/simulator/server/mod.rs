//! The simulated tenant on a socket: listener, TLS, latency, throttling and faults.

mod body;
mod error;
mod front;
mod listener;
mod obstacle;
mod running;
mod strike;
#[cfg(test)]
mod tests;
mod tls;

pub use error::SimulatorError;
pub use running::{RunningSimulator, SimulatorOptions};
