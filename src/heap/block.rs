//! A heap as a row of blocks in address order.

use super::order;

/// One block of a heap. Neighbours in a [`BlockMap`] touch: `address + size_bytes` is the next address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Address of its first byte, header included.
    pub address: u32,
    /// Size in bytes, header included.
    pub size_bytes: u32,
    /// Free, used, or the allocator's own.
    pub kind: BlockKind,
    /// The allocator's own number for it (umm_malloc: index in units of 8 bytes).
    pub index: u32,
}

/// Who has a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// Nobody: it can be allocated.
    Free,
    /// The program.
    Used,
    /// The allocator: the head and the end mark of its list, never given to anyone.
    Guard,
}

/// All blocks of one heap that a report gave, in address order.
///
/// A complete report has no holes; in an incomplete one, blocks may be missing between two neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockMap {
    blocks: Vec<Block>,
}

impl BlockMap {
    /// Takes blocks in any order and keeps them in address order.
    pub fn new(mut blocks: Vec<Block>) -> Self {
        order::sort_by_key(&mut blocks, |block| block.address.into());
        BlockMap { blocks }
    }

    /// Gives back the room that the list grew into.
    pub fn shrink(&mut self) {
        self.blocks.shrink_to_fit();
    }

    /// The blocks in address order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The free blocks in address order.
    pub fn free(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| block.kind == BlockKind::Free)
    }

    /// The size of each block, 0 for those that are not free: adding these up is faster than leaving them out.
    fn free_sizes(&self) -> impl Iterator<Item = u32> {
        self.blocks.iter().map(|block| if block.kind == BlockKind::Free { block.size_bytes } else { 0 })
    }

    /// Bytes in free blocks, headers included.
    pub fn free_bytes(&self) -> u64 {
        self.free_sizes().map(u64::from).sum()
    }

    /// Bytes in used blocks, headers included, guards not.
    pub fn used_bytes(&self) -> u64 {
        let used = self.blocks.iter().filter(|block| block.kind == BlockKind::Used);
        used.map(|block| u64::from(block.size_bytes)).sum()
    }

    /// The largest free block; the first of several equal ones.
    pub fn largest_free(&self) -> Option<&Block> {
        let largest = self.free_sizes().max()?;
        self.free().find(|block| block.size_bytes == largest)
    }

    /// First address and the address behind the last byte.
    pub fn span(&self) -> Option<(u32, u32)> {
        let (first, last) = (self.blocks.first()?, self.blocks.last()?);
        Some((first.address, last.address.saturating_add(last.size_bytes)))
    }
}
