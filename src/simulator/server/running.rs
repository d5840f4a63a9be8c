//! Starting and stopping.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::simulator::recorder::Recorder;
use crate::simulator::scenario::Scenario;
use crate::simulator::store::Leftover;
use crate::simulator::tally::Tally;
use crate::simulator::tenant::Tenant;
use crate::simulator::throttle::Counter;

use super::error::SimulatorError;
use super::handler::RequestHandler;
use super::network_faults::{FOREIGN_AUTHORITY, FaultEndpoints};
use super::{listener, tls};

/// How a simulation is served.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether to serve https, with a certificate made for this run.
    pub tls: bool,
    /// Where to record requests and responses, one JSON object a line.
    pub record: Option<PathBuf>,
    /// The simulated time of now; `None` is the real time.
    pub clock: Option<Timestamp>,
}

impl Default for SimulatorOptions {
    /// Plain http on a free port of 127.0.0.1, unrecorded, in real time.
    fn default() -> SimulatorOptions {
        SimulatorOptions {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: false,
            record: None,
            clock: None,
        }
    }
}

/// A simulated tenant that is being served. Dropping it ends it.
pub struct RunningSimulator {
    base: Url,
    ways: FaultEndpoints,
    ca_pem: Option<String>,
    tenant: Arc<Tenant>,
    counter: Arc<Counter>,
    task: JoinHandle<()>,
}

impl RunningSimulator {
    /// Starts serving a scenario.
    ///
    /// # Errors
    /// [`SimulatorError`] if the address is taken, the recording cannot be written, or no key or certificate can be made.
    pub async fn start(
        scenario: Scenario,
        options: SimulatorOptions,
    ) -> Result<RunningSimulator, SimulatorError> {
        let address = options.listen;
        let unavailable = |source| SimulatorError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(unavailable)?;
        // The system chooses the port if the requested one is 0.
        let address = listener.local_addr().map_err(unavailable)?;
        let tls = options.tls || scenario.network.needs_tls();
        let authority = if scenario.network.intercepted {
            FOREIGN_AUTHORITY
        } else {
            OWN_AUTHORITY
        };
        let identity = if tls {
            Some(tls::ServerIdentity::generate(authority)?)
        } else {
            None
        };
        let acceptor = identity
            .as_ref()
            .map(tls::ServerIdentity::acceptor)
            .transpose()?;
        let base = base_url(address, tls)?;
        let recorder = options
            .record
            .map(|path| {
                Recorder::create(&path).map_err(|source| SimulatorError::Record { path, source })
            })
            .transpose()?;
        let (faults, network) = (scenario.faults.clone(), scenario.network.clone());
        let tenant = Arc::new(Tenant::new(scenario, base.as_str(), options.clock)?);
        let handler = Arc::new(RequestHandler::new(
            Arc::clone(&tenant),
            &faults,
            recorder,
            tls,
        ));
        let counter = handler.counter();
        let mut ways = FaultEndpoints::build(&network, &handler).await?;
        let task = tokio::spawn(listener::serve(listener, acceptor, handler));
        let authorities: Vec<String> = identity
            .map(|identity| identity.ca_pem)
            .into_iter()
            .chain(ways.ca_pem.take())
            .collect();
        let ca_pem = (!authorities.is_empty()).then(|| authorities.concat());
        Ok(RunningSimulator {
            base,
            ways,
            ca_pem,
            tenant,
            counter,
            task,
        })
    }

    /// The address of everything.
    pub fn base_url(&self) -> Url {
        self.base.clone()
    }

    /// The sign-in host; the tenant is appended by the client.
    pub fn sign_in_url(&self) -> Url {
        self.ways.sign_in.as_ref().unwrap_or(&self.base).clone()
    }

    /// Microsoft Graph, including `/v1.0` at the end.
    pub fn graph_url(&self) -> Url {
        below(self.ways.graph.as_ref().unwrap_or(&self.base), "v1.0")
    }

    /// Exchange Web Services, including `/EWS/Exchange.asmx` at the end.
    pub fn ews_url(&self) -> Url {
        below(
            self.ways.exchange.as_ref().unwrap_or(&self.base),
            "EWS/Exchange.asmx",
        )
    }

    /// The sign-in host of another cloud, by the name it has in settings files. Only discovery is served below it.
    pub fn other_cloud_url(&self, cloud: &str) -> Url {
        below(&self.base, &format!("other-clouds/{cloud}"))
    }

    /// The proxy that every request passes in this situation.
    pub fn proxy_url(&self) -> Option<Url> {
        self.ways.proxy.clone()
    }

    /// The authorities to trust, in PEM; `None` without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Events that clients created and did not delete.
    pub fn leftovers(&self) -> Vec<Leftover> {
        self.tenant.leftovers()
    }

    /// How many events clients created or deleted, and how many messages they sent.
    pub fn changes(&self) -> usize {
        self.tenant.changes()
    }

    /// Senders of the messages that were accepted for sending, in order.
    pub fn accepted_mail(&self) -> Vec<String> {
        self.tenant.accepted_mail()
    }

    /// The requests that every service has received so far.
    pub fn tally(&self) -> Tally {
        self.counter.tally()
    }

    /// Stops serving: the address is free again, open connections are closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // The only error is the cancellation that was just requested.
        let _ = (&mut self.task).await;
    }
}

impl Drop for RunningSimulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The name of the authority that signs the tenant's certificate where the traffic is not inspected.
const OWN_AUTHORITY: &str = "rx-preflight simulated tenant";

fn below(base: &Url, path: &str) -> Url {
    base.join(path).unwrap_or_else(|_| base.clone())
}

fn base_url(address: SocketAddr, tls: bool) -> Result<Url, SimulatorError> {
    let scheme = if tls { "https" } else { "http" };
    Ok(Url::parse(&format!("{scheme}://{address}/"))?)
}
