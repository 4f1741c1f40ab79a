//! Units that are not bytes: time and percentages.

use std::ops::{Add, Sub};

/// Milliseconds on one clock: of the recording, or of the device's day. Never a wall-clock date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// One second.
    pub const SECOND: Millis = Millis(1_000);
    /// One minute.
    pub const MINUTE: Millis = Millis(60_000);
    /// One hour.
    pub const HOUR: Millis = Millis(3_600_000);

    /// The given number of seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Millis(seconds * 1_000)
    }

    /// Time since `earlier`; 0 when `earlier` is later, since clocks of boards do run backwards.
    pub const fn since(self, earlier: Millis) -> Millis {
        Millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Millis {
    type Output = Millis;
    fn add(self, other: Millis) -> Millis {
        Millis(self.0.saturating_add(other.0))
    }
}

impl Sub for Millis {
    type Output = Millis;
    fn sub(self, other: Millis) -> Millis {
        self.since(other)
    }
}

/// A time of day as it was printed. A device's is local to it, 00:00:00 at boot until its clock is set, and
/// known to run backwards: never sort by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeOfDay {
    /// A day has fewer than 2^27.
    millis: u32,
    has_millis: bool,
}

impl TimeOfDay {
    /// So many milliseconds since midnight, of which the last three digits were printed or not.
    pub const fn new(since_midnight_millis: u32, has_millis: bool) -> Self {
        TimeOfDay { millis: since_midnight_millis, has_millis }
    }

    /// Time since midnight.
    pub const fn since_midnight(self) -> Millis {
        Millis(self.millis as u64)
    }

    /// Whether milliseconds were printed, or only seconds.
    pub const fn has_millis(self) -> bool {
        self.has_millis
    }
}

/// A whole percentage as firmwares print it. It may exceed 100 (umm_malloc's usage metric does).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(pub i64);

impl Percent {
    /// `100 − largest × 100 / free` in integers, the formula of Tasmota's `Frag` and of the ESP32 core
    /// (Tasmota support_esp8266.ino:116-137), clamped at 0. `None` when nothing is free.
    pub fn fragmentation_by_largest_block(free_bytes: u64, largest_free_block_bytes: u64) -> Option<Percent> {
        let share = largest_free_block_bytes.saturating_mul(100).checked_div(free_bytes)?;
        Some(Percent(100_i64.saturating_sub(i64::try_from(share).ok()?).max(0)))
    }
}
