//! Prompts without echo that a signal can end.
//!
//! Such a prompt switches the terminal to another mode, and reading blocks its thread. A process that a signal ends in the
//! middle of it would leave a terminal that no longer shows what is typed.

use std::io::{self, ErrorKind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use tokio::runtime::Builder;

use super::signals;
use super::terminal_mode::TerminalMode;

/// What happened first.
enum Event<T> {
    Read(io::Result<T>),
    Interrupted,
}

/// Reads from a hidden prompt. A signal ends it with [`ErrorKind::Interrupted`], and the terminal is as it was before.
pub(super) fn read_hidden<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let mode = TerminalMode::save();
    let (events, first) = mpsc::channel();
    // The listener must exist before the prompt: until then, a signal ends the process.
    let listening = listen(events.clone());
    let _ = listening.recv();
    thread::spawn(move || events.send(Event::Read(read())));
    match first.recv() {
        Ok(Event::Read(result)) => result,
        Ok(Event::Interrupted) | Err(_) => {
            mode.restore();
            Err(ErrorKind::Interrupted.into())
        }
    }
}

/// Reports the first signal. The returned channel has a message, or is closed, as soon as the listener is ready.
fn listen<T: Send + 'static>(events: Sender<Event<T>>) -> Receiver<()> {
    let (ready, listening) = mpsc::channel();
    thread::spawn(move || {
        // Without a listener, the prompt works as before.
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = signals::interrupted() => {}
                () = announce(&ready) => {}
            }
        });
        // The prompt can be over by now.
        let _ = events.send(Event::Interrupted);
    });
    listening
}

/// Announces that the listener is ready, and never ends.
async fn announce(ready: &Sender<()>) {
    let _ = ready.send(());
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_returned() {
        assert_eq!(read_hidden(|| Ok("typed")).unwrap(), "typed");
        let closed = read_hidden(|| Err::<(), _>(ErrorKind::UnexpectedEof.into()));
        assert_eq!(closed.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
