//! The latest figures, as one sentence. Not a rule: what several rules begin with.

use crate::format;
use crate::heap::Amount;
use crate::recording::{Metric, Past, Point};

/// The latest known figures of the present run of the firmware.
pub(super) struct Now {
    pub free: Option<Point>,
    pub largest: Option<Point>,
}

impl Now {
    pub fn of(past: &Past<'_>) -> Self {
        Now { free: past.latest(Metric::Free), largest: past.latest(Metric::LargestFreeBlock) }
    }

    /// `23 KB free, the largest block 21 KB.` Nothing when not even the free heap is known.
    pub fn sentence(&self) -> Option<String> {
        Some(format!("{}.", self.phrase()?))
    }

    /// The same without its full stop.
    pub fn phrase(&self) -> Option<String> {
        let amount = |point: Point| format::amount(point.amount);
        match (self.free, self.largest) {
            (Some(free), Some(largest)) => {
                Some(format!("{} free, the largest block {}", amount(free), amount(largest)))
            }
            (Some(free), None) => Some(format!("{} free", amount(free))),
            (None, Some(largest)) => Some(format!("The largest free block is {}", amount(largest))),
            (None, None) => None,
        }
    }

    /// Bytes that are surely free.
    pub fn free_bytes(&self) -> Option<u64> {
        self.free.map(|point| point.amount).map(Amount::at_least)
    }
}
