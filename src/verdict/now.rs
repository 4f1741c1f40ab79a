//! The latest figures, as one sentence. Not a rule: what several rules begin with.

use crate::format;
use crate::heap::{Amount, Millis};
use crate::recording::{Metric, Point, Recording};

/// A largest block that is older than the free heap by more says nothing about now.
const OUTDATED_AFTER: Millis = Millis(15 * 60_000);

/// The latest known figures of the present run of the firmware.
pub(super) struct Now {
    pub free: Option<Point>,
    pub largest: Option<Point>,
}

impl Now {
    /// Free heap and largest block of one moment where there is such a moment: a time stamp's free heap, taken
    /// while the board was busy, beside a largest block from before would contradict itself.
    pub fn of(recording: &Recording) -> Self {
        let boot = recording.boot();
        let latest = |metric| recording.timeline().series(metric).last().filter(|point| point.at >= boot);
        let (free, largest) = (latest(Metric::Free), latest(Metric::LargestFreeBlock));
        let Some((newest, block)) = free.zip(largest) else { return Now { free, largest } };
        let together = recording.timeline().series(Metric::Free).at_line(block.line);
        match together {
            Some(free) if newest.at - block.at <= OUTDATED_AFTER => Now { free: Some(free), largest },
            _ => Now { free, largest: None },
        }
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
