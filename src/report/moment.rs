//! The moments that a report names.

use jiff::Timestamp;

/// A moment without the fraction of its second. A moment outside the calendar cannot arise from a valid one.
pub fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}
