//! The runtimes that commands run on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;

/// After such a silence hardly anything of this program is left in the caches of the processor: to read one answer then
/// takes five times as long as to read it right behind another.
const SILENCE: Duration = Duration::from_millis(1);
/// An answer that comes so soon after the one that ended a silence is read together with it.
const TOGETHER: Duration = Duration::from_micros(500);

/// A check waits far more than it works, so one thread is enough and saves the way between threads.
pub(super) fn of_a_check() -> Builder {
    let mut builder = Builder::new_current_thread();
    read_together(&mut builder, SILENCE, TOGETHER);
    builder
}

/// A simulated tenant serves many clients.
pub(super) fn of_a_tenant() -> Builder {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(2);
    builder
}

/// Lets whatever ends a `silence` wait for as long as `together`, so that one awakening does for all that comes until then.
/// While there is no silence nothing waits.
fn read_together(builder: &mut Builder, silence: Duration, together: Duration) {
    let silent_since = Arc::new(Mutex::new(Instant::now()));
    let noted = Arc::clone(&silent_since);
    builder.on_thread_park(move || *lock(&noted) = Instant::now());
    builder.on_thread_unpark(move || {
        if lock(&silent_since).elapsed() >= silence {
            thread::sleep(together);
        }
    });
}

fn lock(moment: &Mutex<Instant>) -> MutexGuard<'_, Instant> {
    moment.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use tokio::io::AsyncReadExt;
    use tokio::net::TcpStream;

    use super::*;

    /// What is read at first of `a` and, after a `pause`, `b`.
    fn first_read(silence: Duration, together: Duration, pause: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut builder = Builder::new_current_thread();
        read_together(&mut builder, silence, together);
        let speaker = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for word in ["a", "b"] {
                thread::sleep(pause);
                stream.write_all(word.as_bytes()).unwrap();
            }
        });
        let read = builder.enable_all().build().unwrap().block_on(async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let mut bytes = [0; 8];
            let length = stream.read(&mut bytes).await.unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        });
        speaker.join().unwrap();
        read
    }

    #[test]
    fn what_comes_soon_after_the_end_of_a_silence_is_read_with_it() {
        let milliseconds = Duration::from_millis;
        assert_eq!(first_read(milliseconds(10), milliseconds(500), milliseconds(50)), "ab");
    }

    #[test]
    fn without_a_silence_nothing_waits() {
        let milliseconds = Duration::from_millis;
        assert_eq!(first_read(Duration::MAX, milliseconds(5000), milliseconds(200)), "a");
    }
}
