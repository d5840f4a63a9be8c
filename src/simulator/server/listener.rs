//! Accepting connections, HTTP/1.1 and HTTP/2, with and without TLS.

use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::connection_fault::{ConnectionHandle, SharedStream};
use super::handler::RequestHandler;

/// Serves until it is aborted. Connections end with it.
pub(crate) async fn serve(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    handler: Arc<RequestHandler>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&handler)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    handler: Arc<RequestHandler>,
) {
    // Small responses are to be sent immediately; where the system rejects the option, they are only slower.
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => speak(stream, handler).await,
        // A client that does not trust the certificate ends the handshake; that is its right.
        Some(acceptor) => {
            if let Ok(secured) = acceptor.accept(stream).await {
                speak(secured, handler).await;
            }
        }
    }
}

async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    handler: Arc<RequestHandler>,
) {
    let (handle, mut replies) = ConnectionHandle::new();
    let shared = SharedStream::new(stream);
    let service = service_fn(move |request| Arc::clone(&handler).respond(request, handle.clone()));
    let builder = auto::Builder::new(TokioExecutor::new());
    let served = builder.serve_connection(TokioIo::new(shared.clone()), service);
    // A connection that closes early was closed by the client, or by a fault of the scenario.
    tokio::select! {
        _ = served => {}
        Some(reply) = replies.recv() => {
            let _ = reply.send(shared).await;
        }
    }
}
