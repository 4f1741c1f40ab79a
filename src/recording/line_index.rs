//! Where the lines of a log stand and when they came, in about eight bytes a line.
//!
//! A log of 100 MB has more than a million lines: numbers of 64 bits for each would take a third of its size again, and
//! half as much once more whenever the list of them grows. Here lines are kept in blocks, whose lines count from the
//! block's begin; and lines that came together have one time. It knows nothing of bytes.
//!
//! ```text
//! block 0: begins at 0        (0, 12) (14, 5) (21, 80) …       8192 lines
//! block 1: begins at 409 600  (0, 31) …
//! times:   from line 0 at 0 ms, from line 3 at 120 ms …
//! ```

use crate::heap::Millis;

/// Lines of one block. The longest line has 64 KiB: a block's bytes are counted in 32 bits.
const BLOCK_LINES: usize = 8_192;

const _: () = assert!((BLOCK_LINES as u64) * (crate::stream::MAX_LINE_BYTES as u64 + 2) < u32::MAX as u64);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct LineIndex {
    blocks: Vec<Block>,
    /// From this line on, lines came at this time. In order.
    arrivals: Vec<(u64, Millis)>,
    count: u64,
}

#[derive(Debug)]
struct Block {
    /// Where its first line begins in the log.
    begin: u64,
    /// Begin behind that, and length.
    lines: Vec<(u32, u32)>,
}

/// Where a line stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its first byte.
    pub start: u64,
    /// Its bytes, without its end.
    pub length: usize,
}

impl LineIndex {
    /// Adds the next line.
    pub fn push(&mut self, Place { start, length }: Place, at: Millis) {
        if self.arrivals.last().is_none_or(|(_, last)| *last != at) {
            self.arrivals.push((self.count, at));
        }
        if self.blocks.last().is_none_or(|block| block.lines.len() == BLOCK_LINES) {
            self.blocks.push(Block { begin: start, lines: Vec::new() });
        }
        if let Some(block) = self.blocks.last_mut() {
            // Fits: see BLOCK_LINES.
            block.lines.push(((start - block.begin) as u32, length as u32));
        }
        self.count += 1;
    }

    /// Number of lines.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Where the line of this number stands.
    pub fn place(&self, number: u64) -> Option<Place> {
        let number = usize::try_from(number).ok()?;
        let block = self.blocks.get(number / BLOCK_LINES)?;
        let (start, length) = *block.lines.get(number % BLOCK_LINES)?;
        Some(Place { start: block.begin + u64::from(start), length: length as usize })
    }

    /// How many lines begin at this position or before it.
    pub fn begun_by(&self, position: u64) -> u64 {
        let Some(behind) = self.blocks.partition_point(|block| block.begin <= position).checked_sub(1) else {
            return 0;
        };
        let Block { begin, lines } = &self.blocks[behind];
        let begun = lines.partition_point(|(start, _)| begin + u64::from(*start) <= position);
        (behind * BLOCK_LINES + begun) as u64
    }

    /// When the line of this number came.
    pub fn arrival(&self, number: u64) -> Option<Millis> {
        let behind = self.arrivals.partition_point(|(first, _)| *first <= number);
        let (_, at) = self.arrivals.get(behind.checked_sub(1)?)?;
        (number < self.count).then_some(*at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_where_they_were_put() {
        let mut index = LineIndex::default();
        let place = |number: u64| Place { start: 7 + number * 65_538, length: (number % 65_537) as usize };
        let at = |number: u64| Millis(number / 1_000 * 3);
        let count = 3 * BLOCK_LINES as u64 + 5;
        for number in 0..count {
            index.push(place(number), at(number));
        }
        for number in 0..count {
            assert_eq!(index.place(number), Some(place(number)));
            assert_eq!(index.arrival(number), Some(at(number)));
            assert_eq!(index.begun_by(place(number).start), number + 1);
            assert_eq!(index.begun_by(place(number).start - 1), number);
        }
        assert_eq!((index.len(), index.place(count), index.arrival(count)), (count, None, None));
    }
}
