//! The progress of a run on standard error: a bar on a terminal, lines on a terminal that cannot draw one or with `--plain`,
//! nothing with `--quiet` and where standard error is not a terminal.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::OutputArguments;
use super::output;
use super::terminal::Narrowed;
use crate::probe::Progress;
use crate::report::sanitize::sanitize;

/// A question that takes longer than this is named.
const SLOW: Duration = Duration::from_secs(10);
/// A run that is over sooner shows no bar.
const WORTH_A_BAR: Duration = Duration::from_millis(400);
/// What is shown while nothing can be counted yet, and then.
const WITHOUT_BAR: &str = "{spinner} {msg}";
const WITH_BAR: &str = "{spinner} [{bar:24}] {msg}";
/// How often a bar is drawn again.
const TICK: Duration = Duration::from_millis(100);
/// How often a line is written on a terminal that gets no bar.
const LINE: Duration = Duration::from_secs(10);

/// Watches one run.
pub(super) struct Watch {
    shown: Shown,
    seen: Mutex<Seen>,
}

enum Shown {
    Nothing,
    Lines,
    Bar(Box<ProgressBar>),
}

impl Shown {
    /// A log gets no progress, only messages.
    fn new(arguments: &OutputArguments, is_terminal: bool, can_draw: bool) -> Self {
        if arguments.quiet || !is_terminal {
            Self::Nothing
        } else if can_draw && !arguments.plain {
            Self::Bar(Box::new(bar()))
        } else {
            Self::Lines
        }
    }
}

#[derive(Debug, Default)]
struct Seen {
    began: Option<Instant>,
    mailboxes: usize,
    done: usize,
    asking_since: Option<Instant>,
    underway: Vec<(String, Instant)>,
}

impl Watch {
    /// A watch as the options want it.
    pub(super) fn new(arguments: &OutputArguments) -> Self {
        // The library hides a bar where there is no terminal, or one that cannot take a line back.
        let can_draw = !ProgressDrawTarget::stderr().is_hidden();
        Self::showing(Shown::new(arguments, io::stderr().is_terminal(), can_draw))
    }

    /// A watch that tells nothing.
    pub(super) fn nothing() -> Self {
        Self::showing(Shown::Nothing)
    }

    fn showing(shown: Shown) -> Self {
        Self {
            shown,
            seen: Mutex::default(),
        }
    }

    /// Waits for `run` and tells meanwhile how it goes on.
    pub(super) async fn during<T>(&self, run: impl Future<Output = T>) -> T {
        self.begin();
        let result = tokio::select! {
            biased;
            result = run => result,
            never = self.tell() => match never {},
        };
        self.clear();
        result
    }

    async fn tell(&self) -> std::convert::Infallible {
        loop {
            match &self.shown {
                Shown::Nothing => std::future::pending().await,
                Shown::Lines => {
                    tokio::time::sleep(LINE).await;
                    output::message(&format!("rx-preflight: {}", self.sentence()));
                }
                Shown::Bar(bar) => {
                    tokio::time::sleep(TICK).await;
                    if self.is_worth_a_bar() {
                        self.draw(bar);
                    }
                }
            }
        }
    }

    /// The same watch can be there for one run after the other.
    fn begin(&self) {
        *self.seen() = Seen {
            began: Some(Instant::now()),
            ..Seen::default()
        };
        if let Shown::Bar(bar) = &self.shown {
            bar.unset_length();
            bar.set_style(style(WITHOUT_BAR));
            bar.reset();
        }
    }

    fn is_worth_a_bar(&self) -> bool {
        self.seen()
            .began
            .is_some_and(|began| began.elapsed() > WORTH_A_BAR)
    }

    fn draw(&self, bar: &ProgressBar) {
        let (mailboxes, done) = {
            let seen = self.seen();
            (seen.mailboxes, seen.done)
        };
        if bar.length() != Some(mailboxes as u64) && mailboxes > 0 {
            bar.set_style(style(WITH_BAR));
            bar.set_length(mailboxes as u64);
        }
        // A new target knows nothing of the line that an old one has drawn, and would leave it standing.
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(Narrowed::stderr())));
        }
        bar.set_position(done as u64);
        bar.set_message(self.sentence());
        bar.tick();
    }

    fn sentence(&self) -> String {
        self.seen().sentence(Instant::now())
    }

    /// Leaves the terminal as it was.
    fn clear(&self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hidden until the run turns out to take a while.
fn bar() -> ProgressBar {
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
}

/// The style of a template; one that is not understood would only be a plainer bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}

impl Seen {
    /// Where the run stands, how fast it is, and what it waits for when that takes long.
    fn sentence(&self, now: Instant) -> String {
        let mut parts = vec![match self.mailboxes {
            0 => "asking the services".to_owned(),
            all => format!("{} of {all} mailboxes", self.done),
        }];
        parts.extend(self.rate(now));
        parts.extend(self.slowest(now));
        parts.join(", ")
    }

    fn rate(&self, now: Instant) -> Option<String> {
        let passed = now.duration_since(self.asking_since?).as_secs_f64();
        let enough = self.done > 0 && passed >= 1.0;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a rate for people, of some thousands of mailboxes"
        )]
        let each_second = enough.then(|| self.done as f64 / passed)?;
        Some(match each_second {
            1.0.. => format!("{each_second:.0} a second"),
            _ => format!("{:.0} a minute", each_second * 60.0),
        })
    }

    fn slowest(&self, now: Instant) -> Option<String> {
        let (subject, since) = self.underway.iter().min_by_key(|(_, since)| *since)?;
        let waited = now.duration_since(*since);
        (waited >= SLOW).then(|| {
            format!(
                "waiting for {} for {} s",
                sanitize(subject),
                waited.as_secs()
            )
        })
    }
}

impl Progress for Watch {
    fn mailboxes(&self, count: usize) {
        let mut seen = self.seen();
        (seen.mailboxes, seen.done, seen.asking_since) = (count, 0, Some(Instant::now()));
    }

    fn begins(&self, subject: &str) {
        self.seen()
            .underway
            .push((subject.to_owned(), Instant::now()));
    }

    fn ends(&self, subject: &str) {
        let mut seen = self.seen();
        if let Some(place) = seen
            .underway
            .iter()
            .position(|(known, _)| *known == subject)
        {
            seen.underway.swap_remove(place);
        }
    }

    fn mailbox_done(&self) {
        self.seen().done += 1;
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    #[test]
    fn progress_is_for_terminals_only() {
        let with = |quiet, plain| OutputArguments {
            quiet,
            plain,
            ..OutputArguments::default()
        };
        assert!(matches!(
            Shown::new(&with(false, false), true, true),
            Shown::Bar(_)
        ));
        assert!(matches!(
            Shown::new(&with(false, true), true, true),
            Shown::Lines
        ));
        assert!(matches!(
            Shown::new(&with(false, false), true, false),
            Shown::Lines
        ));
        for arguments in [with(false, false), with(false, true)] {
            assert!(
                matches!(Shown::new(&arguments, false, false), Shown::Nothing),
                "a file or a pipe"
            );
        }
        assert!(matches!(
            Shown::new(&with(true, false), true, true),
            Shown::Nothing
        ));
    }

    #[test]
    fn a_sentence_tells_where_the_run_stands_and_what_is_slow() {
        let watch = Watch::nothing();
        watch.begins("graph.microsoft.com");
        let soon = Instant::now();
        assert_eq!(watch.seen().sentence(soon), "asking the services");
        assert_eq!(
            watch.seen().sentence(soon + Duration::from_secs(12)),
            "asking the services, waiting for graph.microsoft.com for 12 s"
        );
        watch.ends("graph.microsoft.com");
        watch.mailboxes(100);
        (0..40).for_each(|_| watch.mailbox_done());
        watch.begins("room41@contoso.com");
        let later = Instant::now() + Duration::from_secs(20);
        let told = watch.seen().sentence(later);
        assert_eq!(
            told,
            "40 of 100 mailboxes, 2 a second, waiting for room41@contoso.com for 20 s"
        );
        let told = watch.seen().sentence(later + Duration::from_secs(100));
        assert!(
            told.starts_with("40 of 100 mailboxes, 20 a minute, "),
            "{told}"
        );
    }

    #[test]
    fn what_comes_from_outside_cannot_steer_the_terminal() {
        let watch = Watch::nothing();
        watch.begins("room\u{1b}[2J@contoso.com");
        let told = watch
            .seen()
            .sentence(Instant::now() + Duration::from_secs(30));
        assert!(!told.contains('\u{1b}'), "{told:?}");
        watch.ends("room\u{1b}[2J@contoso.com");
        assert!(watch.seen().underway.is_empty());
    }

    #[test]
    fn a_bar_stays_in_its_line_and_is_gone_at_the_end() {
        let terminal = InMemoryTerm::new(10, 60);
        let bar = bar();
        bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        let watch = Watch::showing(Shown::Bar(Box::new(bar)));
        let Shown::Bar(bar) = &watch.shown else {
            panic!("a bar is shown")
        };
        watch.begin();
        watch.draw(bar);
        assert!(
            terminal.contents().ends_with("asking the services"),
            "{}",
            terminal.contents()
        );
        watch.mailboxes(40);
        for _ in 0..5 {
            watch.mailbox_done();
            watch.draw(bar);
        }
        let shown = terminal.contents();
        assert!(
            shown.ends_with("[===>                    ] 5 of 40 mailboxes"),
            "{shown}"
        );
        assert_eq!(shown.lines().count(), 1, "{shown}");
        watch.begins(&"a-room-with-a-long-address".repeat(4));
        watch.seen().underway[0].1 = Instant::now().checked_sub(SLOW * 2).unwrap();
        (0..3).for_each(|_| watch.draw(bar));
        assert_eq!(
            terminal.contents().matches("waiting for").count(),
            1,
            "{}",
            terminal.contents()
        );
        watch.clear();
        assert_eq!(terminal.contents(), "");
        watch.begin();
        watch.draw(bar);
        assert!(
            terminal.contents().ends_with("asking the services"),
            "again: {}",
            terminal.contents()
        );
    }

    #[tokio::test]
    async fn what_is_watched_comes_back_as_it_is() {
        assert_eq!(Watch::nothing().during(async { 7 }).await, 7);
    }
}
