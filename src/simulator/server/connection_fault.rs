//! Faults below HTTP: what is sent past the HTTP library on the connection of a request, after which the connection ends.

use std::fmt::Write as _;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::mpsc;

use crate::simulator::lock::lock;
use crate::simulator::message::SimulatedResponse;

/// How many interim responses come before the right one.
const INTERIM_RESPONSES: usize = 2000;
const INTERIM_RESPONSE: &str = "HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n";

/// GOAWAY of HTTP/2: eight bytes of payload on stream 0, no stream was processed, no error (RFC 9113, 6.8).
const GO_AWAY: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// A fault of the connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ConnectionFault {
    /// The first half of the headers is sent.
    HalfHead,
    /// Only the headers are sent.
    HeadOnly,
    /// The response is sent byte by byte, with this pause after each.
    Trickle(Duration),
    /// The announced length is half of the real one.
    WrongLength,
    /// Interim responses come first.
    InterimStorm,
    /// The connection is closed.
    GoAway,
}

impl ConnectionFault {
    /// What is sent in place of a response. HTTP/2 has no such text, so there every fault is a GOAWAY.
    pub(crate) fn reply(self, response: &SimulatedResponse, is_http_2: bool) -> RawReply {
        let body = response.body.as_slice();
        let (bytes, pause) = match self {
            _ if is_http_2 => (GO_AWAY.to_vec(), None),
            ConnectionFault::GoAway => (Vec::new(), None),
            ConnectionFault::HalfHead => {
                let mut head = head(response, body.len());
                head.truncate(head.len() / 2);
                (head, None)
            }
            ConnectionFault::HeadOnly => (head(response, body.len().max(1)), None),
            ConnectionFault::Trickle(pause) => {
                ([&head(response, body.len()), body].concat(), Some(pause))
            }
            ConnectionFault::WrongLength => {
                ([&head(response, body.len() / 2), body].concat(), None)
            }
            ConnectionFault::InterimStorm => {
                let interim = INTERIM_RESPONSE.repeat(INTERIM_RESPONSES);
                let bytes = [interim.as_bytes(), &head(response, body.len()), body].concat();
                (bytes, None)
            }
        };
        RawReply { bytes, pause }
    }
}

/// The status line and the headers. The reason phrase may be empty (RFC 9112, 4).
fn head(response: &SimulatedResponse, length: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} \r\n", response.status);
    for (name, value) in &response.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(
        head,
        "content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    head.into_bytes()
}

/// Bytes for a connection.
pub(crate) struct RawReply {
    bytes: Vec<u8>,
    /// The pause after each byte; without one, all bytes are sent immediately.
    pause: Option<Duration>,
}

impl RawReply {
    /// Sends the bytes and closes the connection.
    pub(super) async fn send(self, mut stream: impl AsyncWrite + Unpin) -> io::Result<()> {
        match self.pause {
            None => stream.write_all(&self.bytes).await?,
            Some(pause) => {
                for byte in self.bytes {
                    stream.write_all(&[byte]).await?;
                    stream.flush().await?;
                    tokio::time::sleep(pause).await;
                }
            }
        }
        stream.shutdown().await
    }
}

/// The connection of a request, which a fault can take from the HTTP library.
#[derive(Clone)]
pub(crate) struct ConnectionHandle(mpsc::UnboundedSender<RawReply>);

impl ConnectionHandle {
    /// A handle, and the end at which the connection receives what to send.
    pub(super) fn new() -> (ConnectionHandle, mpsc::UnboundedReceiver<RawReply>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (ConnectionHandle(sender), receiver)
    }

    /// Ends the connection with these bytes.
    pub(super) fn end_with(&self, reply: RawReply) {
        // A connection that is gone needs no reply.
        let _ = self.0.send(reply);
    }
}

/// A stream that is still there when the HTTP library has let go of it.
pub(super) struct SharedStream<S>(Arc<Mutex<S>>);

impl<S> SharedStream<S> {
    pub(super) fn new(stream: S) -> Self {
        SharedStream(Arc::new(Mutex::new(stream)))
    }
}

impl<S> Clone for SharedStream<S> {
    fn clone(&self) -> Self {
        SharedStream(Arc::clone(&self.0))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SharedStream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SharedStream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *lock(&self.0)).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_shutdown(context)
    }
}
