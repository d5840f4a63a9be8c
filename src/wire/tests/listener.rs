//! A listener that speaks raw bytes: it plays one act for every connection and keeps what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// What happens on one connection.
#[derive(Debug, Clone)]
pub(super) enum Act {
    /// The bytes are sent, and the connection is closed.
    Send(String),
    /// The request is read, and no response ever comes.
    Hang,
    /// The connection is closed at the first bytes, without a response.
    Close,
    /// The connection is reset at the first bytes.
    Reset,
}

/// A listener on loopback.
pub(super) struct Listener {
    /// `http://127.0.0.1:port`.
    pub(super) base: String,
    requests: Arc<Mutex<Vec<StoredResponse>>>,
}

/// A request, and when it came.
type StoredResponse = (Instant, String);

impl Listener {
    /// Plays the acts one after the other, one for a connection, and the last of them for ever.
    pub(super) async fn with_acts(acts: Vec<Act>) -> Self {
        Self::serving(TcpListener::bind("127.0.0.1:0").await.unwrap(), acts)
    }

    /// The same at an address that is known before the acts are.
    pub(super) fn with_acts_on(socket: std::net::TcpListener, acts: Vec<Act>) -> Self {
        socket.set_nonblocking(true).unwrap();
        Self::serving(TcpListener::from_std(socket).unwrap(), acts)
    }

    fn serving(socket: TcpListener, acts: Vec<Act>) -> Self {
        let base = format!("http://{}", socket.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(socket, acts, Arc::clone(&requests)));
        Self { base, requests }
    }

    /// Sends the same response on every connection.
    pub(super) async fn sending(response: String) -> Self {
        Self::with_acts(vec![Act::Send(response)]).await
    }

    /// Every request so far, as it came.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap()
            .iter()
            .map(|(_, request)| request.clone())
            .collect()
    }

    /// Every request so far, with the seconds since `began`.
    pub(super) fn requests_since(&self, began: Instant) -> Vec<(f64, String)> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .map(|(at, request)| ((*at - began).as_secs_f64(), request.clone()))
            .collect()
    }
}

async fn serve(socket: TcpListener, acts: Vec<Act>, requests: Arc<Mutex<Vec<StoredResponse>>>) {
    let mut turn = 0;
    while let Ok((stream, _)) = socket.accept().await {
        let act = acts[turn.min(acts.len() - 1)].clone();
        turn += 1;
        tokio::spawn(play(stream, act, Arc::clone(&requests)));
    }
}

async fn play(mut stream: TcpStream, act: Act, requests: Arc<Mutex<Vec<StoredResponse>>>) {
    if matches!(act, Act::Close | Act::Reset) {
        let _ = stream.read(&mut [0; 4096]).await;
        if matches!(act, Act::Reset) {
            stream.set_zero_linger().unwrap();
        }
        requests
            .lock()
            .unwrap()
            .push((Instant::now(), String::new()));
        return;
    }
    let request = whole_request(&mut stream).await;
    requests.lock().unwrap().push((Instant::now(), request));
    match act {
        Act::Send(response) => {
            let _ = stream.write_all(response.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Act::Hang => tokio::time::sleep(Duration::from_mins(10)).await,
        Act::Close | Act::Reset => unreachable!("it was closed above"),
    }
}

/// Reads a request to the end of its body.
pub(super) async fn whole_request(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = stream.read(&mut buffer).await {
        bytes.extend_from_slice(&buffer[..count]);
        if count == 0 || is_whole(&String::from_utf8_lossy(&bytes)) {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase()
            .strip_prefix("content-length:")?
            .trim()
            .parse()
            .ok()
    });
    body.len() >= length.unwrap_or(0)
}

/// A response with a body, after which the connection ends.
pub(super) fn http_response(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// A response of Graph or sign-in.
pub(super) fn json(status: u16, body: &str) -> String {
    http_response(
        status,
        "Content-Type: application/json\r\nrequest-id: r-1\r\n",
        body,
    )
}
