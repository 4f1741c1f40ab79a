//! The latest figures, as one sentence. Not a rule: what several rules begin with.

use crate::heap::Amount;
use crate::recording::{Metric, Past, Point};
use crate::words::verdict as words;

/// The latest known figures of the present run of the firmware.
pub(super) struct Now {
    pub free: Option<Point>,
    pub largest: Option<Point>,
}

impl Now {
    pub fn of(past: &Past<'_>) -> Self {
        Now { free: past.latest(Metric::Free), largest: past.latest(Metric::LargestFreeBlock) }
    }

    /// `23 KB free, the largest block 21 KB`. Nothing when not even the free heap is known.
    pub fn phrase(&self) -> Option<String> {
        phrase(self.free, self.largest)
    }

    /// Bytes that are surely free.
    pub fn free_bytes(&self) -> Option<u64> {
        self.free.map(|point| point.amount).map(Amount::at_least)
    }
}

/// `23 KB free, the largest block 21 KB`, as far as it is known.
pub(super) fn phrase(free: Option<Point>, largest: Option<Point>) -> Option<String> {
    match (free, largest) {
        (Some(free), Some(largest)) => Some(words::now::free_and_largest(free.amount, largest.amount)),
        (Some(free), None) => Some(words::free(free.amount)),
        (None, Some(largest)) => Some(words::now::largest(largest.amount)),
        (None, None) => None,
    }
}
