//! Access to mutexes that stays possible after a panic of another holder. The rooms above use it too.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex. No data here is left half changed by a panic, so a poisoned mutex is as good as any other.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The value of a mutex that has no other holder any more.
pub(super) fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
