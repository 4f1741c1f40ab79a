//! Which firmware speaks: the one place where that is decided.
//!
//! Dialects give [`Sign`]s of themselves; this weighs them. It reads no log itself, and forgets nothing that a
//! person told it.
//!
//! A banner settles it, also against another firmware that spoke before: the board was programmed anew. Without
//! one, the dialect whose own kind of line comes most is taken, and left again only for one that speaks
//! [`Detection::HINTS_TO_TURN`] times while it is silent.
//!
//! ```
//! use heapscope_reader::dialect::{Reader, Sureness};
//!
//! let mut reader = Reader::default();
//! reader.feed(b"18:40:08.501 CMD: Status 4\n", &mut Vec::new());
//! let detected = reader.detected().unwrap();
//! assert_eq!((detected.info.id, detected.sureness), ("tasmota", Sureness::Possible));
//! ```

use super::{Board, Info};

/// What a line says about the firmware that printed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Its usual form: others might print such a line too.
    Hint,
    /// It names itself, with its version: nobody else prints this.
    Banner,
}

/// How sure it is which firmware speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sureness {
    /// A line or two of its form were seen.
    Possible,
    /// Several lines of its form were seen.
    Likely,
    /// It named itself, or said so much that nothing else is left.
    Certain,
    /// A person said so.
    Told,
}

impl Sureness {
    /// In words, behind the name of the firmware.
    pub const fn words(self) -> &'static str {
        match self {
            Sureness::Possible => "possibly",
            Sureness::Likely => "likely",
            Sureness::Certain => "certain",
            Sureness::Told => "chosen by you",
        }
    }
}

/// The firmware that speaks, as far as one can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detected<'a> {
    /// Its dialect.
    pub info: &'static Info,
    /// What it said of the board.
    pub board: &'a Board,
    /// How sure that is.
    pub sureness: Sureness,
}

/// Weighs the signs.
#[derive(Debug, Default)]
pub(super) struct Detection {
    /// The dialect that is taken: its place in the registry, and how sure that is.
    present: Option<(usize, Sureness)>,
    /// Hints since the dialect that is taken gave a sign, or since the beginning: a place each.
    hints: Vec<u32>,
    /// Another dialect gave a hint since then.
    has_rival: bool,
    /// What a person said.
    told: Option<usize>,
}

impl Detection {
    /// So many lines of its form make a dialect likely.
    const HINTS_TO_BE_LIKELY: u32 = 3;

    /// So many lines of another dialect, with none of the present one between them, and it is the other that speaks.
    /// Tasmota's bridges print other boards' lines now and then.
    pub(super) const HINTS_TO_TURN: u32 = 10;

    /// The dialect at this place of the registry gave a sign.
    #[inline]
    pub(super) fn sign(&mut self, dialect: usize, sign: Sign) {
        // The common case: the same firmware goes on.
        let goes_on = matches!(self.present, Some((present, Sureness::Likely | Sureness::Certain)) if present == dialect);
        if !goes_on || self.has_rival || sign == Sign::Banner {
            self.weigh(dialect, sign);
        }
    }

    #[cold]
    fn weigh(&mut self, dialect: usize, sign: Sign) {
        if self.hints.len() <= dialect {
            self.hints.resize(dialect + 1, 0);
        }
        self.hints[dialect] = self.hints[dialect].saturating_add(1);
        let hints = self.hints[dialect];
        self.present = Some(match self.present {
            _ if sign == Sign::Banner => (dialect, Sureness::Certain),
            Some((present, sureness)) if present == dialect => (dialect, sureness.max(Self::by_hints(hints))),
            Some(_) if hints < Self::HINTS_TO_TURN => {
                self.has_rival = true;
                return;
            }
            _ => (dialect, Self::by_hints(hints)),
        });
        self.has_rival = false;
        for (other, count) in self.hints.iter_mut().enumerate() {
            *count = if other == dialect { *count } else { 0 };
        }
    }

    fn by_hints(hints: u32) -> Sureness {
        match hints {
            ..Self::HINTS_TO_BE_LIKELY => Sureness::Possible,
            _ => Sureness::Likely,
        }
    }

    /// A person says which it is, or takes that back.
    pub(super) fn tell(&mut self, dialect: Option<usize>) {
        self.told = dialect;
    }

    /// What a person said.
    pub(super) fn told(&self) -> Option<usize> {
        self.told
    }

    /// The dialect's place in the registry, and how sure that is.
    pub(super) fn verdict(&self) -> Option<(usize, Sureness)> {
        self.told.map(|dialect| (dialect, Sureness::Told)).or(self.present)
    }

    /// Another board may follow. What a person said stays.
    pub(super) fn forget(&mut self) {
        *self = Detection { told: self.told, ..Detection::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(signs: &[(usize, Sign, usize)], expected: Option<(usize, Sureness)>) {
        let mut detection = Detection::default();
        for &(dialect, sign, times) in signs {
            (0..times).for_each(|_| detection.sign(dialect, sign));
        }
        assert_eq!(detection.verdict(), expected, "{signs:?}");
    }

    #[test]
    fn more_lines_make_it_surer_and_a_banner_certain() {
        check(&[], None);
        check(&[(1, Sign::Hint, 1)], Some((1, Sureness::Possible)));
        check(&[(1, Sign::Hint, 3)], Some((1, Sureness::Likely)));
        check(&[(1, Sign::Banner, 1), (1, Sign::Hint, 1)], Some((1, Sureness::Certain)));
    }

    #[test]
    fn it_follows_a_board_that_changes_firmware() {
        check(
            &[(0, Sign::Banner, 1), (0, Sign::Hint, 500), (1, Sign::Banner, 1)],
            Some((1, Sureness::Certain)),
        );
        check(&[(0, Sign::Banner, 1), (1, Sign::Hint, 9)], Some((0, Sureness::Certain)));
        check(&[(0, Sign::Banner, 1), (1, Sign::Hint, 10)], Some((1, Sureness::Likely)));
    }

    #[test]
    fn lines_that_are_passed_on_change_nothing() {
        let signs = [(0, Sign::Hint, 3), (1, Sign::Hint, 5), (0, Sign::Hint, 1), (1, Sign::Hint, 5)];
        check(&signs, Some((0, Sureness::Likely)));
    }

    #[test]
    fn a_persons_word_stands_above_all() {
        let mut detection = Detection::default();
        detection.tell(Some(2));
        detection.sign(0, Sign::Banner);
        assert_eq!(detection.verdict(), Some((2, Sureness::Told)));
        detection.tell(None);
        assert_eq!(detection.verdict(), Some((0, Sureness::Certain)));
    }
}
