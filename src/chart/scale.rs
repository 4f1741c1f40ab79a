//! From values to pixels and back, and the places where an axis deserves a label.
//!
//! Ticks stand where people expect them: bytes at powers of two, percent at quarters, time at the steps of a
//! clock, plain numbers at 1, 2, 5. Nothing here draws or knows a unit's name; see [`crate::format`].
//!
//! ```
//! use heapscope::chart::scale;
//!
//! let ticks = scale::byte_ticks(24_260, 4);
//! assert_eq!((ticks.step, ticks.top()), (8_192, 24_576));
//! ```

use crate::heap::Millis;

/// A straight line from values to pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinearScale {
    values: (f64, f64),
    pixels: (f64, f64),
}

impl LinearScale {
    /// `values.0` stands at `pixels.0`, `values.1` at `pixels.1`. Two equal values stand at `pixels.0`.
    pub const fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        LinearScale { values, pixels }
    }

    /// Where a value stands, also outside of the range.
    pub fn to_pixel(&self, value: f64) -> f64 {
        let (length, span) = (self.pixels.1 - self.pixels.0, self.values.1 - self.values.0);
        if span == 0.0 { self.pixels.0 } else { self.pixels.0 + (value - self.values.0) * length / span }
    }

    /// Which value stands there.
    pub fn to_value(&self, pixel: f64) -> f64 {
        let (length, span) = (self.pixels.1 - self.pixels.0, self.values.1 - self.values.0);
        if length == 0.0 { self.values.0 } else { self.values.0 + (pixel - self.pixels.0) * span / length }
    }

    /// First and last value.
    pub const fn values(&self) -> (f64, f64) {
        self.values
    }

    /// First and last pixel.
    pub const fn pixels(&self) -> (f64, f64) {
        self.pixels
    }
}

/// Values at which an axis has labels, in order, and how far apart they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Distance from one to the next.
    pub step: u64,
    /// The values, multiples of `step`.
    pub values: Vec<u64>,
}

impl Ticks {
    /// The last one; 0 when there is none.
    pub fn top(&self) -> u64 {
        self.values.last().copied().unwrap_or(0)
    }

    fn within(first: u64, last: u64, step: u64) -> Ticks {
        let start = first.div_ceil(step).saturating_mul(step);
        let values = std::iter::successors(Some(start), |value| value.checked_add(step));
        Ticks { step, values: values.take_while(|&value| value <= last).collect() }
    }
}

/// Ticks of a byte axis from 0 to a power-of-two step at or above `max_bytes`, with at most `max_intervals`
/// intervals (2 at least).
pub fn byte_ticks(max_bytes: u64, max_intervals: u64) -> Ticks {
    // Below this an axis would count single bytes, and an empty heap would have no axis at all.
    const LEAST_TOP_BYTES: u64 = 64;
    let (max_bytes, max_intervals) = (max_bytes.max(LEAST_TOP_BYTES), max_intervals.max(2));
    let mut step = 1_u64;
    while max_bytes.div_ceil(step) > max_intervals {
        step = step.saturating_mul(2);
    }
    Ticks { step, values: (0..=max_bytes.div_ceil(step)).map(|index| index.saturating_mul(step)).collect() }
}

/// Ticks of a percent axis from 0 to 100: quarters, halves, or only the ends.
pub fn percent_ticks(max_intervals: u64) -> Ticks {
    let step = match max_intervals {
        4.. => 25,
        2..=3 => 50,
        _ => 100,
    };
    Ticks::within(0, 100, step)
}

/// Ticks of a time axis within `first..=last`, at steps of a clock: 1, 2, 5 × 10ⁿ ms; 1, 2, 5, 10, 15, 30 s
/// and min; 1, 2, 3, 6, 12 h; days. At most `max_intervals` intervals (1 at least).
pub fn time_ticks(first: Millis, last: Millis, max_intervals: u64) -> Ticks {
    const STEPS_MILLIS: [u64; 26] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000,
        300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000,
    ];
    const DAY_MILLIS: u64 = 86_400_000;
    let days = std::iter::successors(Some(DAY_MILLIS), |days| days.checked_mul(2));
    ticks_with(first.0, last.0, max_intervals, STEPS_MILLIS.into_iter().chain(days))
}

/// Ticks of an axis of plain numbers within `first..=last`, at 1, 2, 5 × 10ⁿ.
pub fn count_ticks(first: u64, last: u64, max_intervals: u64) -> Ticks {
    let powers = std::iter::successors(Some(1_u64), |power| power.checked_mul(10));
    let steps = powers.flat_map(|power| [1, 2, 5].map(|factor| power.saturating_mul(factor)));
    ticks_with(first, last, max_intervals, steps)
}

/// The smallest of `steps` that is large enough.
fn ticks_with(first: u64, last: u64, max_intervals: u64, steps: impl Iterator<Item = u64>) -> Ticks {
    let span = last.saturating_sub(first);
    let mut steps = steps;
    let step = steps.find(|step| span / step <= max_intervals.max(1)).unwrap_or(u64::MAX);
    Ticks::within(first, last, step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bytes_stand_at_powers_of_two() {
        assert_eq!(byte_ticks(24_260, 4).values, [0, 8_192, 16_384, 24_576]);
        assert_eq!(byte_ticks(24_576, 4).values, [0, 8_192, 16_384, 24_576]);
        assert_eq!(byte_ticks(0, 4).values, [0, 16, 32, 48, 64]);
        assert_eq!(byte_ticks(4_194_304, 2).values, [0, 2_097_152, 4_194_304]);
    }

    #[test]
    fn time_stands_at_the_steps_of_a_clock() {
        let step = |last, max_intervals| time_ticks(Millis(0), Millis(last), max_intervals).step;
        assert_eq!(step(60_000, 6), 10_000);
        assert_eq!(step(100_000, 6), 15_000);
        assert_eq!(step(100_000, 5), 30_000);
        assert_eq!(step(3_600_000, 8), 600_000);
        assert_eq!(step(86_400_000, 8), 10_800_000);
        assert_eq!(step(86_400_000 * 30, 8), 86_400_000 * 4);
        assert_eq!(time_ticks(Millis(65_000), Millis(100_000), 4).values, [70_000, 80_000, 90_000, 100_000]);
    }

    proptest! {
        #[test]
        fn ticks_are_few_in_order_and_inside(first: u64, span: u64, max_intervals in 1_u64..20) {
            let last = first.saturating_add(span);
            for ticks in
                [time_ticks(Millis(first), Millis(last), max_intervals), count_ticks(first, last, max_intervals)]
            {
                prop_assert!(ticks.values.len() as u64 <= max_intervals + 2);
                prop_assert!(ticks.values.is_sorted());
                prop_assert!(ticks.values.iter().all(|&tick| first <= tick && tick <= last));
            }
        }

        #[test]
        fn byte_axes_hold_their_maximum(max: u64, max_intervals in 0_u64..20) {
            let ticks = byte_ticks(max, max_intervals);
            prop_assert!(ticks.top() >= max.max(1) || ticks.top() == u64::MAX);
            prop_assert!(ticks.values.len() as u64 <= max_intervals.max(2) + 1);
            prop_assert!(ticks.step.is_power_of_two() || ticks.step == u64::MAX);
        }

        #[test]
        fn scales_go_there_and_back(first in 0.0..1e12, span in 1.0..1e12, part in 0.0..1.0) {
            let scale = LinearScale::new((first, first + span), (50.0, 850.0));
            let value = first + span * part;
            prop_assert!((scale.to_value(scale.to_pixel(value)) - value).abs() <= span * 1e-9 + first * 1e-9);
        }
    }
}
