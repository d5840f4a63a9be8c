//! Connecting, on a thread of its own: name, TCP, proxy tunnel and TLS.
//!
//! A check runs on one thread, and the verification of a certificate can block it for seconds
//! ([`super::trust::RecordingVerifier`]). On that thread it would stop the requests to all other hosts, whose time limits
//! would end meanwhile. So each connection is established on a blocking thread, and the time that its verification takes
//! does not count against the limit for connecting.

use std::error::Error;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use tokio::time::sleep_until;
use tower_layer::Layer;
use tower_service::Service;

use super::lock::lock;

type BoxError = Box<dyn Error + Send + Sync>;

tokio::task_local! {
    /// The time that the connection of this thread has spent on verification.
    static VERIFIED_FOR: Arc<Stopwatch>;
}

/// Measures the verification of one connection's certificate.
#[derive(Debug, Default)]
pub(super) struct Stopwatch(Mutex<Measured>);

#[derive(Debug, Default, Clone, Copy)]
struct Measured {
    before: Duration,
    since: Option<Instant>,
}

/// A running [`Stopwatch`]; it stops when this is dropped.
pub(super) struct Running(Option<Arc<Stopwatch>>);

impl Stopwatch {
    /// Starts the stopwatch of the connection that this thread establishes, if it is one of this module.
    pub(super) fn start_current() -> Running {
        let current = VERIFIED_FOR.try_with(Arc::clone).ok();
        if let Some(stopwatch) = &current {
            lock(&stopwatch.0).since = Some(Instant::now());
        }
        Running(current)
    }

    /// The time so far, also while it runs.
    fn elapsed(&self) -> Duration {
        let measured = *lock(&self.0);
        measured.before
            + measured
                .since
                .map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stopwatch) = &self.0 {
            let before = stopwatch.elapsed();
            *lock(&stopwatch.0) = Measured {
                before,
                since: None,
            };
        }
    }
}

/// Wraps the connector of the HTTP client.
#[derive(Debug, Clone)]
pub(super) struct ConnectorLayer {
    /// The limit for connecting, without the time for verification.
    pub(super) limit: Duration,
}

impl<S> Layer<S> for ConnectorLayer {
    type Service = Connector<S>;

    fn layer(&self, inner: S) -> Connector<S> {
        Connector {
            inner,
            limit: self.limit,
        }
    }
}

/// See [`ConnectorLayer`].
#[derive(Debug, Clone)]
pub(super) struct Connector<S> {
    inner: S,
    limit: Duration,
}

impl<S, Request> Service<Request> for Connector<S>
where
    S: Service<Request, Error = BoxError>,
    S::Response: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let stopwatch = Arc::new(Stopwatch::default());
        let connecting = on_own_thread(self.inner.call(request), Arc::clone(&stopwatch));
        Box::pin(within(self.limit, stopwatch, connecting))
    }
}

/// Runs `connecting` on a blocking thread. It is dropped there soon after this future is dropped.
async fn on_own_thread<T: Send + 'static>(
    connecting: impl Future<Output = Result<T, BoxError>> + Send + 'static,
    stopwatch: Arc<Stopwatch>,
) -> Result<T, BoxError> {
    let (wanted, unwanted) = oneshot::channel::<()>();
    let runtime = Handle::current();
    let thread = spawn_blocking(move || {
        runtime.block_on(VERIFIED_FOR.scope(stopwatch, async {
            tokio::select! {
                connected = connecting => Some(connected),
                _ = unwanted => None,
            }
        }))
    });
    let connected = thread.await?;
    drop(wanted);
    connected.unwrap_or_else(|| Err(timed_out()))
}

/// Waits for `connecting` for as long as `limit`, and for the time that the stopwatch shows.
async fn within<T>(
    limit: Duration,
    stopwatch: Arc<Stopwatch>,
    connecting: impl Future<Output = Result<T, BoxError>>,
) -> Result<T, BoxError> {
    let start = tokio::time::Instant::now();
    let mut connecting = std::pin::pin!(connecting);
    loop {
        let end = start + limit + stopwatch.elapsed();
        tokio::select! {
            connected = connecting.as_mut() => return connected,
            () = sleep_until(end) => {}
        }
        // Verification goes on while this waits.
        if tokio::time::Instant::now() >= start + limit + stopwatch.elapsed() {
            return Err(timed_out());
        }
    }
}

fn timed_out() -> BoxError {
    io::Error::from(io::ErrorKind::TimedOut).into()
}
