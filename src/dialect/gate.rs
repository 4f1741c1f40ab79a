//! What can be seen of a line at a glance: its two ends.
//!
//! Nearly all lines of a log are none of a dialect's business, and most can be told so by a few bytes at either end.
//! The dialects say once for every pair of ends whether such a line may be theirs; from then on the reader looks that
//! up in a table and asks those dialects only. Nothing is read here, and nothing is decided that a dialect did not say.
//!
//! ```
//! use heapscope_reader::dialect::{End, Front, Sequel};
//!
//! let line = b"18:40:08.501 CMD: Status 4";
//! assert_eq!(Front::of(line), Some(Front { first: b'1', sequel: Sequel::Clock }));
//! assert_eq!(End::of(line), Some(End { last: b'4', is_word: false }));
//! assert_eq!(Front::of(b""), None);
//! ```

/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Front {
    /// Its first byte.
    pub first: u8,
    /// What stands behind it.
    pub sequel: Sequel,
}

/// What stands behind the first byte of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequel {
    /// Anything else.
    Other,
    /// A colon in the third place, as in `12:34`.
    Clock,
    /// `0x`, as in `|0x3fff24c8`.
    Address,
    /// A blank and a character of box drawing, as in `  │   15612   │`.
    Bar,
}

/// What a line ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Its last byte; [`End::BAR`] for a character of box drawing, which UTF-8 ends in a byte that other characters
    /// have too.
    pub last: u8,
    /// It has eight bytes, and the last eight are none of blank, control character and `!"#$%&'()*`; the last three may
    /// be, if the last is no letter or digit. So a number of eight digits ends, and base64, also with quotation marks
    /// behind it.
    pub is_word: bool,
}

impl Front {
    /// That of a line. `None` for an empty one.
    #[inline]
    pub fn of(line: &[u8]) -> Option<Self> {
        let sequel = match line {
            [_, _, b':', ..] => Sequel::Clock,
            [_, b'0', b'x', ..] => Sequel::Address,
            [_, b' ', 0xE2, 0x94 | 0x95, ..] => Sequel::Bar,
            _ => Sequel::Other,
        };
        Some(Front { first: *line.first()?, sequel })
    }
}

impl End {
    /// No byte of UTF-8.
    pub const BAR: u8 = 0xFF;

    /// That of a line. `None` for an empty one.
    #[inline]
    pub fn of(line: &[u8]) -> Option<Self> {
        let is_word = line.last_chunk().is_some_and(|last: &[u8; 8]| {
            let bytes = u64::from_le_bytes(*last);
            // Not read from the line again: then all eight would be read one by one.
            let last = (bytes >> 56) as u8;
            // A byte below `+` sets its highest bit: all are looked at at once.
            let below = bytes.wrapping_sub(0x2B2B_2B2B_2B2B_2B2B) & !bytes & 0x8080_8080_8080_8080;
            let counted = if last.is_ascii_alphanumeric() { below } else { below & 0xFF_FFFF_FFFF };
            counted == 0
        });
        let last = match line {
            [.., last] if last.is_ascii() => *last,
            [.., 0xE2, 0x94 | 0x95, _] => End::BAR,
            _ => *line.last()?,
        };
        Some(End { last, is_word })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_no_blank_in_its_places() {
        for place in 0..8 {
            for byte in 0..=255_u8 {
                let mut line = *b"abcdefgh";
                line[place] = byte;
                let end = End::of(&line).unwrap();
                let counts = place < 5 || (place < 7 || byte.is_ascii_alphanumeric());
                assert_eq!(end.is_word, !counts || byte >= b'+', "{place} {byte}");
                assert_eq!(end.last, line[7]);
            }
        }
        assert!(!End::of(b"abcdefg").unwrap().is_word);
    }

    #[test]
    fn bars_of_tables() {
        let row = "  │   15612   │".as_bytes();
        assert_eq!(Front::of(row).unwrap().sequel, Sequel::Bar);
        assert_eq!(End::of(row).unwrap().last, End::BAR);
        // The same last byte.
        assert_eq!("│".as_bytes()[2], "\u{2002}".as_bytes()[2]);
        assert_eq!(End::of("\u{2002}".as_bytes()).unwrap().last, 0x82);
    }
}
