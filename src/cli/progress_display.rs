//! Progress of a run on standard error: on a terminal, the sections that are complete and a bar; lines with `--plain` and on
//! a terminal that cannot draw a bar; nothing with `--quiet` and where standard error is not a terminal.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::diagnosis;
use crate::evidence::Evidence;
use crate::probe::Progress;
use crate::report::sanitize::{sanitize, to_ascii};
use crate::terms::CheckId;
use crate::wire::lock::lock;

use super::args::OutputArguments;
use super::character_set::stderr_shows_unicode;
use super::narrowed_terminal::NarrowedTerminal;
use super::output;
use super::section_ticks::SectionTicks;

/// The progress line names a request that takes longer than this.
const SLOW_REQUEST: Duration = Duration::from_secs(10);
/// A run that ends sooner shows no bar.
const BAR_DELAY: Duration = Duration::from_millis(400);
/// What is shown while nothing can be counted yet, and then.
const WITHOUT_BAR: &str = "{prefix}{spinner} {msg}";
const WITH_BAR: &str = "{prefix}{spinner} [{bar:24}] {msg}";
/// The spinner of a terminal that does not show the dots of the library. The last character is the one of the end.
const ASCII_SPINNER: &str = "-\\|/ ";
/// How often a bar is drawn again.
const BAR_INTERVAL: Duration = Duration::from_millis(100);
/// How often a line is written on a terminal that gets no bar.
const LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Shows the progress of a run.
pub(super) struct ProgressDisplay {
    mode: DisplayMode,
    /// Whether the terminal shows characters outside ASCII.
    unicode: bool,
    state: Mutex<ProgressState>,
    /// Whether the sections of this run are those of its report.
    shows_sections: bool,
}

enum DisplayMode {
    Nothing,
    Lines,
    Bar(Box<ProgressBar>),
}

impl DisplayMode {
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
struct ProgressState {
    began: Option<Instant>,
    mailboxes: usize,
    done: usize,
    mailboxes_since: Option<Instant>,
    underway: Vec<(String, Instant)>,
    ticks: SectionTicks,
}

impl ProgressDisplay {
    /// The display that the options select.
    pub(super) fn new(arguments: &OutputArguments) -> Self {
        // The library hides a bar where there is no terminal, or one that cannot take a line back.
        let can_draw = !ProgressDrawTarget::stderr().is_hidden();
        Self::with_mode(DisplayMode::new(
            arguments,
            io::stderr().is_terminal(),
            can_draw,
        ))
    }

    /// The same display without sections, for a run that is two reports in one.
    pub(super) fn without_sections(self) -> Self {
        Self {
            shows_sections: false,
            ..self
        }
    }

    /// A display whose sections can be read and that draws nothing.
    #[cfg(test)]
    pub(super) fn unseen() -> Self {
        let bar = bar();
        let terminal = indicatif::InMemoryTerm::new(20, 100);
        bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(terminal)));
        Self::with_mode(DisplayMode::Bar(Box::new(bar)))
    }

    /// A display that shows nothing.
    pub(super) fn hidden() -> Self {
        Self::with_mode(DisplayMode::Nothing)
    }

    fn with_mode(mode: DisplayMode) -> Self {
        Self {
            mode,
            unicode: stderr_shows_unicode(),
            state: Mutex::default(),
            shows_sections: true,
        }
    }

    /// Runs `run` to its end and shows its progress meanwhile.
    pub(super) async fn during<T>(&self, run: impl Future<Output = T>) -> T {
        self.begin();
        // The run is polled first, so a finished run never waits for another update.
        let result = tokio::select! {
            biased;
            result = run => result,
            never = self.show_updates() => match never {},
        };
        self.clear();
        result
    }

    async fn show_updates(&self) -> std::convert::Infallible {
        loop {
            match &self.mode {
                DisplayMode::Nothing => std::future::pending().await,
                DisplayMode::Lines => {
                    tokio::time::sleep(LINE_INTERVAL).await;
                    output::message(&format!("rx-preflight: {}", self.status_line()));
                }
                DisplayMode::Bar(bar) => {
                    tokio::time::sleep(BAR_INTERVAL).await;
                    if self.is_bar_due() {
                        self.draw(bar);
                    }
                }
            }
        }
    }

    /// The same display can be there for one run after the other.
    fn begin(&self) {
        *self.state() = ProgressState {
            began: Some(Instant::now()),
            ..ProgressState::default()
        };
        if let DisplayMode::Bar(bar) = &self.mode {
            bar.unset_length();
            bar.set_style(style(WITHOUT_BAR, self.unicode));
            bar.reset();
        }
    }

    fn is_bar_due(&self) -> bool {
        self.state()
            .began
            .is_some_and(|began| began.elapsed() > BAR_DELAY)
    }

    fn draw(&self, bar: &ProgressBar) {
        // The lock must be released here, because `status_line` takes it again.
        let (mailboxes, done) = {
            let state = self.state();
            (state.mailboxes, state.done)
        };
        if bar.length() != Some(mailboxes as u64) && mailboxes > 0 {
            bar.set_style(style(WITH_BAR, self.unicode));
            bar.set_length(mailboxes as u64);
        }
        // Set only once: a new target does not know the line that an old one has drawn, and would not clear it.
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(
                NarrowedTerminal::stderr(),
            )));
        }
        bar.set_position(done as u64);
        bar.set_prefix(self.complete_sections());
        bar.set_message(self.status_line());
        bar.tick();
    }

    fn status_line(&self) -> String {
        let line = self.state().status_line(Instant::now());
        if self.unicode { line } else { to_ascii(&line) }
    }

    /// The complete sections, one in a line.
    pub(super) fn complete_sections(&self) -> String {
        let state = self.state();
        let lines = state.ticks.lines();
        let end = if lines.is_empty() { "" } else { "\n" };
        lines.join("\n") + end
    }

    /// Clears the bar and the sections above it: the report that follows has a line for each of them, with a result that can
    /// depend on what was observed later.
    fn clear(&self) {
        if let DisplayMode::Bar(bar) = &self.mode {
            bar.finish_and_clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, ProgressState> {
        lock(&self.state)
    }
}

/// Hidden until the run turns out to take a while.
fn bar() -> ProgressBar {
    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
}

/// The style of a template; one that is not understood would only be a plainer bar.
fn style(template: &str, unicode: bool) -> ProgressStyle {
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    if unicode {
        style
    } else {
        style.tick_chars(ASCII_SPINNER)
    }
}

impl ProgressState {
    /// How far the run is, how fast, and the slowest request if it takes long.
    fn status_line(&self, now: Instant) -> String {
        let mut parts = vec![match self.mailboxes {
            0 => "sending requests".to_owned(),
            all => format!("{} of {all} mailboxes", self.done),
        }];
        parts.extend(self.rate(now));
        parts.extend(self.slowest(now));
        parts.join(", ")
    }

    fn rate(&self, now: Instant) -> Option<String> {
        let passed = now.duration_since(self.mailboxes_since?).as_secs_f64();
        // A rate over less than a second would be misleading.
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
        (waited >= SLOW_REQUEST).then(|| {
            format!(
                "waiting for {} for {} s",
                sanitize(subject),
                waited.as_secs()
            )
        })
    }
}

impl Progress for ProgressDisplay {
    fn mailboxes(&self, count: usize) {
        let mut state = self.state();
        (state.mailboxes, state.done, state.mailboxes_since) = (count, 0, Some(Instant::now()));
    }

    fn begins(&self, subject: &str) {
        self.state()
            .underway
            .push((subject.to_owned(), Instant::now()));
    }

    fn ends(&self, subject: &str) {
        let mut state = self.state();
        if let Some(place) = state
            .underway
            .iter()
            .position(|(known, _)| *known == subject)
        {
            state.underway.swap_remove(place);
        }
    }

    fn mailbox_done(&self) {
        self.state().done += 1;
    }

    fn open_rows(&self, checks: &[CheckId]) {
        self.state().ticks.set_open(checks);
    }

    fn recorded(&self, check: CheckId, so_far: &dyn Fn() -> Evidence) {
        let is_shown = self.shows_sections && matches!(self.mode, DisplayMode::Bar(_));
        // The diagnosis of what is known so far is only worth its time where a terminal shows it.
        if self.state().ticks.close(check) && is_shown {
            let rows = diagnosis::diagnose(&so_far()).rows;
            self.state().ticks.update(&rows);
        }
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use crate::report::sample_report::row;
    use crate::terms::{Outcome, Requirement};

    use super::*;

    #[test]
    fn progress_is_for_terminals_only() {
        let with = |quiet, plain| OutputArguments {
            quiet,
            plain,
            ..OutputArguments::default()
        };
        assert!(matches!(
            DisplayMode::new(&with(false, false), true, true),
            DisplayMode::Bar(_)
        ));
        assert!(matches!(
            DisplayMode::new(&with(false, true), true, true),
            DisplayMode::Lines
        ));
        assert!(matches!(
            DisplayMode::new(&with(false, false), true, false),
            DisplayMode::Lines
        ));
        for arguments in [with(false, false), with(false, true)] {
            assert!(
                matches!(
                    DisplayMode::new(&arguments, false, false),
                    DisplayMode::Nothing
                ),
                "a file or a pipe"
            );
        }
        assert!(matches!(
            DisplayMode::new(&with(true, false), true, true),
            DisplayMode::Nothing
        ));
    }

    #[test]
    fn the_status_line_names_progress_rate_and_the_slowest_request() {
        let display = ProgressDisplay::hidden();
        display.begins("graph.microsoft.com");
        let soon = Instant::now();
        assert_eq!(display.state().status_line(soon), "sending requests");
        assert_eq!(
            display.state().status_line(soon + Duration::from_secs(12)),
            "sending requests, waiting for graph.microsoft.com for 12 s"
        );
        display.ends("graph.microsoft.com");
        display.mailboxes(100);
        (0..40).for_each(|_| display.mailbox_done());
        display.begins("room41@contoso.com");
        let later = Instant::now() + Duration::from_secs(20);
        let line = display.state().status_line(later);
        assert_eq!(
            line,
            "40 of 100 mailboxes, 2 a second, waiting for room41@contoso.com for 20 s"
        );
        let line = display
            .state()
            .status_line(later + Duration::from_secs(100));
        assert!(
            line.starts_with("40 of 100 mailboxes, 20 a minute, "),
            "{line}"
        );
    }

    #[test]
    fn what_comes_from_outside_cannot_steer_the_terminal() {
        let display = ProgressDisplay::hidden();
        display.begins("room\u{1b}[2J@contoso.com");
        let line = display
            .state()
            .status_line(Instant::now() + Duration::from_secs(30));
        assert!(!line.contains('\u{1b}'), "{line:?}");
        display.ends("room\u{1b}[2J@contoso.com");
        assert!(display.state().underway.is_empty());
    }

    /// A display with a bar on a terminal of ten lines that keeps what it shows.
    fn display_on_terminal() -> (InMemoryTerm, ProgressDisplay) {
        let terminal = InMemoryTerm::new(10, 60);
        let bar = bar();
        bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        let display = ProgressDisplay::with_mode(DisplayMode::Bar(Box::new(bar)));
        (terminal, display)
    }

    #[test]
    fn a_bar_stays_in_its_line_and_is_gone_at_the_end() {
        let (terminal, display) = display_on_terminal();
        let DisplayMode::Bar(bar) = &display.mode else {
            panic!("a bar is shown")
        };
        display.begin();
        display.draw(bar);
        assert!(
            terminal.contents().ends_with("sending requests"),
            "{}",
            terminal.contents()
        );
        display.mailboxes(40);
        for _ in 0..5 {
            display.mailbox_done();
            display.draw(bar);
        }
        let shown = terminal.contents();
        assert!(
            shown.ends_with("[===>                    ] 5 of 40 mailboxes"),
            "{shown}"
        );
        assert_eq!(shown.lines().count(), 1, "{shown}");
        display.begins(&"a-room-with-a-long-address".repeat(4));
        display.state().underway[0].1 = Instant::now().checked_sub(SLOW_REQUEST * 2).unwrap();
        (0..3).for_each(|_| display.draw(bar));
        assert_eq!(
            terminal.contents().matches("waiting for").count(),
            1,
            "{}",
            terminal.contents()
        );
        display.clear();
        assert_eq!(terminal.contents(), "");
        display.begin();
        display.draw(bar);
        assert!(
            terminal.contents().ends_with("sending requests"),
            "again: {}",
            terminal.contents()
        );
    }

    #[test]
    fn a_terminal_without_unicode_gets_a_bar_in_ascii() {
        let terminal = InMemoryTerm::new(10, 100);
        let bar = bar();
        bar.set_draw_target(ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        let display = ProgressDisplay {
            unicode: false,
            ..ProgressDisplay::with_mode(DisplayMode::Bar(Box::new(bar)))
        };
        let DisplayMode::Bar(bar) = &display.mode else {
            panic!("a bar is shown")
        };
        display.begin();
        display.begins("r\u{f6}om@contoso.com");
        display.state().underway[0].1 = Instant::now().checked_sub(SLOW_REQUEST * 2).unwrap();
        for mailboxes in [0, 40] {
            display.mailboxes(mailboxes);
            for _ in 0..8 {
                display.draw(bar);
                let shown = terminal.contents();
                assert!(
                    shown.is_ascii() && shown.contains("om@contoso.com"),
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn complete_sections_are_above_the_bar_and_gone_at_the_end() {
        let (terminal, display) = display_on_terminal();
        let DisplayMode::Bar(bar) = &display.mode else {
            panic!("a bar is shown")
        };
        display.begin();
        let checks = [CheckId::NetworkGraph, CheckId::SettingsTenantId];
        display.open_rows(&checks);
        let rows = checks.map(|check| row(check, Requirement::Required, Outcome::Pass));
        for check in checks {
            assert!(display.state().ticks.close(check));
        }
        display.state().ticks.update(&rows);
        display.mailboxes(40);
        (0..3).for_each(|_| display.draw(bar));
        let shown = terminal.contents();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines[..2],
            [
                "[Passed]  Settings         1 passed",
                "[Passed]  Network          1 passed"
            ]
        );
        assert!(
            lines.len() == 3 && lines[2].ends_with("0 of 40 mailboxes"),
            "{shown}"
        );
        display.clear();
        assert_eq!(terminal.contents(), "");
    }

    #[tokio::test]
    async fn what_is_watched_comes_back_as_it_is() {
        assert_eq!(ProgressDisplay::hidden().during(async { 7 }).await, 7);
    }
}
