//! The pace of the requests to one service: who may send now, and who waits.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::rhythm::{Beat, Rhythm};

/// The pace of one service. Whoever waits is served in the order of coming.
#[derive(Debug)]
pub(super) struct Pace {
    places: Semaphore,
    state: Mutex<State>,
    /// Wakes whoever waits for several places when there are not so many any more.
    fewer: Notify,
}

#[derive(Debug)]
struct State {
    rhythm: Rhythm,
    /// Places that exist; more than the rhythm allows while requests are in flight that were sent before it slowed down.
    places: usize,
}

/// The right to have one request in flight, or several that are sent as one.
#[must_use = "the place is given back when it is told how the request was answered"]
pub(super) struct Place<'p> {
    pace: &'p Pace,
    beat: Beat,
    permit: Option<SemaphorePermit<'p>>,
}

/// What an answer means for the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// The service is at ease, or said nothing about it.
    Calm,
    /// It asks for patience. How long it is left alone is the business of the breaker.
    Throttled,
}

impl Pace {
    /// A pace of at most `most` requests in flight.
    pub(super) fn new(most: usize) -> Self {
        let rhythm = Rhythm::new(most);
        let places = rhythm.limit();
        let state = State { rhythm, places };
        Self { places: Semaphore::new(places), state: Mutex::new(state), fewer: Notify::new() }
    }

    /// Waits for a place.
    pub(super) async fn place(&self) -> Place<'_> {
        // The semaphore is never closed, so there is always a permit in the end.
        let permit = loop {
            let Ok(permit) = self.places.acquire().await else { break None };
            if let Some(permit) = self.kept(permit) {
                break Some(permit);
            }
        };
        self.enter(permit)
    }

    /// Waits for so many places at once. `None` when the rhythm allows fewer, now or later while this waits.
    pub(super) async fn places(&self, count: u32) -> Option<Place<'_>> {
        let permit = self.permits(count).await;
        if permit.is_none() {
            // Whoever gave up waiting may have held some places already.
            self.state().settle(&self.places, None);
        }
        Some(self.enter(Some(permit?)))
    }

    async fn permits(&self, count: u32) -> Option<SemaphorePermit<'_>> {
        loop {
            let permit = self.acquired(count).await?;
            if let Some(permit) = self.kept(permit) {
                return Some(permit);
            }
        }
    }

    async fn acquired(&self, count: u32) -> Option<SemaphorePermit<'_>> {
        let mut permits = pin!(self.places.acquire_many(count));
        loop {
            let fewer = self.fewer.notified();
            if usize::try_from(count).is_ok_and(|count| self.state().rhythm.limit() < count) {
                return None;
            }
            tokio::select! {
                permits = permits.as_mut() => return permits.ok(),
                () = fewer => {}
            }
        }
    }

    /// The permit, if the rhythm still allows as many as there are: whoever gave up waiting for several may have handed
    /// some on that are not to be any more.
    fn kept<'p>(&'p self, permit: SemaphorePermit<'p>) -> Option<SemaphorePermit<'p>> {
        let mut state = self.state();
        if state.places <= state.rhythm.limit() {
            return Some(permit);
        }
        state.settle(&self.places, Some(permit));
        None
    }

    fn enter<'p>(&'p self, permit: Option<SemaphorePermit<'p>>) -> Place<'p> {
        Place { pace: self, beat: self.state().rhythm.beat(), permit }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Gives the place back and learns from the answer.
    pub(super) fn answered(self, mood: Mood) {
        self.answered_together([mood]);
    }

    /// Gives the places back and learns from the answers to what was sent together.
    pub(super) fn answered_together(mut self, moods: impl IntoIterator<Item = Mood>) {
        let mut state = self.pace.state();
        let (mut calm, mut is_throttled) = (0, false);
        for mood in moods {
            match mood {
                Mood::Calm => calm += 1,
                Mood::Throttled => is_throttled = true,
            }
        }
        // No more of them than were in flight at a time: the others came later, under the same limit.
        let places = self.permit.as_ref().map_or(1, SemaphorePermit::num_permits);
        (0..places.min(calm)).for_each(|_| state.rhythm.served(self.beat));
        // After the calm ones, in whatever order they came: those went well under the limit that was too much for the rest.
        if is_throttled {
            state.rhythm.throttled(self.beat);
            self.pace.fewer.notify_waiters();
        }
        let permit = self.permit.take();
        state.settle(&self.pace.places, permit);
    }
}

impl Drop for Place<'_> {
    /// A request that was given up frees its place without a lesson.
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.pace.state().settle(&self.pace.places, Some(permit));
        }
    }
}

impl State {
    /// Makes as many places as the rhythm allows. A place too many is taken away when it comes free.
    fn settle(&mut self, semaphore: &Semaphore, returned: Option<SemaphorePermit<'_>>) {
        let allowed = self.rhythm.limit();
        if let Some(mut permit) = returned {
            let surplus = self.places.saturating_sub(allowed).min(permit.num_permits());
            if let Some(surplus_permit) = permit.split(surplus) {
                surplus_permit.forget();
                self.places -= surplus;
            }
        }
        if self.places > allowed {
            self.places -= semaphore.forget_permits(self.places - allowed);
        } else {
            semaphore.add_permits(allowed - self.places);
            self.places = allowed;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    /// Takes a place for good, if there is one.
    async fn takes_one(pace: &Pace) -> bool {
        let taken = tokio::time::timeout(Duration::from_millis(20), pace.place()).await;
        taken.map(std::mem::forget).is_ok()
    }

    #[tokio::test]
    async fn no_more_than_the_rhythm_allows_are_in_flight() {
        let pace = Pace::new(16);
        for _ in 0..4 {
            assert!(takes_one(&pace).await);
        }
        assert!(!takes_one(&pace).await);
    }

    #[tokio::test]
    async fn a_calm_answer_makes_room_for_more_and_a_throttled_one_for_less() {
        let pace = Pace::new(16);
        pace.place().await.answered(Mood::Calm);
        let five = [pace.place().await, pace.place().await, pace.place().await, pace.place().await, pace.place().await];
        assert!(!takes_one(&pace).await);
        for place in five {
            place.answered(Mood::Throttled);
        }
        assert_eq!(pace.state().places, 2);
        assert!(takes_one(&pace).await && takes_one(&pace).await && !takes_one(&pace).await);
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_frees_its_place() {
        let pace = Pace::new(1);
        drop(pace.place().await);
        assert!(takes_one(&pace).await);
    }

    /// Takes four places for good, if there are so many and they come free.
    async fn takes_four(pace: &Pace) -> bool {
        let taken = tokio::time::timeout(Duration::from_millis(20), pace.places(4)).await;
        taken.ok().flatten().map(std::mem::forget).is_some()
    }

    #[tokio::test]
    async fn several_places_are_taken_and_given_back_together() {
        let pace = Pace::new(16);
        let four = pace.places(4).await.unwrap();
        assert!(!takes_one(&pace).await);
        four.answered_together([Mood::Calm; 4]);
        assert_eq!(pace.state().places, 8);
        assert!(takes_four(&pace).await && takes_four(&pace).await && !takes_one(&pace).await);
    }

    #[tokio::test]
    async fn one_throttled_answer_among_many_slows_down_and_counts_the_calm_ones() {
        let pace = Pace::new(16);
        let mut moods = vec![Mood::Throttled];
        moods.extend([Mood::Calm; 19]);
        pace.places(4).await.unwrap().answered_together(moods);
        assert_eq!((pace.state().places, pace.places.available_permits()), (4, 4), "half of the eight after one round");
    }

    #[tokio::test]
    async fn whoever_waits_for_more_places_than_are_left_is_let_go() {
        let pace = Pace::new(4);
        let (first, second) = (pace.place().await, pace.place().await);
        let slow_down = async {
            tokio::task::yield_now().await;
            first.answered(Mood::Throttled);
        };
        assert!(tokio::join!(pace.places(4), slow_down).0.is_none());
        assert!(pace.places(4).await.is_none(), "there are two now");
        drop(second);
        assert_eq!((pace.state().places, pace.places.available_permits()), (2, 2));
    }

    #[tokio::test]
    async fn what_a_batch_gives_up_goes_to_no_more_than_the_limit_allows() {
        let pace = Pace::new(4);
        let first = pace.place().await;
        let entered = AtomicUsize::new(0);
        let behind = async {
            // They come after the batch, which holds the three places that are free and waits for the fourth.
            tokio::task::yield_now().await;
            let one = || async {
                if takes_one(&pace).await {
                    entered.fetch_add(1, Ordering::SeqCst);
                }
            };
            tokio::join!(one(), one(), one());
        };
        let slow_down = async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            first.answered(Mood::Throttled);
        };
        assert!(tokio::join!(pace.places(4), behind, slow_down).0.is_none());
        assert_eq!((entered.load(Ordering::SeqCst), pace.state().places), (2, 2));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_at_once_keep_to_the_limit_whatever_happens() {
        let shared = Arc::new(Pace::new(8));
        let (now, highest) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let one = |turn: usize| {
            let (pace, now, highest) = (Arc::clone(&shared), Arc::clone(&now), Arc::clone(&highest));
            tokio::spawn(async move {
                let several = if turn.is_multiple_of(3) { pace.places(4).await } else { None };
                let (taken, size) = match several {
                    Some(taken) => (taken, 4),
                    None => (pace.place().await, 1),
                };
                highest.fetch_max(now.fetch_add(size, Ordering::SeqCst) + size, Ordering::SeqCst);
                tokio::task::yield_now().await;
                now.fetch_sub(size, Ordering::SeqCst);
                taken.answered(if turn.is_multiple_of(50) { Mood::Throttled } else { Mood::Calm });
            })
        };
        for task in (0..2_000).map(one).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert!(highest.load(Ordering::SeqCst) <= 8);
        let state = shared.state();
        assert_eq!((state.places, shared.places.available_permits()), (state.rhythm.limit(), state.rhythm.limit()));
    }
}
