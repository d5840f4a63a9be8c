//! How many requests are in flight, in all and per mailbox, and which of them are over a limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::lock::lock;
use super::scenario::{FaultPlace, Throttle};
use super::tally::{Served, Tally};

/// Counts the requests to every service.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    services: Mutex<HashMap<FaultPlace, Counts>>,
}

/// The requests to one service.
#[derive(Debug, Default)]
struct Counts {
    served: Served,
    /// Requests to which the limits applied.
    limited: u64,
    all: Load,
    mailboxes: HashMap<String, Load>,
}

/// Requests in progress at this moment.
#[derive(Debug, Default, Clone, Copy)]
struct Load {
    in_flight: usize,
    /// Those of them that count against a limit. A throttled request does not.
    admitted: usize,
}

impl Load {
    fn is_full(self, limit: Option<usize>) -> bool {
        limit.is_some_and(|most| self.admitted >= most)
    }

    fn end(&mut self, admitted: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.admitted = self.admitted.saturating_sub(usize::from(admitted));
    }
}

/// The limit a request is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Too many requests of the app.
    App,
    /// Too many requests to one mailbox at the same time.
    Mailbox,
}

impl Counter {
    /// What was counted so far.
    pub(crate) fn tally(&self) -> Tally {
        let services = self.services();
        let served = |place| {
            services
                .get(&place)
                .map(|counts| counts.served)
                .unwrap_or_default()
        };
        Tally {
            discovery: served(FaultPlace::Discovery),
            sign_in: served(FaultPlace::SignIn),
            graph: served(FaultPlace::Graph),
            exchange: served(FaultPlace::Exchange),
        }
    }

    fn services(&self) -> MutexGuard<'_, HashMap<FaultPlace, Counts>> {
        lock(&self.services)
    }
}

/// A request in progress; dropping it ends it.
#[derive(Debug)]
pub(crate) struct InFlight {
    counter: Arc<Counter>,
    place: FaultPlace,
    mailbox: Option<String>,
    admitted: bool,
}

/// Notes the beginning of a request.
pub(crate) fn begin(
    counter: &Arc<Counter>,
    place: FaultPlace,
    mailbox: Option<String>,
) -> InFlight {
    let mut services = counter.services();
    let counts = services.entry(place).or_default();
    counts.served.requests += 1;
    counts.all.in_flight += 1;
    counts.served.max_concurrent = counts.served.max_concurrent.max(counts.all.in_flight);
    if let Some(mailbox) = &mailbox {
        let here = counts.mailboxes.entry(mailbox.clone()).or_default();
        here.in_flight += 1;
        counts.served.max_concurrent_per_mailbox =
            counts.served.max_concurrent_per_mailbox.max(here.in_flight);
    }
    InFlight {
        counter: Arc::clone(counter),
        place,
        mailbox,
        admitted: false,
    }
}

impl InFlight {
    /// Holds the request against the limits: the one that it is over, if any.
    pub(crate) fn over(&mut self, limits: &Throttle) -> Option<Limit> {
        let mut services = self.counter.services();
        let counts = services.entry(self.place).or_default();
        counts.limited += 1;
        let here = self
            .mailbox
            .as_ref()
            .and_then(|mailbox| counts.mailboxes.get_mut(mailbox));
        let turned_away = limits
            .every
            .is_some_and(|every| counts.limited.is_multiple_of(every));
        if turned_away || counts.all.is_full(limits.in_flight) {
            counts.served.throttled += 1;
            return Some(Limit::App);
        }
        if here
            .as_ref()
            .is_some_and(|here| here.is_full(limits.mailbox_in_flight))
        {
            counts.served.throttled += 1;
            return Some(Limit::Mailbox);
        }
        counts.all.admitted += 1;
        if let Some(here) = here {
            here.admitted += 1;
        }
        self.admitted = true;
        None
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut services = self.counter.services();
        let Some(counts) = services.get_mut(&self.place) else {
            return;
        };
        counts.all.end(self.admitted);
        let Some(mailbox) = &self.mailbox else { return };
        if let Some(here) = counts.mailboxes.get_mut(mailbox) {
            here.end(self.admitted);
            // Only mailboxes with requests in flight are kept, because an estate can have
            // thousands.
            if here.in_flight == 0 {
                counts.mailboxes.remove(mailbox);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(counter: &Arc<Counter>, mailbox: Option<&str>) -> InFlight {
        begin(counter, FaultPlace::Graph, mailbox.map(str::to_owned))
    }

    /// A request to which the limits apply, and the limit that it exceeds.
    fn limited(
        counter: &Arc<Counter>,
        limits: &Throttle,
        mailbox: Option<&str>,
    ) -> (InFlight, Option<Limit>) {
        let mut request = graph(counter, mailbox);
        let over = request.over(limits);
        (request, over)
    }

    #[test]
    fn the_limits_bind_while_requests_are_in_flight() {
        let counter = Arc::new(Counter::default());
        let limits = Throttle {
            in_flight: Some(2),
            mailbox_in_flight: Some(1),
            ..Throttle::default()
        };
        let room = Some("room@contoso.com");
        let (first, over) = limited(&counter, &limits, room);
        assert_eq!(over, None);
        assert_eq!(limited(&counter, &limits, room).1, Some(Limit::Mailbox));
        let (second, over) = limited(&counter, &limits, None);
        assert_eq!(over, None);
        assert_eq!(limited(&counter, &limits, None).1, Some(Limit::App));
        drop((first, second));
        assert_eq!(limited(&counter, &limits, room).1, None);
    }

    #[test]
    fn a_request_that_is_turned_away_takes_up_no_place() {
        let counter = Arc::new(Counter::default());
        let limits = Throttle {
            in_flight: Some(1),
            ..Throttle::default()
        };
        let (first, _) = limited(&counter, &limits, None);
        let (turned_away, over) = limited(&counter, &limits, None);
        assert_eq!(over, Some(Limit::App));
        drop(first);
        assert_eq!(limited(&counter, &limits, None).1, None);
        drop(turned_away);
        assert_eq!(counter.tally().graph.throttled, 1);
    }

    #[test]
    fn every_nth_request_is_turned_away() {
        let counter = Arc::new(Counter::default());
        let limits = Throttle {
            every: Some(3),
            ..Throttle::default()
        };
        let over: Vec<bool> = (0..6)
            .map(|_| limited(&counter, &limits, None).1.is_some())
            .collect();
        assert_eq!(over, [false, false, true, false, false, true]);
    }

    #[test]
    fn the_highest_concurrency_is_kept_in_all_and_for_one_mailbox() {
        let counter = Arc::new(Counter::default());
        let together = [
            graph(&counter, Some("a@contoso.com")),
            graph(&counter, Some("a@contoso.com")),
            graph(&counter, None),
        ];
        drop(together);
        drop(graph(&counter, Some("a@contoso.com")));
        let expected = Served {
            requests: 4,
            throttled: 0,
            max_concurrent: 3,
            max_concurrent_per_mailbox: 2,
        };
        assert_eq!(
            counter.tally(),
            Tally {
                graph: expected,
                ..Tally::default()
            }
        );
    }
}
