//! Where the lines of a log stand and when they came, in about four bytes a line.
//!
//! A log of 100 MB has more than a million lines: numbers of 64 bits for each would take a third of its size again, and
//! half as much once more whenever the list of them grows. Here lines are kept in blocks, whose lines count from the
//! block's begin; a line goes up to the next one, but for one or two bytes of its end; and lines that came together have
//! one time. It knows nothing of bytes.
//!
//! ```text
//! block 0: begins at 0        (0, CR LF) (14, LF) (21, LF) …       8192 lines
//! block 1: begins at 409 600  (0, LF) …
//! odd:     line 17 has 5 bytes: more stands before the next one than the end of a line
//! times:   from line 0 at 0 ms, from line 3 at 120 ms …
//! ```

use crate::heap::Millis;

/// Lines of one block. The longest line has 64 KiB: a block's bytes are counted in 30 bits, and the rest tells the end.
const BLOCK_LINES: usize = 8_192;

const END_BITS: u32 = 2;
const MOST_BEHIND: u64 = (1 << (32 - END_BITS)) - 1;

const _: () = assert!((BLOCK_LINES as u64) * (crate::stream::MAX_LINE_BYTES as u64 + 2) < MOST_BEHIND);

/// In place of the bytes of a line's end, which are none, one or two: the line is among the odd ones.
const ODD: u32 = 3;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct LineIndex {
    blocks: Vec<Block>,
    /// Lines whose ends have more bytes, and their lengths. In order.
    odd: Vec<(u64, u32)>,
    /// From this line on, lines came at this time. In order.
    arrivals: Vec<(u64, Millis)>,
    count: u64,
    last: Place,
}

#[derive(Debug)]
struct Block {
    /// Where its first line begins in the log.
    begin: u64,
    /// Begin of each behind that, and in the lowest bits what follows it; nothing yet for the last line of all.
    lines: Vec<u32>,
}

/// Where a line stands in the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Its first byte.
    pub start: u64,
    /// Its bytes, without its end.
    pub length: usize,
}

impl LineIndex {
    /// Adds the next line.
    pub fn push(&mut self, place: Place, at: Millis) {
        if self.arrivals.last().is_none_or(|(_, last)| *last != at) {
            self.arrivals.push((self.count, at));
        }
        self.end_last(place.start);
        if self.blocks.last().is_none_or(|block| block.lines.len() == BLOCK_LINES) {
            // The first grows: most logs are short.
            let room = if self.blocks.is_empty() { 0 } else { BLOCK_LINES };
            self.blocks.push(Block { begin: place.start, lines: Vec::with_capacity(room) });
        }
        if let Some(block) = self.blocks.last_mut() {
            // Fits, unless a gigabyte of bare CRs stands between two lines: see BLOCK_LINES.
            let behind = place.start.saturating_sub(block.begin).min(MOST_BEHIND);
            block.lines.push((behind as u32) << END_BITS);
        }
        (self.count, self.last) = (self.count + 1, place);
    }

    /// Notes how the last line ended, now that the next one begins.
    fn end_last(&mut self, next_start: u64) {
        let Some(line) = self.blocks.last_mut().and_then(|block| block.lines.last_mut()) else { return };
        let Place { start, length } = self.last;
        match next_start.saturating_sub(start + length as u64) {
            end if end < u64::from(ODD) => *line |= end as u32,
            _ => {
                *line |= ODD;
                self.odd.push((self.count - 1, length as u32));
            }
        }
    }

    /// Number of lines.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Where the line of this number stands.
    pub fn place(&self, number: u64) -> Option<Place> {
        if number.checked_add(1)? == self.count {
            return Some(self.last);
        }
        let (start, end) = self.line(number)?;
        if end == ODD {
            let odd = self.odd.binary_search_by_key(&number, |(odd, _)| *odd).ok()?;
            return Some(Place { start, length: self.odd[odd].1 as usize });
        }
        let (next_start, _) = self.line(number + 1)?;
        Some(Place { start, length: (next_start - start) as usize - end as usize })
    }

    /// Where a line begins, and how it ends.
    fn line(&self, number: u64) -> Option<(u64, u32)> {
        let number = usize::try_from(number).ok()?;
        let block = self.blocks.get(number / BLOCK_LINES)?;
        let line = *block.lines.get(number % BLOCK_LINES)?;
        Some((block.begin + u64::from(line >> END_BITS), line & ODD))
    }

    /// How many lines begin at this position or before it.
    pub fn begun_by(&self, position: u64) -> u64 {
        let Some(behind) = self.blocks.partition_point(|block| block.begin <= position).checked_sub(1) else {
            return 0;
        };
        let Block { begin, lines } = &self.blocks[behind];
        let begun = lines.partition_point(|line| begin + u64::from(line >> END_BITS) <= position);
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
        // Without an end (cut in the middle), with LF, with CR LF, and with many more bytes behind; long and short.
        let gap = |number: u64| [1, 2, 1, 1, 0, 3, 1, 700][number as usize % 8];
        let length = |number: u64| [0, 17, 65_536, 1, 80][number as usize % 5];
        let mut start = 7;
        let places: Vec<Place> = (0..3 * BLOCK_LINES as u64 + 5)
            .map(|number| {
                let place = Place { start, length: length(number) };
                // An empty line has an end.
                start += length(number) as u64 + gap(number).max(u64::from(length(number) == 0));
                place
            })
            .collect();
        let at = |number: usize| Millis(number as u64 / 1_000 * 3);
        let mut index = LineIndex::default();
        for (number, place) in places.iter().enumerate() {
            index.push(*place, at(number));
            assert_eq!(index.place(number as u64), Some(*place), "the last one");
        }
        for (number, place) in places.iter().enumerate() {
            let line = number as u64;
            assert_eq!(index.place(line), Some(*place));
            assert_eq!(index.arrival(line), Some(at(number)));
            assert_eq!((index.begun_by(place.start), index.begun_by(place.start - 1)), (line + 1, line));
        }
        let count = places.len() as u64;
        assert_eq!((index.len(), index.place(count), index.arrival(count)), (count, None, None));
        assert_eq!(index.place(u64::MAX), None);
    }
}
