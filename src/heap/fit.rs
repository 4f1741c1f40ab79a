//! What still fits into a heap's free blocks, counted exactly.
//!
//! "11 KB free" does not say whether 1 KB can be had: a request must fit into one block. From a complete block map
//! the answer is a plain count. It refuses to guess: which allocator rounds how is the caller's to say, and of
//! a map with holes nobody should ask.
//!
//! ```
//! use heapscope_reader::heap::{Block, BlockKind, BlockMap, Fit, Rounding};
//!
//! let free = |address, size_bytes| Block { address, size_bytes, kind: BlockKind::Free, index: 0 };
//! let map = BlockMap::new(vec![free(0x100, 80), free(0x200, 24)]);
//! // 32 bytes and 4 for the links are 40 in steps of 8: two in the first block, none in the second.
//! let fit = Fit::of(&map, 32, Rounding::UMM);
//! assert_eq!((fit.times, fit.unusable_bytes), (2, 24));
//! ```

use super::{Block, BlockMap};

/// How an allocator turns a request into bytes of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// What each block keeps for itself.
    pub header_bytes: u32,
    /// Blocks are multiples of it.
    pub step_bytes: u32,
}

impl Rounding {
    /// umm_malloc: a block is 8 bytes, of which an allocation pays 4 once for its links
    /// (tasmota/Arduino 2.7.8 umm_malloc.cpp:303-365, `umm_blocks`).
    pub const UMM: Rounding = Rounding { header_bytes: 4, step_bytes: 8 };

    /// The size of the block that a request gets.
    pub const fn block_bytes(self, request_bytes: u32) -> u32 {
        let step = if self.step_bytes == 0 { 1 } else { self.step_bytes };
        request_bytes.saturating_add(self.header_bytes).div_ceil(step).saturating_mul(step)
    }

    /// The smallest and the largest request that gets a block of this size.
    pub const fn requests(self, block_bytes: u32) -> (u32, u32) {
        let largest = block_bytes.saturating_sub(self.header_bytes);
        let smallest = largest.saturating_sub(self.step_bytes).saturating_add(1);
        (smallest, largest)
    }
}

/// How a request of one size stands with the free blocks of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// What is asked for.
    pub request_bytes: u32,
    /// So many of them, one after the other, could be had.
    pub times: u64,
    /// Free bytes in blocks that are too small for it: divided by all free bytes this is the "unusable free space
    /// index" (Gorman and Whitcroft, "The What, The Why and the Where To of Anti-Fragmentation", 2006).
    pub unusable_bytes: u64,
}

impl Fit {
    /// Of a complete map.
    pub fn of(map: &BlockMap, request_bytes: u32, rounding: Rounding) -> Self {
        let needed = rounding.block_bytes(request_bytes).max(1);
        let mut fit = Fit { request_bytes, times: 0, unusable_bytes: 0 };
        for block in map.free() {
            match block.size_bytes / needed {
                0 => fit.unusable_bytes += u64::from(block.size_bytes),
                times => fit.times += u64::from(times),
            }
        }
        fit
    }
}

/// Where one request goes, in an allocator that takes the front of the smallest free block that holds it.
///
/// umm_malloc is built so wherever its maps come from: `UMM_BEST_FIT` is fixed in the ESP8266 core's configuration
/// (tasmota/Arduino 2.7.8 umm_malloc_cfg.h:100-103). Among blocks of one size it takes the first of its own list, whose
/// order is not that of addresses and which a map does not show: so [`Placement::alike`] says how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// What is asked for.
    pub request_bytes: u32,
    /// The size of the block that it gets.
    pub block_bytes: u32,
    /// So many free blocks can hold it.
    pub candidates: u64,
    /// The smallest of them, that with the lowest address of several; `None` where none can.
    pub taken: Option<Block>,
    /// So many of them are of that size.
    pub alike: u64,
    /// The largest request that can be had.
    pub largest_request_bytes: u32,
}

impl Placement {
    /// In a complete map.
    pub fn of(map: &BlockMap, request_bytes: u32, rounding: Rounding) -> Self {
        let block_bytes = rounding.block_bytes(request_bytes).max(1);
        let largest = map.largest_free().map_or(0, |block| block.size_bytes);
        let mut placement = Placement {
            request_bytes,
            block_bytes,
            candidates: 0,
            taken: None,
            alike: 0,
            largest_request_bytes: rounding.requests(largest).1,
        };
        for block in map.free().filter(|block| block.size_bytes >= block_bytes) {
            placement.candidates += 1;
            match placement.taken.map(|taken| block.size_bytes.cmp(&taken.size_bytes)) {
                None | Some(std::cmp::Ordering::Less) => {
                    (placement.taken, placement.alike) = (Some(*block), 1);
                }
                Some(std::cmp::Ordering::Equal) => placement.alike += 1,
                Some(std::cmp::Ordering::Greater) => {}
            }
        }
        placement
    }

    /// By how many bytes the largest request that can be had is too small for it; `None` where it fits.
    pub fn missing_bytes(&self) -> Option<u32> {
        match self.taken {
            Some(_) => None,
            None => Some(self.request_bytes.saturating_sub(self.largest_request_bytes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::BlockKind;

    #[test]
    fn the_smallest_that_holds_it_is_taken() {
        let block = |address, size_bytes| Block { address, size_bytes, kind: BlockKind::Free, index: 0 };
        let map =
            BlockMap::new(vec![block(0x100, 800), block(0x500, 80), block(0x600, 24), block(0x700, 80)]);
        let placed = |request| Placement::of(&map, request, Rounding::UMM);
        let at = |request| placed(request).taken.map(|taken| taken.address);
        assert_eq!(
            [at(20), at(21), at(76), at(77), at(796), at(797)].map(Option::unwrap_or_default),
            [0x600, 0x500, 0x500, 0x100, 0x100, 0]
        );
        let two = placed(76);
        assert_eq!((two.candidates, two.alike, two.block_bytes), (3, 2, 80));
        assert_eq!((two.missing_bytes(), placed(900).missing_bytes()), (None, Some(104)));
        let none = Placement::of(&BlockMap::default(), 8, Rounding::UMM);
        assert_eq!((none.taken, none.missing_bytes()), (None, Some(8)));
    }

    #[test]
    fn umm_rounds_as_its_source_does() {
        // umm_blocks(): 1 block up to 4 bytes, else 2 + (n - 5) / 8.
        for request in 1..2_000_u32 {
            let blocks = if request <= 4 { 1 } else { 2 + (request - 5) / 8 };
            assert_eq!(Rounding::UMM.block_bytes(request), 8 * blocks, "{request}");
            let (smallest, largest) = Rounding::UMM.requests(8 * blocks);
            assert!(request <= largest && (smallest <= request || blocks == 1), "{request}");
        }
        assert_eq!(Rounding::UMM.requests(80), (69, 76));
    }

    proptest::proptest! {
        /// Against an allocator that takes one after the other.
        #[test]
        fn as_if_they_were_taken(sizes in proptest::collection::vec(1_u32..200, 0..20), request in 0_u32..400) {
            let block = |(at, blocks): (usize, &u32)| {
                Block { address: at as u32 * 0x1_0000, size_bytes: blocks * 8, kind: BlockKind::Free, index: 0 }
            };
            let map = BlockMap::new(sizes.iter().enumerate().map(block).collect());
            let fit = Fit::of(&map, request, Rounding::UMM);
            let needed = Rounding::UMM.block_bytes(request);
            let mut left: Vec<u32> = sizes.iter().map(|blocks| blocks * 8).collect();
            let mut times = 0;
            while let Some(block) = left.iter_mut().find(|block| **block >= needed) {
                *block -= needed;
                times += 1;
            }
            proptest::prop_assert_eq!(fit.times, times);
            let too_small = sizes.iter().map(|blocks| blocks * 8).filter(|bytes| *bytes < needed);
            proptest::prop_assert_eq!(fit.unusable_bytes, too_small.map(u64::from).sum::<u64>());
        }
    }
}
