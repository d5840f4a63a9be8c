//! Signals that end a run with a partial report.

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

/// Resolves when the run is to end: on Ctrl-C; on Unix on SIGTERM and SIGHUP as well; on Windows on Ctrl-Break, and when the
/// console closes, the user logs off, or the system stops. What cannot be listened for is left as it is.
pub(super) async fn interrupted() {
    tokio::select! {
        () = ctrl_c() => {}
        () = terminated() => {}
    }
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    let hang_up = (!is_hang_up_ignored()).then(SignalKind::hangup);
    tokio::select! {
        () = received(Some(SignalKind::terminate())) => {}
        () = received(hang_up) => {}
    }
}

#[cfg(unix)]
async fn received(kind: Option<SignalKind>) {
    match kind.map(signal) {
        Some(Ok(mut signal)) => {
            signal.recv().await;
        }
        _ => std::future::pending().await,
    }
}

/// Whether this process was started with SIGHUP ignored, as `nohup` does: it must outlive its terminal then. Only Linux
/// shows this in a file; on other systems the signal ends the run.
#[cfg(unix)]
fn is_hang_up_ignored() -> bool {
    // Bit n - 1 of the mask belongs to signal n, and SIGHUP is signal 1.
    const SIGHUP_BIT: u64 = 1;
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        return false;
    };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & SIGHUP_BIT != 0)
}

/// Windows ends the process about 5 seconds after the console was closed, the user logged off or the system began to
/// stop. A run that is interrupted needs less than a second, and its report is written without waiting for any response.
#[cfg(windows)]
async fn terminated() {
    use tokio::signal::windows::{ctrl_break, ctrl_close, ctrl_logoff, ctrl_shutdown};
    tokio::select! {
        () = received(ctrl_break(), async |signal| signal.recv().await) => {}
        () = received(ctrl_close(), async |signal| signal.recv().await) => {}
        () = received(ctrl_logoff(), async |signal| signal.recv().await) => {}
        () = received(ctrl_shutdown(), async |signal| signal.recv().await) => {}
    }
}

#[cfg(windows)]
async fn received<S>(signal: std::io::Result<S>, receive: impl AsyncFn(&mut S) -> Option<()>) {
    match signal {
        Ok(mut signal) => {
            receive(&mut signal).await;
        }
        Err(_) => std::future::pending().await,
    }
}
