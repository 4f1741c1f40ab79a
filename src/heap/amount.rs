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

    /// How far it is from here to a later amount.
    pub fn change_to(self, later: Amount) -> Change {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        Change {
            at_least: number(later.at_least()) - number(self.at_most()),
            at_most: number(later.at_most()) - number(self.at_least()),
        }
    }
}

/// The difference of two amounts, as finely as both are known: a later 21 KB less an earlier 23 KB, both truncated, is
/// −3 071 to −1 025 bytes. Above 0 where the later one is larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The smallest that it can be.
    pub at_least: i64,
    /// The largest that it can be.
    pub at_most: i64,
}

impl Change {
    /// The same the other way round: what it cost.
    pub const fn reversed(self) -> Change {
        Change { at_least: -self.at_most, at_most: -self.at_least }
    }

    /// The change itself, where both amounts were given in full.
    pub const fn exact(self) -> Option<i64> {
        if self.at_least == self.at_most { Some(self.at_least) } else { None }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_truncated_leaves_a_range() {
        let change = |before: Amount, after: Amount| {
            let Change { at_least, at_most } = before.change_to(after);
            (at_least, at_most)
        };
        assert_eq!(change(Amount::exact(5_000), Amount::exact(3_736)), (-1_264, -1_264));
        assert_eq!(change(Amount::kib_truncated(23), Amount::kib_truncated(21)), (-3_071, -1_025));
        assert_eq!(change(Amount::kib_truncated(23), Amount::kib_truncated(23)), (-1_023, 1_023));
        assert_eq!(change(Amount::exact(23_552), Amount::kib_truncated(23)), (0, 1_023));
        let cost = Amount::kib_truncated(23).change_to(Amount::kib_truncated(21)).reversed();
        assert_eq!((cost.at_least, cost.at_most, cost.exact()), (1_025, 3_071, None));
        assert_eq!(Amount::exact(u64::MAX).change_to(Amount::exact(0)).exact(), Some(-i64::MAX));
    }
}
