//! The heap just before a run ended or fell silent. Not a rule: what several rules look back with.
//!
//! It refuses to take an old figure for a healthy one: much can happen between two questions. A low one counts however
//! old it is, but for what it is.
//!
//! For example 2 KB free eight seconds before a crash is [`Memory::Exhausted`], 20 KB an hour before is
//! [`Memory::Unknown`].

use super::now;
use crate::heap::Millis;
use crate::recording::{Metric, Past, Point};

/// With less free than this nothing that a firmware does goes well: a TCP segment takes 1.5 KB, an answer its text twice.
const EXHAUSTED_FREE_BYTES: u64 = 3 * 1024;
/// Nor with no block larger than this.
const EXHAUSTED_BLOCK_BYTES: u64 = 1024;

/// With less than this a web page, an MQTT message or a TLS record may have taken the rest.
const SHORT_FREE_BYTES: u64 = 6 * 1024;
const SHORT_BLOCK_BYTES: u64 = 2 * 1024;

/// Figures that are older say nothing good.
const OUTDATED_AFTER: Millis = Millis(2 * 60_000);

/// Whether there was memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Memory {
    /// Hardly any was left.
    Exhausted,
    /// Little was left.
    Short,
    /// There was enough.
    Enough,
    /// No figure, or none that is fresh enough.
    Unknown,
}

/// The last figures before an end.
#[derive(Clone, Copy, Debug)]
pub(super) struct BeforeEnd {
    pub free: Option<Point>,
    pub largest: Option<Point>,
    /// How long before the end the free heap was read, at least: in a text the end has the time of a line before it.
    /// `None` where that is not known.
    pub age: Option<Millis>,
    pub memory: Memory,
}

impl BeforeEnd {
    /// Of the run that began in `from_line` and ended before `end_line`, at `end`.
    pub fn of(past: &Past<'_>, from_line: u64, end_line: u64, end: Millis) -> Self {
        let last = |metric| {
            past.series(metric).last_before_line(end_line).filter(|point: &Point| point.line >= from_line)
        };
        let free = last(Metric::Free);
        // A largest block that is older than the free heap by more is of another moment.
        let is_near = |block: &Point| free.is_none_or(|free| free.at - block.at <= OUTDATED_AFTER);
        let largest = last(Metric::LargestFreeBlock).filter(is_near);
        let newest = free.or(largest);
        let age = newest.filter(|_| past.has_times()).map(|point| end - point.at);
        let at_most = |point: Option<Point>| point.map(|point| point.amount.at_most());
        let is_below = |free_bytes, block_bytes| {
            at_most(free).is_some_and(|free| free < free_bytes)
                || at_most(largest).is_some_and(|largest| largest < block_bytes)
        };
        let memory = match newest {
            None => Memory::Unknown,
            Some(_) if is_below(EXHAUSTED_FREE_BYTES, EXHAUSTED_BLOCK_BYTES) => Memory::Exhausted,
            Some(_) if is_below(SHORT_FREE_BYTES, SHORT_BLOCK_BYTES) => Memory::Short,
            Some(_) if free.is_none() || age.is_some_and(|age| age > OUTDATED_AFTER) => Memory::Unknown,
            Some(_) => Memory::Enough,
        };
        BeforeEnd { free, largest, age, memory }
    }

    /// `23 KB free, the largest block 21 KB`.
    pub fn phrase(&self) -> Option<String> {
        now::phrase(self.free, self.largest)
    }
}
