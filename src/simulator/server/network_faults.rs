//! What is put between a client and the tenant: dead ports, silent and babbling listeners, foreign certificates, and a
//! proxy that lets nothing pass.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::simulator::scenario::{NetworkDescription, NetworkFault, ProxyFault};

use super::error::SimulatorError;
use super::handler::RequestHandler;
use super::{listener, tls};

/// Longer requests for a tunnel are not read to their end.
const LONGEST_HEAD: usize = 16 * 1024;

/// The bytes that a TLS handshake gets from something that is not a TLS server.
const NO_TLS: &[u8] = b"220 mail.contoso.com ready\r\n";

/// The addresses of the services that a network fault affects. The listeners end with the run.
#[derive(Default)]
pub(crate) struct FaultEndpoints {
    /// The address in place of the sign-in host.
    pub(crate) sign_in: Option<Url>,
    /// The address in place of Graph's host.
    pub(crate) graph: Option<Url>,
    /// The address in place of Exchange's host.
    pub(crate) exchange: Option<Url>,
    /// The proxy that a client must use.
    pub(crate) proxy: Option<Url>,
    /// An authority that the machine trusts, in PEM, where a disturbed service shows a certificate of it.
    pub(crate) ca_pem: Option<String>,
    tasks: JoinSet<()>,
}

impl FaultEndpoints {
    /// Builds what a scenario describes.
    pub(crate) async fn build(
        network: &NetworkDescription,
        handler: &Arc<RequestHandler>,
    ) -> Result<FaultEndpoints, SimulatorError> {
        let mut ways = FaultEndpoints::default();
        ways.sign_in = ways
            .endpoint_of(
                network.sign_in,
                "login.microsoftonline.com.invalid",
                handler,
            )
            .await?;
        ways.graph = ways
            .endpoint_of(network.graph, "graph.microsoft.com.invalid", handler)
            .await?;
        ways.exchange = ways
            .endpoint_of(network.exchange, "outlook.office365.com.invalid", handler)
            .await?;
        ways.proxy = match network.proxy {
            Some(fault) => Some(ways.proxy_endpoint(fault).await?),
            None => None,
        };
        Ok(ways)
    }

    async fn endpoint_of(
        &mut self,
        obstacle: Option<NetworkFault>,
        unknown_name: &str,
        handler: &Arc<RequestHandler>,
    ) -> Result<Option<Url>, SimulatorError> {
        let Some(obstacle) = obstacle else {
            return Ok(None);
        };
        let (listener, address) = listen().await?;
        let address = match obstacle {
            NetworkFault::NameUnknown => unknown_name.to_owned(),
            _ => address.to_string(),
        };
        match obstacle {
            // Dropping the listener leaves a port that is closed.
            NetworkFault::NameUnknown | NetworkFault::Refused => drop(listener),
            NetworkFault::NoConnection => self.spawn(listener, ListenerBehavior::Silent),
            NetworkFault::TlsGarbage => self.spawn(listener, ListenerBehavior::Sends(NO_TLS)),
            NetworkFault::TlsUntrusted => self.serve(
                listener,
                &tls::ServerIdentity::generate(FOREIGN_AUTHORITY)?,
                handler,
            )?,
            NetworkFault::TlsExpired => {
                self.serve_trusted(listener, tls::Flaw::Expired, handler)?;
            }
            NetworkFault::TlsWrongName => {
                self.serve_trusted(listener, tls::Flaw::WrongName, handler)?;
            }
        }
        Ok(Some(Url::parse(&format!("https://{address}/"))?))
    }

    fn serve_trusted(
        &mut self,
        listener: TcpListener,
        flaw: tls::Flaw,
        handler: &Arc<RequestHandler>,
    ) -> Result<(), SimulatorError> {
        let identity = tls::ServerIdentity::flawed(FOREIGN_AUTHORITY, flaw)?;
        self.serve(listener, &identity, handler)?;
        self.ca_pem
            .get_or_insert_default()
            .push_str(&identity.ca_pem);
        Ok(())
    }

    fn serve(
        &mut self,
        listener: TcpListener,
        shown: &tls::ServerIdentity,
        handler: &Arc<RequestHandler>,
    ) -> Result<(), SimulatorError> {
        self.tasks.spawn(listener::serve(
            listener,
            Some(shown.acceptor()?),
            Arc::clone(handler),
        ));
        Ok(())
    }

    async fn proxy_endpoint(&mut self, fault: ProxyFault) -> Result<Url, SimulatorError> {
        let (listener, address) = listen().await?;
        match fault {
            ProxyFault::Unreachable => drop(listener),
            ProxyFault::WantsPassword | ProxyFault::WrongPassword => {
                self.spawn(listener, ListenerBehavior::Refuses(PASSWORD_WANTED));
            }
            ProxyFault::Refuses => {
                self.spawn(listener, ListenerBehavior::Refuses(DESTINATION_REFUSED));
            }
        }
        let credentials = if fault == ProxyFault::WrongPassword {
            "rx:former-word@"
        } else {
            ""
        };
        Ok(Url::parse(&format!("http://{credentials}{address}/"))?)
    }

    fn spawn(&mut self, listener: TcpListener, manner: ListenerBehavior) {
        self.tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve_connection(stream, manner));
                // Finished connections are removed, so that the set does not grow without limit.
                while connections.try_join_next().is_some() {}
            }
        });
    }
}

/// The authority of a company that inspects traffic.
pub(crate) const FOREIGN_AUTHORITY: &str = "Contoso Web Gateway CA";

const PASSWORD_WANTED: &[u8] =
    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"Contoso \
                                 proxy\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const DESTINATION_REFUSED: &[u8] =
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// The behavior of a listener that is not a tenant.
#[derive(Clone, Copy)]
enum ListenerBehavior {
    /// It keeps the connection open and sends nothing.
    Silent,
    /// It sends these bytes after the first bytes of the client.
    Sends(&'static [u8]),
    /// It reads the head of a request and sends this response.
    Refuses(&'static [u8]),
}

/// A client that disconnects ends it; such an error needs no report.
async fn serve_connection(mut stream: TcpStream, manner: ListenerBehavior) {
    match manner {
        ListenerBehavior::Silent => std::future::pending().await,
        ListenerBehavior::Sends(response) => {
            // In a TLS handshake the client speaks first.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(response).await;
        }
        ListenerBehavior::Refuses(response) => {
            read_head(&mut stream).await;
            let _ = stream.write_all(response).await;
        }
    }
    let _ = stream.shutdown().await;
}

async fn read_head(stream: &mut TcpStream) {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while head.len() < LONGEST_HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => head.extend_from_slice(&buffer[..count]),
        }
    }
}

async fn listen() -> Result<(TcpListener, SocketAddr), SimulatorError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let unavailable = |source| SimulatorError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(unavailable)?;
    let address = listener.local_addr().map_err(unavailable)?;
    Ok((listener, address))
}
