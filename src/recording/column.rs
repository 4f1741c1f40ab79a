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

/// Numbers of one block.
const BLOCK: usize = 1_024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    full: Vec<Block>,
    open: Vec<u64>,
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
        }
    }

    #[test]
    fn near_numbers_have_a_byte_or_two_each() {
        let bytes = |step: u64| {
            let mut column = Column::default();
            (0..3 * BLOCK as u64).for_each(|number| column.push((7 << 32) + number / 4 * step));
            let bytes = |block: &Block| match &block.above {
                Above::One(above) => above.len(),
                Above::Two(above) => above.len() * 2,
                Above::Four(above) => above.len() * 4,
                Above::Eight(above) => above.len() * 8,
            };
            column.full.iter().map(bytes).sum::<usize>() / BLOCK
        };
        assert_eq!([1, 2, 200, 1_000, 1 << 40].map(bytes), [3, 6, 6, 12, 24]);
    }
}
