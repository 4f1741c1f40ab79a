//! Random numbers that are the same on every machine and in every run: a simulated board's dice.
//!
//! Not for anything that must not be guessed.

/// A xorshift64* generator.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The same seed gives the same numbers. Every seed works, also 0.
    pub(super) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn range(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high.saturating_sub(low) + 1)
    }

    /// `true` in about `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.range(0, 99) < percent
    }
}
