//! Tokio runtimes of the commands.

use std::net::UdpSocket;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{io, thread};

use tokio::runtime::Builder;

use crate::wire::lock::lock;

use super::CliError;

/// After this idle time the processor caches no longer contain this program. Reading one response then takes five times as
/// long as reading it right after another.
const IDLE: Duration = Duration::from_millis(1);
/// A response that arrives within this time after a wake-up is read with the one before, without a wake-up of its own.
const BATCH_WINDOW: Duration = Duration::from_micros(500);

/// Runtime of a check, which mostly waits for responses: one thread is enough and avoids the cost of switching threads.
pub(super) fn for_check() -> Builder {
    let mut builder = Builder::new_current_thread();
    // Before Windows 10 1803 nothing sleeps for less than a tick of 15 ms (github.com/rust-lang/rust/pull/116461).
    if cfg!(unix) {
        batch_wakeups(&mut builder, IDLE, BATCH_WINDOW);
    }
    builder
}

/// Runtime of a simulated tenant, which serves many clients.
pub(super) fn for_simulated_tenant() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2);
    builder
}

/// So many files and connections are open at the same time in the smallest run: those of the runtime itself, a connection
/// to each of three services with its look-up, a file that is written, and some to spare.
const NEEDED_HANDLES: usize = 16;

/// Fails with a clear message if the system allows too few open files, because Tokio would panic.
pub(super) fn ensure_file_handles() -> Result<(), CliError> {
    // Sockets count against the same limit as files, and leave nothing on the disk.
    let opened: io::Result<Vec<UdpSocket>> = (0..NEEDED_HANDLES)
        .map(|_| UdpSocket::bind("127.0.0.1:0"))
        .collect();
    match opened {
        Ok(_) => Ok(()),
        Err(error) => Err(CliError::Internal(format!(
            "the system does not allow {NEEDED_HANDLES} more open files and connections ({}); raise the limit (for example, \
             `ulimit -n 256`)",
            error.kind()
        ))),
    }
}

/// Delays each wake-up that ends an idle time of at least `idle` by `window`, so that responses that arrive until then are
/// read together. A busy runtime is not delayed.
fn batch_wakeups(builder: &mut Builder, idle: Duration, window: Duration) {
    let idle_since = Arc::new(Mutex::new(Instant::now()));
    let noted = Arc::clone(&idle_since);
    builder.on_thread_park(move || *lock(&noted) = Instant::now());
    builder.on_thread_unpark(move || {
        if lock(&idle_since).elapsed() >= idle {
            thread::sleep(window);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use tokio::io::AsyncReadExt;
    use tokio::net::TcpStream;

    use super::*;

    /// What is read at first of `a` and, after a `pause`, `b`, half a second after the runtime was made.
    fn read_first(idle: Duration, window: Duration, pause: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut builder = Builder::new_current_thread();
        batch_wakeups(&mut builder, idle, window);
        let runtime = builder.enable_all().build().unwrap();
        thread::sleep(Duration::from_millis(500));
        let speaker = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for word in ["a", "b"] {
                thread::sleep(pause);
                stream.write_all(word.as_bytes()).unwrap();
            }
        });
        let read = runtime.block_on(async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let mut bytes = [0; 8];
            let length = stream.read(&mut bytes).await.unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        });
        speaker.join().unwrap();
        read
    }

    #[test]
    fn data_that_follows_a_wakeup_is_read_with_it() {
        let milliseconds = Duration::from_millis;
        assert_eq!(
            read_first(milliseconds(1), milliseconds(1500), milliseconds(200)),
            "ab"
        );
    }

    #[test]
    fn a_busy_runtime_is_not_delayed() {
        let milliseconds = Duration::from_millis;
        assert_eq!(
            read_first(milliseconds(490), milliseconds(1500), milliseconds(200)),
            "a"
        );
    }
}
