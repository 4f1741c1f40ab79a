//! When nothing will be free, if a heap goes on falling as it does.

use super::Millis;

/// A fall that is thought to go on: a line from the last moment that is known down to nothing, and how early and how late
/// it may end instead. Whoever makes one says how sure that is; here it is only carried on.
///
/// ```
/// use heapscope_reader::heap::{Forecast, Millis};
///
/// let hours = |hours: u64| Millis(hours * Millis::HOUR.0);
/// let forecast = Forecast {
///     from: hours(1),
///     free_bytes: 20_000,
///     soonest: hours(5),
///     likely: hours(6),
///     latest: None,
/// };
/// assert_eq!(forecast.left(), hours(5));
/// assert_eq!(forecast.free_bytes_at(hours(2), Some(forecast.likely)), 16_000.0);
/// assert_eq!(forecast.free_bytes_at(hours(2), forecast.latest), 20_000.0, "it may never end");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The last moment that is known, on the recording's clock. It stands before all the others.
    pub from: Millis,
    /// What was free then, in bytes, short swings left out.
    pub free_bytes: u64,
    /// When nothing is left at the earliest.
    pub soonest: Millis,
    /// When nothing is left most likely.
    pub likely: Millis,
    /// When nothing is left at the latest; `None` where it may as well be never.
    pub latest: Option<Millis>,
}

impl Forecast {
    /// The likeliest time until nothing is left.
    pub fn left(&self) -> Millis {
        self.likely - self.from
    }

    /// What is free at a moment, in bytes, if nothing is at the other; where there is no other, the heap stays as it is.
    pub fn free_bytes_at(&self, at: Millis, empty: Option<Millis>) -> f64 {
        let free = self.free_bytes as f64;
        let Some(empty) = empty else { return free };
        let (gone, whole) = ((at - self.from).0 as f64, (empty - self.from).0.max(1) as f64);
        (free * (1.0 - gone / whole)).max(0.0)
    }

    /// How far an axis of time goes that shows all of it: a little beyond the end.
    pub fn whole_until(&self) -> Millis {
        let end = self.latest.unwrap_or(self.likely + Millis(self.left().0 / 2));
        end + Millis((end - self.from).0 / 12)
    }
}
