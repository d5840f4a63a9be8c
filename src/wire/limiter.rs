//! Limits how many requests to one service are in flight.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::adaptive_limit::{AdaptiveLimit, Epoch};
use super::lock::lock;

/// The limiter of one service. First in, first out.
#[derive(Debug)]
pub(super) struct Limiter {
    semaphore: Semaphore,
    state: Mutex<State>,
    /// Wakes tasks that wait for several permits when the limit has fallen below that number.
    fewer: Notify,
}

#[derive(Debug)]
struct State {
    limit: AdaptiveLimit,
    /// Permits that exist. While requests from before a reduction are in flight, there are more than the limit allows.
    permits: usize,
}

/// Permission to have one request in flight, or several that are sent as one batch.
#[must_use = "release it with the outcome of the request"]
pub(super) struct Permit<'p> {
    limiter: &'p Limiter,
    epoch: Epoch,
    held: Option<SemaphorePermit<'p>>,
}

/// What a response means for the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feedback {
    /// The service did not throttle the request.
    NotThrottled,
    /// The service throttled the request. How long to wait is decided by the circuit breaker.
    Throttled,
}

impl Limiter {
    /// A limiter that never allows more than `most` requests in flight.
    pub(super) fn new(most: usize) -> Self {
        let limit = AdaptiveLimit::new(most);
        let permits = limit.current();
        let state = State { limit, permits };
        Self {
            semaphore: Semaphore::new(permits),
            state: Mutex::new(state),
            fewer: Notify::new(),
        }
    }

    /// Waits for a permit.
    pub(super) async fn acquire(&self) -> Permit<'_> {
        // The semaphore is never closed, so `acquire` fails only in theory.
        let permit = loop {
            let Ok(permit) = self.semaphore.acquire().await else {
                break None;
            };
            if let Some(permit) = self.kept(permit) {
                break Some(permit);
            }
        };
        self.enter(permit)
    }

    /// Waits for `count` permits at the same time. `None` if the limit is below that, now or while this waits.
    pub(super) async fn acquire_many(&self, count: u32) -> Option<Permit<'_>> {
        let permit = self.acquire_allowed(count).await;
        if permit.is_none() {
            // The abandoned wait may have collected some permits already.
            self.state().settle(&self.semaphore, None);
        }
        Some(self.enter(Some(permit?)))
    }

    async fn acquire_allowed(&self, count: u32) -> Option<SemaphorePermit<'_>> {
        loop {
            let permit = self.acquire_within_limit(count).await?;
            if let Some(permit) = self.kept(permit) {
                return Some(permit);
            }
        }
    }

    async fn acquire_within_limit(&self, count: u32) -> Option<SemaphorePermit<'_>> {
        let mut permits = pin!(self.semaphore.acquire_many(count));
        loop {
            // Registered before the limit is read, so that a reduction between the two is not
            // missed.
            let fewer = self.fewer.notified();
            if usize::try_from(count).is_ok_and(|count| self.state().limit.current() < count) {
                return None;
            }
            tokio::select! {
                permits = permits.as_mut() => return permits.ok(),
                () = fewer => {}
            }
        }
    }

    /// The permit, if the limit still allows it. An abandoned wait for several permits may have passed on some that no
    /// longer exist under a reduced limit.
    fn kept<'p>(&'p self, permit: SemaphorePermit<'p>) -> Option<SemaphorePermit<'p>> {
        let mut state = self.state();
        if state.permits <= state.limit.current() {
            return Some(permit);
        }
        state.settle(&self.semaphore, Some(permit));
        None
    }

    fn enter<'p>(&'p self, permit: Option<SemaphorePermit<'p>>) -> Permit<'p> {
        Permit {
            limiter: self,
            epoch: self.state().limit.epoch(),
            held: permit,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Permit<'_> {
    /// Returns the permit and adapts the limit to the response.
    pub(super) fn release(self, feedback: Feedback) {
        self.release_all([feedback]);
    }

    /// Returns the permits of a batch and adapts the limit to its responses.
    pub(super) fn release_all(mut self, feedback: impl IntoIterator<Item = Feedback>) {
        let mut state = self.limiter.state();
        let (mut successes, mut is_throttled) = (0, false);
        for feedback in feedback {
            match feedback {
                Feedback::NotThrottled => successes += 1,
                Feedback::Throttled => is_throttled = true,
            }
        }
        // Count no more than were in flight at the same time: the service worked on the others later, under the same limit.
        let places = self.held.as_ref().map_or(1, SemaphorePermit::num_permits);
        (0..places.min(successes)).for_each(|_| state.limit.on_success(self.epoch));
        // After the successes, in whatever order they came: they succeeded under the limit that was too high for the rest.
        if is_throttled {
            state.limit.on_throttled(self.epoch);
            self.limiter.fewer.notify_waiters();
        }
        let permit = self.held.take();
        state.settle(&self.limiter.semaphore, permit);
    }
}

impl Drop for Permit<'_> {
    /// A canceled request returns its permit and does not change the limit.
    fn drop(&mut self) {
        if let Some(permit) = self.held.take() {
            self.limiter
                .state()
                .settle(&self.limiter.semaphore, Some(permit));
        }
    }
}

impl State {
    /// Creates as many permits as the limit allows. A surplus permit is removed as soon as it is returned.
    fn settle(&mut self, semaphore: &Semaphore, returned: Option<SemaphorePermit<'_>>) {
        let allowed = self.limit.current();
        if let Some(mut permit) = returned {
            let surplus = self
                .permits
                .saturating_sub(allowed)
                .min(permit.num_permits());
            if let Some(surplus_permit) = permit.split(surplus) {
                surplus_permit.forget();
                self.permits -= surplus;
            }
        }
        if self.permits > allowed {
            self.permits -= semaphore.forget_permits(self.permits - allowed);
        } else {
            semaphore.add_permits(allowed - self.permits);
            self.permits = allowed;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    /// Takes a permit and never returns it, if one is available.
    async fn takes_one(limiter: &Limiter) -> bool {
        let taken = tokio::time::timeout(Duration::from_millis(20), limiter.acquire()).await;
        taken.map(std::mem::forget).is_ok()
    }

    #[tokio::test]
    async fn no_more_than_the_limit_are_in_flight() {
        let limiter = Limiter::new(16);
        for _ in 0..4 {
            assert!(takes_one(&limiter).await);
        }
        assert!(!takes_one(&limiter).await);
    }

    #[tokio::test]
    async fn a_success_raises_the_limit_and_a_throttled_response_lowers_it() {
        let limiter = Limiter::new(16);
        limiter.acquire().await.release(Feedback::NotThrottled);
        let five = [
            limiter.acquire().await,
            limiter.acquire().await,
            limiter.acquire().await,
            limiter.acquire().await,
            limiter.acquire().await,
        ];
        assert!(!takes_one(&limiter).await);
        for place in five {
            place.release(Feedback::Throttled);
        }
        assert_eq!(limiter.state().permits, 2);
        assert!(
            takes_one(&limiter).await && takes_one(&limiter).await && !takes_one(&limiter).await
        );
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_frees_its_place() {
        let limiter = Limiter::new(1);
        drop(limiter.acquire().await);
        assert!(takes_one(&limiter).await);
    }

    /// Takes four permits and never returns them, if they become available.
    async fn takes_four(limiter: &Limiter) -> bool {
        let taken = tokio::time::timeout(Duration::from_millis(20), limiter.acquire_many(4)).await;
        taken.ok().flatten().map(std::mem::forget).is_some()
    }

    #[tokio::test]
    async fn several_places_are_taken_and_given_back_together() {
        let limiter = Limiter::new(16);
        let four = limiter.acquire_many(4).await.unwrap();
        assert!(!takes_one(&limiter).await);
        four.release_all([Feedback::NotThrottled; 4]);
        assert_eq!(limiter.state().permits, 8);
        assert!(
            takes_four(&limiter).await && takes_four(&limiter).await && !takes_one(&limiter).await
        );
    }

    #[tokio::test]
    async fn one_throttled_response_among_many_lowers_the_limit_and_counts_the_successes() {
        let limiter = Limiter::new(16);
        let mut feedback = vec![Feedback::Throttled];
        feedback.extend([Feedback::NotThrottled; 19]);
        limiter.acquire_many(4).await.unwrap().release_all(feedback);
        assert_eq!(
            (
                limiter.state().permits,
                limiter.semaphore.available_permits()
            ),
            (4, 4),
            "half of the eight after one round"
        );
    }

    #[tokio::test]
    async fn a_request_for_more_permits_than_the_limit_is_released() {
        let limiter = Limiter::new(4);
        let (first, second) = (limiter.acquire().await, limiter.acquire().await);
        let slow_down = async {
            tokio::task::yield_now().await;
            first.release(Feedback::Throttled);
        };
        assert!(tokio::join!(limiter.acquire_many(4), slow_down).0.is_none());
        assert!(limiter.acquire_many(4).await.is_none(), "there are two now");
        drop(second);
        assert_eq!(
            (
                limiter.state().permits,
                limiter.semaphore.available_permits()
            ),
            (2, 2)
        );
    }

    #[tokio::test]
    async fn what_a_batch_gives_up_goes_to_no_more_than_the_limit_allows() {
        let limiter = Limiter::new(4);
        let first = limiter.acquire().await;
        let entered = AtomicUsize::new(0);
        let behind = async {
            // They queue behind the batch, which holds the three free permits and waits for the fourth.
            tokio::task::yield_now().await;
            let one = || async {
                if takes_one(&limiter).await {
                    entered.fetch_add(1, Ordering::SeqCst);
                }
            };
            tokio::join!(one(), one(), one());
        };
        let slow_down = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            first.release(Feedback::Throttled);
        };
        assert!(
            tokio::join!(limiter.acquire_many(4), behind, slow_down)
                .0
                .is_none()
        );
        assert_eq!(
            (entered.load(Ordering::SeqCst), limiter.state().permits),
            (2, 2)
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_concurrent_requests_stay_within_the_limit() {
        let shared = Arc::new(Limiter::new(8));
        let (now, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let one = |turn: usize| {
            let (limiter, now, highest) =
                (Arc::clone(&shared), Arc::clone(&now), Arc::clone(&highest));
            tokio::spawn(async move {
                let several = if turn.is_multiple_of(3) {
                    limiter.acquire_many(4).await
                } else {
                    None
                };
                let (taken, size) = match several {
                    Some(taken) => (taken, 4),
                    None => (limiter.acquire().await, 1),
                };
                highest.fetch_max(
                    now.fetch_add(size, Ordering::SeqCst) + size,
                    Ordering::SeqCst,
                );
                tokio::task::yield_now().await;
                now.fetch_sub(size, Ordering::SeqCst);
                taken.release(if turn.is_multiple_of(50) {
                    Feedback::Throttled
                } else {
                    Feedback::NotThrottled
                });
            })
        };
        for task in (0..2_000).map(one).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert!(highest.load(Ordering::SeqCst) <= 8);
        let state = shared.state();
        assert_eq!(
            (state.permits, shared.semaphore.available_permits()),
            (state.limit.current(), state.limit.current())
        );
    }
}
