//! How many requests may be in flight: the rule alone, without any waiting.
//!
//! The limit starts low and doubles with every round of answers while nothing is throttled. An answer that is throttled
//! halves it. What was in flight without trouble before is soon allowed again; more than that only after a long calm, so
//! that a service with a fixed limit is hardly ever asked beyond it.

/// Requests in flight at the beginning.
const FIRST: usize = 4;
/// So many rounds of calm answers are wanted before one request more than ever went well is tried.
const CALM_ROUNDS: usize = 50;
/// The wish for calm is doubled with every such trial that fails, at most so often.
const MOST_DOUBLINGS: u32 = 4;

/// The place of a request in the history of the limit, told when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beat {
    /// How often the limit had been halved.
    halvings: u32,
    /// How often the limit had changed at all.
    changes: u32,
}

/// The limit and what it was learnt from.
#[derive(Debug)]
pub(super) struct Rhythm {
    most: usize,
    limit: usize,
    /// The highest limit that was seen to do for a whole round.
    proven: usize,
    /// Answers without throttling since the limit changed.
    calm: usize,
    /// Those among them to requests that were sent under this very limit.
    calm_here: usize,
    now: Beat,
    failed_trials: u32,
}

impl Rhythm {
    /// A rhythm that never allows more than `most` in flight, and always one.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let now = Beat { halvings: 0, changes: 0 };
        Self { most, limit: FIRST.min(most), proven: 0, calm: 0, calm_here: 0, now, failed_trials: 0 }
    }

    /// How many requests may be in flight now.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// The place of a request that is sent now.
    pub(super) fn beat(&self) -> Beat {
        self.now
    }

    /// An answer came that asks for no patience.
    pub(super) fn served(&mut self, sent: Beat) {
        if sent.halvings != self.now.halvings {
            return;
        }
        self.calm += 1;
        self.calm_here += usize::from(sent == self.now);
        if self.limit < self.most && self.calm >= self.wanted_calm() {
            self.change_to(self.limit + 1);
        }
    }

    /// The service asked for patience. Answers to what was sent before the limit was halved last say nothing new.
    /// Returns whether this one does.
    pub(super) fn throttled(&mut self, sent: Beat) -> bool {
        if sent.halvings != self.now.halvings {
            return false;
        }
        let did_for_a_round = self.calm_here >= self.limit;
        if did_for_a_round {
            self.proven = self.limit;
        } else {
            self.failed_trials += u32::from(self.is_on_trial());
            self.proven = self.proven.min(self.limit - 1).max(self.limit / 2);
        }
        self.now.halvings += 1;
        self.change_to((self.limit / 2).max(1));
        true
    }

    fn change_to(&mut self, limit: usize) {
        self.limit = limit;
        (self.calm, self.calm_here) = (0, 0);
        self.now.changes += 1;
    }

    fn is_on_trial(&self) -> bool {
        self.now.halvings > 0 && self.limit > self.proven
    }

    /// How many calm answers allow one request more.
    fn wanted_calm(&self) -> usize {
        if self.now.halvings == 0 {
            return 1;
        }
        if self.limit < self.proven {
            return self.limit;
        }
        (self.limit * CALM_ROUNDS) << self.failed_trials.min(MOST_DOUBLINGS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service that lets so many through at once and turns every nth away, asked in rounds for `requests` answers.
    struct Played {
        rounds: usize,
        throttled: usize,
        highest: usize,
    }

    fn play(most: usize, in_flight: usize, every: usize, requests: usize) -> Played {
        let mut rhythm = Rhythm::new(most);
        let mut played = Played { rounds: 0, throttled: 0, highest: 0 };
        let (mut done, mut seen) = (0, 0);
        while done < requests {
            let beats: Vec<Beat> = (0..rhythm.limit()).map(|_| rhythm.beat()).collect();
            played.highest = played.highest.max(beats.len());
            played.rounds += 1;
            for (place, sent) in beats.into_iter().enumerate() {
                seen += 1;
                if place >= in_flight || seen % every == 0 {
                    played.throttled += 1;
                    rhythm.throttled(sent);
                } else {
                    done += 1;
                    rhythm.served(sent);
                }
            }
        }
        played
    }

    #[test]
    fn it_starts_low_and_doubles_up_to_the_limit_of_the_user() {
        let mut rhythm = Rhythm::new(16);
        let mut limits = Vec::new();
        for _ in 0..4 {
            limits.push(rhythm.limit());
            for beat in vec![rhythm.beat(); rhythm.limit()] {
                rhythm.served(beat);
            }
        }
        assert_eq!(limits, [4, 8, 16, 16]);
        assert_eq!((Rhythm::new(1).limit(), Rhythm::new(0).limit(), Rhythm::new(2).limit()), (1, 1, 2));
    }

    #[test]
    fn throttling_halves_it_once_however_many_answers_of_a_round_say_so() {
        let mut rhythm = Rhythm::new(16);
        let sent = [rhythm.beat(); 4];
        assert!(rhythm.throttled(sent[0]));
        assert_eq!(rhythm.limit(), 2);
        assert!(!rhythm.throttled(sent[1]) && !rhythm.throttled(sent[2]));
        rhythm.served(sent[3]);
        assert_eq!(rhythm.limit(), 2);
        assert!(rhythm.throttled(rhythm.beat()));
        assert!(rhythm.throttled(rhythm.beat()));
        assert_eq!(rhythm.limit(), 1);
    }

    #[test]
    fn a_fixed_limit_of_the_service_is_found_and_then_kept_to() {
        let played = play(16, 4, usize::MAX, 10_000);
        let best = 10_000 / 4;
        assert!(played.throttled * 100 < 10_000, "{} throttled", played.throttled);
        assert!(played.rounds * 10 < best * 11, "{} rounds where {best} would do", played.rounds);
    }

    #[test]
    fn a_single_throttled_answer_now_and_then_costs_little() {
        for in_flight in [4, usize::MAX] {
            let played = play(16, in_flight, 200, 10_000);
            let best = 10_000 / in_flight.min(16);
            assert!(played.throttled * 50 < 10_000, "{} throttled", played.throttled);
            assert!(played.rounds * 2 < best * 3, "{} rounds where {best} would do", played.rounds);
        }
    }

    #[test]
    fn a_service_that_throttles_everything_is_asked_one_by_one() {
        let mut rhythm = Rhythm::new(16);
        for _ in 0..10 {
            rhythm.throttled(rhythm.beat());
        }
        assert_eq!(rhythm.limit(), 1);
    }

    #[test]
    fn a_service_without_a_limit_of_its_own_gets_all_that_the_user_allows() {
        let played = play(16, usize::MAX, usize::MAX, 1_000);
        assert_eq!((played.throttled, played.highest), (0, 16));
    }
}
