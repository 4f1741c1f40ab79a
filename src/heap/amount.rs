//! A measured quantity, and how finely the firmware gave it.

/// A quantity as the firmware gave it, in full or with the bytes below a KiB dropped.
///
/// Most firmwares divide by 1024 and drop the rest, so "23" means 23 552 to 24 575 bytes. Keeping that
/// beside the number lets a verdict say so, and keeps a trend from being read out of rounding.
/// The unit is that of the [`Figure`](super::Figure) it belongs to: bytes, percent or a plain count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    at_least: u64,
    /// Bytes below a KiB were dropped.
    is_truncated: bool,
}

impl Amount {
    /// A number that was given in full.
    pub const fn exact(value: u64) -> Self {
        Amount { at_least: value, is_truncated: false }
    }

    /// Whole KiB from which the firmware dropped the rest: `kib_truncated(23)` is 23 552..=24 575 bytes.
    pub const fn kib_truncated(kib: u64) -> Self {
        Amount { at_least: kib.saturating_mul(1024), is_truncated: true }
    }

    /// The smallest value that it can be. For an exact amount, the value.
    pub const fn at_least(self) -> u64 {
        self.at_least
    }

    /// The largest value that it can be.
    pub const fn at_most(self) -> u64 {
        self.at_least.saturating_add(if self.is_truncated { 1023 } else { 0 })
    }

    /// Whether the firmware dropped digits.
    pub const fn is_truncated(self) -> bool {
        self.is_truncated
    }
}
