//! Terminal for the progress bar, which leaves the last columns free.

use std::io;

use console::Term;
use indicatif::TermLike;

/// Columns that stay free at the end of a line. A terminal echoes `^C` there; in a full line the echo would wrap to the next
/// line, and the bar would not be cleared.
const FREE_FOR_ECHO: u16 = 4;
/// In a narrower terminal a message takes several lines, which must be counted with the real width.
const WIDE_ENOUGH: u16 = 60;

/// A terminal that claims to be narrower than it is.
#[derive(Debug)]
pub(super) struct NarrowedTerminal<T>(T);

impl NarrowedTerminal<Term> {
    /// The terminal behind standard error.
    pub(super) fn stderr() -> Self {
        Self(Term::buffered_stderr())
    }
}

impl<T: TermLike> TermLike for NarrowedTerminal<T> {
    fn width(&self) -> u16 {
        match self.0.width() {
            width @ WIDE_ENOUGH.. => width - FREE_FOR_ECHO,
            width => width,
        }
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.0.write_line(line)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressBar, ProgressDrawTarget, ProgressStyle};

    use super::*;

    #[test]
    fn clears_the_echo_of_ctrl_c_with_the_bar() {
        let terminal = InMemoryTerm::new(5, 80);
        let target = ProgressDrawTarget::term_like(Box::new(NarrowedTerminal(terminal.clone())));
        let bar = ProgressBar::with_draw_target(Some(4), target);
        bar.set_style(ProgressStyle::with_template("{pos} of {len}").unwrap());
        bar.set_position(2);
        bar.tick();
        terminal.write_str("^C").unwrap();
        assert!(terminal.contents().starts_with("2 of 4") && terminal.contents().ends_with("^C"));
        bar.finish_and_clear();
        assert_eq!(terminal.contents(), "");
    }
}
