//! What became of the blocks since an earlier map: for each block of the later one its fate, and those that went.
//!
//! Which blocks are the same is [`Comparison`]'s to say. Here one that went and one that appeared at the same address are
//! told as one that changed its size: allocators enlarge and shrink blocks where they lie. As there, a block that was
//! given back and taken anew in the same place with the same size has stayed.

use super::{SIZE_CLASSES, size_class};
use crate::heap::{Block, BlockKind, BlockMap};
use crate::recording::Comparison;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// What became of each block of the later map, in its order.
    fates: Vec<Fate>,
    /// Blocks of the earlier map that are no more, in address order; without those that changed their size.
    gone: Vec<Block>,
    counts: [Count; 4],
}

/// What became of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is free, or the allocator's own: there is nothing to be told.
    None,
    /// It was there.
    Stayed,
    /// It is new.
    Appeared,
    /// There was one at its address with this size, header included.
    Changed {
        /// Its size before.
        before_bytes: u32,
    },
}

/// The four things that become of used blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// In the later map only.
    Appeared,
    /// In the earlier map only.
    Gone,
    /// In both, with different sizes.
    Changed,
    /// In both.
    Stayed,
}

impl Change {
    /// All of them, what matters most first.
    pub const ALL: [Change; 4] = [Change::Appeared, Change::Gone, Change::Changed, Change::Stayed];
}

/// How many blocks of one fate, how large, and how many of each size class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Blocks.
    pub blocks: u64,
    /// Bytes in them, headers included.
    pub bytes: u64,
    /// Blocks of each size class, the smallest first.
    pub by_class: [u64; SIZE_CLASSES],
}

impl Count {
    fn add(&mut self, block: &Block) {
        self.blocks += 1;
        self.bytes += u64::from(block.size_bytes);
        self.by_class[size_class(block.size_bytes)] += 1;
    }
}

impl Changes {
    /// Between two maps of one heap, the earlier one first.
    pub fn of(before: &BlockMap, after: &BlockMap) -> Self {
        let comparison = Comparison::of(before, after);
        let mut gone = comparison.gone.iter().peekable();
        let mut appeared = comparison.appeared.iter().peekable();
        let mut changes = Changes::default();
        for block in after.blocks() {
            let mut fate = if block.kind == BlockKind::Used { Fate::Stayed } else { Fate::None };
            if fate == Fate::Stayed && appeared.next_if(|new| new.address == block.address).is_some() {
                // Those before it went for good.
                while let Some(old) = gone.next_if(|old| old.address < block.address) {
                    changes.gone.push(*old);
                }
                let same = gone.next_if(|old| old.address == block.address);
                fate = same.map_or(Fate::Appeared, |old| Fate::Changed { before_bytes: old.size_bytes });
            }
            match fate {
                Fate::None => {}
                Fate::Stayed => changes.count_mut(Change::Stayed).add(block),
                Fate::Appeared => changes.count_mut(Change::Appeared).add(block),
                Fate::Changed { .. } => changes.count_mut(Change::Changed).add(block),
            }
            changes.fates.push(fate);
        }
        changes.gone.extend(gone);
        for block in std::mem::take(&mut changes.gone) {
            changes.count_mut(Change::Gone).add(&block);
            changes.gone.push(block);
        }
        changes
    }

    /// What became of a block of the later map.
    pub fn fate(&self, block: usize) -> Fate {
        self.fates.get(block).copied().unwrap_or(Fate::None)
    }

    /// The blocks of the earlier map that are no more, in address order.
    pub fn gone(&self) -> &[Block] {
        &self.gone
    }

    /// How many blocks went that way.
    pub fn count(&self, change: Change) -> &Count {
        &self.counts[change as usize]
    }

    fn count_mut(&mut self, change: Change) -> &mut Count {
        &mut self.counts[change as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{map, sizes};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Against looking for each block among all others.
        #[test]
        fn as_the_obvious_way(before in sizes(), after in sizes()) {
            let (before, after) = (map(&before), map(&after));
            let changes = Changes::of(&before, &after);
            let used = |map: &BlockMap, address| {
                let mut used = map.blocks().iter().filter(|block| block.kind == BlockKind::Used);
                used.find(|block| block.address == address).map(|block| block.size_bytes)
            };
            for (index, block) in after.blocks().iter().enumerate() {
                let expected = match used(&before, block.address) {
                    _ if block.kind != BlockKind::Used => Fate::None,
                    None => Fate::Appeared,
                    Some(size) if size == block.size_bytes => Fate::Stayed,
                    Some(before_bytes) => Fate::Changed { before_bytes },
                };
                prop_assert_eq!(changes.fate(index), expected);
            }
            let gone: Vec<Block> = before.blocks().iter().copied()
                .filter(|block| block.kind == BlockKind::Used && used(&after, block.address).is_none())
                .collect();
            prop_assert_eq!(changes.gone(), &gone[..]);
            prop_assert_eq!(changes.count(Change::Gone).blocks, gone.len() as u64);
            for change in Change::ALL {
                let count = changes.count(change);
                prop_assert_eq!(count.by_class.iter().sum::<u64>(), count.blocks);
            }
        }
    }
}
