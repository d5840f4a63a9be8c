//! The rule for how many requests may be in flight. It does no waiting itself.
//!
//! The limit starts low and doubles with every round of responses while nothing is throttled. A throttled response halves
//! it. A number that worked before is soon allowed again; a higher one only after many successes, so that a service with
//! a fixed limit rarely has to throttle.

/// Requests in flight at the beginning.
const FIRST: usize = 4;
/// Rounds of successes required before trying one more request than ever worked.
const SUCCESSES_PER_INCREASE: usize = 50;
/// How often the required number of successes doubles at most, once for each trial that failed.
const MOST_DOUBLINGS: u32 = 4;

/// Where in the history of the limit a request was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch {
    /// How often the limit had been halved by then.
    halvings: u32,
    /// How often the limit had changed by then.
    changes: u32,
}

/// The current limit and what it is based on.
#[derive(Debug)]
pub(super) struct AdaptiveLimit {
    most: usize,
    limit: usize,
    /// The highest limit that worked for a whole round.
    proven: usize,
    /// Successes since the limit changed.
    successes: usize,
    /// Successes among them of requests that were sent under the current limit.
    successes_at_limit: usize,
    now: Epoch,
    failed_trials: u32,
}

impl AdaptiveLimit {
    /// A limit between one and `most` requests in flight.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        let now = Epoch {
            halvings: 0,
            changes: 0,
        };
        Self {
            most,
            limit: FIRST.min(most),
            proven: 0,
            successes: 0,
            successes_at_limit: 0,
            now,
            failed_trials: 0,
        }
    }

    /// How many requests may be in flight now.
    pub(super) fn current(&self) -> usize {
        self.limit
    }

    /// The epoch of a request that is sent now.
    pub(super) fn epoch(&self) -> Epoch {
        self.now
    }

    /// Records a response that was not throttled.
    pub(super) fn on_success(&mut self, sent: Epoch) {
        // A success from before a reduction shows nothing about the reduced limit.
        if sent.halvings != self.now.halvings {
            return;
        }
        self.successes += 1;
        self.successes_at_limit += usize::from(sent == self.now);
        if self.limit < self.most && self.successes >= self.required_successes() {
            self.change_to(self.limit + 1);
        }
    }

    /// Records a throttled response. Responses to requests from before the last reduction carry no new information.
    /// Returns whether this one did.
    pub(super) fn on_throttled(&mut self, sent: Epoch) -> bool {
        if sent.halvings != self.now.halvings {
            return false;
        }
        // A limit that worked for a whole round before it was throttled still counts as proven.
        let did_for_a_round = self.successes_at_limit >= self.limit;
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
        (self.successes, self.successes_at_limit) = (0, 0);
        self.now.changes += 1;
    }

    fn is_on_trial(&self) -> bool {
        self.now.halvings > 0 && self.limit > self.proven
    }

    /// How many successes allow one more request.
    fn required_successes(&self) -> usize {
        // Until the first throttled response one success is enough, which doubles the limit with
        // every round.
        if self.now.halvings == 0 {
            return 1;
        }
        if self.limit < self.proven {
            return self.limit;
        }
        // Every failed trial makes the next one rarer, so that a service with a fixed limit rarely
        // throttles.
        (self.limit * SUCCESSES_PER_INCREASE) << self.failed_trials.min(MOST_DOUBLINGS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A service that accepts so many concurrent requests and throttles every nth, called in rounds until `requests` responses.
    struct Played {
        rounds: usize,
        throttled: usize,
        highest: usize,
    }

    fn play(most: usize, in_flight: usize, every: usize, requests: usize) -> Played {
        let mut limit = AdaptiveLimit::new(most);
        let mut played = Played {
            rounds: 0,
            throttled: 0,
            highest: 0,
        };
        let (mut done, mut seen) = (0, 0);
        while done < requests {
            let beats: Vec<Epoch> = (0..limit.current()).map(|_| limit.epoch()).collect();
            played.highest = played.highest.max(beats.len());
            played.rounds += 1;
            for (place, sent) in beats.into_iter().enumerate() {
                seen += 1;
                if place >= in_flight || seen % every == 0 {
                    played.throttled += 1;
                    limit.on_throttled(sent);
                } else {
                    done += 1;
                    limit.on_success(sent);
                }
            }
        }
        played
    }

    #[test]
    fn it_starts_low_and_doubles_up_to_the_limit_of_the_user() {
        let mut limit = AdaptiveLimit::new(16);
        let mut limits = Vec::new();
        for _ in 0..4 {
            limits.push(limit.current());
            for epoch in vec![limit.epoch(); limit.current()] {
                limit.on_success(epoch);
            }
        }
        assert_eq!(limits, [4, 8, 16, 16]);
        assert_eq!(
            (
                AdaptiveLimit::new(1).current(),
                AdaptiveLimit::new(0).current(),
                AdaptiveLimit::new(2).current()
            ),
            (1, 1, 2)
        );
    }

    #[test]
    fn throttling_halves_it_once_for_all_responses_of_an_epoch() {
        let mut limit = AdaptiveLimit::new(16);
        let sent = [limit.epoch(); 4];
        assert!(limit.on_throttled(sent[0]));
        assert_eq!(limit.current(), 2);
        assert!(!limit.on_throttled(sent[1]) && !limit.on_throttled(sent[2]));
        limit.on_success(sent[3]);
        assert_eq!(limit.current(), 2);
        assert!(limit.on_throttled(limit.epoch()));
        assert!(limit.on_throttled(limit.epoch()));
        assert_eq!(limit.current(), 1);
    }

    #[test]
    fn a_fixed_limit_of_the_service_is_found_and_then_kept_to() {
        let played = play(16, 4, usize::MAX, 10_000);
        let best = 10_000 / 4;
        assert!(
            played.throttled * 100 < 10_000,
            "{} throttled",
            played.throttled
        );
        assert!(
            played.rounds * 10 < best * 11,
            "{} rounds where {best} would do",
            played.rounds
        );
    }

    #[test]
    fn an_occasional_throttled_response_costs_little() {
        for in_flight in [4, usize::MAX] {
            let played = play(16, in_flight, 200, 10_000);
            let best = 10_000 / in_flight.min(16);
            assert!(
                played.throttled * 50 < 10_000,
                "{} throttled",
                played.throttled
            );
            assert!(
                played.rounds * 2 < best * 3,
                "{} rounds where {best} would do",
                played.rounds
            );
        }
    }

    #[test]
    fn a_service_that_throttles_everything_gets_one_request_at_a_time() {
        let mut limit = AdaptiveLimit::new(16);
        for _ in 0..10 {
            limit.on_throttled(limit.epoch());
        }
        assert_eq!(limit.current(), 1);
    }

    #[test]
    fn a_service_without_a_limit_of_its_own_gets_all_that_the_user_allows() {
        let played = play(16, usize::MAX, usize::MAX, 1_000);
        assert_eq!((played.throttled, played.highest), (0, 16));
    }
}
