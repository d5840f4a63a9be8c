//! The time of day, real or played.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Source of the current time. A played clock starts at a fixed moment and advances in real time.
#[derive(Debug, Clone, Copy)]
pub struct Clock(Option<Start>);

#[derive(Debug, Clone, Copy)]
struct Start {
    shown: Timestamp,
    started: Instant,
}

impl Clock {
    /// The clock of this machine.
    pub fn real() -> Self {
        Self(None)
    }

    /// A clock that shows `moment` now.
    pub fn starting_at(moment: Timestamp) -> Self {
        Self(Some(Start {
            shown: moment,
            started: Instant::now(),
        }))
    }

    /// The time that this clock shows.
    pub fn now(&self) -> Timestamp {
        match self.0 {
            None => Timestamp::now(),
            Some(start) => after(start.shown, start.started.elapsed()),
        }
    }
}

fn after(moment: Timestamp, passed: Duration) -> Timestamp {
    moment.checked_add(passed).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_played_clock_starts_at_its_moment_and_advances() {
        let start: Timestamp = "2027-04-01T00:00:00Z".parse().unwrap();
        let clock = Clock::starting_at(start);
        let first = clock.now();
        std::thread::sleep(Duration::from_millis(5));
        let second = clock.now();
        assert!(first >= start && second > first);
        assert!(second.duration_since(start).as_secs() < 60);
    }

    #[test]
    fn the_end_of_time_is_not_passed() {
        assert_eq!(
            after(Timestamp::MAX, Duration::from_secs(1)),
            Timestamp::MAX
        );
    }

    #[test]
    fn the_real_clock_is_the_machines() {
        let before = Timestamp::now();
        assert!(Clock::real().now() >= before);
    }
}
