//! Throttling: how many requests are in flight, in all and per mailbox, and every which one is turned away.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::scenario::{Api, Throttle};

/// Counts the requests to Graph and Exchange.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    seen: HashMap<Api, u64>,
    in_flight: HashMap<Api, usize>,
    mailboxes: HashMap<(Api, String), usize>,
}

/// A request that is being answered; dropping it ends it.
#[derive(Debug)]
pub(crate) struct InFlight {
    counter: Arc<Counter>,
    api: Api,
    mailbox: Option<String>,
    over: Option<Limit>,
}

/// The limit a request is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Too many requests of the app.
    App,
    /// Too many requests to one mailbox at the same time.
    Mailbox,
}

impl InFlight {
    /// The limit this request is over, if any.
    pub(crate) fn over(&self) -> Option<Limit> {
        self.over
    }
}

/// Notes the beginning of a request.
pub(crate) fn begin(counter: &Arc<Counter>, limits: &Throttle, api: Api, mailbox: Option<String>) -> InFlight {
    let mut counts = counter.counts.lock().unwrap_or_else(PoisonError::into_inner);
    let seen = counts.seen.entry(api).or_default();
    *seen += 1;
    let turned_away = limits.every.is_some_and(|every| seen.is_multiple_of(every));
    let all = counts.in_flight.entry(api).or_default();
    *all += 1;
    let app = turned_away || limits.in_flight.is_some_and(|most| *all > most);
    let crowded = mailbox.clone().is_some_and(|mailbox| {
        let here = counts.mailboxes.entry((api, mailbox)).or_default();
        *here += 1;
        limits.mailbox_in_flight.is_some_and(|most| *here > most)
    });
    let over = if app { Some(Limit::App) } else { crowded.then_some(Limit::Mailbox) };
    InFlight { counter: Arc::clone(counter), api, mailbox, over }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut counts = self.counter.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(all) = counts.in_flight.get_mut(&self.api) {
            *all = all.saturating_sub(1);
        }
        if let Some(mailbox) = self.mailbox.take() {
            let key = (self.api, mailbox);
            let left = counts.mailboxes.get(&key).map_or(0, |here| here.saturating_sub(1));
            if left == 0 {
                counts.mailboxes.remove(&key);
            } else {
                counts.mailboxes.insert(key, left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_bind_while_requests_are_in_flight() {
        let counter = Arc::new(Counter::default());
        let limits = Throttle { in_flight: Some(2), mailbox_in_flight: Some(1), ..Throttle::default() };
        let room = || Some("room@contoso.com".to_owned());
        let first = begin(&counter, &limits, Api::Graph, room());
        assert_eq!(first.over(), None);
        assert_eq!(begin(&counter, &limits, Api::Graph, room()).over(), Some(Limit::Mailbox));
        let second = begin(&counter, &limits, Api::Graph, None);
        assert_eq!(begin(&counter, &limits, Api::Graph, None).over(), Some(Limit::App));
        drop((first, second));
        assert_eq!(begin(&counter, &limits, Api::Graph, room()).over(), None);
    }

    #[test]
    fn every_nth_request_is_turned_away() {
        let counter = Arc::new(Counter::default());
        let limits = Throttle { every: Some(3), ..Throttle::default() };
        let over: Vec<bool> = (0..6).map(|_| begin(&counter, &limits, Api::Graph, None).over().is_some()).collect();
        assert_eq!(over, [false, false, true, false, false, true]);
    }
}
