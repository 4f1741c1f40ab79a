//! Millions of numbers in a list that grows, in four bytes each where they are near each other.
//!
//! A board that puts figures into every time stamp gives a million values for 100 MB of log, each with a time and a line:
//! in 64 bits each, in lists that double when they are full, they would take half of the log's size again. Here numbers
//! stand in blocks of their own: what is full is never moved. Numbers of a block have their upper half in common, and the
//! few blocks where they have not keep all of them.
//!
//! ```text
//! block 0: upper 0   17, 36, 36, 90 …       1024 numbers of 32 bits
//! block 1: upper 0   4 294 967 290 …        then 4 294 967 296 comes, and the block has 64 bits for each
//! ```

/// Numbers of one block.
const BLOCK: usize = 1_024;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    blocks: Vec<Block>,
    length: usize,
}

#[derive(Clone, Debug)]
enum Block {
    /// The upper half of all, and the lower half of each.
    Narrow(u32, Vec<u32>),
    Wide(Vec<u64>),
}

impl Column {
    /// Adds a number.
    pub fn push(&mut self, number: u64) {
        let (upper, lower) = ((number >> 32) as u32, number as u32);
        if self.length.is_multiple_of(BLOCK) {
            // The first grows: most recordings are short.
            let room = if self.length == 0 { 0 } else { BLOCK };
            self.blocks.push(Block::Narrow(upper, Vec::with_capacity(room)));
        }
        self.length += 1;
        let Some(block) = self.blocks.last_mut() else { return };
        match block {
            Block::Narrow(common, numbers) if *common == upper => numbers.push(lower),
            Block::Narrow(common, numbers) => {
                let upper = u64::from(*common) << 32;
                let mut wide: Vec<u64> = numbers.iter().map(|lower| upper | u64::from(*lower)).collect();
                wide.push(number);
                *block = Block::Wide(wide);
            }
            Block::Wide(numbers) => numbers.push(number),
        }
    }

    /// Number of numbers.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The number at this place; `None` behind the end.
    pub fn get(&self, place: usize) -> Option<u64> {
        match self.blocks.get(place / BLOCK)? {
            Block::Narrow(upper, numbers) => {
                Some(u64::from(*upper) << 32 | u64::from(*numbers.get(place % BLOCK)?))
            }
            Block::Wide(numbers) => numbers.get(place % BLOCK).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![9 => 0..5_000_u64, 1 => any::<u64>(), 1 => (u64::from(u32::MAX) - 3)..(u64::from(u32::MAX) + 3)]
    }

    proptest! {
        #[test]
        fn numbers_are_what_they_were(numbers in proptest::collection::vec(number(), 0..3 * BLOCK), narrow in any::<bool>()) {
            let numbers: Vec<u64> = numbers.into_iter().map(|number| if narrow { number % 100 } else { number }).collect();
            let mut column = Column::default();
            numbers.iter().for_each(|number| column.push(*number));
            prop_assert_eq!(column.len(), numbers.len());
            let known: Vec<Option<u64>> = (0..=numbers.len()).map(|place| column.get(place)).collect();
            let expected: Vec<Option<u64>> = (0..=numbers.len()).map(|place| numbers.get(place).copied()).collect();
            prop_assert_eq!(known, expected);
        }
    }

    #[test]
    fn near_numbers_have_four_bytes_each() {
        let mut column = Column::default();
        (0..3 * BLOCK as u64).for_each(|number| column.push(7 << 32 | number));
        let bytes = |block: &Block| match block {
            Block::Narrow(_, numbers) => numbers.capacity() * 4,
            Block::Wide(numbers) => numbers.capacity() * 8,
        };
        assert_eq!(column.blocks.iter().map(bytes).sum::<usize>(), 3 * BLOCK * 4);
    }
}
