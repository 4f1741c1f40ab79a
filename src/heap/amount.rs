//! A measured quantity, and how finely the firmware gave it.

use std::fmt;

/// A quantity as the firmware gave it, in full or with the bytes below a KiB dropped.
///
/// Most firmwares divide by 1024 and drop the rest, so "23" means 23 552 to 24 575 bytes. Keeping that
/// beside the number lets a verdict say so, and keeps a trend from being read out of rounding.
/// The unit is that of the [`Figure`](super::Figure) it belongs to: bytes, percent or a plain count.
///
/// One number: a board that puts figures into every time stamp gives millions of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Amount(u64);

/// Bytes below a KiB were dropped.
const IS_TRUNCATED: u64 = 1 << 63;

impl Amount {
    /// A number that was given in full. More than 2^63 − 1, which nobody has, stands as that.
    pub const fn exact(value: u64) -> Self {
        Amount(if value < IS_TRUNCATED { value } else { IS_TRUNCATED - 1 })
    }

    /// Whole KiB from which the firmware dropped the rest: `kib_truncated(23)` is 23 552..=24 575 bytes.
    pub const fn kib_truncated(kib: u64) -> Self {
        Amount(Amount::exact(kib.saturating_mul(1024)).0 | IS_TRUNCATED)
    }

    /// All of it in one number, which is small where the value is: to be kept, and given to [`Amount::from_code`].
    pub const fn code(self) -> u64 {
        self.0.rotate_left(1)
    }

    /// The amount that had this [`Amount::code`].
    pub const fn from_code(code: u64) -> Self {
        Amount(code.rotate_right(1))
    }

    /// The smallest value that it can be. For an exact amount, the value.
    pub const fn at_least(self) -> u64 {
        self.0 & !IS_TRUNCATED
    }

    /// The largest value that it can be.
    pub const fn at_most(self) -> u64 {
        self.at_least() + if self.is_truncated() { 1023 } else { 0 }
    }

    /// Whether the firmware dropped digits.
    pub const fn is_truncated(self) -> bool {
        self.0 & IS_TRUNCATED != 0
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Amount")
            .field("at_least", &self.at_least())
            .field("is_truncated", &self.is_truncated())
            .finish()
    }
}
