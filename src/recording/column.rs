//! Millions of numbers in a list that grows, in as few bytes each as their neighbours need.
//!
//! A board that puts figures into every time stamp gives a million values for 100 MB of log, each with a time and a line:
//! in 64 bits each, in lists that double when they are full, they would take half of the log's size again. Here they stand
//! in blocks; a block that is full keeps the lowest of its numbers, and of each how far it is above, in one, two, four or
//! eight bytes. What is full is never moved.
//!
//! ```text
//! block 0: 4 294 967 000 and   17, 36, 36, 90 …   1024 numbers, one byte each
//! block 1: 4 294 969 412 and   0, 70 000 …        1024 numbers, four bytes each
//! open:    4 294 980 001, …                       not full yet
//! ```

use std::ops::Range;

use crate::heap::order::partition_point;

/// Numbers of one block.
const BLOCK: usize = 1_024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    full: Vec<Block>,
    open: Vec<u64>,
}

#[cfg(test)]
impl Column {
    /// What it takes of memory.
    pub fn bytes(&self) -> usize {
        let blocks = self.full.iter().map(|block| size_of::<Block>() + block.bytes()).sum::<usize>();
        blocks + self.open.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
impl Block {
    /// Without itself.
    fn bytes(&self) -> usize {
        match &self.above {
            Above::One(above) => above.len(),
            Above::Two(above) => above.len() * 2,
            Above::Four(above) => above.len() * 4,
            Above::Eight(above) => above.len() * 8,
        }
    }
}

/// The lowest number, and how far each is above it.
#[derive(Clone, Debug)]
struct Block {
    lowest: u64,
    above: Above,
}

#[derive(Clone, Debug)]
enum Above {
    One(Box<[u8]>),
    Two(Box<[u16]>),
    Four(Box<[u32]>),
    Eight(Box<[u64]>),
}

impl Column {
    /// Adds a number.
    pub fn push(&mut self, number: u64) {
        self.open.push(number);
        if self.open.len() == BLOCK {
            self.full.push(Block::of(&self.open));
            self.open.clear();
        }
    }

    /// Number of numbers.
    pub fn len(&self) -> usize {
        self.full.len() * BLOCK + self.open.len()
    }

    /// The number at this place; `None` behind the end.
    pub fn get(&self, place: usize) -> Option<u64> {
        match self.full.get(place / BLOCK) {
            Some(block) => Some(block.get(place % BLOCK)),
            None => self.open.get(place - self.full.len() * BLOCK).copied(),
        }
    }

    /// The lowest and the highest number in a stretch, as far as there are any; `None` when that is empty. Looks at each.
    pub fn extent(&self, places: Range<usize>) -> Option<(u64, u64)> {
        let (mut start, end) = (places.start, places.end.min(self.len()));
        let mut extent = None;
        while start < end {
            let block = start / BLOCK;
            let first = block * BLOCK;
            let inside = start - first..end.min(first + BLOCK) - first;
            start = first + inside.end;
            let found = match self.full.get(block) {
                Some(block) => block.extent(inside),
                None => self.open.get(inside).and_then(extent_of),
            };
            extent = [extent, found].into_iter().flatten().reduce(both);
        }
        extent
    }

    /// The first place within `places` whose number is not below this one, or their end; no number may be below the one
    /// before. Looks near `guess` first.
    pub fn first_not_below(&self, places: Range<usize>, number: u64, guess: usize) -> usize {
        let is_below = |place: usize| self.get(place).is_some_and(|known| known < number);
        let (mut low, mut high) = (places.start, places.end.min(self.len()).max(places.start));
        let mut step = 1;
        let mut next = guess;
        // Further and further away, until it lies between two.
        while (low..high).contains(&next) {
            match is_below(next) {
                true if next < guess => {
                    low = next + 1;
                    break;
                }
                true => {
                    low = next + 1;
                    next = next.saturating_add(step);
                }
                false if next > guess => {
                    high = next;
                    break;
                }
                false => {
                    high = next;
                    next = next.saturating_sub(step);
                }
            }
            step = step.saturating_mul(2);
        }
        partition_point(low..high, is_below)
    }
}

impl Block {
    fn of(numbers: &[u64]) -> Self {
        let lowest = numbers.iter().copied().min().unwrap_or(0);
        let range = numbers.iter().copied().max().unwrap_or(0) - lowest;
        let above = numbers.iter().map(|number| number - lowest);
        // Each fits: see `range`.
        let above = match range {
            0..=0xff => Above::One(above.map(|above| above as u8).collect()),
            0x100..=0xffff => Above::Two(above.map(|above| above as u16).collect()),
            0x1_0000..=0xffff_ffff => Above::Four(above.map(|above| above as u32).collect()),
            _ => Above::Eight(above.collect()),
        };
        Block { lowest, above }
    }

    fn get(&self, place: usize) -> u64 {
        let above = match &self.above {
            Above::One(above) => u64::from(above[place]),
            Above::Two(above) => u64::from(above[place]),
            Above::Four(above) => u64::from(above[place]),
            Above::Eight(above) => above[place],
        };
        self.lowest + above
    }

    /// Within a block; `None` when that is empty.
    fn extent(&self, places: Range<usize>) -> Option<(u64, u64)> {
        let (lowest, highest) = match &self.above {
            Above::One(above) => extent_of(above.get(places)?),
            Above::Two(above) => extent_of(above.get(places)?),
            Above::Four(above) => extent_of(above.get(places)?),
            Above::Eight(above) => extent_of(above.get(places)?),
        }?;
        Some((self.lowest + lowest, self.lowest + highest))
    }
}

/// As far as both go.
pub(super) fn both(one: (u64, u64), two: (u64, u64)) -> (u64, u64) {
    (one.0.min(two.0), one.1.max(two.1))
}

/// The lowest and the highest of numbers that lie side by side: a compiler makes vectors of it.
fn extent_of<T: Copy + Ord + Into<u64>>(numbers: &[T]) -> Option<(u64, u64)> {
    let first = *numbers.first()?;
    let further = |(low, high): (T, T), number: &T| (low.min(*number), high.max(*number));
    let (low, high) = numbers.iter().fold((first, first), further);
    Some((low.into(), high.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_what_they_were(
            numbers in proptest::collection::vec(any::<u64>(), 0..4 * BLOCK),
            base in any::<u64>(),
            bits in proptest::collection::vec(0_u32..=64, 4),
        ) {
            // Each block with a width of its own.
            let width = |place: usize| u64::MAX.checked_shr(64 - bits[place / BLOCK]).unwrap_or(0);
            let number = |(place, number): (usize, &u64)| (number & width(place)) | (base & !width(place));
            let numbers: Vec<u64> = numbers.iter().enumerate().map(number).collect();
            let mut column = Column::default();
            numbers.iter().for_each(|number| column.push(*number));
            prop_assert_eq!(column.len(), numbers.len());
            let known: Vec<Option<u64>> = (0..=numbers.len()).map(|place| column.get(place)).collect();
            let expected: Vec<Option<u64>> = (0..=numbers.len()).map(|place| numbers.get(place).copied()).collect();
            prop_assert_eq!(known, expected);
            prop_assert_eq!(column.get(usize::MAX), None);
            for start in (0..numbers.len()).step_by(97) {
                for end in [start, start + 1, start + 500, numbers.len() + 9] {
                    let within = numbers.iter().skip(start).take(end - start).copied();
                    prop_assert_eq!(column.extent(start..end), within.clone().min().zip(within.max()));
                }
            }
        }

        #[test]
        fn what_is_looked_for_is_found_from_wherever_one_begins(
            steps in proptest::collection::vec(0_u64..3, 0..3 * BLOCK),
            number in 0..3 * BLOCK as u64,
            start in 0..3 * BLOCK,
            length in 0..3 * BLOCK,
            guess in 0..4 * BLOCK,
        ) {
            let mut sum = 0;
            let numbers: Vec<u64> = steps.into_iter().map(|step| { sum += step; sum }).collect();
            let mut column = Column::default();
            numbers.iter().for_each(|number| column.push(*number));
            let start = start.min(numbers.len());
            let end = (start + length).min(numbers.len());
            let expected = (start..end).find(|&place| numbers[place] >= number).unwrap_or(end);
            prop_assert_eq!(column.first_not_below(start..start + length, number, guess), expected);
        }
    }

    #[test]
    fn near_numbers_have_a_byte_or_two_each() {
        let bytes = |step: u64| {
            let mut column = Column::default();
            (0..3 * BLOCK as u64).for_each(|number| column.push((7 << 32) + number / 4 * step));
            column.full.iter().map(Block::bytes).sum::<usize>() / BLOCK
        };
        assert_eq!([1, 2, 200, 1_000, 1 << 40].map(bytes), [3, 6, 6, 12, 24]);
    }
}
